"""Who may do what where: Roles and bindings, weighed by `schemas/tables/critical-namespaces.yaml`.

A *grant* is one subject of one binding with the role that it is given. It is told at the subject when the
binding brings it, and at the rule of the role when a role that was bound before opens more.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TypeAlias

from eksa_lint.finding import Place, Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.rbac_graph import (
    BINDINGS,
    Grant,
    Subject,
    Surroundings,
    grants_of,
    graph_of,
    new_grants,
    role_of,
    standing_grants,
)
from eksa_lint.rules.checks.rbac_rights import (
    Critical,
    Reach,
    Role,
    gained_rules,
    gives_in_words,
    in_words,
    names_in_table,
    rbac_table,
    reach_of,
    telling_path,
)
from eksa_lint.rules.checks.rbac_weights import (
    Weighed,
    Who,
    is_superuser,
    is_written_by_flux,
    meaning_of,
    one_less,
    weigh,
    who_of,
)
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at

Judge: TypeAlias = Callable[[Grant, Role, Surroundings, bool], Weighed | None]
"""Weighs a grant by a part of its role: all of it, or what is new in it."""


@check("critical-namespace-rbac")
def critical_namespace_rbac(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    """Grants into critical namespaces, Roles that wait there for a binding, and what the cluster ships."""
    yield from judge_grants("critical-namespace-rbac", weigh_critical, subject, context)
    changed = isinstance(subject, Change)
    resource = subject.after if isinstance(subject, Change) else subject
    if resource is not None and not resource.patch:
        shipped = list(_shipped(resource, context.inventory, new=changed))
        yield from shipped
        if not changed and not shipped:
            yield from _waiting(resource, context.inventory)


@check("cluster-admin-binding")
def cluster_admin_binding(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    """Bindings to roles that allow everything."""
    yield from judge_grants("cluster-admin-binding", weigh_admin, subject, context)


def judge_grants(rule: str, judge: Judge, subject: Resource | Change, context: Context) -> Iterator[Draft]:
    """What `judge` says of the grants of a binding, or of what a role opens to whom it was bound to before."""
    if isinstance(subject, Resource):
        if subject.kind in BINDINGS:
            for grant in grants_of(subject, context.inventory):
                yield from _at_subject(rule, judge, grant, context.inventory, new=False)
    elif subject.after is not None and subject.resource.kind in BINDINGS:
        known = list(grants_of(subject.before, context.before)) if subject.before and context.before else []
        for grant in new_grants(list(grants_of(subject.after, context.inventory)), known):
            yield from _at_subject(rule, judge, grant, context.inventory, new=True)
    elif subject.after is not None:
        yield from _at_role(rule, judge, subject, context)


def _at_subject(rule: str, judge: Judge, grant: Grant, inventory: Inventory, *, new: bool) -> Iterator[Draft]:
    binding = grant.binding
    weighed = judge(grant, grant.role, graph_of(inventory, binding.id.root).surroundings, new)
    if weighed is None:
        return
    role = weighed.place or binding.place(("roleRef", "name"))
    about = "what it allows" if weighed.place else "the role that is bound"
    whose, mapped = _logins(grant.subject, binding, inventory)
    yield draft_at(
        rule,
        binding,
        (*grant.subject.path, "name"),
        weighed.message + whose,
        values=(grant.role.kind, grant.role.name),
        label=weighed.label,
        severity=weighed.severity,
        related=((about, role), *mapped),
    )


def _logins(subject: Subject, binding: Resource, inventory: Inventory) -> tuple[str, tuple[tuple[str, Place], ...]]:
    """The AWS identities that come in as a subject, in words and by their places."""
    if subject.kind not in ("Group", "User"):
        return "", ()
    from eksa_lint.rules.checks.iam_mappings import identities_bound  # noqa: PLC0415 - only where there is a finding

    found = identities_bound(inventory, binding.id.root, subject.kind, subject.name)
    if not found:
        return "", ()
    more = f" and {len(found) - 1} more" if found[1:] else ""
    field = "groups" if subject.kind == "Group" else "username"
    index = found[0].groups.index(subject.name) if subject.kind == "Group" else None
    place = found[0].place(field, index)
    return f"; {found[0].arn}{more} log{'' if more else 's'} in as it", (("who is mapped to it", place),)


def _at_role(rule: str, judge: Judge, change: Change, context: Context) -> Iterator[Draft]:
    """A role that opens more to subjects that had it before; others are told at their bindings."""
    resource = change.after
    assert resource is not None  # noqa: S101 - only roles that are there come here
    role = role_of(resource, context.inventory)
    before = None if change.before is None or context.before is None else role_of(change.before, context.before)
    gained = tuple(gained_rules(role.rules or (), (before.rules or ()) if before else ()))
    if (before is not None and before.is_admin) or not (gained or role.is_admin):
        return
    part = replace(role, rules=gained)
    surroundings = graph_of(context.inventory, resource.id.root).surroundings
    weighed = [
        (grant, found)
        for grant in standing_grants(resource, context)
        if (found := judge(grant, part, surroundings, True)) is not None
    ]
    if not weighed:
        return
    grant, worst = min(weighed, key=lambda item: item[1].severity.rank)
    others = f", and {len(weighed) - 1} more" if len(weighed) > 1 else ""
    yield Draft(
        rule=rule,
        message=worst.role_message + others,
        place=worst.place or resource.place(("rules",)),
        resource=resource,
        field="rules",
        values=tuple(str(item.rights) for item in gained),
        label="new in this change",
        severity=worst.severity,
        related=(("who holds it", grant.binding.place((*grant.subject.path, "name"))),),
    )


def weigh_critical(grant: Grant, part: Role, surroundings: Surroundings, new: bool) -> Weighed | None:
    """What a grant is to a critical namespace; None where it reaches none, or is harmless."""
    role = grant.role
    critical = surroundings.critical(grant.namespace) if grant.namespace else None
    if role.is_admin or (grant.namespace and critical is None):
        return None
    wide = critical is None
    who = who_of(grant, surroundings, critical.level if critical else Severity.NOTE)
    reach, telling = reach_of(part, critical)
    if role.name in names_in_table("harmless") and reach < Reach.WRITE:
        return None
    severity = rbac_table("severities")["cluster" if wide else "namespace"].get(who, {}).get(reach.name.lower())
    if reach is Reach.LOCK and critical and critical.locks and who is Who.FOREIGN:
        severity = Severity.NOTE
    if severity is None:
        return None
    where = " in every namespace" if wide else f" in {grant.namespace}"
    token = "; the Git token is a Secret there" if critical and critical.flux else ""
    right = in_words(telling, wide=wide) if telling else ""
    binding, subject = grant.binding.title, grant.subject.title
    return Weighed(
        severity=weigh(Severity(severity), critical.level if critical else Severity.ERROR, who, new=new),
        message=f"{binding}{'' if wide else where} gives {subject} the {role.kind} {role.name}"
        f"{gives_in_words(part, right)}{where if wide else ''}{token}",
        role_message=f"{role.kind} {role.name} lets {subject} also {right}{where} ({binding}){token}",
        label=meaning_of(grant.subject) or ("new in this change" if new else ""),
        place=role.resource.place(telling_path(telling, wide=wide)) if role.resource and telling else None,
    )


def weigh_admin(grant: Grant, _: Role, surroundings: Surroundings, new: bool) -> Weighed | None:
    """What a grant of everything is; None where its role allows less, or it is who should have it."""
    role, namespace = grant.role, grant.namespace
    if not role.is_admin or is_written_by_flux(grant, surroundings):
        return None
    critical = surroundings.critical(namespace) if namespace else Critical(Severity.ERROR)
    level = critical.level if critical else Severity.ERROR
    who = who_of(grant, surroundings, level)
    severity = rbac_table("admin_severities")["critical" if critical else "ordinary"].get(who)
    if severity is None or is_superuser(grant.subject):
        return None
    equal = f"the ClusterRole {role.name}, which allows everything as cluster-admin does"
    what = role.name if role.name == "cluster-admin" else equal
    where = f" in {namespace}" if namespace else ""
    binding, subject = grant.binding.title, grant.subject.title
    path = next((rule.path for rule in role.rules or () if rule.allows_everything), ("aggregationRule",))
    return Weighed(
        severity=weigh(Severity(severity), level, who, new=new),
        message=f"{binding}{where} gives {subject} {what}",
        role_message=f"ClusterRole {role.name} lets {subject} do anything{where}, as cluster-admin does ({binding})",
        label=meaning_of(grant.subject) or ("new in this change" if new else ""),
        place=role.resource.place(path) if role.resource else None,
    )


def _shipped(resource: Resource, inventory: Inventory, *, new: bool) -> Iterator[Draft]:
    for entry in rbac_table("shipped"):
        identity = resource.id
        if (
            identity.kind not in entry["kinds"]
            or identity.namespace not in entry.get("namespaces", ("",))
            or not any(fnmatchcase(identity.name, name) for name in entry["names"])
            or (entry.get("management") and not graph_of(inventory, identity.root).surroundings.management)
        ):
            continue
        level = Severity(entry["level"])
        where = f" in {identity.namespace}" if identity.namespace else ""
        message = f"{resource.title}{where} takes the place of the one that {entry['owner']} ships"
        severity = level if new else one_less(level)
        yield draft_at("critical-namespace-rbac", resource, ("metadata", "name"), message, severity=severity)


def _waiting(resource: Resource, inventory: Inventory) -> Iterator[Draft]:
    """A Role that gives nothing yet: whoever can write a RoleBinding there hands it out."""
    graph = graph_of(inventory, resource.id.root)
    critical = graph.surroundings.critical(resource.id.namespace)
    if resource.kind != "Role" or critical is None or resource.id.name in names_in_table("harmless"):
        return
    reach, telling = reach_of(role_of(resource, inventory), critical)
    if reach < Reach.READ or telling is None or graph.bindings_of.get(resource.id):
        return
    right = in_words(telling, wide=False)
    yield Draft(
        rule="critical-namespace-rbac",
        message=f"{resource.title} in {resource.id.namespace} ({right}) is not bound yet",
        place=resource.place(telling_path(telling, wide=False)),
        resource=resource,
        field="rules",
        severity=Severity.NOTE,
    )
