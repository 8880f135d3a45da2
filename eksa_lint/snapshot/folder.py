"""Snapshots of files on disk: a work tree, a plain folder, or chosen paths."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from eksa_lint.errors import CannotCheck
from eksa_lint.snapshot import TOO_LARGE, WINDOW, Blob, Withheld


class FolderSnapshot:
    """Files below `root`, named by `paths` relative to it.

    With the name of a repository's `git_hash` the ids of blobs are those that Git would give them.
    """

    def __init__(self, root: Path, label: str, paths: Iterable[str], git_hash: str = "sha256") -> None:
        self._root = root
        self._git_hash = git_hash
        self.label = label
        blobs = {path: identifier for path in sorted(paths) if (identifier := self._identify(path))}
        self.blobs: Mapping[str, Blob] = {path: Blob(path, identifier) for path, identifier in blobs.items()}

    def read(self, blobs: Iterable[Blob], largest: int) -> Iterator[tuple[Blob, bytes | Withheld]]:
        for blob in blobs:
            try:
                with self._open(blob.path) as file:
                    content = file.read(largest + 1)
            except OSError as error:
                yield blob, Withheld(error.strerror or "unreadable")
            else:
                yield blob, content if len(content) <= largest else TOO_LARGE

    def windows(self, blob: Blob) -> Iterator[bytes]:
        with self._open(blob.path) as file:
            while window := file.read(WINDOW):
                yield window

    def _identify(self, path: str) -> str | None:
        """The content id; None for what is no regular file, or is gone. What cannot be read is known by its path."""
        digest = hashlib.new(self._git_hash, usedforsecurity=False)
        try:
            if not stat.S_ISREG(os.lstat(self._root / path).st_mode):
                return None
            with self._open(path) as file:
                digest.update(f"blob {os.fstat(file.fileno()).st_size}\0".encode())
                while window := file.read(WINDOW):
                    digest.update(window)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return f"unreadable {path}"
        return digest.hexdigest()

    def _open(self, path: str) -> IO[bytes]:
        """The file itself: a link that took its place since it was listed is not followed."""
        return os.fdopen(os.open(self._root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")


def files_below(root: Path, start: Path) -> Iterator[str]:
    """The paths of all files below `start`, relative to `root`; links and `.git` folders are passed over."""
    if not start.is_dir():
        yield os.path.relpath(start, root)
        return
    for folder, folders, files in os.walk(start, onerror=_raise):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in files:
            if name != ".git":
                yield os.path.relpath(f"{folder}/{name}", root)


def folder_snapshot(root: Path, label: str) -> FolderSnapshot:
    return FolderSnapshot(root, label, files_below(root, root))


def _raise(error: OSError) -> None:
    raise CannotCheck(f"{error.filename!r} cannot be read: {error.strerror}") from error
