"""Objects in critical namespaces that are no RBAC: the namespaces themselves, and what runs there."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import basename
from typing import Any, Final

from eksa_lint.finding import Consequence, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.rbac_graph import Surroundings, graph_of
from eksa_lint.rules.checks.rbac_rights import names_in_table, rbac_table
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at

_GENERATED: Final = "gotk-components.yaml"
_POD_SPECS: Final[dict[str, Path]] = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_TEMPLATE: Final[Path] = ("spec", "template", "spec")
_OPEN_TO_ADD_ONS: Final = "kube-system"
"""Where CSI drivers and cloud controllers are at home."""
_PRUNE: Final = ("metadata", "annotations", "kustomize.toolkit.fluxcd.io/prune")
_ENFORCE: Final = ("metadata", "labels", "pod-security.kubernetes.io/enforce")
_HOST_FIELDS: Final = ("hostPID", "hostNetwork", "hostIPC")


@check("critical-namespace-object")
def critical_namespace_object(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    if isinstance(subject, Change):
        yield from _namespace_change(subject, context)
    elif not subject.patch and basename(subject.path) != _GENERATED:
        surroundings = graph_of(context.inventory, subject.id.root).surroundings
        if subject.kind == "Namespace":
            yield from _enforced(subject, surroundings)
        else:
            yield from _workload(subject, surroundings)


def _namespace_change(change: Change, context: Context) -> Iterator[Draft]:
    """A namespace that Flux deletes with all that is in it, or becomes the owner of."""
    resource, before = change.resource, context.before
    if resource.kind != "Namespace" or basename(resource.path) == _GENERATED or before is None:
        return
    inventory = before if change.event == "removed" else context.inventory
    surroundings = graph_of(inventory, resource.id.root).surroundings
    critical, name = surroundings.critical(resource.id.name), resource.id.name
    sync = inventory.layout.sync(resource.path)
    if critical is None or critical.groups or sync is None or not sync.prunes or name in names_in_table("kept"):
        return
    if change.event == "removed" and fields.get(resource.value, _PRUNE) != "disabled":
        message = f"Namespace {name} is deleted with all that is in it: {sync.file} prunes what is gone from Git"
        yield _draft(resource, ("metadata", "name"), message, critical.level, Consequence.DESTROYS)
    elif change.event == "added" and surroundings.management and critical.level is Severity.ERROR:
        message = f"Namespace {name} belongs to Flux from now on: taking the file out later deletes all that is in it"
        yield _draft(resource, ("metadata", "name"), message, Severity.WARNING, Consequence.WEAKENS)


def _enforced(namespace: Resource, surroundings: Surroundings) -> Iterator[Draft]:
    level = fields.get(namespace.value, _ENFORCE)
    critical = surroundings.critical(namespace.id.name)
    if level in ("baseline", "restricted") and critical is not None and critical.level is Severity.ERROR:
        message = (
            f"Pod Security {level} is enforced in {namespace.id.name}: pods of the cluster itself are refused there"
        )
        yield _draft(namespace, _ENFORCE, message, Severity.WARNING, Consequence.BREAKS)


def _workload(workload: Resource, surroundings: Surroundings) -> Iterator[Draft]:
    """What runs beside the controllers: as one of them, with the node in reach, or at all."""
    namespace = workload.id.namespace
    critical = surroundings.critical(namespace)
    path, pod = pod_of(workload)
    if critical is None or not critical.is_vital or not isinstance(pod, dict):
        return
    account = pod.get("serviceAccountName")
    if isinstance(account, str) and _is_vendors(account, workload, surroundings):
        message = f"{workload.title} runs as {namespace}/{account}, and has all that this controller may do"
        yield _draft(workload, (*path, "serviceAccountName"), message, Severity.ERROR, Consequence.GRANTS)
    elif found := _reaches_node(pod):
        below, what = found
        severity = Severity.NOTE if namespace == _OPEN_TO_ADD_ONS else Severity.WARNING
        message = f"{workload.title} in {namespace} {what}, beside the controllers of the cluster"
        yield _draft(workload, (*path, *below), message, severity, Consequence.WEAKENS)
    elif namespace != _OPEN_TO_ADD_ONS:
        message = f"{workload.title} runs in {namespace}, among the controllers of the cluster"
        yield _draft(workload, ("metadata", "name"), message, Severity.NOTE, Consequence.WEAKENS)


def pod_of(workload: Resource) -> tuple[Path, Any]:
    """Where the pod of a workload stands in it, and what is written there."""
    path = _POD_SPECS.get(workload.kind, _TEMPLATE)
    return path, fields.get(workload.value, path)


def _is_vendors(account: str, workload: Resource, surroundings: Surroundings) -> bool:
    """Whether it is a controller's own, and the workload is not that controller."""
    accounts = rbac_table("accounts")
    namespace = "flux" if workload.id.namespace in surroundings.flux else workload.id.namespace
    name = workload.id.name
    is_own = name == account or name.endswith("controller-manager")
    return not is_own and any(fnmatchcase(account, pattern) for pattern in accounts.get(namespace, ()))


def _reaches_node(pod: dict[str, Any]) -> tuple[Path, str] | None:
    for name in _HOST_FIELDS:
        if pod.get(name) is True:
            return (name,), f"has {name}"
    for kind in ("containers", "initContainers"):
        for path, value in fields.select(pod, (kind, fields.ANY, "securityContext", "privileged")):
            if value is True:
                return path, "is privileged"
    for path, value in fields.select(pod, ("volumes", fields.ANY, "hostPath")):
        if isinstance(value, dict):
            return (*path, "path"), f"mounts {value.get('path')} of the node"
    return None


def _draft(resource: Resource, path: Path, message: str, severity: Severity, consequence: Consequence) -> Draft:
    return draft_at("critical-namespace-object", resource, path, message, severity=severity, consequence=consequence)
