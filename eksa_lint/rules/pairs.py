"""What one evaluation of a rule looks at: an object, or one item of it, on both sides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.fields import Path
from eksa_lint.model.pairing import pair_items
from eksa_lint.model.resource import Resource
from eksa_lint.rules.rule import Event, Rule


@dataclass(frozen=True, slots=True)
class Side:
    """The half of a pair that is in one state: the object and its effective value, the item and the way to it."""

    resource: Resource
    value: Any
    path: Path = ()
    item: Any = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Both halves; None where the object, or the item of it, is not there.

    `before` and `after` are there for an object that is, even where the item is not: their `item` is None then.
    """

    event: Event
    before: Side | None
    after: Side | None

    @property
    def shown(self) -> Side:
        """The half that a finding is about: the state after, unless the item is only before."""
        shown = self.after if self.after and self.event != "removed" else self.before
        assert shown is not None  # noqa: S101 - one side is always there
        return shown

    def values(self) -> dict[str, Any]:
        """What expressions call the values."""
        old, new = self.before, self.after
        return {
            "object": new.value if new else None,
            "oldObject": old.value if old else None,
            "self": new.item if new else None,
            "oldSelf": old.item if old else None,
            "written": new.resource.value if new else None,
            "oldWritten": old.resource.value if old else None,
            "variables": {},
        }


def standing(pattern: str, resource: Resource, value: Any) -> Iterator[Pair]:
    """The items at a pattern in one object, with nothing before."""
    for path, item in fields.select(value, fields.parse_pattern(pattern)):
        if item is not None:
            yield Pair("added", None, Side(resource, value, path, item))


def changed(rule: Rule, change: Change) -> Iterator[Pair]:
    """The object, or its items, that differ. The items of a removed object are told with the object."""
    before = Side(change.before, change.old, (), change.old) if change.before else None
    after = Side(change.after, change.new, (), change.new) if change.after else None
    if not rule.each:
        yield Pair(change.event, before, after)
    elif after is not None:
        for pattern in rule.each:
            yield from _walk(before, after, fields.parse_pattern(pattern))


def _walk(before: Side | None, after: Side | None, pattern: Sequence[str | int]) -> Iterator[Pair]:
    old, new = (side.item if side else None for side in (before, after))
    if old is None and new is None:
        return
    if not pattern:
        event: Event = "added" if old is None else "removed" if new is None else "changed"
        if event != "changed" or old != new:
            yield Pair(event, before, after)
    elif pattern[0] == fields.ANY:
        old_items, new_items = (value if isinstance(value, list) else [] for value in (old, new))
        for first, second in pair_items(old_items, new_items, _keys(before, after)):
            yield from _walk(_below(before, first), _below(after, second), pattern[1:])
    else:
        yield from _walk(_below(before, pattern[0]), _below(after, pattern[0]), pattern[1:])


def _below(side: Side | None, step: str | int | None) -> Side | None:
    if side is None:
        return None
    if step is None:
        return Side(side.resource, side.value, side.path, None)
    return Side(side.resource, side.value, (*side.path, step), fields.get(side.item, (step,)))


def _keys(before: Side | None, after: Side | None) -> fields.Keys | None:
    side = after or before
    assert side is not None  # noqa: S101 - one of them has the list
    resource = side.resource
    return fields.list_keys(resource.group, resource.kind).get(fields.pattern_of(side.path))
