"""Kubernetes objects as a file holds them."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from eksa_lint.finding import Place, Side
from eksa_lint.syntax import Node, Source

EKSA: Final = "anywhere.eks.amazonaws.com"


class ResourceId(NamedTuple):
    """What makes two objects the same one; never the path, except where nothing applies a document under a name."""

    root: str
    group: str
    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One object of one snapshot.

    `node` is the object itself, which in a `kind: List` is an item of the document. A `patch` is a part of an
    object that kustomize merges into another; nothing may be missed in it.
    """

    id: ResourceId
    version: str
    side: Side
    path: str
    source: Source = field(repr=False)
    node: Node = field(repr=False)
    patch: bool = False

    @property
    def value(self) -> dict[str, Any]:
        value = self.node.value
        assert isinstance(value, dict)  # noqa: S101 - resources are only made of mappings
        return value

    @property
    def kind(self) -> str:
        return self.id.kind

    @property
    def group(self) -> str:
        return self.id.group

    @property
    def spec(self) -> dict[str, Any]:
        """`spec` where it is a mapping, else an empty one."""
        spec = self.value.get("spec")
        return spec if isinstance(spec, dict) else {}

    @property
    def title(self) -> str:
        """How messages call it: `Cluster prod-eu`."""
        return f"{self.id.kind} {self.id.name}"

    def place(self, path: tuple[str | int, ...] = (), *, key: bool = False) -> Place:
        """Where a field stands; its key instead when `key` is set.

        For a field that is not written, the nearest parent that is, by its key. A mapping that is an item of a list,
        and the object itself, are shown by their name, so that the caret is under one word.
        """
        node, key_span = self.node, None
        for step in path:
            below = node.find((step,))
            if below is None:
                key = True
                break
            entry = node.entries.get(step) if node.entries and isinstance(step, str) else None
            key_span = (entry.key_start, entry.key_end) if entry else None
            node = below
        start, end = key_span if key and key_span else (node.start, node.end)
        if key_span is None and node.entries:
            start, end = _heading(node)
        return Place(self.side, self.path, self.source, start, end)


def _heading(node: Node) -> tuple[int, int]:
    """The name of an object or list item, else its kind, else its first key."""
    for path in (("metadata", "name"), ("name",), ("kind",)):
        if named := node.find(path):
            return named.start, named.end
    first = min((node.entries or {}).values(), key=lambda entry: entry.key_start)
    return first.key_start, first.key_end
