"""Where parse events come from: libyaml through PyYAML's C part, or PyYAML's own parser where there is none.

libyaml is what go-yaml was translated from, so that both accept the same text; the copy that ruamel.yaml can
bring is older and refuses `[system:masters]`. A test composes every case with both parsers; PyYAML's own one
refuses tabs between tokens, takes halves of surrogate pairs, and is slow.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Final, Literal

from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

from eksa_lint.syntax.document import Problem

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml on this platform
    CParser = None


PARSER_ERRORS: Final = (MarkedYAMLError, ReaderError, ValueError, OverflowError)


class CannotRead(Exception):
    """Reading stopped at an offset (code points from the start); `problem` is what is said of it."""

    kind: ClassVar[Literal["yaml-syntax", "too-complex"]] = "yaml-syntax"

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.problem = Problem(self.kind, reason, offset, offset + 1)


class TooComplex(CannotRead):
    """The text may be YAML, and is over one of the limits, ours or the parser's."""

    kind = "too-complex"


def events(text: str, *, pure: bool = CParser is None) -> Iterator[Any]:
    """Parse events of the text, lazily; iterating raises one of `PARSER_ERRORS` where the text is no YAML."""
    return _pure(text) if pure else iter(CParser(text).get_event, None)


def explain(error: Exception, text: str) -> CannotRead:
    """What one of `PARSER_ERRORS` says, and where."""
    match error:
        case MarkedYAMLError():
            mark = error.problem_mark or error.context_mark
            reason, offset = _reason(error), mark.index if mark else 0
            return TooComplex(reason, offset) if "maximum nesting depth" in reason else CannotRead(reason, offset)
        case ReaderError():
            return CannotRead(_unprintable(text), _first_unprintable(text))
        case _:  # only PyYAML's own parser, and it does not say where
            return CannotRead("an escape stands for no character", 0)


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
