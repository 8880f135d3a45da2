"""Comments addressed to us: `# eksa-lint: ignore[rule-id] reason`, on the line it is about or alone above it."""

import re
from dataclasses import dataclass
from typing import Final

from eksa_lint.syntax.document import Stream

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


def find_directives(stream: Stream) -> list[Directive]:
    """Directives in comments; a `#` inside a value is text, never a comment."""
    source = stream.source
    if MARK not in source.text:
        return []
    scalars = sorted(span for document in stream.documents for span in document.root.scalars())
    found = []
    for match in _COMMENT.finditer(source.text):
        start = source.text.index("#", match.start())
        if any(begin <= start < end for begin, end in scalars):
            continue
        line, column = source.position(start)
        alone = not source.line(line)[: column - 1].strip()
        ignore = _IGNORE.match(match[1].rstrip())
        rules = tuple(name for part in ignore[1].split(",") if (name := part.strip())) if ignore else ()
        found.append(
            Directive(
                line=line,
                target=_next_content(stream, line) if alone else line,
                rules=rules,
                reason=ignore[2].strip() if ignore else "",
                start=start,
                end=match.end(),
            )
        )
    return found


def _next_content(stream: Stream, line: int) -> int:
    """The first line below that is neither blank nor a comment."""
    source = stream.source
    for number in range(line + 1, source.line_count + 1):
        text = source.line(number).strip()
        if text and not text.startswith("#"):
            return number
    return line
