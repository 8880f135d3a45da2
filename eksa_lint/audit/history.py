"""The commits that are audited, and the state before and after each, kept up from one to the next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from eksa_lint.errors import CannotCheck
from eksa_lint.snapshot import SHORT, Blob, Withheld
from eksa_lint.snapshot.commit import FILES
from eksa_lint.snapshot.git import FETCH_HINT, Git
from eksa_lint.snapshot.log import Commit
from eksa_lint.snapshot.plumbing import BlobReader, TreeEntry


@dataclass(frozen=True, slots=True)
class History:
    """Commits, parents before children; `left_out` says in a sentence what this clone does not have."""

    commits: tuple[Commit, ...]
    left_out: tuple[str, ...] = ()


class SharedReader:
    """One reader for several threads: each gets all that it asked for before the next one asks."""

    def __init__(self, git: Git, reader: BlobReader) -> None:
        self.git = git
        self._reader = reader
        self._lock = Lock()

    def read(self, ids: Sequence[str], largest: int) -> list[bytes | Withheld]:
        with self._lock:
            return list(self._reader.read(ids, largest))


class CommitState:
    """The files of one commit, whose content comes from a reader that all commits share."""

    def __init__(self, commit: str, blobs: Mapping[str, Blob], contents: SharedReader) -> None:
        self.label = commit[:SHORT]
        self.blobs = blobs
        self._contents = contents

    def read(self, blobs: Iterable[Blob], largest: int) -> Iterator[tuple[Blob, bytes | Withheld]]:
        wanted = list(blobs)
        return zip(wanted, self._contents.read([blob.id for blob in wanted], largest), strict=True)

    def windows(self, blob: Blob) -> Iterator[bytes]:
        return self._contents.git.windows(blob.id)


@dataclass(frozen=True, slots=True)
class Transition:
    """One commit: the state that it found, the one that it left, and the files that differ."""

    commit: Commit
    before: CommitState
    after: CommitState
    changed: tuple[str, ...]

    @property
    def gone(self) -> set[str]:
        """The ids of contents that no file has any more."""
        changed = {blob.id for path in self.changed if (blob := self.before.blobs.get(path))}
        return changed.difference(blob.id for blob in self.after.blobs.values()) if changed else changed


def line_of_head(git: Git, since: str | None) -> History:
    """HEAD, its first parent, the first parent of that one, until one that `since` holds too.

    A commit whose parent a shallow clone lacks cannot be judged.

    Raises:
        CannotCheck: there is no such commit, or the clone does not reach as far as was asked for.
    """
    head = git.resolve("HEAD")
    until = (f"^{git.resolve(since)}",) if since is not None else ()
    commits = git.commits("--first-parent", head, *until)
    if not commits:
        raise CannotCheck(
            f"HEAD has no commit that {since} lacks, so there is nothing to audit; for all of it run: eksa-lint audit"
        )
    if commits[0].id not in git.boundary:
        return History(tuple(commits))
    if since is not None:
        raise CannotCheck(f"this clone is shallow and its history ends before {since}; {FETCH_HINT}")
    if len(commits) == 1:
        raise CannotCheck(f"this clone is shallow and holds one commit and not what it changed; {FETCH_HINT}")
    end = commits[0].id[:SHORT]
    return History(tuple(commits[1:]), (f"This clone is shallow: {end} and all before it was left out; {FETCH_HINT}",))


def all_of_it(git: Git) -> History:
    """Every commit that a branch, a tag, another reference or HEAD leads to."""
    commits = tuple(git.commits("--all", "--date-order"))
    if not git.boundary:
        return History(commits)
    ends = ", ".join(sorted(commit[:SHORT] for commit in git.boundary))
    return History(commits, (f"This clone is shallow: what came before {ends} was left out; {FETCH_HINT}",))


def transitions(git: Git, commits: Sequence[Commit], reader: BlobReader) -> Iterator[Transition]:
    """Each commit of a line with its states. Only the first state is listed, the others follow from what differs."""
    contents = SharedReader(git, reader)
    first = commits[0].parent
    before = CommitState(first or "", _files(git.tree(first) if first else ()), contents)
    for commit, differences in zip(commits, git.differences(commits), strict=True):
        blobs = dict(before.blobs)
        for old, new in differences:
            if new.mode in FILES:
                blobs[new.path] = Blob(new.path, new.id)
            else:
                blobs.pop(old.path, None)
        after = CommitState(commit.id, blobs, contents)
        yield Transition(commit, before, after, tuple(old.path for old, _ in differences))
        before = after


def _files(entries: Iterable[TreeEntry]) -> dict[str, Blob]:
    return {entry.path: Blob(entry.path, entry.id) for entry in entries if entry.mode in FILES}
