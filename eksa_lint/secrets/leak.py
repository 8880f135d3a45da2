"""One credential that a text gives away, and the text it stands in."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from eksa_lint.syntax import Document, Node, Source, Stream


@dataclass(frozen=True, slots=True)
class Text:
    """A file to be searched. `read` parses it, as often as it is asked; None where it is no YAML."""

    path: str
    source: Source
    read: Callable[[], Stream] | None = None

    @property
    def documents(self) -> list[Document]:
        """What was parsed; empty where the file is no YAML."""
        return self.read().documents if self.read else []

    @property
    def broken(self) -> bool:
        """Whether the parse did not reach the end."""
        return self.read is not None and self.read().broken

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Leak:
    """A credential: the rule that reports it, what is said about it, and where it stands.

    `field` tells leaks of one file or object apart in a fingerprint. `weak` says that it opens little by itself or
    needs something else too. Nothing here holds the credential.
    """

    rule: str
    message: str
    start: int
    end: int
    field: str
    weak: bool = False


class Spans:
    """Places that were spoken of, none over another."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def take(self, start: int, end: int) -> bool:
        """Take a place; False where another already covers some of it."""
        index = bisect_left(self._spans, (end, 0))
        if index > 0 and self._spans[index - 1][1] > start:
            return False
        self._spans.insert(index, (start, end))
        return True


_EMPTY_QUOTES: Final = '""'
_BLOCK: Final = re.compile(r"[|>][-+0-9]{0,2}[ \t]*(?:#[^\r\n]*)?\r?\n\s*")


def within_quotes(source: Source, node: Node) -> tuple[int, int]:
    """The offsets of a scalar without its quotes, or the line that announces it; of an alias those of its anchor."""
    start, end = node.start, node.end
    if node.items is not None or end - start < len(_EMPTY_QUOTES):
        return start, end
    mark = source.text[start]
    if mark in "\"'":
        return start + 1, end - 1
    if mark in "|>" and (block := _BLOCK.match(source.text, start, end)):
        return block.end(), end
    if mark == "*":
        return _anchored(source, node)
    return start, end


def _anchored(source: Source, node: Node) -> tuple[int, int]:
    """Where the text stands that an alias repeats, if it can be seen there."""
    anchor = source.text.rfind(f"&{source.text[node.start + 1 : node.end].strip()}", 0, node.start)
    text = str(node.value)
    at = source.text.find(text, anchor, node.start) if anchor >= 0 and text else -1
    return (at, at + len(text)) if at >= 0 else (node.start, node.end)


def place_in(source: Source, node: Node, *spellings: str) -> tuple[int, int]:
    """Where a credential stands inside a value as written; the whole value where no spelling can be seen there."""
    start, end = within_quotes(source, node)
    for spelling in spellings:
        at = source.text.find(spelling, start, end) if spelling and "\n" not in spelling else -1
        if at >= 0:
            return at, at + len(spelling)
    return start, end
