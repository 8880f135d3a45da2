"""The Kubernetes objects of a document."""

from collections.abc import Iterator
from typing import Any

from eksa_lint.model.kustomize import KUSTOMIZE
from eksa_lint.syntax import Node


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
