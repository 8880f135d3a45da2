"""Snapshots that Git holds: a commit, the index, and the empty one before the first commit."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from eksa_lint.snapshot import Blob, Withheld
from eksa_lint.snapshot.git import Git
from eksa_lint.snapshot.plumbing import TreeEntry

FILES: Final = ("100644", "100755")


class GitSnapshot:
    """A listing of ids whose content is read from the repository on demand."""

    def __init__(self, git: Git, label: str, entries: Iterable[TreeEntry]) -> None:
        self._git = git
        self.label = label
        self.blobs: Mapping[str, Blob] = {
            entry.path: Blob(entry.path, entry.id) for entry in entries if entry.mode in FILES
        }

    def read(self, blobs: Iterable[Blob], largest: int) -> Iterator[tuple[Blob, bytes | Withheld]]:
        wanted = list(blobs)
        contents = self._git.read((blob.id for blob in wanted), largest)
        return zip(wanted, contents, strict=True)

    def windows(self, blob: Blob) -> Iterator[bytes]:
        return self._git.windows(blob.id)


def staged_snapshots(git: Git) -> tuple[GitSnapshot, GitSnapshot]:
    """HEAD, or the empty state that precedes a repository's first commit, and the index."""
    entries, before = git.index_and_head()
    head = GitSnapshot(git, "HEAD", before) if before is not None else empty_snapshot(git)
    return head, GitSnapshot(git, "the index", entries)


def empty_snapshot(git: Git) -> GitSnapshot:
    """The state before the first commit."""
    return GitSnapshot(git, "the empty repository", ())


def commit_snapshot(git: Git, commit: str, label: str) -> GitSnapshot:
    """One commit."""
    return GitSnapshot(git, label, git.tree(commit))


def commit_snapshots(git: Git, before: tuple[str, str], after: tuple[str, str]) -> tuple[GitSnapshot, GitSnapshot]:
    """Two commits, each with its label."""
    entries = git.tree(after[0])
    listed = git.before_tree(before[0], after[0], entries)
    return GitSnapshot(git, before[1], listed), GitSnapshot(git, after[1], entries)
