"""The bytes of blobs by their id: what is equal on both sides is read once, and reading begins early.

Git takes as long to hand out the blobs of a fleet as Python takes to import what judges them, so that the one happens
in a thread while the other goes on.
"""

from collections.abc import Callable, Iterable
from threading import Thread
from typing import Final

from eksa_lint.snapshot import Blob, Snapshot, Withheld

LARGEST_READ: Final = 10_000_000
"""Bytes; a larger file is not held whole."""
_MANIFESTS: Final = (".yaml", ".yml", ".json", "/Kustomization")


def is_manifest(path: str) -> bool:
    """Whether a file may hold objects, by its name."""
    return path.endswith(_MANIFESTS) or path == "Kustomization"


def content_of(snapshot: Snapshot, path: str) -> bytes:
    """The bytes of one file, none where it is missing or cannot be read."""
    blob = snapshot.blobs.get(path)
    if blob is None:
        return b""
    _, content = next(iter(snapshot.read([blob], LARGEST_READ)))
    return content if isinstance(content, bytes) else b""


class Contents:
    """Bytes by blob id, shared by both sides of a comparison."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes | Withheld] = {}
        self._begun: _Background | None = None

    def begin(self, *snapshots: Snapshot) -> None:
        """Read the manifests of snapshots in the background."""

        def read() -> None:
            for snapshot in snapshots:
                self._read(snapshot, [blob for path, blob in snapshot.blobs.items() if is_manifest(path)])

        self._begun = _Background(read)

    @property
    def is_reading(self) -> bool:
        """Whether what was begun may not be done yet."""
        return self._begun is not None

    def load(self, snapshot: Snapshot, blobs: Iterable[Blob]) -> None:
        """Have the content of blobs, once what was begun is done.

        Raises:
            CannotCheck: a blob is not to be had.
        """
        if self._begun is not None:
            self._begun.finish()
            self._begun = None
        self._read(snapshot, blobs)

    def of(self, identifier: str) -> bytes | Withheld:
        """The content of a loaded blob."""
        return self._contents[identifier]

    def forget(self, identifiers: Iterable[str]) -> None:
        """Let go of blobs that will not be asked for any more."""
        for identifier in identifiers:
            self._contents.pop(identifier, None)

    def _read(self, snapshot: Snapshot, blobs: Iterable[Blob]) -> None:
        """Read what is not known yet."""
        missing = list({blob.id: blob for blob in blobs if blob.id not in self._contents}.values())
        if missing:  # else Git would be started to say nothing
            for blob, content in snapshot.read(missing, LARGEST_READ):
                self._contents[blob.id] = content


class _Background:
    """Work in a thread; what it raises is raised where its end is waited for."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for the end."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised in `finish`
            self._failure = error
