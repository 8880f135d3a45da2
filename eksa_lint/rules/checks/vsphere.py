"""What vSphere asks of templates, of paths in vCenter, and of the kubelet on Bottlerocket."""

import re
from collections.abc import Iterator
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Refuser, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.machines import MachineGroup, datacenter, machine_groups
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later, known_text

_DATACENTER: Final = "VSphereDatacenterConfig"
_MACHINE: Final = "VSphereMachineConfig"
_BOTTLEROCKET: Final = "bottlerocket"
_FOLDERS: Final = {"folder": "vm", "datastore": "datastore"}
"""What vCenter calls the folder below a datacenter that a field's path is in (pkg/executables/govc.go:prependPath)."""

_STAND_IN: Final = re.compile(r"my[A-Z]|<")
_NOT_OF_THE_KUBELET: Final = ("kind", "apiVersion")
_BOTH: Final[tuple[Refuser, ...]] = ("cli", "controller")
_GO_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "text": (str, int, float, bool),
    "number": (int,),
    "flag": (bool,),
    "list": (list,),
    "map": (dict,),
}
"""What each word of the table takes; sigs.k8s.io/yaml makes text of a number or a flag where the Go field is text."""


@check("vsphere-template")
def templates(subject: Resource | Change, _: Context) -> Iterator[Draft]:
    """Machine configs without a template.

    eksctl anywhere imports an image for Bottlerocket only; the webhook wants a template of every new object, and what
    Flux applies no eksctl has filled in before.
    """
    resource = subject.after if isinstance(subject, Change) else subject
    if resource is None or resource.patch or resource.spec.get("template"):
        return
    family = resource.spec.get("osFamily") or _BOTTLEROCKET
    if isinstance(subject, Change):
        if resource.id.root:
            message = f"{resource.title} has no template; the webhook takes no new machine config without one"
            yield _template(resource, message, "webhook")
    elif family in ("ubuntu", "redhat"):
        reason = f"eksctl anywhere only has one to import for bottlerocket, not for {family}"
        yield _template(resource, f"{resource.title} has no template, and {reason}", "cli")


def _template(resource: Resource, message: str, refuser: Refuser) -> Draft:
    return draft_at(
        "vsphere-template-missing",
        resource,
        ("spec", "template"),
        message,
        label="template is missing",
        severity=Severity.WARNING if _is_sample(resource) else None,
        refused_by=(refuser,),
    )


def _is_sample(resource: Resource) -> bool:
    """Whether names such as myDatastore or <datastore> still wait for those of a real vCenter."""
    values = (resource.spec.get("datastore"), resource.spec.get("resourcePool"))
    return any(isinstance(value, str) and _STAND_IN.match(value) for value in values)


@check("vsphere-paths")
def paths(cluster: Resource, context: Context) -> Iterator[Draft]:
    """Folders and datastores that begin with the datacenter and go on in another folder than they must."""
    found = datacenter(context.inventory, cluster, _DATACENTER)
    name = known_text(found.spec.get("datacenter")) if found else ""
    if found is None or not name:
        return
    for group in machine_groups(context.inventory, cluster):
        if group.machine is not None and group.machine.kind == _MACHINE:
            yield from _paths_of(group.machine, ("spec",), group.machine.title, name)
    groups = fields.as_list(cluster.spec.get("workerNodeGroupConfigurations"))
    if any(fields.get(group, ("failureDomains",)) for group in groups):
        for path, domain in fields.select(found.value, fields.parse_pattern("spec.failureDomains[*]")):
            where = f"failure domain {fields.get(domain, ('name',))} of {found.title}"
            yield from _paths_of(found, path, where, name)


def _paths_of(resource: Resource, path: Path, title: str, datacenter_name: str) -> Iterator[Draft]:
    for field, folder in _FOLDERS.items():
        value = known_text(fields.get(resource.value, (*path, field)))
        prefix = f"/{datacenter_name}/{folder}"
        if value.startswith(f"/{datacenter_name}") and not value.startswith(prefix):
            yield draft_at(
                "vsphere-inventory-path",
                resource,
                (*path, field),
                f"the {field} of {title} is {value}, which does not lie below {prefix}; "
                "eksctl anywhere and the controller refuse it",
                values=(value, prefix),
                label=f"not below {prefix}",
            )


@check("bottlerocket-kubelet")
def bottlerocket_kubelet(cluster: Resource, context: Context) -> Iterator[Draft]:
    """Kubelet settings that Bottlerocket does not have.

    eksctl anywhere asks it of every group as soon as one of the cluster's machines runs Bottlerocket (pkg/validations/
    cluster.go:ValidateBottlerocketKubeletConfig), the controller only of those that do.
    """
    groups = [group for group in machine_groups(context.inventory, cluster) if group.role != "etcd"]
    if not any(map(_runs_bottlerocket, groups)):
        return
    for group in groups:
        refused_by: tuple[Refuser, ...] = _BOTH if _runs_bottlerocket(group) else ("cli",)
        for path, settings in fields.select(group.value, ("kubeletConfiguration",), group.path):
            for key, value in settings.items() if isinstance(settings, dict) else ():
                problem = "" if key in _NOT_OF_THE_KUBELET else _problem(key, value)
                if problem:
                    yield _setting(cluster, group, (*path, key), problem, refused_by)


def _runs_bottlerocket(group: MachineGroup) -> bool:
    machine = group.machine
    if machine is None or machine.kind != _MACHINE:
        return False
    return (machine.spec.get("osFamily") or _BOTTLEROCKET) == _BOTTLEROCKET


def _problem(key: str, value: Any) -> str:
    """Go matches keys in any letter case."""
    known = {name.lower(): wanted for name, wanted in data.table("bottlerocket-kubelet").items()}
    wanted = known.get(key.lower())
    if is_filled_in_later(key) or is_filled_in_later(value):
        return ""
    if wanted is None:
        return "which Bottlerocket has no setting for"
    if value is None or _fits(value, wanted):
        return ""
    return f"where Bottlerocket takes a {wanted}"


def _fits(value: Any, wanted: str) -> bool:
    if wanted == "number" and isinstance(value, bool):
        return False
    return isinstance(value, _GO_TYPES[wanted])


def _setting(
    cluster: Resource, group: MachineGroup, path: Path, problem: str, refused_by: tuple[Refuser, ...]
) -> Draft:
    key = path[-1]
    own = _runs_bottlerocket(group)
    who = "and the controller refuse it" if own else "refuses it beside Bottlerocket machines"
    unknown = "no setting" in problem
    return draft_at(
        "bottlerocket-kubelet",
        cluster,
        path,
        f"the kubelet of {group.role} of {cluster.title} gets {key}, {problem}; eksctl anywhere {who}",
        key=unknown,
        values=(problem,),
        label="not a setting of Bottlerocket" if unknown else problem.removeprefix("where Bottlerocket takes "),
        refused_by=refused_by,
    )
