"""Flux `Kustomization` objects that wait for others: `dependsOn`, and what keeps one of them from being ready.

Source: fluxcd/kustomize-controller, internal/controller/kustomization_controller.go (checkDependencies): one that is
not there or not ready holds back all that depend on it, and so does one of the same source that has not applied the
newest commit. Where `readyExpr` is set, only that counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname
from typing import TYPE_CHECKING, Final

from eksa_lint.model import fields
from eksa_lint.model.kustomize import is_kustomization, is_within
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.model.search import as_bytes
from eksa_lint.model.sync import FLUX, is_sync, object_of, source_of, synced_folder

if TYPE_CHECKING:
    from eksa_lint.model.inventory import Inventory

_MOST_FOLDERS: Final = 1000


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of `dependsOn`, the `position`th.

    With `by_expression` whether it is ready is told by that alone, and cannot be told here.
    """

    of: Resource
    on: ResourceId
    position: int
    by_expression: bool


def dependencies_of(sync: Resource) -> Iterator[Dependency]:
    """What a Flux `Kustomization` waits for; its own namespace where an entry says none."""
    listed = sync.spec.get("dependsOn") if is_sync(sync) else None
    for position, entry in enumerate(fields.as_list(listed)):
        name = fields.get(entry, ("name",))
        if isinstance(name, str) and name:
            namespace = str(fields.get(entry, ("namespace",)) or sync.id.namespace)
            identity = sync.id._replace(namespace=namespace, name=name)
            yield Dependency(sync, identity, position, bool(fields.get(entry, ("readyExpr",))))


class Dependencies:
    """Who waits for whom in one state."""

    def __init__(self, inventory: "Inventory") -> None:
        self._inventory = inventory
        self._missing: dict[ResourceId, str] = {}

    def naming(self, identity: ResourceId) -> Iterator[Dependency]:
        """The entries that name a Flux `Kustomization`."""
        inventory, name = self._inventory, as_bytes(identity.name)
        for path in inventory.manifests.holding(b"dependsOn"):
            content = inventory.manifests.content(path)
            if name in content and f"{FLUX}/v".encode() in content and identity.root in inventory.layout.roots(path):
                for resource in inventory.resources_in(path):
                    yield from (each for each in dependencies_of(resource) if each.on == identity)

    def waiting_for(self, identity: ResourceId) -> list[Resource]:
        """All that is held back while a Flux `Kustomization` is not ready, what depends on it over others too."""
        found: dict[ResourceId, Resource] = {}
        waiting = [identity]
        while waiting:
            for dependency in self.naming(waiting.pop()):
                if dependency.of.id not in found and not dependency.by_expression:
                    found[dependency.of.id] = dependency.of
                    waiting.append(dependency.of.id)
        return list(found.values())

    def cycle(self, dependency: Dependency) -> list[Resource]:
        """What one waits for in turn until that waits for it, itself last; empty where it does not come back."""
        if dependency.by_expression:
            return []
        chains = [[resource] for resource in self._inventory.get(dependency.on)]
        seen = {dependency.on}
        while chains:
            chain = chains.pop(0)
            if chain[-1].id == dependency.of.id:
                return chain
            for further in dependencies_of(chain[-1]):
                if not further.by_expression and further.on not in seen:
                    seen.add(further.on)
                    chains += [[*chain, resource] for resource in self._inventory.get(further.on)]
        return []

    def held_back(self, sync: Resource, seen: frozenset[ResourceId] = frozenset()) -> str:
        """What a Flux `Kustomization` waits for in vain, and why: `infra, which is suspended`; empty where nothing."""
        for dependency in dependencies_of(sync):
            if chain := self.cycle(dependency):
                return "itself" if len(chain) == 1 else f"{dependency.on.name}, which depends on it in turn"
            if why := self.obstacle(dependency, seen):
                return f"{dependency.on.name}, {why}"
        return ""

    def obstacle(self, dependency: Dependency, seen: frozenset[ResourceId] = frozenset()) -> str:
        """Why what is depended on does not become ready, as `which …`; empty where it does, or is not there."""
        found = self._inventory.get(dependency.on)
        if len(found) != 1 or dependency.by_expression or dependency.on in seen:
            return ""
        sync = found[0]
        if sync.spec.get("suspend") is True:
            return "which is suspended" if source_of(sync) == source_of(dependency.of) else ""
        if missing := self._missing_file(sync):
            return f"which cannot be built, as {missing} is not there"
        further = self.held_back(sync, seen | {dependency.of.id, dependency.on})
        return f"which depends on {further}" if further else ""

    def _missing_file(self, sync: Resource) -> str:
        """What a kustomization lists that is not in the repository, below the folder of a sync, or that folder."""
        if sync.id not in self._missing:
            is_here = self._is_of_this_repository(sync)
            self._missing[sync.id] = self._find_missing(synced_folder(sync.spec)) if is_here else ""
        return self._missing[sync.id]

    def _find_missing(self, folder: str) -> str:
        inventory, folders = self._inventory, self._inventory.folders
        if ".gitmodules" in inventory.snapshot.blobs:
            return ""  # what lies in other repositories may be there
        if folder and folder not in folders:
            return folder
        kustomizations, waiting = inventory.layout.kustomizations, [folder]
        if not kustomizations.at(folder):
            inner = (dirname(path) for path in inventory.manifests if is_kustomization(path))
            waiting = [each for each in inner if is_within(each, folder)]
        seen: set[str] = set()
        while waiting and len(seen) < _MOST_FOLDERS:
            here = waiting.pop()
            kustomization = kustomizations.at(here) if here not in seen else None
            seen.add(here)
            for entry in kustomization.includes if kustomization else ():
                if entry.target in folders:
                    waiting.append(entry.target)
                elif entry.target and entry.target not in inventory.snapshot.blobs:
                    return entry.target
        return ""

    def _is_of_this_repository(self, sync: Resource) -> bool:
        """Whether it reads from where the sync does that applies it: only then its folder is one of these files."""
        own = self._inventory.layout.sync(sync.path)
        outer = object_of(own, self._inventory) if own else None
        return outer is not None and source_of(outer) == source_of(sync) is not None
