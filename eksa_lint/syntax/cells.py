"""Text with comma separated values to cells, each with its place."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Final

_ZERO_WIDTH: Final = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
"""Characters that nobody sees, which spreadsheets and web pages leave in the names of columns."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, and where it stands in the file."""

    text: str
    start: int
    end: int


def visible(text: str) -> str:
    """What one sees of the text of a cell."""
    return _ZERO_WIDTH.sub("", text).strip()


def cell_rows(text: str, delimiter: str = ",") -> Iterator[list[Cell]]:
    """The records with their cells; an empty line is none.

    Raises:
        csv.Error: the text cannot be told apart into cells.
    """
    offset = 0
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in StringIO(text, newline=""):
            taken.append(line)
            yield line

    for record in csv.reader(lines(), delimiter=delimiter):
        raw = "".join(taken)
        taken.clear()
        if record:
            yield [
                Cell(value, offset + start, offset + end)
                for value, (start, end) in zip(record, _spans(raw, delimiter), strict=False)
            ]
        offset += len(raw)


def _spans(raw: str, delimiter: str) -> Iterator[tuple[int, int]]:
    """Where the cells of a record stand: at delimiters outside of quotes."""
    body = raw.rstrip("\r\n")
    start, quoted = 0, False
    for position, char in enumerate(body):
        if char == '"':
            quoted = not quoted
        elif char == delimiter and not quoted:
            yield start, position
            start = position + 1
    yield start, len(body)
