"""What the `kustomization.yaml` files around a file say of it: namespace, patch or object, included or not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from posixpath import basename, dirname, normpath
from typing import Any, Final

from eksa_lint.syntax import Node, Source, Stream

KUSTOMIZE: Final = "kustomize.config.k8s.io"
KUSTOMIZATION_NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_INCLUDES: Final = ("resources", "bases", "components")
_PATCHES: Final = ("patches", "patchesStrategicMerge", "patchesJson6902")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a kustomization that includes something, and where it stands."""

    file: str
    target: str
    source: Source = field(repr=False, compare=False)
    node: Node = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Kustomization:
    """A `kustomization.yaml`. One that cannot be read has no value."""

    file: str
    folder: str
    value: dict[str, Any]
    includes: tuple[Entry, ...]

    def entry_for(self, path: str) -> Entry | None:
        """The entry that includes a file or folder."""
        return next((entry for entry in self.includes if _is_within(path, entry.target)), None)


class Kustomizations:
    """The kustomize files of one snapshot; those around a file of interest are parsed."""

    def __init__(self, known: frozenset[str], stream: Callable[[str], Stream]) -> None:
        self._known = known
        self._stream = stream
        self._read: dict[str, Kustomization | None] = {}

    def namespace(self, path: str) -> str | None:
        """The namespace that the outermost kustomization that includes the file sets."""
        namespace = None
        for kustomization in self._above(path):
            outer = kustomization.value.get("namespace")
            if isinstance(outer, str) and outer and kustomization.entry_for(path):
                namespace = outer
        return namespace

    def is_patch(self, path: str) -> bool:
        """Whether a file only holds parts of objects that are merged into others."""
        return any(path in _patches(kustomization) for kustomization in self._above(path))

    def left_out_by(self, path: str, top: str) -> Kustomization | None:
        """The kustomization below a synced folder that does not include the file; None where it is applied.

        A folder without a kustomization is taken whole, as Flux does.
        """
        included = path
        for kustomization in self._above(path):
            if not _is_within(kustomization.folder, top):
                break
            if kustomization.value and kustomization.entry_for(included) is None:
                return kustomization
            included = kustomization.folder
        return None

    def entry_for(self, path: str) -> Entry | None:
        """The nearest entry that includes a file."""
        return next((entry for kustomization in self._above(path) if (entry := kustomization.entry_for(path))), None)

    def _above(self, path: str) -> Iterator[Kustomization]:
        """The kustomizations of the folders above, nearest first."""
        if basename(path) in KUSTOMIZATION_NAMES:
            return
        folder = path
        while folder:
            folder = dirname(folder)
            kustomization = self._at(folder)
            if kustomization:
                yield kustomization

    def _at(self, folder: str) -> Kustomization | None:
        if folder not in self._read:
            names = (f"{folder}/{name}" if folder else name for name in KUSTOMIZATION_NAMES)
            file = next((name for name in names if name in self._known), None)
            self._read[folder] = self._parse(file, folder) if file else None
        return self._read[folder]

    def _parse(self, file: str, folder: str) -> Kustomization:
        stream = self._stream(file)
        root = stream.documents[0].root if stream.documents and not stream.broken else None
        value = root.value if root else None
        if root is None or not isinstance(value, dict):
            return Kustomization(file, folder, {}, ())
        nodes = [node for name in _INCLUDES if (found := root.find((name,))) for node in found.items or ()]
        includes = tuple(
            Entry(file, normpath(f"{folder}/{node.value}" if folder else node.value), stream.source, node)
            for node in nodes
            if isinstance(node.value, str)
        )
        return Kustomization(file, folder, value, includes)


def _is_within(path: str, folder: str) -> bool:
    return path == folder or folder in ("", ".") or path.startswith(f"{folder}/")


def _patches(kustomization: Kustomization) -> set[str]:
    names = [
        entry.get("path") if isinstance(entry, dict) else entry
        for name in _PATCHES
        if isinstance(entries := kustomization.value.get(name), list)
        for entry in entries
    ]
    folder = kustomization.folder
    return {normpath(f"{folder}/{name}" if folder else name) for name in names if isinstance(name, str)}
