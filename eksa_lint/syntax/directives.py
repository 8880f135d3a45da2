"""Comments addressed to us: `# eksa-lint: ignore[rule-id] reason`, on the line they are about or above it."""

import re
import sys
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from eksa_lint.syntax.document import Document
from eksa_lint.syntax.source import Source

MARK: Final = "eksa-lint:"
_COMMENT: Final = re.compile(r"(?:^|[ \t])#[ \t]*eksa-lint:[ \t]*([^\r\n]*)", re.MULTILINE)
_IGNORE: Final = re.compile(r"ignore\[([^\]]*)\][ \t]*(.*)\Z")


@dataclass(frozen=True, slots=True)
class Directive:
    """A suppression as written. `rules` is empty where the comment could not be understood.

    `line` is where the comment stands, `target` the line it is about.
    """

    line: int
    target: int
    rules: tuple[str, ...]
    reason: str
    start: int
    end: int


class Commented(Protocol):
    """A text and what is parsed of it, which may happen only when it is asked for: nearly no file has a directive."""

    @property
    def source(self) -> Source: ...

    @property
    def documents(self) -> list[Document]: ...


def find_directives(text: Commented) -> list[Directive]:
    """Directives in comments; a `#` inside a value is text, never a comment."""
    source = text.source
    if MARK not in source.text:
        return []
    scalars = sorted(span for document in text.documents for span in document.root.scalars())
    found: list[Directive] = []
    targets: dict[int, int] = {}
    for match in reversed(list(_COMMENT.finditer(source.text))):  # from the end, so that no line is looked at twice
        start = source.text.index("#", match.start())
        if _is_inside(scalars, start, source):
            continue
        line, column = source.position(start)
        target = line
        if not source.line(line)[: column - 1].strip():
            target = targets[line] = _next_content(source, line, targets)
        ignore = _IGNORE.match(match[1].rstrip())
        rules = tuple(name for part in ignore[1].split(",") if (name := part.strip())) if ignore else ()
        reason = ignore[2].strip() if ignore else ""
        found.append(Directive(line, target, rules, reason, start, match.end()))
    return found[::-1]


def _is_inside(scalars: list[tuple[int, int]], offset: int, source: Source) -> bool:
    """Whether an offset is in a value; the line of the sign that begins a block of text is not."""
    index = bisect_right(scalars, (offset, sys.maxsize))
    begin, end = scalars[index - 1] if index else (0, 0)
    is_block = source.text.startswith(("|", ">"), begin)
    return offset < end and not (is_block and source.position(begin)[0] == source.position(offset)[0])


def _next_content(source: Source, line: int, targets: Mapping[int, int]) -> int:
    """The first line below that is neither blank nor a comment; `targets` has those of directives below."""
    for number in range(line + 1, source.line_count + 1):
        if number in targets:
            return targets[number]
        text = source.line(number).strip()
        if text and not text.startswith("#"):
            return number
    return line
