"""What the bindings of a cluster amount to: each grant as a power, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.cluster import manages_itself
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.model.sync import FLUX, is_sync, root_of, synced_folder
from eksa_lint.rules.access import Access, Power, Principal, Step
from eksa_lint.rules.checks.rbac_danger import dangers_of
from eksa_lint.rules.checks.rbac_graph import Grant, Surroundings, grants_of, graph_of
from eksa_lint.rules.checks.rbac_rights import Critical, Reach, Role, in_words, rbac_table, reach_of

_KUBECONFIG: Final = ("spec", "kubeConfig", "secretRef", "name")
_KUBECONFIG_NAME: Final = "-kubeconfig"
"""How Cluster API ends the name of the Secret with a cluster's kubeconfig."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What the bindings that reach a cluster give to whom; `grants` are by the title of their subject."""

    cluster: Resource
    surroundings: Surroundings
    grants: Mapping[str, Sequence[Grant]]

    def access(self, principal: Principal, grant: Grant, steps: Sequence[Step]) -> Iterator[Access]:
        """The power that a grant is to somebody who comes to its subject by these steps."""
        found = _power(grant, self.surroundings)
        if found is not None:
            power, what = found
            role = grant.role
            place = grant.binding.place((*grant.subject.path, "name"))
            given = role.resource.place() if role.resource is not None else grant.binding.place(("roleRef", "name"))
            last = Step(grant.binding.title, place), Step(f"{role.kind} {role.name}", given)
            yield Access(self.cluster.id, principal, power, grant.namespace, what, (*steps, *last))


def syncs_to(inventory: Inventory, cluster: Resource) -> Iterator[Resource]:
    """The Flux Kustomizations that apply to a cluster: those with its kubeconfig, and all without in one of its own."""
    for sync in inventory.mentioning(FLUX, cluster.id.root) if cluster.id.root else ():
        if is_sync(sync):
            kubeconfig = fields.get(sync.value, _KUBECONFIG)
            if kubeconfig == f"{cluster.id.name}{_KUBECONFIG_NAME}" or (kubeconfig is None and manages_itself(cluster)):
                yield sync


def bound_in(inventory: Inventory, cluster: Resource) -> Bound:
    """The bindings that land in a cluster: beside its own manifest, or where Flux is given its kubeconfig."""
    through = (sync for sync in syncs_to(inventory, cluster) if sync.spec.get("kubeConfig"))
    roots = dict.fromkeys(root_of(synced_folder(sync.spec)) for sync in through)
    graphs = [graph_of(inventory, root) for root in ([cluster.id.root] if manages_itself(cluster) else []) + [*roots]]
    found: dict[str, list[Grant]] = {}
    for binding in chain.from_iterable(chain.from_iterable(graph.bindings.values()) for graph in graphs):
        if not inventory.way(binding.path).left_out_by:
            for grant in grants_of(binding, inventory):
                found.setdefault(grant.subject.title, []).append(grant)
    surroundings = (graphs[0] if graphs else graph_of(inventory, cluster.id.root)).surroundings
    return Bound(cluster, surroundings, found)


def _power(grant: Grant, surroundings: Surroundings) -> tuple[Power, str] | None:
    """How far a grant goes, and in words; None where its role allows nothing."""
    role, wide = grant.role, not grant.namespace
    critical = surroundings.critical(grant.namespace) if grant.namespace else None
    opens = wide or (critical is not None and not critical.groups)
    if role.is_admin:
        what = "do anything" if wide else f"do anything in {grant.namespace}"
        return (Power.ADMIN if wide else Power.ESCALATES if opens else Power.WRITES), what
    where = " in every namespace" if wide else f" in {grant.namespace}"
    column = "person" if opens else "elsewhere"
    severe = [danger for danger in dangers_of(role, wide=wide) if danger.severity(column) is Severity.ERROR]
    reach, telling = reach_of(role, None if wide else critical or Critical(Severity.NOTE))
    if severe and reach is not Reach.OPEN:
        return Power.ESCALATES, f"{severe[0].lets}{'' if wide else where}"
    if role.rules is None:
        return _unread(role, reach, where, opens=opens)
    if telling is None or not role.rules:
        return None
    power = Power.READS if all(rule.only_reads for rule in role.rules) else Power.WRITES
    others = len(role.rules) - 1
    more = f"; {others} more rule{'s' if others > 1 else ''}" if others else ""
    if reach is Reach.OPEN and opens:
        power = Power.ESCALATES
    return power, f"{in_words(telling, wide=wide)}{where}{more}"


def _unread(role: Role, reach: Reach, where: str, *, opens: bool) -> tuple[Power, str]:
    """What is known of a role that no file holds."""
    known = rbac_table("known").get(role.name) if role.kind == "ClusterRole" else None
    if known is None:
        return Power.UNKNOWN, f"do what {role.kind} {role.name} allows{where}, whose rules are in no file"
    power = {Reach.OPEN: Power.ESCALATES if opens else Power.WRITES, Reach.READ: Power.READS}.get(reach, Power.WRITES)
    return power, f"do what {role.name} allows{where} ({known['gives']})"
