"""Nutanix worker groups in failure domains whose machine templates no next one can be named after."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.failure_domains import DOMAINS, can_be_followed, members_of, name_of, names_of
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at

_GROUPS: Final = ("spec", "workerNodeGroupConfigurations")
_TEMPLATE: Final = (
    "vcpuSockets",
    "vcpusPerSocket",
    "memorySize",
    "systemDiskSize",
    "image",
    "project",
    "additionalCategories",
    "bootType",
)
"""Fields of a machine config that are in the template; cluster and subnet are those of the failure domain."""


@check("failure-domain-rollout")
def failure_domain_rollout(change: Change, context: Context) -> Iterator[Draft]:
    """Sources: pkg/providers/nutanix/config/md-template.yaml; pkg/clusterapi/name.go:IncrementName."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    if after.kind == "NutanixDatacenterConfig":
        yield from _domains(change, after)
    elif differing := [name for name in _TEMPLATE if _differs(change, name)]:
        for cluster in context.inventory.referring(after.id):
            for group, domain in _used_in(cluster, after, context.inventory):
                what = f"spec.{differing[0]} of {after.title}"
                yield _draft(after, ("spec", differing[0]), what, f"{group} of {cluster.title}", domain)
                return


def _domains(change: Change, datacenter: Resource) -> Iterator[Draft]:
    before, after = (fields.as_list(fields.get(value, DOMAINS)) for value in (change.old, change.new))
    old = {name_of(domain): domain for domain in before}
    for index, domain in enumerate(after):
        name = name_of(domain)
        groups = [group for group in members_of(domain) if group in members_of(old.get(name))]
        if not groups or can_be_followed(name):
            continue
        for field in ("cluster", "subnets"):
            if fields.get(old[name], (field,)) != fields.get(domain, (field,)):
                path = (*DOMAINS, index, field)
                what = f"{fields.spell(path, change.new, datacenter.group, datacenter.kind)} of {datacenter.title}"
                yield _draft(datacenter, path, what, groups[0], name)
                break


def _used_in(cluster: Resource, machine: Resource, inventory: Inventory) -> Iterator[tuple[str, str]]:
    """The worker groups that a machine config serves, with a failure domain of each whose name ends in no number."""
    reference = fields.get(cluster.value, ("spec", "datacenterRef"))
    datacenters = resolve_reference(inventory, cluster, reference) if isinstance(reference, dict) else []
    for group in fields.as_list(fields.get(cluster.value, _GROUPS)):
        name = name_of(group)
        if fields.get(group, ("machineGroupRef", "name")) == machine.id.name:
            for datacenter in datacenters:
                for domain in names_of(datacenter.value, name):
                    if not can_be_followed(domain):
                        yield name, domain


def _draft(resource: Resource, path: Path, what: str, group: str, domain: str) -> Draft:
    message = (
        f"{what} changes worker group {group} in failure domain {domain}, whose name does not end in a dash "
        "and digits; the controller then applies no worker change"
    )
    values = (group, domain)
    return draft_at("failure-domain-rollout", resource, path, message, values=values, refused_by=("controller",))


def _differs(change: Change, name: str) -> bool:
    old, new = (fields.get(value, ("spec", name)) for value in (change.old, change.new))
    return bool(old != new)
