"""Replacements of kustomize: the value of a field of one object, put into fields of others.

Source: kubernetes-sigs/kustomize, api/filters/replacement. A value that is not known becomes text that is still to be
filled in, so that nothing is judged by what stood there before.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.patches import CannotApply, Pointer, entry_of, with_entries, with_items, with_scalar
from eksa_lint.model.selector import Target, of_selector
from eksa_lint.syntax import Node
from eksa_lint.syntax.scalars import resolve_plain

Find: TypeAlias = Callable[[Target], Node | None]
"""The one object that a source selects; None where that is not plain."""

_NAME: Final = "metadata.name"
_IDENTITY: Final = ("group", "version", "kind", "name", "namespace")
"""What of a source tells the one object that is meant."""

_PART: Final = re.compile(r"\[([^=\]]*)=(.*)\]\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cut:
    """With a delimiter only one part of a text is meant, by its position."""

    delimiter: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    """Fields of some objects that a value is put into."""

    select: Target
    reject: tuple[Target, ...]
    paths: tuple[Pointer, ...]
    cut: Cut
    create: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """A value and where it goes. `node` is the value in its place, `written` the replacement."""

    value: Any = field(hash=False)
    goals: tuple[Goal, ...]
    is_known: bool
    node: Node = field(compare=False, repr=False)
    written: Node = field(compare=False, repr=False)

    @property
    def renames(self) -> bool:
        return any(path[:1] == ("metadata",) for goal in self.goals for path in goal.paths)

    def applied_to(self, node: Node, names: set[str]) -> Node:
        """The object with the value in its fields.

        Raises:
            CannotApply: it lacks one of them; kustomize stops there.
        """
        for goal in self.goals:
            if _is_meant(goal, node.value, names):
                for path in goal.paths:
                    try:
                        node = _put(node, path, self, goal)
                    except CannotApply as problem:
                        raise CannotApply(str(problem), self.written) from problem
        return node


def replacements_of(written: Node | None, find: Find) -> Iterator[Replacement]:
    """The replacements of a list, or the one that is written."""
    for item in (written.items or [written]) if written is not None else ():
        source = fields.get(item.value, ("source",))
        goals = tuple(_goals(fields.get(item.value, ("targets",))))
        if goals and (isinstance(source, dict) or fields.get(item.value, ("sourceValue",)) is not None):
            value = item.find(("sourceValue",)) or _value(source, find)
            node = value if value is not None else with_scalar(item, f"$({_title(source)})")
            yield Replacement(node.value, goals, value is not None, node, item)


def _title(source: Any) -> str:
    names = (source.get("kind"), source.get("name"), source.get("fieldPath") or _NAME)
    return " ".join(str(name) for name in names if name)


def _goals(listed: Any) -> Iterator[Goal]:
    for goal in fields.as_list(listed):
        select = of_selector(fields.get(goal, ("select",)))
        paths = fields.get(goal, ("fieldPaths",)) or [_NAME]
        if select is not None and isinstance(paths, list):
            reject = tuple(filter(None, map(of_selector, fields.as_list(fields.get(goal, ("reject",))))))
            steps = tuple(split(str(path)) for path in paths)
            yield Goal(select, reject, steps, _cut(goal), fields.get(goal, ("options", "create")) is True)


def _cut(written: Any) -> Cut:
    delimiter, index = (fields.get(written, ("options", name)) for name in ("delimiter", "index"))
    return Cut(delimiter if isinstance(delimiter, str) else "", index if isinstance(index, int) else 0)


def split(path: str) -> Pointer:
    r"""`spec.groups.[name=a.b].[x.y].x\.y` in steps; brackets around a name with dots are no part of it."""
    parts: list[str] = []
    for part in re.split(r"(?<!\\)\.", path):
        if parts and parts[-1].startswith("[") and not parts[-1].endswith("]"):
            parts[-1] += f".{part}"
        else:
            parts.append(part)
    return tuple(_name_in(part) for part in parts)


def _name_in(part: str) -> str:
    is_name = part.startswith("[") and "." in part and "=" not in part
    return part.strip("[]") if is_name else part.replace("\\.", ".")


def _value(source: Any, find: Find) -> Node | None:
    selector = of_selector({name: re.escape(str(text)) for name, text in source.items() if name in _IDENTITY})
    node = find(selector) if selector is not None else None
    for step in split(str(source.get("fieldPath") or _NAME)) if node is not None else ():
        below = list(_below(node, step)) if node is not None else []
        node = below[0] if len(below) == 1 and step != "*" else None
    if node is None or node.value in (None, "", {}, []):
        return None
    cut = _cut(source)
    if not cut.delimiter:
        return node
    parts = _text(node).split(cut.delimiter) if node.entries is None and node.items is None else []
    return with_scalar(node, parts[cut.index]) if 0 <= cut.index < len(parts) else None


def _is_meant(goal: Goal, value: Any, names: set[str]) -> bool:
    if not goal.select.selects(value, names):
        return False
    parts = (part for reject in goal.reject for part in _parts_of(reject))
    return not any(part != Target() and part.selects(value, names) for part in parts)


def _parts_of(target: Target) -> tuple[Target, Target]:
    """What a target asks of the identity, and of labels and annotations."""
    identity = Target(target.group, target.version, target.kind, target.namespace, target.name)
    return identity, Target(labels=target.labels, annotations=target.annotations)


def _below(node: Node, step: str) -> Iterator[Node]:
    """The nodes that one step of a path leads to."""
    if node.items is not None:
        yield from (node.items[position] for position in _positions(node.items, step))
    elif step == "*":
        yield from (entry.node for entry in (node.entries or {}).values())
    elif step in (node.entries or {}):
        yield (node.entries or {})[step].node


def _positions(items: Sequence[Node], step: str) -> list[int]:
    if step == "*":
        return list(range(len(items)))
    if step.isdigit():
        return [int(step)] if int(step) < len(items) else []
    part = _PART.match(step)
    if part is None:
        return []
    name, pattern = part[1], part[2]
    found = ((position, item.find((name,)) if name else item) for position, item in enumerate(items))
    return [position for position, value in found if value is not None and _fits(pattern, _text(value))]


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return pattern == text


def _put(node: Node, path: Pointer, replacement: Replacement, goal: Goal) -> Node:
    if not path:
        return _set(node, replacement, goal.cut)
    step, rest = path[0], path[1:]
    if node.items is not None:
        positions = _positions(node.items, step)
        if not positions and not goal.create:
            raise CannotApply(f"there is no {step}")
        items = list(node.items)
        for position in positions:
            items[position] = _put(items[position], rest, replacement, goal)
        return with_items(node, items)
    if node.entries is None and node.value not in (None, ""):
        return node  # text that kustomize may read as YAML
    entries = dict(node.entries or {})
    for name in list(entries) if step == "*" else [step]:
        old = entries.get(name)
        if old is None and not goal.create:
            raise CannotApply(f"there is no {name}")
        inner = old.node if old else with_scalar(replacement.node, None)
        changed = _put(inner, rest, replacement, goal)
        entries[name] = old.with_node(changed) if old else entry_of(changed)
    return with_entries(node, entries)


def _set(old: Node, replacement: Replacement, cut: Cut) -> Node:
    """The value in the place of an old one; what is no mapping or list keeps the type that it has."""
    new = replacement.node
    is_new = old.value is None and not cut.delimiter
    if old.entries is not None or old.items is not None or (is_new and not isinstance(new.value, str)):
        return new
    text = _text(new)  # kustomize copies the text of a mapping, which is none
    if cut.delimiter:
        parts = _text(old).split(cut.delimiter)
        if cut.index < 0:
            parts.insert(0, text)
        elif cut.index >= len(parts):
            parts.append(text)
        else:
            parts[cut.index] = text
        text = cut.delimiter.join(parts)
    return with_scalar(new, text if isinstance(old.value, str) and old.value else resolve_plain(text))


def _text(node: Node) -> str:
    value = node.value
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
