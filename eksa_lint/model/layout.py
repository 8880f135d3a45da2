"""Which management cluster a file lands in, and under which namespace: what Flux and kustomize files around it say.

This knows sync roots and namespaces. Whether Flux applies a file at all (resources lists, prune, suspend) will be
told here too, once it is modelled; until then every file counts as applied.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from posixpath import basename, dirname, normpath
from typing import Any, Final

from eksa_lint.syntax import Stream

FLUX: Final = "kustomize.toolkit.fluxcd.io"
KUSTOMIZE: Final = "kustomize.config.k8s.io"
KUSTOMIZATION_NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_PATH: Final = re.compile(rb"""(?:^|[\s{,])["']?path["']?[ \t]*:[ \t]*["']?([^"'#\r\n,}]*)""")


@dataclass(frozen=True, slots=True)
class Context:
    """What the files around one file decide about its objects."""

    root: str = ""
    namespace: str | None = None
    """Takes the place of whatever `metadata.namespace` says."""
    patch: bool = False


@dataclass(frozen=True, slots=True)
class Sync:
    """A Flux `Kustomization`: the folder that it applies, and the file that it stands in."""

    folder: str
    file: str
    target_namespace: str | None


class Layout:
    """The Flux and kustomize files of one snapshot; only those around a file of interest are parsed."""

    def __init__(self, paths: Sequence[str], content: Callable[[str], bytes], stream: Callable[[str], Stream]) -> None:
        self._paths = paths
        self._known = frozenset(paths)
        self._content = content
        self._stream = stream
        self._sync_files = self._find_sync_files()
        self._syncs: dict[str, Sync | None] = {}
        self._kustomizations: dict[str, dict[str, Any]] = {}

    @property
    def sync_folders(self) -> frozenset[str]:
        """Folders that a Flux `Kustomization` seems to apply."""
        return frozenset(self._sync_files)

    @property
    def sync_files(self) -> frozenset[str]:
        """Files that speak of Flux `Kustomization` objects with a path."""
        return frozenset(file for files in self._sync_files.values() for file in files)

    def root(self, path: str) -> str:
        """The folder of the outermost sync: one that is applied by another lands in the same management cluster."""
        sync = self._sync_for(dirname(path))
        seen = set()
        while sync and sync not in seen:
            seen.add(sync)
            outer = self._sync_for(dirname(sync.file))
            if outer is None or outer == sync:
                break
            sync = outer
        return (sync.folder or ".") if sync else ""

    def context(self, path: str) -> Context:
        sync = self._sync_for(dirname(path))
        namespace = sync.target_namespace if sync else None
        return Context(
            root=self.root(path),
            namespace=namespace or self._kustomize_namespace(path),
            patch=self._is_patch(path),
        )

    def _find_sync_files(self) -> dict[str, list[str]]:
        """Files that may hold a Flux `Kustomization`, by the folders that their text names. No YAML is read for it."""
        files: dict[str, list[str]] = {}
        for path in self._paths:
            content = self._content(path)
            if FLUX.encode() in content:
                for match in _PATH.finditer(content):
                    folder = _folder(match[1].decode(errors="replace").strip())
                    files.setdefault(folder, []).append(path)
        return files

    def _sync_for(self, folder: str) -> Sync | None:
        """The Flux `Kustomization` of the nearest folder above."""
        if folder not in self._syncs:
            found = next(self._syncs_at(folder), None)
            self._syncs[folder] = found or (self._sync_for(dirname(folder)) if folder else None)
        return self._syncs[folder]

    def _syncs_at(self, folder: str) -> Iterator[Sync]:
        for file in sorted(self._sync_files.get(folder, ())):
            for document in self._stream(file).documents:
                value = document.root.value
                if not isinstance(value, dict) or value.get("kind") != "Kustomization":
                    continue
                spec = value.get("spec")
                if not str(value.get("apiVersion")).startswith(f"{FLUX}/") or not isinstance(spec, dict):
                    continue
                if _folder(str(spec.get("path") or "")) == folder:
                    namespace = spec.get("targetNamespace")
                    yield Sync(folder, file, namespace if isinstance(namespace, str) else None)

    def _kustomize_namespace(self, path: str) -> str | None:
        """The namespace that the outermost kustomization that includes the file sets."""
        namespace = None
        for folder, kustomization in self._kustomizations_above(path):
            outer = kustomization.get("namespace")
            if isinstance(outer, str) and outer and _includes(folder, kustomization, path):
                namespace = outer
        return namespace

    def _is_patch(self, path: str) -> bool:
        return any(
            path in _patches(folder, kustomization) for folder, kustomization in self._kustomizations_above(path)
        )

    def _kustomizations_above(self, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The kustomization files of the folders above, nearest first."""
        if basename(path) in KUSTOMIZATION_NAMES:
            return
        folder = path
        while folder:
            folder = dirname(folder)
            kustomization = self._kustomization(folder)
            if kustomization:
                yield folder, kustomization

    def _kustomization(self, folder: str) -> dict[str, Any]:
        if folder not in self._kustomizations:
            self._kustomizations[folder] = {}
            for name in KUSTOMIZATION_NAMES:
                file = f"{folder}/{name}" if folder else name
                if file in self._known:
                    documents = self._stream(file).documents
                    value = documents[0].root.value if documents else None
                    self._kustomizations[folder] = value if isinstance(value, dict) else {}
        return self._kustomizations[folder]


def _folder(path: str) -> str:
    """A folder as Flux names it (`./clusters/prod/`), as snapshots do; empty for the top."""
    folder = normpath(path.strip("/") or ".")
    return "" if folder == "." else folder


def _entries(kustomization: dict[str, Any], *names: str) -> Iterator[Any]:
    for name in names:
        entries = kustomization.get(name)
        yield from entries if isinstance(entries, list) else ()


def _includes(folder: str, kustomization: dict[str, Any], path: str) -> bool:
    for entry in _entries(kustomization, "resources", "bases", "components"):
        target = normpath(f"{folder}/{entry}" if folder else str(entry))
        if path == target or path.startswith(f"{target}/"):
            return True
    return False


def _patches(folder: str, kustomization: dict[str, Any]) -> set[str]:
    names = [
        entry.get("path") if isinstance(entry, dict) else entry
        for entry in _entries(kustomization, "patches", "patchesStrategicMerge", "patchesJson6902")
    ]
    return {normpath(f"{folder}/{name}" if folder else name) for name in names if isinstance(name, str)}
