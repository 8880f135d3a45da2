"""A terminal page: how wide it is, its colours, and text of files that cannot do anything to it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from eksa_lint.clean import clean
from eksa_lint.finding import Report

Style: TypeAlias = Literal["error", "warning", "note", "strong", "frame", "removed", "added", "plain"]

_CODES: Final[dict[Style, str]] = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "strong": "1",
    "frame": "1;34",
    "removed": "31",
    "added": "32",
    "plain": "0",
}
_NARROWEST: Final = 40

# A CI log is read by a machine that obeys lines beginning with `::name::` and `##[name]` anywhere.
COMMAND: Final = re.compile(r":(?=:[A-Za-z][\w-]*(?: .*)?::)|(?<=##)\[(?=[A-Za-z-]+[ \]])")


@dataclass(frozen=True, slots=True)
class Page:
    columns: int
    paint: Callable[[str, Style], str]
    prefix: str
    """What leads from the current folder to the paths of a report."""

    def path(self, path: str) -> str:
        return self.inert(self.prefix + path)

    def inert(self, text: str) -> str:
        """The text as it reads, obeyed by neither a terminal nor a CI log."""
        return COMMAND.sub(lambda match: f"\\x{ord(match[0]):02x}", clean(text))


def page_of(report: Report, *, color: bool, width: int) -> Page:
    """The page that a report is printed on."""
    return Page(columns=max(width, _NARROWEST), paint=_colored if color else _plain, prefix=report.prefix)


def _plain(text: str, _style: Style) -> str:
    return text


def _colored(text: str, style: Style) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text and style != "plain" else text
