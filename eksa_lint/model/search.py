"""Which contents hold a text, without parsing any: all in one buffer, so that a search is one pass of memory."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

_BETWEEN: Final = b"\0\n"
"""No name holds it, and every file begins on a line of its own."""


class TextSearch:
    """Searches many contents at once, each known by a name of its own."""

    def __init__(self, contents: Iterable[tuple[str, bytes]]) -> None:
        self._names: list[str] = []
        self._starts: list[int] = []
        pieces, at = [], len(_BETWEEN)
        for name, content in contents:
            self._names.append(name)
            self._starts.append(at)
            pieces.append(content)
            at += len(content) + len(_BETWEEN)
        self._text = _BETWEEN.join([b"", *pieces])
        self._found: dict[bytes, list[str]] = {}

    def holding(self, text: bytes) -> list[str]:
        """The names of the contents that hold a text, in order."""
        if text not in self._found:
            self._found[text] = list(self._search(text))
        return self._found[text]

    def _search(self, text: bytes) -> Iterable[str]:
        at = self._text.find(text)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield self._names[number]
            if number + 1 == len(self._names):
                return
            at = self._text.find(text, self._starts[number + 1])
