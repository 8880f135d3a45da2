"""The rows of `schemas/tables/update-effects.yaml`: which fields replace machines, of which parts, and when."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import Cluster, Part
from eksa_lint.model.failure_domains import DOMAINS, domains_of, name_of, names_of
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.model.touched import touched

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cause:
    """A field whose change replaces machines: where it is, both values, and the pattern of all that does the same."""

    before: Resource
    after: Resource
    path: Path
    old: Any
    new: Any
    field: str


def causes(change: Change, provider: str) -> Iterator[tuple[Row, Cause]]:
    """The fields of an object that differ in a way that replaces machines, with their rows."""
    if change.before is None or change.after is None:
        return
    for row in data.table("update-effects").get(change.resource.kind, ()):
        if not _is_of(row, provider) or not _is_annotated(row, change):
            continue
        differ = COMPARISONS[row.get("compare", "value")]
        for one in touched(row["field"], change):
            if differ(one.old, one.new):
                shown = one.shown
                yield row, Cause(change.before, change.after, shown.path, shown.old, shown.new, row["field"])


def concerns(row: Row, cause: Cause, cluster: Cluster, part: Part) -> bool:
    """Whether a cause replaces the machines of a part."""
    if "when" in row and not CONDITIONS[row["when"]](cluster, part):
        return False
    rolls = row["rolls"]
    if "referrers" in rolls:
        return True
    if part.kind != "worker-group":
        return part.kind in rolls
    if "members" in rolls:
        domain = name_of(fields.get(cause.after.value, cause.path[: len(DOMAINS) + 1]))
        return all(domain in names_of(side.value, part.name) for side in (cause.before, cause.after))
    return "workers" in rolls or ("group" in rolls and cause.path[: len(part.path)] == part.path)


def _is_of(row: Row, provider: str) -> bool:
    return provider in row.get("providers", (provider,)) and provider not in row.get("notProviders", ())


def _is_annotated(row: Row, change: Change) -> bool:
    """Whether the object before the change has the annotation that a row asks for."""
    annotation = row.get("annotated")
    return annotation is None or bool(fields.get(change.old, ("metadata", "annotations", annotation)))


def _value(old: Any, new: Any) -> bool:
    return bool(old != new)


def _written(old: Any, new: Any) -> bool:
    """The comparison in one direction: what is empty, and a list that the old one begins with, is no difference.

    Source: equality.Semantic.DeepDerivative of k8s.io/apimachinery, as machineTemplateEqual of the providers calls it.
    """
    if new in (None, "", 0, False, [], {}):
        return False
    if isinstance(new, dict):
        return any(_written(fields.get(old, (name,)), value) for name, value in new.items())
    if isinstance(new, list):
        before = fields.as_list(old)
        return len(new) > len(before) or any(map(_written, before, new))
    return bool(old != new)


def _entries(old: Any, new: Any) -> bool:
    """A block with nothing in it renders like none (pkg/clusterapi/extraargs.go:nodeLabelsExtraArgs)."""
    return bool((old or {}) != (new or {}))


def _first(old: Any, new: Any) -> bool:
    return bool(_first_of(old) != _first_of(new))


def _first_user(old: Any, new: Any) -> bool:
    """Only the first user's name and first key are rendered, the key without its comment."""
    return _rendered_user(old) != _rendered_user(new)


def _length(old: Any, new: Any) -> bool:
    return len(fields.as_list(old)) != len(fields.as_list(new))


def _emptiness(old: Any, new: Any) -> bool:
    return bool(old) != bool(new)


def _default_taint(old: Any, new: Any) -> bool:
    """An absent list and the taint that every control plane has render alike."""
    default = [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]
    return bool((old or default) != (new or default))


def _provider_refs(old: Any, new: Any) -> bool:
    """IAM is only taken away by an empty list; without the key the old list stays."""
    mapped = any(fields.get(reference, ("kind",)) == "AWSIamConfig" for reference in fields.as_list(old))
    return bool(old != new) and not (new is None and mapped)


COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "value": _value,
    "written": _written,
    "entries": _entries,
    "first": _first,
    "first-user": _first_user,
    "length": _length,
    "emptiness": _emptiness,
    "default-taint": _default_taint,
    "provider-refs": _provider_refs,
}


def _renders_the_datacenters_image(_: Cluster, part: Part) -> bool:
    value = part.config.value if part.config else None
    return not any(fields.get(value, ("spec", name)) for name in ("osImageURL", "templateRef"))


def _serves_load_balancers(cluster: Cluster, _: Part) -> bool:
    """Whether kube-vip does on the control plane, as it does while there are no workers."""
    datacenter = cluster.datacenter
    skips = (
        fields.get(cluster.value, ("spec", "controlPlaneConfiguration", "skipLoadBalancerDeployment")),
        fields.get(datacenter.value, ("spec", "skipLoadBalancerDeployment")) if datacenter else None,
    )
    return True not in skips


CONDITIONS: Final[dict[str, Callable[[Cluster, Part], bool]]] = {
    "with-proxy": lambda cluster, _: bool(fields.get(cluster.value, ("spec", "proxyConfiguration"))),
    "image-of-the-datacenter": _renders_the_datacenters_image,
    "load-balancers": _serves_load_balancers,
    "outside-failure-domains": lambda cluster, part: not domains_of(cluster, part),
}
"""What must hold of the cluster after the change, or of the part."""


def _rendered_user(users: Any) -> tuple[Any, str]:
    user = _first_of(users)
    key = _first_of(fields.get(user, ("sshAuthorizedKeys",)))
    return fields.get(user, ("name",)), " ".join(str(key or "").split()[:2])


def _first_of(items: Any) -> Any:
    return items[0] if isinstance(items, list) and items else None
