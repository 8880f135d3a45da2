"""What all formats of a plan say alike."""

from typing import Final

from eksa_lint.plan import ClusterPlan, Effect, Plan, Reason
from eksa_lint.report.phrases import plural

LABELS: Final = {
    Effect.LOST: "LOST",
    Effect.CREATED: "CREATED",
    Effect.REFUSED: "REFUSED",
    Effect.ROLLS: "ROLLS",
    Effect.SCALES: "SCALES",
    Effect.IN_PLACE: "IN PLACE",
    Effect.ACCESS: "ACCESS",
    Effect.WEAKENS: "WEAKENS",
    Effect.BREAKS: "BREAKS",
    Effect.NOTHING: "NOTHING",
    Effect.UNKNOWN: "UNKNOWN",
}
_MOST_FOLDERS: Final = 3
_PROVIDERS: Final = {"VSphere": "vSphere", "Tinkerbell": "bare metal"}
_PARTS: Final = {"control-plane": "control plane", "etcd": "etcd", "worker-group": "worker"}


def about(plan: ClusterPlan) -> str:
    """`workload of mgmt, vSphere, 3 control plane + 12 worker`."""
    role = f"workload of {plan.manager}" if plan.manager else "manages itself"
    provider = _PROVIDERS.get(plan.provider, plan.provider)
    return ", ".join(part for part in (role, provider, _machines(plan)) if part)


def _machines(plan: ClusterPlan) -> str:
    counts = []
    for part, word in _PARTS.items():
        found = [machines for machines in plan.machines if machines.part == part]
        if found:
            most = "up to " if any(machines.autoscaled for machines in found) else ""
            counts.append(f"{most}{sum(machines.count for machines in found)} {word}")
    return " + ".join(counts)


def rest(plan: Plan) -> str:
    """`39 clusters unchanged`, or that nothing happens at all."""
    if is_quiet(plan):
        return "Nothing happens to any cluster"
    return f"{plural(plan.unchanged, 'other cluster')} unchanged"


def arrivals(plan: Plan) -> list[tuple[str, str]]:
    """Folders that Flux applies, and when: those of which the same is said together. Nothing where nothing happens."""
    folders: dict[str, list[str]] = {}
    for arrival in () if is_quiet(plan) else plan.arrivals:
        folders.setdefault(arrival.says, []).append(arrival.folder)
    return [(some(names), says) for says, names in folders.items()]


def some(names: list[str]) -> str:
    """The first few of many."""
    unique = list(dict.fromkeys(names))
    more = f" and {len(unique) - _MOST_FOLDERS} more" if len(unique) > _MOST_FOLDERS else ""
    return ", ".join(unique[:_MOST_FOLDERS]) + more


def is_quiet(plan: Plan) -> bool:
    return not plan.elsewhere and all(cluster.is_quiet for cluster in plan.clusters)


def place(reason: Reason, prefix: str = "") -> str:
    """`path:line`, empty where there is none."""
    if reason.path is None:
        return ""
    line = f":{reason.line}" if reason.line is not None else ""
    return f"{prefix}{reason.path}{line}{' (before)' if reason.side == 'before' else ''}"
