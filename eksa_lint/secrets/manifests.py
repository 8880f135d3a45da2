"""The objects of parsed text, as far as credentials are told by them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from eksa_lint import data
from eksa_lint.syntax import Document, Node

SECRET_SECTIONS: Final = ("data", "stringData", "binaryData")
"""Where a Secret has its values, which are judged as a whole (`readable`)."""
_DEEPEST: Final = 20


def objects_of(root: Node) -> Iterator[Node]:
    """The objects of a document: those of a list, else itself."""
    items = root.find(("items",))
    if kind_of(root).endswith("List") and items is not None and items.items is not None:
        for item in items.items:
            yield from objects_of(item)
    else:
        yield root


def secrets_below(root: Node, depth: int = 0) -> Iterator[Node]:
    """Secrets that are values of another object: what charts are given to apply as well."""
    below = [entry.node for entry in root.entries.values()] if root.entries is not None else root.items or []
    for node in below if depth < _DEEPEST else ():
        if kind_of(node) == "Secret" and any(node.find((section,)) for section in SECRET_SECTIONS):
            yield node
        if node.entries is not None or node.items is not None:
            yield from secrets_below(node, depth + 1)


def kind_of(node: Node) -> str:
    kind = node.find(("kind",))
    return kind.value if kind is not None and isinstance(kind.value, str) else ""


def title_of(root: Node) -> str:
    """Kind, namespace and name as people say them; empty for what is no object."""
    kind = kind_of(root)
    namespace, name = (root.find(("metadata", key)) for key in ("namespace", "name"))
    if not kind or name is None:
        return kind
    return f"{kind} {namespace.value}/{name.value}" if namespace else f"{kind} {name.value}"


def name_of(root: Node) -> str:
    """Namespace and name."""
    return title_of(root).partition(" ")[2]


def holds_fields(root: Node) -> bool:
    """Whether names in an object are of fields that are applied, and not of keys that stand elsewhere."""
    return kind_of(root) not in data.table("credential-names")["kinds_without"]


def _fields_of(root: Node) -> Iterator[Node]:
    """The fields of an object; of a Secret without its values."""
    judged = SECRET_SECTIONS if kind_of(root) == "Secret" else ()
    if root.entries is None:
        yield root
    else:
        yield from (entry.node for key, entry in root.entries.items() if key not in judged)


def value_spans(documents: list[Document]) -> list[tuple[int, int]]:
    """Where the texts stand that are values, sorted."""
    objects = (root for document in documents for root in objects_of(document.root))
    return sorted(span for root in objects if holds_fields(root) for node in _fields_of(root) for span in _texts(node))


def _texts(node: Node) -> Iterator[tuple[int, int]]:
    if node.entries is not None:
        for entry in node.entries.values():
            yield from _texts(entry.node)
    elif node.items is not None:
        for item in node.items:
            yield from _texts(item)
    elif isinstance(node.value, str):
        yield node.start, node.end


class Owners:
    """Which object of a file an offset lies in."""

    def __init__(self, documents: Iterable[Document]) -> None:
        objects = (root for document in documents for root in objects_of(document.root) if kind_of(root))
        self._objects = sorted(objects, key=lambda root: root.start)

    def at(self, offset: int) -> Node | None:
        index = bisect_right(self._objects, offset, key=lambda root: root.start)
        owner = self._objects[index - 1] if index else None
        return owner if owner and offset < owner.end else None
