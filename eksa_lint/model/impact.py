"""What a change does to the machines of each cluster, from the table `schemas/tables/update-effects.yaml`.

Follows how EKS Anywhere renders its templates: machines are replaced when the rendered template of their part differs.
The last word has Cluster API.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import Cluster, Part, cluster_of
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import references_of
from eksa_lint.model.resource import EKSA, Resource, ResourceId

_MACHINE_CONFIG: Final = "MachineConfig"


@dataclass(frozen=True, slots=True)
class Cause:
    """A field whose change replaces machines: where it is, both values, and the pattern of all that does the same."""

    before: Resource
    after: Resource
    path: Path
    old: Any
    new: Any
    field: str


@dataclass(frozen=True, slots=True)
class Rollout:
    """The machines of one part are replaced, or upgraded in place."""

    part: Part
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """What happens to one cluster, which is missing on one side where it is created or gone.

    `changes` are its own and those of the objects that it names, perhaps over others.
    """

    before: Cluster | None
    after: Cluster | None
    changes: tuple[Change, ...]
    rollouts: tuple[Rollout, ...] = ()

    @property
    def cluster(self) -> Cluster:
        """The cluster as it will be, or as it was where it is gone."""
        cluster = self.after or self.before
        assert cluster is not None  # noqa: S101 - one side is always there
        return cluster


def impacts(changes: Iterable[Change], old: Inventory, new: Inventory) -> Iterator[Impact]:
    """The clusters that a change reaches, in the order of their identities."""
    reaching: dict[ResourceId, list[Change]] = {}
    own: dict[ResourceId, Change] = {}
    for change in changes:
        if change.resource.group == EKSA:
            own[change.resource.id] = change
            for identity in _clusters(change, old, new):
                reaching.setdefault(identity, []).append(change)
    for identity, reached in sorted(reaching.items()):
        change = own.get(identity) or Change(_first(old.get(identity)), _first(new.get(identity)))
        before = cluster_of(change.before, old) if change.before else None
        after = cluster_of(change.after, new) if change.after else None
        if before and after:
            yield Impact(before, after, tuple(reached), tuple(_rollouts(before, after, reached)))
        elif before or after:
            yield Impact(before, after, tuple(reached))


def _clusters(change: Change, old: Inventory, new: Inventory) -> set[ResourceId]:
    """The cluster that differs, or those that name the object, perhaps over another one."""
    inventory = old if change.after is None else new
    clusters, seen = set(), set()
    waiting = [change.resource.id]
    while waiting:
        identity = waiting.pop()
        if identity in seen:
            continue
        seen.add(identity)
        if identity.kind == "Cluster":
            clusters.add(identity)
        else:
            waiting += (resource.id for resource in inventory.referring(identity))
    return clusters


def _rollouts(before: Cluster, after: Cluster, changes: Iterable[Change]) -> Iterator[Rollout]:
    shared = [*_of_cluster(before, after), *_of_named(changes)]
    for part in after.parts:
        earlier = before.part(part.key)
        if earlier is None or not part.machines:
            continue
        causes = [cause for roles, cause in shared if _concerns(roles, part, cause)]
        causes += _of_version(before, after, earlier, part)
        causes += _of_config(earlier, part, changes)
        if causes:
            yield Rollout(part, tuple(causes))


def _of_cluster(before: Cluster, after: Cluster) -> Iterator[tuple[tuple[str, ...], Cause]]:
    change = Change(before.resource, after.resource)
    for row in data.table("update-effects")["Cluster"]:
        if row.get("provider", after.provider) == after.provider:
            for cause in _causes(row, change):
                yield tuple(row["rolls"]), cause


def _of_named(changes: Iterable[Change]) -> Iterator[tuple[tuple[str, ...], Cause]]:
    """What differs in the objects that the cluster as a whole names: its datacenter and its identity providers."""
    for change in changes:
        if change.resource.kind != "Cluster" and not change.resource.kind.endswith(_MACHINE_CONFIG):
            for row in data.table("update-effects").get(change.resource.kind, ()):
                for cause in _causes(row, change):
                    yield tuple(row["rolls"]), cause


def _of_version(before: Cluster, after: Cluster, earlier: Part, part: Part) -> Iterator[Cause]:
    """A group runs its own version, else that of the cluster; external etcd follows the bundle and is left out."""
    if part.kind != "etcd" and earlier.version and part.version and earlier.version != part.version:
        own = (*part.path, "kubernetesVersion")
        path = own if fields.get(after.value, own) is not None else ("spec", "kubernetesVersion")
        field = fields.pattern_of(path)
        yield Cause(before.resource, after.resource, path, earlier.version, part.version, field)


def _of_config(earlier: Part, part: Part, changes: Iterable[Change]) -> Iterator[Cause]:
    """What differs between the machine config that the part named and the one it names, and in what that one names."""
    if earlier.config is None or part.config is None or earlier.config.kind != part.config.kind:
        return
    below = {reference.target for reference in references_of(part.config)}
    for change in (Change(earlier.config, part.config), *(each for each in changes if each.resource.id in below)):
        for row in data.table("update-effects").get(change.resource.kind, ()):
            if "referrers" in row["rolls"] or part.kind == "worker-group":
                yield from _causes(row, change)


def _causes(row: Mapping[str, str], change: Change) -> Iterator[Cause]:
    """The fields of a row that differ, each item of a list on its own."""
    if change.before is None or change.after is None or not _holds(row, change):
        return
    compare = row.get("compare", "value")
    for difference in change.fields:
        if fields.is_within(fields.pattern_of(difference.path), row["field"]):
            field_path = difference.path[: len(fields.parse_pattern(row["field"]))]
            old, new = (fields.get(value, field_path) for value in (change.old, change.new))
            if _differ(compare, old, new, difference.new):
                yield Cause(change.before, change.after, difference.path, difference.old, difference.new, row["field"])
                return


def _holds(row: Mapping[str, str], change: Change) -> bool:
    """Whether the object before the change has the annotation that a row asks for."""
    annotation = row.get("annotated")
    return annotation is None or bool(fields.get(change.old, ("metadata", "annotations", annotation)))


def _differ(compare: str, old: Any, new: Any, written: Any) -> bool:
    match compare:
        case "written":
            return written not in (None, "", 0, False, [], {})
        case "first":
            return bool(_first(old) != _first(new))
        case "first-user":
            return _rendered_user(old) != _rendered_user(new)
        case _:
            return True


def _first(items: Any) -> Any:
    return items[0] if isinstance(items, list) and items else None


def _rendered_user(users: Any) -> tuple[Any, str]:
    """Only the first user's name and first key are rendered, the key without its comment."""
    user = _first(users)
    keys = fields.get(user, ("sshAuthorizedKeys",))
    return fields.get(user, ("name",)), " ".join(str(_first(keys) or "").split()[:2])


def _concerns(roles: tuple[str, ...], part: Part, cause: Cause) -> bool:
    if part.kind == "worker-group":
        return "workers" in roles or ("group" in roles and cause.path[: len(part.path)] == part.path)
    return part.kind in roles
