"""The comments with which detect-secrets is told that a line holds no secret.

`# pragma: allowlist secret` on the line, or `# pragma: allowlist nextline secret` alone above it.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from eksa_lint.syntax import Source

MARK: Final = "pragma:"
"""Without it there is no such comment in a text."""

_LONGEST: Final = 1_000
"""Characters of a line that are looked at: the comment ends it, and the expressions for it are not linear."""
_BLANKS: Final = re.compile(r"[ \t]{2,}")


@lru_cache(maxsize=4)
def allowlist_of(source: Source) -> "Allowlist":
    """One a text: a file may hold thousands of objects that ask."""
    return Allowlist(source)


class Allowlist:
    """Answers for the lines of one text."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines: dict[int, bool] = {}
        self._any = MARK in source.text

    def comments(self) -> Iterator[tuple[int, int]]:
        """Where such comments stand: the offsets of their mark and of the line's end."""
        for number in range(1, self._source.line_count + 1 if self._any else 1):
            text = self._source.line(number)
            if MARK in text and (self._allows(number) or self._allows(number + 1)):
                start = self._source.offset(number)
                yield start + text.rindex(MARK), start + len(text)

    def covers(self, offset: int) -> bool:
        if not self._any:
            return False
        line, _ = self._source.position(offset)
        return self._allows(line)

    def _allows(self, line: int) -> bool:
        if line not in self._lines:
            self._lines[line] = self._is_allowed(line)
        return self._lines[line]

    def _is_allowed(self, line: int) -> bool:
        before = self._source.line(line - 1) if line > 1 else ""
        lines = [before if len(before) <= _LONGEST else "", self._source.line(line)[-_LONGEST:]]
        if not any(MARK in text for text in lines):
            return False
        import eksa_lint.secrets.without_http  # noqa: F401, PLC0415

        # isort: split

        from detect_secrets.filters.allowlist import is_line_allowlisted  # noqa: PLC0415 - nearly no file has a leak
        from detect_secrets.util.code_snippet import CodeSnippet  # noqa: PLC0415

        lines = [_BLANKS.sub(" ", text) for text in lines]
        snippet = CodeSnippet(lines, start_line=line - 1, target_index=1)
        return bool(is_line_allowlisted("", lines[1], snippet))
