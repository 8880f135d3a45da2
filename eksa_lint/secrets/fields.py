"""Credentials in parsed values: the fields of any object, chart values, packages, containers' variables.

A field is known by its name, or by its place in a kind of object. Values that are text of several lines, or JSON, are
searched line by line as well (`assignments`), since that is where chart values and scripts stand.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, TypeAlias

from eksa_lint import data
from eksa_lint.secrets.assignments import counts, known_variable, leak_of
from eksa_lint.secrets.leak import Leak, Text, within_quotes
from eksa_lint.secrets.manifests import SECRET_SECTIONS, holds_fields, kind_of, objects_of, title_of
from eksa_lint.secrets.objects import is_setting
from eksa_lint.secrets.values import is_prose, named, stands_for_nothing
from eksa_lint.syntax import Node

Path: TypeAlias = tuple[str, ...]
_DEEPEST: Final = 100
_LITERAL: Final = re.compile(r"([^=\s]{1,200})=(.+)", re.DOTALL)


def find(text: Text) -> Iterator[Leak]:
    for document in text.documents:
        for root in objects_of(document.root):
            if holds_fields(root):
                yield from _Walk(text, root).leaks()


class _Walk:
    """All mappings of one object."""

    def __init__(self, text: Text, root: Node) -> None:
        self._text, self._root = text, root
        self._title = title_of(root)
        self._places = [place for place in _table("places") if place.get("kind", kind_of(root)) == kind_of(root)]
        self._below = frozenset(_table("below"))
        self._beside = frozenset(_table("beside"))

    def leaks(self) -> Iterator[Leak]:
        return self._node(self._root, ())

    def _node(self, node: Node, path: Path) -> Iterator[Leak]:
        if len(path) > _DEEPEST:
            return
        if node.entries is not None:
            yield from self._mapping(node, path)
        elif node.items is not None:
            for index, item in enumerate(node.items):
                below = (*path, str(index))
                if item.entries is None and item.items is None:
                    yield from self._scalar(item, below, "")
                else:
                    yield from self._node(item, below)

    def _mapping(self, node: Node, path: Path) -> Iterator[Leak]:
        entries = node.entries or {}
        yield from self._variable(node, path)
        names_only = not self._beside.isdisjoint(entries)
        judged = SECRET_SECTIONS if node is self._root and kind_of(node) == "Secret" else ()
        for key, entry in entries.items():
            if key in judged:
                continue
            below = (*path, key)
            if entry.node.entries is None and entry.node.items is None:
                if not (names_only and key.endswith(("Key", "key"))):
                    yield from self._scalar(entry.node, below, key)
            elif key not in self._below:
                yield from self._described(entry.node, below, key)
                yield from self._node(entry.node, below)

    def _variable(self, node: Node, path: Path) -> Iterator[Leak]:
        """An item `{name: NAME, value: literal}` of a container's variables, Helm parameters and their like."""
        name, value = node.find(("name",)), node.find(("value",))
        if name is None or value is None or not isinstance(name.value, str):
            return
        if isinstance(value.value, str):
            yield from self._named(value, (*path, name.value), name.value)

    def _described(self, node: Node, path: Path, key: str) -> Iterator[Leak]:
        """A variable with its value and what GitLab says about it: `NAME: {value: literal, description: …}`."""
        value = node.find(("value",))
        if value is not None and isinstance(value.value, str) and key.isupper():
            yield from self._named(value, (*path, "value"), key)

    def _scalar(self, node: Node, path: Path, key: str) -> Iterator[Leak]:
        value = node.value
        if value is None or isinstance(value, (bool, dict, list)):
            return
        written = str(value)
        place = next((place for place in self._places if _fits(place["path"], path)), None)
        if place is not None:
            literal = _LITERAL.fullmatch(written) if place.get("literal") else None
            name, credential = literal.groups() if literal else (key, written)
            if not is_setting(name) and not stands_for_nothing(credential, name):
                yield self._leak(node, path, place["what"])
            return
        if key and "\n" not in written.strip():
            yield from self._named(node, path, key)

    def _named(self, node: Node, path: Path, name: str) -> Iterator[Leak]:
        """A value under a name that is of a credential."""
        variable, written = known_variable(name), str(node.value)
        if variable is not None:
            if counts(variable, name, written) and not (" " in written and is_prose(written)):
                yield leak_of(variable, name, self._text, *within_quotes(self._text.source, node))
            return
        ending = named(name)
        if ending is not None and ending.names(written, name):
            yield self._leak(node, path, ending.what)

    def _leak(self, node: Node, path: Path, what: str) -> Leak:
        start, end = within_quotes(self._text.source, node)
        field = ".".join(path)
        holder = self._title or self._text.name
        article = "an" if what[0] in "aeiouA" else "a"
        return Leak("literal-credential", f"{holder} holds {article} {what} in the clear at {field}", start, end, field)


def _fits(pattern: list[str], path: Path) -> bool:
    if pattern[0] == "**":
        rest = pattern[1:]
        return len(path) >= len(rest) and _fits_whole(rest, path[len(path) - len(rest) :])
    return len(pattern) == len(path) and _fits_whole(pattern, path)


def _fits_whole(pattern: list[str], path: Path) -> bool:
    return all(step in ("*", key) for step, key in zip(pattern, path, strict=True))


@cache
def _table(name: str) -> Any:
    return data.table("credential-names")[name]
