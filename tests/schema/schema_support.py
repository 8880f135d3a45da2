"""What the schema tests share: resources from text, and where the facts and the corpus are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Files

from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.model.resource import EKSA, Resource, ResourceId
from eksa_lint.rules.checks.schema import schema
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.schema import catalog
from eksa_lint.schema.explain import SchemaError, explain
from eksa_lint.syntax import Node, parse

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared"
JUDGED = {
    "source.toolkit.fluxcd.io": "GitRepository",
    "kustomize.toolkit.fluxcd.io": "Kustomization",
}

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the facts and the corpus are not part of the repository")


def context(eksa_version: str | None = None) -> Context:
    return Context(Inventory(Files({}), Library(), "after"), None, eksa_version)


def resources(data: bytes, path: str = "eksa-cluster.yaml", *, patch: bool = False) -> Iterator[Resource]:
    """The objects of a file that the check is for."""
    stream = parse(data)
    for document in stream.documents:
        for node in _objects(document.root):
            value: Any = node.value
            if not isinstance(value, dict) or not isinstance(value.get("apiVersion"), str):
                continue
            group, _, version = value["apiVersion"].rpartition("/")
            kind = str(value.get("kind"))
            if group != EKSA and JUDGED.get(group) != kind:
                continue
            metadata = value.get("metadata")
            name = str(metadata.get("name", "")) if isinstance(metadata, dict) else ""
            identity = ResourceId("", group, kind, "default", name)
            yield Resource(identity, version, "after", path, stream.source, node, patch)


def _objects(root: Node) -> list[Node]:
    items = root.find(("items",))
    is_list = isinstance(root.value, dict) and root.value.get("kind") == "List"
    return items.items or [] if is_list and items else [root]


def drafts(text: str, eksa_version: str | None = None, *, patch: bool = False) -> list[Draft]:
    found = resources(text.encode(), patch=patch)
    return [draft for resource in found for draft in schema(resource, context(eksa_version))]


def errors(kind: str, body: str, *, release: str | None = None, partial: bool = False) -> list[SchemaError]:
    """What is wrong with an EKS Anywhere object, given all of it but its head."""
    head = f"apiVersion: {EKSA}/v1alpha1\nkind: {kind}\n"
    if "metadata:" not in body:
        head += "metadata: {name: prod}\n"
    value: Any = parse((head + body).encode()).documents[0].root.value
    shape = catalog.find(EKSA, "v1alpha1", kind, release)
    assert shape is not None
    return list(explain(shape, value, partial=partial))
