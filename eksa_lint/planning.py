"""Makes a plan: what the model says of machines, and what the rules say is lost, refused or granted."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Consequence, Finding, ResourceName, Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import Cluster, manager_of
from eksa_lint.model.fate import ClusterFate, Fate, fates
from eksa_lint.model.impact import Impact
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import references_of
from eksa_lint.model.resource import ResourceId
from eksa_lint.plan import Arrival, ClusterPlan, Effect, Machines, Plan, Reason, Step
from eksa_lint.plan_access import access_steps, with_bindings
from eksa_lint.plan_arrivals import Broken, arrivals, broken_syncs, hindrance
from eksa_lint.plan_steps import count, etcd_steps, quiet_steps, reason, rollout_steps, scaling_steps, text
from eksa_lint.rules.concealed import Concealed
from eksa_lint.secrets.masking import mask

_EFFECTS: Final = {
    Consequence.DESTROYS: Effect.LOST,
    Consequence.REJECTED: Effect.REFUSED,
    Consequence.GRANTS: Effect.ACCESS,
    Consequence.WEAKENS: Effect.WEAKENS,
    Consequence.BREAKS: Effect.BREAKS,
}
"""What findings of a consequence are in a plan; machines that roll are counted by the model."""


_GONE: Final = ("cluster-deleted", "paused-cluster-deleted")
_OF_FATE: Final = {
    Fate.DELETED: Effect.LOST,
    Fate.HANGS: Effect.REFUSED,
    Fate.ORPHANED: Effect.WEAKENS,
    Fate.UNKNOWN: Effect.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two states, what differs, and what that reaches."""

    old: Inventory
    new: Inventory
    changes: Sequence[Change]
    impacts: Sequence[Impact]


def make_plan(compared: Comparison, findings: Iterable[Finding], clusters: int) -> Plan:
    """The plan of a change that reaches some of so many `clusters` and brings `findings`, suppressed ones too."""
    told = [finding for finding in findings if _is_told(finding)]
    departed = {_name(change.resource.id) for change in compared.changes if change.after is None}
    refused = {each.resource.root for each in told if each.resource and _stops(each, departed)}
    broken = broken_syncs(told, compared.new)
    concealed = Concealed((), {})
    plans = []
    owned: set[int] = set()
    gone = {fate.before.id: fate for fate in fates(compared.changes, compared.old, compared.new)}
    impacts = with_bindings(compared.impacts, compared.changes, compared.old, compared.new)
    for impact in impacts:
        if _is_left_behind(impact, gone):
            continue
        belongings = _belongings(impact)
        own = [finding for finding in told if finding.resource in belongings]
        owned.update(id(finding) for finding in own)
        access, told_as_access = access_steps(impact, own, compared.old, compared.new)
        steps = [*access, *_steps(impact, own, told_as_access, gone, concealed)]
        stopped = _stopped(impact, own, refused, departed) or _held_back(impact, broken, compared)
        plans.append(_cluster_plan(impact, steps, stopped))
    elsewhere = (_of_finding(finding) for finding in told if id(finding) not in owned)
    return Plan(
        clusters=tuple(sorted(plans, key=_by_weight)),
        elsewhere=tuple(sorted((step for step in elsewhere if step.effect is not Effect.REFUSED), key=_by_effect)),
        unchanged=max(clusters - len(impacts), 0),
        arrivals=tuple(sorted(arrivals(compared.changes, broken, compared.old, compared.new), key=_by_folder)),
    )


def _is_told(finding: Finding) -> bool:
    """What is only refused by someone who does not see the file happens: the model says what."""
    if _is_refusal(finding):
        return finding.severity is Severity.ERROR
    return finding.consequence in _EFFECTS and finding.severity is not Severity.NOTE


def _is_refusal(finding: Finding) -> bool:
    return finding.consequence is Consequence.REJECTED


def _by_weight(plan: ClusterPlan) -> tuple[int, str, str, str]:
    """The gravest first."""
    gravest = min((step.effect.rank for step in plan.steps), default=len(Effect))
    return gravest, plan.cluster.root, plan.cluster.namespace, plan.cluster.name


def _by_effect(step: Step) -> int:
    return step.effect.rank


def _by_folder(arrival: Arrival) -> tuple[str, str]:
    return arrival.folder, arrival.sync


def _belongings(impact: Impact) -> set[ResourceName]:
    """The cluster, what it names on either side, and what differs of that."""
    found = {change.resource.id for change in impact.changes}
    for cluster in (impact.before, impact.after):
        if cluster:
            found.add(cluster.resource.id)
            found |= {reference.target for reference in references_of(cluster.resource)}
    return {_name(identity) for identity in found}


def _name(identity: ResourceId) -> ResourceName:
    return ResourceName(*map(mask, identity))


