"""A Cluster with what it refers to: the parts that have machines of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import EKSA, Resource

PartKind: TypeAlias = Literal["control-plane", "etcd", "worker-group"]

_SINGLE_PARTS: Final[tuple[tuple[PartKind, Path], ...]] = (
    ("control-plane", ("spec", "controlPlaneConfiguration")),
    ("etcd", ("spec", "externalEtcdConfiguration")),
)
_WORKER_GROUPS: Final = fields.parse_pattern("spec.workerNodeGroupConfigurations[*]")
_MOST: Final = ("autoscalingConfiguration", "maxCount")


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
        found = resolve_reference(self.inventory, self.resource, fields.get(self.value, ("spec", "datacenterRef")))
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
        return is_annotated(self.resource, "paused")

    def part(self, key: tuple[PartKind, str]) -> Part | None:
        return next((part for part in self.parts if part.key == key), None)


def manager_of(cluster: Resource) -> str:
    """The name of the management cluster of a workload cluster; empty for a cluster that manages itself."""
    manager = fields.get(cluster.value, ("spec", "managementCluster", "name"))
    return "" if manager in (None, "", cluster.id.name) else str(manager)


def manages_itself(cluster: Resource) -> bool:
    return not manager_of(cluster)


def is_annotated(cluster: Resource, name: str) -> bool:
    """Whether an annotation of EKS Anywhere is set, such as `paused`."""
    return bool(fields.get(cluster.value, ("metadata", "annotations", f"{EKSA}/{name}")) == "true")


def cluster_of(resource: Resource, inventory: Inventory) -> Cluster:
    """The cluster that a resource describes, with what it refers to in the same state."""
    value = effective(resource)
    parts = []
    for kind, path in paths_of_parts(value):
        written = fields.get(value, path)
        if isinstance(written, dict):
            configs = resolve_reference(inventory, resource, written.get("machineGroupRef"))
            parts.append(_part(kind, path, value, configs[0] if configs else None))
    return Cluster(resource, value, tuple(parts), inventory)


def paths_of_parts(cluster: Any) -> Iterator[tuple[PartKind, Path]]:
    """Where the parts stand in the effective value of a cluster, whether they are written or not."""
    yield from _SINGLE_PARTS
    for path, _ in fields.select(cluster, _WORKER_GROUPS):
        yield "worker-group", path


def machines_of(part: Any) -> int:
    """How many machines the value of a part asks for, with an autoscaler the most; 0 where it does not say."""
    most = fields.get(part, _MOST)
    count = most if most is not None else fields.get(part, ("count",))
    return count if isinstance(count, int) and count > 0 else 0


def _part(kind: PartKind, path: Path, cluster: dict[str, Any], config: Resource | None) -> Part:
    value: dict[str, Any] = fields.get(cluster, path)
    group = value if kind == "worker-group" else {}  # which alone has a name, and may have a version of its own
    return Part(
        kind=kind,
        name=str(group.get("name", "")),
        machines=machines_of(value),
        autoscaled=fields.get(value, _MOST) is not None,
        path=path,
        version=str(group.get("kubernetesVersion") or fields.get(cluster, ("spec", "kubernetesVersion")) or ""),
        in_place=fields.get(value, ("upgradeRolloutStrategy", "type")) == "InPlace",
        at_once=_at_once(value),
        config=config,
    )


def _at_once(part: dict[str, Any]) -> int:
    """One more machine than there should be, unless a surge and machines that may be missing are given."""
    rolling = fields.get(part, ("upgradeRolloutStrategy", "rollingUpdate"))
    limits = [fields.get(rolling, (name,)) for name in ("maxSurge", "maxUnavailable")]
    return max(sum(limit for limit in limits if isinstance(limit, int)), 1)
