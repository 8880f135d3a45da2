"""Events to nodes: anchors, merge keys, duplicate keys, and the limits that keep hostile input cheap."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from eksa_lint.syntax import scalars
from eksa_lint.syntax.document import Document, Entry, JsonValue, Node, Problem
from eksa_lint.syntax.events import CannotRead, TooComplex

MOST_NODES: Final = 100_000
"""Nodes of one document, aliases counted each time they are used."""
MOST_DEPTH: Final = 100
MOST_NODES_OF_A_FILE: Final = 1_000_000
"""Nodes of all documents of one file: a large fleet has 300,000 in all of its files."""
LONGEST_SCALAR: Final = 1_000_000


class Composer:
    """Builds the documents of one stream of events; problems that do not end the reading are collected."""

    def __init__(
        self,
        text: str,
        events: Iterator[Any],
        resolve_plain: Callable[[str], scalars.Scalar] = scalars.resolve_plain,
    ) -> None:
        self._text = text
        self._resolve_plain = resolve_plain
        self._next = events.__next__
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._open_anchors: set[str] = set()
        self._nodes = 0
        self._nodes_before = 0
        self._depth = 0
        self.problems: list[Problem] = []

    def documents(self) -> Iterator[Document]:
        """The documents that have content, numbered as they stand in the file."""
        index = 0
        while True:
            event = self._next()
            if type(event) is StreamEndEvent:
                return
            if type(event) is DocumentStartEvent:
                self._anchors.clear()
                self._nodes_before += self._nodes
                self._nodes = 0
                if self._nodes_before > MOST_NODES_OF_A_FILE:
                    reason = f"more than {MOST_NODES_OF_A_FILE:,} values in one file"
                    raise TooComplex(reason, event.start_mark.index)
                root = self._node(self._next())
                if root.value is not None or root.end > root.start:
                    yield Document(index, root)
                index += 1

    def _node(self, event: Any) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise TooComplex(f"more than {MOST_NODES:,} values in one document", event.start_mark.index)
        kind = type(event)
        if kind is ScalarEvent:
            return self._scalar(event)
        if kind is AliasEvent:
            return self._alias(event)
        before = self._nodes
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise TooComplex(f"nested more than {MOST_DEPTH} levels deep", event.start_mark.index)
        if event.anchor:
            self._open_anchors.add(event.anchor)
        node = self._mapping(event) if kind is MappingStartEvent else self._sequence(event)
        self._depth -= 1
        if event.anchor:
            self._open_anchors.discard(event.anchor)
            self._anchors[event.anchor] = node, self._nodes - before + 1
        return node

    def _scalar(self, event: Any) -> Node:
        text, start, end = event.value, event.start_mark.index, event.end_mark.index
        if len(text) > LONGEST_SCALAR:
            raise TooComplex(f"a value of more than {LONGEST_SCALAR:,} characters", start)
        plain, tag = event.implicit[0], event.tag
        value: scalars.Scalar
        try:
            if tag is None and plain:
                value = self._resolve_plain(text)
            else:
                start = self._skip_properties(start, event)
                value = scalars.resolve(text, tag, plain=plain)
        except scalars.WrongTag as error:
            self.problems.append(Problem("yaml-syntax", str(error), start, end))
            value = scalars.clean(text)
        if event.style in ("|", ">"):
            end = start + len(self._text[start:end].rstrip())
        node = Node(start, end, value)
        if event.anchor:
            self._anchors[event.anchor] = node, 1
        return node

    def _skip_properties(self, start: int, event: Any) -> int:
        """Where the value itself begins, behind `!!str` and `&anchor`."""
        while self._text[start : start + 1] in ("!", "&") and start < event.end_mark.index:
            end = start
            while end < event.end_mark.index and not self._text[end].isspace():
                end += 1
            while end < event.end_mark.index and self._text[end].isspace():
                end += 1
            start = end
        return start

    def _alias(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor in self._open_anchors:
            raise TooComplex(f"the alias *{event.anchor} stands inside its own anchor", start)
        if event.anchor not in self._anchors:
            raise CannotRead(f"the alias *{event.anchor} has no anchor", start)
        target, size = self._anchors[event.anchor]
        self._nodes += size
        if self._nodes > MOST_NODES:
            raise TooComplex(f"more than {MOST_NODES:,} values in one document, aliases written out", start)
        return Node(start, end, target.value, target.entries, target.items)

    def _sequence(self, event: Any) -> Node:
        start = event.start_mark.index
        items: list[Node] = []
        while type(item := self._next()) is not SequenceEndEvent:
            items.append(self._node(item))
        end = item.end_mark.index if event.flow_style or not items else items[-1].end
        return Node(start, end, [node.value for node in items], None, items)

    def _mapping(self, event: Any) -> Node:
        start = end = event.start_mark.index
        entries: dict[str, Entry] = {}
        written: set[str] = set()
        template = False
        while type(key_event := self._next()) is not MappingEndEvent:
            key = self._node(key_event)
            item = self._node(self._next())
            end = max(end, key.end, item.end)
            if type(key_event) is ScalarEvent and _is_merge(key_event):
                self._merge(item, entries)
                continue
            if key.entries is not None or key.items is not None:
                template = template or self._text.startswith("{{", start)  # which is a mapping in a mapping to YAML
                if not template:
                    self.problems.append(Problem("yaml-syntax", "a key must be text", key.start, key.end))
                continue
            if key.value is None:
                self.problems.append(Problem("yaml-syntax", "a key must not be null", key.start, key.end))
            name = scalars.key_text(key.value)  # type: ignore[arg-type]  # containers were handled above
            if name in written:
                self.problems.append(Problem("duplicate-key", name, key.start, key.end))
            written.add(name)
            entries[name] = Entry(key.start, key.end, item)
        if event.flow_style:
            end = key_event.end_mark.index
        if template:
            return Node(start, end, self._text[start:end])
        value: dict[str, JsonValue] = {name: entry.node.value for name, entry in entries.items()}
        return Node(start, end, value, entries)

    def _merge(self, node: Node, entries: dict[str, Entry]) -> None:
        """`<<`: in the order of the text, as yaml/v2 does; in a list of mappings the earlier one wins."""
        for source in reversed(node.items) if node.items is not None else (node,):
            if source.entries is None:
                self.problems.append(Problem("yaml-syntax", "<< can only merge mappings", node.start, node.end))
                return
            entries.update(source.entries)


def _is_merge(key: Any) -> bool:
    return key.value == "<<" and bool(key.implicit[0] or key.tag == "tag:yaml.org,2002:merge")
