"""Mappings that get in the way of each other: of one identity twice, of one user name, and in the wrong list."""

from collections.abc import Iterator

from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.rules.checks.iam_arn import parse_arn
from eksa_lint.rules.checks.iam_mappings import ROLES, USERS, Mapping
from eksa_lint.rules.checks.iam_scene import Scene
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax.later import is_filled_in_later, known_text


def wrong_list(mapping: Mapping, scene: Scene) -> Iterator[Draft]:
    arn = parse_arn(known_text(mapping.arn)) if mapping.list and scene.is_alive(mapping) else None
    wanted = ROLES if arn is not None and arn.kind == "role" else USERS
    if arn is not None and arn.kind and mapping.list != wanted:
        yield Draft(
            rule="iam-ambiguous-mapping",
            message=f"{mapping.arn} stands in {mapping.list} of {mapping.resource.title} and belongs into {wanted}",
            place=mapping.place(),
            resource=mapping.resource,
            field=mapping.field("arn"),
            values=("list",),
            severity=Severity.WARNING,
        )


def ambiguous(scene: Scene) -> Iterator[Draft]:
    """Mappings of one identity, and of one user name with different groups. What differs from the first is told."""
    first: dict[str, Mapping] = {}
    named: dict[str, Mapping] = {}
    for mapping in scene.mappings:
        if is_filled_in_later(mapping.arn):
            continue
        other = first.setdefault(mapping.key, mapping)
        if other is not mapping:
            yield _twice(mapping, *_clash(mapping, other), other)
            continue
        same_name = named.setdefault(mapping.username, mapping)
        if known_text(mapping.username) and set(same_name.groups) != set(mapping.groups):
            reason = f"is user {mapping.username} as {same_name.arn} is, with other groups: a binding on it serves both"
            yield _twice(mapping, reason, Severity.NOTE, same_name, "username")
        for object_mapping in scene.near.identities.get(mapping.key, ()):
            yield from _elsewhere(mapping, object_mapping)


def _clash(mapping: Mapping, other: Mapping) -> tuple[str, Severity]:
    if mapping.list != other.list:
        return f"is also in {other.list}, which is looked at first", Severity.NOTE
    if mapping.list == USERS and mapping.arn != other.arn:
        return f"and {other.arn} differ in case only: which of them counts is left to chance", Severity.ERROR
    if (mapping.username, set(mapping.groups)) == (other.username, set(other.groups)):
        return "is mapped twice to the same", Severity.NOTE
    lost = f"group{'s' if len(other.groups) > 1 else ''} {', '.join(other.groups)}" if other.groups else other.username
    return f"is mapped twice: only the later mapping counts, and {lost} of the earlier one is lost", Severity.ERROR


def _elsewhere(mapping: Mapping, other: Mapping) -> Iterator[Draft]:
    """The same identity in an IAMIdentityMapping."""
    if not mapping.list and (other.resource.path, other.node.start) >= (mapping.resource.path, mapping.node.start):
        return  # itself, or told at the other one
    # Without Flux nothing says that both files are applied to one cluster.
    is_one_cluster = bool(mapping.resource.id.root)
    if not mapping.list:
        reason = f"is also in {other.resource.title} ({other.resource.path}): which of them counts is left to chance"
        yield _twice(mapping, reason, Severity.ERROR if is_one_cluster else Severity.NOTE, other)
        return
    modes = fields.get(mapping.resource.value, ("spec", "backendMode"))
    if isinstance(modes, list) and "CRD" in modes and "EKSConfigMap" in modes:
        winner = "here" if modes.index("EKSConfigMap") < modes.index("CRD") else "there"
        reason = f"is also in {other.resource.title}: by the order of backendMode only the groups {winner} count"
        yield _twice(mapping, reason, Severity.WARNING if is_one_cluster else Severity.NOTE, other)


def _twice(mapping: Mapping, reason: str, severity: Severity, other: Mapping, field: str = "arn") -> Draft:
    return Draft(
        rule="iam-ambiguous-mapping",
        message=f"{mapping.arn} {reason}",
        place=mapping.place(field),
        resource=mapping.resource,
        field=mapping.field(field),
        values=(other.resource.id.name, other.list, other.arn),
        severity=severity,
        related=(("the other one", other.place(field)),),
    )
