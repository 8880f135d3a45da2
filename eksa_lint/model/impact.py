"""What a change does to the machines of each cluster, from the table `schemas/tables/update-effects.yaml`.

Follows how EKS Anywhere renders its templates: machines are replaced when the rendered template of their part differs.
The last word has Cluster API.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import Cluster, Part, cluster_of
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource, ResourceId


@dataclass(frozen=True, slots=True)
class Cause:
    """A field whose change replaces machines: where it is, and both values."""

    before: Resource
    after: Resource
    path: Path
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Rollout:
    """The machines of one part are replaced, or upgraded in place."""

    part: Part
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """What happens to one cluster that is there before and after."""

    before: Cluster
    after: Cluster
    rollouts: tuple[Rollout, ...]


def impacts(changes: Iterable[Change], old: Inventory, new: Inventory) -> Iterator[Impact]:
    """The clusters whose machines a change replaces."""
    changed = {change.resource.id: change for change in changes if change.event == "changed"}
    reached = {**_clusters(changed, new)}
    for identity, after in reached.items():
        before = _before(identity, changed, old)
        if before is not None:
            pair = cluster_of(before, old), cluster_of(after, new)
            rollouts = tuple(_rollouts(*pair, changed))
            if rollouts:
                yield Impact(*pair, rollouts)


def _clusters(changed: Mapping[ResourceId, Change], new: Inventory) -> dict[ResourceId, Resource]:
    """The clusters that differ or that name, perhaps over another object, something that does."""
    found: dict[ResourceId, Resource] = {}
    waiting = [change.after for change in changed.values() if change.after and change.resource.group == EKSA]
    seen = set()
    while waiting:
        resource = waiting.pop()
        if resource.id in seen:
            continue
        seen.add(resource.id)
        if resource.kind == "Cluster":
            found[resource.id] = resource
        else:
            waiting += new.referring(resource.id)
    return dict(sorted(found.items()))


def _before(identity: ResourceId, changed: Mapping[ResourceId, Change], old: Inventory) -> Resource | None:
    if identity in changed:
        return changed[identity].before
    found = old.get(identity)
    return found[0] if found else None


def _rollouts(before: Cluster, after: Cluster, changed: Mapping[ResourceId, Change]) -> Iterator[Rollout]:
    shared = [*_of_cluster(before, after), *_of_datacenter(after, changed)]
    for part in after.parts:
        earlier = before.part(part.key)
        if earlier is None or not part.machines:
            continue
        causes = [cause for roles, cause in shared if _concerns(roles, part, cause)]
        causes += _of_version(before, after, earlier, part)
        causes += _of_config(earlier, part)
        if causes:
            yield Rollout(part, tuple(causes))


def _of_cluster(before: Cluster, after: Cluster) -> Iterator[tuple[tuple[str, ...], Cause]]:
    change = Change(before.resource, after.resource)
    for row in data.table("update-effects")["Cluster"]:
        if row.get("provider", after.provider) == after.provider:
            for cause in _causes(row, change):
                yield tuple(row["rolls"]), cause


def _of_datacenter(after: Cluster, changed: Mapping[ResourceId, Change]) -> Iterator[tuple[tuple[str, ...], Cause]]:
    reference = fields.get(after.value, ("spec", "datacenterRef"))
    for identity, change in changed.items():
        is_named = (identity.kind, identity.name) == (
            fields.get(reference, ("kind",)),
            fields.get(reference, ("name",)),
        )
        if is_named and identity.group == EKSA and identity.root == after.resource.id.root:
            for row in data.table("update-effects").get(identity.kind, ()):
                for cause in _causes(row, change):
                    yield tuple(row["rolls"]), cause


def _of_version(before: Cluster, after: Cluster, earlier: Part, part: Part) -> Iterator[Cause]:
    """A group runs its own version, else that of the cluster; external etcd follows the bundle and is left out."""
    if part.kind != "etcd" and earlier.version and part.version and earlier.version != part.version:
        own = (*part.path, "kubernetesVersion")
        path = own if fields.get(after.value, own) is not None else ("spec", "kubernetesVersion")
        yield Cause(before.resource, after.resource, path, earlier.version, part.version)


def _of_config(earlier: Part, part: Part) -> Iterator[Cause]:
    """What differs between the machine config that the part named and the one it names."""
    if earlier.config is None or part.config is None or earlier.config.kind != part.config.kind:
        return
    for row in data.table("update-effects").get(part.config.kind, ()):
        if "referrers" in row["rolls"] or part.kind == "worker-group":
            yield from _causes(row, Change(earlier.config, part.config))


def _causes(row: Mapping[str, str], change: Change) -> Iterator[Cause]:
    """The fields of a row that differ, each item of a list on its own."""
    if change.before is None or change.after is None:
        return
    compare = row.get("compare", "value")
    for difference in change.fields:
        pattern = fields.pattern_of(difference.path)
        if pattern == row["field"] or pattern.startswith((f"{row['field']}.", f"{row['field']}[")):
            field_path = difference.path[: len(fields.parse_pattern(row["field"]))]
            old, new = (fields.get(value, field_path) for value in (change.old, change.new))
            if _differ(compare, old, new, difference.new):
                yield Cause(change.before, change.after, difference.path, difference.old, difference.new)
                return


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
