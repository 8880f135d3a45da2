"""What a change will do to each cluster, as it is reported: plain text and numbers, masked, nothing left to look up."""

from dataclasses import dataclass
from enum import StrEnum

from eksa_lint.finding import ResourceName, Side


class Effect(StrEnum):
    """What happens, in the order in which it is told."""

    LOST = "lost"
    CREATED = "created"
    REFUSED = "refused"
    ROLLS = "rolls"
    SCALES = "scales"
    IN_PLACE = "in-place"
    ACCESS = "access"
    WEAKENS = "weakens"
    BREAKS = "breaks"
    NOTHING = "nothing"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        return list(Effect).index(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something happens, and where that is written; without a line where there is no place."""

    text: str
    side: Side = "after"
    path: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens.

    `part` is `control-plane`, `etcd` or `worker-group`, with the `group` by its name, where it happens to machines;
    `machines` is how many are replaced, or how many there are in the end of a scaling from `machines_before`.
    """

    effect: Effect
    says: str
    reasons: tuple[Reason, ...] = ()
    part: str | None = None
    group: str | None = None
    machines: int | None = None
    machines_before: int | None = None


@dataclass(frozen=True, slots=True)
class Machines:
    """The machines of one part of a cluster: with an autoscaler, the most that there may be."""

    part: str
    group: str
    count: int
    autoscaled: bool


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """What happens to one cluster, in order. `stopped` says why nothing of it does, where something is refused."""

    cluster: ResourceName
    provider: str
    manager: str | None
    """The management cluster by its name; None for a cluster that manages itself."""

    machines: tuple[Machines, ...]
    steps: tuple[Step, ...]
    stopped: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happens to the cluster, though its files differ."""
        return all(step.effect is Effect.NOTHING for step in self.steps)


@dataclass(frozen=True, slots=True)
class Arrival:
    """When Flux applies what differs in one folder. `seconds` is the most that it takes after the push, if it does."""

    folder: str
    sync: str
    """Namespace and name of the Flux `Kustomization`."""

    says: str
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`elsewhere` is what happens to what belongs to no single cluster, such as a Flux sync or a role."""

    clusters: tuple[ClusterPlan, ...]
    elsewhere: tuple[Step, ...]
    unchanged: int
    """How many clusters the change does not reach."""

    arrivals: tuple[Arrival, ...] = ()
