"""All Git there is: plumbing only, nothing that a repository names is run, no network.

Git runs programs that a repository configures (`core.fsmonitor`, filters, textconv, hooks) and, in a partial clone,
asks the network. The commands and switches here do neither; nothing else in this package starts Git.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eksa_lint.errors import CannotCheck
from eksa_lint.snapshot import WINDOW, Withheld
from eksa_lint.snapshot.plumbing import RAW, BlobReader, TreeEntry, first_line, tree_entries, without

if TYPE_CHECKING:
    from eksa_lint.snapshot.log import Commit

_SWITCHES: Final = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.quotePath=false"),
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "protocol.allow=never"),
)
_ENVIRONMENT: Final = {
    "LC_ALL": "C",
    "GIT_ALLOW_PROTOCOL": "",  # before git 2.45 a missing blob is fetched, and protocol.ssh.allow may say how
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
_SHA1_DIGITS: Final = 40
_FETCH: Final = "in GitHub Actions set fetch-depth: 0 on actions/checkout, elsewhere run: git fetch --all"
FETCH_HINT: Final = "in GitHub Actions set fetch-depth: 0 on actions/checkout, elsewhere run: git fetch --unshallow"
_COMMITS: Final = 1_000
"""Commits whose differences are asked for at once, so that not those of all history are held."""

_PIPE: Final = 1 << 20
"""Bytes of a pipe from Git, where the system lets it be so large: who reads in small pieces waits for each."""


def git_hash(commit: str | None) -> str:
    """The name of the hash that a repository's ids are made with, by one of them."""
    return "sha256" if commit and len(commit) > _SHA1_DIGITS else "sha1"


