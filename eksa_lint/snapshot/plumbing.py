"""What Git's plumbing commands write, as data. Nothing here starts Git."""

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from eksa_lint.errors import CannotCheck
from eksa_lint.snapshot import TOO_LARGE, WINDOW, Withheld

if TYPE_CHECKING:
    from subprocess import Popen

RAW: Final = ("--raw", "-z", "--no-renames", "--no-abbrev")
NO_MODE: Final = "000000"
_BATCH: Final = 500
"""Ids asked for at once: they and their answers' headers fit into a pipe, so that neither side waits for the other."""


class TreeEntry(NamedTuple):
    mode: str
    id: str
    path: str


class BlobReader:
    """Contents by id, from a `cat-file --batch` that goes on running."""

    def __init__(self, process: "Popen[bytes]") -> None:
        self._process = process

    def read(self, ids: Iterable[str], largest: int) -> Iterator[bytes | Withheld]:
        """The content of each blob, in order; one that has more than `largest` bytes is withheld.

        Raises:
            CannotCheck: a blob is not in this clone.
        """
        assert self._process.stdin  # noqa: S101 - both are pipes
        assert self._process.stdout  # noqa: S101
        waiting = iter(ids)
        while batch := list(islice(waiting, _BATCH)):
            self._process.stdin.write("".join(f"{identifier}\n" for identifier in batch).encode())
            self._process.stdin.flush()
            for identifier in batch:
                yield _read_answer(self._process.stdout, identifier, largest)


def tree_entries(listing: bytes) -> list[TreeEntry]:
    """From `ls-tree -r -z`."""
    return [
        TreeEntry(mode, identifier, os.fsdecode(path))
        for meta, _, path in (line.partition(b"\t") for line in listing.split(b"\0") if line)
        for mode, _, identifier in (meta.decode().split(" "),)
    ]


def raw_sides(raw: bytes) -> Iterator[tuple[TreeEntry, TreeEntry]]:
    """Both sides of every path of a `--raw -z` listing (git-diff, raw output format); `NO_MODE` where it is not."""
    parts = iter(raw.split(b"\0"))
    for meta, name in zip(parts, parts, strict=False):
        path = os.fsdecode(name)
        old_mode, new_mode, old_id, new_id, _ = meta.decode().removeprefix(":").split(" ")
        yield TreeEntry(old_mode, old_id, path), TreeEntry(new_mode, new_id, path)


def without(entries: Iterable[TreeEntry], raw: bytes) -> list[TreeEntry]:
    """The entries as they were before the differences of a `--raw -z` listing."""
    before = {entry.path: entry for entry in entries}
    for old, _ in raw_sides(raw):
        before.pop(old.path, None)
        if old.mode != NO_MODE:
            before[old.path] = old
    return list(before.values())


def first_line(error: bytes) -> str:
    """What Git complains about."""
    lines = [line for line in error.decode(errors="replace").strip().splitlines() if line.strip()]
    return lines[0].removeprefix("fatal: ") if lines else "it said nothing"


def _read_answer(stream: IO[bytes], identifier: str, largest: int) -> bytes | Withheld:
    header = stream.readline().split()
    if len(header) != 3:  # noqa: PLR2004 - id, type, size
        raise CannotCheck(
            f"object {identifier[:12]} is not in this clone (a partial clone?); run: git fetch --refetch --no-filter"
        )
    size = int(header[2])
    if size <= largest:
        content = stream.read(size)
        stream.read(1)
        return content
    left = size + 1
    while left > 0:
        left -= len(stream.read(min(left, WINDOW)))
    return TOO_LARGE
