"""Namespaces that eksctl anywhere takes for different ones because they are not written alike in the file it is given.

It compares the words before anything is filled in (pkg/cluster/validate.go:validateSameNamespace). What Flux applies it
never sees: from Git an absent namespace has become default by then, and an object in another one is not found, whatever
the words. Objects in different files are not one manifest.
"""

from collections.abc import Iterator
from typing import Final

from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import Reference, references_of, referred
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later

_NAMESPACE: Final = ("metadata", "namespace")
_NOT_COMPARED: Final = ("NutanixMachineConfig",)
"""pkg/cluster/nutanix.go compares the datacenter only."""

_KINDS: Final = frozenset(("OIDCConfig", "AWSIamConfig", "GitOpsConfig", "FluxConfig"))
"""Those of `manifest-namespaces`; datacenter and machine configs are those of `namespace-text`."""


@check("namespace-text")
def namespace_text(cluster: Resource, context: Context) -> Iterator[Draft]:
    """Objects that live in the Cluster's namespace and do not say so as the Cluster does.

    A warning, because a file whose Flux objects stand in another repository looks just the same. Another namespace is a
    `dangling-reference`.
    """
    if cluster.id.root:
        return
    own = _written(cluster)
    for other in {other.id: other for other in referred(context.inventory, cluster)}.values():
        if other.path != cluster.path or not _is_compared(other.kind):
            continue
        written = _written(other)
        if written != own and not is_filled_in_later(own) and not is_filled_in_later(written):
            yield draft_at(
                "namespace-not-alike",
                other,
                _NAMESPACE,
                f"{other.title} {_says(other)} and {cluster.title} {_says(cluster)}: one namespace in a cluster, "
                "but eksctl anywhere compares the words and stops",
                values=(written, own),
                label=f"{cluster.title} {_says(cluster)}",
            )


def _is_compared(kind: str) -> bool:
    return kind.endswith(("DatacenterConfig", "MachineConfig")) and kind not in _NOT_COMPARED


@check("manifest-namespaces")
def manifest_namespaces(cluster: Resource, context: Context) -> Iterator[Draft]:
    """Identity and GitOps configs whose namespace is not written as the Cluster's."""
    if cluster.patch or cluster.id.root:
        return
    own = _written(cluster)
    if cluster.id.namespace != (own or "default") or is_filled_in_later(own):
        return  # kustomize or a template decides
    for reference in references_of(cluster):
        if reference.target.kind in _KINDS:
            named = list(_in_same_file(reference, cluster, context.inventory))
            if named and all(_written(other) != own for other in named):
                yield _draft(cluster, named[0])


def _in_same_file(reference: Reference, cluster: Resource, inventory: Inventory) -> Iterator[Resource]:
    target = reference.target
    for other in inventory.resources_in(cluster.path):
        named = (other.group, other.kind, other.id.name) == (target.group, target.kind, target.name)
        if named and not is_filled_in_later(_written(other)):
            yield other


def _draft(cluster: Resource, other: Resource) -> Draft:
    same = cluster.id.namespace == other.id.namespace
    message = f"{other.title} {_says(other)} and {cluster.title}, which refers to it, {_says(cluster)}"
    reason = "eksctl anywhere compares the words and stops"
    return draft_at(
        "reference-namespace",
        other,
        _NAMESPACE,
        f"{message}: one namespace from Git, but {reason}" if same else f"{message}: {reason}",
        values=tuple(str(fields.get(each.value, _NAMESPACE)) for each in (other, cluster)),
        # A file whose Flux objects stand in another repository looks just the same.
        severity=Severity.WARNING if same else None,
        related=((f"the namespace of {cluster.title}", cluster.place(_NAMESPACE)),),
    )


def _written(resource: Resource) -> str:
    value = fields.get(resource.value, _NAMESPACE)
    return value if isinstance(value, str) else ""


def _says(resource: Resource) -> str:
    return f"says namespace {_written(resource)}" if _written(resource) else "says no namespace"
