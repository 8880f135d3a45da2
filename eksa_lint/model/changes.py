"""One object that is added, changed or removed, and the fields of it that differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Keys, Path
from eksa_lint.model.pairing import pair_items
from eksa_lint.model.resource import Resource

Event: TypeAlias = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field whose effective value differs. A path is None where the field is in no written parent of that side."""

    old_path: Path | None
    new_path: Path | None
    old: Any
    new: Any

    @property
    def path(self) -> Path:
        path = self.new_path if self.new_path is not None else self.old_path
        return path or ()


class _Lists(NamedTuple):
    """How the lists of a kind are compared: the keys of their items, and those whose order counts."""

    keys: Mapping[str, Keys]
    ordered: frozenset[str]


@dataclass(frozen=True)
class Change:
    """One object on both sides; at least one of them is there."""

    before: Resource | None
    after: Resource | None

    @property
    def event(self) -> Event:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def resource(self) -> Resource:
        """The object as it will be, or as it was where it is gone."""
        resource = self.after or self.before
        assert resource is not None  # noqa: S101 - one side is always there
        return resource

    @property
    def handed_over(self) -> tuple[str, str] | None:
        """From which Flux `Kustomization` to which a cluster passes, where it does."""
        if self.before is None or self.after is None or not self.before.is_cluster:
            return None
        old, new = self.before.sync_name, self.after.sync_name
        return (old, new) if old and new and old != new else None

    @cached_property
    def old(self) -> dict[str, Any] | None:
        """The effective value before."""
        return effective(self.before) if self.before else None

    @cached_property
    def new(self) -> dict[str, Any] | None:
        """The effective value after."""
        return effective(self.after) if self.after else None

    @cached_property
    def fields(self) -> tuple[FieldChange, ...]:
        """The fields that differ; all of an added or removed object is one change of the whole."""
        kind = self.resource.group, self.resource.kind
        lists = _Lists(fields.list_keys(*kind), fields.ordered_lists(*kind))
        return tuple(_differences(self.old, self.new, (), (), lists))


def _differences(
    old: Any, new: Any, old_path: Path | None, new_path: Path | None, lists: _Lists
) -> Iterator[FieldChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *(name for name in old if name not in new)]:
            yield from _differences(old.get(name), new.get(name), _below(old_path, name), _below(new_path, name), lists)
    elif isinstance(old, list) and isinstance(new, list):
        pattern = fields.pattern_of(new_path if new_path is not None else old_path or ())
        differs = False
        for first, second in pair_items(old, new, lists.keys.get(pattern)):
            for difference in _differences(
                None if first is None else old[first],
                None if second is None else new[second],
                None if first is None else _below(old_path, first),
                None if second is None else _below(new_path, second),
                lists,
            ):
                differs = True
                yield difference
        if not differs and old != new and pattern in lists.ordered:
            yield FieldChange(old_path, new_path, old, new)
    elif old != new or type(old) is not type(new):  # Python holds True and 1 for the same
        yield FieldChange(old_path, new_path, old, new)


def _below(path: Path | None, step: str | int) -> Path | None:
    return None if path is None else (*path, step)
