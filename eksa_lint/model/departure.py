"""What becomes of an object that a change takes out of what Flux applies: how it left, and what Flux does then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from eksa_lint.finding import Place
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import Entry, Kustomization
from eksa_lint.model.layout import Way
from eksa_lint.model.outcome import Outcome, is_folder_missing, outcome_of_sync
from eksa_lint.model.resource import Resource
from eksa_lint.model.sync import FLUX, Sync
from eksa_lint.model.unknown import may_be, why_unknown

_PRUNE: Final = f"{FLUX}/prune"


class Exit(StrEnum):
    """How an object left."""

    GONE = "gone"
    """Its file or document is no longer there, or says another name."""

    LEFT_OUT = "left-out"
    """Its file is there, and a kustomization no longer takes it in."""

    PATCHED = "patched-away"
    RENAMED = "renamed"
    """Its document is there, and kustomize or Flux gives it another name or namespace."""

    NOT_SYNCED = "not-synced"
    """Its file is there, and no Flux `Kustomization` applies it."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One object that is gone from what is applied.

    `place` is what made it leave, where that is something else than the object. `reason` says in half a sentence why
    the outcome is another than being pruned. `sync` applied it, None where no Flux is seen.
    """

    before: Resource
    exit: Exit
    outcome: Outcome
    reason: str = ""
    place: Place | None = None
    sync: Sync | None = None
    successor: Resource | None = None
    """The object that the change adds in its place, if it is plain which one that is."""


def departure(change: Change, changes: Sequence[Change], old: Inventory, new: Inventory) -> Departure | None:
    """What becomes of the object of a change; None where it is still there."""
    resource = change.before
    if resource is None or change.after is not None:
        return None
    way = old.way_of(resource)
    how, place = _exit(resource, way, new)
    outcome, reason = _renamed_to_unknown(resource, changes, old, new) or _outcome(resource, way, old, new)
    return Departure(resource, how, outcome, reason, place, way.sync, _successor(resource, changes))


def _exit(resource: Resource, way: Way, new: Inventory) -> tuple[Exit, Place | None]:
    """How it left, and the entry, patch or field that did it."""
    if resource.path not in new.manifests:
        return Exit.GONE, None
    ways = new.ways(resource.path)
    if by := new.patched_away(resource.id, resource.path):
        return Exit.PATCHED, by
    dropped = _dropped_entry(resource, way, new)
    if dropped is not None or all(other.left_out_by for other in ways):
        return Exit.LEFT_OUT, dropped
    if way.sync is not None and all(other.sync is None for other in ways):
        return Exit.NOT_SYNCED, None
    present = {_written(other.node.value) for other in new.resources_in(resource.path)}
    return (Exit.RENAMED if _written(resource.node.value) in present else Exit.GONE), None


def _written(value: object) -> tuple[object, ...]:
    """The identity that a document says, whatever is made of it."""
    paths = (("apiVersion",), ("kind",), ("metadata", "namespace"), ("metadata", "name"))
    return tuple(str(fields.get(value, path)) for path in paths)


def _dropped_entry(resource: Resource, way: Way, new: Inventory) -> Place | None:
    """The entry that took the object in and that its kustomization no longer has."""
    for included, kustomization, later in _taken_in(resource, way, new):
        entry = kustomization.entry_for(included)
        if entry is not None and later is not None and later.value and later.entry_for(included) is None:
            return Place("before", entry.file, entry.source, entry.node.start, entry.node.end)
    return None


def _taken_in(
    resource: Resource, way: Way, new: Inventory
) -> Iterator[tuple[str, Kustomization, Kustomization | None]]:
    """What each kustomization on a way takes in, the file of an object first; as it was, and as it is now."""
    included = resource.path
    for kustomization in way.taken_in_by:
        yield included, kustomization, new.layout.kustomizations.at(kustomization.folder)
        included = kustomization.folder


def _renamed_to_unknown(
    resource: Resource, changes: Sequence[Change], old: Inventory, new: Inventory
) -> tuple[Outcome, str] | None:
    """Where something comes that may be the same object, as the name of one of them is still to be filled in."""
    for change in changes:
        other = change.after
        if change.before is None and other is not None and may_be(other.id, resource.id) and other.id != resource.id:
            why = why_unknown(other.id, new.way_of(other))
            why = why or f"as that is an object {why_unknown(resource.id, old.way_of(resource))}"
            return Outcome.UNKNOWN, f"{other.title} may stand for it, {why}"
    return None


def _outcome(resource: Resource, way: Way, old: Inventory, new: Inventory) -> tuple[Outcome, str]:
    """What Flux does with it, and why that is something else than pruning."""
    sync = way.sync
    if sync is None:
        return _unknown(resource, way, new) or (Outcome.PRUNED, "")
    guard = _guard(resource)
    if guard:
        return Outcome.STAYS, f"its {guard} {_PRUNE} is disabled"
    listed = still_listed(resource, way, new)
    if listed is not None:
        return Outcome.WAITS, f"{listed.file} still lists it, so that Flux stops and removes nothing"
    refused = _refused(resource, sync, new)
    if refused is not None:
        return Outcome.WAITS, f"{refused.file} is no kustomization that can be built, so that Flux stops"
    return _unknown(resource, way, new) or outcome_of_sync(sync, old, new)


def _refused(resource: Resource, sync: Sync, new: Inventory) -> Kustomization | None:
    """The kustomization that leaves an object out because it cannot be built.

    Only the file in the folder that Flux applies is read leniently, and then gives nothing.
    """
    for chain in new.layout.kustomizations.chains(resource.path) if resource.path in new.manifests else ():
        found = chain.left_out_by
        if found is not None and found.is_refused(by_flux=found.folder == sync.folder):
            return found
    return None


def _guard(resource: Resource) -> str:
    """What keeps Flux from pruning an object: an annotation or a label; empty where nothing does."""
    for part in ("annotations", "labels"):
        if str(fields.get(resource.value, ("metadata", part, _PRUNE))).lower() == "disabled":
            return part[:-1]
    return ""


def may_not_prune(resource: Resource, sync: Sync) -> bool:
    """Whether a Flux `Kustomization` leaves an object alone that it applied and does not apply any more."""
    return _guard(resource) != "" or not sync.prunes or sync.is_suspended


def still_listed(resource: Resource, way: Way, new: Inventory) -> Entry | None:
    """The entry of a kustomization that lists the file or folder of an object, though that is gone."""
    for included, _, later in _taken_in(resource, way, new):
        if included not in new.snapshot.blobs and is_folder_missing(included, new):
            for entry in later.includes if later else ():
                if entry.target == included:
                    return entry
    return None


def _unknown(resource: Resource, way: Way, new: Inventory) -> tuple[Outcome, str] | None:
    """Where the object may come from a place that is not read."""
    for _, kustomization, later in _taken_in(resource, way, new):
        if later is None:
            continue
        added = set(later.remotes) - set(kustomization.remotes)
        if later.value.get("helmCharts") and not kustomization.value.get("helmCharts"):
            added.add("a Helm chart")
        if added:
            return Outcome.UNKNOWN, f"{kustomization.file} now takes in {min(added)}, which is not read here"
        if later.value.get("transformers") and later.value != kustomization.value:
            for node, reason in new.layout.not_evaluated(later):
                if node.value not in fields.as_list(kustomization.value.get("transformers")):
                    return Outcome.UNKNOWN, f"{reason}, and {kustomization.file} now lists it"
    return None


def _successor(resource: Resource, changes: Sequence[Change]) -> Resource | None:
    """The object of the kind that the change adds in the place of this one, if it is plain which one that is."""
    come = [change.after for change in changes if change.before is None and change.after is not None]
    added = [other for other in come if other.id.group_kind == resource.id.group_kind]
    added = [other for other in added if other.id.root or not resource.id.root]  # what Flux does not apply is not made
    same_name = [other for other in added if other.id.name == resource.id.name]
    same_file = [other for other in added if other.path == resource.path and other.id.root == resource.id.root]
    if same_name:
        return same_name[0]
    if same_file:
        return same_file[0]
    if len(added) != 1 or added[0].id.root != resource.id.root:
        return None
    gone = [change.before for change in changes if change.after is None and change.before is not None]
    removed = [other for other in gone if other.id.group_kind == resource.id.group_kind]
    return added[0] if len(removed) == 1 else None
