"""Makes a plan: what the model says of machines, and what the rules say is lost, refused or granted."""

from collections.abc import Container, Iterable, Iterator
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Consequence, Finding, Place, ResourceName, Severity
from eksa_lint.model import fields
from eksa_lint.model.cluster import Cluster, Part
from eksa_lint.model.effects import Cause
from eksa_lint.model.impact import Impact, Rollout
from eksa_lint.model.quiet import quiet_updates
from eksa_lint.model.references import references_of
from eksa_lint.model.resource import ResourceId
from eksa_lint.model.scaling import Scaling, scalings
from eksa_lint.plan import ClusterPlan, Effect, Machines, Plan, Reason, Step
from eksa_lint.rules.wording import difference, name_of
from eksa_lint.secrets.scan import mask

_EFFECTS: Final = {
    Consequence.DESTROYS: Effect.LOST,
    Consequence.REJECTED: Effect.REFUSED,
    Consequence.GRANTS: Effect.ACCESS,
    Consequence.WEAKENS: Effect.WEAKENS,
    Consequence.BREAKS: Effect.BREAKS,
}
"""What findings of a consequence are in a plan; machines that roll are counted by the model."""

_OF_SCALE: Final = (Consequence.DESTROYS, Consequence.WEAKENS)
_CONTROLLER_ORDER: Final = ("etcd", "control-plane", "worker-group")
_TITLES: Final = {"etcd": "etcd", "control-plane": "control plane", "worker-group": "worker"}


