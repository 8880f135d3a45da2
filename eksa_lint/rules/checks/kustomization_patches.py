"""Patches and numbers of replicas that are for no object, or that do not say for which: kustomize stops at them."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.patch_lists import PatchReader
from eksa_lint.model.taken_in import Known, TakenIn
from eksa_lint.rules.checks.kustomization_entries import Misfit
from eksa_lint.syntax import Node

_WITH_REPLICAS: Final = frozenset(("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"))


def unmatched(kustomization: Kustomization, inventory: Inventory) -> Iterator[Misfit]:
    """The entries that find no object, and those that look for none."""
    matcher = _Matcher(kustomization, inventory)
    for item in kustomization.items("patches"):
        yield from matcher.patch(item)
    for item in kustomization.items("patchesStrategicMerge"):
        yield from matcher.bodies(item, item)
    for item in kustomization.items("replicas") if "configurations" not in kustomization.value else ():
        yield from matcher.replicas(item)


class _Matcher:
    """One kustomization, and the objects that it takes in, which are only looked for when a patch needs one."""

    def __init__(self, kustomization: Kustomization, inventory: Inventory) -> None:
        self._kustomization = kustomization
        self._manifests = inventory.manifests
        self._at = inventory.layout.kustomizations.at

    @cached_property
    def _objects(self) -> list[Known] | None:
        return TakenIn(self._manifests, self._at).of(self._kustomization)

    def patch(self, item: Node) -> Iterator[Misfit]:
        written = [node for name in ("path", "patch") if (node := item.find((name,))) is not None and node.value]
        if item.entries is None:
            return
        if len(written) != 1:
            how = "both a path and a text" if written else "neither a path nor a text"
            yield Misfit(item, f"has a patch with {how}", how)
        elif not fields.get(item.value, ("target",)):
            yield from self.bodies(item, written[0])

    def bodies(self, item: Node, written: Node) -> Iterator[Misfit]:
        """What a patch without a target is for."""
        one = self._kustomization
        reader = PatchReader(one.folder, one.file, one.source, self._manifests)
        for _, _, node in reader.bodies(written):
            value = node.value
            if isinstance(value, list):
                yield Misfit(item, "has a JSON patch without a target", "no target")
            elif isinstance(value, dict) and value:
                yield from self._part(item, value)

    def _part(self, item: Node, part: dict[str, Any]) -> Iterator[Misfit]:
        kind, name = part.get("kind"), fields.get(part, ("metadata", "name"))
        if not (isinstance(kind, str) and isinstance(name, str) and part.get("apiVersion")):
            yield Misfit(item, "has a patch that names no object and has no target", "no object")
        elif self._objects is not None and not any(known.is_meant_by(part) for known in self._objects):
            same = [known for known in self._objects if known.kind == kind and name in known.names]
            other = " of that apiVersion and namespace" if same else ""
            yield Misfit(item, f"patches {kind} {name}, and takes in none{other}", f"{kind} {name}")

    def replicas(self, item: Node) -> Iterator[Misfit]:
        name, objects = fields.get(item.value, ("name",)), self._objects
        if not isinstance(name, str) or objects is None:
            return
        if not any(known.kind in _WITH_REPLICAS and name in known.names for known in objects):
            what = "Deployment, StatefulSet, ReplicaSet or ReplicationController"
            yield Misfit(item, f"sets the replicas of {name}, and takes in no {what} of that name", name)
