"""Snapshots that Git holds: a commit, the index, and the empty one before the first commit."""

from collections.abc import Iterable, Iterator, Mapping

from eksa_lint.snapshot import Blob, Withheld
from eksa_lint.snapshot.git import Git, TreeEntry

_FILES = ("100644", "100755")


class GitSnapshot:
    """A listing of ids whose content is read from the repository on demand."""

    def __init__(self, git: Git, label: str, entries: Iterable[TreeEntry]) -> None:
        self._git = git
        self.label = label
        self.blobs: Mapping[str, Blob] = {
            entry.path: Blob(entry.path, entry.id) for entry in entries if entry.mode in _FILES
        }

    def read(self, blobs: Iterable[Blob], largest: int) -> Iterator[tuple[Blob, bytes | Withheld]]:
        wanted = list(blobs)
        contents = self._git.read((blob.id for blob in wanted), largest)
        return zip(wanted, contents, strict=True)

    def windows(self, blob: Blob) -> Iterator[bytes]:
        return self._git.windows(blob.id)


def commit_snapshot(git: Git, commit: str, label: str) -> GitSnapshot:
    return GitSnapshot(git, label, git.tree(commit))


def index_snapshot(git: Git) -> GitSnapshot:
    return GitSnapshot(git, "the index", git.index())


def head_snapshot(git: Git) -> GitSnapshot:
    """HEAD, or the empty state that precedes a repository's first commit."""
    commit = git.lookup("HEAD")
    return commit_snapshot(git, commit, "HEAD") if commit else GitSnapshot(git, "the empty repository", ())
