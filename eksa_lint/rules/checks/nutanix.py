"""What Nutanix asks of failure domains and of the addresses that the cloud controller passes over."""

import ipaddress
from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.machines import datacenter
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.rules.functions import is_cidr, is_ip
from eksa_lint.syntax.later import is_filled_in_later

_DATACENTER: Final = "NutanixDatacenterConfig"
_DOMAINS: Final = fields.parse_pattern("spec.failureDomains[*]")
_SPREAD: Final = fields.parse_pattern("spec.failureDomains[*].workerMachineGroups[*]")
_GROUPS: Final = fields.parse_pattern("spec.workerNodeGroupConfigurations[*]")
_EXCLUDED: Final = fields.parse_pattern("spec.ccmExcludeNodeIPs[*]")
_MAPPED_IPV4: Final = 0xFFFF << 32
"""Go holds an IPv4 address as ::ffff:0:0/96 and so compares it with IPv6 ones."""


@check("nutanix-failure-domains")
def failure_domains(cluster: Resource, context: Context) -> Iterator[Draft]:
    """Worker groups that a failure domain names and that are not there, or are too large to be spread.

    A failure domain names the machine config of a group, not the group (pkg/providers/nutanix/validator.go:
    getWorkerMachineGroups); of groups that share one, the last counts.
    """
    found = datacenter(context.inventory, cluster, _DATACENTER)
    if found is None:
        return
    groups = _last_by_machine(effective(cluster))
    if groups is None:
        return
    spread = [(path, name) for path, name in fields.select(found.value, _SPREAD) if isinstance(name, str)]
    for path, name in spread:
        if name not in groups and not is_filled_in_later(name):
            yield _unknown_group(cluster, found, path, name, sorted(groups))
    domains = sum(1 for _ in fields.select(found.value, _DOMAINS))
    for name in sorted({name for _, name in spread} & set(groups)):
        count = fields.get(groups[name][1], ("count",))
        if isinstance(count, int) and not isinstance(count, bool) and count > domains:
            yield _too_many(cluster, groups[name], count, domains)


def _last_by_machine(value: dict[str, Any]) -> dict[str, tuple[Path, dict[str, Any]]] | None:
    """The worker groups by the name of their machine config; None where not all of those can be told."""
    written = fields.get(value, _GROUPS[:-1])
    groups = {}
    for path, group in fields.select(value, _GROUPS):
        name = fields.get(group, ("machineGroupRef", "name"))
        if not isinstance(name, str) or is_filled_in_later(name):
            return None
        groups[name] = (path, group)
    return groups if written is None or isinstance(written, list) else None


def _unknown_group(cluster: Resource, found: Resource, path: Path, name: str, known: list[str]) -> Draft:
    message = (
        f"a failure domain of {found.title} names {name}, which is no machine config of a worker group of "
        f"{cluster.title}; eksctl anywhere and the controller refuse it"
    )
    label = f"one of {', '.join(known)}" if known else ""
    return draft_at("nutanix-failure-domain", found, path, message, values=(cluster.id.name, name), label=label)


def _too_many(cluster: Resource, group: tuple[Path, dict[str, Any]], count: int, domains: int) -> Draft:
    path, value = group
    spread = f"{domains} failure domain{'' if domains == 1 else 's'}"
    return draft_at(
        "nutanix-failure-domain",
        cluster,
        (*path, "count"),
        f"worker group {value.get('name', '')} of {cluster.title} has {count} machines to spread over "
        f"{spread}; eksctl anywhere and the controller refuse more machines than domains",
        values=(str(count), str(domains)),
        label=f"at most {domains}",
    )


@check("nutanix-excluded-addresses")
def excluded_addresses(resource: Resource, _: Context) -> Iterator[Draft]:
    """Entries that are no address, block or range."""
    for path, entry in fields.select(resource.value, _EXCLUDED):
        problem = _problem(entry) if isinstance(entry, str) and not is_filled_in_later(entry) else ""
        if problem:
            message = (
                f"ccmExcludeNodeIPs of {resource.title} holds {entry or 'an empty entry'}, {problem}; "
                "eksctl anywhere and the controller refuse it"
            )
            yield draft_at("nutanix-excluded-address", resource, path, message, values=(entry,), label=problem)


def _problem(entry: str) -> str:
    """As pkg/providers/nutanix/validator.go:validateCcmExcludeNodeIPs reads it: a slash first, then a dash."""
    if "/" in entry:
        return "" if is_cidr(entry.strip()) else "which is no address block"
    if "-" in entry:
        ends = [end.strip() for end in entry.strip().split("-")]
        if len(ends) != 2 or not all(map(is_ip, ends)):  # noqa: PLR2004 - from and to
            return "which is no range of two addresses"
        return "a range that ends before it begins" if _number(ends[0]) > _number(ends[1]) else ""
    return "" if is_ip(entry.strip()) else "which is no IP address"


def _number(address: str) -> int:
    parsed = ipaddress.ip_address(address)
    return int(parsed) + (_MAPPED_IPV4 if parsed.version == 4 else 0)  # noqa: PLR2004 - IPv4
