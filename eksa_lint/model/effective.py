"""The value of an object as EKS Anywhere sees it: with the defaults of `schemas/tables/defaults.yaml` filled in."""

from collections.abc import Sequence
from typing import Any

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.resource import EKSA, Resource


def effective(resource: Resource) -> dict[str, Any]:
    """The object's value with defaults and without nulls, which the API server reads as absent, as a copy."""
    value: dict[str, Any] = _without_nulls(resource.value)
    if resource.group == EKSA and not resource.patch:
        for entry in data.table("defaults").get(resource.kind, ()):
            value = _fill(value, fields.parse_pattern(entry["field"]), entry, value)
    return value


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


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
