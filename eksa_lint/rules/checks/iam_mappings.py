"""The mappings of AWS identities to Kubernetes users, wherever they are kept, and what in the repository they meet.

AWSIamConfig has them in two lists, EKS Anywhere copies those into the ConfigMap aws-auth as text, and an
IAMIdentityMapping is one by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from eksa_lint.finding import Place
from eksa_lint.model import fields
from eksa_lint.model.cluster import manages_itself
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource, ResourceId
from eksa_lint.rules.checks.iam_arn import canonical, parse_arn
from eksa_lint.syntax import Node, Source, parse

AUTHENTICATOR: Final = "iamauthenticator.k8s.aws"
ROLES: Final = "mapRoles"
USERS: Final = "mapUsers"

_RBAC: Final = "rbac.authorization.k8s.io"
_ARN_KEYS: Final = {ROLES: "rolearn", USERS: "userarn"}


@dataclass(frozen=True, slots=True)
class Mapping:
    """One identity and what it becomes. `list` is where it stands, empty for an object that is one mapping."""

    resource: Resource
    list: str
    arn: str
    username: str
    groups: tuple[str, ...]
    node: Node
    keys: Table[str, str]
    """How `arn`, `username` and `groups` are written here."""
    text: "Text | None" = None
    """The text in which the mapping stands, where that is no part of the object's own YAML."""

    def place(self, field: str = "arn", index: int | None = None) -> Place:
        """A field of the mapping; the ARN, or the mapping itself, where it is not written."""
        path = (self.keys.get(field, field), *(() if index is None else (index,)))
        node = self.node.find(path) or self.node.find(path[:1]) or self.node.find((self.keys["arn"],)) or self.node
        if self.text is not None:
            return self.text.place(node)
        return Place(self.resource.side, self.resource.path, self.resource.source, node.start, node.end)

    def is_bare(self, field: str, index: int | None = None) -> bool:
        """Whether a text that begins with a brace is written without quotes, which is a mapping to YAML."""
        node = self.node.find((self.keys.get(field, field), *(() if index is None else (index,))))
        source = self.text.source if self.text is not None else self.resource.source
        return node is not None and source.text[node.start : node.start + 1] == "{"

    def field(self, name: str) -> str:
        """How fingerprints call a field: by the ARN, which survives another order."""
        return f"{self.list}[{self.arn.lower()}].{name}"

    @property
    def title(self) -> str:
        return f"{self.resource.title} ({self.list})" if self.list else self.resource.title

    @property
    def key(self) -> str:
        """What it shares with every mapping of the same caller."""
        return canonical(self.arn)

    @property
    def is_user(self) -> bool:
        """Whether it is for somebody who comes without a session: a user, the root user or a federated one."""
        arn = parse_arn(self.arn)
        return self.list == USERS if arn is None or not arn.kind else arn.kind not in ("role", "assumed-role")


@dataclass(frozen=True, slots=True)
class Text:
    """YAML in a text value of an object, and the way from it to the lines of the file."""

    resource: Resource
    key: str
    value: Node
    source: Source

    def place(self, node: Node) -> Place:
        """The same characters in the file, for a literal block; else the key of the value."""
        outer = self.resource.source
        line, column = self.source.position(node.start)
        number = outer.position(self.value.start)[0] + line
        written, inner = outer.line(number), self.source.line(line)
        indent = len(written) - len(inner)
        if outer.text[self.value.start] != "|" or indent < 0 or written[indent:] != inner:
            return self.resource.place(("data", self.key), key=True)
        start = outer.offset(number) + indent + column - 1
        return Place(self.resource.side, self.resource.path, outer, start, start + node.end - node.start)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The bindings of a root by whom they name, and its IAMIdentityMappings by whom they mean."""

    groups: Table[str, tuple[Resource, ...]]
    users: Table[str, tuple[Resource, ...]]
    identities: Table[str, tuple[Mapping, ...]]


def is_aws_auth(resource: Resource) -> bool:
    _, *identity = resource.id
    return identity == ["", "ConfigMap", "kube-system", "aws-auth"]


def mappings_of(resource: Resource | None) -> tuple[Mapping, ...]:
    """The mappings of an object that can be read; those without an ARN are the schema's."""
    if resource is None or resource.patch:
        return ()
    if resource.group == EKSA and resource.kind == "AWSIamConfig":
        return tuple(_of_config(resource))
    if resource.group == AUTHENTICATOR and resource.kind == "IAMIdentityMapping":
        node = resource.node.find(("spec",))
        return tuple(_read(resource, "", node, {"arn": "arn"}, None)) if node is not None else ()
    return tuple(_of_aws_auth(resource)) if is_aws_auth(resource) else ()


def _of_config(resource: Resource) -> Iterator[Mapping]:
    for name, key in ((ROLES, "roleARN"), (USERS, "userARN")):
        node = resource.node.find(("spec", name))
        for item in (node.items if node is not None else None) or ():
            yield from _read(resource, name, item, {"arn": key}, None)


