"""One identity, several objects."""

from collections.abc import Iterator

from eksa_lint.finding import Severity
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft


@check("identity")
def duplicate_resources(resource: Resource, context: Context) -> Iterator[Draft]:
    if resource.patch or resource.id.name == resource.path:
        return
    same = context.inventory.get(resource.id)
    if len(same) < 2 or resource.node is same[0].node:  # noqa: PLR2004 - told at the second one
        return
    first = same[0]
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