class Git:
    """One repository: the one that holds `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, **_ENVIRONMENT}
        index = self._environment.get("GIT_INDEX_FILE")
        if index:  # relative to the folder that git was started in, which is not always ours
            self._environment["GIT_INDEX_FILE"] = str((folder / index).absolute())

    @classmethod
    def find(cls, folder: Path) -> "Git | None":
        """The repository around a folder, or None where there is none.

        Raises:
            CannotCheck: git is missing, or refuses the repository (`safe.directory`, a bare one).
        """
        git = cls(folder)
        done = git._start("rev-parse", "--show-toplevel")
        if done.returncode == 0:
            git.root = Path(_line(done.stdout))
            return git
        error = done.stderr.decode(errors="replace")
        if "not a git repository" in error:
            return None
        if "must be run in a work tree" in error or "cannot use bare repository" in error:
            raise CannotCheck(f"{folder} is a bare repository or a .git folder; run eksa-lint in a work tree")
        if "dubious ownership" in error:
            raise CannotCheck(
                f"the repository around {folder} belongs to someone else, and git reads none of it; "
                f"if you trust it run: git config --global --add safe.directory {folder}"
            )
        raise CannotCheck(f"{first_line(done.stderr)}; see what is wrong with: git rev-parse --show-toplevel")

    @cached_property
    def root(self) -> Path:
        """The top of the work tree."""
        return Path(_line(self._run("rev-parse", "--show-toplevel")))

    @cached_property
    def is_shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def resolve(self, revision: str) -> str:
        """The id of the commit that a revision names.

        Raises:
            CannotCheck: there is none; says what to run.
        """
        commit = self.lookup(revision)
        if commit is None:
            raise CannotCheck(self._unknown(revision))
        return commit

    def lookup(self, revision: str) -> str | None:
        """The id of the commit that a revision names, None where there is none."""
        if not revision or "\0" in revision:
            return None
        done = self._start("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        commit = done.stdout.decode().strip()
        return commit if done.returncode == 0 and not commit.startswith("^") else None

    def merge_base(self, revision: str, head: str) -> str:
        """The id of the commit where the two came apart.

        Raises:
            CannotCheck: they have none in this clone.
        """
        first, second = self.resolve(revision), self.resolve(head)
        done = self._start("merge-base", first, second)
        if done.returncode == 0:
            return done.stdout.decode().split()[0]
        if self.is_shallow:
            raise CannotCheck(
                f"this clone is shallow and does not hold the merge base of {revision} and {head}; {FETCH_HINT}"
            )
        raise CannotCheck(
            f"{revision} and {head} have no common commit; to compare them as they are run: "
            f"eksa-lint check --from {revision} --to {head}"
        )

    def tree(self, commit: str) -> list[TreeEntry]:
        """Every entry of a commit's tree; submodules and links with their modes."""
        return tree_entries(self._run("ls-tree", "-r", "-z", "--full-tree", commit))

    def index_and_head(self) -> tuple[list[TreeEntry], list[TreeEntry] | None]:
        """Every entry of the index and of HEAD, which is None where there is no commit yet.

        HEAD comes from what differs, a tenth of the time of listing its tree, and at the same time as the index.
        """
        with self._popen("diff-index", "--cached", *RAW, "HEAD", "--") as differing:
            assert differing.stdout  # noqa: S101 - a pipe
            index = self.index()
            raw = differing.stdout.read()
        if differing.returncode == 0:
            return index, without(index, raw)
        if self.lookup("HEAD") is None:
            return index, None
        raise CannotCheck("git cannot compare the index with HEAD; see what is wrong with: git status")

    def before_tree(self, commit: str, after: str, entries: Iterable[TreeEntry]) -> list[TreeEntry]:
        """Every entry of a commit's tree, from those of another and what differs."""
        differing = self._run("diff-tree", "-r", *RAW, commit, after, "--")
        return without(entries, differing)

    def index(self) -> list[TreeEntry]:
        """Every entry of the index.

        Raises:
            CannotCheck: a path is in conflict, so that it has no one content.
        """
        entries = []
        for line in self._run("ls-files", "--stage", "-z", "--full-name", ":/").split(b"\0"):
            if not line:
                continue
            meta, _, path = line.partition(b"\t")
            mode, identifier, stage = meta.decode().split()
            if stage != "0":
                name = os.fsdecode(path)
                raise CannotCheck(f"{name!r} has a merge conflict; resolve it, run git add, and check again")
            entries.append(TreeEntry(mode, identifier, os.fsdecode(path)))
        return entries

    def work_tree(self) -> list[str]:
        """The paths of tracked and of untracked files that are not ignored, whether they still exist or not."""
        which = ("--cached", "--others", "--exclude-standard", "--deduplicate")
        listing = self._run("ls-files", "-z", "--full-name", *which, ":/")
        return [os.fsdecode(path) for path in listing.split(b"\0") if path and not path.endswith(b"/")]

    @cached_property
    def branch(self) -> str | None:
        """The branch that HEAD is on, None where it is on none."""
        done = self._start("symbolic-ref", "--short", "--quiet", "HEAD")
        return _line(done.stdout) if done.returncode == 0 else None

    @cached_property
    def shared_folder(self) -> Path:
        """Where the objects are: the same for all work trees of a repository."""
        return (self._folder / _line(self._run("rev-parse", "--git-common-dir"))).resolve()

    @cached_property
    def boundary(self) -> frozenset[str]:
        """The commits whose parents a shallow clone leaves out."""
        if not self.is_shallow:
            return frozenset()
        return frozenset((self.shared_folder / "shallow").read_text(encoding="ascii").split())

    def commits(self, *selection: str) -> "list[Commit]":
        """The commits that words of `rev-list` select, parents before children."""
        from eksa_lint.snapshot.log import COMMIT_FORMAT, listed  # noqa: PLC0415 - a check has no history

        form = ("--reverse", "--encoding=UTF-8", f"--format={COMMIT_FORMAT}")
        return list(listed(self._run("rev-list", *form, *selection, "--")))

    def differences(self, commits: "Sequence[Commit]") -> Iterator[list[tuple[TreeEntry, TreeEntry]]]:
        """Both sides of what differs between each commit and its first parent, in a root all that it holds."""
        from eksa_lint.snapshot.log import differences  # noqa: PLC0415 - a check has no history

        for start in range(0, len(commits), _COMMITS):
            some = commits[start : start + _COMMITS]
            asked = "".join(f"{commit.id} {commit.parent or ''}".rstrip() + "\n" for commit in some)
            yield from differences(some, self._run("diff-tree", "--stdin", "--root", "-r", *RAW, standard_input=asked))

    def read(self, ids: Iterable[str], largest: int) -> Iterator[bytes | Withheld]:
        """The content of each blob, in order; one that has more than `largest` bytes is withheld."""
        with self.reader() as reader:
            yield from reader.read(ids, largest)

    @contextmanager
    def reader(self) -> Iterator[BlobReader]:
        """Reads blobs for as long as it is open, with one process for all."""
        with self._popen("cat-file", "--batch") as process:
            yield BlobReader(process)

    def windows(self, identifier: str) -> Iterator[bytes]:
        """The content of one blob in pieces."""
        with self._popen("cat-file", "blob", identifier) as process:
            assert process.stdout  # noqa: S101 - a pipe
            while window := process.stdout.read(WINDOW):
                yield window

    def _unknown(self, revision: str) -> str:
        if self.lookup("HEAD") is None and revision == "HEAD":
            return "the repository has no commit yet; to check what is staged run: eksa-lint check --staged"
        if self.is_shallow:
            return f"unknown revision {revision}; this clone is shallow: {FETCH_HINT}"
        close = self._close_references(revision)
        hint = f"did you mean {close[0]}?" if close else _FETCH
        return f"unknown revision {revision}; {hint}"

    def _close_references(self, revision: str) -> list[str]:
        from difflib import get_close_matches  # noqa: PLC0415 - only to word an error

        from git import Repo  # noqa: PLC0415 - 70 ms, and only to word an error

        with Repo(self.root) as repository:
            return get_close_matches(revision, [reference.name for reference in repository.references], n=1)

    def _run(self, *arguments: str, standard_input: str = "") -> bytes:
        done = self._start(*arguments, standard_input=standard_input)
        if done.returncode != 0:
            raise CannotCheck(f"git {arguments[0]} failed: {first_line(done.stderr)}")
        return done.stdout

    def _start(self, *arguments: str, standard_input: str = "") -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                ["git", *_SWITCHES, *arguments],  # noqa: S607 - the git that the user has
                cwd=self._folder,
                env=self._environment,
                input=standard_input.encode(),
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise CannotCheck("git was not found; install it, or compare two folders with --from A --to B") from error
        except PermissionError as error:
            reason = f"cannot be read: {error.strerror}; run eksa-lint in a folder that you may read"
            raise CannotCheck(f"{self._folder} {reason}") from error

    def _popen(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            ["git", *_SWITCHES, *arguments],  # noqa: S607 - the git that the user has
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=_PIPE,
            pipesize=_PIPE,
        )


def _line(output: bytes) -> str:
    """The one line that Git wrote, such as a path, in which all bytes but its end count."""
    return os.fsdecode(output.removesuffix(b"\n"))
