"""Changed fields that replace no machine and are told all the same, from `schemas/tables/quiet-updates.yaml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.changes import Change, FieldChange
from eksa_lint.model.impact import Impact
from eksa_lint.model.scaling import Scaling, scalings

QuietEffect: TypeAlias = Literal["in-place", "nothing"]


@dataclass(frozen=True, slots=True)
class QuietUpdate:
    """A field that changes with no machine replaced. Without an effect nothing is known of what it does."""

    change: Change
    field: FieldChange
    effect: QuietEffect | None
    says: str


def quiet_updates(impact: Impact) -> Iterator[QuietUpdate]:
    """What differs in a cluster and its objects and is neither a rollout nor a scaling, once a field of the table."""
    counted = list(scalings(impact))
    rolled = [(cause.after.id, cause.field) for rollout in impact.rollouts for cause in rollout.causes]
    for change in impact.changes:
        told: set[str] = set()
        fields_of_rollouts = [field for identity, field in rolled if identity == change.resource.id]
        for difference in change.fields if change.event == "changed" else ():
            pattern = fields.pattern_of(difference.path)
            if any(fields.is_within(pattern, field) for field in fields_of_rollouts):
                continue
            if change.resource.kind == "Cluster" and any(_is_counted(difference, each) for each in counted):
                continue
            row = _row(change, pattern, impact.cluster.provider)
            field = row.get("field", pattern)
            if field not in told:
                told.add(field)
                yield QuietUpdate(change, difference, row.get("effect"), row.get("says", ""))


def _row(change: Change, pattern: str, provider: str) -> dict[str, Any]:
    """The first row of the table that a field falls under, an empty one where there is none."""
    rows: list[dict[str, Any]] = data.table("quiet-updates").get(change.resource.kind, [])
    fitting = (row for row in rows if row.get("provider", provider) == provider)
    return next((row for row in fitting if fields.is_within(pattern, row["field"])), {})


def _is_counted(difference: FieldChange, scaling: Scaling) -> bool:
    """Whether a field is the number of machines of a part, or the part itself, which comes or goes."""
    path = difference.new_path if scaling.after else difference.old_path
    part = scaling.part.path
    if path is None or path[: len(part)] != part:
        return False
    return path == part or path[len(part)] in ("count", "autoscalingConfiguration")
