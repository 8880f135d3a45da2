"""What a parse gives: documents with a tree of nodes, and the problems met on the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from eksa_lint.syntax.source import Source

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"


# Not frozen, and offsets instead of spans: a fleet has a quarter of a million of these, and a frozen
# dataclass costs three times as much to make. Nothing changes one after it was composed.
@dataclass(slots=True)
class Node:
    """One value of a document and where it stands.

    `start` and `end` are code point offsets into the source, the end exclusive. `value` is plain JSON.
    A mapping has `entries`, a list has `items`; both are None for a scalar.
    """

    start: int
    end: int
    value: JsonValue
    entries: "dict[str, Entry] | None" = None
    items: "list[Node] | None" = None

    def find(self, path: Sequence[str | int]) -> "Node | None":
        """The node below this one at a path of keys and indexes, if it is written."""
        node = self
        for step in path:
            if isinstance(step, str):
                entry = (node.entries or {}).get(step)
                if entry is None:
                    return None
                node = entry.node
            elif node.items is not None and -len(node.items) <= step < len(node.items):
                node = node.items[step]
            else:
                return None
        return node

    def items_of(self, name: str) -> "Sequence[Node]":
        """The items of a list that is a field of this mapping; none where there is no such list."""
        listed = self.find((name,))
        return (listed.items or ()) if listed is not None else ()

    def scalars(self) -> Iterator[tuple[int, int]]:
        """The offsets of every scalar below, keys too; an anchored one may come more than once."""
        if self.entries is not None:
            for entry in self.entries.values():
                yield entry.key_start, entry.key_end
                yield from entry.node.scalars()
        elif self.items is not None:
            for item in self.items:
                yield from item.scalars()
        else:
            yield self.start, self.end


@dataclass(slots=True)
class Entry:
    """One `key: value` of a mapping, with the offsets of the key."""

    key_start: int
    key_end: int
    node: Node

    def with_node(self, node: Node) -> "Entry":
        """The same key with another value."""
        return Entry(self.key_start, self.key_end, node)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the text itself; it becomes a finding of the rule of the same kind."""

    kind: Literal["yaml-syntax", "duplicate-key", "too-complex", "unreadable-file"]
    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: its number in the file (from 0) and its root node."""

    index: int
    root: Node


@dataclass(frozen=True, slots=True)
class Stream:
    """All that was read from one blob.

    `broken` says that reading stopped before the end, so that what is missing may only be unread.
    """

    source: Source
    documents: list[Document] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: bool = False
