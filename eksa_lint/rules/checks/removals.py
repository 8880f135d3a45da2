"""Objects beside clusters that are gone: configurations that a cluster still names, and what others live on."""

from collections.abc import Iterator, Mapping
from typing import Any

from eksa_lint import data
from eksa_lint.finding import Consequence, Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.departure import Departure, departure
from eksa_lint.model.outcome import Outcome
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.deletions import draft_of
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft


@check("config-objects-removed")
def config_objects(change: Change, context: Context) -> Iterator[Draft]:
    """Objects of EKS Anywhere that another one still names."""
    resource = change.before
    if resource is None or resource.is_cluster or context.before is None:
        return
    referrers = [other for other in context.inventory.referring(resource.id) if context.inventory.is_applied(other)]
    left = departure(change, context.changes, context.before, context.inventory) if referrers else None
    if left is None:
        return
    titles = " and ".join(sorted({other.title for other in referrers}))
    text = {
        Outcome.PRUNED: f"is deleted at once while {titles} still names it, and every reconcile of that fails from "
        "then on",
        Outcome.STAYS: f"is no longer applied but stays, as {titles} needs it: {left.reason}",
        Outcome.WAITS: f"is deleted as soon as Flux runs again, and {titles} still names it: {left.reason}",
        Outcome.UNKNOWN: f"is no longer in these files, and {titles} still names it: {left.reason}",
    }[left.outcome]
    is_sure = left.outcome in (Outcome.PRUNED, Outcome.WAITS)
    severity = None if is_sure else Severity.WARNING
    consequence = Consequence.WEAKENS if left.outcome is Outcome.STAYS else None
    message = f"{resource.title} {text}"
    yield draft_of("config-object-removed", left, message, severity=severity, consequence=consequence)


@check("kustomization-resources-removed")
def others(change: Change, context: Context) -> Iterator[Draft]:
    """Objects of other kinds that something lives on."""
    resource = change.before
    if resource is None or context.before is None:
        return
    row = _row(resource)
    seen = context.before.ways(resource.path)
    if row is None or not any(each.sync is not None or each.taken_in_by for each in seen):
        return
    left = departure(change, context.changes, context.before, context.inventory)
    if left is None or left.outcome is Outcome.STAYS:
        return
    after = {Outcome.WAITS: f" as soon as Flux runs again: {left.reason}", Outcome.UNKNOWN: f", unless {left.reason}"}
    severity, effect = Severity(row["severity"]), str(row["effect"])
    text = f"{resource.title} goes{after.get(left.outcome, '')}: {effect}"
    if left.successor is not None and left.successor.id.name == resource.id.name:
        severity, text = Severity.NOTE, f"{resource.title} {_moved(left, left.successor)}: {effect}"
    consequence = Consequence(row["consequence"])
    yield draft_of("kustomization-resource-removed", left, text, severity=severity, consequence=consequence)


def _row(resource: Resource) -> Mapping[str, Any] | None:
    rows: Mapping[str, Mapping[str, Any]] = data.table("removals")
    return rows.get(f"{resource.kind}.{resource.group}")


def _moved(left: Departure, successor: Resource) -> str:
    old, new = left.before.id, successor.id
    if old.root != new.root:
        return f"moves from {old.root or 'no root'} to {new.root or 'no root'}, deleted there and created here"
    return f"moves from namespace {old.namespace} to {new.namespace}, deleted there and created here"
