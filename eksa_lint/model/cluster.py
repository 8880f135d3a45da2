"""A Cluster with what it refers to: the parts that have machines of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import EKSA, Resource

PartKind: TypeAlias = Literal["control-plane", "etcd", "worker-group"]


@dataclass(frozen=True, slots=True)
class Part:
    """The control plane, etcd, or one worker group.

    `machines` is how many it has, with an autoscaler the most it may have. `path` leads to it in the Cluster, `config`
    is its machine config where there is one. `at_once` is how many of them a rollout may take at a time.
    """

    kind: PartKind
    name: str
    machines: int
    autoscaled: bool
    path: Path
    version: str
    in_place: bool
    at_once: int
    config: Resource | None

    @property
    def key(self) -> tuple[PartKind, str]:
        return self.kind, self.name


@dataclass(frozen=True, slots=True)
class Cluster:
    """One Cluster in one state."""

    resource: Resource
    value: dict[str, Any]
    parts: tuple[Part, ...]
    inventory: Inventory = field(repr=False, compare=False)

    @property
    def datacenter(self) -> Resource | None:
        """The datacenter that the cluster names, looked up in the same state."""
        reference = fields.get(self.value, ("spec", "datacenterRef"))
        found = resolve_reference(self.inventory, self.resource, reference) if isinstance(reference, dict) else []
        return found[0] if found else None

    @property
    def name(self) -> str:
        return self.resource.id.name

    @property
    def provider(self) -> str:
        """`VSphere`, `Tinkerbell` …; empty where the datacenter is not named."""
        return str(fields.get(self.value, ("spec", "datacenterRef", "kind")) or "").removesuffix("DatacenterConfig")

    @property
    def is_paused(self) -> bool:
        return bool(fields.get(self.value, ("metadata", "annotations", f"{EKSA}/paused")) == "true")

    def part(self, key: tuple[PartKind, str]) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)


def manager_of(cluster: Resource) -> str:
    """The name of the management cluster of a workload cluster; empty for a cluster that manages itself."""
    manager = fields.get(cluster.value, ("spec", "managementCluster", "name"))
    return "" if manager in (None, "", cluster.id.name) else str(manager)


def manages_itself(cluster: Resource) -> bool:
    return not manager_of(cluster)


def cluster_of(resource: Resource, inventory: Inventory) -> Cluster:
    """The cluster that a resource describes, with what it refers to in the same state."""
    value = effective(resource)
    return Cluster(resource, value, tuple(_parts(resource, value, inventory)), inventory)


def _parts(resource: Resource, value: dict[str, Any], inventory: Inventory) -> Iterator[Part]:
    spec = ("spec",)
    version = str(fields.get(value, (*spec, "kubernetesVersion")) or "")
    for kind, name in (("control-plane", "controlPlaneConfiguration"), ("etcd", "externalEtcdConfiguration")):
        part = fields.get(value, (*spec, name))
        if isinstance(part, dict):
            yield _part(kind, "", part, (*spec, name), version, resource, inventory)  # type: ignore[arg-type]
    groups = fields.get(value, (*spec, "workerNodeGroupConfigurations"))
    for index, group in enumerate(fields.as_list(groups)):
        if isinstance(group, dict):
            path = (*spec, "workerNodeGroupConfigurations", index)
            own = str(group.get("kubernetesVersion") or version)
            yield _part("worker-group", str(group.get("name", "")), group, path, own, resource, inventory)


def _part(  # noqa: PLR0913, PLR0917 - what a part is made of
    kind: PartKind, name: str, value: dict[str, Any], path: Path, version: str, cluster: Resource, inventory: Inventory
) -> Part:
    most = fields.get(value, ("autoscalingConfiguration", "maxCount"))
    count = most if most is not None else value.get("count")
    reference = value.get("machineGroupRef")
    found = resolve_reference(inventory, cluster, reference) if isinstance(reference, dict) else []
    strategy = fields.get(value, ("upgradeRolloutStrategy", "type"))
    return Part(
        kind=kind,
        name=name,
        machines=count if isinstance(count, int) and count > 0 else 0,
        autoscaled=most is not None,
        path=path,
        version=version,
        in_place=strategy == "InPlace",
        at_once=_at_once(value),
        config=found[0] if found else None,
    )


def _at_once(part: dict[str, Any]) -> int:
    """One more machine than there should be, unless a surge and machines that may be missing are given."""
    rolling = fields.get(part, ("upgradeRolloutStrategy", "rollingUpdate"))
    limits = [fields.get(rolling, (name,)) for name in ("maxSurge", "maxUnavailable")]
    return max(sum(limit for limit in limits if isinstance(limit, int)), 1)
