"""The text of one blob, and the way from an offset to a line and a column."""

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Source:
    """Decoded text. A byte order mark has no width; CRLF is one line end."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        return Span(*self.position(start), *self.position(max(start, end)))

    def offset(self, line: int) -> int:
        """Where the line begins; the end of the text for a line past the last one."""
        return self._line_starts[line - 1] if line <= self.line_count else len(self.text)

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        if number > self.line_count:
            return ""
        return self.text[self.offset(number) : self.offset(number + 1)].rstrip("\r\n")

    @property
    def line_count(self) -> int:
        return len(self._line_starts)


def is_git_crypt(text: str) -> bool:
    """Whether git-crypt encrypted a file, which then is no text at all."""
    return text.startswith("\0GITCRYPT\0")


def is_utf_16(data: bytes) -> bool:
    """Whether a byte order mark says so."""
    return data.startswith(_UTF_16_MARKS)


def as_utf_8(data: bytes) -> bytes:
    """The same text in UTF-8, so that it can be searched; what is not valid stays as it is."""
    if not is_utf_16(data):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeError:
        return data


def decode(data: bytes) -> tuple[Source, int | None]:
    """Decode as YAML does: UTF-8, or UTF-16 when its byte order mark says so.

    Returns the text and, where the bytes are not valid, the offset in it of the first bad one.
    """
    encoding = "utf-16" if is_utf_16(data) else "utf-8"
    try:
        text = data.decode(encoding)
        bad = None
    except UnicodeDecodeError as error:
        bad = len(data[: error.start].decode(encoding, "replace"))
        text = data.decode(encoding, "replace")
    if text.startswith("\ufeff"):
        text = text[1:]
        bad = bad if bad is None else max(0, bad - 1)
    return Source(text), bad
