"""Who is bound to which role: the Roles and bindings of a root, and the grants that they make."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final
from weakref import WeakKeyDictionary

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource, ResourceId
from eksa_lint.rules.checks.rbac_rights import Critical, Role, Rule, gained_rules, names_in_table, rbac_table
from eksa_lint.rules.context import Context

RBAC: Final = "rbac.authorization.k8s.io"
_ROLES: Final = ("Role", "ClusterRole")
BINDINGS: Final = ("RoleBinding", "ClusterRoleBinding")
_SERVICE_ACCOUNT: Final = re.compile(r"system:serviceaccount:([^:]+):([^:]+)\Z")
_SYSTEM_NAMESPACE: Final = re.compile(
    rb"""ystemNamespace(?<=[sS]ystemNamespace)["']?[ \t]*:[ \t]*["']?([A-Za-z0-9-]+)"""
)


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
class Surroundings:
    """What the root of a binding says about its namespaces."""

    flux: frozenset[str]
    management: bool
    """Whether the root holds EKS Anywhere clusters, so that it lands in their management cluster."""
    edit_reaches_flux: bool = False
    """Whether the built-in edit and admin may write what Flux applies as cluster-admin, which its own roles add."""

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
        named: Mapping[str, Any] | None = table["namespaces"].get(namespace)
        matching = (entry for entry in table["patterns"] if fnmatchcase(namespace, entry["pattern"]))
        return table["flux"] if namespace in self.flux else named or next(matching, None)


def grants_of(binding: Resource, inventory: Inventory) -> Iterator[Grant]:
    """What a binding hands out. A patch without a role has that of what it patches, and its namespace."""
    value, identity = effective(binding), binding.id
    if identity.name.partition("#")[0] == binding.path:
        return  # without a name nothing applies it
    reference = value.get("roleRef")
    if reference is None and binding.patch:
        for other in graph_of(inventory, identity.root).bindings.get(_name(binding), [])[:1]:
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
    found = graph_of(inventory, binding.root).roles.get(named)
    if found:
        beside = (resource for resource in found if resource.path == path)
        return role_of(next(beside, found[0]), inventory)
    is_admin = named.kind == "ClusterRole" and named.name in names_in_table("admins")
    return Role(named.kind, named.name, None, None, is_admin=is_admin)


def _role_named(reference: Any, binding: ResourceId) -> ResourceId | None:
    kind, name = (fields.get(reference, (field,)) for field in ("kind", "name"))
    if kind not in _ROLES or not isinstance(name, str) or not name:
        return None
    return ResourceId(binding.root, RBAC, kind, binding.namespace if kind == "Role" else "", name)


def role_of(resource: Resource, inventory: Inventory) -> Role:
    read = graph_of(inventory, resource.id.root).read
    key = resource.path, id(resource.node)
    if key not in read:
        read[key] = _read_role(resource)
    return read[key]


def _read_role(resource: Resource) -> Role:
    """An aggregated role has the rules of others, and what is written beside them is overwritten."""
    value, name = effective(resource), resource.id.name
    is_cluster_role = resource.kind == "ClusterRole"
    is_admin = is_cluster_role and name in names_in_table("admins")
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


def new_grants(grants: Sequence[Grant], known: Sequence[Grant]) -> Iterator[Grant]:
    """What a binding gives to subjects that it did not give to them before; it has one role on each side."""
    opens = bool(grants and known) and _opens_more(grants[0].role, known[0].role)
    subjects = {grant.subject.key for grant in known}
    return (grant for grant in grants if opens or grant.subject.key not in subjects)


def _opens_more(role: Role, known: Role) -> bool:
    """Whether another role allows more; the same role that allows more is told where it stands."""
    if role.key == known.key:
        return False
    return role.rules is None or known.rules is None or next(gained_rules(role.rules, known.rules), None) is not None


def standing_grants(role: Resource, context: Context) -> Iterator[Grant]:
    """The grants of a role to subjects that were bound to it already, whatever it allowed."""
    if context.before is None:
        return
    before = graph_of(context.before, role.id.root)
    for binding in graph_of(context.inventory, role.id.root).bindings_of.get(role.id, ()):
        same = (other for other in before.bindings.get(_name(binding), ()) if other.id == binding.id)
        known = {(grant.subject.key, grant.role.key) for other in same for grant in grants_of(other, context.before)}
        for grant in grants_of(binding, context.inventory):
            if (grant.subject.key, grant.role.key) in known:
                yield grant


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


def graph_of(inventory: Inventory, root: str) -> Graph:
    """Only what mentions RBAC is read for it, once in a run."""
    known = _graphs.setdefault(inventory, {})
    if root not in known:
        flux = frozenset(_flux_namespaces(inventory, root))
        surroundings = Surroundings(flux, _is_management(inventory, root), _edit_reaches_flux(inventory, root))
        graph = known[root] = Graph(surroundings, {}, {}, {}, {})
        for resource in inventory.mentioning(RBAC, root):
            if resource.group == RBAC and not resource.patch:
                _enter(resource, graph)
    return known[root]


def _enter(resource: Resource, graph: Graph) -> None:
    if resource.kind in _ROLES:
        graph.roles.setdefault(resource.id, []).append(resource)
    elif resource.kind in BINDINGS:
        graph.bindings.setdefault(_name(resource), []).append(resource)
        role = _role_named(resource.value.get("roleRef"), resource.id)
        if role is not None:
            graph.bindings_of.setdefault(role, []).append(resource)


def _name(resource: Resource) -> tuple[str, str]:
    return resource.kind, resource.id.name


def _flux_namespaces(inventory: Inventory, root: str) -> Iterator[str]:
    """Only files whose text names another namespace than usual are read for it."""
    table = rbac_table("flux")
    usual = table["namespace"]
    yield usual
    for path in inventory.manifests.holding(b"ystemNamespace"):
        named = set(_SYSTEM_NAMESPACE.findall(inventory.manifests.content(path)))
        if named - {usual.encode()} and inventory.layout.root(path) == root:
            for resource in inventory.resources_in(path):
                for field in table["fields"] if resource.group == EKSA else ():
                    namespace = fields.get(resource.value, fields.parse_pattern(field))
                    if isinstance(namespace, str) and namespace:
                        yield namespace


def _is_management(inventory: Inventory, root: str) -> bool:
    return any(
        resource.is_cluster
        for path in inventory.manifests.holding(EKSA.encode())
        if inventory.layout.root(path) == root
        for resource in inventory.resources_in(path)
    )


def _edit_reaches_flux(inventory: Inventory, root: str) -> bool:
    """By their text: the Flux CLI writes flux-edit-NAMESPACE with the label, and the flag ends it for all of Flux."""
    table = rbac_table("flux")
    held = [
        any(inventory.layout.root(path) == root for path in inventory.manifests.holding(text.encode()))
        for text in (table["edit"], table["lockdown"])
    ]
    return held == [True, False]
