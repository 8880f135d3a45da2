"""Which management cluster a file lands in, under which namespace, and whether Flux applies it at all."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from posixpath import dirname, normpath
from typing import Final

from eksa_lint.model.kustomize import Entry, Kustomizations
from eksa_lint.syntax import Stream

FLUX: Final = "kustomize.toolkit.fluxcd.io"
_PATH: Final = re.compile(rb"""path(?<![^\s{,"']path)["']?[ \t]*:[ \t]*["']?([^"'#\r\n,}]*)""")
"""Begins with what is searched for, and looks back: half a megabyte of `gotk-components.yaml` takes no 40 ms then."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the files around one file decide about its objects.

    `left_out_by` names the kustomization that does not include it, so that Flux does not apply it.
    """

    root: str = ""
    namespace: str | None = None
    """Takes the place of whatever `metadata.namespace` says."""

    patch: bool = False
    left_out_by: str = ""


@dataclass(frozen=True, slots=True)
class Sync:
    """A Flux `Kustomization`: the folder that it applies, the file that it stands in, and whether it prunes."""

    folder: str
    file: str
    target_namespace: str | None
    prunes: bool


class Layout:
    """The Flux and kustomize files of one snapshot; only those around a file of interest are parsed."""

    def __init__(
        self,
        known: frozenset[str],
        flux_files: Iterable[str],
        content: Callable[[str], bytes],
        stream: Callable[[str], Stream],
    ) -> None:
        self._stream = stream
        self._sync_files = _sync_files(flux_files, content)
        self._syncs: dict[str, Sync | None] = {}
        self._kustomizations = Kustomizations(known, stream)

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
        """What decides about the objects of a file."""
        sync = self.sync(path)
        left_out_by = self._kustomizations.left_out_by(path, sync.folder) if sync else None
        return Context(
            root=self.root(path),
            namespace=(sync.target_namespace if sync else None) or self._kustomizations.namespace(path),
            patch=self._kustomizations.is_patch(path),
            left_out_by=left_out_by.file if left_out_by else "",
        )

    def sync(self, path: str) -> Sync | None:
        """The Flux `Kustomization` that applies a file."""
        return self._sync_for(dirname(path))

    def entry_for(self, path: str) -> Entry | None:
        """The entry of a kustomization that makes Flux apply a file, where there is one."""
        return self._kustomizations.entry_for(path)

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
                    namespace = namespace if isinstance(namespace, str) else None
                    yield Sync(folder, file, namespace, prunes=spec.get("prune") is True)


def _sync_files(flux_files: Iterable[str], content: Callable[[str], bytes]) -> dict[str, list[str]]:
    """Files that may hold a Flux `Kustomization`, by the folders that their text names. No YAML is read for it."""
    files: dict[str, list[str]] = {}
    for path in flux_files:
        named = {_folder(match[1].decode(errors="replace").strip()) for match in _PATH.finditer(content(path))}
        for folder in named or {""}:  # without a path it is the top
            files.setdefault(folder, []).append(path)
    return files


def _folder(path: str) -> str:
    """A folder as Flux names it (`./clusters/prod/`), as snapshots do; empty for the top."""
    folder = normpath(path.strip("/") or ".")
    return "" if folder == "." else folder
