"""Machines that come and go because of a count, and not because they are replaced."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from eksa_lint.model.cluster import Cluster, Part
from eksa_lint.model.failure_domains import domains_of
from eksa_lint.model.fields import Path
from eksa_lint.model.impact import Impact

_Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Scaling:
    """One part of a cluster that gets more or fewer machines; a side is None where the part is new or gone.

    `cluster` is the state that says it. `domain` is the failure domain of the machines of a Nutanix worker group, each
    of which has a set of its own.
    """

    before: Part | None
    after: Part | None
    cluster: Cluster
    domain: str = ""

    @property
    def part(self) -> Part:
        """The part as it will be, or as it was where it is gone."""
        part = self.after or self.before
        assert part is not None  # noqa: S101 - one side is always there
        return part

    @property
    def path(self) -> Path:
        """The field that says it: the count, or the part where that is new or gone."""
        return (*self.part.path, "count") if self.before and self.after else self.part.path

    @property
    def old(self) -> int:
        return self.before.machines if self.before else 0

    @property
    def new(self) -> int:
        return self.after.machines if self.after else 0


def scalings(impact: Impact) -> Iterator[Scaling]:
    """The parts whose number of machines the change sets, of a cluster that is there on both sides.

    Where an autoscaler owns a group after the change, it decides, and nothing is set; nor is what is refused.
    """
    if impact.before is None or impact.after is None:
        return
    old, new = dict(_sets(impact.before)), dict(_sets(impact.after))
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key), new.get(key)
        if before and after and (after.autoscaled or before.machines == after.machines):
            continue
        scaling = Scaling(before, after, impact.after if after else impact.before, key[2])
        if not impact.refuses(scaling.cluster.resource, scaling.path):
            yield scaling


def _sets(cluster: Cluster) -> Iterator[tuple[_Key, Part]]:
    """The parts of a cluster, those in failure domains once a domain."""
    for part in cluster.parts:
        domains = domains_of(cluster, part)
        for domain, machines in zip(domains or ("",), _spread(part, len(domains)), strict=True):
            yield (*part.key, domain), replace(part, machines=machines)


def _spread(part: Part, domains: int) -> list[int]:
    """The first domain has what is left over; an autoscaler has each as its own, which may have them all.

    Source: pkg/providers/nutanix/template.go:calcFailureDomainReplicas.
    """
    if domains <= 1 or part.autoscaled:
        return [part.machines] * max(domains, 1)
    each = part.machines // domains
    return [part.machines - (domains - 1) * each, *[each] * (domains - 1)]
