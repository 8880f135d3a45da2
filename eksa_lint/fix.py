"""Applies the fixes of findings to files: the text around them stays to the byte."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Edit, Report
from eksa_lint.report.output import write_bytes
from eksa_lint.secrets.masking import mask
from eksa_lint.syntax.source import Source, as_utf_8

_UTF_8_MARK: Final = codecs.BOM_UTF8
_MARKS: Final = (
    (_UTF_8_MARK, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file with its edits made; `before` and `after` are texts without a byte order mark."""

    path: str
    before: str
    after: str
    edits: int


def fixed_files(report: Report, folder: Path) -> Iterator[FixedFile]:
    """The files below a folder that findings have fixes for, mended; what is suppressed stays."""
    by_path: dict[str, list[Edit]] = {}
    for edit in (edit for finding in report.counted() if finding.fix for edit in finding.fix.edits):
        by_path.setdefault(edit.path, []).append(edit)
    for path, edits in sorted(by_path.items()):
        before = as_utf_8((folder / path).read_bytes()).removeprefix(_UTF_8_MARK).decode()
        yield FixedFile(path, before, apply(before, edits), len(edits))


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; of two that overlap only the first."""
    source = Source(text)
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        start = source.offset(edit.span.line) + edit.span.column - 1
        end = source.offset(edit.span.end_line) + edit.span.end_column - 1
        if start >= at:
            pieces += text[at:start], edit.text
            at = end
    return "".join([*pieces, text[at:]])


def save(file: FixedFile, folder: Path) -> None:
    """Write a mended file in place of the old one, its encoding and byte order mark kept.

    Raises:
        OSError: it cannot be written.
    """
    target = folder / file.path
    old = target.read_bytes()
    mark, encoding = next(((mark, name) for mark, name in _MARKS if old.startswith(mark)), (b"", "utf-8"))
    write_bytes(mark + file.after.encode(encoding), target)


def difference(file: FixedFile) -> str:
    """What would change, as a unified diff without context: lines around it may hold what nobody should see."""
    lines = unified_diff(
        file.before.splitlines(), file.after.splitlines(), f"a/{file.path}", f"b/{file.path}", lineterm="", n=0
    )
    return "".join(f"{clean(mask(line))}\n" for line in lines)
