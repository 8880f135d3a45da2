"""Namespaces that eksctl anywhere takes for different ones because they are not written alike."""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.references import referred
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later

_NAMESPACE: Final = ("metadata", "namespace")
_NOT_COMPARED: Final = ("NutanixMachineConfig",)
"""pkg/cluster/nutanix.go compares the datacenter only. Identity providers and GitOps are `manifest-namespaces`."""


@check("namespace-text")
def namespace_text(cluster: Resource, context: Context) -> Iterator[Draft]:
    """Objects of one manifest that live in the Cluster's namespace and do not say so as the Cluster does.

    The CLI compares the words before anything is filled in (pkg/cluster/validate.go:validateSameNamespace). What Flux
    applies it never sees, and objects in different files are not one manifest. A warning, because a file whose Flux
    objects stand in another repository looks just the same. Another namespace is a `dangling-reference`.
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
                f"{other.title} {_says(written)} and {cluster.title} {_says(own)}: one namespace in a cluster, "
                "but eksctl anywhere compares the words and stops",
                values=(written, own),
                label=f"{cluster.title} {_says(own)}",
            )


def _is_compared(kind: str) -> bool:
    return kind.endswith(("DatacenterConfig", "MachineConfig")) and kind not in _NOT_COMPARED


def _written(resource: Resource) -> str:
    value: Any = fields.get(resource.value, _NAMESPACE)
    return value if isinstance(value, str) else ""


def _says(namespace: str) -> str:
    return f"says namespace {namespace}" if namespace else "says no namespace"
