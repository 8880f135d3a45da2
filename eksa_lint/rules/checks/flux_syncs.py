"""Flux objects that are gone or apply another folder, and what Flux then does; and those that wait in vain."""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.finding import Consequence, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.dependencies import Dependency, dependencies_of
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import KUSTOMIZE, is_within
from eksa_lint.model.outcome import Outcome, is_folder_missing, outcome_of_sync
from eksa_lint.model.resource import Resource
from eksa_lint.model.sync import FLUX, Sync, is_sync, source_of, sync_of, synced_folder
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import first_of

_RULE: Final = "flux-sync-removed"

_ITSELF: Final = "which is itself"


@check("flux-syncs")
def removed_syncs(change: Change, context: Context) -> Iterator[Draft]:
    resource = change.before
    if resource is None or change.after is not None or context.before is None:
        return
    sync = sync_of(resource.path, resource.source, resource.node)
    if sync is not None:
        yield _removed_sync(resource, sync, context, context.before)
    else:
        yield _removed_source(resource, context.inventory)


def _removed_sync(resource: Resource, sync: Sync, context: Context, before: Inventory) -> Draft:
    outcome, reason = outcome_of_sync(sync, before, context.inventory)
    path = sync.spec.get("path") or "./"
    consequence = None
    match outcome:
        case Outcome.STAYS:
            text = f"what it applied stays and no later change arrives ({reason})"
            consequence = Consequence.WEAKENS
        case Outcome.WAITS:
            text = f"{reason}; once it runs again, all that is missing from {path} is deleted"
        case _:
            text = f"Flux deletes all that it applied from {path}{_clusters(sync, context)}"
    return Draft(_RULE, f"{resource.title} is removed: {text}", resource.place(), resource, consequence=consequence)


def _clusters(sync: Sync, context: Context) -> str:
    """The clusters among what goes."""
    names = [
        change.before.id.name
        for change in context.changes
        if change.event == "removed" and change.before is not None
        if change.before.is_cluster and is_within(change.before.path, sync.folder)
    ]
    if not names:
        return ""
    return f", Cluster {first_of(names)} among that"


@check("flux-paths")
def changed_paths(change: Change, context: Context) -> Iterator[Draft]:
    """A `Kustomization` that applies another folder: what is in the old one only."""
    old, new = change.before, change.after
    if old is None or new is None or context.before is None:
        return
    before, after = (sync_of(resource.path, resource.source, resource.applied) for resource in (old, new))
    if before is None or after is None or before.folder == after.folder:
        return
    sides = ((before.folder, context.before), (after.folder, context.inventory))
    is_seen = not any(is_folder_missing(*side) or _reaches_outside(*side) for side in sides)
    lost = _only_there(before, context, context.before) if is_seen else "what is only in the old folder"
    paths = [str(sync.spec.get("path") or "./") for sync in (before, after)]
    effect = f": {lost} {'goes' if before.prunes else 'stays as it is'}" if lost else ", which holds the same objects"
    consequence = None if before.prunes else Consequence.WEAKENS
    yield Draft(
        "flux-path-changed",
        f"{new.title} applies {paths[1]} in place of {paths[0]}{effect}",
        new.place(("spec", "path")),
        new,
        field="spec.path",
        values=tuple(paths),
        severity=Severity.NOTE if not lost else None if before.prunes else Severity.WARNING,
        consequence=consequence if lost else Consequence.STYLE,
        old_place=old.place(("spec", "path")),
    )


def _reaches_outside(folder: str, inventory: Inventory) -> bool:
    """Whether a folder takes in what is not in these files."""
    kustomization = inventory.layout.kustomizations.at(folder)
    return kustomization is not None and (bool(kustomization.value.get("helmCharts")) or bool(kustomization.remotes))


