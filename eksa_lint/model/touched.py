"""Where a change touches a field of a table: below it, at it, or by bringing or taking what it is part of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eksa_lint.model import fields
from eksa_lint.model.changes import Change, FieldChange


@dataclass(frozen=True, slots=True)
class Touched:
    """One field of a table that differs: its values, and the difference that shows it, at the field or below."""

    old: Any
    new: Any
    shown: FieldChange


def touched(field: str, change: Change) -> Iterator[Touched]:
    """Each instance of a field that a change touches, once; of several differences below it the first that adds."""
    found: dict[fields.Path, Touched] = {}
    steps = fields.parse_pattern(field)
    for difference in change.fields:
        one = _touched(steps, difference, change)
        if one is not None:
            instance = one.shown.path[: len(steps)]
            known = found.get(instance)
            if known is None or (known.shown.new is None and one.shown.new is not None):
                found[instance] = one
    yield from found.values()


def _touched(steps: fields.Path, difference: FieldChange, change: Change) -> Touched | None:
    path, length = difference.path, len(steps)
    if fields.leads_into(steps, path):
        old_path, new_path = (side if side is not None else path for side in (difference.old_path, difference.new_path))
        return Touched(fields.get(change.old, old_path[:length]), fields.get(change.new, new_path[:length]), difference)
    below = part_of(steps, difference)
    return Touched(below.old, below.new, below) if below is not None else None


def part_of(steps: fields.Path, difference: FieldChange) -> FieldChange | None:
    """The field as a part of a mapping that comes or goes as a whole; None where it is none, or is the same."""
    path = difference.path
    rest = steps[len(path) :]
    if not path or not rest or fields.ANY in rest or isinstance(path[-1], int):
        return None
    if not fields.leads_into(steps[: len(path)], path):
        return None
    old, new = fields.get(difference.old, rest), fields.get(difference.new, rest)
    if old == new:
        return None
    old_path, new_path = (
        None if side is None else (*side, *rest) for side in (difference.old_path, difference.new_path)
    )
    return FieldChange(old_path, new_path, old, new)
