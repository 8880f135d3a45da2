"""A plan for programs: version 1 of the format that `schemas/plan.json` describes."""

from typing import Any, Final

from eksa_lint import __version__
from eksa_lint.clean import clean, inert_json
from eksa_lint.finding import Report
from eksa_lint.plan import Arrival, ClusterPlan, Reason, Step
from eksa_lint.report.json_format import compared
from eksa_lint.report.plan_phrases import is_quiet

VERSION: Final = 1


def render(report: Report) -> str:
    """The plan of a report; no clusters where nothing was compared."""
    plan = report.plan
    content = {
        "version": VERSION,
        "tool": {"name": "eksa-lint", "version": __version__},
        "compared": compared(report),
        "quiet": plan is None or is_quiet(plan),
        "clusters": [_cluster(cluster) for cluster in plan.clusters] if plan else [],
        "elsewhere": [_step(step) for step in plan.elsewhere] if plan else [],
        "arrivals": [_arrival(arrival) for arrival in plan.arrivals] if plan else [],
        "unchanged": plan.unchanged if plan else report.compared.clusters,
    }
    return inert_json(content)


def _cluster(plan: ClusterPlan) -> dict[str, Any]:
    cluster = plan.cluster
    return {
        "root": clean(cluster.root),
        "namespace": clean(cluster.namespace),
        "name": clean(cluster.name),
        "provider": clean(plan.provider),
        "manager": plan.manager,
        "machines": [
            {"part": each.part, "group": each.group or None, "count": each.count, "autoscaled": each.autoscaled}
            for each in plan.machines
        ],
        "stopped": plan.stopped or None,
        "steps": [_step(step) for step in plan.steps],
    }


def _arrival(arrival: Arrival) -> dict[str, Any]:
    return {
        "folder": clean(arrival.folder),
        "sync": clean(arrival.sync),
        "says": clean(arrival.says),
        "seconds": arrival.seconds,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "effect": step.effect.value,
        "says": clean(step.says),
        "part": step.part,
        "group": step.group,
        "machines": step.machines,
        "machines_before": step.machines_before,
        "reasons": [_reason(reason) for reason in step.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "text": clean(reason.text),
        "side": reason.side,
        "path": None if reason.path is None else clean(reason.path),
        "line": reason.line,
        "column": reason.column,
    }
