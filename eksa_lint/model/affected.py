"""Which files differ, and what a change reaches beyond the objects that differ."""

from collections.abc import Iterable

from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import referred
from eksa_lint.model.resource import EKSA, Resource, ResourceId
from eksa_lint.snapshot import Blob, Snapshot


def changed_files(before: Snapshot, after: Snapshot) -> list[Blob]:
    """The files that hold something new; one that only moved does not, but a copy of one that stays does."""
    moved = {blob.id for path, blob in before.blobs.items() if after.blobs.get(path) != blob}
    return [blob for path, blob in after.blobs.items() if before.blobs.get(path) != blob and blob.id not in moved]


def reached_kustomizations(changes: Iterable[Change], old: Inventory, new: Inventory) -> list[str]:
    """The kustomizations that name what is gone or something else: they may not be built any more."""
    kustomizations = new.layout.kustomizations
    found = {
        later.file
        for change in changes
        if change.before is not None and change.after is None
        for one in old.way_of(change.before).taken_in_by
        if (later := kustomizations.at(one.folder)) is not None
    }
    for path, blob in old.snapshot.blobs.items():
        if path not in new.snapshot.blobs:
            found.update(one.file for one in kustomizations.naming(path))
        elif path in old.manifests and new.snapshot.blobs[path] != blob:
            found.update(one.file for one in kustomizations.patched_by(path))
    return sorted(found)


def count_changed_files(before: Snapshot, after: Snapshot) -> int:
    """How many paths hold something else, or are there on one side only."""
    paths = before.blobs.keys() | after.blobs.keys()
    return sum(before.blobs.get(path) != after.blobs.get(path) for path in paths)


def affected(changes: Iterable[Change], old: Inventory, new: Inventory) -> list[Resource]:
    """The objects that differ, those that they name, named before or are named by, and the patches of changed files."""
    found: dict[tuple[ResourceId, str, int], Resource] = {}

    def add(resources: Iterable[Resource]) -> None:
        for resource in resources:
            found.setdefault((resource.id, resource.path, resource.node.start), resource)

    for change in changes:
        add(new.get(change.resource.id))
        add(new.referring(change.resource.id))
        if change.after is not None:
            add([change.after])
        for side in (change.before, change.after):
            if side is not None:
                add(referred(new, side))
    for path, blob in new.manifests.items():
        if old.manifests.get(path) != blob:
            add(resource for resource in new.resources_in(path) if resource.patch)
    return list(found.values())


def counterparts(resource: Resource, old: Inventory) -> list[Resource]:
    """The same object before the change; for a patch all that stood in its file."""
    return list(old.resources_in(resource.path)) if resource.patch else old.get(resource.id)


def changed_clusters(changes: Iterable[Change], *inventories: Inventory) -> set[ResourceId]:
    """The clusters that differ, or that name an object that does."""
    ours = [change.resource.id for change in changes if change.resource.group == EKSA]
    return {cluster for identity in ours for inventory in inventories for cluster in clusters_of(identity, inventory)}


def clusters_of(identity: ResourceId, inventory: Inventory) -> set[ResourceId]:
    """The cluster that an object is, or those that name it, perhaps over another one."""
    clusters, seen = set(), set()
    waiting = [identity]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        if here.is_cluster:
            clusters.add(here)
        else:
            waiting += (resource.id for resource in inventory.referring(here))
    return clusters
