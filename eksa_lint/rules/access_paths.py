"""The ways that lead to power over a cluster, each followed from somebody to what they may do."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from eksa_lint import data
from eksa_lint.model.cluster import manages_itself
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.access import Access, Power, Principal, PrincipalKind, Step
from eksa_lint.rules.access_outside import keys_of, repositories_of
from eksa_lint.rules.access_rights import Bound, bound_in
from eksa_lint.rules.checks.iam_grants import SESSION_NAME
from eksa_lint.rules.checks.iam_mappings import Mapping, configs_of, in_force
from eksa_lint.rules.checks.iam_scene import Scene, known_groups, longest_beginning, scene_of
from eksa_lint.rules.checks.oidc_grants import oidc_configs
from eksa_lint.rules.checks.rbac_graph import Subject
from eksa_lint.rules.checks.rbac_rights import names_in_table
from eksa_lint.rules.checks.rbac_weights import is_superuser, is_written_by_flux

_SUBJECTS: Final[dict[str, PrincipalKind]] = {"Group": "group", "User": "user", "ServiceAccount": "service-account"}


def paths_to(inventory: Inventory, cluster: Resource) -> Iterator[Access]:
    """Every way, in no order; one power may be bounded by several."""
    bound = bound_in(inventory, cluster)
    yield from repositories_of(inventory, cluster, bound)
    yield from keys_of(inventory, cluster)
    mapped: set[str] = set()
    for scene in _scenes(inventory, cluster):
        for mapping in in_force(scene.mappings).values():
            if scene.is_alive(mapping):
                mapped.update(mapping.groups)
                yield from _identity(mapping, bound)
    yield from _subjects(inventory, bound, mapped)


def _scenes(inventory: Inventory, cluster: Resource) -> Iterator[Scene]:
    """The objects by which AWS identities come in: those that the Cluster refers to, and IAMIdentityMappings beside."""
    for _, target in configs_of(cluster):
        for config in inventory.get(target):
            yield scene_of(config, inventory)
            modes = config.spec.get("backendMode")
            if isinstance(modes, list) and "CRD" in modes and manages_itself(cluster):
                for resource in inventory.mentioning("IAMIdentityMapping", cluster.id.root):
                    if resource.kind == "IAMIdentityMapping":
                        yield scene_of(resource, inventory)


def _identity(mapping: Mapping, bound: Bound) -> Iterator[Access]:
    """What an AWS identity may do as the user and by the groups that it is mapped to."""
    principal = Principal("aws", mapping.arn)
    found = [*_by_name(mapping, principal, bound), *_by_bindings(mapping, principal, bound)]
    if not found:
        whom = _as_whom(mapping)
        step = Step(whom, mapping.place())
        found = [Access(bound.cluster.id, principal, Power.LOGS_IN, "", f"log in as {whom}", (step,))]
    yield from found


def _by_name(mapping: Mapping, principal: Principal, bound: Bound) -> Iterator[Access]:
    """What Kubernetes gives to the names themselves."""
    table = data.table("iam-privileges")
    user = longest_beginning(mapping.username, table["usernames"])
    if user is not None:
        step = Step(f"user {mapping.username}", mapping.place("username"))
        yield Access(bound.cluster.id, principal, Power.ESCALATES, "", f"act as {mapping.username}", (step,))
    for index, group in enumerate(mapping.groups):
        entry = known_groups().get(group) or longest_beginning(group, table["group_prefixes"])
        if entry is not None and "level" in entry:
            step = Step(f"group {group}", mapping.place("groups", index))
            power = Power.ADMIN if entry.get("admin") else Power.ESCALATES
            what = "do anything" if power is Power.ADMIN else f"act as {group}: {entry['means']}"
            yield Access(bound.cluster.id, principal, power, "", what, (step,))


def _by_bindings(mapping: Mapping, principal: Principal, bound: Bound) -> Iterator[Access]:
    for index, group in enumerate(mapping.groups):
        step = Step(f"group {group}", mapping.place("groups", index))
        for grant in bound.grants.get(f"Group {group}", ()):
            yield from bound.access(principal, grant, [step])
    chosen = not mapping.is_user and not SESSION_NAME.sub("", mapping.username) and mapping.username
    for grant in chain.from_iterable(bound.grants.values()):
        name = grant.subject.name
        if grant.subject.kind == "User" and (name == mapping.username or (chosen and ":" not in name)):
            text = f"user {name}{', which the session names' if chosen else ''}"
            yield from bound.access(principal, grant, [Step(text, mapping.place("username"))])


def _as_whom(mapping: Mapping) -> str:
    groups = f", group{'s' if len(mapping.groups) > 1 else ''} {', '.join(mapping.groups)}" if mapping.groups else ""
    return f"user {mapping.username}{groups}"


def _subjects(inventory: Inventory, bound: Bound, mapped: set[str]) -> Iterator[Access]:
    """Whom bindings name, except the groups that AWS identities were followed through, and the control plane itself."""
    prefix = _oidc_prefix(inventory, bound.cluster)
    for grant in chain.from_iterable(bound.grants.values()):
        subject = grant.subject
        if not (
            (subject.kind == "Group" and subject.name in mapped)
            or subject.kind not in _SUBJECTS
            or is_superuser(subject)
            or subject.name in names_in_table("controllers")
            or is_written_by_flux(grant, bound.surroundings)
        ):
            principal = Principal(_kind_of(subject, prefix), _name_of(subject))
            yield from bound.access(principal, grant, [])


def _kind_of(subject: Subject, prefix: str | None) -> PrincipalKind:
    by_oidc = prefix is not None and subject.name.startswith(prefix) and not subject.name.startswith("system:")
    return "oidc-group" if subject.kind == "Group" and by_oidc else _SUBJECTS[subject.kind]


def _name_of(subject: Subject) -> str:
    return f"{subject.namespace}/{subject.name}" if subject.kind == "ServiceAccount" else subject.name


def _oidc_prefix(inventory: Inventory, cluster: Resource) -> str | None:
    """What the groups of the cluster's identity provider begin with; None where it has none."""
    for _, config in oidc_configs(cluster, inventory):
        if config.spec.get("groupsClaim"):
            return str(config.spec.get("groupsPrefix") or "")
    return None
