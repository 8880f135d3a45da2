"""Clusters that are gone, told as what they really are: deleted, renamed, moved, or left hanging."""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.finding import Consequence, Place, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft

_CLI_OWNED: Final = "anywhere.eks.amazonaws.com/managed-by-cli"
_GROUPS: Final = fields.parse_pattern("spec.workerNodeGroupConfigurations[*]")


@check("deletions")
def deletions(change: Change, context: Context) -> Iterator[Draft]:
    resource = change.before
    if resource is None or change.event != "removed" or context.before is None:
        return
    successor = _successor(resource, context.changes)
    entry = context.before.layout.entry_for(resource.path) if resource.path in context.inventory.manifests else None
    still_there = entry is not None and context.inventory.context(resource.path).left_out_by != ""
    related: list[tuple[str, Place]] = []
    place, label = resource.place(), ""
    if still_there and entry is not None:
        place = Place("before", entry.file, entry.source, entry.node.start, entry.node.end)
        related.append(("", resource.place()))
        label = f"this entry made Flux apply {resource.title}"
    if successor is not None:
        related.append(("the cluster that is created", successor.place()))
    stays = _stays(resource, context.before)
    machines = _machines(change.old)
    yield Draft(
        rule="cluster-deleted",
        message=f"Cluster {resource.id.name} is no longer applied but stays with {machines}: {stays}"
        if stays
        else _message(resource, machines, successor),
        place=place,
        resource=resource,
        label=label,
        related=tuple(related),
        severity=Severity.WARNING if stays else None,
        consequence=Consequence.WEAKENS if stays else None,
    )


def _stays(resource: Resource, before: Inventory) -> str:
    """Why Flux leaves a cluster alone that is gone from Git; empty where it does not."""
    for name in ("prune", "reconcile"):
        annotation = f"kustomize.toolkit.fluxcd.io/{name}"
        if fields.get(resource.value, ("metadata", "annotations", annotation)) == "disabled":
            return f"its annotation {annotation} is disabled"
    sync = before.layout.sync(resource.path)
    return f"{sync.file} does not prune" if sync and not sync.prunes else ""


def _message(resource: Resource, machines: str, successor: Resource | None) -> str:
    name, old = resource.id.name, resource.id
    if successor is not None and successor.id.name != name:
        return f"EKS Anywhere does not rename: it deletes {name} with {machines} and creates {successor.id.name}"
    if successor is not None and successor.id.root != old.root:
        if not successor.id.root:
            return f"Cluster {name} is no longer in what Flux applies ({old.root}): it is deleted with {machines}"
        return (
            f"Cluster {name} moves from {old.root or 'no root'} to {successor.id.root}: "
            f"it is deleted there with {machines} and created here"
        )
    if successor is not None:
        return (
            f"Cluster {name} moves from namespace {old.namespace} to {successor.id.namespace}: "
            f"both stand for the same machines, so that removing the old one deletes {machines}"
        )
    if _manages_itself(resource):
        return f"Cluster {name} manages itself, so that it hangs in deletion with {machines} and is reconciled no more"
    return f"Cluster {name} is deleted with {machines}"


def _successor(resource: Resource, changes: tuple[Change, ...]) -> Resource | None:
    """The cluster that the change adds in the place of this one, if it is plain which one that is."""
    added = [
        other.after for other in changes if other.event == "added" and other.after and other.after.kind == "Cluster"
    ]
    added = [other for other in added if other.group == resource.group]
    same_name = [other for other in added if other.id.name == resource.id.name]
    same_file = [other for other in added if other.path == resource.path and other.id.root == resource.id.root]
    removed = [other for other in changes if other.event == "removed" and other.resource.kind == "Cluster"]
    if same_name:
        return same_name[0]
    if same_file:
        return same_file[0]
    return added[0] if len(added) == 1 and len(removed) == 1 and added[0].id.root == resource.id.root else None


def _manages_itself(resource: Resource) -> bool:
    annotations = fields.get(resource.value, ("metadata", "annotations", _CLI_OWNED))
    manager = fields.get(resource.value, ("spec", "managementCluster", "name"))
    return manager in (None, "", resource.id.name) and annotations != "true"


def _machines(cluster: Any) -> str:
    """How many machines a cluster has, as a phrase."""
    counts = [
        fields.get(cluster, ("spec", part, "count"))
        for part in ("controlPlaneConfiguration", "externalEtcdConfiguration")
    ]
    for _, group in fields.select(cluster, _GROUPS):
        highest = fields.get(group, ("autoscalingConfiguration", "maxCount"))
        counts.append(highest if highest is not None else fields.get(group, ("count",)))
    total = sum(count for count in counts if isinstance(count, int))
    return "its machine" if total == 1 else f"its {total} machines" if total else "all its machines"
