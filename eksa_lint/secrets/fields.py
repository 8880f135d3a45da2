"""Credentials in parsed values: the fields of any object, chart values, packages, containers' variables.

A field is known by its place in a kind of object, or by its name. Values that are text of several lines are searched
line by line instead (`assignments`), since that is where chart values and scripts stand.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, TypeAlias

from eksa_lint import data
from eksa_lint.secrets.leak import Leak, Text, within_quotes
from eksa_lint.secrets.manifests import SECRET_SECTIONS, holds_fields, kind_of, objects_of, title_of
from eksa_lint.secrets.names import known_name
from eksa_lint.secrets.secret_keys import is_setting
from eksa_lint.secrets.values import is_prose, stands_for_nothing
from eksa_lint.secrets.variables import known_variable
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
                if _is_scalar(item):
                    yield from self._scalar(item, below, "")
                else:
                    yield from self._node(item, below)

    def _mapping(self, node: Node, path: Path) -> Iterator[Leak]:
        entries = node.entries or {}
        yield from self._variable(node, path)
        names_only = not self._beside.isdisjoint(entries)
        judged_elsewhere = SECRET_SECTIONS if node is self._root and kind_of(node) == "Secret" else ()
        for key, entry in entries.items():
            if key in judged_elsewhere:
                continue
            below = (*path, key)
            if _is_scalar(entry.node):
                if not (names_only and key.endswith(("Key", "key"))):
                    yield from self._scalar(entry.node, below, key)
            elif key not in self._below:
                yield from self._described(entry.node, below, key)
                yield from self._node(entry.node, below)

    def _variable(self, node: Node, path: Path) -> Iterator[Leak]:
        """An item `{name: NAME, value: literal}` of a container's variables, Helm parameters and their like."""
        name, value = node.find(("name",)), node.find(("value",))
        if name is not None and isinstance(name.value, str) and value is not None and isinstance(value.value, str):
            yield from self._named(value, (*path, name.value), name.value)

    def _described(self, node: Node, path: Path, key: str) -> Iterator[Leak]:
        """A variable with its value and what GitLab says about it: `NAME: {value: literal, description: …}`."""
        value = node.find(("value",))
        if value is not None and isinstance(value.value, str) and key.isupper():
            yield from self._named(value, (*path, "value"), key)

    def _scalar(self, node: Node, path: Path, key: str) -> Iterator[Leak]:
        if node.value is None or isinstance(node.value, (bool, dict, list)):
            return
        place = next((place for place in self._places if _fits(place["path"], path)), None)
        if place is not None:
            yield from self._placed(node, path, key, place)
        elif key and "\n" not in str(node.value).strip():
            yield from self._named(node, path, key)

    def _placed(self, node: Node, path: Path, key: str, place: dict[str, Any]) -> Iterator[Leak]:
        """A value in a place that is of a credential, whatever its name."""
        written = str(node.value)
        literal = _LITERAL.fullmatch(written) if place.get("literal") else None
        name, credential = literal.groups() if literal else (key, written)
        if not is_setting(name) and not stands_for_nothing(credential, name):
            yield self._leak(node, path, place["what"])

    def _named(self, node: Node, path: Path, key: str) -> Iterator[Leak]:
        """A value under a name that is of a credential."""
        written = str(node.value)
        variable = known_variable(key)
        if variable is not None:
            if variable.counts(written, key) and not (" " in written and is_prose(written)):
                yield variable.leak(key, self._text, *within_quotes(self._text.source, node))
            return
        name = known_name(key)
        if name is not None and name.counts(written, key):
            yield self._leak(node, path, name.what)

    def _leak(self, node: Node, path: Path, what: str) -> Leak:
        start, end = within_quotes(self._text.source, node)
        field = ".".join(path)
        holder = title_of(self._root) or self._text.name
        article = "an" if what[0] in "aeiouA" else "a"
        return Leak("literal-credential", f"{holder} holds {article} {what} in the clear at {field}", start, end, field)


def _is_scalar(node: Node) -> bool:
    return node.entries is None and node.items is None


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
