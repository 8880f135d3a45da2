"""Where parse events come from: libyaml through ruamel.yaml's C part, or its pure parser where there is none.

Both give the same kinds of events with the same marks; a test composes every case with both.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

try:
    from _ruamel_yaml import CParser
except ImportError:  # no wheel of the C part for this platform
    CParser = None


class Mark(Protocol):
    index: int
    line: int
    column: int


class Event(Protocol):
    start_mark: Mark
    end_mark: Mark


class NotYaml(Exception):
    """The parser stopped at `offset` (code points from the start), because of `reason`."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


def events(text: str, *, pure: bool = CParser is None) -> Iterator[Any]:
    """Parse events of the text, lazily.

    Raises:
        NotYaml: while iterating, where the text is no YAML.
    """
    try:
        yield from _pure(text) if pure else _fast(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise NotYaml(_reason(error), mark.index if mark else 0) from error
    except ReaderError as error:
        raise NotYaml(_unprintable(text), _first_unprintable(text)) from error


def _fast(text: str) -> Iterator[Any]:
    next_event = CParser(text).get_event
    while (event := next_event()) is not None:
        yield event


def _pure(text: str) -> Iterator[Any]:
    from ruamel.yaml import YAML  # noqa: PLC0415 - only where libyaml is missing

    yaml = YAML(typ="safe", pure=True)
    yaml.version = "1.1"
    yield from yaml.parse(text)


def _reason(error: MarkedYAMLError) -> str:
    problem = error.problem or "cannot be read"
    return f"{problem}, {error.context}" if error.context else str(problem)


def _first_unprintable(text: str) -> int:
    return next((offset for offset, char in enumerate(text) if not _is_printable(char)), 0)


def _unprintable(text: str) -> str:
    char = text[_first_unprintable(text)] if text else ""
    return f"the control character U+{ord(char):04X} is not allowed" if char else "cannot be read"


def _is_printable(char: str) -> bool:
    """What YAML 1.1 calls printable."""
    return (
        char in "\t\n\r\x85"
        or " " <= char <= "~"
        or "\xa0" <= char <= "\ud7ff"
        or ("\ue000" <= char <= "\ufffd" and char != "\ufeff")
        or char >= "\U00010000"
    )
