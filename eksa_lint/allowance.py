"""A danger that a team accepts: one rule, one resource, a reason, an owner, and the last day on which it holds.

A resource is spelled `Cluster prod`. In front of the name stands the namespace where it is another one than `default`,
behind the kind the group where it is not that of EKS Anywhere, and at the end the folder of the Flux sync root where
there is one: `Role.rbac.authorization.k8s.io kube-system/reader in clusters/mgmt`. What is left out is not there; it
never stands for anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Consequence, Finding, ResourceName
from eksa_lint.model.objects import is_cluster_scoped
from eksa_lint.model.resource import EKSA
from eksa_lint.rules.rule import Rule

_ROOT: Final = " in "
_DANGERS: Final = (Consequence.DESTROYS, Consequence.ROLLS, Consequence.GRANTS, Consequence.WEAKENS)


@dataclass(frozen=True, slots=True)
class Allowance:
    """`until` is the last day, in UTC."""

    rule: str
    resource: ResourceName
    reason: str
    owner: str
    until: date

    @classmethod
    def from_data(cls, item: Mapping[str, str]) -> "Allowance":
        """From an entry that fits `schemas/config.json`."""
        return cls(
            rule=item["rule"],
            resource=read_resource(item["resource"]),
            reason=" ".join(item["reason"].split()),
            owner=" ".join(item["owner"].split()),
            until=date.fromisoformat(item["until"]),
        )

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding, on whatever day."""
        return finding.rule == self.rule and finding.resource == self.resource

    def has_ended(self, today: date) -> bool:
        return today > self.until

    @property
    def title(self) -> str:
        """`cluster-deleted of Cluster prod`."""
        return f"{self.rule} of {spell_resource(self.resource)}"


def is_danger(rule: Rule) -> bool:
    """Whether somebody may mean what a rule finds. What is refused or broken is so, whoever allows it."""
    is_of_resource = not {"resource", "change", "cluster"}.isdisjoint(rule.subjects)
    return is_of_resource and rule.consequence in _DANGERS


def read_resource(spelled: str) -> ResourceName:
    """The resource that a text names which fits `schemas/config.json`."""
    identity, _, root = spelled.partition(_ROOT)
    kind_and_group, _, path = identity.partition(" ")
    kind, dot, group = kind_and_group.partition(".")
    group = group if dot else EKSA
    namespace, _, name = path.rpartition("/")
    if not namespace and not is_cluster_scoped(group, kind):
        namespace = "default"
    return ResourceName(root, group, kind, namespace, name)


def spell_resource(resource: ResourceName) -> str | None:
    """How an allowance names a resource; None for one that no allowance can name."""
    kind = resource.kind if resource.group == EKSA else f"{resource.kind}.{resource.group}"
    namespace = "" if resource.namespace in {"", "default"} else f"{resource.namespace}/"
    root = f"{_ROOT}{resource.root}" if resource.root else ""
    spelled = f"{kind} {namespace}{resource.name}{root}"
    return spelled if re.search(_pattern(), spelled) and read_resource(spelled) == resource else None


def _pattern() -> str:
    entry: dict[str, Any] = data.json_schema("config")["properties"]["allow"]["items"]["properties"]
    pattern: str = entry["resource"]["pattern"]
    return pattern
