"""One identity, several objects; and objects whose identity is not known."""

from collections.abc import Iterator

from eksa_lint.finding import Severity
from eksa_lint.model.resource import Resource
from eksa_lint.model.unknown import is_unknown, why_unknown
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax.later import is_filled_in_later


@check("identity")
def duplicate_resources(resource: Resource, context: Context) -> Iterator[Draft]:
    if resource.patch or resource.id.name == resource.path:
        return
    same = context.inventory.get(resource.id)
    if is_unknown(resource.id):  # each Flux `Kustomization` may fill in something else
        same = [other for other in same if other.sync_name == resource.sync_name]
    first = same[0] if same else resource
    if resource.path == first.path and resource.node is first.node:  # told at the second one; equal files share nodes
        return
    yield Draft(
        rule="duplicate-resource",
        message=f"{resource.title} (namespace {resource.id.namespace or 'none'}) is also in {first.path}",
        place=resource.place(),
        resource=resource,
        field=resource.path,
        related=(("the other one", first.place()),),
        # Without Flux nothing says that both files are applied to one cluster.
        severity=None if resource.id.root else Severity.NOTE,
    )


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
