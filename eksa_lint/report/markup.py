"""Pieces of markdown: tables that are filled as far as there is room, and text of files that marks nothing up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from eksa_lint.clean import clean

LIMIT: Final = 65_000
"""GitHub takes 65,536 characters in a comment."""

_LONGEST: Final = 300
"""Characters of one text; a longer one is cut."""

_STRUCTURE: Final = re.compile(r"[\\`*_{}\[\]()<>&|~!\"'$#@]|:(?=//)|(?<=www)\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Section:
    """A table or list: what stands before its rows, and behind them."""

    opening: str
    rows: tuple[str, ...]
    closing: str = ""


def fill(sections: Iterable[Section], room: int) -> tuple[list[str], int]:
    """What fits, in order, and how many rows do not: after the first that does not, none is shown."""
    parts: list[str] = []
    cut = 0
    for section in sections:
        room -= len(section.opening) + len(section.closing)
        kept: list[str] = []
        for row in section.rows:
            room -= len(row)
            if room < 0:
                break
            kept.append(row)
        cut += len(section.rows) - len(kept)
        if kept:
            parts += [section.opening, *kept, section.closing]
    return parts, cut


def details(title: str, table: str) -> str:
    """The opening of a table that is folded away."""
    return f"\n<details>\n<summary>{title}</summary>\n\n{table}"


def cells(*texts: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(texts)} |\n"


def escape(text: str) -> str:
    """Text as it reads, with nothing in it that marks, links, embeds or calls anybody."""
    return _STRUCTURE.sub(_reference, _shorten(text))


def code(text: str, behind: str = "") -> str:
    """Text in a fixed font, as inert as `escape`; `behind` is kept when it is cut."""
    inner = _STRUCTURE.sub(lambda match: f"&#{ord(match[0])};", _shorten(text) + behind)
    return f"<code>{inner}</code>"


def _reference(match: re.Match[str]) -> str:
    """A character reference is no markup. Mentions and issue numbers are found later, but not in code."""
    reference = f"&#{ord(match[0])};"
    return f"<code>{reference}</code>" if match[0] in "@#" else reference


def _shorten(text: str) -> str:
    text = clean(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
