"""Kubernetes objects as a file holds them."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

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

    @property
    def group_kind(self) -> tuple[str, str]:
        return self.group, self.kind

    @property
    def is_cluster(self) -> bool:
        """Whether it is that of a Cluster of EKS Anywhere; Cluster API has another kind of that name."""
        return self.group_kind == (EKSA, "Cluster")

    @property
    def within_root(self) -> tuple[str, str, str, str]:
        """The same under every root."""
        return self[1:]


class Borrowed(Node):
    """A node that stands in another file than the object that it became a part of, as does its key."""

    __slots__ = ("path", "source")

    def __init__(self, node: Node, path: str, source: Source) -> None:
        super().__init__(node.start, node.end, node.value, node.entries, node.items)
        self.path = path
        self.source = source


@dataclass(frozen=True, slots=True)
class Unfit:
    """Something of an object that kustomize or Flux cannot do, so that it stops there."""

    what: Literal["patch", "replacement", "change of images", "transformer", "variable"]
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Resource:
    """One object of one snapshot.

    `node` is the object as its file has it, which in a `kind: List` is an item of the document; `built` is what
    kustomize and Flux make of it, where they change anything. A `patch` is a part of an object that kustomize merges
    into another; nothing may be missed in it.
    """

    id: ResourceId
    version: str
    side: Side
    path: str
    source: Source = field(repr=False)
    node: Node = field(repr=False)
    patch: bool = False
    built: Node | None = field(default=None, repr=False)
    sync_name: str = ""
    """Namespace and name of the Flux `Kustomization` that applies it."""

    unfit: tuple[Unfit, ...] = field(default=(), repr=False)

    @property
    def applied(self) -> Node:
        """The object as it is applied."""
        return self.built or self.node

    @property
    def value(self) -> dict[str, Any]:
        value = self.applied.value
        assert isinstance(value, dict)  # noqa: S101 - resources are only made of mappings
        return value

    @property
    def kind(self) -> str:
        return self.id.kind

    @property
    def group(self) -> str:
        return self.id.group

    @property
    def is_cluster(self) -> bool:
        return self.id.is_cluster

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
        node, key_span = self.applied, None
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
            node, (start, end) = _heading(node)
        home = node if isinstance(node, Borrowed) else self
        return Place(self.side, home.path, home.source, start, end)


def _heading(node: Node) -> tuple[Node, tuple[int, int]]:
    """The name of an object or list item, else its kind, else its first key; and the node that tells the file."""
    for path in (("metadata", "name"), ("name",), ("kind",)):
        if named := node.find(path):
            return named, (named.start, named.end)
    first = min((node.entries or {}).values(), key=lambda entry: entry.key_start)
    return first.node, (first.key_start, first.key_end)
