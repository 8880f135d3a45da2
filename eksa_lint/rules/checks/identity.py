"""One identity, several objects; and objects whose identity is not known."""

from collections.abc import Iterator
from dataclasses import replace

from eksa_lint.finding import Consequence, Severity
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.model.sync import Sync
from eksa_lint.model.unknown import is_unknown, why_unknown
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.flux_stops import stops
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import first_of
from eksa_lint.syntax.later import is_filled_in_later


@check("identity")
def duplicate_resources(resource: Resource, context: Context) -> Iterator[Draft]:
    if resource.patch or resource.id.name == resource.path:
        return
    inventory = context.inventory
    same = inventory.get(resource.id)
    if is_unknown(resource.id):  # each Flux `Kustomization` may fill in something else
        same = [other for other in same if other.sync_name == resource.sync_name]
    first = same[0] if same else resource
    if resource.path == first.path and resource.node is first.node:  # told at the second file; equal ones share nodes
        yield from _taken_in_twice(resource, inventory)
        return
    draft = Draft(
        rule="duplicate-resource",
        message=f"{resource.title} (namespace {resource.id.namespace or 'none'}) is also in {first.path}",
        place=resource.place(),
        resource=resource,
        field=resource.path,
        related=(("the other one", first.place()),),
    )
    if (sync := _both_built_by(resource, first, inventory)) is not None:
        yield replace(draft, message=f"{draft.message}: {stops(sync, inventory)}")
    else:  # two builds undo each other, and without Flux both may be meant for other clusters
        severity = Severity.WARNING if resource.id.root else Severity.NOTE
        yield replace(draft, severity=severity, consequence=Consequence.WEAKENS)


def _both_built_by(resource: Resource, other: Resource, inventory: Inventory) -> Sync | None:
    """The sync that stops as it has two objects of one name; to kustomize, another version is another object."""
    from eksa_lint.model.source_ignore import is_left_out_of_source  # noqa: PLC0415 - few names come twice

    syncs = [inventory.way_of(each).applied_by for each in (resource, other)]
    if syncs[0] != syncs[1] or resource.version != other.version:
        return None
    return None if any(is_left_out_of_source(each.path, inventory) for each in (resource, other)) else syncs[0]


def _taken_in_twice(resource: Resource, inventory: Inventory) -> Iterator[Draft]:
    """An object of one file that several kustomizations of one build take in."""
    if len(inventory.layout.kustomizations.chains(resource.path)) == 1:
        return
    sync = inventory.way_of(resource).applied_by
    users = [
        frozenset(one.file for one in way.taken_in_by)
        for way in inventory.layout.way_of_each_chain(resource.path)
        if way.applied_by == sync and any(each.id == resource.id for each in inventory.applied_in(way, resource.path))
    ]
    if sync is not None and len(users) > 1:
        files = sorted(frozenset[str]().union(*users) - users[0].intersection(*users))
        message = f"{resource.title} of {resource.path} is taken in {len(users)} times, by {first_of(files)}"
        message = f"{message}: {stops(sync, inventory)}"
        yield Draft("duplicate-resource", message, resource.place(), resource, field=resource.path)


@check("unknown-identity")
def unknown_identities(resource: Resource, context: Context) -> Iterator[Draft]:
    if resource.patch or not is_unknown(resource.id):
        return

    way = context.inventory.way_of(resource)
    if not way.left_out_by:
        part = "name" if is_filled_in_later(resource.id.name) else "namespace"
        yield Draft(
            rule="object-not-identified",
            message=f"it is not known which object {resource.title} is, {why_unknown(resource.id, way)}",
            place=resource.place(("metadata", part)),
            resource=resource,
        )
