"""The machine groups of a Cluster and the machine configs that they name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import Resource

_ROLES: Final = (
    ("the control plane", fields.parse_pattern("spec.controlPlaneConfiguration")),
    ("etcd", fields.parse_pattern("spec.externalEtcdConfiguration")),
    ("worker group", fields.parse_pattern("spec.workerNodeGroupConfigurations[*]")),
)
_WORKER: Final = "worker group"


@dataclass(frozen=True, slots=True)
class MachineGroup:
    """The control plane, etcd or one worker group: its place in the Cluster, and its machine config if there is one."""

    role: str
    path: Path
    value: dict[str, Any]
    machine: Resource | None


def machine_groups(inventory: Inventory, cluster: Resource) -> Iterator[MachineGroup]:
    """The machine groups that are written as mappings."""
    for role, pattern in _ROLES:
        for path, value in fields.select(cluster.value, pattern):
            if isinstance(value, dict):
                title = f"{role} {value.get('name', '')}".rstrip() if role == _WORKER else role
                yield MachineGroup(title, path, value, named(inventory, cluster, value.get("machineGroupRef")))


def datacenter(inventory: Inventory, cluster: Resource, kind: str) -> Resource | None:
    """The datacenter object of a Cluster, if it is of that kind."""
    found = named(inventory, cluster, cluster.spec.get("datacenterRef"))
    return found if found is not None and found.kind == kind else None


def named(inventory: Inventory, resource: Resource, reference: Any) -> Resource | None:
    """The object that a reference names."""
    found = resolve_reference(inventory, resource, reference) if isinstance(reference, dict) else []
    return found[0] if found else None
