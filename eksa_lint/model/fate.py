"""What becomes of a cluster that a change takes out of what is applied.

Source of what EKS Anywhere does: controllers/cluster_controller.go (reconcileDelete), pkg/api/v1alpha1/
cluster_webhook.go (ValidateCreate).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import is_annotated, machines_of, manages_itself, paths_of_parts
from eksa_lint.model.departure import Departure, departure
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.outcome import Outcome
from eksa_lint.model.references import references_of
from eksa_lint.model.resource import Resource


class Fate(StrEnum):
    """What happens to the cluster and its machines."""

    DELETED = "deleted"
    """The object and all machines are deleted."""

    HANGS = "hangs"
    """The object stays in deletion for ever: its machines run on, and nothing reconciles them."""

    ORPHANED = "orphaned"
    """It lives on, and Git has no say in it any more."""

    WAITS = "waits"
    """Flux stops and removes nothing; the cluster is deleted once Flux runs again."""

    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClusterFate:
    """The fate of one cluster.

    `once_pruned` is what happens when Flux comes to delete the object: the same, unless it waits or stays. `reason`
    says in half a sentence why it is not simply deleted. `machines` is how many it has, with an autoscaler the most it
    may have; 0 where the file does not say. `lost` are the objects it names that go at once with it.
    """

    fate: Fate
    once_pruned: Fate
    departure: Departure
    reason: str
    machines: int
    lost: tuple[Resource, ...] = ()

    @property
    def before(self) -> Resource:
        return self.departure.before

    @property
    def hangs_while_paused(self) -> bool:
        """Whether taking the pause away is what lets the deletion go on, once Flux prunes."""
        return self.once_pruned is Fate.HANGS and not _hangs_for_good(self.before)

    @property
    def successor(self) -> Resource | None:
        """The Cluster that the change adds in its place: under another name, namespace or root."""
        return self.departure.successor


def fates(changes: Sequence[Change], old: Inventory, new: Inventory) -> Iterator[ClusterFate]:
    """The fate of every cluster that is applied before and not after."""
    for change in changes:
        found = fate_of(change, changes, old, new)
        if found is not None:
            yield found


def fate_of(change: Change, changes: Sequence[Change], old: Inventory, new: Inventory) -> ClusterFate | None:
    """The fate of the cluster of a change; None where it is no cluster, or still there."""
    if change.event != "removed" or not change.resource.is_cluster:
        return None
    left = departure(change, changes, old, new)
    if left is None:
        return None
    fate, reason, once_pruned = _fate(left)
    lost = tuple(_lost(left.before, changes)) if fate is Fate.HANGS else ()
    return ClusterFate(fate, once_pruned, left, reason, count_machines(change.old), lost)


def count_machines(cluster: Any) -> int:
    """How many machines the effective value of a cluster asks for, with an autoscaler the most."""
    return sum(machines_of(fields.get(cluster, path)) for _, path in paths_of_parts(cluster))


def _fate(left: Departure) -> tuple[Fate, str, Fate]:
    """The fate, why it is that one, and the fate once Flux prunes."""
    pruned, why = _fate_where_pruned(left.before)
    match left.outcome:
        case Outcome.STAYS:
            return Fate.ORPHANED, left.reason, pruned
        case Outcome.UNKNOWN:
            return Fate.UNKNOWN, left.reason, pruned
        case Outcome.WAITS:
            return Fate.WAITS, left.reason, pruned
    successor = left.successor
    if manages_itself(left.before) and successor is not None and _is_refused(successor, left.before):
        reason = f"the webhook refuses to create {successor.id.name}, which manages itself, and Flux stops there"
        return Fate.WAITS, reason, pruned
    return pruned, why, pruned


def _fate_where_pruned(cluster: Resource) -> tuple[Fate, str]:
    """What the controller does with a cluster that is to be deleted."""
    if _hangs_for_good(cluster):
        return Fate.HANGS, "it manages itself"
    if is_annotated(cluster, "paused") and not is_annotated(cluster, "allow-delete-when-paused"):
        return Fate.HANGS, "it is paused"
    return Fate.DELETED, ""


def _hangs_for_good(cluster: Resource) -> bool:
    return manages_itself(cluster) and not is_annotated(cluster, "managed-by-cli")


def _is_refused(successor: Resource, cluster: Resource) -> bool:
    """Whether the webhook refuses a new management cluster where one is."""
    return (
        successor.id.root == cluster.id.root != ""
        and manages_itself(successor)
        and not (is_annotated(successor, "paused") or is_annotated(successor, "managed-by-cli"))
    )


def _lost(cluster: Resource, changes: Iterable[Change]) -> Iterator[Resource]:
    """The objects that the cluster names and that are removed with it: nothing holds these back."""
    named = {reference.target for reference in references_of(cluster)}
    for change in changes:
        if change.event == "removed" and change.before is not None and change.before.id in named:
            yield change.before
