"""Files that eksctl anywhere and the tools beside it write and nobody may commit, by their path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from eksa_lint import data
from eksa_lint.secrets.leak import Leak


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """An entry of `schemas/tables/generated-files.yaml`, which says what each field means."""

    what: str
    holds: str
    content: re.Pattern[str] | None
    weak: bool


def find(path: str, content: str) -> Iterator[Leak]:
    """At most one leak, at the beginning of the file. Of a large file the beginning of its content is enough."""
    for entry in _matching(path) if content else ():
        if entry.content is None or entry.content.search(content):
            message = f"{entry.what} in the repository holds {entry.holds}"
            yield Leak("generated-file-committed", message, 0, 0, entry.what, entry.weak)
            return


def _matching(path: str) -> list[GeneratedFile]:
    return [entry for pattern, entry in _entries() if pattern.match(path)]


@cache
def _entries() -> list[tuple[re.Pattern[str], GeneratedFile]]:
    return [
        (re.compile("|".join(map(_expression, item["path"])), re.DOTALL), _file(item))
        for item in data.table("generated-files")
    ]


def _file(item: dict[str, Any]) -> GeneratedFile:
    content = re.compile(item["content"]) if "content" in item else None
    return GeneratedFile(item["what"], item["holds"], content, item.get("weak", False))


def _expression(glob: str) -> str:
    """`**/` crosses folders, `*` and `?` do not; a last `**` is everything below."""
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]*\])", glob)
    known = {"**/": "(?:[^/]*/)*", "**": ".+", "*": "[^/]*", "?": "[^/]"}
    return (
        "".join(known.get(piece) or (piece if piece.startswith("[") else re.escape(piece)) for piece in pieces) + r"\Z"
    )
