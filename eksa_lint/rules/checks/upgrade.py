"""What nobody but eksctl anywhere upgrade minds about machine configs: only of files that Flux does not apply."""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft

_MACHINES: Final = (
    "VSphereMachineConfig",
    "CloudStackMachineConfig",
    "NutanixMachineConfig",
    "TinkerbellMachineConfig",
)
_FRESH: Final = ("VSphereMachineConfig", "CloudStackMachineConfig")
_PARTS: Final = {"controlPlaneConfiguration": "the control plane", "externalEtcdConfiguration": "etcd"}
_USERS: Final = ("spec", "users")


@check("machine-config-name-taken")
def machine_config_name_taken(change: Change, context: Context) -> Iterator[Draft]:
    """A reference to a machine config that was there before.

    Sources: validateMachineConfigsNameUniqueness in pkg/providers/vsphere and pkg/providers/cloudstack. The webhook
    does not look.
    """
    before, after = change.before, change.after
    if before is None or after is None or after.id.root or context.before is None:
        return
    for part, what in _PARTS.items():
        path = ("spec", part, "machineGroupRef")
        old, new = (fields.get(resource.value, path) for resource in (before, after))
        if not isinstance(old, dict) or not isinstance(new, dict) or old.get("name") == new.get("name"):
            continue
        if new.get("kind") in _FRESH and (taken := resolve_reference(context.before, before, new)):
            yield Draft(
                rule="machine-config-name-taken",
                message=f"{what} of {after.title} moves to {new['kind']} {new['name']}, which was there before this "
                "change; eksctl anywhere upgrade wants a machine config of a new name",
                place=after.place((*path, "name")),
                resource=after,
                field=".".join((*path, "name")),
                values=(str(old.get("name")), str(new["name"])),
                refused_by=("cli",),
                related=((f"{new['name']} before the change", taken[0].place()),),
            )


@check("upgrade-without-ssh-key")
def upgrade_without_ssh_key(change: Change, context: Context) -> Iterator[Draft]:
    """A machine config without any key, in a change of a Cluster that was there before or of the config itself.

    eksctl makes a key on create, and expects it in the file from then on.
    """
    resource = change.after
    if resource is None or change.event != "changed" or resource.group != EKSA or resource.id.root:
        return
    if resource.kind == "Cluster":
        machines = {machine.id: machine for machine in _machines(resource, context.inventory)}
    else:
        used = any(other.kind == "Cluster" for other in context.inventory.referring(resource.id))
        machines = {resource.id: resource} if used else {}
    for machine in machines.values():
        if not _has_key(machine):
            yield _without_key(machine)


def _machines(cluster: Resource, inventory: Inventory) -> Iterator[Resource]:
    references = [fields.get(cluster.value, ("spec", part, "machineGroupRef")) for part in _PARTS]
    groups = fields.get(cluster.value, ("spec", "workerNodeGroupConfigurations"))
    references += [fields.get(group, ("machineGroupRef",)) for group in (groups if isinstance(groups, list) else ())]
    for reference in references:
        if isinstance(reference, dict) and reference.get("kind") in _MACHINES:
            yield from resolve_reference(inventory, cluster, reference)


def _has_key(machine: Resource) -> bool:
    users = fields.get(machine.value, _USERS)
    keys: list[Any] = []
    for user in users if isinstance(users, list) else ():
        own = fields.get(user, ("sshAuthorizedKeys",))
        keys += own if isinstance(own, list) else [own]
    return any(keys)


def _without_key(machine: Resource) -> Draft:
    return Draft(
        rule="upgrade-without-ssh-key",
        message=f"{machine.title} has no SSH key for any user; eksctl anywhere upgrade wants the key that creation "
        "made in the file",
        place=machine.place(_USERS),
        resource=machine,
        field=".".join(_USERS),
        refused_by=("cli",),
    )
