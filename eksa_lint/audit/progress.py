"""One line on a terminal that says how far a long job is."""

from time import monotonic
from typing import Final, TextIO

_BETWEEN: Final = 0.1
"""Seconds: more often nobody can read it."""
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """Counts what is done. On anything but a terminal nothing is written."""

    def __init__(self, stream: TextIO, total: int, noun: str) -> None:
        self._stream = stream if stream.isatty() else None
        self._total = total
        self._noun = noun
        self._written = monotonic()
        self._done = 0

    def __str__(self) -> str:
        return f"{self._done:,} of {self._total:,} {self._noun}"

    def step(self) -> None:
        self._done += 1
        if self._stream is not None and monotonic() - self._written > _BETWEEN:
            self._stream.write(f"{_CLEAR}{self}")
            self._stream.flush()
            self._written = monotonic()

    def clear(self) -> None:
        if self._stream is not None:
            self._stream.write(_CLEAR)
            self._stream.flush()
