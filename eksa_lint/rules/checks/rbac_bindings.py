"""Bindings and roles that the API server refuses, or that give nothing though they seem to.

Sources: pkg/apis/rbac/validation (ValidateRoleBindingSubject) and pkg/apis/rbac/v1/evaluation_helpers.go of Kubernetes.
"""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.iam_scene import known_groups
from eksa_lint.rules.checks.rbac_graph import BINDINGS, RBAC, graph_of
from eksa_lint.rules.checks.rbac_rights import names_in_table
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later

_GROUPS: Final = {"User": RBAC, "Group": RBAC, "ServiceAccount": ""}
_FORCE: Final = ("metadata", "annotations", "kustomize.toolkit.fluxcd.io/force")
_NAMELESS: Final = frozenset(("create", "deletecollection"))
"""Verbs whose request names no object, so that a list of names never fits it."""


@check("rbac-refused")
def rbac_refused(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    """What the API server does not take, which stops all that Flux applies with it."""
    if isinstance(subject, Change):
        yield from _moved(subject)
        return
    if subject.patch:
        return
    for path, item in fields.select(subject.value, ("subjects", fields.ANY)):
        kind, group = (fields.get(item, (field,)) for field in ("kind", "apiGroup"))
        wanted = _GROUPS.get(kind) if isinstance(kind, str) else None
        if wanted is not None and isinstance(group, str) and group not in ("", wanted):
            meant = wanted or "the core group, which is empty"
            message = f"subject {_name(item)} of {subject.title} is a {kind} of {group}, and belongs to {meant}"
            yield draft_at("rbac-refused", subject, (*path, "apiGroup"), message)
        if kind == "ServiceAccount" and _lacks_namespace(item, subject, context.inventory):
            message = f"ServiceAccount {_name(item)} of {subject.title} has no namespace, and nothing else gives it one"
            yield draft_at("rbac-refused", subject, (*path, "name"), message)


def _lacks_namespace(item: Any, binding: Resource, inventory: Inventory) -> bool:
    given = fields.get(item, ("namespace",)) or inventory.way(binding.path).namespace
    return binding.kind == "ClusterRoleBinding" and not given


def _moved(change: Change) -> Iterator[Draft]:
    """Another role: the API server keeps the first one for good."""
    if change.before is None or change.after is None:
        return
    old, new = (fields.get(side.value, ("roleRef",)) for side in (change.before, change.after))
    names = [tuple(fields.get(reference, (field,)) for field in ("kind", "name")) for reference in (old, new)]
    force = str(fields.get(change.after.value, _FORCE)).lower()
    if names[0] == names[1] or None in (*names[0], *names[1]) or force in ("enabled", "true"):
        return
    message = (
        f"{change.after.title} turns from {names[0][0]} {names[0][1]} to {names[1][0]} {names[1][1]}, "
        "which the API server refuses: the binding must be deleted first"
    )
    yield draft_at("rbac-refused", change.after, ("roleRef", "name"), message, severity=Severity.WARNING)


@check("rbac-idle")
def rbac_idle(resource: Resource, context: Context) -> Iterator[Draft]:
    """What reads like a grant and is none."""
    if resource.patch:
        return
    if resource.kind in BINDINGS:
        yield from _idle_subjects(resource)
        yield from _dangling(resource, context.inventory)
    for path, rule in fields.select(resource.value, ("rules", fields.ANY)):
        yield from _idle_rule(resource, path, rule)


def _idle_subjects(binding: Resource) -> Iterator[Draft]:
    for path, item in fields.select(binding.value, ("subjects", fields.ANY)):
        name = fields.get(item, ("name",))
        if fields.get(item, ("kind",)) == "User" and isinstance(name, str) and "level" in known_groups().get(name, {}):
            message = f"{binding.title} names a user {name}: that is a group, and nobody logs in under it"
            yield draft_at("rbac-idle", binding, (*path, "kind"), message)


def _dangling(binding: Resource, inventory: Inventory) -> Iterator[Draft]:
    """A Role that is in no file, where others of the namespace are."""
    reference = fields.get(binding.value, ("roleRef",))
    name = fields.get(reference, ("name",))
    if fields.get(reference, ("kind",)) != "Role" or not isinstance(name, str) or is_filled_in_later(name):
        return
    identity = binding.id
    roles = graph_of(inventory, identity.root).roles
    named = ResourceId(identity.root, RBAC, "Role", identity.namespace, name)
    beside = any(role.kind == "Role" and role.namespace == identity.namespace for role in roles)
    if beside and named not in roles and name not in names_in_table("harmless"):
        message = (
            f"{binding.title} names Role {name}, which is in no file of {identity.namespace}: it gives nothing yet"
        )
        yield draft_at("rbac-idle", binding, ("roleRef", "name"), message, severity=Severity.NOTE)


def _idle_rule(role: Resource, path: Path, rule: Any) -> Iterator[Draft]:
    resources, verbs, names = (fields.get(rule, (field,)) for field in ("resources", "verbs", "resourceNames"))
    if not isinstance(resources, list) or not isinstance(verbs, list):
        return
    for index, resource in enumerate(resources):
        if isinstance(resource, str) and resource.endswith("/*"):
            message = f"{resource} of {role.title} is no resource: a star behind a slash stands only for itself"
            yield draft_at("rbac-idle", role, (*path, "resources", index), message, severity=Severity.NOTE)
    idle = [verb for verb in verbs if isinstance(verb, str) and verb in _NAMELESS]
    if names and idle and not any("/" in str(resource) for resource in resources):
        message = f"{role.title} gives nothing by {', '.join(idle)} with resourceNames: such a request names no object"
        yield draft_at("rbac-idle", role, (*path, "verbs", verbs.index(idle[0])), message, severity=Severity.NOTE)


def _name(item: Any) -> str:
    return str(fields.get(item, ("name",)) or "without a name")
