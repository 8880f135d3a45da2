"""What makes kustomize, and so Flux, stop: nothing of the sync is applied or deleted until it is mended."""

from collections.abc import Iterator
from posixpath import dirname
from typing import Final

from eksa_lint.finding import Place
from eksa_lint.model.changes import Change
from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import KUSTOMIZE, is_kustomization, is_within
from eksa_lint.model.resource import EKSA, Resource, Unfit
from eksa_lint.model.sync import is_sync
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.flux_stops import stops
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import first_of
from eksa_lint.syntax import Node

_RULE: Final = "flux-build-stops"


@check("flux-builds")
def stopped_builds(subject: File | Resource | Change, context: Context) -> Iterator[Draft]:
    if isinstance(subject, Change):
        yield from _still_listed(subject, context)
    elif isinstance(subject, Resource):
        yield from _unfit(subject, context.inventory)
        if is_sync(subject) and subject.spec.get("patches"):
            from eksa_lint.rules.checks.kustomization_builds import stopped_by_patches  # noqa: PLC0415 - few have any

            yield from stopped_by_patches(subject, context)
    elif is_kustomization(subject.path):
        from eksa_lint.rules.checks.kustomization_builds import stopped  # noqa: PLC0415 - a commit changes few

        yield from stopped(subject, context)
    else:
        yield from _file(subject, context)


def _file(file: File, context: Context) -> Iterator[Draft]:
    inventory = context.inventory
    if file.path not in inventory.manifests:
        return
    ways = [way for way in inventory.ways(file.path) if way.applied_by]
    if not ways or ways[0].patch or any(resource.group == EKSA for resource in file.resources):
        return  # a file with a cluster is judged whole by cluster-manifest
    faults = [(document, lack) for document in file.documents if (lack := _lack(document.root))]
    if not faults:
        return
    from eksa_lint.model.source_ignore import is_left_out_of_source  # noqa: PLC0415 - asked for few files

    if not is_left_out_of_source(file.path, inventory):
        for document, lack in faults:
            message = (
                f"a document of {file.path} has no {lack}, so that it is no object: {stops(ways[0].sync, inventory)}"
            )
            yield Draft(_RULE, message, _first(file, document.root), field=f"document {document.index}")


def _lack(node: Node) -> str:
    """What a document lacks to be an object; an empty one is passed over."""
    value = node.value
    if value is None or value == {}:
        return ""
    if not isinstance(value, dict):
        return "kind"
    if str(value.get("apiVersion", "")).startswith(f"{KUSTOMIZE}/"):
        return ""
    for name in ("apiVersion", "kind"):
        if not value.get(name):
            return name
    metadata = value.get("metadata")
    is_list = str(value["kind"]).endswith("List")
    return "" if is_list or (isinstance(metadata, dict) and metadata.get("name")) else "metadata.name"


def _first(file: File, node: Node) -> Place:
    entry = next(iter((node.entries or {}).values()), None)
    return file.place(entry.key_start, entry.key_end) if entry else file.place(node.start, node.end)


def _still_listed(change: Change, context: Context) -> Iterator[Draft]:
    resource, new = change.before, context.inventory
    if resource is None or context.before is None or resource.path in new.manifests:
        return
    from eksa_lint.model.departure import still_listed  # noqa: PLC0415 - few changes remove a file

    way = context.before.way_of(resource)
    if (entry := still_listed(resource, way, new)) is not None:
        place = Place("after", entry.file, entry.source, entry.node.start, entry.node.end)
        message = f"{entry.file} still lists {entry.node.value}, which is removed: {stops(way.sync, new)}"
        yield Draft(_RULE, message, place, field=entry.target)


def _unfit(resource: Resource, inventory: Inventory) -> Iterator[Draft]:
    """What does not fit several objects is told at the first of them."""
    for unfit in resource.unfit:
        if next(_alike(unfit, resource, inventory), resource).id != resource.id:
            continue
        titles = first_of(list(dict.fromkeys(each.title for each in _alike(unfit, resource, inventory))))
        message = f"the {unfit.what} does not fit {titles}: {unfit.reason}; kustomize stops there"
        if unfit.what == "variable":
            message = f"{unfit.reason} in {resource.title}, where text is written $${{…}}: Flux stops there"
        yield Draft(_RULE, f"{message}, and nothing is applied", unfit.place, resource, field=unfit.reason)


def _alike(unfit: Unfit, resource: Resource, inventory: Inventory) -> Iterator[Resource]:
    """The objects of the same file, and of those below where it stands, that the same does not fit."""
    folder = dirname(unfit.place.path)
    for path in inventory.manifests:
        if path == resource.path or is_within(path, folder):
            yield from (each for each in inventory.resources_in(path) if unfit in each.unfit)
