"""Workload clusters against the cluster that manages them, and against each other."""

import re
from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.finding import Consequence, Place, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import manager_of
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource, ResourceId
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import known_text

_RELEASE: Final = re.compile(r"v?([0-9]+)\.([0-9]+)\.([0-9]+)(?:[-+].*)?\Z")
_DEVELOPMENT: Final = (0, 19, 0)
"""How development builds call themselves; a management cluster of one takes any version."""

_FIRST_WITH_LICENSE: Final = (0, 22, 0)
_MANAGER: Final = ("spec", "managementCluster", "name")
_VERSION: Final = ("spec", "eksaVersion")
_TOKEN: Final = ("spec", "licenseToken")


@check("workload-clusters")
def workload_clusters(resource: Resource, context: Context) -> Iterator[Draft]:
    """What the controller refuses about a cluster that another one manages."""
    manager = _manager_name(resource)
    if not manager:
        return
    namespace = resource.id.namespace
    managers = context.inventory.get(ResourceId(resource.id.root, EKSA, "Cluster", namespace, manager))
    if managers:
        yield from _managed_manager(resource, managers)
        yield from _newer_than_manager(resource, managers[0])
    yield from _shared_token(resource, context.inventory)


@check("cluster-name")
def cluster_name(change: Change, context: Context) -> Iterator[Draft]:
    """A new workload cluster whose name another one has: both become one object of Cluster API.

    Source: pkg/validations/createvalidations/cluster.go:ValidateClusterNameIsUnique; the objects live in eksa-system.
    """
    cluster = change.resource
    manager = _manager_name(cluster)
    if change.after is None or not manager:
        return
    for other in context.inventory.named(cluster.id.name, cluster.id.root):
        same_name = _is_cluster(other) and other.id.name == cluster.id.name
        if same_name and other.id != cluster.id and _manager_name(other) == manager:
            yield _name_taken(cluster, other, manager)
            return


def _managed_manager(cluster: Resource, managers: list[Resource]) -> Iterator[Draft]:
    """Source: pkg/validations/cluster.go:ValidateManagementClusterName."""
    above = [_manager_name(manager) for manager in managers]
    if all(above):
        message = f"{cluster.title} is managed by {managers[0].id.name}, which {above[0]} manages itself"
        refused = "only a cluster that manages itself can; eksctl anywhere and the controller refuse it"
        related = (f"the manager of {managers[0].id.name}", managers[0].place(_MANAGER))
        yield _draft(cluster, _MANAGER, f"{message}: {refused}", related=related)


def _newer_than_manager(cluster: Resource, manager: Resource) -> Iterator[Draft]:
    """Source: pkg/validations/cluster.go:ValidateManagementEksaVersion. eksctl puts its own release into the file."""
    own, above = _release(cluster), _release(manager)
    if not cluster.id.root or own is None or above is None or "bundlesRef" in cluster.spec:
        return
    if own > above != _DEVELOPMENT:
        versions = [fields.get(each.value, _VERSION) for each in (cluster, manager)]
        message = f"{cluster.title} is to run EKS Anywhere {versions[0]}, newer than that of {manager.id.name}"
        refused = "the controller stops until its management cluster is upgraded"
        related = (f"the version of {manager.id.name}", manager.place(_VERSION))
        yield _draft(cluster, _VERSION, f"{message}, {versions[1]}; {refused}", *versions, related=related)


def _shared_token(cluster: Resource, inventory: Inventory) -> Iterator[Draft]:
    """Source: pkg/validations/extendedversion.go:validateLicenseKeyIsUnique, from v0.22 on and not for Snow."""
    token = known_text(fields.get(cluster.value, _TOKEN))
    if not token or _needs_no_license(cluster):
        return
    for other in inventory.mentioning(token, cluster.id.root):
        same_token = _is_cluster(other) and fields.get(other.value, _TOKEN) == token
        if same_token and other.id.name != cluster.id.name and _is_beside(cluster, other):
            message = f"{cluster.title} has the licenseToken of {other.title}"
            refused = "under extended support the controller takes a token once"
            related = ("the same token", other.place(_TOKEN))
            severity = Severity.WARNING
            yield _draft(cluster, _TOKEN, f"{message}; {refused}", other.id.name, related=related, severity=severity)
            return


def _name_taken(cluster: Resource, other: Resource, manager: str) -> Draft:
    namespaces = f"in namespace {cluster.id.namespace} has the name of one in namespace {other.id.namespace}"
    reason = f"{manager} cannot keep them apart"
    return draft_at(
        "cluster-name-taken",
        cluster,
        ("metadata", "name"),
        f"{cluster.title} {namespaces}: {reason}; eksctl anywhere refuses to create it",
        values=(other.id.namespace,),
        related=(("the other one", other.place(("metadata", "name"))),),
        # Without Flux two management clusters may have one name.
        severity=None if cluster.id.root else Severity.WARNING,
        consequence=Consequence.BREAKS,
    )


def _manager_name(cluster: Resource) -> str:
    """The name of another cluster that manages this one; empty where it manages itself, or nobody knows."""
    return "" if cluster.patch else known_text(manager_of(cluster))


def _is_cluster(resource: Resource) -> bool:
    return resource.is_cluster and not resource.patch


def _is_beside(cluster: Resource, other: Resource) -> bool:
    """Whether one management cluster holds both; below one Flux root that is certain."""
    manager = _manager_name(cluster)
    return bool(cluster.id.root) or manager in (_manager_name(other), other.id.name)


def _needs_no_license(cluster: Resource) -> bool:
    release = _release(cluster)
    provider = fields.get(cluster.value, ("spec", "datacenterRef", "kind"))
    return provider == "SnowDatacenterConfig" or (release is not None and release < _FIRST_WITH_LICENSE)


def _release(cluster: Resource) -> tuple[int, ...] | None:
    written = fields.get(cluster.value, _VERSION)
    match = _RELEASE.match(written) if isinstance(written, str) else None
    return tuple(int(number[:9]) for number in match.groups()) if match else None


def _draft(
    cluster: Resource,
    path: fields.Path,
    message: str,
    *values: Any,
    related: tuple[str, Place],
    severity: Severity | None = None,
) -> Draft:
    texts = tuple(map(str, values))
    return draft_at(
        "workload-cluster-conflict", cluster, path, message, values=texts, related=(related,), severity=severity
    )
