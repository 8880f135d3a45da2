"""What earlier audits found, so that the next one only judges what is new.

A file for each repository, outside of it, in a folder that only its owner can write to: a repository must not bring its
own results along. It is JSON and read as data. It holds findings as they are reported, which are masked, and the ids of
contents without a secret; of a content that holds one it holds nothing.
"""

import json
import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, Final

import eksa_lint
from eksa_lint import data
from eksa_lint.snapshot.git import Git

_VERSION: Final = 1
_BETWEEN_SAVES: Final = 10.0
"""Seconds: so much is lost at most where the program is killed."""


class Cache:
    """Results by what was judged. `problem` says why nothing is kept, where that is so."""

    def __init__(self, file: Path | None, judged_by: str, problem: str = "") -> None:
        self._file = file
        self._judged_by = judged_by
        self.problem = problem
        self._results = _read(file, judged_by) if file else {}
        self._has_new = False
        self._saved = monotonic()

    @property
    def keeps(self) -> bool:
        return self._file is not None

    def get(self, key: str) -> Any:
        """What was found for a key, None where it was not judged yet."""
        return self._results.get(key)

    def keep(self, key: str, result: Any) -> None:
        """Remember a result, and now and then write down what there is."""
        self._results[key] = result
        self._has_new = True
        if monotonic() - self._saved > _BETWEEN_SAVES:
            self.save()

    def save(self) -> None:
        """Write it down; where that fails, the audit is as good as without."""
        self._saved = monotonic()
        if self._file is None or not self._has_new:
            return
        content = {"version": _VERSION, "judged_by": self._judged_by, "results": self._results}
        try:
            _write(self._file, json.dumps(content, separators=(",", ":")).encode())
            self._has_new = False
        except OSError as error:
            self.problem = f"What was found is not kept for the next audit: {self._file}: {error.strerror or error}"
            self._file = None


def open_cache(git: Git, subject: str, environment: Mapping[str, str], settings: str = "") -> Cache:
    """The cache of a repository for one kind of audit; `settings` is what else decides what is found."""
    judged_by = sha256(f"{_program()} {settings}".encode()).hexdigest()
    folder = _folder(environment)
    if folder is None:
        return Cache(None, judged_by, "What was found is not kept for the next audit: there is no home folder")
    if folder.resolve().is_relative_to(git.root.resolve()):
        return Cache(None, judged_by, f"What was found is not kept for the next audit: {folder} is in the repository")
    name = sha256(os.fsencode(git.shared_folder)).hexdigest()[:32]
    return Cache(folder / f"{name}-{subject}.json", judged_by)


def _folder(environment: Mapping[str, str]) -> Path | None:
    """Where the XDG base directory specification has it: a relative path is not valid there, and passed over."""
    base = Path(environment.get("XDG_CACHE_HOME") or "")
    if not base.is_absolute():
        try:
            base = Path.home() / ".cache"
        except RuntimeError:
            return None
    return base / "eksa-lint" / "audit"


def _program() -> str:
    """A digest of all that decides what a rule finds: the program, its rules and its tables."""
    package = Path(eksa_lint.__file__).parent
    rules = data.rules_folder()
    files = [*package.rglob("*.py"), *package.glob("_data/*.json"), *data.schemas_folder().glob("tables/*.yaml")]
    files += rules.glob("*/*.yaml") if rules else ()
    digest = sha256(eksa_lint.__version__.encode())
    for file in sorted(files):
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _read(file: Path, judged_by: str) -> dict[str, Any]:
    """What the file holds, nothing where it is no cache of ours, of another program, or not only ours to write."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as stream:  # noqa: PTH123 - a Path does not open a descriptor
            if not _is_only_ours(os.fstat(descriptor)):
                return {}
            content = json.load(stream)
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or (content.get("version"), content.get("judged_by")) != (_VERSION, judged_by):
        return {}
    results = content.get("results")
    return results if isinstance(results, dict) else {}


def _is_only_ours(status: os.stat_result) -> bool:
    is_shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid() and not is_shared


def _write(file: Path, content: bytes) -> None:
    """Replace the file in one step; nobody else can read it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.parent.chmod(0o700)
    temporary = file.with_name(f".{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - a Path does not open a descriptor
            stream.write(content)
        temporary.replace(file)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