def _only_there(sync: Sync, context: Context, before: Inventory) -> str:
    """What a sync applied and nothing applies any more; empty where that is nothing."""
    gone = [
        change.before.title
        for change in context.changes
        if change.event == "removed" and change.before is not None
        if change.before.group != KUSTOMIZE and before.way_of(change.before).sync == sync
    ]
    return f"what is only in the old folder ({first_of(gone)})" if gone else ""


def _removed_source(resource: Resource, inventory: Inventory) -> Draft:
    readers = [reader.title for reader in _readers(resource, inventory)]
    text = f"{first_of(readers)} can read nothing any more, and no later change arrives"
    return Draft(
        _RULE,
        f"{resource.title} is removed: {text if readers else 'what reads from it gets no later change'}",
        resource.place(),
        resource,
        severity=None if readers else Severity.NOTE,
        consequence=Consequence.BREAKS,
    )


def _readers(source: Resource, inventory: Inventory) -> Iterator[Resource]:
    """The Flux `Kustomization` objects of the same root that read from a source."""
    for resource in inventory.mentioning(source.id.name, source.id.root):
        reference: Any = resource.spec.get("sourceRef")
        if is_sync(resource) and isinstance(reference, dict):
            namespace = fields.get(reference, ("namespace",)) or resource.id.namespace
            wanted = source.kind, source.id.name, source.id.namespace
            if (reference.get("kind"), reference.get("name"), namespace) == wanted:
                yield resource


@check("flux-dependencies")
def waiting_syncs(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    """What a Flux `Kustomization` waits for and never gets. A change is told at those that wait for what it changes."""
    if isinstance(subject, Resource):
        for dependency in dependencies_of(subject):
            yield from _waiting(dependency, context)
        return
    before, inventory = context.before, context.inventory
    if before is not None and inventory.manifests.holding(b"dependsOn"):
        for sync in inventory.dependencies.waiting_for(subject.resource.id):
            for dependency in dependencies_of(sync):
                if not _was_waiting(dependency, before):
                    yield from _waiting(dependency, context)


def _was_waiting(dependency: Dependency, before: Inventory) -> bool:
    found = before.dependencies
    return not before.get(dependency.on) or bool(found.cycle(dependency) or found.obstacle(dependency))


def _waiting(dependency: Dependency, context: Context) -> Iterator[Draft]:
    why, severity = _why_waiting(dependency, context)
    resource = dependency.of
    if why:
        effect = (
            f"nothing of {synced_folder(resource.spec) or 'the repository'} is applied or deleted until that changes"
        )
        yield Draft(
            "flux-dependency",
            f"{resource.title} depends on {'itself' if why == _ITSELF else f'{dependency.on.name}, {why}'}: {effect}",
            resource.place(("spec", "dependsOn", dependency.position, "name")),
            resource,
            field=f"spec.dependsOn[{dependency.on.namespace}/{dependency.on.name}]",
            values=(why,),
            severity=severity,
        )


def _why_waiting(dependency: Dependency, context: Context) -> tuple[str, Severity | None]:
    inventory, before = context.inventory, context.before
    chain = [resource.id.name for resource in inventory.dependencies.cycle(dependency)]
    if len(chain) == 1:
        return _ITSELF, None
    if chain:
        return f"which depends on {', which depends on '.join(chain[1:])}", None
    if inventory.get(dependency.on) or inventory.may_hold(dependency.on) or inventory.may_be_named(dependency.on):
        why = inventory.dependencies.obstacle(dependency)
        return (why, Severity.WARNING) if why else ("", None)
    if before is not None and before.get(dependency.on):
        return "which this change removes", None
    is_whole = dependency.on.root and not _reads_elsewhere(dependency.of, inventory)
    return "which is in no file here", Severity.WARNING if is_whole else Severity.NOTE


def _reads_elsewhere(sync: Resource, inventory: Inventory) -> bool:
    """Whether objects of its management cluster come from other repositories, where what it waits for may be."""
    return any(
        source_of(other) != source_of(sync)
        for other in inventory.mentioning(FLUX, sync.id.root)
        if is_sync(other) and other.id.root == sync.id.root
    )
