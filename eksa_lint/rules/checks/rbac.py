"""Who may do what where: Roles and bindings, weighed by `schemas/tables/critical-namespaces.yaml`.

A *grant* is one subject of one binding with the role that it is given. It is told at the subject when the
binding brings it, and at the rule of the role when a role that was bound before opens more.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, Final, TypeAlias
from weakref import WeakKeyDictionary

from eksa_lint import data
from eksa_lint.finding import Place, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource, ResourceId
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft

RBAC: Final = "rbac.authorization.k8s.io"
_ROLES: Final = ("Role", "ClusterRole")
_BINDINGS: Final = ("RoleBinding", "ClusterRoleBinding")
_READING: Final = frozenset({"get", "list", "watch"})
_SERVICE_ACCOUNT: Final = re.compile(r"system:serviceaccount:([^:]+):([^:]+)\Z")
_SERVICE_ACCOUNTS_OF: Final = "system:serviceaccounts:"
_SYSTEM_NAMESPACE: Final = re.compile(rb"""(?i:flux)?[sS]ystemNamespace["']?[ \t]*:[ \t]*["']?([A-Za-z0-9-]+)""")
_MOST_COMPARED: Final = 20_000
"""Rules, or rights of one rule, times old rules: in a role of more, every rule that is written anew counts as new."""
_SHOWN: Final = 3


class Reach(IntEnum):
    """How far a role goes, the least first."""

    NOTHING = 0
    OUTSIDE = 1
    """Only objects without a namespace, or URLs."""
    OPERATOR = 2
    """Only the objects of some operator."""
    LOCK = 3
    """What a leader election needs."""
    UNKNOWN = 4
    READ = 5
    WRITE = 6
    OPEN = 7
    """What hands over all that the namespace holds: its Secrets, or the inside of its pods."""


class Who(StrEnum):
    EVERYBODY = "everybody"
    PERSON = "person"
    PODS = "pods"
    """The pods of a namespace, whichever they are."""
    FOREIGN = "foreign"
    """A ServiceAccount of a namespace that is less critical."""
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a role, and where it stands in it."""

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...]
    path: Path
    written: tuple[str, ...]
    """The resources as the role lists them, where only some of them are looked at."""

    @property
    def rights(self) -> tuple[tuple[str, ...], ...]:
        return self.groups, self.resources, self.verbs, self.names

    @property
    def only_reads(self) -> bool:
        return _READING.issuperset(self.verbs)

    @property
    def allows_everything(self) -> bool:
        return all("*" in part for part in (self.groups, self.resources, self.verbs)) and not self.names

    def covers(self, other: "Rule") -> bool:
        """Whether all that the other one allows is allowed by this one."""
        parts = (self.groups, other.groups), (self.resources, other.resources), (self.verbs, other.verbs)
        if not all("*" in own or set(wanted) <= set(own) for own, wanted in parts):
            return False
        return not self.names or (bool(other.names) and set(other.names) <= set(self.names))


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """A role as a binding names it. `rules` is None where no file holds them."""

    kind: str
    name: str
    resource: Resource | None
    rules: tuple[Rule, ...] | None
    is_admin: bool
    """Whether it allows everything."""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    namespace: str
    name: str
    path: Path

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.namespace, self.name

    @property
    def title(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one subject of a binding gains; `namespace` is empty where it counts in all of them."""

    binding: Resource
    namespace: str
    subject: Subject
    role: Role


@dataclass(frozen=True, slots=True)
class Critical:
    """A critical namespace: the most that a grant in it can be, and what of a grant counts there."""

    level: Severity
    groups: tuple[str, ...] = ()
    locks: bool = False
    flux: bool = False

    def counted(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        if not self.groups:
            return tuple(rules)
        wanted = {"*", *self.groups}
        return tuple(rule for rule in rules if wanted & set(rule.groups) and not rule.only_reads)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the root of a binding says about its namespaces."""

    flux: frozenset[str]
    management: bool
    """Whether the root holds EKS Anywhere clusters, so that it lands in their management cluster."""

    def critical(self, namespace: str) -> Critical | None:
        entry = self._entry(namespace)
        if entry is None or (entry.get("management") and not self.management):
            return None
        groups = tuple(entry.get("groups", ()))
        return Critical(Severity(entry["level"]), groups, bool(entry.get("locks")), namespace in self.flux)

    def trusts(self, namespace: str, level: Severity) -> bool:
        """Whether the ServiceAccounts of a namespace are as critical themselves as what has this level."""
        entry = self._entry(namespace)
        return entry is not None and "groups" not in entry and Severity(entry["level"]).at_least(level)

    def _entry(self, namespace: str) -> Mapping[str, Any] | None:
        table = data.table("critical-namespaces")
        if namespace in self.flux:
            return _mapping(table["flux"])
        if namespace in table["namespaces"]:
            return _mapping(table["namespaces"][namespace])
        matching = (entry for entry in table["patterns"] if fnmatchcase(namespace, entry["pattern"]))
        return next(matching, None)


_Judge: TypeAlias = Callable[[Grant, Role, Surroundings, bool], "Weighed | None"]
"""Weighs a grant by a part of its role: all of it, or what is new in it."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a rule says about a grant: in the words of the binding, and in those of a role that opens more."""

    severity: Severity
    message: str
    role_message: str
    label: str
    place: Place | None
    """Where the role says so."""


@check("critical-namespace-rbac")
def critical_namespace_rbac(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    """Grants into critical namespaces, Roles that wait there for a binding, and what the cluster ships."""
    yield from _judge_grants("critical-namespace-rbac", _weigh_critical, subject, context)
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
    yield from _judge_grants("cluster-admin-binding", _weigh_admin, subject, context)


def _judge_grants(rule: str, judge: _Judge, subject: Resource | Change, context: Context) -> Iterator[Draft]:
    if isinstance(subject, Resource):
        if subject.kind in _BINDINGS:
            for grant in _grants(subject, context.inventory):
                yield from _at_subject(rule, judge, grant, context.inventory, new=False)
    elif subject.after is not None and subject.resource.kind in _BINDINGS:
        known = list(_grants(subject.before, context.before)) if subject.before and context.before else []
        for grant in _new_grants(list(_grants(subject.after, context.inventory)), known):
            yield from _at_subject(rule, judge, grant, context.inventory, new=True)
    elif subject.after is not None:
        yield from _at_role(rule, judge, subject, context)


def _at_subject(rule: str, judge: _Judge, grant: Grant, inventory: Inventory, *, new: bool) -> Iterator[Draft]:
    binding = grant.binding
    weighed = judge(grant, grant.role, _graph(inventory, binding.id.root).surroundings, new)
    if weighed is None:
        return
    path = (*grant.subject.path, "name")
    role = weighed.place or binding.place(("roleRef", "name"))
    about = "what it allows" if weighed.place else "the role that is bound"
    yield Draft(
        rule=rule,
        message=weighed.message,
        place=binding.place(path),
        resource=binding,
        field=fields.spell(path, binding.value, binding.group, binding.kind),
        values=(grant.role.kind, grant.role.name),
        label=weighed.label,
        severity=weighed.severity,
        related=((about, role),),
    )


def _at_role(rule: str, judge: _Judge, change: Change, context: Context) -> Iterator[Draft]:
    """A role that opens more to subjects that had it before; others are told at their bindings."""
    resource = change.after
    assert resource is not None  # noqa: S101 - only roles that are there come here
    role = _role_of(resource, context.inventory)
    before = None if change.before is None or context.before is None else _role_of(change.before, context.before)
    gained = tuple(_gained(role.rules or (), (before.rules or ()) if before else ()))
    if (before is not None and before.is_admin) or not (gained or role.is_admin):
        return
    part = replace(role, rules=gained)
    surroundings = _graph(context.inventory, resource.id.root).surroundings
    weighed = [
        (grant, found)
        for grant in _standing_grants(resource, context)
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


def _weigh_critical(grant: Grant, part: Role, surroundings: Surroundings, new: bool) -> Weighed | None:
    role = grant.role
    critical = surroundings.critical(grant.namespace) if grant.namespace else None
    if role.is_admin or (grant.namespace and critical is None):
        return None
    wide = critical is None
    who = _who(grant, surroundings, critical.level if critical else Severity.NOTE)
    reach, telling = _reach(part, critical)
    if role.name in _names("harmless") and reach < Reach.WRITE:
        return None
    severity = _table("severities")["cluster" if wide else "namespace"].get(who, {}).get(reach.name.lower())
    if reach is Reach.LOCK and critical and critical.locks and who is Who.FOREIGN:
        severity = Severity.NOTE
    if severity is None:
        return None
    where = " in every namespace" if wide else f" in {grant.namespace}"
    token = "; the Git token is a Secret there" if critical and critical.flux else ""
    right = _right(telling, wide=wide) if telling else ""
    binding, subject = grant.binding.title, grant.subject.title
    return Weighed(
        severity=_weight(Severity(severity), critical.level if critical else Severity.ERROR, who, new=new),
        message=f"{binding}{'' if wide else where} gives {subject} the {role.kind} {role.name}"
        f"{_gives(part, right)}{where if wide else ''}{token}",
        role_message=f"{role.kind} {role.name} lets {subject} also {right}{where} ({binding}){token}",
        label=_whom(grant.subject) or ("new in this change" if new else ""),
        place=role.resource.place(_telling_path(telling, wide=wide)) if role.resource and telling else None,
    )


def _weigh_admin(grant: Grant, _: Role, surroundings: Surroundings, new: bool) -> Weighed | None:
    role, namespace = grant.role, grant.namespace
    if not role.is_admin or _is_written_by_flux(grant, surroundings):
        return None
    critical = surroundings.critical(namespace) if namespace else Critical(Severity.ERROR)
    level = critical.level if critical else Severity.ERROR
    who = _who(grant, surroundings, level)
    severity = _table("admin_severities")["critical" if critical else "ordinary"].get(who)
    if severity is None or _is_superuser(grant.subject):
        return None
    equal = f"the ClusterRole {role.name}, which allows everything as cluster-admin does"
    what = role.name if role.name == "cluster-admin" else equal
    where = f" in {namespace}" if namespace else ""
    binding, subject = grant.binding.title, grant.subject.title
    path = next((rule.path for rule in role.rules or () if rule.allows_everything), ("aggregationRule",))
    return Weighed(
        severity=_weight(Severity(severity), level, who, new=new),
        message=f"{binding}{where} gives {subject} {what}",
        role_message=f"ClusterRole {role.name} lets {subject} do anything{where}, as cluster-admin does ({binding})",
        label=_whom(grant.subject) or ("new in this change" if new else ""),
        place=role.resource.place(path) if role.resource else None,
    )


def _weight(severity: Severity, level: Severity, who: Who, *, new: bool) -> Severity:
    capped = max(severity, level, key=lambda one: one.rank)
    if new or who in (Who.EVERYBODY, Who.PODS):
        return capped
    return _one_less(capped)


def _one_less(severity: Severity) -> Severity:
    return Severity.WARNING if severity is Severity.ERROR else Severity.NOTE


def _who(grant: Grant, surroundings: Surroundings, level: Severity) -> Who:
    subject = grant.subject
    if subject.kind == "ServiceAccount":
        if subject.name == "default":
            return Who.PODS
        own = subject.namespace == (grant.namespace or None) or surroundings.trusts(subject.namespace, level)
        return Who.OWN if own else Who.FOREIGN
    if subject.name in _table("everybody"):
        return Who.EVERYBODY
    if subject.name in _names("controllers") or _is_superuser(subject):
        return Who.OWN
    if subject.name.startswith(_SERVICE_ACCOUNTS_OF):
        own = grant.namespace in ("", subject.name.removeprefix(_SERVICE_ACCOUNTS_OF))
        return Who.PODS if own else Who.EVERYBODY
    return Who.PERSON


def _is_superuser(subject: Subject) -> bool:
    """Whether RBAC gives it nothing, because it may do anything: what `iam-system-masters` reports."""
    return subject.kind == "Group" and subject.name in _names("superusers")


def _whom(subject: Subject) -> str:
    """Whom a subject means whose name does not say it."""
    if subject.kind == "ServiceAccount" and subject.name == "default":
        return f"every pod of {subject.namespace} that names no other ServiceAccount"
    return str(_table("everybody").get(subject.name, ""))


def _is_written_by_flux(grant: Grant, surroundings: Surroundings) -> bool:
    """What the Flux CLI binds to cluster-admin: its controllers, and the tenants it makes."""
    flux, subject = _table("flux"), grant.subject
    if grant.namespace:
        return subject.name == flux["tenant"].format(namespace=grant.namespace) and subject.kind == "User"
    named = fnmatchcase(grant.binding.id.name, flux["binding"]) and subject.name in flux["accounts"]
    return bool(named) and subject.kind == "ServiceAccount" and subject.namespace in surroundings.flux


def _shipped(resource: Resource, inventory: Inventory, *, new: bool) -> Iterator[Draft]:
    for entry in _table("shipped"):
        identity = resource.id
        if (
            identity.kind not in entry["kinds"]
            or identity.namespace not in entry.get("namespaces", ("",))
            or not any(fnmatchcase(identity.name, name) for name in entry["names"])
            or (entry.get("management") and not _graph(inventory, identity.root).surroundings.management)
        ):
            continue
        level = Severity(entry["level"])
        where = f" in {identity.namespace}" if identity.namespace else ""
        yield Draft(
            rule="critical-namespace-rbac",
            message=f"{resource.title}{where} takes the place of the one that {entry['owner']} ships",
            place=resource.place(("metadata", "name")),
            resource=resource,
            field="metadata.name",
            severity=level if new else _one_less(level),
        )


def _waiting(resource: Resource, inventory: Inventory) -> Iterator[Draft]:
    """A Role that gives nothing yet: whoever can write a RoleBinding there hands it out."""
    graph = _graph(inventory, resource.id.root)
    critical = graph.surroundings.critical(resource.id.namespace)
    if resource.kind != "Role" or critical is None or resource.id.name in _names("harmless"):
        return
    reach, telling = _reach(_role_of(resource, inventory), critical)
    if reach < Reach.READ or telling is None or graph.bindings_of.get(resource.id):
        return
    right = _right(telling, wide=False)
    yield Draft(
        rule="critical-namespace-rbac",
        message=f"{resource.title} in {resource.id.namespace} ({right}) is not bound yet",
        place=resource.place(_telling_path(telling, wide=False)),
        resource=resource,
        field="rules",
        severity=Severity.NOTE,
    )


def _grants(binding: Resource, inventory: Inventory) -> Iterator[Grant]:
    """What a binding hands out. A patch without a role has that of what it patches, and its namespace."""
    value, identity = effective(binding), binding.id
    if identity.name.partition("#")[0] == binding.path:
        return  # without a name nothing applies it
    reference = value.get("roleRef")
    if reference is None and binding.patch:
        for other in _graph(inventory, identity.root).bindings.get(_name(binding), [])[:1]:
            reference, identity = other.value.get("roleRef"), other.id
    role = _resolve(reference, identity, binding.path, inventory)
    subjects = value.get("subjects")
    if role is None or not isinstance(subjects, list):
        return
    for index, item in enumerate(subjects):
        if isinstance(item, dict) and item.get("name"):
            yield Grant(binding, identity.namespace, _subject(item, index, identity.namespace), role)


def _subject(item: Mapping[str, Any], index: int, namespace: str) -> Subject:
    """A ServiceAccount may also be written as the user that it is to the API server."""
    kind, name = str(item.get("kind", "")), str(item["name"])
    path: Path = ("subjects", index)
    if kind == "User" and (account := _SERVICE_ACCOUNT.match(name)):
        kind, namespace, name = "ServiceAccount", account[1], account[2]
    elif kind == "ServiceAccount":
        namespace = str(item.get("namespace") or namespace)
    else:
        namespace = ""
    return Subject(kind, namespace, name, path)


def _resolve(reference: Any, binding: ResourceId, path: str, inventory: Inventory) -> Role | None:
    """The role that a binding names; of several with that name, the one that stands in the same file."""
    named = _role_named(reference, binding)
    if named is None:
        return None
    found = _graph(inventory, binding.root).roles.get(named)
    if found:
        beside = (resource for resource in found if resource.path == path)
        return _role_of(next(beside, found[0]), inventory)
    is_admin = named.kind == "ClusterRole" and named.name in _names("admins")
    return Role(named.kind, named.name, None, None, is_admin=is_admin)


def _role_named(reference: Any, binding: ResourceId) -> ResourceId | None:
    kind, name = (fields.get(reference, (field,)) for field in ("kind", "name"))
    if kind not in _ROLES or not isinstance(name, str) or not name:
        return None
    return ResourceId(binding.root, RBAC, kind, binding.namespace if kind == "Role" else "", name)


def _role_of(resource: Resource, inventory: Inventory) -> Role:
    read = _graph(inventory, resource.id.root).read
    key = resource.path, id(resource.node)
    if key not in read:
        read[key] = _read_role(resource)
    return read[key]


def _read_role(resource: Resource) -> Role:
    """An aggregated role has the rules of others, and what is written beside them is overwritten."""
    value, name = effective(resource), resource.id.name
    is_cluster_role = resource.kind == "ClusterRole"
    is_admin = is_cluster_role and name in _names("admins")
    selectors = fields.get(value, ("aggregationRule", "clusterRoleSelectors"))
    if isinstance(selectors, list):
        selects_all = any(_selects_all(selector) for selector in selectors)
        return Role(resource.kind, name, resource, None, is_admin=is_cluster_role and (is_admin or selects_all))
    rules = value.get("rules")
    items = enumerate(rules) if isinstance(rules, list) else ()
    parsed = tuple(_rule(item, ("rules", index)) for index, item in items if isinstance(item, dict))
    equal = is_cluster_role and any(rule.allows_everything for rule in parsed)
    return Role(resource.kind, name, resource, parsed, is_admin=is_admin or equal)


def _selects_all(selector: Any) -> bool:
    return isinstance(selector, dict) and not any(selector.values())


def _rule(item: Mapping[str, Any], path: Path) -> Rule:
    def texts(name: str) -> tuple[str, ...]:
        value = item.get(name)
        return tuple(str(text) for text in value) if isinstance(value, list) else ()

    resources = texts("resources")
    return Rule(texts("apiGroups"), resources, texts("verbs"), texts("resourceNames"), path, resources)


def _new_grants(grants: Sequence[Grant], known: Sequence[Grant]) -> Iterator[Grant]:
    """What a binding gives to subjects that it did not give to them before; it has one role on each side."""
    opens = bool(grants and known) and _opens_more(grants[0].role, known[0].role)
    subjects = {grant.subject.key for grant in known}
    return (grant for grant in grants if opens or grant.subject.key not in subjects)


def _opens_more(role: Role, known: Role) -> bool:
    """Whether another role allows more; the same role that allows more is told where it stands."""
    if role.key == known.key:
        return False
    return role.rules is None or known.rules is None or next(_gained(role.rules, known.rules), None) is not None


def _standing_grants(role: Resource, context: Context) -> Iterator[Grant]:
    """The grants of a role to subjects that were bound to it already, whatever it allowed."""
    if context.before is None:
        return
    before = _graph(context.before, role.id.root)
    for binding in _graph(context.inventory, role.id.root).bindings_of.get(role.id, ()):
        same = (other for other in before.bindings.get(_name(binding), ()) if other.id == binding.id)
        known = {(grant.subject.key, grant.role.key) for other in same for grant in _grants(other, context.before)}
        for grant in _grants(binding, context.inventory):
            if (grant.subject.key, grant.role.key) in known:
                yield grant


def _gained(new: Sequence[Rule], old: tuple[Rule, ...]) -> Iterator[Rule]:
    """What no old rule allowed, as rules with only that in them."""
    same = {rule.rights for rule in old}
    many = len(new) * len(old) > _MOST_COMPARED
    for rule in new:
        if not rule.resources or rule.rights in same or (not many and any(other.covers(rule) for other in old)):
            continue
        parts = rule.groups, rule.resources, rule.verbs, rule.names or ("",)
        if many or prod(map(len, parts)) * len(old) > _MOST_COMPARED:
            yield rule
            continue
        left = [right for right in product(*parts) if not any(other.covers(_single(rule, right)) for other in old)]
        if left:
            groups, resources, verbs, names = (tuple(dict.fromkeys(part)) for part in zip(*left, strict=True))
            yield Rule(groups, resources, verbs, names if rule.names else (), rule.path, rule.written)


def _single(rule: Rule, right: tuple[str, ...]) -> Rule:
    group, resource, verb, name = right
    return Rule((group,), (resource,), (verb,), (name,) if rule.names else (), rule.path, rule.written)


@lru_cache(maxsize=256)
def _reach(role: Role, critical: Critical | None) -> tuple[Reach, Rule | None]:
    """How far a role goes in a critical namespace, or in all of them, and the rule that goes so far."""
    if role.rules is None:
        known = _table("known").get(role.name) if role.kind == "ClusterRole" else None
        reach = Reach[known["reach"].upper()] if known is not None else Reach.UNKNOWN
        return (Reach.NOTHING if critical and critical.groups else reach), None
    counted = critical.counted(role.rules) if critical else role.rules
    telling = max(counted, key=lambda rule: _rule_reach(rule, wide=critical is None), default=None)
    if telling is None:
        return Reach.NOTHING, None
    return _rule_reach(telling, wide=critical is None), telling


def _rule_reach(rule: Rule, *, wide: bool) -> Reach:
    if not rule.resources or not rule.verbs:
        return Reach.OUTSIDE
    if _opening(rule, wide=wide) is not None:
        return Reach.OPEN
    groups = [group for group in rule.groups if any(fnmatchcase(group, known) for known in _table("groups"))]
    if not groups:
        return Reach.OPERATOR
    if all(_is_cluster_scoped(group, resource) for group in groups for resource in rule.resources):
        return Reach.OUTSIDE
    if all(_is_lock(rule, group, resource) for group in groups for resource in rule.resources):
        return Reach.LOCK
    return Reach.READ if rule.only_reads else Reach.WRITE


def _opening(rule: Rule, *, wide: bool) -> int | None:
    """Which resource of a rule opens the namespace; a list of names limits some of them in all namespaces."""
    if not {"", "*"} & set(rule.groups):
        return None
    for entry in _table("opens"):
        if not {"*", *entry["verbs"]} & set(rule.verbs) or (wide and rule.names and entry.get("named")):
            continue
        wanted = entry["resource"]
        spellings = {"*", wanted, f"*/{wanted.partition('/')[2]}" if "/" in wanted else wanted}
        for index, resource in enumerate(rule.resources):
            if resource in spellings:
                return index
    return None


def _is_cluster_scoped(group: str, resource: str) -> bool:
    kinds = data.table("cluster-scoped").get(group, ())
    return resource.partition("/")[0] in {_plural(kind.lower()) for kind in kinds}


def _plural(kind: str) -> str:
    if kind.endswith("s"):
        return f"{kind}es"
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _is_lock(rule: Rule, group: str, resource: str) -> bool:
    for entry in _table("locks"):
        if (entry["group"], entry["resource"]) != (group, resource):
            continue
        if "verbs" in entry and not set(entry["verbs"]).issuperset(rule.verbs):
            continue
        if not entry.get("named") or (rule.names and not set(entry["except"]) & set(rule.names)):
            return True
    return False


def _telling_path(rule: Rule, *, wide: bool) -> Path:
    """The resource that opens the namespace; else the whole rule."""
    opening = _opening(rule, wide=wide)
    if opening is None:
        return rule.path
    return (*rule.path, "resources", rule.written.index(rule.resources[opening]))


def _gives(role: Role, right: str) -> str:
    known = _table("known").get(role.name) if role.kind == "ClusterRole" and not right else None
    if known is not None:
        return f" ({known['gives']})"
    if not right:
        return ", whose rules are in no file"
    others = len(role.rules or ()) - 1
    more = f"; {others} more rule{'s' if others > 1 else ''}" if others > 0 else ""
    return f" ({right}{more})"


def _right(rule: Rule, *, wide: bool) -> str:
    """What a rule allows in a few words, what opens the namespace first."""
    opening = _opening(rule, wide=wide)
    first = (rule.resources[opening],) if opening is not None else ()
    resources = [*first, *(resource for resource in rule.resources if resource not in first)]
    what = "everything" if "*" in rule.resources else _few(resources)
    names = f" {_few(rule.names)}" if rule.names else ""
    return f"{'do anything with' if '*' in rule.verbs else ', '.join(rule.verbs)} {what}{names}"


def _few(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_SHOWN])
    return shown if len(texts) <= _SHOWN else f"{shown} …"


@dataclass(frozen=True, slots=True)
class Graph:
    """The roles and bindings of a root, with who names whom."""

    surroundings: Surroundings
    roles: dict[ResourceId, list[Resource]]
    bindings: dict[tuple[str, str], list[Resource]]
    """By kind and name, which is all that a patch may say."""
    bindings_of: dict[ResourceId, list[Resource]]
    """By the role that they name."""
    read: dict[tuple[str, int], Role]
    """By file and node: two files of one content share their nodes."""


_graphs: WeakKeyDictionary[Inventory, dict[str, Graph]] = WeakKeyDictionary()


def _graph(inventory: Inventory, root: str) -> Graph:
    """Only what mentions RBAC is read for it, once in a run."""
    known = _graphs.setdefault(inventory, {})
    if root not in known:
        flux = frozenset(_flux_namespaces(inventory, root))
        graph = known[root] = Graph(Surroundings(flux, _is_management(inventory, root)), {}, {}, {}, {})
        for resource in inventory.mentioning(RBAC, root):
            if resource.group == RBAC and not resource.patch:
                _enter(resource, graph)
    return known[root]


def _enter(resource: Resource, graph: Graph) -> None:
    if resource.kind in _ROLES:
        graph.roles.setdefault(resource.id, []).append(resource)
    elif resource.kind in _BINDINGS:
        graph.bindings.setdefault(_name(resource), []).append(resource)
        role = _role_named(resource.value.get("roleRef"), resource.id)
        if role is not None:
            graph.bindings_of.setdefault(role, []).append(resource)


def _name(resource: Resource) -> tuple[str, str]:
    return resource.kind, resource.id.name


def _flux_namespaces(inventory: Inventory, root: str) -> Iterator[str]:
    """Only files whose text names another namespace than usual are read for it."""
    table = _table("flux")
    usual = table["namespace"]
    yield usual
    for path in inventory.manifests:
        named = set(_SYSTEM_NAMESPACE.findall(inventory.content(path)))
        if named - {usual.encode()} and inventory.layout.root(path) == root:
            for resource in inventory.resources_in(path):
                for field in table["fields"] if resource.group == EKSA else ():
                    namespace = fields.get(resource.value, fields.parse_pattern(field))
                    if isinstance(namespace, str) and namespace:
                        yield namespace


def _is_management(inventory: Inventory, root: str) -> bool:
    return any(
        resource.group == EKSA and resource.kind == "Cluster"
        for path in inventory.manifests
        if EKSA.encode() in inventory.content(path) and inventory.layout.root(path) == root
        for resource in inventory.resources_in(path)
    )


def _table(section: str) -> Any:
    return data.table("critical-namespaces")[section]


def _names(section: str) -> list[str]:
    names: list[str] = _table(section)
    return names


def _mapping(entry: Any) -> Mapping[str, Any]:
    assert isinstance(entry, Mapping)  # noqa: S101 - the table's own shape
    return entry
