"""Commits as Git lists them, and what differs in each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from eksa_lint.snapshot.plumbing import TreeEntry, raw_sides

COMMIT_FORMAT: Final = "%H%x00%P%x00%an%x00%aI%x00%s"


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit says of itself, as it stands there. `date` is when its author wrote it, in ISO 8601."""

    id: str
    parents: tuple[str, ...]
    author: str
    date: str
    subject: str

    @property
    def parent(self) -> str | None:
        """The first parent: what this line of history held before. None for a root."""
        return self.parents[0] if self.parents else None


def listed(listing: bytes) -> Iterator[Commit]:
    """From `rev-list --format=COMMIT_FORMAT`, which puts a line of its own above each."""
    lines = iter(listing.split(b"\n"))
    for _, line in zip(lines, lines, strict=False):
        identifier, parents, author, date, subject = line.decode("utf-8", "replace").split("\0", 4)
        yield Commit(identifier, tuple(parents.split()), author, date, subject)


def differences(commits: Iterable[Commit], raw: bytes) -> Iterator[list[tuple[TreeEntry, TreeEntry]]]:
    """From `diff-tree --stdin`: both sides of what differs in each commit. It names only those where something does."""
    at = 0
    for commit in commits:
        start = at
        if raw.startswith(commit.id.encode(), at):
            start = at = at + len(commit.id) + 1
            while raw.startswith(b":", at):
                at = raw.index(b"\0", raw.index(b"\0", at) + 1) + 1
        yield list(raw_sides(raw[start:at]))
