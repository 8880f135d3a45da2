"""Patches as kustomize merges them: parts of objects, and operations of JSON 6902.

What comes from a patch keeps its own place: `Borrowed` nodes know the file that they stand in. Nothing is changed in
place; what is not touched is shared with the object that was patched.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.resource import Borrowed
from eksa_lint.syntax import Entry, Node, Source

Pointer: TypeAlias = tuple[str, ...]
"""The way to a part of an object as kustomize writes it: keys, and positions as text."""

Shift: TypeAlias = Callable[[int], int]
MergeKeys: TypeAlias = Mapping[str, Sequence[str]]
"""What pairs the items of a list, by the name of the list."""

_DIRECTIVE: Final = "$patch"


class CannotApply(Exception):
    """A patch that does not fit the object; kustomize stops there. `node` is the operation."""

    def __init__(self, reason: str, node: Node | None = None) -> None:
        super().__init__(reason)
        self.node = node


def borrow(node: Node, path: str, source: Source, shift: Shift = lambda offset: offset) -> Borrowed:
    """A node of another file, with all below it. `shift` maps its offsets into the source."""
    entries = items = None
    if node.entries is not None:
        entries = {
            name: Entry(shift(entry.key_start), shift(entry.key_end), borrow(entry.node, path, source, shift))
            for name, entry in node.entries.items()
        }
    if node.items is not None:
        items = [borrow(item, path, source, shift) for item in node.items]
    return Borrowed(Node(shift(node.start), shift(node.end), node.value, entries, items), path, source)  # type: ignore[arg-type]


def merge(base: Node, patch: Node) -> Node | None:
    """The base with a patch over it; None where the patch deletes it."""
    group = str(fields.get(base.value, ("apiVersion",))).rpartition("/")[0]
    table = data.table("merge-keys")
    return _merge(base, patch, table["lists"] if group in table["groups"] else {})


def _merge(base: Node, patch: Node, keys: MergeKeys) -> Node | None:
    if patch.entries is None or not isinstance(patch.value, dict):
        return patch
    directive = patch.value.get(_DIRECTIVE)
    if directive == "delete":
        return None
    if directive == "replace" or base.entries is None:
        return _without_directives(patch)
    entries = dict(base.entries)
    for name, entry in patch.entries.items():
        if name.startswith("$"):
            continue
        old = entries.get(name)
        merged = None if entry.node.value is None else _merged(name, old.node, entry.node, keys) if old else entry.node
        if merged is None:
            entries.pop(name, None)
        elif old is not None and merged.entries is not None and not isinstance(merged, Borrowed):
            entries[name] = old.with_node(merged)
        else:
            entries[name] = entry.with_node(_without_directives(merged))
    return with_entries(base, entries)


def _merged(name: str, old: Node, new: Node, keys: MergeKeys) -> Node | None:
    """One field; the items of a list that has a key are merged with those of the same key. The patch's come first."""
    rest = {_key(item, keys[name]): item for item in old.items or ()} if name in keys else {}
    if new.items is None or not rest or None in rest or len(rest) != len(old.items or ()):
        return _merge(old, new, keys)
    come = []
    for item in new.items:
        same = rest.pop(_key(item, keys[name]), None)
        merged = _merge(same or with_entries(item, {}), item, keys)
        come += [merged] if merged is not None else []
    return with_items(old, [*come, *rest.values()])


def _key(item: Node, names: Sequence[str]) -> tuple[str, str] | None:
    found = next((value for name in names if (value := fields.get(item.value, (name,))) is not None), None)
    return None if found is None else (str(found), str(fields.get(item.value, ("protocol",)) or "TCP"))


def apply_operations(base: Node, operations: Node) -> Node:
    """The base after the operations of a JSON 6902 patch.

    Raises:
        CannotApply: one of them does not fit.
    """
    node = base
    for operation in operations.items or ():
        try:
            node = _apply(node, operation)
        except CannotApply as problem:
            raise CannotApply(str(problem), operation) from problem
    return node


def _apply(node: Node, operation: Node) -> Node:
    value = operation.value
    path = value.get("path") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(path, str):
        raise CannotApply("an operation has no path")
    steps = _pointer(path)
    match value.get("op"):
        case "add" | "replace" as op:
            return _edit(node, steps, _operand(operation), is_new=op == "add")
        case "remove":
            return _edit(node, steps, None, is_new=False)
        case "copy" | "move" as op:
            origin = value.get("from")
            if not isinstance(origin, str):
                raise CannotApply("an operation has no from")
            source = _pointer(origin)
            moved = _at(node, source)
            node = _edit(node, source, None, is_new=False) if op == "move" else node
            return _edit(node, steps, moved, is_new=True)
        case "test":
            if _value_at(node, steps) != value.get("value"):
                raise CannotApply(f"{path} is not what the patch tests for")
            return node
        case other:
            raise CannotApply(f"there is no operation {other}")


