"""New clusters that cannot come into being in the way that they are added: by eksctl anywhere, or through Flux."""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import manager_of, manages_itself
from eksa_lint.model.effective import effective
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at

_RULE: Final = "cluster-creation"
_ENCRYPTION: Final = ("spec", "etcdEncryption")
_MANAGER: Final = ("spec", "managementCluster", "name")
_GITOPS: Final = {"FluxConfig": ("spec",), "GitOpsConfig": ("spec", "flux", "github")}
"""Where the settings stand that eksctl compares, by the kind of the object."""


@check("cluster-creation")
def cluster_creation(change: Change, context: Context) -> Iterator[Draft]:
    cluster = change.after
    if cluster is None or change.event != "added" or cluster.group != EKSA:
        return
    yield from _encryption(cluster)
    if cluster.id.root and context.before is not None:
        yield from _self_managed(cluster, context.before)
    elif not cluster.id.root:
        yield from _gitops(cluster, context.inventory)


def _encryption(cluster: Resource) -> Iterator[Draft]:
    """Sources: pkg/validations/createvalidations; cluster_webhook.go:ValidateCreate, which lets a paused object in."""
    if not fields.get(cluster.value, _ENCRYPTION):
        return
    if not cluster.id.root:
        refusal = "eksctl anywhere refuses it on create"
    elif _annotation(cluster, "paused") == "true":
        return
    else:
        refusal = "the webhook refuses it on create unless the object is paused"
    message = f"{cluster.title} is new and has etcdEncryption, which only an update can add; {refusal}"
    yield draft_at(
        _RULE, cluster, _ENCRYPTION, message, key=True, refused_by=("webhook",) if cluster.id.root else ("cli",)
    )


def _self_managed(cluster: Resource, before: Inventory) -> Iterator[Draft]:
    """A management cluster in what Flux applies already.

    One that comes with a sync root of its own was made by eksctl, which wrote both.
    """
    known = before.layout.syncs.roots
    lifted = "true" in (_annotation(cluster, "paused"), _annotation(cluster, "managed-by-cli"))
    if not manages_itself(cluster) or lifted or cluster.id.root not in known:
        return
    message = (
        f"{cluster.title} is new and manages itself, which the webhook refuses on create unless the object is "
        "paused or managed-by-cli: only eksctl anywhere makes a management cluster"
    )
    yield draft_at(_RULE, cluster, _MANAGER, message, refused_by=("webhook",))


def _gitops(cluster: Resource, inventory: Inventory) -> Iterator[Draft]:
    """Source: pkg/gitops/flux/flux.go:Validations; of a new workload cluster eksctl compares all, defaults included."""
    manager = manager_of(cluster)
    if not manager:
        return
    managers = resolve_reference(inventory, cluster, {"kind": "Cluster", "name": manager})
    own, common = _gitops_of(cluster, inventory), _gitops_of(managers[0], inventory) if len(managers) == 1 else None
    if own is None or common is None or own.kind != common.kind:
        return
    mine, theirs = (_settings(each, manager) for each in (own, common))
    for name in sorted(mine.keys() | theirs.keys()):
        values = mine.get(name), theirs.get(name)
        if values[0] != values[1]:
            path = (*_GITOPS[own.kind], name)
            words = " and ".join(value if isinstance(value, str) else "another" for value in values)
            yield draft_at(
                _RULE,
                own,
                path,
                f"{cluster.title} is new and its {own.title} differs from {common.title} of the management cluster "
                f"{manager} in {name} ({words}); eksctl anywhere wants the same",
                values=tuple(map(str, values)),
                refused_by=("cli",),
                related=((f"{name} of {common.title}", common.place(path)),),
            )
            return


def _gitops_of(cluster: Resource, inventory: Inventory) -> Resource | None:
    reference = fields.get(cluster.value, ("spec", "gitOpsRef"))
    found = resolve_reference(inventory, cluster, reference) if isinstance(reference, dict) else []
    return found[0] if len(found) == 1 and found[0].kind in _GITOPS else None


def _settings(config: Resource, manager: str) -> dict[str, Any]:
    """What is compared, with the defaults of fluxconfig.go and gitopsconfig.go."""
    namespace = "systemNamespace" if config.kind == "FluxConfig" else "fluxSystemNamespace"
    defaults = {namespace: "flux-system", "branch": "main", "clusterConfigPath": f"clusters/{manager}"}
    written = fields.get(effective(config), _GITOPS[config.kind])
    return {**defaults, **(written if isinstance(written, dict) else {})}


def _annotation(resource: Resource, name: str) -> Any:
    return fields.get(resource.value, ("metadata", "annotations", f"{EKSA}/{name}"))
