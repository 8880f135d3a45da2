"""What Flux does with an object that a `Kustomization` applied and does not apply any more.

Source: fluxcd/kustomize-controller, internal/controller/kustomization_controller.go (reconcile, deleteObjects,
finalizerShouldDeleteResources).
"""

from enum import StrEnum

from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import is_within
from eksa_lint.model.sync import FLUX, Sync, is_sync, object_of, sync_of


class Outcome(StrEnum):
    """What Flux does with the object in the cluster."""

    PRUNED = "pruned"
    STAYS = "stays"
    WAITS = "waits"
    """Flux stops and removes nothing; it prunes once it runs again."""

    UNKNOWN = "unknown"


def outcome_of_sync(
    sync: Sync, old: Inventory, new: Inventory, seen: frozenset[Sync] = frozenset()
) -> tuple[Outcome, str]:
    """What Flux does with an object that a `Kustomization` applied and does not apply any more, and why."""
    if _is_removed(sync, old, new):
        parent = old.layout.sync(sync.file)
        if parent is None and not is_within(sync.file, sync.folder):
            return _outcome_of_removed_sync(sync, old, new, by_parent=True)  # by one that is not in these files
        if parent is None or parent == sync or parent.folder == sync.folder or parent in seen:
            return _outcome_of_removed_sync(sync, old, new)
        above = outcome_of_sync(parent, old, new, seen | {sync})
        return _outcome_of_removed_sync(sync, old, new, by_parent=True) if above[0] is Outcome.PRUNED else above
    if _loses_folder(sync, old, new):
        return Outcome.WAITS, f"{sync.folder} is not there any more, so that Flux stops and removes nothing"
    if not sync.prunes:
        return Outcome.STAYS, f"{sync.file} does not prune"
    if sync.is_suspended:
        return Outcome.WAITS, f"{sync.file} is suspended"
    return _waiting(sync, old, new) or (Outcome.PRUNED, "")


def _waiting(sync: Sync, old: Inventory, new: Inventory) -> tuple[Outcome, str] | None:
    """What a `Kustomization` waits for in vain before it applies or prunes anything."""
    if not sync.spec.get("dependsOn"):
        return None
    from eksa_lint.model.dependencies import dependencies_of  # noqa: PLC0415 - few syncs have any

    before = object_of(sync, old)
    for later in new.get(before.id) if before else ():
        for dependency in dependencies_of(later):
            if old.get(dependency.on) and not new.get(dependency.on):
                return Outcome.WAITS, f"{sync.file} depends on {dependency.on.name}, which is removed"
        if held_back := new.dependencies.held_back(later):
            return Outcome.WAITS, f"{sync.file} depends on {held_back}"
    return None


def _outcome_of_removed_sync(
    sync: Sync, old: Inventory, new: Inventory, *, by_parent: bool = False
) -> tuple[Outcome, str]:
    """What Flux does with all that a `Kustomization` applied when that is removed itself."""
    if not by_parent and _loses_folder(sync, old, new):
        return Outcome.WAITS, f"{sync.folder} is not there any more, so that Flux stops and removes nothing"
    policy = sync.spec.get("deletionPolicy") or "MirrorPrune"
    if sync.is_suspended:
        return Outcome.STAYS, f"{sync.file} is suspended"
    if policy == "Orphan":
        return Outcome.STAYS, f"the deletionPolicy of {sync.file} is Orphan"
    if policy == "MirrorPrune" and not sync.prunes:
        return Outcome.STAYS, f"{sync.file} does not prune"
    return Outcome.PRUNED, ""


def _loses_folder(sync: Sync, old: Inventory, new: Inventory) -> bool:
    """Whether the folder that it applies goes; one that was never there is of another repository."""
    return is_folder_missing(sync.folder, new) and not is_folder_missing(sync.folder, old)


def _is_removed(sync: Sync, old: Inventory, new: Inventory) -> bool:
    """Whether a Flux `Kustomization` is in no file any more; its file may have moved.

    Every management cluster has a `flux-system` of its own, so that one that stood elsewhere before is another.
    """
    for path in new.manifests.holding(sync.name.encode()):
        is_other = path != sync.file and _holds(old, path, sync)
        if not is_other and _holds(new, path, sync):
            return False
    return True


def _holds(inventory: Inventory, path: str, sync: Sync) -> bool:
    """Whether a file has a Flux `Kustomization` of the same namespace and name."""
    if path not in inventory.manifests or f"{FLUX}/v".encode() not in inventory.manifests.content(path):
        return False
    found = (sync_of(path, each.source, each.applied) for each in inventory.resources_in(path) if is_sync(each))
    return any(other is not None and other.namespaced_name == sync.namespaced_name for other in found)


def is_folder_missing(folder: str, new: Inventory) -> bool:
    """Whether a folder that Flux applies holds no file any more; Git knows no empty folders."""
    return bool(folder) and folder not in new.folders
