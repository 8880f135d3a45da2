"""Who names whom: the reference fields of `schemas/tables/references.yaml`, followed in both directions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eksa_lint import data
from eksa_lint.finding import Refuser
from eksa_lint.model import fields
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import EKSA, Resource, ResourceId

if TYPE_CHECKING:
    from eksa_lint.model.inventory import Inventory


@dataclass(frozen=True, slots=True)
class Reference:
    """One field of a resource that names another object."""

    path: Path
    target: ResourceId
    refused_by: tuple[Refuser, ...]


def references_of(resource: Resource) -> Iterator[Reference]:
    """The references that a resource holds; one without kind or name names nothing."""
    if resource.group != EKSA or resource.patch:
        return
    for entry in data.table("references").get(resource.kind, ()):
        for path, value in fields.select(resource.value, fields.parse_pattern(entry["field"])):
            target = _target(resource, value, entry.get("kind"))
            if target:
                yield Reference(path, target, tuple(entry["refusedBy"]))


def resolve_reference(inventory: "Inventory", resource: Resource, reference: Any) -> list[Resource]:
    """The resources that a value names, if it is a reference: of the same root and snapshot.

    They are in the namespace of the resource unless it says another.
    """
    target = _target(resource, reference, None)
    return inventory.get(target) if target else []


def referred(inventory: "Inventory", resource: Resource) -> Iterator[Resource]:
    """The resources that a resource names."""
    for reference in references_of(resource):
        yield from inventory.get(reference.target)


def _target(resource: Resource, reference: Any, kind: str | None) -> ResourceId | None:
    if not isinstance(reference, dict):
        return None
    kind = reference.get("kind") or kind
    name = reference.get("name")
    if not isinstance(kind, str) or not isinstance(name, str) or not kind or not name:
        return None
    namespace = reference.get("namespace") or resource.id.namespace
    group = "" if kind == "Secret" else EKSA
    return ResourceId(resource.id.root, group, kind, str(namespace), name)
