"""Field paths: `spec.workerNodeGroupConfigurations[*].count` as rules and tables write them.

A *pattern* may hold `[*]` for every item of a list and `[0]` for one; a *path* is the concrete way to one value,
keys and indexes. A path is *spelled* with the keys of list items in place of indexes, so that it survives reordering.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeAlias

from eksa_lint import data
from eksa_lint.model.resource import EKSA

Path: TypeAlias = tuple[str | int, ...]
Keys: TypeAlias = tuple[str, ...]

ANY: Final = "[*]"
_STEP: Final = re.compile(r"""\[\*\]|\[(\d+)\]|\["([^"]*)"\]|([^.\[\]"]+)""")
"""`[*]`, `[0]`, `["a.b/c"]` or `key`."""

_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_$-]+\Z")


@cache
def parse_pattern(text: str) -> tuple[str | int, ...]:
    """The steps of a pattern; `[*]` stays as it is. A key with dots is written `["a.b/c"]`."""
    steps: list[str | int] = []
    for match in _STEP.finditer(text):
        index, quoted, key = match.groups()
        steps.append(int(index) if index is not None else quoted if quoted is not None else key or ANY)
    return tuple(steps)


def select(value: Any, pattern: Sequence[str | int], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value at a pattern, with its path."""
    if not pattern:
        yield path, value
        return
    step, rest = pattern[0], pattern[1:]
    if step == ANY:
        for index, item in enumerate(as_list(value)):
            yield from select(item, rest, (*path, index))
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield from select(value[step], rest, (*path, step))
    elif isinstance(value, dict) and step in value:
        yield from select(value[step], rest, (*path, step))


def get(value: Any, path: Sequence[str | int]) -> Any:
    """The value at a path, None where there is none."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def as_list(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


@cache
def list_keys(group: str, kind: str) -> Mapping[str, Keys]:
    """The key fields of the keyed lists of a kind, by the pattern of the list."""
    table = data.table("list-keys")
    keys = table.get(kind if group == EKSA else f"{kind}.{group}", {})
    return {pattern: tuple(fields) for pattern, fields in keys.items()}


@cache
def ordered_lists(group: str, kind: str) -> frozenset[str]:
    """The patterns of the lists of a kind whose order counts though their items are paired."""
    return frozenset(data.table("ordered-lists").get(kind, ()) if group == EKSA else ())


def pattern_of(path: Sequence[str | int]) -> str:
    """The pattern that a path is an instance of."""
    text = ""
    for step in path:
        text += ANY if isinstance(step, int) else _key(step, first=not text)
    return text


def is_within(pattern: str, outer: str) -> bool:
    """Whether a pattern is another one or lies below it."""
    return pattern == outer or pattern.startswith((f"{outer}.", f"{outer}["))


def leads_into(pattern: Sequence[str | int], path: Sequence[str | int]) -> bool:
    """Whether a pattern is that of a path or of what the path lies below."""
    if len(pattern) > len(path):
        return False
    return all(
        step == part or (step == ANY and isinstance(part, int)) for step, part in zip(pattern, path, strict=False)
    )


def spell(path: Sequence[str | int], value: Any, group: str, kind: str) -> str:
    """A path with list keys instead of indexes, as messages and fingerprints write it."""
    keys = list_keys(group, kind)
    text, walked = "", value
    for position, step in enumerate(path):
        if isinstance(step, int):
            item = walked[step] if isinstance(walked, list) and step < len(walked) else None
            fields = keys.get(pattern_of(path[:position]), ("name",))
            text += f"[{item_key(item, fields) or step}]"
            walked = item
        else:
            text += _key(step, first=not text)
            walked = walked.get(step) if isinstance(walked, dict) else None
    return text


def item_key(item: Any, fields: Keys) -> str:
    """What tells an item from the others of its list; empty where the fields are missing."""
    parts = [get(item, parse_pattern(field)) for field in fields]
    if all(part is None for part in parts):
        return ""
    return "/".join("" if part is None else str(part) for part in parts)


def _key(step: str, *, first: bool) -> str:
    if not _PLAIN_KEY.match(step):
        return f'["{step}"]'
    return step if first else f".{step}"
