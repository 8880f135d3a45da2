"""Where parse events come from: libyaml through PyYAML's C part, or PyYAML's own parser where there is none.

libyaml is what go-yaml was translated from, so that both accept the same text; the copy that ruamel.yaml can
bring is older and refuses `[system:masters]`. A test composes every case with both parsers; PyYAML's own one
refuses tabs between tokens, takes halves of surrogate pairs, and is slow.
"""

from collections.abc import Iterator
from typing import Any, Final, Protocol

from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml on this platform
    CParser = None


PARSER_ERRORS: Final = (MarkedYAMLError, ReaderError, ValueError, OverflowError)


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

    @property
    def is_limit(self) -> bool:
        """Whether the text is too much for the parser, and may be YAML."""
        return "maximum nesting depth" in self.reason


def events(text: str, *, pure: bool = CParser is None) -> Iterator[Any]:
    """Parse events of the text, lazily; iterating raises one of `PARSER_ERRORS` where the text is no YAML."""
    return _pure(text) if pure else iter(CParser(text).get_event, None)


def explain(error: Exception, text: str) -> NotYaml:
    """What one of `PARSER_ERRORS` says, and where."""
    match error:
        case MarkedYAMLError():
            mark = error.problem_mark or error.context_mark
            return NotYaml(_reason(error), mark.index if mark else 0)
        case ReaderError():
            return NotYaml(_unprintable(text), _first_unprintable(text))
        case _:  # only PyYAML's own parser, and it does not say where
            return NotYaml("an escape stands for no character", 0)


def _pure(text: str) -> Iterator[Any]:
    from yaml import SafeLoader  # noqa: PLC0415 - only where libyaml is missing

    loader = SafeLoader(text)
    while loader.check_event():
        yield loader.get_event()


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
