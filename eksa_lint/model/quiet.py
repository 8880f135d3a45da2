"""Changed fields that replace no machine and are told all the same, from `schemas/tables/quiet-updates.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.changes import Change, FieldChange
from eksa_lint.model.cluster import is_annotated
from eksa_lint.model.impact import Impact
from eksa_lint.model.scaling import Scaling, scalings
from eksa_lint.model.touched import part_of

QuietEffect: TypeAlias = Literal["in-place", "nothing", "unknown"]

_ANY_KIND: Final = "*"
_BRINGS_A_ROLLOUT_ABOUT: Final = ("machineGroupRef", "kubernetesVersion")
"""Fields of a part whose rollout is told by what differs in the machines."""


@dataclass(frozen=True, slots=True)
class QuietUpdate:
    """A field that changes with no machine replaced. Without words nothing is known of what it does."""

    change: Change
    field: FieldChange
    effect: QuietEffect
    says: str


def quiet_updates(impact: Impact) -> Iterator[QuietUpdate]:
    """What differs in a cluster and its objects and is neither a rollout nor a scaling, once a row of the table."""
    counted = list(scalings(impact))
    for change in impact.changes:
        told: list[Mapping[str, Any]] = []
        for difference in change.fields if change.event == "changed" else ():
            if impact.refuses(change.resource, difference.path) or _is_rolled(change, difference, impact):
                continue
            if any(_is_counted(change, difference, each) for each in counted):
                continue
            row = _row(change, difference, impact.cluster.provider)
            if row not in told:
                told.append(row)
                yield QuietUpdate(change, difference, row.get("effect", "unknown"), row.get("says", ""))


def _row(change: Change, difference: FieldChange, provider: str) -> Mapping[str, Any]:
    """The first row of the table that a field falls under, else one of its own."""
    table = data.table("quiet-updates")
    for row in (*table.get(change.resource.kind, ()), *table[_ANY_KIND]):
        if provider in row.get("providers", (provider,)) and any(
            _falls_under(row, field, change, difference) for field in row["fields"]
        ):
            found: Mapping[str, Any] = row
            return found
    return {"fields": [fields.pattern_of(difference.path)]}


def _falls_under(row: Mapping[str, Any], field: str, change: Change, difference: FieldChange) -> bool:
    steps = fields.parse_pattern(field)
    shown = difference if fields.leads_into(steps, difference.path) else part_of(steps, difference)
    if shown is None:
        return False
    if row.get("whole") and difference.path != steps:
        return False
    if "to" in row and shown.new != row["to"]:
        return False
    if "from" in row and shown.old != row["from"]:
        return False
    if "where" in row and not fields.get(change.new, fields.parse_pattern(row["where"])):
        return False
    return not (row.get("unpaused") and change.before is not None and is_annotated(change.before, "paused"))


def _is_rolled(change: Change, difference: FieldChange, impact: Impact) -> bool:
    """Whether the rollout of a part tells of a field, or is what a field of the part brings about."""
    for rollout in impact.rollouts:
        for cause in rollout.causes:
            pattern, path = fields.parse_pattern(cause.field), difference.path
            is_told = fields.leads_into(pattern, path) or cause.path[: len(path)] == path
            if is_told and cause.after.id == change.resource.id:
                return True
    return change.resource.id == impact.cluster.resource.id and any(
        fields.leads_into((*rollout.part.path, name), difference.path)
        for rollout in impact.rollouts
        for name in _BRINGS_A_ROLLOUT_ABOUT
    )


def _is_counted(change: Change, difference: FieldChange, scaling: Scaling) -> bool:
    """Whether a field is the number of machines of a part, or the part itself, which comes or goes."""
    if not change.resource.is_cluster:
        return bool(scaling.domain) and difference.path[:2] == ("spec", "failureDomains")
    path = difference.new_path if scaling.after else difference.old_path
    part = scaling.part.path
    if path is None:
        return False
    if path == part[: len(path)]:
        return True
    return path[: len(part)] == part and path[len(part)] in ("count", "autoscalingConfiguration")