def _of_aws_auth(resource: Resource) -> Iterator[Mapping]:
    for name, arn in _ARN_KEYS.items():
        value = resource.node.find(("data", name))
        if value is None or not isinstance(value.value, str):
            continue
        stream = parse(value.value.encode("utf-8", "replace"))
        for document in stream.documents[:1]:
            for item in document.root.items or ():
                keys = {key.lower(): key for key in item.entries or ()}
                spelled = {"arn": keys.get(arn, arn), **{key: keys.get(key, key) for key in ("username", "groups")}}
                yield from _read(resource, name, item, spelled, Text(resource, name, value, stream.source))


def _read(resource: Resource, name: str, node: Node, keys: Table[str, str], text: Text | None) -> Iterator[Mapping]:
    value = node.value if isinstance(node.value, dict) else {}
    arn, username, groups = (value.get(keys.get(key, key)) for key in ("arn", "username", "groups"))
    if isinstance(arn, str) and arn:
        texts = tuple("" if group is None else str(group) for group in groups) if isinstance(groups, list) else ()
        yield Mapping(resource, name, arn, str(username or ""), texts, node, keys, text)


def in_force(mappings: Iterable[Mapping]) -> dict[str, Mapping]:
    """Which mapping each identity gets: the later one of a list, and a role's before a user's."""
    ordered = sorted(mappings, key=lambda mapping: mapping.list != USERS)
    return {mapping.key: mapping for mapping in ordered}


def configs_of(cluster: Resource) -> Iterator[tuple[Path, ResourceId]]:
    """The AWSIamConfigs that a Cluster refers to, and where it does."""
    for path, item in fields.select(cluster.value, fields.parse_pattern("spec.identityProviderRefs[*]")):
        name = fields.get(item, ("name",))
        if fields.get(item, ("kind",)) == "AWSIamConfig" and isinstance(name, str) and name:
            yield path, cluster.id._replace(kind="AWSIamConfig", name=name)


def clusters_of(config: Resource, inventory: Inventory) -> list[Resource]:
    """The Clusters that refer to an AWSIamConfig. Those of its own file are enough, so that a fleet is not searched."""
    beside = [
        resource
        for resource in inventory.resources_in(config.path)
        if resource.is_cluster and any(target == config.id for _, target in configs_of(resource))
    ]
    return beside or [resource for resource in inventory.referring(config.id) if resource.is_cluster]


def lands_beside(resource: Resource, inventory: Inventory) -> bool:
    """Whether a config's own root is applied to the cluster that it is for: the management cluster itself."""
    clusters = clusters_of(resource, inventory)
    return not clusters or any(manages_itself(cluster) for cluster in clusters)


def own_configs(inventory: Inventory, root: str) -> list[Resource]:
    """The AWSIamConfigs of the management cluster that a root lands in."""
    return [
        config
        for cluster in inventory.mentioning("identityProviderRefs", root)
        if cluster.is_cluster and not cluster.patch and manages_itself(cluster)
        for _, target in configs_of(cluster)
        for config in inventory.get(target)
    ]


def identities_bound(inventory: Inventory, root: str, kind: str, name: str) -> list[Mapping]:
    """The AWS identities that the management cluster of a root makes a user, or puts into a group."""
    mappings = in_force(mapping for config in own_configs(inventory, root) for mapping in mappings_of(config))
    return [
        mapping
        for mapping in mappings.values()
        if (kind == "Group" and name in mapping.groups) or (kind == "User" and name == mapping.username)
    ]


def neighbours(inventory: Inventory, root: str) -> Neighbours:
    """Looked up once for each root."""
    known = _memory.setdefault(inventory, {})
    if root not in known:
        known[root] = _find_neighbours(inventory, root)
    return known[root]


_memory: WeakKeyDictionary[Inventory, dict[str, Neighbours]] = WeakKeyDictionary()


def _find_neighbours(inventory: Inventory, root: str) -> Neighbours:
    bound: dict[str, dict[str, list[Resource]]] = {"Group": {}, "User": {}}
    for binding in inventory.mentioning("RoleBinding", root):
        if binding.group == _RBAC and binding.kind.endswith("RoleBinding"):
            for _, subject in fields.select(binding.value, ("subjects", fields.ANY)):
                kind, name = (fields.get(subject, (field,)) for field in ("kind", "name"))
                if kind in bound and isinstance(name, str):
                    bound[kind].setdefault(name, []).append(binding)
    identities: dict[str, list[Mapping]] = {}
    for resource in inventory.mentioning("IAMIdentityMapping", root):
        if resource.kind == "IAMIdentityMapping":
            for mapping in mappings_of(resource):
                identities.setdefault(mapping.key, []).append(mapping)
    return Neighbours(_frozen(bound["Group"]), _frozen(bound["User"]), _frozen(identities))


def _frozen(found: Table[str, Sequence[Any]]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(items) for name, items in found.items()}


def role_of(binding: Resource) -> str:
    """`ClusterRole view`, as far as it is written."""
    kind, name = (fields.get(binding.value, ("roleRef", field)) for field in ("kind", "name"))
    return f"{kind or 'role'} {name or ''}".strip()


def opens_everything(binding: Resource, inventory: Inventory) -> bool:
    """Whether it is bound to cluster-admin in every namespace, or to a ClusterRole that equals it."""
    from eksa_lint.rules.checks.rbac_graph import grants_of  # noqa: PLC0415 - few mappings meet a binding

    return binding.kind == "ClusterRoleBinding" and any(grant.role.is_admin for grant in grants_of(binding, inventory))
