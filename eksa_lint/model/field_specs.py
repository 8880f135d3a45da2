"""Fields as the configurations of kustomize's transformers name them, and what is done to them.

A path such as `spec/groups/name` goes through lists without saying so; what is missing is only made with `create`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.images import changed_image
from eksa_lint.model.patches import CannotApply, Pointer, entry_of, with_entries, with_items, with_scalar
from eksa_lint.syntax import Node

Edit: TypeAlias = Callable[[Node], Node]
Does: TypeAlias = Literal["affix", "merge", "set", "fill", "image"]

METADATA_NAME: Final = ("metadata", "name")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of the objects of a group, version and kind; an empty one takes any.

    `if_there` is one that kustomize looks for by itself: where a text stands in its way, it is not there.
    """

    path: Pointer
    group: str = ""
    version: str = ""
    kind: str = ""
    create: bool = False
    if_there: bool = False

    def concerns(self, value: Any) -> bool:
        group, _, version = str(fields.get(value, ("apiVersion",))).rpartition("/")
        return (
            self.group in ("", group)
            and self.version in ("", version)
            and self.kind in ("", str(fields.get(value, ("kind",))))
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """What one transformer does to some fields: text around them, values merged into them, or one in their place.

    `fill` sets only what is missing, `image` changes the images of a name. With a `name` only the object that has it is
    meant.
    """

    does: Does
    specs: tuple[FieldSpec, ...]
    prefix: str = ""
    suffix: str = ""
    content: Any = field(default=None, hash=False)
    node: Node | None = field(default=None, compare=False, repr=False)
    name: str = ""

    @property
    def renames(self) -> bool:
        return any(spec.path[:1] == METADATA_NAME[:1] for spec in self.specs) and self.does != "merge"

    def applied_to(self, node: Node, names: set[str], *, keeps_name: bool) -> Node:
        """The object with its fields changed.

        Raises:
            CannotApply: the way to a field leads through a text, where kustomize stops.
        """
        if self.name and self.name not in names:
            return node
        for spec in self.specs:
            if spec.concerns(node.value) and not (keeps_name and spec.path == METADATA_NAME):
                empty = with_entries(self.node or node, {}) if spec.create else None
                try:
                    node = _changed(node, spec.path, self._change, empty)
                except _TextInTheWay as text:
                    if not spec.if_there:
                        way, stop = ".".join(spec.path), ".".join(spec.path[: -len(text.rest)])
                        raise CannotApply(f"{way} is looked for, and {stop} is a text", self.node) from None
        return node

    def _change(self, old: Node) -> Node:
        new = self.node
        match self.does:
            case "affix":
                is_text = old.entries is None and old.items is None and old.value is not None
                return with_scalar(old, f"{self.prefix}{old.value}{self.suffix}") if is_text else old
            case "merge" if new is not None and new.entries and old.items is None:
                return with_entries(old, {**(old.entries or {}), **new.entries})
            case "fill" if old.value not in (None, "", {}):
                return old
            case "set" | "fill" if new is not None:
                return new
            case "image" if new is not None and isinstance(old.value, str):
                image = changed_image(old.value, self.content)
                return with_scalar(new, image) if image != old.value else old
        return old


def specs_of(listed: Any) -> tuple[FieldSpec, ...] | None:
    """The `fieldSpecs` of a configuration; None where they are not written as such."""
    if not isinstance(listed, list):
        return None
    return tuple(_specs(listed))


def _specs(listed: list[Any]) -> Iterator[FieldSpec]:
    for written in listed:
        path = fields.get(written, ("path",))
        if isinstance(path, str) and path:
            group, version, kind = (str(fields.get(written, (part,)) or "") for part in ("group", "version", "kind"))
            yield FieldSpec(_steps(path), group, version, kind, fields.get(written, ("create",)) is True)


def _steps(path: str) -> Pointer:
    r"""`a/b[]/c\/d` in steps."""
    parts = path.strip("/").replace("\\/", "\0").split("/")
    return tuple(part.removesuffix("[]").replace("\0", "/") for part in parts)


class _TextInTheWay(Exception):
    """`rest` of a path is not to be had, as a text stands where a mapping should."""

    def __init__(self, rest: Pointer) -> None:
        super().__init__()
        self.rest = rest


def _changed(node: Node, path: Pointer, edit: Edit, empty: Node | None) -> Node:
    if node.items is not None:
        return with_items(node, [_changed(item, path, edit, empty) for item in node.items])
    if not path:
        return edit(node)
    if node.entries is None and node.value is not None:
        raise _TextInTheWay(path)
    entry = (node.entries or {}).get(path[0])
    if node.entries is None or (entry is None and empty is None):
        return node
    inner = entry.node if entry is not None else empty
    assert inner is not None  # noqa: S101 - one of them is there
    changed = _changed(inner, path[1:], edit, empty)
    if entry is None and changed is inner:
        return node
    return with_entries(node, {**node.entries, path[0]: entry.with_node(changed) if entry else entry_of(changed)})
