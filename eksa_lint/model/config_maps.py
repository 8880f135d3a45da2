"""The ConfigMaps of a repository from which Flux takes variables: what they hold, where these files say it for sure."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from posixpath import dirname
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from eksa_lint.model import fields
from eksa_lint.model.generators import generated, is_hashed
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.objects import objects_of
from eksa_lint.model.search import as_bytes
from eksa_lint.syntax import Node

if TYPE_CHECKING:
    from eksa_lint.model.sync import Sync
    from eksa_lint.model.syncs import Syncs

_NAMED: Final = re.compile(rb"substituteFrom[\"']?[ \t]*:[ \t]*(?:#[^\n]*)?\s*[-\[]")
"""What a list of sources looks like; in the definition of the field a mapping follows."""

_MARK: Final = b"onfigMap"
"""What `kind: ConfigMap` and `configMapGenerator` have in common."""

_NOT_FINAL: Final = ("${", "ENC[")


class Applied(NamedTuple):
    """Where the objects of a file are applied: as they stand, or with something done to them."""

    root: str
    namespace: str | None
    as_written: bool


class ConfigMaps:
    """The ConfigMaps of one snapshot; a file is only read where its bytes hold the name of one that is asked for."""

    def __init__(
        self,
        manifests: Manifests,
        at: Callable[[str], Kustomization | None],
        syncs: "Syncs",
        applied: Callable[[str], Iterable[Applied]],
    ) -> None:
        self._manifests, self._at, self._syncs, self._applied = manifests, at, syncs, applied

    def data_of(self, sync: "Sync", root: str, name: str) -> dict[str, str] | None:
        """The data of a ConfigMap that stands beside a Flux `Kustomization`; None where it is not known."""
        namespaces = {where.namespace or sync.namespace for where in self._applied(sync.file)} or {sync.namespace}
        found = list(self._found(root, namespaces, name))
        return found[0] if len(found) == 1 else None

    def _found(self, root: str, namespaces: set[str], name: str) -> Iterator[dict[str, str] | None]:
        for path in self._manifests.holding(as_bytes(name)):
            values = list(self._named(path, name)) if _MARK in self._manifests.content(path) else []
            for where in self._applied(path) if values else ():
                for value in values:
                    namespace = where.namespace or fields.get(value, ("metadata", "namespace")) or "default"
                    if where.root == root and namespace in namespaces:
                        yield _data(value) if where.as_written else None

    def _named(self, path: str, name: str) -> Iterator[Any]:
        """The ConfigMaps of a file that have a name, and those that it makes."""
        for node in self._objects(path, name):
            said = fields.get(node.value, ("kind",)), fields.get(node.value, ("metadata", "name"))
            if said == ("ConfigMap", name):
                yield node.value

    def _objects(self, path: str, name: str) -> Iterator[Node]:
        kustomization = self._at(dirname(path))
        if kustomization is not None and kustomization.file == path and not is_hashed(kustomization, name):
            yield from generated(kustomization)
        for document in self._manifests.stream(path).documents:
            yield from objects_of(document.root)

    def folders_filled_from(self, path: str) -> set[str]:
        """The folders whose Flux `Kustomization` may take variables from a ConfigMap of a file."""
        content = self._manifests.content(path)
        return {folder for name, folder in self._sources if name in content}

    @cached_property
    def _sources(self) -> set[tuple[bytes, str]]:
        """The names of what variables are taken from, and the folders that are applied with them."""
        files = [file for file in self._syncs.files if _NAMED.search(self._manifests.content(file))]
        return {
            (as_bytes(str(source.get("name"))), sync.folder)
            for file in files
            for sync in self._syncs.in_file(file)
            for source in fields.as_list(fields.get(sync.spec, ("postBuild", "substituteFrom")))
            if isinstance(source, dict) and source.get("kind") == "ConfigMap"
        }


def _data(value: Any) -> dict[str, str] | None:
    """The data, None where something of it is filled in or decrypted first."""
    data = fields.get(value, ("data",))
    texts = {str(name): str(text) for name, text in data.items()} if isinstance(data, dict) else {}
    return None if any(mark in text for text in texts.values() for mark in _NOT_FINAL) else texts
