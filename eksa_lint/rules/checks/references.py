"""References that name nothing, and objects that nothing names."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from eksa_lint.model import fields
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import Reference, references_of
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax.later import is_filled_in_later


@check("references")
def dangling_references(resource: Resource, context: Context) -> Iterator[Draft]:
    for reference in references_of(resource):
        target = reference.target
        if is_filled_in_later(target.name) or context.inventory.get(target) or context.inventory.may_hold(target):
            continue
        if context.inventory.may_be_named(target):
            continue
        where = fields.spell(reference.path, resource.value, resource.group, resource.kind)
        reason = _reason(context.inventory, resource, reference)
        yield Draft(
            rule="dangling-reference",
            message=f"{resource.title} names {target.kind} {target.name}, {reason}",
            place=resource.place((*reference.path, "name")),
            resource=resource,
            field=where,
            values=(target.kind, target.namespace, target.name),
            label=_label(context.inventory, reference),
            refused_by=reference.refused_by,
        )


@check("unused-objects")
def unused_objects(resource: Resource, context: Context) -> Iterator[Draft]:
    """Only beside a Cluster: a file without one may be a part that others include."""
    inventory = context.inventory
    beside = [other for other in inventory.resources_in(resource.path) if other.is_cluster]
    clusters = [other for other in beside if other.id.namespace == resource.id.namespace]
    if resource.patch or not clusters or is_filled_in_later(resource.id.name) or inventory.referring(resource.id):
        return
    yield Draft(
        rule="unused-object",
        message=f"{resource.title} is named by no object, so that it has no effect on {_named(clusters)}",
        place=resource.place(),
        resource=resource,
    )


def _named(clusters: Sequence[Resource]) -> str:
    return clusters[0].title if len(clusters) == 1 else f"the {len(clusters)} Clusters of its file"


def _reason(inventory: Inventory, resource: Resource, reference: Reference) -> str:
    target = reference.target
    same_name = [other for other in inventory.mentioning(target.name, target.root) if other.id.name == target.name]
    for other in same_name:
        if other.kind == target.kind and other.group == target.group:
            return (
                f"which is in namespace {other.id.namespace} ({other.path}); "
                f"it must be in {target.namespace}, as {resource.title} is"
            )
    for other in same_name:
        if other.group == target.group and other.kind != resource.kind:
            return f"but {target.name} is a {other.kind} ({other.path})"
    return f"which is not in {_scope(target.root)}"


def _label(inventory: Inventory, reference: Reference) -> str:
    target = reference.target
    names = {
        other.id.name
        for other in inventory.mentioning(target.kind, target.root)
        if other.kind == target.kind and other.id.namespace == target.namespace
    }
    close = get_close_matches(target.name, sorted(names), n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else ""


def _scope(root: str) -> str:
    return f"what Flux applies from {root}" if root else "these files"
