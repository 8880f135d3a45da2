"""Nutanix worker groups in failure domains: each has one set of machines a domain.

Sources: pkg/providers/nutanix/template.go, pkg/providers/nutanix/config/md-template.yaml, pkg/clusterapi/name.go.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.cluster import Cluster, Part
from eksa_lint.syntax.later import is_filled_in_later

DOMAINS: Final = ("spec", "failureDomains")
_NUMBERED: Final = re.compile(r"(?:^|-)[0-9]+\Z")


def domains_of(cluster: Cluster, part: Part) -> tuple[str, ...]:
    """The failure domains of a worker group, in the order of the datacenter; none on another provider."""
    if part.kind != "worker-group" or cluster.provider != "Nutanix":
        return ()
    datacenter = cluster.datacenter
    return tuple(names_of(datacenter.value, part.name)) if datacenter else ()


def names_of(datacenter: Any, group: str) -> Iterator[str]:
    """The failure domains that a datacenter's value gives to a worker group."""
    for domain in fields.as_list(fields.get(datacenter, DOMAINS)):
        if group in members_of(domain):
            yield name_of(domain)


def members_of(domain: Any) -> list[str]:
    """The worker groups of a failure domain."""
    return [str(group) for group in fields.as_list(fields.get(domain, ("workerMachineGroups",)))]


def name_of(domain: Any) -> str:
    return str(fields.get(domain, ("name",)) or "")


def can_be_followed(domain: str) -> bool:
    """Whether a next machine template can be named: its name ends in the domain's, and is counted up from its digits.

    Where it cannot, the controller fails in the phase of the workers, and no worker change of the cluster is applied.
    """
    return bool(_NUMBERED.search(domain)) or is_filled_in_later(domain)
