"""The mappings of one object in their surroundings: who is bound to what, and in which partition of AWS they count."""

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.effective import effective
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks.iam_arn import fault
from eksa_lint.rules.checks.iam_mappings import (
    Mapping,
    Neighbours,
    lands_beside,
    mappings_of,
    neighbours,
    opens_everything,
    own_configs,
)

_NOBODY: Final = Neighbours({}, {}, {})


@dataclass(frozen=True, slots=True)
class Scene:
    """The mappings of one object and what is known around them."""

    mappings: tuple[Mapping, ...]
    inventory: Inventory
    near: Neighbours
    """Of the cluster that the mappings are for; empty where its files are not here."""
    partition: str = ""
    foreign: bool = False
    """Whether it may be for a managed EKS cluster, where other names count."""

    @property
    def sessions(self) -> bool:
        return bool(self.mappings) and not self.mappings[0].list

    def is_alive(self, mapping: Mapping) -> bool:
        found = fault(mapping.arn, partition=self.partition, sessions=self.sessions)
        return found is None or found.severity is not Severity.ERROR

    def admin_binding(self, mapping: Mapping) -> tuple[str, Resource] | None:
        """Which group, or the user name, has everything by which binding."""
        for name, binding in bindings_naming(mapping.username, mapping.groups, self.near):
            if opens_everything(binding, self.inventory):
                return name, binding
        return None

    def is_admin(self, mapping: Mapping) -> bool:
        named = any(known_groups().get(group, {}).get("admin") for group in mapping.groups)
        return self.is_alive(mapping) and (named or self.admin_binding(mapping) is not None)


def scene_of(resource: Resource | None, inventory: Inventory) -> Scene:
    """The mappings of an object with what the repository says around them; none where there is no object."""
    mappings = mappings_of(resource)
    if resource is None or not mappings:
        return Scene((), inventory, _NOBODY)
    near, root = neighbours(inventory, resource.id.root), resource.id.root
    if resource.kind == "AWSIamConfig":
        known = (near.groups or near.users or near.identities) and lands_beside(resource, inventory)
        return Scene(mappings, inventory, near if known else _NOBODY, partition_of(resource))
    if resource.kind == "ConfigMap":
        configs = own_configs(inventory, root)
        partition = partition_of(configs[0]) if configs else ""
        return Scene(mappings, inventory, near if configs else _NOBODY, partition, foreign=not configs)
    return Scene(mappings, inventory, near)


def partition_of(config: Resource) -> str:
    """The partition of AWS that counts, empty where none does."""
    return str(config.spec.get("partition") or fields.get(effective(config), ("spec", "partition")) or "")


def bindings_naming(username: str, groups: Iterable[str], near: Neighbours) -> Iterator[tuple[str, Resource]]:
    """The bindings that name a user or one of the groups."""
    for name, bound in ((username, near.users), *((group, near.groups) for group in groups)):
        yield from ((name, binding) for binding in bound.get(name, ()))


def longest_beginning(name: str, table: Table[str, Any]) -> Table[str, Any] | None:
    """The entry of the longest beginning that a name has."""
    found = [prefix for prefix in table if name.startswith(prefix)]
    entry: Table[str, Any] | None = table[max(found, key=len)] if found else None
    return entry


def known_groups() -> dict[str, dict[str, Any]]:
    """The groups that Kubernetes itself gives a meaning, by their names."""
    groups: dict[str, dict[str, Any]] = data.table("iam-privileges")["groups"]
    return groups
