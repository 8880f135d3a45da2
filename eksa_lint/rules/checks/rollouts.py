"""Machines that a change replaces, told once a part of a cluster and cause."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from eksa_lint.model import fields
from eksa_lint.model.effects import Cause
from eksa_lint.model.impact import Impact, Rollout
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import both_values, name_of

_RULES: Final = {
    "control-plane": "control-plane-rollout",
    "etcd": "etcd-rollout",
    "worker-group": "worker-rollout",
}


@check("rollouts")
def rollouts(impact: Impact, _: Context) -> Iterator[Draft]:
    def told_together(rollout: Rollout) -> tuple[str, bool, str, fields.Path]:
        cause = rollout.causes[0]
        return rollout.part.kind, rollout.part.in_place, cause.after.path, cause.path

    for _key, group in groupby(sorted(impact.rollouts, key=lambda item: str(told_together(item))), told_together):
        yield _draft(impact, list(group))


def _draft(impact: Impact, group: list[Rollout]) -> Draft:
    cause, kind = group[0].causes[0], group[0].part.kind
    others = {(other.after.path, other.path): other for rollout in group for other in rollout.causes[1:]}
    verb = "upgrades" if group[0].part.in_place else "replaces"
    place = " in place" if group[0].part.in_place else ""
    when = " once it is no longer paused" if impact.cluster.is_paused else ""
    return Draft(
        rule=_RULES[kind],
        message=f"Cluster {impact.cluster.name} {verb} {_machines(group)}{place}{when}: {_says(cause)}",
        place=cause.after.place(cause.path),
        resource=impact.cluster.resource,
        field=fields.spell(cause.path, cause.after.value, cause.after.group, cause.after.kind),
        values=(kind, cause.after.id.name, *(json.dumps(value, sort_keys=True) for value in (cause.old, cause.new))),
        label=both_values(cause.old, cause.new),
        old_place=cause.before.place(cause.path) if cause.old is not None else None,
        related=tuple((f"also {_says(other)}", other.after.place(other.path)) for other in others.values()),
    )


def _machines(group: list[Rollout]) -> str:
    part = group[0].part
    count = sum(rollout.part.machines for rollout in group)
    if part.kind != "worker-group":
        words = "control plane" if part.kind == "control-plane" else "etcd"
        return f"its {count} {words} {'machine' if count == 1 else 'machines'}"
    most = "up to " if any(rollout.part.autoscaled for rollout in group) else ""
    names = ", ".join(map(_named, group))
    return f"{most}{count} worker {'machine' if count == 1 else 'machines'} ({names})"


def _named(rollout: Rollout) -> str:
    place = f" in place of {rollout.instead_of}" if rollout.instead_of else ""
    return f"{rollout.part.name} {rollout.part.machines}{place}"


def _says(cause: Cause) -> str:
    return f"{name_of(cause.path, cause.after)} {both_values(cause.old, cause.new)}"
