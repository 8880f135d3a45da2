"""Color, and text that no log takes for a command."""

import re
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from eksa_lint.clean import clean

Style: TypeAlias = Literal["error", "warning", "note", "strong", "frame", "removed", "added", "plain"]

_CODES: Final[dict[Style, str]] = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "strong": "1",
    "frame": "1;34",
    "removed": "31",
    "added": "32",
    "plain": "",
}

# A CI log is read by a machine that obeys lines beginning with `::name::` and `##[name]` anywhere.
COMMAND: Final = re.compile(r":(?=:[A-Za-z][\w-]*(?: .*)?::)|(?<=##)\[(?=[A-Za-z-]+[ \]])")

Painter: TypeAlias = Callable[[str, Style], str]


def painter(*, color: bool) -> Painter:
    return _colored if color else _plain


def inert(text: str) -> str:
    """The text clean, and without anything that a CI log obeys."""
    return COMMAND.sub(lambda match: f"\\x{ord(match[0]):02x}", clean(text))


def _plain(text: str, _style: Style) -> str:
    return text


def _colored(text: str, style: Style) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text and style != "plain" else text
