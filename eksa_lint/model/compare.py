"""What is different between two inventories: the objects that one of them lacks, and those that differ."""

from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname
from typing import Final, TypeAlias

from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import is_kustomization, is_within_any
from eksa_lint.model.layout import Way
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.model.sync import root_of

Objects: TypeAlias = dict[ResourceId, list[Resource]]

_RENAMED_SHARE: Final = 0.5
"""Of the objects of a root that must stand under the new one for it to be the same root renamed."""


def compare(before: Inventory, after: Inventory) -> list[Change]:
    """The objects that differ. A moved file, the order of documents or keys, and a comment are no change."""
    paths = _paths_to_compare(before, after)
    old, new = _by_identity(before, after, paths), _by_identity(after, before, paths)
    roots = {**_renamed_roots(before, after, old, new), **_roots_of_moved_paths(before, after, paths)}
    old = _under_new_roots(old, roots) if roots else old
    old = _taken_over(old, new)
    broken = {path for path in paths if path in after.manifests and after.manifests.stream(path).broken}
    changes = []
    for identity in [*new, *(identity for identity in old if identity not in new)]:
        for first, second in _pair_resources(old.get(identity, []), new.get(identity, [])):
            if second is None and first is not None and (first.path in broken or _stays(identity, after)):
                continue
            change = Change(first, second)
            if first is None or second is None or change.handed_over or _differ(first, second, change):
                changes.append(change)
    return changes


def _differ(first: Resource, second: Resource, change: Change) -> bool:
    """Whether another object comes of it, or none any more, since something no longer fits it."""
    if {unfit.reason for unfit in second.unfit} - {unfit.reason for unfit in first.unfit}:
        return True
    return not _is_alike(first, second) and bool(change.fields)


def _stays(identity: ResourceId, after: Inventory) -> bool:
    """Whether an object is not removed with its file: Flux stops at a broken one, or another file defines it too."""
    return after.may_hold(identity) or (
        identity.root != "" and any(after.is_applied(other) for other in after.get(identity))
    )


def _paths_to_compare(before: Inventory, after: Inventory) -> list[str]:
    """Files whose bytes differ, and files that now land in another root or namespace though they do not."""
    changed = [
        path
        for path in sorted(before.manifests.keys() | after.manifests.keys())
        if before.manifests.get(path) != after.manifests.get(path)
    ]
    below = _reached_by(changed, before) | _reached_by(changed, after)
    if not below:
        return changed
    same = (path for path in before.manifests if before.manifests[path] == after.manifests.get(path))
    moved = [path for path in same if is_within_any(path, below) and _is_moved(path, before, after)]
    return sorted([*changed, *moved])


def _is_moved(path: str, before: Inventory, after: Inventory) -> bool:
    if before.ways(path) != after.ways(path):
        return True
    return before.ways_of_made(path) != after.ways_of_made(path)


def _reached_by(changed: Iterable[str], inventory: Inventory) -> set[str]:
    """Folders and files whose objects depend on changed kustomizations, patches and Flux objects."""
    kustomizations, starts = inventory.layout.kustomizations, set()
    for path in changed:
        if is_kustomization(path):
            starts.add(dirname(path))
        elif path in inventory.manifests:
            starts |= inventory.layout.syncs.folders_of(path) | inventory.layout.folders_filled_from(path)
        starts.update(kustomization.folder for kustomization in kustomizations.patched_by(path))
        starts |= kustomizations.fed_by(path) if path in inventory.manifests else set()
    return kustomizations.reach(*starts)


def _by_identity(inventory: Inventory, other: Inventory, paths: Iterable[str]) -> Objects:
    """The objects of files that are applied. Of a file that is the same, only what is applied in another way."""
    found: Objects = {}
    for path in paths:
        blob = inventory.manifests.get(path)
        if blob is None:
            continue
        others = other.ways(path) if path in other.manifests else ()
        same = frozenset(others) if other.manifests.get(path) == blob else frozenset()
        for way in inventory.ways(path):
            if way not in same and not _is_left_out(way, others):
                for resource in inventory.applied_in(way, path):
                    if not resource.patch:
                        found.setdefault(resource.id, []).append(resource)
        for resource in inventory.made_by(path):
            found.setdefault(resource.id, []).append(resource)
    return found


