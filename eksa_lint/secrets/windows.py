"""Files too large to read at once: credentials in a stream of bytes, in bounded memory."""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.leaks import reported, told_by_path
from eksa_lint.syntax import Source, Span

_WINDOW: Final = 1_000_000
"""Characters that are scanned together."""
_AHEAD: Final = 65_536
"""Characters that must follow the start of a hit before it is reported: the longest private key fits."""
_BEHIND: Final = 4_096
"""Characters kept in front: what a shape looks back at, and the comment on the line above."""
_LINE_END: Final = re.compile(r"\r\n|\n|\r")

Placed: TypeAlias = tuple[Leak, Span]
"""A leak of a text that is not held as a whole: its offsets are of a window, lines and columns of the file."""


def scan_windows(path: str, chunks: Iterable[bytes]) -> Iterator[Placed]:
    """Every leak once, in the order of the text, however the bytes are cut. Nothing is parsed."""
    window = _Window(path)
    found = False
    beginning = ""
    for text in _filled(_decoded(chunks)):
        beginning = beginning or text
        window.text += text
        for placed in window.leaks(len(window.text) - _AHEAD):
            found = True
            yield placed
    for placed in window.leaks(len(window.text) + 1):
        found = True
        yield placed
    for leak in () if found else told_by_path(Text(path, Source(beginning))):
        yield leak, Span(1, 1, 1, 1)


def _filled(pieces: Iterable[str]) -> Iterator[str]:
    """The same text in pieces large enough that reading some characters twice costs little."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _WINDOW:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


class _Window:
    """The part of the text at hand; leaks before `_settled` have been reported."""

    def __init__(self, path: str) -> None:
        self.text = ""
        self._path = path
        self._settled = 0
        self._line = 1
        self._column = 1

    def leaks(self, until: int) -> Iterator[Placed]:
        """Those that start before an offset, after which the text that is no longer needed is dropped."""
        source = Source(self.text)
        for leak in reported(Text(self._path, source), by_path=False):
            if self._settled <= leak.start < until:
                yield leak, self._span(leak, source)
                until = max(until, min(leak.end, len(self.text)))
        self._settled = until
        self._drop(until - _BEHIND)

    def _span(self, leak: Leak, source: Source) -> Span:
        span = source.span(leak.start, leak.end)
        column, end_column = (
            column + (self._column - 1 if line == 1 else 0)
            for line, column in ((span.line, span.column), (span.end_line, span.end_column))
        )
        before = self._line - 1
        return Span(span.line + before, column, span.end_line + before, end_column)

    def _drop(self, count: int) -> None:
        if 0 < count < len(self.text) and self.text[count - 1 : count + 1] == "\r\n":
            count -= 1
        if count <= 0:
            return
        ends = [match.end() for match in _LINE_END.finditer(self.text, 0, count)]
        self._line += len(ends)
        self._column = count - ends[-1] + 1 if ends else self._column + count
        self.text = self.text[count:]
        self._settled -= count


def _decoded(chunks: Iterable[bytes]) -> Iterator[str]:
    """In pieces of bounded size, decoded as `syntax` does: UTF-8, or UTF-16 where a byte order mark says so.

    The mark has no width.
    """
    decoder = None
    head = b""
    for chunk in chunks:
        head += chunk
        if decoder is None and len(head) < len(codecs.BOM_UTF8):
            continue
        decoder = decoder or _decoder(head)
        for at in range(0, len(head), _WINDOW):
            yield decoder.decode(head[at : at + _WINDOW])
        head = b""
    yield (decoder or _decoder(head)).decode(head, final=True)


def _decoder(head: bytes) -> codecs.IncrementalDecoder:
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")("replace")