def _steps(
    impact: Impact,
    findings: list[Finding],
    told: list[Finding],
    gone: Mapping[ResourceId, ClusterFate],
    concealed: Concealed,
) -> Iterator[Step]:
    """What happens to a cluster, beside what of its findings is `told` already."""
    scaled, same = scaling_steps(impact, findings)
    known = [*told, *same]
    fate = gone.get(impact.cluster.resource.id)
    yield from (
        _of_finding(finding)
        for finding in findings
        if finding not in known and not (fate and _is_presence(finding, impact))
    )
    yield from _presence(impact, fate, findings)
    yield from rollout_steps(impact.rollouts, concealed)
    yield from etcd_steps(impact, concealed)
    yield from scaled
    yield from quiet_steps(impact, findings, concealed)


def _cluster_plan(impact: Impact, steps: Iterable[Step], stopped: str) -> ClusterPlan:
    cluster = impact.cluster
    manager = manager_of(cluster.resource)
    return ClusterPlan(
        cluster=_name(cluster.resource.id),
        provider=cluster.provider,
        manager=text(manager) if manager else None,
        machines=tuple(Machines(part.kind, text(part.name), part.machines, part.autoscaled) for part in cluster.parts),
        steps=tuple(sorted(steps, key=_by_effect)),
        stopped=stopped,
    )


def _stops(finding: Finding, departed: Container[ResourceName]) -> bool:
    """Flux deletes when all else is applied, so that what keeps an object from going stops nothing."""
    return _is_refusal(finding) and finding.resource not in departed


def _is_left_behind(impact: Impact, gone: Mapping[ResourceId, ClusterFate]) -> bool:
    """A cluster that Flux applied and nothing applies now is told as the one that goes: its file creates none."""
    identity = impact.cluster.resource.id
    return (
        impact.before is None
        and not identity.root
        and any(fate.before.id.root and fate.before.id._replace(root="") == identity for fate in gone.values())
    )


def _stopped(
    impact: Impact, findings: Iterable[Finding], refused: Container[str], departed: Container[ResourceName]
) -> str:
    """Flux tries all objects of a sync before it applies any; eksctl stops before it changes anything."""
    root = impact.cluster.resource.id.root
    if any(_stops(finding, departed) for finding in findings):
        if root:
            others = f"nor anything else of {clean(root)}"
            return f"nothing below happens, {others}: Flux applies none of it while one is refused"
        return "nothing below happens while that is refused"
    if root and root in refused:
        return f"nothing below happens: Flux applies nothing of {clean(root)} while another object of it is refused"
    if impact.after is not None and impact.after.is_paused:
        return "nothing below happens while the cluster is paused"
    return ""


def _held_back(impact: Impact, broken: Broken, compared: Comparison) -> str:
    """Why Flux does not get to a cluster that it applies, where nothing is refused."""
    if impact.after is None:
        return ""
    old, new = compared.old, compared.new
    why = hindrance(new.way_of(impact.after.resource).sync, broken, old, new)
    return f"nothing below happens {why}" if why else ""


def _of_finding(finding: Finding) -> Step:
    return Step(_EFFECTS[finding.consequence], finding.message, (_of_place(finding),) if finding.path else ())


def _of_place(finding: Finding) -> Reason:
    line, column = (finding.span.line, finding.span.column) if finding.span else (None, None)
    return Reason("", finding.side, finding.path, line, column)


def _is_presence(finding: Finding, impact: Impact) -> bool:
    """Whether a finding says that a cluster is gone, which is told with its machines."""
    return finding.rule in _GONE and finding.resource == _name(impact.cluster.resource.id)


def _presence(impact: Impact, fate: ClusterFate | None, findings: Iterable[Finding]) -> Iterator[Step]:
    """A cluster that comes, as far as nobody refuses it, and one that goes; one that hangs keeps its machines."""
    total = _total(impact.cluster)
    if impact.before is None:
        own = (finding for finding in findings if finding.resource == _name(impact.cluster.resource.id))
        if not any(map(_is_refusal, own)):
            yield _present(impact, Effect.CREATED, f"the cluster, with {count(total)}", (0, total))
    if fate is not None:
        finding = next((each for each in findings if _is_presence(each, impact)), None)
        says = finding.message if finding else f"the cluster, with {count(total)}"
        effect = _OF_FATE[fate.once_pruned if fate.fate is Fate.WAITS else fate.fate]
        yield _present(impact, effect, says, (total, 0) if effect is Effect.LOST else (None, None), finding)


def _present(
    impact: Impact, effect: Effect, says: str, machines: tuple[int | None, int | None], finding: Finding | None = None
) -> Step:
    why = _of_place(finding) if finding and finding.path else reason("", impact.cluster.resource.place())
    before, after = machines
    return Step(effect, says, (why,), machines=after, machines_before=before)


def _total(cluster: Cluster) -> int:
    return sum(part.machines for part in cluster.parts)
