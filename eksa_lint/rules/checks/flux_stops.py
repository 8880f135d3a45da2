"""How it is said that Flux, or kustomize, stops at something."""

from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import ResourceId
from eksa_lint.model.sync import FLUX, Sync
from eksa_lint.rules.wording import first_of


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