def make_plan(impacts: Iterable[Impact], findings: Iterable[Finding], clusters: int) -> Plan:
    """The plan of a change that reaches some of so many `clusters` and brings `findings`, suppressed ones too."""
    told = [finding for finding in findings if _is_told(finding)]
    refused = {finding.resource.root for finding in told if _is_refusal(finding) and finding.resource}
    plans = []
    owned: set[int] = set()
    for impact in impacts:
        belongings = _belongings(impact)
        own = [finding for finding in told if finding.resource in belongings]
        owned.update(id(finding) for finding in own)
        plans.append(_cluster_plan(impact, own, refused))
    elsewhere = (_of_finding(finding) for finding in told if id(finding) not in owned)
    return Plan(
        clusters=tuple(sorted(plans, key=_by_weight)),
        elsewhere=tuple(sorted((step for step in elsewhere if step.effect is not Effect.REFUSED), key=_by_effect)),
        unchanged=max(clusters - len(plans), 0),
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


def _cluster_plan(impact: Impact, findings: list[Finding], refused: Container[str]) -> ClusterPlan:
    cluster = impact.cluster
    manager = fields.get(cluster.value, ("spec", "managementCluster", "name"))
    scaled, told = _scaled(impact, findings)
    steps = [
        *(_of_finding(finding) for finding in findings if finding not in told and not _is_presence(finding, impact)),
        *_presence(impact, findings),
        *_rollouts(impact.rollouts),
        *scaled,
        *_quiet(impact, findings),
    ]
    return ClusterPlan(
        cluster=_name(cluster.resource.id),
        provider=cluster.provider,
        manager=_text(str(manager)) if manager not in (None, "", cluster.name) else None,
        machines=tuple(Machines(part.kind, _text(part.name), part.machines, part.autoscaled) for part in cluster.parts),
        steps=tuple(sorted(steps, key=_by_effect)),
        stopped=_stopped(impact, findings, refused),
    )


def _stopped(impact: Impact, findings: Iterable[Finding], refused: Container[str]) -> str:
    """Flux tries all objects of a sync before it applies any; eksctl stops before it changes anything."""
    root = impact.cluster.resource.id.root
    if any(map(_is_refusal, findings)):
        if root:
            others = f"nor anything else of {clean(root)}"
            return f"nothing below happens, {others}: Flux applies none of it while one is refused"
        return "nothing below happens while that is refused"
    if root and root in refused:
        return f"nothing below happens: Flux applies nothing of {clean(root)} while another object of it is refused"
    if impact.after is not None and impact.after.is_paused:
        return "nothing below happens while the cluster is paused"
    return ""


def _of_finding(finding: Finding) -> Step:
    return Step(_EFFECTS[finding.consequence], finding.message, (_of_place(finding),) if finding.path else ())


def _of_place(finding: Finding) -> Reason:
    line, column = (finding.span.line, finding.span.column) if finding.span else (None, None)
    return Reason("", finding.side, finding.path, line, column)


def _is_presence(finding: Finding, impact: Impact) -> bool:
    """Whether a finding says that a cluster is gone, which is told with its machines."""
    return (
        impact.after is None
        and finding.consequence is Consequence.DESTROYS
        and finding.resource == _name(impact.cluster.resource.id)
    )


def _presence(impact: Impact, findings: Iterable[Finding]) -> Iterator[Step]:
    """A cluster that comes, and one that goes, unless something else of the two is refused or kept."""
    if impact.before is not None and impact.after is not None:
        return
    total = _total(impact.cluster)
    own = [finding for finding in findings if finding.resource == _name(impact.cluster.resource.id)]
    loss = next((finding for finding in own if _is_presence(finding, impact)), None)
    if impact.before is None:
        if not any(map(_is_refusal, own)):
            yield _present(impact, Effect.CREATED, f"the cluster, with {_count(total)}", (0, total))
    elif impact.after is None and impact.before.hangs_in_deletion and loss:
        says = f"its deletion: it manages itself, and so hangs with {_count(total)}, reconciled no more"
        yield _present(impact, Effect.REFUSED, says, (None, None), loss)
    elif loss is None and not own:
        yield _present(impact, Effect.LOST, f"the cluster, with {_count(total)}", (total, 0))
    elif loss is not None and not any(map(_is_refusal, own)):
        yield _present(impact, Effect.LOST, loss.message, (total, 0), loss)


def _present(
    impact: Impact, effect: Effect, says: str, machines: tuple[int | None, int | None], finding: Finding | None = None
) -> Step:
    reason = _of_place(finding) if finding and finding.path else _reason("", impact.cluster.resource.place())
    before, after = machines
    return Step(effect, says, (reason,), machines=after, machines_before=before)


def _rollouts(rollouts: Iterable[Rollout]) -> Iterator[Step]:
    """In the order in which the controllers go about it: etcd, control plane, worker groups."""
    for rollout in sorted(rollouts, key=lambda each: _CONTROLLER_ORDER.index(each.part.kind)):
        part = rollout.part
        yield Step(
            effect=Effect.IN_PLACE if part.in_place else Effect.ROLLS,
            says=_text(f"{_most(part)}{_count(part.machines, part)}, {_pace(part)}"),
            reasons=tuple(_of_cause(cause) for cause in rollout.causes),
            part=part.kind,
            group=_text(part.name) or None,
            machines=part.machines,
        )


def _pace(part: Part) -> str:
    if part.in_place:
        return "upgraded where they are"
    return "one at a time" if part.at_once == 1 else f"up to {part.at_once} at a time"


def _of_cause(cause: Cause) -> Reason:
    says = f"{name_of(cause.path, cause.after)} {difference(cause.old, cause.new)}"
    return _reason(says, cause.after.place(cause.path))


def _scaled(impact: Impact, findings: Iterable[Finding]) -> tuple[list[Step], list[Finding]]:
    """The steps of what is scaled, and the findings that say the same, whose words are taken."""
    steps, told = [], []
    for scaling in scalings(impact):
        place = _place_of(scaling, impact)
        same = next((each for each in findings if each.consequence in _OF_SCALE and _tells(each, place)), None)
        told += [same] if same else []
        part = scaling.part
        steps.append(
            Step(
                effect=_effect_of_scale(scaling, same),
                says=same.message if same else _text(_scaling(scaling)),
                reasons=(_reason("", place),),
                part=part.kind,
                group=_text(part.name) or None,
                machines=scaling.new,
                machines_before=scaling.old,
            )
        )
    return steps, told


def _effect_of_scale(scaling: Scaling, finding: Finding | None) -> Effect:
    is_loss = scaling.after is None or (finding is not None and finding.consequence is Consequence.DESTROYS)
    return Effect.LOST if is_loss else Effect.SCALES


def _place_of(scaling: Scaling, impact: Impact) -> Place:
    cluster = impact.after if scaling.after else impact.before
    path = scaling.part.path if scaling.after is None or scaling.before is None else (*scaling.part.path, "count")
    return (cluster or impact.cluster).resource.place(path)


def _scaling(scaling: Scaling) -> str:
    part = scaling.part
    title = f"worker group {part.name}" if part.kind == "worker-group" else _TITLES[part.kind]
    most = _most(part)
    if scaling.after is None:
        return f"{title} goes, with {most}{_count(scaling.old)}"
    if scaling.before is None:
        return f"{title} is created, with {most}{_count(scaling.new)}"
    return f"{title} from {scaling.old} to {_count(scaling.new)}"


def _quiet(impact: Impact, findings: Iterable[Finding]) -> Iterator[Step]:
    """What differs and replaces no machine; that it does nothing is not said of what a finding tells."""
    for update in quiet_updates(impact):
        side = update.change.resource
        place = side.place(update.field.path)
        if update.effect == "in-place" or not any(_tells(finding, place) for finding in findings):
            says = f"{name_of(update.field.path, side)} {difference(update.field.old, update.field.new)}"
            reason = _reason(says, place)
            yield Step(Effect(update.effect), update.says or "what it does is not known", (reason,))


def _tells(finding: Finding, place: Place) -> bool:
    """Whether a finding points at a place, or into the same line."""
    if finding.span is None or (finding.path, finding.side) != (place.path, place.side):
        return False
    span = place.span
    return finding.span.line <= span.end_line and span.line <= finding.span.end_line


def _reason(text: str, place: Place) -> Reason:
    return Reason(_text(text), place.side, place.path, place.span.line, place.span.column)


def _text(text: str) -> str:
    return clean(mask(text))


def _total(cluster: Cluster) -> int:
    return sum(part.machines for part in cluster.parts)


def _count(machines: int, part: Part | None = None) -> str:
    """`3 control plane machines`, `8 worker machines of md-0`."""
    words = f"{_TITLES[part.kind]} " if part else ""
    name = f" of {part.name}" if part and part.name else ""
    return f"{machines} {words}{'machine' if machines == 1 else 'machines'}{name}"


def _most(part: Part) -> str:
    return "up to " if part.autoscaled else ""
