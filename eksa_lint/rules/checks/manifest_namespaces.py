"""Identity and GitOps configs whose namespace differs from the Cluster's within the one file that eksctl is given."""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import Reference, references_of
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later

_KINDS: Final = frozenset(("OIDCConfig", "AWSIamConfig", "GitOpsConfig", "FluxConfig"))
"""Datacenter and machine configs are what `namespace-text` and `dangling-reference` look at."""

_NAMESPACE: Final = ("metadata", "namespace")


@check("manifest-namespaces")
def manifest_namespaces(cluster: Resource, context: Context) -> Iterator[Draft]:
    """What validateSameNamespace refuses, which compares the words as they are written (pkg/cluster/validate.go).

    Only for a file that nobody but eksctl applies: from Git an absent namespace has become default by then, and an
    object in another one is not found, whatever the words.
    """
    if cluster.patch or cluster.id.root:
        return
    own = fields.get(cluster.value, _NAMESPACE)
    if cluster.id.namespace != (own or "default") or is_filled_in_later(own):
        return  # kustomize or a template decides
    for reference in references_of(cluster):
        if reference.target.kind in _KINDS:
            named = list(_in_same_file(reference, cluster, context.inventory))
            if named and all(fields.get(other.value, _NAMESPACE) != own for other in named):
                yield _draft(cluster, named[0])


def _in_same_file(reference: Reference, cluster: Resource, inventory: Inventory) -> Iterator[Resource]:
    target = reference.target
    for other in inventory.resources_in(cluster.path):
        named = (other.group, other.kind, other.id.name) == (target.group, target.kind, target.name)
        if named and not is_filled_in_later(fields.get(other.value, _NAMESPACE)):
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


def _says(resource: Resource) -> str:
    written: Any = fields.get(resource.value, _NAMESPACE)
    return f"says namespace {written}" if written else "says no namespace"
