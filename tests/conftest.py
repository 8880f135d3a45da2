"""What the tests share: an environment of their own, repositories made by the real git, and runs of the program."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import settings

import eksa_lint
from eksa_lint import cli
from eksa_lint.snapshot import TOO_LARGE, WINDOW, Blob, Withheld

settings.register_profile("no-clock", deadline=None)  # what is slow only on a busy machine is no fault
settings.load_profile("no-clock")

CODE = Path(eksa_lint.__file__).parents[1]
PROGRAM = (
    *(sys.executable, "-I", "-c"),
    f"import sys; sys.path.insert(0, {str(CODE)!r}); from eksa_lint.cli import main; sys.exit(main())",
)
"""What the console script does: the folder one stands in is not searched for modules."""
_PERSON = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"), ("DATE", "2026-01-01T00:00:00Z"))
}
VERDICT = "verdict of EKS Anywhere"
_FOREIGN = ("GIT_", "GITHUB_", "PRE_COMMIT", "NO_COLOR", "FORCE_COLOR", "PYTHON", "XDG_")


@pytest.fixture(scope="session", autouse=True)
def _environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing of the person who runs the tests: neither their Git configuration nor the hook they run in."""
    home = tmp_path_factory.mktemp("home")
    (home / "gitconfig").write_text('[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n')
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(_FOREIGN):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path_factory.getbasetemp()))
        for name, value in _PERSON.items():
            patch.setenv(name, value)
        yield


class Files:
    """A snapshot of files that are nowhere but here."""

    def __init__(self, files: Mapping[str, str | bytes], label: str = "these files") -> None:
        self.label = label
        self.texts = {
            path: text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
            for path, text in files.items()
        }
        self.blobs = {path: Blob(path, sha256(text).hexdigest()) for path, text in self.texts.items()}

    def read(self, blobs: Iterable[Blob], largest: int) -> Iterator[tuple[Blob, bytes | Withheld]]:
        for blob in blobs:
            text = self.texts[blob.path]
            yield blob, text if len(text) <= largest else TOO_LARGE

    def windows(self, blob: Blob) -> Iterator[bytes]:
        text = self.texts[blob.path]
        yield from (text[start : start + WINDOW] for start in range(0, len(text), WINDOW))


class Repository:
    """A repository in a folder; every command is the real git's."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", *options)

    def git(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}"
        return os.fsdecode(done.stdout).rstrip("\n")

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def add(self, files: Mapping[str, str | bytes] | None = None) -> None:
        """Write the files, and stage all that is different."""
        for path, content in (files or {}).items():
            self.write(path, content)
        self.git("add", "--all")

    def commit(self, files: Mapping[str, str | bytes] | None = None) -> str:
        """Write the files and commit all that is different; gives the id."""
        self.add(files)
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", "change")
        return self.git("rev-parse", "HEAD")


@dataclass(frozen=True)
class Run:
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of a report in JSON."""
        found: list[dict[str, Any]] = json.loads(self.out)["findings"]
        return found

    @property
    def rules(self) -> list[str]:
        return [finding["rule"] for finding in self.findings]


class Lint(Protocol):
    def __call__(self, *arguments: str, folder: Path, **environment: str) -> Run: ...


@pytest.fixture
def make_repository(tmp_path: Path) -> Callable[..., Repository]:
    """`make_repository("name", "--object-format=sha256")`: a new repository below the test's folder."""

    def make(name: str = "fleet", *options: str) -> Repository:
        return Repository(tmp_path / name, *options)

    return make


@pytest.fixture
def repository(make_repository: Callable[..., Repository]) -> Repository:
    return make_repository()


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lint:
    """Runs a command in this process."""

    def run(*arguments: str, folder: Path, **environment: str) -> Run:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                code = cli.main(arguments)
            except SystemExit as stop:
                code = stop.code if isinstance(stop.code, int) else 1
        written = capsys.readouterr()
        return Run(code, written.out, written.err)

    return run


@pytest.fixture
def lint_apart() -> Lint:
    """Runs a command as the console script does, in a process of its own."""

    def run(*arguments: str, folder: Path, **environment: str) -> Run:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return Run(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of test_verdicts.py: what EKS Anywhere's own tests say of their files, and what is said here."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    rows = {value for report in reports for name, value in getattr(report, "user_properties", ()) if name == VERDICT}
    if not rows:
        return
    terminalreporter.section("EKS Anywhere says, eksa-lint says")
    for path, expected, verdict, note in sorted(rows):
        terminalreporter.line(f"{expected}  {verdict}  {Path(path).name}: {note}")
