"""Patterns of paths as .gitignore, .sourceignore and CODEOWNERS write them, and what they say of a path."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

_TOKEN: Final = re.compile(r"\*\*/|/\*\*\Z|\*|\?|\[!?[^\]/]+\]|\\.|.", re.DOTALL)
_MOST_DEEP: Final = 4
"""How often `**/` may stand in a pattern that is evaluated: each one multiplies the ways to match."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is a pattern: where it stands in the text, and the words behind it, such as owners."""

    start: int
    pattern: str
    words: tuple[str, ...] = ()

    @property
    def is_negated(self) -> bool:
        """Whether an ignore file takes in again what matches."""
        return self.pattern.startswith("!")

    def matches(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether the pattern of an ignore file means this very path."""
        return _matches_exactly(path, self.pattern.removeprefix("!"), is_folder=is_folder)


def ignore_lines(text: str) -> Iterator[Line]:
    """The patterns of a .gitignore (gitignore(5))."""
    for start, line in _lines(text):
        pattern = re.sub(r"(?<!\\)\s+\Z", "", line)
        if pattern and not pattern.startswith("#"):
            yield Line(start, pattern)


def owner_lines(text: str) -> Iterator[Line]:
    """The patterns of a CODEOWNERS file with their owners; sections of GitLab are passed over."""
    for start, line in _lines(text):
        words = re.split(r"(?<!\\)\s+", line.partition(" #")[0].strip())
        if words[0] and not words[0].startswith(("#", "[", "^[")):
            yield Line(start, words[0], tuple(words[1:]))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line
        start += len(line)


def is_ignored(path: str, lines: Sequence[Line]) -> bool:
    """Whether an ignore file leaves a file out."""
    return ignoring(path, lines) is not None


def ignoring(path: str, lines: Sequence[Line]) -> Line | None:
    """The pattern that leaves a file out; the last one decides, for the file or a folder above it."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        above, is_folder = "/".join(parts[:depth]), depth < len(parts)
        last = next((line for line in reversed(lines) if line.matches(above, is_folder=is_folder)), None)
        if last is not None and not last.is_negated:
            return last
    return None


def owners_of(path: str, lines: Iterable[Line]) -> tuple[str, ...]:
    """Who owns a file: the last pattern decides, also one without owners."""
    found: tuple[str, ...] = ()
    for line in lines:
        if _owns(line.pattern, path):
            found = line.words
    return found


def _owns(pattern: str, path: str) -> bool:
    """Whether a pattern means a file or a folder above it; one that ends in `/*` means files only."""
    parts = path.split("/")
    shortest = len(parts) if pattern.endswith("/*") else 1
    return any(
        _matches_exactly("/".join(parts[:depth]), pattern, is_folder=depth < len(parts))
        for depth in range(shortest, len(parts) + 1)
    )


def _matches_exactly(path: str, pattern: str, *, is_folder: bool) -> bool:
    if pattern.endswith("/") and not is_folder:
        return False
    return bool(_compiled(pattern).fullmatch(path))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A slash that is not at the end ties a pattern to the top; `*` and `?` stop at slashes, `**` does not."""
    inner = pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    pieces = _TOKEN.findall(inner)
    text = _expression(pieces) if pieces.count("**/") <= _MOST_DEEP else re.escape(inner)
    try:
        return re.compile(text if anchored else f"(?:.*/)?{text}", re.DOTALL)
    except re.error:
        return re.compile(re.escape(inner))


def _expression(pieces: list[str]) -> str:
    """What stands between two `*` is taken at its first place and never given back, so that time stays linear."""
    parts = [""]
    for piece in pieces:
        if piece == "*":
            parts.append("")
        else:
            parts[-1] += _translated(piece)
    if len(parts) == 1:
        return parts[0]
    first, *between, last = parts
    return first + "".join(f"(?>[^/]*?{part})" for part in between if part) + f"[^/]*{last}"


def _translated(token: str) -> str:
    match token:
        case "**/":
            return "(?:.*/)?"
        case "/**":
            return "/.*"
        case "?":
            return "[^/]"
        case "[":
            return "(?!)"  # never closed, which Git takes for nothing
    if token.startswith("["):
        inner = token[1:-1]
        negated, inner = inner.startswith("!"), inner.removeprefix("!")
        allowed = re.escape(inner).replace("\\-", "-")
        return f"[^{allowed}]" if negated else f"[{allowed}]"
    return re.escape(token.removeprefix("\\")) if len(token) > 1 else re.escape(token)
