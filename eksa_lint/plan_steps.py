"""Steps of a plan that the model knows of: machines replaced and scaled, and fields that do nothing to them."""

from collections.abc import Iterable, Iterator
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Consequence, Finding, Place
from eksa_lint.model.cluster import Part
from eksa_lint.model.effects import Cause
from eksa_lint.model.impact import Impact, Rollout
from eksa_lint.model.quiet import QuietUpdate, quiet_updates
from eksa_lint.model.scaling import Scaling, scalings
from eksa_lint.plan import Effect, Reason, Step
from eksa_lint.rules.concealed import Concealed
from eksa_lint.rules.wording import difference, name_of
from eksa_lint.secrets.masking import mask

_OF_SCALE: Final = (Consequence.DESTROYS, Consequence.WEAKENS)
_CONTROLLER_ORDER: Final = ("etcd", "control-plane", "worker-group")
_TITLES: Final = {"etcd": "etcd", "control-plane": "control plane", "worker-group": "worker"}


def rollout_steps(rollouts: Iterable[Rollout], concealed: Concealed) -> Iterator[Step]:
    """In the order in which the controllers go about it: etcd, control plane, worker groups."""
    for rollout in sorted(rollouts, key=lambda each: _CONTROLLER_ORDER.index(each.part.kind)):
        part = rollout.part
        yield Step(
            effect=Effect.IN_PLACE if part.in_place else Effect.ROLLS,
            says=text(f"{_most(part)}{count(part.machines, part)}, {_pace(rollout)}"),
            reasons=tuple(_of_cause(cause, concealed) for cause in rollout.causes),
            part=part.kind,
            group=text(part.name) or None,
            machines=part.machines,
        )


def etcd_steps(impact: Impact, concealed: Concealed) -> Iterator[Step]:
    """External etcd at another Kubernetes version: only the release manifest says whether it brings another etcd."""
    etcd = impact.after.part(("etcd", "")) if impact.after else None
    causes = {cause.path: cause for rollout in impact.rollouts for cause in rollout.causes}
    version = causes.get(("spec", "kubernetesVersion"))
    if etcd and version and not any(rollout.part.kind == "etcd" for rollout in impact.rollouts):
        yield Step(
            effect=Effect.UNKNOWN,
            says=f"{count(etcd.machines, etcd)}: replaced as well where the release brings another etcd",
            reasons=(_of_cause(version, concealed),),
            part=etcd.kind,
            machines=etcd.machines,
        )


def _pace(rollout: Rollout) -> str:
    part = rollout.part
    if rollout.instead_of:
        return f"in place of those of {rollout.instead_of}"
    if part.in_place:
        return "upgraded where they are"
    return "one at a time" if part.at_once == 1 else f"up to {part.at_once} at a time"


def _of_cause(cause: Cause, concealed: Concealed) -> Reason:
    place = cause.after.place(cause.path)
    is_secret = concealed.touches(place) or concealed.touches(cause.before.place(cause.path))
    says = "changed" if is_secret else difference(cause.old, cause.new)
    return reason(f"{name_of(cause.path, cause.after)} {says}", place)


def scaling_steps(impact: Impact, findings: Iterable[Finding]) -> tuple[list[Step], list[Finding]]:
    """The steps of what is scaled, and the findings that say the same, whose words are taken."""
    steps, told = [], []
    for scaling in scalings(impact):
        place = scaling.cluster.resource.place(scaling.path)
        untold = (each for each in findings if each not in told)
        same = next((each for each in untold if each.consequence in _OF_SCALE and tells(each, place)), None)
        told += [same] if same else []
        part = scaling.part
        steps.append(
            Step(
                effect=_effect_of_scale(scaling, same),
                says=same.message if same else text(_scaling(scaling)),
                reasons=(reason("", place),),
                part=part.kind,
                group=text(part.name) or None,
                machines=scaling.new,
                machines_before=scaling.old,
            )
        )
    return steps, told


def _effect_of_scale(scaling: Scaling, finding: Finding | None) -> Effect:
    is_loss = scaling.after is None or (finding is not None and finding.consequence is Consequence.DESTROYS)
    return Effect.LOST if is_loss else Effect.SCALES


def _scaling(scaling: Scaling) -> str:
    part = scaling.part
    title = f"worker group {part.name}" if part.kind == "worker-group" else _TITLES[part.kind]
    title += f" in failure domain {scaling.domain}" if scaling.domain else ""
    most = _most(part)
    if scaling.after is None:
        return f"{title} goes, with {most}{count(scaling.old)}"
    if scaling.before is None:
        return f"{title} is created, with {most}{count(scaling.new)}"
    return f"{title} from {scaling.old} to {count(scaling.new)}"


def quiet_steps(impact: Impact, findings: Iterable[Finding], concealed: Concealed) -> Iterator[Step]:
    """What differs and replaces no machine; that it does nothing is not said of what a finding tells."""
    for update in quiet_updates(impact):
        side = update.change.resource
        place = side.place(update.field.path)
        if update.effect == "in-place" or not any(tells(finding, place) for finding in findings):
            values = "changed" if _is_secret(update, concealed) else difference(update.field.old, update.field.new)
            why = reason(f"{name_of(update.field.path, side)} {values}", place)
            yield Step(Effect(update.effect), update.says or "what it does is not known", (why,))


def _is_secret(update: QuietUpdate, concealed: Concealed) -> bool:
    """Whether a value on either side must not be shown."""
    sides = (update.change.before, update.field.old_path), (update.change.after, update.field.new_path)
    return any(
        concealed.touches(resource.place(path)) for resource, path in sides if resource is not None and path is not None
    )


def tells(finding: Finding, place: Place) -> bool:
    """Whether a finding points at a place, or into the same line."""
    if finding.span is None or (finding.path, finding.side) != (place.path, place.side):
        return False
    span = place.span
    return finding.span.line <= span.end_line and span.line <= finding.span.end_line


def reason(words: str, place: Place) -> Reason:
    return Reason(text(words), place.side, place.path, place.span.line, place.span.column)


def text(words: str) -> str:
    """Fit to be shown."""
    return clean(mask(words))


def count(machines: int, part: Part | None = None) -> str:
    """`3 control plane machines`, `8 worker machines of md-0`."""
    words = f"{_TITLES[part.kind]} " if part else ""
    name = f" of {part.name}" if part and part.name else ""
    return f"{machines} {words}{'machine' if machines == 1 else 'machines'}{name}"


def _most(part: Part) -> str:
    return "up to " if part.autoscaled else ""