def _is_left_out(way: Way, others: tuple[Way, ...]) -> bool:
    """Whether a file is not applied. Where no Flux is seen, what is listed nowhere may still be applied by its name."""
    if not way.left_out_by:
        return False
    return way.sync is not None or any(other.taken_in_by and not other.left_out_by for other in others)


def _renamed_roots(
    before: Inventory,
    after: Inventory,
    old: Objects,
    new: Objects,
) -> dict[str, str]:
    """Roots that are gone and whose objects stand under one that was not there before."""
    gone = {identity.root for identity in old} - after.layout.syncs.roots - {""}
    come = {identity.root for identity in new} - before.layout.syncs.roots - {""}
    renamed = {}
    for root in sorted(gone):
        objects = {identity.within_root for identity in old if identity.root == root}
        for candidate in sorted(come):
            shared = objects & {identity.within_root for identity in new if identity.root == candidate}
            if len(shared) > _RENAMED_SHARE * len(objects):
                renamed[root] = candidate
                come.discard(candidate)
                break
    return renamed


def _taken_over(old: Objects, new: Objects) -> Objects:
    """Objects that no sync applied before stand under the root that takes them over: nobody removes them anywhere.

    It is how EKS Anywhere sets Flux up: the cluster's file is there before the sync is.
    """
    loose = {identity.within_root: identity for identity in old if not identity.root and identity not in new}
    taken: dict[ResourceId, ResourceId] = {}
    for identity in new if loose else ():
        if identity.root and identity not in old and identity.within_root in loose:
            taken.setdefault(loose[identity.within_root], identity)
    return {taken.get(identity, identity): resources for identity, resources in old.items()} if taken else old


def _roots_of_moved_paths(before: Inventory, after: Inventory, paths: Iterable[str]) -> dict[str, str]:
    """Roots whose Flux `Kustomization` is the same one and applies another folder: the same management cluster."""
    renamed = {}
    for path in paths:
        if path in before.manifests and path in after.manifests and before.layout.syncs.folders_of(path):
            later = {sync.namespaced_name: sync for sync in after.layout.syncs.in_file(path)}
            for sync in before.layout.syncs.in_file(path):
                moved = later.get(sync.namespaced_name)
                is_outermost = before.layout.root(path) in ("", root_of(sync.folder))
                if moved and moved.folder != sync.folder and is_outermost:
                    renamed[root_of(sync.folder)] = root_of(moved.folder)
    return renamed


def _under_new_roots(old: Mapping[ResourceId, list[Resource]], roots: Mapping[str, str]) -> Objects:
    moved: Objects = {}
    for identity, resources in old.items():
        root = roots.get(identity.root, identity.root)
        moved.setdefault(identity._replace(root=root), []).extend(resources)
    return moved


def _pair_resources(old: list[Resource], new: list[Resource]) -> Iterator[tuple[Resource | None, Resource | None]]:
    """Where an identity has several resources, those in the same file belong together."""
    left = list(old)
    for resource in new:
        partner = next((other for other in left if other.path == resource.path), left[0] if left else None)
        if partner:
            left.remove(partner)
        yield partner, resource
    for resource in left:
        yield resource, None


def _is_alike(first: Resource, second: Resource) -> bool:
    """Whether both are the same text, which then says the same: only an alias can mean something written elsewhere."""
    if first.applied is second.applied:
        return True
    if first.applied is not first.node or second.applied is not second.node:
        return False
    texts = [resource.source.text[resource.node.start : resource.node.end] for resource in (first, second)]
    return texts[0] == texts[1] and "*" not in texts[0]
