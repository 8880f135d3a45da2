"""Who builds a kustomization, and how it is said that Flux, or kustomize, stops at something."""

from posixpath import dirname

from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import ResourceId
from eksa_lint.model.sync import FLUX, Sync
from eksa_lint.rules.wording import first_of


def builders(path: str, inventory: Inventory) -> list[Sync]:
    """The syncs that build a kustomization; none where their source leaves the file out."""
    syncs = inventory.layout.syncs_building(dirname(path))
    if not syncs:
        return []
    from eksa_lint.model.source_ignore import is_left_out_of_source  # noqa: PLC0415 - asked for few files

    return [] if is_left_out_of_source(path, inventory) else syncs


def stops(sync: Sync | None, inventory: Inventory) -> str:
    """What stands still, and for whom, where a sync stops; without one kustomize is run by somebody else."""
    if sync is None:
        return "kustomize stops there"
    folder, also = sync.folder or "the repository", _also(sync, inventory)
    return f"Flux stops there, and nothing of {folder} is applied or deleted until that is mended{also}"


def _also(sync: Sync, inventory: Inventory) -> str:
    """What waits for the sync that stops."""
    if not inventory.manifests.holding(b"dependsOn"):
        return ""
    identity = ResourceId(inventory.layout.root(sync.file), FLUX, "Kustomization", sync.namespace, sync.name)
    names = [resource.id.name for resource in inventory.dependencies.waiting_for(identity)]
    if not names:
        return ""
    applies, waits = ("applies", "waits") if len(names) == 1 else ("apply", "wait")
    return f", nor what {first_of(names)} {applies}, which {waits} for {sync.name}"
