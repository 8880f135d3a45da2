"""The Kubernetes objects of a document, and what each of them is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eksa_lint import data
from eksa_lint.model.kustomize import KUSTOMIZE
from eksa_lint.model.resource import ResourceId
from eksa_lint.syntax import Node

if TYPE_CHECKING:
    from eksa_lint.model.layout import Way


def objects_of(node: Node) -> Iterator[Node]:
    """The object of a document, or those of a list of objects."""
    value = node.value
    if not isinstance(value, dict):
        return
    kind, version = value.get("kind"), value.get("apiVersion")
    if not isinstance(kind, str) or not isinstance(version, str) or not kind or not version:
        return
    items = node.find(("items",))
    if kind.endswith("List") and items is not None and items.items is not None:
        for item in items.items:
            yield from objects_of(item)
    else:
        yield node


def is_named(value: Any) -> bool:
    """Whether something applies it under a name; other documents are known by their path."""
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    group = value["apiVersion"].rpartition("/")[0]
    return group != KUSTOMIZE and isinstance(name, str | int | float) and name != "" and not _is_kubeconfig(value)


def _is_kubeconfig(value: dict[str, Any]) -> bool:
    return value.get("kind") == "Config" and value.get("apiVersion") == "v1" and "clusters" in value


def identify(value: Any, way: "Way", place: str) -> tuple[ResourceId, str]:
    """What an object is on a way to a cluster, and its version. Without a name it is known by its place."""
    group, _, version = value["apiVersion"].rpartition("/")
    kind = value["kind"]
    if not is_named(value):
        return ResourceId("", group, kind, "", place), version
    metadata = value["metadata"]
    namespace = way.namespace or metadata.get("namespace") or "default"
    name = metadata["name"]
    if is_cluster_scoped(group, kind):
        is_renamed = (group, kind) == ("", "Namespace") and way.namespace is not None
        name, namespace = way.namespace if is_renamed else name, ""
    return ResourceId(way.root, group, kind, str(namespace), str(name)), version


def is_cluster_scoped(group: str, kind: str) -> bool:
    return kind in data.table("cluster-scoped").get(group, ())
