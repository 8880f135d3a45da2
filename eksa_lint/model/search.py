"""Which contents hold a text, without parsing any: all in one buffer, so that a search is one pass of memory."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from typing import Final

_BETWEEN: Final = b"\0\n"
"""No name holds it, and every file begins on a line of its own."""

_NAME: Final = re.compile(rb"""name["']?[ \t]*:\s*["']?([^\s"',}\]#]*)""")
"""A value of a key that ends in `name`, in block or flow style, on the same line or the next."""

_KEY_APART: Final = re.compile(rb"""\?[ \t]+["']?[\w-]*name""")
"""Such a key in a line of its own (`? name`), whose value stands in the next one behind a colon."""

_PLAIN: Final = re.compile(rb"""[^\s"',}\]#*&|>!\\][^\s"',}\]#\\]*\Z""")
"""What such a value is where it stands for itself: no alias, no block, no escape."""

_FEW: Final = 12
"""Searches that cost less than the index of all names."""

_PLAIN_KEY: Final = re.compile(rb"[\w./-]+:[ \t]*(?:#.*)?\Z")
"""A line that is a key and nothing else, so that its value is what stands below."""


def as_bytes(text: str) -> bytes:
    """Text as the contents hold it, with the bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def may_define(content: bytes, name: bytes) -> bool:
    """Whether a text may hold an object of a name, and not only references to one.

    False only where each line that says the name stands below a key in block style that is not `metadata`.
    """
    at = content.find(name)
    while at >= 0:
        start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
        line = content[start : end if end >= 0 else len(content)]
        if _is_metadata(_key_above(content, start, line)):
            return True
        at = content.find(name, end) if end >= 0 else -1
    return False


def _key_above(content: bytes, start: int, line: bytes) -> bytes:
    """The line that a line `name: …` stands below; the line itself where it is none of block style."""
    depth = len(line) - len(line.lstrip(b" "))
    if not line.startswith(b"name:", depth):
        return line
    while start > 0:
        end, start = start - 1, content.rfind(b"\n", 0, start - 1) + 1
        above = content[start:end].rstrip()
        indent = len(above) - len(above.lstrip(b" "))
        if above and indent < depth and not above.startswith(b"#", indent):
            return above[indent:]
    return b""


def _is_metadata(line: bytes) -> bool:
    return b"metadata" in line or not _PLAIN_KEY.match(line)


class TextSearch:
    """Searches many contents at once, each known by its id."""

    def __init__(self, contents: Iterable[tuple[str, bytes]]) -> None:
        self._ids: list[str] = []
        self._starts: list[int] = []
        pieces, at = [], len(_BETWEEN)
        for identifier, content in contents:
            self._ids.append(identifier)
            self._starts.append(at)
            pieces.append(content)
            at += len(content) + len(_BETWEEN)
        self._text = _BETWEEN.join([b"", *pieces])
        self._found: dict[bytes, list[str]] = {}

    def holding(self, text: bytes) -> list[str]:
        """The ids of the contents that hold a text, in order."""
        if text not in self._found:
            self._found[text] = list(self._search(text))
        return self._found[text]

    def _search(self, text: bytes) -> Iterable[str]:
        at = self._text.find(text)
        while at >= 0:
            number = self._number(at)
            yield self._ids[number]
            if number + 1 == len(self._ids):
                return
            at = self._text.find(text, self._starts[number + 1])

    def naming(self, name: bytes) -> list[str]:
        """The ids of the contents that may say `name: …` with this text, in order; all that do are among them."""
        if name in self._found or len(self._found) < _FEW or not _PLAIN.match(name):
            return self.holding(name)
        numbers, odd = self._named
        return [self._ids[number] for number in sorted({*numbers.get(name, ()), *odd})]

    @cached_property
    def _named(self) -> tuple[dict[bytes, set[int]], set[int]]:
        """The contents by the names that they say, and those that say one in another way."""
        numbers: dict[bytes, set[int]] = {}
        odd = {self._number(match.start()) for match in _KEY_APART.finditer(self._text)}
        for match in _NAME.finditer(self._text):
            number = self._number(match.start())
            if _PLAIN.match(match[1]):
                numbers.setdefault(match[1], set()).add(number)
            else:
                odd.add(number)
        return numbers, odd

    def _number(self, at: int) -> int:
        return bisect_right(self._starts, at) - 1
