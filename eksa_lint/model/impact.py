"""What a change does to the machines of each cluster, from the table `schemas/tables/update-effects.yaml`.

Follows how EKS Anywhere renders its templates: machines are replaced when the rendered template of their part differs.
The last word has Cluster API.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.affected import clusters_of
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import Cluster, Part, PartKind, cluster_of
from eksa_lint.model.effective import effective
from eksa_lint.model.effects import Cause, Row, causes, concerns
from eksa_lint.model.failure_domains import can_be_followed, domains_of
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import references_of
from eksa_lint.model.resource import EKSA, Resource, ResourceId

_MACHINE_CONFIG: Final = "MachineConfig"

RefusedField: TypeAlias = tuple[ResourceId, str]
"""A field of an object whose change somebody refuses, as it is spelled."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """The machines of one part are replaced, or upgraded in place.

    `instead_of` names the worker group whose place another takes: its machines go whatever differs in the new ones.
    """

    part: Part
    causes: tuple[Cause, ...]
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """What happens to one cluster, which is missing on one side where it is created or gone.

    `changes` are its own and those of the objects that it names, perhaps over others. What is refused does not happen.
    """

    before: Cluster | None
    after: Cluster | None
    changes: tuple[Change, ...]
    rollouts: tuple[Rollout, ...] = ()
    refused: frozenset[RefusedField] = frozenset()

    @property
    def cluster(self) -> Cluster:
        """The cluster as it will be, or as it was where it is gone."""
        cluster = self.after or self.before
        assert cluster is not None  # noqa: S101 - one side is always there
        return cluster

    def refuses(self, resource: Resource, path: Path) -> bool:
        """Whether the change of a field is refused, or of what it is part of, or of a part of it."""
        names = [name for identity, name in self.refused if identity == resource.id]
        if not names:
            return False
        spelled = fields.spell(path, effective(resource), resource.group, resource.kind)
        return any(fields.is_within(spelled, name) or fields.is_within(name, spelled) for name in names)

    def without(self, refused: frozenset[RefusedField]) -> "Impact":
        """The same, where the change of some fields is refused: those replace no machine."""
        if not refused:
            return self
        impact = replace(self, refused=refused)
        left = (
            replace(rollout, causes=tuple(cause for cause in rollout.causes if not impact.refuses_cause(cause)))
            for rollout in self.rollouts
        )
        return replace(impact, rollouts=tuple(rollout for rollout in left if rollout.causes))

    def refuses_cause(self, cause: Cause) -> bool:
        """Whether the field is refused, or the reference to the object that it is of, where that is another one."""
        if self.refuses(cause.after, cause.path):
            return True
        named = [part.path for part in self.cluster.parts if part.config and part.config.id == cause.after.id]
        return cause.before.id != cause.after.id and any(
            self.refuses(self.cluster.resource, (*path, "machineGroupRef")) for path in named
        )


def impacts(changes: Iterable[Change], old: Inventory, new: Inventory) -> Iterator[Impact]:
    """The clusters that a change reaches, in the order of their identities."""
    reaching: dict[ResourceId, list[Change]] = {}
    own: dict[ResourceId, Change] = {}
    for change in changes:
        if change.resource.group == EKSA:
            own[change.resource.id] = change
            for identity in clusters_of(change.resource.id, old if change.after is None else new):
                reaching.setdefault(identity, []).append(change)
    for identity, reached in sorted(reaching.items()):
        change = own.get(identity) or Change(next(iter(old.get(identity)), None), next(iter(new.get(identity)), None))
        before = cluster_of(change.before, old) if change.before else None
        after = cluster_of(change.after, new) if change.after else None
        if before and after:
            yield Impact(before, after, tuple(reached), tuple(_rollouts(before, after, change, reached)))
        elif before or after:
            yield Impact(before, after, tuple(reached))


def _rollouts(before: Cluster, after: Cluster, own: Change, changes: Iterable[Change]) -> Iterator[Rollout]:
    """Control plane machines follow those of etcd, whose addresses they are given."""
    shared = [*causes(own, after.provider), *_of_named(changes, after)]
    found = {part.key: tuple(_of_part(before, after, part, changes, shared)) for part in after.parts if part.machines}
    of_etcd = [cause for (kind, _), causes in found.items() if kind == "etcd" for cause in causes]
    for part in after.parts:
        reasons = found.get(part.key, ())
        if part.kind == "control-plane" and part.machines:
            reasons = (*reasons, *(cause for cause in of_etcd if cause not in reasons))
        if reasons:
            earlier = _earlier(before, after, part)
            is_other = earlier is not None and earlier.key != part.key
            yield Rollout(part, reasons, earlier.name if earlier and is_other else "")


def _of_part(
    before: Cluster, after: Cluster, part: Part, changes: Iterable[Change], shared: Iterable[tuple[Row, Cause]]
) -> Iterator[Cause]:
    """Why the machines of one part are replaced; a part that was not there has none."""
    earlier = _earlier(before, after, part)
    if earlier is None:
        return
    staying = {*domains_of(before, earlier)} & {*domains_of(after, part)}
    can_follow = all(map(can_be_followed, staying))
    yield from (
        cause
        for row, cause in shared
        if concerns(row, cause, after, part) and (can_follow or "members" not in row["rolls"])
    )
    yield from _of_version(before, after, earlier, part)
    if can_follow:
        yield from _of_config(earlier, part, changes, after)


def _earlier(before: Cluster, after: Cluster, part: Part) -> Part | None:
    """The part as it was; of the one worker group that comes while one goes, the one that goes."""
    same = before.part(part.key)
    if same is not None or part.kind != "worker-group":
        return same
    gone, come = _only_in(before, after, part.kind), _only_in(after, before, part.kind)
    return gone[0] if len(gone) == len(come) == 1 else None


def _only_in(cluster: Cluster, other: Cluster, kind: PartKind) -> list[Part]:
    return [part for part in cluster.parts if part.kind == kind and other.part(part.key) is None]


def _of_named(changes: Iterable[Change], after: Cluster) -> Iterator[tuple[Row, Cause]]:
    """What differs in the objects that the cluster as a whole names: its datacenter and its identity providers."""
    named = {reference.target for reference in references_of(after.resource)}
    for change in changes:
        if change.resource.id in named and not change.resource.kind.endswith(_MACHINE_CONFIG):
            yield from causes(change, after.provider)


def _of_version(before: Cluster, after: Cluster, earlier: Part, part: Part) -> Iterator[Cause]:
    """A group runs its own version, else that of the cluster; external etcd follows the bundle and is left out."""
    if part.kind != "etcd" and earlier.version and part.version and earlier.version != part.version:
        own = (*part.path, "kubernetesVersion")
        is_own = any(
            fields.get(cluster.value, (*side.path, "kubernetesVersion")) is not None
            for cluster, side in ((before, earlier), (after, part))
        )
        path = own if is_own else ("spec", "kubernetesVersion")
        field = fields.pattern_of(path)
        yield Cause(before.resource, after.resource, path, earlier.version, part.version, field)


def _of_config(earlier: Part, part: Part, changes: Iterable[Change], after: Cluster) -> Iterator[Cause]:
    """What differs between the machine config that the part named and the one it names, and in what that one names."""
    if earlier.config is None or part.config is None or earlier.config.kind != part.config.kind:
        return
    reaching = {part.config.id, *(reference.target for reference in references_of(part.config))}
    differing = [change for change in changes if change.resource.id in reaching]
    if earlier.config.id != part.config.id:
        differing = [
            Change(earlier.config, part.config),
            *(each for each in differing if each.after is not part.config),
        ]
    for change in differing:
        for row, cause in causes(change, after.provider):
            if concerns(row, cause, after, part):
                yield cause
