"""Patches and numbers of replicas that are for no object, or that do not say for which: kustomize stops at them."""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.patch_lists import PatchReader
from eksa_lint.model.sync import Sync
from eksa_lint.model.taken_in import Objects
from eksa_lint.rules.checks.kustomization_entries import Misfit
from eksa_lint.syntax import Node

_WITH_REPLICAS: Final = frozenset(("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"))


def unmatched(kustomization: Kustomization, manifests: Manifests, objects: Objects) -> Iterator[Misfit]:
    """The entries that find no object, and those that look for none."""
    reader = PatchReader(kustomization.folder, kustomization.file, kustomization.source, manifests)
    for item in kustomization.items("patches"):
        yield from _patch(item, reader, objects)
    for item in kustomization.items("patchesStrategicMerge"):
        yield from _bodies(item, item, reader, objects)
    for item in kustomization.items("replicas") if "configurations" not in kustomization.value else ():
        yield from _replicas(item, objects)


def unfit_patches(spec: Node, sync: Sync, manifests: Manifests) -> Iterator[Misfit]:
    """The patches of a Flux `Kustomization` that are none; which objects there are is not asked."""
    reader = PatchReader(sync.folder, sync.file, sync.source, manifests)
    for item in spec.items_of("patches"):
        yield from _patch(item, reader, lambda: None)


def _patch(item: Node, reader: PatchReader, objects: Objects) -> Iterator[Misfit]:
    written = [node for name in ("path", "patch") if (node := item.find((name,))) is not None and node.value]
    if item.entries is None:
        return
    if len(written) != 1:
        how = "both a path and a text" if written else "neither a path nor a text"
        yield Misfit(item, f"has a patch with {how}", how)
    else:
        yield from _bodies(item, written[0], reader, objects, targeted=bool(fields.get(item.value, ("target",))))


def _bodies(
    item: Node, written: Node, reader: PatchReader, objects: Objects, *, targeted: bool = False
) -> Iterator[Misfit]:
    """A part of an object must say its kind and name, even where a target says what is meant."""
    for node in reader.bodies(written):
        part = node.value
        if isinstance(part, list):
            if not targeted:
                yield Misfit(item, "has a JSON patch without a target", "no target")
        elif isinstance(part, dict):
            if not (part.get("kind") and isinstance(fields.get(part, ("metadata", "name")), str)):
                yield Misfit(item, "has a patch without a kind and a metadata.name", "no object")
            elif not targeted:
                yield from _part(item, part, objects)


def _part(item: Node, part: dict[str, Any], objects: Objects) -> Iterator[Misfit]:
    known, kind, name = objects(), part["kind"], part["metadata"]["name"]
    if known is not None and not any(each.is_meant_by(part) for each in known):
        is_alike = any(each.kind == kind and name in each.names for each in known)
        other = " of that apiVersion and namespace" if is_alike else ""
        yield Misfit(item, f"patches {kind} {name}, and takes in none{other}", f"{kind} {name}")


def _replicas(item: Node, objects: Objects) -> Iterator[Misfit]:
    name, known = fields.get(item.value, ("name",)), objects()
    if not isinstance(name, str) or known is None:
        return
    if not any(each.kind in _WITH_REPLICAS and name in each.names for each in known):
        what = "Deployment, StatefulSet, ReplicaSet or ReplicationController"
        yield Misfit(item, f"sets the replicas of {name}, and takes in no {what} of that name", name)
