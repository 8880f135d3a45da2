"""Who has which power over a cluster, by all ways that the files show.

AWS identities are followed through their groups and the bindings of the repository to what they may do; beside them
stand the subjects of bindings, the SSH keys of the machines, and whoever can push what Flux applies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from eksa_lint.finding import Place
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource, ResourceId

PrincipalKind: TypeAlias = Literal["aws", "oidc-group", "group", "user", "service-account", "ssh-key", "git"]


class Power(StrEnum):
    """What somebody may do, the most first."""

    ADMIN = "admin"
    """Anything."""
    ROOT = "root"
    """Whatever the machines can do: a shell with sudo."""
    ESCALATES = "escalates"
    """What makes an admin of whoever uses it: Secrets, pods, roles of a critical namespace or of all."""
    WRITES = "writes"
    READS = "reads"
    UNKNOWN = "unknown"
    """What a role allows that is in no file."""
    LOGS_IN = "logs-in"
    """A login, and no right that the files show."""

    @property
    def rank(self) -> int:
        """0 for the most."""
        return list(Power).index(self)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may do something: an AWS identity by its ARN, a key by its fingerprint, a repository by its URL."""

    kind: PrincipalKind
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain by which a power is held, and where it stands."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Access:
    """One power of one principal over one cluster.

    `namespace` is empty where it counts in all of them; `what` completes "may …"; `through` leads from the principal
    to the power, and its last step is what gives it.
    """

    cluster: ResourceId
    principal: Principal
    power: Power
    namespace: str
    what: str
    through: tuple[Step, ...]

    @property
    def key(self) -> tuple[ResourceId, Principal, Power, str]:
        """What makes it the same power in two states, whichever way it is held."""
        return self.cluster, self.principal, self.power, self.namespace

    @property
    def place(self) -> Place:
        return self.through[0].place

    @property
    def sort_key(self) -> tuple[int, str, str, str, str]:
        return self.power.rank, self.principal.kind, self.principal.name, self.namespace, self.what


def clusters_in(inventory: Inventory, name: str = "") -> list[Resource]:
    """The Clusters of a state that Flux applies, or that eksctl can; those of one name where it is given."""
    return [
        resource
        for path in inventory.manifests.holding((name or EKSA).encode("utf-8", "surrogateescape"))
        if not inventory.way(path).left_out_by
        for resource in inventory.resources_in(path)
        if resource.is_cluster and not resource.patch and name in ("", resource.id.name)
    ]


def access_of(inventory: Inventory, cluster: Resource) -> tuple[Access, ...]:
    """Every power over a cluster that the files of one state give, the most powerful first.

    Bindings are those that land in the cluster itself: a management cluster has them beside its own manifest, a
    workload cluster where Flux applies something with its kubeconfig.
    """
    from eksa_lint.rules.access_paths import paths_to  # noqa: PLC0415 - most who import the words need no paths

    unique = {(access.key, access.what): access for access in paths_to(inventory, cluster)}
    return tuple(sorted(unique.values(), key=lambda access: access.sort_key))


def gained(before: Iterable[Access], after: Iterable[Access]) -> Iterator[Access]:
    """What is in the second state and was not in the first; the other way round it is what was lost."""
    known = {access.key for access in before}
    return (access for access in after if access.key not in known)
