"""Clusters that are gone, told as what they really are: deleted, renamed, moved, left hanging or left alone."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.finding import Consequence, Place, Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.departure import Exit
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
    resource, left = found.before, found.departure
    related: list[tuple[str, Place]] = []
    place, label = resource.place(), ""
    if left.place is not None:
        place, label = left.place, _LABELS[left.exit].format(resource.title)
        related.append(("", resource.place()))
    if found.successor is not None:
        related.append(("the cluster that is created", found.successor.place()))
    is_alone = found.fate is Fate.ORPHANED
    yield Draft(
        rule="cluster-deleted",
        message=_message(found),
        place=place,
        resource=resource,
        label=label,
        related=tuple(related),
        severity=Severity.WARNING if is_alone or found.fate is Fate.UNKNOWN else None,
        consequence=Consequence.WEAKENS if is_alone else None,
    )


def _message(found: ClusterFate) -> str:
    title, machines = found.before.title, machines_in_words(found.machines)
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
    if found.reason == "it is paused":
        return f"{title} is paused, so that it hangs in deletion with {machines} until that changes"
    also = ""
    if lost:
        also = f", while the {lost} objects it names are" if lost > 1 else f", while {found.lost[0].title} is"
        also += " really deleted"
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


def machines_in_words(total: int) -> str:
    return "its machine" if total == 1 else f"its {total} machines" if total else "all its machines"