def _pointer(path: str) -> Pointer:
    """The steps of a JSON pointer."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:])


def with_text(node: Node, path: Sequence[str], text: str) -> Node:
    """The same object with other text in a field that it has, which keeps its place."""
    entry = (node.entries or {}).get(path[0])
    if entry is None:
        return node
    changed = with_scalar(entry.node, text) if len(path) == 1 else with_text(entry.node, path[1:], text)
    return with_entries(node, {**(node.entries or {}), path[0]: entry.with_node(changed)})


def map_scalars(node: Node, change: Callable[[Node], Any]) -> Node:
    """The same tree with every scalar's value put through a function."""
    if node.entries is not None:
        entries = {name: entry.with_node(map_scalars(entry.node, change)) for name, entry in node.entries.items()}
        return with_entries(node, entries)
    if node.items is not None:
        return with_items(node, [map_scalars(item, change) for item in node.items])
    return with_scalar(node, change(node))


def _operand(operation: Node) -> Node:
    return operation.find(("value",)) or with_scalar(operation, None)


def _value_at(node: Node, steps: Pointer) -> Any:
    """What stands there; nothing is the same as null."""
    try:
        return _at(node, steps).value
    except CannotApply:
        return None


def _at(node: Node, steps: Pointer) -> Node:
    for step in steps:
        below = node.find((step if node.items is None else _index(step, len(node.items)),))
        if below is None:
            raise CannotApply(f"there is no {'/'.join(steps)}")
        node = below
    return node


def _edit(node: Node, steps: Pointer, new: Node | None, *, is_new: bool) -> Node:
    """The tree with another value at some steps, or without the one that is there."""
    if not steps:
        if new is None or is_new:
            raise CannotApply(f"the whole object cannot be {'added' if is_new else 'removed'}")
        return new
    step, rest = steps[0], steps[1:]
    if node.items is not None:
        return _edit_item(node, step, rest, new, is_new=is_new)
    if node.entries is None or (step not in node.entries and (rest or new is None)):
        raise CannotApply(f"there is no {step}")
    entries = dict(node.entries)
    if rest:
        old = entries[step]
        entries[step] = old.with_node(_edit(old.node, rest, new, is_new=is_new))
    elif new is None:
        del entries[step]
    else:
        entries[step] = entry_of(new)
    return with_entries(node, entries)


def _edit_item(node: Node, step: str, rest: Pointer, new: Node | None, *, is_new: bool) -> Node:
    items = list(node.items or ())
    if not rest and is_new and new is not None:
        at = len(items) if step == "-" else _index(step, len(items) + 1)
        items.insert(at, new)
        return with_items(node, items)
    at = _index(step, len(items))
    if rest:
        items[at] = _edit(items[at], rest, new, is_new=is_new)
    elif new is None:
        del items[at]
    else:
        items[at] = new
    return with_items(node, items)


def _index(step: str, length: int) -> int:
    if not (step.isascii() and step.isdigit() and len(step) < 7 and int(step) < length):  # noqa: PLR2004 - no list is as long
        raise CannotApply(f"the list has no item {step}")
    return int(step)


def _without_directives(node: Node) -> Node:
    if node.entries is None:
        return node
    entries = {
        name: entry.with_node(_without_directives(entry.node))
        for name, entry in node.entries.items()
        if not name.startswith("$") and entry.node.value is not None
    }
    return with_entries(node, entries)


def entry_of(node: Node) -> Entry:
    """An entry without a key of its own, which is shown by its value."""
    return Entry(node.start, node.end, node)


def with_scalar(node: Node, value: Any) -> Node:
    return _like(node, value, None, None)


def with_entries(node: Node, entries: dict[str, Entry]) -> Node:
    return _like(node, {name: entry.node.value for name, entry in entries.items()}, entries, None)


def with_items(node: Node, items: list[Node]) -> Node:
    return _like(node, [item.value for item in items], None, items)


def _like(node: Node, value: Any, entries: dict[str, Entry] | None, items: list[Node] | None) -> Node:
    """Another value at the place of a node."""
    changed = Node(node.start, node.end, value, entries, items)
    return Borrowed(changed, node.path, node.source) if isinstance(node, Borrowed) else changed
