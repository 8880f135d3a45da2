"""The syncs of one snapshot by the folders that they apply; which files may hold one is seen without parsing any."""

import re
from collections.abc import Iterator
from functools import cached_property
from posixpath import dirname
from typing import Final

from eksa_lint.model import fields
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.objects import objects_of
from eksa_lint.model.sync import (
    BOOTSTRAPPED,
    FLUX,
    SOURCE,
    Sync,
    as_folder,
    is_source,
    place_of,
    root_of,
    sync_of,
)

_PATH: Final = re.compile(rb"""path(?<![^\s{,"']path)["']?[ \t]*:[ \t]*["']?([^"'#\r\n,}]*)""")
"""Begins with what is searched for, and looks back: half a megabyte of `gotk-components.yaml` takes no 40 ms then."""


class Syncs:
    """The Flux `Kustomization` objects of one snapshot; only those that are asked for are parsed."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._files_by_folder = _files_by_folder(manifests)
        self._nearest: dict[str, Sync | None] = {}

    @cached_property
    def files(self) -> dict[str, None]:
        """The files that may hold one."""
        return dict.fromkeys(sorted({file for files in self._files_by_folder.values() for file in files}))

    @cached_property
    def roots(self) -> frozenset[str]:
        """Those of the folders that one seems to apply."""
        return frozenset(map(root_of, self._files_by_folder))

    def folders_of(self, file: str) -> set[str]:
        """The folders that a file seems to have applied."""
        return {folder for folder, files in self._files_by_folder.items() if file in files}

    def in_file(self, file: str) -> Iterator[Sync]:
        if file in self.files:
            stream = self._manifests.stream(file)
            for document in stream.documents:
                if sync := sync_of(file, stream.source, document.root):
                    yield sync

    def nearest(self, folder: str) -> Sync | None:
        """The one that applies a folder, or else the nearest folder above."""
        if folder not in self._nearest:
            found = next(self._at(folder), None)
            self._nearest[folder] = found or (self.nearest(dirname(folder)) if folder else None)
        return self._nearest[folder]

    def top(self, folder: str) -> str | None:
        """The folder that Flux applies a folder with, None where it applies none."""
        sync = self.nearest(folder)
        return sync.folder if sync else None

    def _at(self, folder: str) -> Iterator[Sync]:
        for file in sorted(self._files_by_folder.get(folder, ())):
            yield from (sync for sync in self.in_file(file) if sync.folder == folder and self._is_of_these_files(sync))

    def _is_of_these_files(self, sync: Sync) -> bool:
        """Whether a sync applies this repository; one that is declared beside it with another URL or branch is another.

        Where that of the bootstrap is not declared here, it is still the one that its name stands for.
        """
        if sync.source_name in {"", BOOTSTRAPPED}:
            return True
        declared = self._declared(sync.source_name)
        if not declared:
            return True
        own = self._declared(BOOTSTRAPPED)
        return any(one in own for one in declared) if own else not self._names_bootstrapped

    @cached_property
    def _names_bootstrapped(self) -> bool:
        return any(sync.source_name == BOOTSTRAPPED for file in self.files for sync in self.in_file(file))

    def _declared(self, name: str) -> list[tuple[str, object]]:
        """Where the sources of a name lead, and to which state there."""
        return [
            (place_of(str(spec.get("url"))), spec.get("ref"))
            for path in self._manifests.naming(name)
            if SOURCE.encode() in self._manifests.content(path)
            for document in self._manifests.stream(path).documents
            for node in objects_of(document.root)
            if is_source(node.value, name) and isinstance(spec := fields.get(node.value, ("spec",)), dict)
        ]


def _files_by_folder(manifests: Manifests) -> dict[str, list[str]]:
    """The files that may hold a sync, by the folders that their text names."""
    files: dict[str, list[str]] = {}
    for path in manifests.holding(f"{FLUX}/v".encode()):
        paths = (match[1].decode(errors="replace").strip() for match in _PATH.finditer(manifests.content(path)))
        named = {as_folder(written) for written in paths}
        for folder in named or {""}:  # without a path it is the top
            files.setdefault(folder, []).append(path)
    return files
