"""Bare metal clusters that are scaled by the change that replaces their machines, which there must be two changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint.finding import Place, Refuser
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.fields import Path
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax.later import known_text

_VERSION: Final = ("spec", "kubernetesVersion")
_DATACENTER: Final = ("spec", "datacenterRef")
_CONTROL_PLANE: Final = ("spec", "controlPlaneConfiguration", "count")
_STRATEGY: Final = ("spec", "controlPlaneConfiguration", "upgradeRolloutStrategy", "type")
_GROUPS: Final = ("spec", "workerNodeGroupConfigurations")
_IMAGE: Final = ("spec", "osImageURL")


@dataclass(frozen=True, slots=True)
class _Roll:
    """Why machines are replaced, and who minds when they are scaled as well."""

    reason: str
    refused_by: tuple[Refuser, ...]


@check("tinkerbell-roll-and-scale")
def tinkerbell_roll_and_scale(change: Change, context: Context) -> Iterator[Draft]:
    before, after = change.before, change.after
    kind = fields.get(change.new, (*_DATACENTER, "kind"))
    if before is None or after is None or kind != "TinkerbellDatacenterConfig":
        return
    roll = _roll(change, context)
    if roll is None:
        return
    old, new = (fields.get(value, _CONTROL_PLANE) for value in (change.old, change.new))
    if isinstance(old, int) and isinstance(new, int) and old != new:
        what = f"the control plane of {after.title} goes from {old} to {new} machines"
        yield _draft(after, after.place(_CONTROL_PLANE), _CONTROL_PLANE, what, roll)
    yield from _groups(change, before, after, roll)


def _roll(change: Change, context: Context) -> _Roll | None:
    """The webhook minds the version of the cluster alone; eksctl more, but nothing where the new strategy is InPlace.

    Sources: pkg/api/v1alpha1/cluster_webhook.go; pkg/providers/tinkerbell/upgrade.go.
    """
    old, new = (known_text(fields.get(value, _VERSION)) for value in (change.old, change.new))
    in_place = fields.get(change.new, _STRATEGY) == "InPlace"
    if old and new and old != new:
        by: tuple[Refuser, ...] = ("webhook",) if in_place else ("webhook", "cli")
        return _Roll(f"while the Kubernetes version goes from {old} to {new}", by)
    if in_place or change.resource.id.root:
        return None  # Flux would apply it, and nobody refuses
    for first, second in _pairs(change):
        versions = [fields.get(group, ("kubernetesVersion",)) for group in (first, second)]
        if versions[0] != versions[1]:
            return _Roll(f"while worker group {_name(second)} gets another Kubernetes version", ("cli",))
    images = _images(change, context)
    if len(images) == 2 and images[0] != images[1]:  # noqa: PLR2004 - one a state
        return _Roll("while the osImageURL of the datacenter changes", ("cli",))
    return None


def _images(change: Change, context: Context) -> list[Any]:
    """The image of the datacenter before and after, where both are among the files."""
    images = []
    for inventory, cluster in ((context.before, change.before), (context.inventory, change.after)):
        if inventory is not None and cluster is not None:
            reference = fields.get(cluster.value, _DATACENTER)
            found = resolve_reference(inventory, cluster, reference) if isinstance(reference, dict) else []
            images += [fields.get(each.value, _IMAGE) for each in found[:1]]
    return images


def _pairs(change: Change) -> Iterator[tuple[Any, Any]]:
    """The worker groups that are on both sides."""
    old = {_name(group): group for group in _list(change.old)}
    for group in _list(change.new):
        if _name(group) in old:
            yield old[_name(group)], group


def _groups(change: Change, before: Resource, after: Resource, roll: _Roll) -> Iterator[Draft]:
    old = {_name(group): index for index, group in enumerate(_list(change.old))}
    for index, group in enumerate(_list(change.new)):
        name = _name(group)
        path = (*_GROUPS, index, "count")
        if name not in old:
            what = f"worker group {name} of {after.title} is added"
            yield _draft(after, after.place(path[:-1]), path[:-1], what, roll)
            continue
        counts = fields.get(_list(change.old)[old.pop(name)], ("count",)), fields.get(group, ("count",))
        if all(isinstance(count, int) for count in counts) and counts[0] != counts[1]:
            what = f"worker group {name} of {after.title} goes from {counts[0]} to {counts[1]} machines"
            yield _draft(after, after.place(path), path, what, roll)
    if "webhook" in roll.refused_by:  # eksctl lets a group go
        webhook_only = _Roll(roll.reason, ("webhook",))
        for name, index in old.items():
            where = (*_GROUPS, index)
            what = f"worker group {name} of {after.title} is removed"
            yield _draft(after, before.place(where), where, what, webhook_only)


def _draft(cluster: Resource, place: Place, path: Path, what: str, roll: _Roll) -> Draft:
    who = "the webhook" if "webhook" in roll.refused_by else "eksctl anywhere upgrade"
    return Draft(
        rule="tinkerbell-roll-and-scale",
        message=f"{what} {roll.reason}; on bare metal {who} refuses both in one change",
        place=place,
        resource=cluster,
        field=fields.spell(path, cluster.value, cluster.group, cluster.kind),
        values=(what, roll.reason),
        label="scale in another change",
        refused_by=roll.refused_by,
    )


def _name(group: Any) -> str:
    return str(fields.get(group, ("name",)) or "")


def _list(cluster: Any) -> list[Any]:
    return fields.as_list(fields.get(cluster, _GROUPS))
