"""The files of one snapshot that may hold objects: their bytes, texts and documents, by path."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final

from eksa_lint.model.library import Library
from eksa_lint.model.resource import EKSA
from eksa_lint.model.search import as_bytes
from eksa_lint.snapshot import Blob, Snapshot
from eksa_lint.snapshot.contents import is_manifest
from eksa_lint.syntax import Source, Stream

_CLUSTER: Final = b"kind: Cluster"
_LINE_ENDS: Final = (b"\n", b"\r\n")


class Manifests(dict[str, Blob]):
    """The blobs by path. All bytes are loaded in one go; a blob is parsed when somebody asks for its documents."""

    def __init__(self, snapshot: Snapshot, library: Library) -> None:
        blobs = {path: blob for path, blob in snapshot.blobs.items() if is_manifest(path)}
        library.load(snapshot, blobs.values())
        self._library = library
        self._holding: dict[bytes, list[str]] = {}
        self._naming: dict[str, list[str]] = {}
        super().__init__((path, blob) for path, blob in blobs.items() if self._holds_objects(blob))

    def content(self, path: str) -> bytes:
        return self._library.content(self[path].id)

    def is_too_large(self, path: str) -> bool:
        """Whether a file is only to be had piece by piece."""
        return self._library.is_too_large(self[path].id)

    def source(self, path: str) -> Source:
        """The text of a file, whether it was parsed or not."""
        return self._library.source(self[path].id)

    def stream(self, path: str) -> Stream:
        return self._library.stream(self[path].id)

    def holding(self, text: bytes) -> list[str]:
        """The files whose bytes hold a text, in the order of their paths."""
        if text not in self._holding:
            self._holding[text] = self._paths(self._library.search.holding(text))
        return self._holding[text]

    def naming(self, name: str) -> list[str]:
        """The files that may say `name: …` with this text, in the order of their paths; all that do are among them."""
        if name not in self._naming:
            self._naming[name] = self._paths(self._library.search.naming(as_bytes(name)))
        return self._naming[name]

    def _paths(self, identifiers: Iterable[str]) -> list[str]:
        return sorted(path for identifier in identifiers for path in self._paths_by_id.get(identifier, ()))

    @cached_property
    def _paths_by_id(self) -> dict[str, list[str]]:
        paths: dict[str, list[str]] = {}
        for path, blob in self.items():
            paths.setdefault(blob.id, []).append(path)
        return paths

    def count_objects(self) -> int:
        """How many objects the files seem to hold, by their text: for the summary, so that nothing is parsed for it."""
        return self._count(lambda content: content.count(b"\nkind:") + content.startswith(b"kind:"))

    def count_clusters(self) -> int:
        """How many EKS Anywhere clusters the files seem to hold, by their text."""
        return self._count(lambda content: _count_clusters(content) if EKSA.encode() in content else 0)

    def _count(self, count: Callable[[bytes], int]) -> int:
        """What all files hold of something; files of one content are looked at once."""
        contents = ((self._library.content(identifier), paths) for identifier, paths in self._paths_by_id.items())
        return sum(count(content) * len(paths) for content, paths in contents)

    def _holds_objects(self, blob: Blob) -> bool:
        """JSON is mostly something else (packages, dashboards); only a file that speaks of objects is read as one."""
        if not blob.path.endswith(".json"):
            return True
        content = self._library.content(blob.id)
        return b'"apiVersion"' in content and b'"kind"' in content


def _count_clusters(content: bytes) -> int:
    """The lines that are `kind: Cluster`, which an expression takes ten times as long to find."""
    whole = sum(content.count(b"\n" + _CLUSTER + end) for end in _LINE_ENDS)
    is_first = content.startswith(tuple(_CLUSTER + end for end in _LINE_ENDS))
    return whole + is_first + content.endswith(b"\n" + _CLUSTER)
