"""What one `kustomization.yaml` says: what it takes in, and what it merges into objects."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from posixpath import basename, dirname, normpath
from typing import Any, Final

from eksa_lint.data import json_schema
from eksa_lint.model import fields
from eksa_lint.syntax import Node, Source, Stream

KUSTOMIZE: Final = "kustomize.config.k8s.io"
KUSTOMIZATION_NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_INCLUDES: Final = ("resources", "bases", "components")
_PATCHES: Final = ("patches", "patchesStrategicMerge", "patchesJson6902")
IDENTITY: Final = frozenset(("apiVersion", "kind", "metadata"))
"""The fields that ask for nothing."""

_SCHEMA: Final = "kubernetes/Kustomization/v1beta1"
_REMOTE_MARKS: Final = ("://", "git@", "?ref=", "github.com/")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a kustomization that includes something, and where it stands."""

    file: str
    target: str
    source: Source = field(repr=False, compare=False)
    node: Node = field(repr=False, compare=False)
    is_component: bool = False


@dataclass(frozen=True, slots=True)
class Kustomization:
    """A `kustomization.yaml`. One that cannot be read has no value."""

    file: str
    folder: str
    value: dict[str, Any] = field(repr=False)
    includes: tuple[Entry, ...] = ()
    source: Source = field(default_factory=lambda: Source(""), repr=False, compare=False)
    node: Node | None = field(default=None, repr=False, compare=False)

    def entry_for(self, path: str, blocked: str = "") -> Entry | None:
        """The entry that includes a file or folder.

        `blocked` is a folder on the way whose kustomization leaves it out: only what lies below that leads past it.
        """
        for entry in self.includes:
            if is_within(path, entry.target) and (not blocked or entry.target.startswith(f"{blocked}/")):
                return entry
        return None

    def items(self, name: str) -> Sequence[Node]:
        """The items of a list, in their places."""
        return self.node.items_of(name) if self.node is not None else ()

    def is_refused(self, *, by_flux: bool) -> bool:
        """Whether kustomize stops at it. Flux drops unknown fields `by_flux` from the first file that it reads."""
        if any(not _is_texts(self.value.get(name)) for name in _INCLUDES):
            return True
        asked = self.value.keys() - IDENTITY
        return not by_flux and (not asked or not asked <= json_schema(_SCHEMA)["properties"].keys())

    @property
    def remotes(self) -> list[str]:
        """What it takes in from outside the repository."""
        entries = (entry for name in _INCLUDES for entry in fields.as_list(self.value.get(name)))
        return [entry for entry in entries if isinstance(entry, str) and is_remote(entry)]

    @property
    def patch_files(self) -> set[str]:
        """The files that it merges into objects."""
        names = [
            entry.get("path") if isinstance(entry, dict) else entry
            for name in (*_PATCHES, "transformers", "replacements")
            for entry in fields.as_list(self.value.get(name))
        ]
        return {beside(self.folder, name) for name in names if isinstance(name, str) and "\n" not in name}


def read_kustomization(file: str, folder: str, stream: Stream) -> Kustomization:
    """What a file says; nothing where it cannot be read."""
    root = stream.documents[0].root if stream.documents and not stream.broken else None
    value = root.value if root else None
    if root is None or not isinstance(value, dict):
        return Kustomization(file, folder, {})
    includes = tuple(
        Entry(file, beside(folder, node.value), stream.source, node, name == "components")
        for name in _INCLUDES
        for node in root.items_of(name)
        if isinstance(node.value, str) and not is_remote(node.value)
    )
    return Kustomization(file, folder, value, includes, stream.source, root)


def _is_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(item is None or isinstance(item, str) for item in value))


def is_kustomization(path: str) -> bool:
    """Whether kustomize takes a file for its own, by its name."""
    return path.endswith(KUSTOMIZATION_NAMES) and basename(path) in KUSTOMIZATION_NAMES


def is_inline(text: str) -> bool:
    """Whether an entry is YAML itself, and not the name of a file."""
    return "\n" in text or ": " in text or text.startswith("{")


def is_remote(text: str) -> bool:
    """Whether an entry names something outside the repository."""
    return any(mark in text for mark in _REMOTE_MARKS)


def beside(folder: str, path: str) -> str:
    """A path that is written in a folder, from the top; empty for the top itself."""
    joined = normpath(f"{folder}/{path}" if folder else path)
    return "" if joined == "." else joined


def is_within(path: str, folder: str) -> bool:
    """Whether a path is a folder or below it."""
    return path == folder or folder in ("", ".") or path.startswith(f"{folder}/")


def is_within_any(path: str, folders: Container[str]) -> bool:
    """Whether a path is one of some folders or below one."""
    while path and path not in folders:
        path = dirname(path)
    return path in folders
