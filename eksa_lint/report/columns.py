"""Text in a terminal: how wide it is, where it breaks, and which part of a long line is shown."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from eksa_lint.clean import clean

_TAB: Final = 4
_NARROWEST: Final = 8
"""Below this many columns text is no longer broken."""
ELLIPSIS: Final = "…"


def width_of(text: str) -> int:
    """Terminal columns of clean text: East Asian wide characters and emoji take two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_width, text))


@lru_cache(maxsize=4096)
def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def wrap(text: str, columns: int, *, first: int = 0, hanging: str = "") -> list[str]:
    """Lines within `columns`: the first begins `first` columns to the right, the others with `hanging`.

    Breaks at blanks; a word longer than a line is broken where the line ends.
    """
    room = max(columns - len(hanging), _NARROWEST)
    lines: list[list[str]] = [[]]
    left = columns - first
    for word in text.split():
        for piece in _pieces(word, room):
            needed = width_of(piece) + bool(lines[-1])
            if needed > left and (lines[-1] or first):
                lines.append([])
                left, needed = room, width_of(piece)
            lines[-1].append(piece)
            left -= needed
    first_line, *others = (" ".join(line) for line in lines)
    return [first_line, *(hanging + line for line in others)]


def _pieces(word: str, room: int) -> Iterator[str]:
    if width_of(word) <= room:
        yield word
        return
    piece, used = "", 0
    for character in word:
        width = width_of(character)
        if used + width > room:
            yield piece
            piece, used = "", 0
        piece += character
        used += width
    yield piece


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a file's lines that is shown: characters from `offset`, columns from `left`."""

    offset: int
    left: int
    columns: int

    @classmethod
    def around(cls, text: str, start: int, end: int, columns: int) -> "Window":
        """Where the mark from `start` to `end` (from 1, the end exclusive) is seen, and some text before."""
        offset = _offset(start, columns)
        cells = _cells(text, offset, columns)
        begin, stop = _extent(cells, offset, start, end)
        total = sum(width for _, width in cells)
        if not offset and (total <= columns or stop < columns):
            return cls(offset, 0, columns)
        left = max(begin - columns // 4, stop - columns + 1)
        left = max(0, min(left, begin - 1, total - columns))
        return cls(offset, left, columns)

    def show(self, text: str) -> str:
        """The visible part of a line, with an ellipsis where there is more."""
        before = self.left > 0 or self.offset > 0
        cells = _cells(text, self.offset, self.columns)
        end = self.left + self.columns
        more = sum(width for _, width in cells) > end or len(text) > self.offset + len(cells)
        first, last = self.left + before, end - more
        shown, column = ELLIPSIS * (before and bool(text)), 0
        for cell, width in cells:
            if first <= column and column + width <= last:
                shown += cell
            elif column < last and column + width > first:
                shown += " " * (min(column + width, last) - max(column, first))
            column += width
        return shown + ELLIPSIS * more

    def mark(self, text: str, start: int, end: int) -> tuple[int, int]:
        """The columns, from 0, of what stands from `start` to `end`; at least one column, never outside."""
        begin, stop = _extent(_cells(text, self.offset, self.columns), self.offset, start, end)
        begin = min(max(begin - self.left, 0), self.columns - 1)
        return begin, min(max(stop - self.left, begin + 1), self.columns)


def _offset(start: int, columns: int) -> int:
    """A megabyte on one line is not measured from its beginning."""
    return max(0, start - 1 - 2 * columns)


def _cells(text: str, offset: int, columns: int) -> list[tuple[str, int]]:
    """Each character from `offset` on as it is shown, with its width; enough of them to fill a window."""
    cells: list[tuple[str, int]] = []
    column = 0
    for character in text[offset : offset + 5 * columns]:
        cell = " " * (_TAB - column % _TAB) if character == "\t" else clean(character)
        cells.append((cell, width_of(cell)))
        column += cells[-1][1]
    return cells


def _extent(cells: list[tuple[str, int]], offset: int, start: int, end: int) -> tuple[int, int]:
    """Columns from 0 of characters `start` to `end`; a mark behind the last character is one column wide."""
    first, last = max(start - 1 - offset, 0), max(end - 1 - offset, 0)
    begin = sum(width for _, width in cells[:first]) + max(first - len(cells), 0)
    stop = sum(width for _, width in cells[:last])
    return begin, max(stop, begin + 1)
