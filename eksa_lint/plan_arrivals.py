"""When Flux brings a change to the clusters: after the intervals of the source and of the sync, or not for now.

A commit is fetched within the interval of its source and applied at once; where Flux does not hear of it, within the
interval of the `Kustomization`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from eksa_lint.finding import Consequence, Finding
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.dependencies import dependencies_of
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.model.sync import Sync, object_of, source_of
from eksa_lint.plan import Arrival
from eksa_lint.plan_steps import text
from eksa_lint.rules.functions import duration_seconds

Broken: TypeAlias = Mapping[ResourceId, str]
"""The file at which Flux stops, by the `Kustomization` that applies it."""

_STOPPING: Final = frozenset((
    ("duplicate-resource", Consequence.BREAKS),
    ("flux-build-stops", Consequence.BREAKS),
    ("kustomization-invalid", Consequence.BREAKS),
    ("yaml-syntax", Consequence.BREAKS),
    ("duplicate-key", Consequence.REJECTED),
))  # fmt: skip
"""The rules that tell at what Flux stops, where it applies the file, and as what they tell it."""


def arrivals(changes: Iterable[Change], broken: Broken, old: Inventory, new: Inventory) -> Iterator[Arrival]:
    """When what differs arrives, once for each Flux `Kustomization` that is there afterwards."""
    for sync in _syncs(changes, old, new).values():
        says, seconds = _arrival(sync, broken, old, new)
        folder = str(sync.spec.get("path") or "./").removeprefix("./").rstrip("/") or "."
        yield Arrival(text(folder), text(f"{sync.id.namespace}/{sync.id.name}"), text(says), seconds)


def hindrance(sync: Sync | None, broken: Broken, old: Inventory, new: Inventory) -> str:
    """Why Flux applies nothing of a sync for now; empty where it does, or where nothing is known of one."""
    resource = object_of(sync, new) if sync else None
    return _hindrance(resource, broken, old, new) if resource else ""


def broken_syncs(findings: Iterable[Finding], new: Inventory) -> Broken:
    """What a change makes Flux stop at."""
    found: dict[ResourceId, str] = {}
    for finding in findings:
        is_stop = (finding.rule, finding.consequence) in _STOPPING
        if is_stop and finding.side == "after" and finding.path and finding.path in new.manifests:
            way = new.way(finding.path)
            sync = object_of(way.sync, new) if way.sync and not way.left_out_by else None
            if sync is not None:
                found.setdefault(sync.id, finding.path)
    return found


def _syncs(changes: Iterable[Change], old: Inventory, new: Inventory) -> dict[ResourceId, Resource]:
    found: dict[ResourceId, Resource] = {}
    for change in changes:
        side = new if change.after is not None else old
        sync = side.way_of(change.resource).sync
        resource = object_of(sync, side) if sync else None
        if resource is not None and resource.id not in found:
            found.update((each.id, each) for each in new.get(resource.id)[:1])
    return found


def _arrival(sync: Resource, broken: Broken, old: Inventory, new: Inventory) -> tuple[str, int | None]:
    """In words, and the most seconds that it takes, where that is known."""
    if hindrance := _hindrance(sync, broken, old, new):
        return f"not {hindrance}", None
    source = _source(sync, new)
    own = duration_seconds(str(sync.spec.get("interval")))
    fetching = duration_seconds(str(source.spec.get("interval"))) if source else -1
    if own < 0:
        return "when Flux comes to it", None
    if source is None or fetching < 0:
        return f"at most {_in_words(own)} after Flux has the commit", None
    branch = fields.get(source.value, ("spec", "ref", "branch"))
    where = f" to {branch}" if isinstance(branch, str) and branch else ""
    return f"at most {_in_words(own + fetching)} after the push{where}", own + fetching


def _hindrance(sync: Resource, broken: Broken, old: Inventory, new: Inventory) -> str:
    if sync.id in broken:
        return f"until {broken[sync.id]} is mended"
    source = _source(sync, new)
    for one in (sync, source):
        if one is not None and _is_suspended(one, old, new):
            return f"until {one.title} is resumed"
    for dependency in dependencies_of(sync):
        if old.get(dependency.on) and not new.get(dependency.on):
            return f"while {sync.id.name} waits for {dependency.on.name}, which is removed"
    held_back = new.dependencies.held_back(sync)
    return f"while {sync.id.name} waits for {held_back}" if held_back else ""


def _is_suspended(one: Resource, old: Inventory, new: Inventory) -> bool:
    """Whether the commit finds it suspended.

    What suspends or resumes the very sync that applies it, or its source, comes after all else of the commit, or never.
    """
    own = new.layout.sync(one.path)
    outer = object_of(own, new) if own else None
    before = old.get(one.id)
    is_own = outer is not None and (outer.id == one.id or source_of(outer) == one.id)
    return (before[0] if is_own and before else one).spec.get("suspend") is True


def _source(sync: Resource, inventory: Inventory) -> Resource | None:
    identity = source_of(sync)
    found = inventory.get(identity) if identity else []
    return found[0] if len(found) == 1 else None


def _in_words(seconds: int) -> str:
    """`11m`, `1h30m`, `45s`."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
