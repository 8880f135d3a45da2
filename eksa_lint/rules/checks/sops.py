"""Secrets that SOPS encrypted, below a Flux `Kustomization` that is not told to decrypt them."""

from collections.abc import Iterator

from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.model.sync import Sync, is_sync
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at


@check("sops-decryption")
def not_decrypted(resource: Resource, context: Context) -> Iterator[Draft]:
    """Of all the ways on which the Secret is applied, the first that leaves it encrypted."""
    if resource.node.find(("sops", "mac")) is None:
        return
    for way in context.inventory.ways(resource.path):
        sync = way.applied_by
        if sync is not None and not _decrypts(sync, context.inventory):
            message = (
                f"{resource.title} is encrypted by SOPS, and Kustomization {sync.namespaced_name}, which applies "
                f"it, has no spec.decryption: Flux refuses the Secret, and nothing of "
                f"{sync.folder or 'the repository'} is applied any more"
            )
            yield draft_at("sops-not-decrypted", resource, ("sops",), message, key=True)
            return


def _decrypts(sync: Sync, inventory: Inventory) -> bool:
    """As the `Kustomization` is applied, since a patch may be what gives it the key."""
    applied = [
        resource.spec
        for resource in inventory.resources_in(sync.file)
        if is_sync(resource) and resource.id.name == sync.name
    ]
    return any(spec.get("decryption") for spec in (*applied, sync.spec))
