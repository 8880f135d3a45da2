"""Clusters that are gone, told as what they really are: deleted, renamed, moved, left hanging or left alone."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.finding import Consequence, Place, Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.departure import Departure, Exit
from eksa_lint.model.fate import ClusterFate, Fate, fate_of
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft

_LABELS: Final = {
    Exit.LEFT_OUT: "this entry made Flux apply {}",
    Exit.PATCHED: "this deletes {}",
}


@check("deletions")
def deletions(change: Change, context: Context) -> Iterator[Draft]:
    if context.before is None:
        return
    found = fate_of(change, context.changes, context.before, context.inventory)
    if found is None:
        return
    is_held = found.hangs_while_paused and found.fate in (Fate.HANGS, Fate.WAITS)
    yield draft_of(
        "paused-cluster-deleted" if is_held else "cluster-deleted",
        found.departure,
        _message(found),
        related=(("the cluster that is created", found.successor.place()),) if found.successor else (),
        severity=Severity.WARNING if found.fate in (Fate.ORPHANED, Fate.UNKNOWN) else None,
        consequence=Consequence.WEAKENS if found.fate is Fate.ORPHANED else None,
    )


def draft_of(  # noqa: PLR0913 - what a draft is made of
    rule: str,
    left: Departure,
    message: str,
    *,
    related: tuple[tuple[str, Place], ...] = (),
    severity: Severity | None = None,
    consequence: Consequence | None = None,
) -> Draft:
    """What a rule says of an object that goes: where it is taken away, if that is to be seen, else where it stood."""
    resource = left.before
    place, label = resource.place(), ""
    if left.place is not None:
        related = (("", place), *related)
        place, label = left.place, _LABELS[left.exit].format(resource.title)
    return Draft(
        rule, message, place, resource, label=label, related=related, severity=severity, consequence=consequence
    )


def _message(found: ClusterFate) -> str:
    title, machines = found.before.title, its_machines(found.machines)
    match found.fate:
        case Fate.ORPHANED:
            return f"{title} is no longer applied but stays with {machines}: {found.reason}"
        case Fate.WAITS:
            verb = "hangs in deletion" if found.once_pruned is Fate.HANGS else "is deleted"
            return f"{title} {verb} with {machines} as soon as Flux runs again: {found.reason}"
        case Fate.UNKNOWN:
            return f"{title} is no longer in these files: {found.reason}; what that does not hold is deleted"
        case Fate.HANGS:
            return _hanging(found, machines)
    if found.successor is not None:
        return _replaced(found.before, found.successor, machines)
    if found.departure.exit is Exit.NOT_SYNCED and found.before.id.root:
        return f"{title} is no longer in what Flux applies ({found.before.id.root}): it is deleted with {machines}"
    return f"{title} is deleted with {machines}"


def _hanging(found: ClusterFate, machines: str) -> str:
    title, lost = found.before.title, len(found.lost)
    if found.hangs_while_paused:
        return f"{title} is paused, so that it hangs in deletion with {machines} until that changes"
    also = f", while {found.lost[0].title} is really deleted" if lost == 1 else ""
    if lost > 1:
        also = f", while the {lost} objects it names are really deleted"
    return f"{title} manages itself, so that it hangs in deletion with {machines} and is reconciled no more{also}"


def _replaced(old: Resource, new: Resource, machines: str) -> str:
    name = old.id.name
    if new.id.name != name:
        return f"EKS Anywhere does not rename: it deletes {name} with {machines} and creates {new.id.name}"
    if new.id.root != old.id.root:
        return (
            f"Cluster {name} moves from {old.id.root or 'no root'} to {new.id.root}: "
            f"it is deleted there with {machines} and created here"
        )
    return (
        f"Cluster {name} moves from namespace {old.id.namespace} to {new.id.namespace}: "
        f"both stand for the same machines, so that removing the old one deletes {machines}"
    )


def its_machines(total: int) -> str:
    """The machines of a cluster; 0 where the file does not say how many."""
    return "its machine" if total == 1 else f"its {total} machines" if total else "all its machines"
