"""Steps of a plan about power: who gains what over a cluster, and who loses it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from eksa_lint.finding import Consequence, Finding
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import cluster_of, manager_of
from eksa_lint.model.impact import Impact
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.plan import Effect, Reason, Step
from eksa_lint.plan_steps import reason, tells, text
from eksa_lint.rules.access import Access, Power, access_of, clusters_in, gained

_RBAC: Final = "rbac.authorization.k8s.io"
_KINDS: Final = ("AWSIamConfig", "OIDCConfig")


def with_bindings(impacts: Iterable[Impact], changes: Sequence[Change], old: Inventory, new: Inventory) -> list[Impact]:
    """The impacts, those of management clusters with the roles and bindings that change in their root."""
    found = {impact.cluster.resource.id: impact for impact in impacts}
    for root, bindings in _by_root(change for change in changes if change.resource.group == _RBAC).items():
        for cluster in clusters_in(new):
            if cluster.id.root == root and not manager_of(cluster):
                known = found.get(cluster.id) or _unchanged(cluster, old, new)
                if known is not None:
                    found[cluster.id] = replace(known, changes=(*known.changes, *bindings))
    return list(found.values())


def _by_root(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.resource.id.root, []).append(change)
    return found


def _unchanged(cluster: Resource, old: Inventory, new: Inventory) -> Impact | None:
    before = next(iter(old.get(cluster.id)), None)
    return Impact(cluster_of(before, old), cluster_of(cluster, new), ()) if before is not None else None


def access_steps(
    impact: Impact, findings: Iterable[Finding], old: Inventory, new: Inventory
) -> tuple[list[Step], list[Finding]]:
    """The steps of a cluster that is there on both sides, and the findings that say the same."""
    before, after = impact.before, impact.after
    if before is None or after is None or not any(map(_gives_power, impact.changes)):
        return [], []
    was, now = access_of(old, before.resource), access_of(new, after.resource)
    come, go = list(_new_power(was, now)), list(_new_power(now, was))
    steps = [*(_step(access, "may now") for access in come), *(_step(access, "may no longer") for access in go)]
    places = [link.place for access in come for link in access.through]
    told = [
        finding
        for finding in findings
        if finding.consequence is Consequence.GRANTS and any(tells(finding, place) for place in places)
    ]
    return steps, told


def _new_power(before: tuple[Access, ...], after: tuple[Access, ...]) -> Iterator[Access]:
    """What is gained; a mere login only by whoever had none: it is what the files show of one without other power."""
    known = {access.principal for access in before}
    for access in gained(before, after):
        if access.power is not Power.LOGS_IN or access.principal not in known:
            yield access


def _gives_power(change: Change) -> bool:
    resource = change.resource
    is_login = resource.group == EKSA and (resource.kind in _KINDS or resource.kind.endswith("MachineConfig"))
    return is_login or resource.group == _RBAC or resource.is_cluster


def _step(access: Access, may: str) -> Step:
    where = f" in namespace {access.namespace}" if access.namespace else ""
    says = f"{access.principal.name} {may} {access.what}{where}"
    return Step(Effect.ACCESS, text(says), tuple(_links(access)))


def _links(access: Access) -> Iterator[Reason]:
    for link in access.through:
        yield reason("" if access.what.endswith(link.text) else link.text, link.place)  # a login is only what it is as
