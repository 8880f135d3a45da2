"""Whether an object has the shape that its kind declares: fields, types, values, and the kind itself."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from eksa_lint import data
from eksa_lint.finding import Place, Refuser
from eksa_lint.model import fields
from eksa_lint.model.release import eksa_version_of
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, Repair, Rewrite, in_quotes
from eksa_lint.schema import catalog

if TYPE_CHECKING:  # nearly every object fits, and needs no words
    from eksa_lint.schema.explain import SchemaError

_MADE_BY_RELEASES: Final = "Bundles"
"""Published with every release and never written by hand; its shape is only known for the newest one."""


@check("schema")
def schema(resource: Resource, context: Context) -> Iterator[Draft]:
    """Every error of the object against the schema of its release."""
    for error in _errors(resource, context):
        if not _is_unquoted_version(resource, error):
            yield draft_of(resource, error)


def draft_of(resource: Resource, error: "SchemaError") -> Draft:
    """What is said of one error, at its place."""
    from eksa_lint.schema.wording import field  # noqa: PLC0415 - as above

    return Draft(
        rule=error.rule,
        message=error.message,
        place=_place(resource, error),
        resource=resource,
        field=field(resource.value, error.path),
        values=error.values,
        label=error.label,
        repair=_repair(resource, error),
        secret=_secret(resource, error),
        refused_by=_refused_by(resource, error),
    )


def _refused_by(resource: Resource, error: "SchemaError") -> tuple[Refuser, ...]:
    """Only the API server where eksctl anywhere mends what it reads; else whoever the rule says."""
    mends = _is_filled_in, _is_left_out, _becomes_text
    return ("crd",) if resource.group == EKSA and any(mend(resource, error) for mend in mends) else ()


def _is_filled_in(resource: Resource, error: "SchemaError") -> bool:
    patterns = data.table("eksctl-reading")["filledIn"].get(resource.kind, ())
    return error.rule == "schema-missing-field" and any(
        fields.parse_pattern(pattern) == error.path for pattern in patterns
    )


def _is_left_out(resource: Resource, error: "SchemaError") -> bool:
    patterns = data.table("eksctl-reading")["leftOut"].get(resource.kind, ())
    return fields.pattern_of(error.path) in patterns and fields.get(resource.value, error.path) == ""


def _becomes_text(resource: Resource, error: "SchemaError") -> bool:
    patterns = data.table("eksctl-reading")["notText"].get(resource.kind, ())
    return error.is_scalar_for_text and fields.pattern_of(error.path) not in patterns


def _errors(resource: Resource, context: Context) -> "Iterator[SchemaError]":
    if resource.kind == _MADE_BY_RELEASES:
        return iter(())
    eksa_version = eksa_version_of(resource, context.eksa_version)
    shape = context.imported.get((resource.group, resource.version, resource.kind))
    if shape is None or (resource.group == EKSA and catalog.is_known_release(eksa_version)):
        shape = catalog.find(resource.group, resource.version, resource.kind, eksa_version) or shape
    if shape is not None and shape.accepts(resource.value):
        return iter(())
    from eksa_lint.schema.explain import explain, explain_kind  # noqa: PLC0415 - as above

    if shape is None:
        return explain_kind(resource.group, resource.version, resource.kind, eksa_version)
    return explain(shape, resource.value, partial=resource.patch)


def _repair(resource: Resource, error: "SchemaError") -> Repair | None:
    """None for a Secret, since the lines of a fix are shown before it is made."""
    if error.mend is None or catalog.holds_secrets(resource.group, resource.kind):
        return None
    place = _place(resource, error)
    if not error.mend.name:
        return in_quotes(place)
    return Repair(f"rename it to {error.mend.name}", (Rewrite(place, error.mend.name),))


def _secret(resource: Resource, error: "SchemaError") -> tuple[tuple[int, int], ...]:
    """All of the value in a Secret, of which an excerpt must show nothing."""
    if not catalog.holds_secrets(resource.group, resource.kind):
        return ()
    node = resource.node.find(error.path)
    return ((node.start, node.end),) if node is not None else ()


def _is_unquoted_version(resource: Resource, error: "SchemaError") -> bool:
    """Whether it is what the rule `kubernetes-version-unquoted` reports, which knows what was meant."""
    match error.path:
        case ("spec", "kubernetesVersion") | (
            "spec",
            "workerNodeGroupConfigurations",
            int(),
            "kubernetesVersion",
        ):
            node = resource.node.find(error.path)
            return resource.is_cluster and node is not None and isinstance(node.value, int | float)
    return False


def _place(resource: Resource, error: "SchemaError") -> Place:
    """The field; a missing one by its parent's key, or by the first key of the list item it belongs to."""
    parent = error.path[:-1]
    if error.at_key and parent and isinstance(parent[-1], int) and resource.node.find(error.path) is None:
        item = resource.node.find(parent)
        if item is not None and item.entries:
            return resource.place((*parent, next(iter(item.entries))), key=True)
    return resource.place(error.path, key=error.at_key)
