"""The bytes of blobs by their id: what is equal on both sides is read once, and reading begins early.

Git takes as long to hand out the blobs of a fleet as Python takes to import what judges them, so that the one happens
in a thread while the other goes on.
"""

from collections.abc import Iterable
from threading import Thread
from typing import Final

from eksa_lint.snapshot import Blob, Snapshot, Withheld

LARGEST_READ: Final = 10_000_000
"""Bytes; a larger file is not held whole."""
_MANIFESTS: Final = (".yaml", ".yml", ".json", "/Kustomization")


def is_manifest(path: str) -> bool:
    """Whether a file may hold objects, by its name."""
    return path.endswith(_MANIFESTS) or path == "Kustomization"


class Contents:
    """Bytes by blob id, shared by both sides of a comparison."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes | Withheld] = {}
        self._reading: Thread | None = None
        self._failure: BaseException | None = None

    def begin(self, *snapshots: Snapshot) -> None:
        """Read the manifests of snapshots in the background."""
        self._reading = Thread(target=self._read_ahead, args=(snapshots,), daemon=True)
        self._reading.start()

    def load(self, snapshot: Snapshot, blobs: Iterable[Blob]) -> None:
        """Have the content of blobs, once what was begun is done.

        Raises:
            CannotCheck: a blob is not to be had.
        """
        if self._reading is not None:
            self._reading.join()
            self._reading = None
        if self._failure is not None:
            raise self._failure
        self._read(snapshot, blobs)

    def of(self, identifier: str) -> bytes | Withheld:
        """The content of a loaded blob."""
        return self._contents[identifier]

    def _read_ahead(self, snapshots: Iterable[Snapshot]) -> None:
        try:
            for snapshot in snapshots:
                self._read(snapshot, [blob for path, blob in snapshot.blobs.items() if is_manifest(path)])
        except BaseException as error:  # noqa: BLE001 - it is raised where the content is wanted
            self._failure = error

    def _read(self, snapshot: Snapshot, blobs: Iterable[Blob]) -> None:
        missing = {blob.id: blob for blob in blobs if blob.id not in self._contents}
        for blob, content in snapshot.read(missing.values(), LARGEST_READ):
            self._contents[blob.id] = content
