"""Which two states are compared: the command line's words and the hook's environment, as snapshots."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eksa_lint.errors import CannotCheck
from eksa_lint.snapshot import SHORT, Snapshot
from eksa_lint.snapshot.commit import commit_snapshot, commit_snapshots, empty_snapshot, staged_snapshots
from eksa_lint.snapshot.folder import FolderSnapshot, files_below, folder_snapshot
from eksa_lint.snapshot.git import Git, git_hash

_WHOLE_TREE: Final = "for the whole tree run: eksa-lint check"
_LONGEST_LABEL: Final = 40
"""Of what an environment names, which may be anything: an id of SHA-1 has as many characters."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to judge. `before` is None where nothing is compared.

    `only` names the paths whose findings are wanted (None: all). `prefix` leads from the current folder to the
    paths of the snapshots. `left_out` says what the choice does not see, `loose` that no Git repository is behind it.
    """

    before: Snapshot | None
    after: Snapshot
    only: Callable[[str], bool] | None = None
    prefix: str = ""
    left_out: tuple[str, ...] = ()
    loose: bool = False


def staged(folder: Path) -> Choice:
    """The index against HEAD."""
    git = _repository(folder, "--staged")
    head, index = staged_snapshots(git)
    if head.blobs == index.blobs:
        raise CannotCheck(f"nothing is staged, so there is nothing to compare; {_WHOLE_TREE}")
    return Choice(head, index, prefix=_prefix(folder, git.root))


def against(folder: Path, revision: str) -> Choice:
    """The merge base of a revision and HEAD, to HEAD."""
    git = _repository(folder, "--against")
    base, head = git.merge_base(revision, "HEAD"), git.resolve("HEAD")
    if base == head:
        raise CannotCheck(f"HEAD has no commit that {revision} lacks, so there is nothing to compare; {_WHOLE_TREE}")
    label = f"{base[:SHORT]} (merge base of {revision} and HEAD)"
    return _commits(git, folder, (base, label), (head, "HEAD"), _left_out(git))


def between(folder: Path, before: str, after: str) -> Choice:
    """Two revisions, or two folders."""
    first, second = folder / before, folder / after
    if first.is_dir() and second.is_dir() and not _both_are_revisions(folder, before, after):
        return _between_folders(first, second, before, after)
    git = _repository(folder, "comparing revisions")
    for path, name, other in ((first, before, after), (second, after, before)):
        if path.is_dir() and git.lookup(name) is None:
            raise CannotCheck(f"{name} is a folder and {other} is none; --from and --to take two of a kind")
    old, new = git.resolve(before), git.resolve(after)
    if old == new:
        raise CannotCheck(f"{before} and {after} are the same commit, so there is nothing to compare; {_WHOLE_TREE}")
    return _commits(git, folder, (old, before), (new, after))


def hook(folder: Path, environment: Mapping[str, str]) -> Choice:
    """What a commit hook needs: a given range, else the commit being made, else what is staged, else the tree."""
    git = _repository(folder, "--hook")
    first, last = environment.get("PRE_COMMIT_FROM_REF"), environment.get("PRE_COMMIT_TO_REF")
    if first and last:
        return _range(git, folder, first, last)
    head, index = staged_snapshots(git)
    is_commit = bool(environment.get("GIT_INDEX_FILE"))  # which Git sets for its hooks; it may be an empty one
    if is_commit or head.blobs != index.blobs:
        return Choice(head, index, prefix=_prefix(folder, git.root))
    return work_tree(folder, ())


def head(folder: Path, wish: str) -> tuple[Git, Snapshot]:
    """The repository around a folder, and what HEAD holds; `wish` is what needs them."""
    git = _repository(folder, wish)
    return git, commit_snapshot(git, git.resolve("HEAD"), "HEAD")


def work_tree(folder: Path, paths: Iterable[Path]) -> Choice:
    """The files as they are on disk, with nothing to compare them to.

    Paths inside the repository around `folder` are judged with all of it in view; other paths stand alone.
    """
    wanted = [Path(os.path.normpath(folder / path)) for path in paths]
    for path in wanted:
        _require(path, os.path.relpath(path, folder))
    git = Git.find(folder)
    if git and all(path.is_relative_to(git.root.resolve()) or path.is_relative_to(git.root) for path in wanted):
        snapshot = FolderSnapshot(git.root, "the work tree", git.work_tree())
        return Choice(None, snapshot, _only(git.root, wanted, snapshot), _prefix(folder, git.root))
    return _loose_paths(folder, wanted or [folder])


def _require(path: Path, name: str) -> None:
    try:
        path.stat()
    except PermissionError as error:
        raise CannotCheck(f"{name!r} cannot be read: {error.strerror}; see: ls -ld {name}") from error
    except OSError as error:
        reason = "does not exist; run eksa-lint check --help for what a PATH may be"
        raise CannotCheck(f"{name!r} {reason}") from error


def committed(folder: Path) -> Snapshot | None:
    """What HEAD holds, which is nothing before the first commit; None outside of a repository."""
    git = Git.find(folder)
    return _head(git) if git else None


def uncommitted(folder: Path) -> Choice:
    """The work tree against HEAD."""
    git = _repository(folder, "a plan of the work tree")
    after = FolderSnapshot(git.root, "the work tree", git.work_tree(), git_hash=git_hash(git.lookup("HEAD")))
    return Choice(_head(git), after, prefix=_prefix(folder, git.root))


def _head(git: Git) -> Snapshot:
    commit = git.lookup("HEAD")
    return commit_snapshot(git, commit, "HEAD") if commit else empty_snapshot(git)


def _loose_paths(folder: Path, wanted: list[Path]) -> Choice:
    root = Path(os.path.commonpath(wanted))
    if not root.is_dir():
        root = root.parent
    files = {file for path in wanted for file in files_below(root, path)}
    label = ", ".join(os.path.relpath(path, folder) for path in wanted)
    return Choice(
        None,
        FolderSnapshot(root, "this folder" if label == "." else label, files),
        prefix=_prefix(folder, root),
        loose=True,
    )


def _only(root: Path, wanted: list[Path], snapshot: FolderSnapshot) -> Callable[[str], bool] | None:
    starts = [os.path.relpath(path, root) for path in wanted]
    if not starts or "." in starts:
        return None

    for start in starts:
        if not any(_is_within(path, start) for path in snapshot.blobs):
            raise CannotCheck(f"{start!r} {_why_empty(root / start, start)}")
    return lambda path: any(_is_within(path, start) for start in starts)


def _is_within(path: str, start: str) -> bool:
    return path == start or path.startswith(f"{start}/")


def _why_empty(path: Path, start: str) -> str:
    """Why no file of a path is judged, and what to do instead."""
    if path.is_symlink():
        return f"is a link, and links are not followed; name what it leads to: {path.readlink()}"
    if (path / ".git").exists():
        return f"is a repository of its own; to check its files run: cd {start} && eksa-lint check"
    return f"holds no file that Git tracks or would track; see git check-ignore -v {start}"


def _between_folders(first: Path, second: Path, before: str, after: str) -> Choice:
    if first.samefile(second):
        raise CannotCheck(f"{before} and {after} are the same folder, so there is nothing to compare; {_WHOLE_TREE}")
    return Choice(folder_snapshot(first, before), folder_snapshot(second, after), loose=True)


def _both_are_revisions(folder: Path, before: str, after: str) -> bool:
    try:
        git = Git.find(folder)
    except CannotCheck:  # the folders can be compared all the same
        return False
    return bool(git and git.lookup(before) and git.lookup(after))


def _range(git: Git, folder: Path, first: str, last: str) -> Choice:
    base, head = git.merge_base(first, last), git.resolve(last)
    first, last = first[:_LONGEST_LABEL], last[:_LONGEST_LABEL]
    label = f"{base[:SHORT]} (merge base of {first} and {last})"
    return _commits(git, folder, (base, label), (head, last))


def _commits(
    git: Git, folder: Path, before: tuple[str, str], after: tuple[str, str], left_out: tuple[str, ...] = ()
) -> Choice:
    """Two commits, each with its label."""
    return Choice(*commit_snapshots(git, before, after), prefix=_prefix(folder, git.root), left_out=left_out)


def _left_out(git: Git) -> tuple[str, ...]:
    """What a comparison of commits does not see: what is staged."""
    try:
        head, index = staged_snapshots(git)
    except CannotCheck:
        return ("What is staged was left out; a merge is not finished",)
    if head.blobs == index.blobs:
        return ()
    return ("What is staged but not committed was left out; to judge it run: eksa-lint check --staged",)


def _repository(folder: Path, wish: str) -> Git:
    git = Git.find(folder)
    if git is None:
        raise CannotCheck(
            f"{wish} needs a Git repository and {folder} is in none; to check the files as they are run: "
            "eksa-lint check"
        )
    return git


def _prefix(folder: Path, root: Path) -> str:
    relative = os.path.relpath(root.resolve(), folder.resolve())
    return "" if relative == "." else f"{relative}/"
