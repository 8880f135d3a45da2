"""What nobody but eksctl anywhere upgrade minds about machine configs: only of files that Flux does not apply."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.machines import machine_groups
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at

_MACHINES: Final = (
    "VSphereMachineConfig",
    "CloudStackMachineConfig",
    "NutanixMachineConfig",
    "TinkerbellMachineConfig",
)
_FRESH: Final = ("VSphereMachineConfig", "CloudStackMachineConfig")
_PARTS: Final = {"controlPlaneConfiguration": "the control plane", "externalEtcdConfiguration": "etcd"}
_USERS: Final = ("spec", "users")
_REFUSED: Final = "eksctl anywhere upgrade wants the key that creation made in the file"


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
            yield draft_at(
                "machine-config-name-taken",
                after,
                (*path, "name"),
                f"{what} of {after.title} moves to {new['kind']} {new['name']}, which was there before this "
                "change; eksctl anywhere upgrade wants a machine config of a new name",
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
    if resource.is_cluster:
        named = (group.machine for group in machine_groups(context.inventory, resource))
        machines = {machine.id: machine for machine in named if machine is not None and machine.kind in _MACHINES}
    else:
        used = any(other.is_cluster for other in context.inventory.referring(resource.id))
        machines = {resource.id: resource} if used else {}
    for machine in machines.values():
        if not _has_key(machine):
            message = f"{machine.title} has no SSH key for any user; {_REFUSED}"
            yield draft_at("upgrade-without-ssh-key", machine, _USERS, message, refused_by=("cli",))


def _has_key(machine: Resource) -> bool:
    users = fields.as_list(fields.get(machine.value, _USERS))
    keys = (fields.get(user, ("sshAuthorizedKeys",)) for user in users)
    return any(any(own) if isinstance(own, list) else own for own in keys)
