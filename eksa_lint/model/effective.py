"""The value of an object as EKS Anywhere sees it: with the defaults of `schemas/tables/defaults.yaml` filled in."""

from collections.abc import Sequence
from typing import Any

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.resource import EKSA, Resource


def effective(resource: Resource) -> dict[str, Any]:
    """The object's value with defaults and without nulls, which the API server reads as absent, as a copy."""
    gaps: list[list[Any]] = []
    value: dict[str, Any] = _without_nulls(resource.value, gaps)
    if resource.group == EKSA and not resource.patch:
        if gaps:
            _fill_gaps(value, gaps, resource.kind)
        for entry in data.table("defaults").get(resource.kind, ()):
            value = _fill(value, fields.parse_pattern(entry["field"]), entry, value)
    return value


def _without_nulls(value: Any, gaps: list[list[Any]]) -> Any:
    """The value without its null fields. A list keeps a null item, so that no other moves, and is one of `gaps`."""
    if isinstance(value, dict):
        return {name: _without_nulls(item, gaps) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        items = [_without_nulls(item, gaps) for item in value]
        if None in items:
            gaps.append(items)
        return items
    return value


def _fill_gaps(value: dict[str, Any], gaps: Sequence[list[Any]], kind: str) -> None:
    """Go reads an empty item as an object without fields where the list holds objects, which those with keys do."""
    for pattern, keys in fields.list_keys(EKSA, kind).items():
        for _, items in fields.select(value, fields.parse_pattern(pattern)) if keys else ():
            if any(items is gap for gap in gaps):
                items[:] = [{} if item is None else item for item in items]


def _fill(value: Any, pattern: Sequence[str | int], entry: dict[str, Any], whole: Any) -> Any:
    step, rest = pattern[0], pattern[1:]
    if not rest:
        return _fill_field(value, str(step), entry, whole)
    if isinstance(value, list):
        if step == fields.ANY:
            return [_fill(item, rest, entry, whole) for item in value]
        if isinstance(step, int) and step < len(value):
            return [*value[:step], _fill(value[step], rest, entry, whole), *value[step + 1 :]]
    if isinstance(value, dict) and isinstance(step, str):
        below = value.get(step)
        if below is None and entry.get("parents"):
            below = {}
        if below is not None:
            return {**value, step: _fill(below, rest, entry, whole)}
    return value


def _fill_field(parent: Any, name: str, entry: dict[str, Any], whole: Any) -> Any:
    if not isinstance(parent, dict) or parent.get(name) not in (None, ""):
        return parent
    default = entry.get("default")
    if "from" in entry:
        beside = fields.get(parent, fields.parse_pattern(entry["from"]))
        default = default if beside is None else beside
    if "fromObject" in entry:
        default = fields.get(whole, fields.parse_pattern(entry["fromObject"]))
    return parent if default is None else {**parent, name: default}
