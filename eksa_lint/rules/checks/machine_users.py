"""The first user of a machine config, which is the one that can log in to the machines."""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.finding import Refuser, Severity
from eksa_lint.model import fields
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later

_REFUSED: Final = "the webhook refuses it on apply"
_NAMES: Final = {"VSphereMachineConfig": "capv", "CloudStackMachineConfig": "capc", "NutanixMachineConfig": "eksa"}
_READS_KEY: Final = frozenset(("VSphereMachineConfig", "CloudStackMachineConfig"))
"""The kinds whose first key is parsed to take its comment off (pkg/providers/common:StripSshAuthorizedKeyComment)."""


@check("machine-users")
def machine_users(resource: Resource, _: Context) -> Iterator[Draft]:
    """What validateMachineConfigUsers refuses (pkg/api/v1alpha1/machine_types.go).

    eksctl anywhere fills in user, name and key by itself, so that only a file that Flux applies must have them. A key
    that was left empty is worth a word all the same.
    """
    if resource.patch:
        return
    users = fields.get(resource.value, ("spec", "users"))
    if isinstance(users, list) and users:
        yield from _first_user(resource, users[0])
    elif resource.id.root and users in (None, []):
        message = f"{resource.title} has no users, and needs one such as {_NAMES[resource.kind]}"
        yield _draft(resource, ("spec", "users"), f"{message}; {_REFUSED}")


def _first_user(resource: Resource, user: Any) -> Iterator[Draft]:
    path: Path = ("spec", "users", 0)
    if not isinstance(user, dict):
        return
    name, keys = user.get("name"), user.get("sshAuthorizedKeys")
    # The schema misses an absent name, except where a webhook puts the empty one back before it looks.
    empty_name = name == "" or ("name" not in user and resource.kind == "VSphereMachineConfig")
    if resource.id.root and empty_name:
        yield _draft(resource, (*path, "name"), f"the first user of {resource.title} has no name; {_REFUSED}")
    if not isinstance(keys, list):
        return
    first = keys[0] if keys else ""
    if first in ("", None):
        yield _empty_key(resource, (*path, "sshAuthorizedKeys", *([0] if keys else [])))
    elif isinstance(first, str) and resource.kind in _READS_KEY and not _is_key(first):
        yield _unreadable_key(resource, (*path, "sshAuthorizedKeys", 0))


def _empty_key(resource: Resource, path: Path) -> Draft:
    message = f"the first user of {resource.title} has no SSH key"
    if resource.id.root:
        return _draft(resource, path, f"{message}: the first entry is what counts; {_REFUSED}")
    message += ": eksctl anywhere makes one up on create, and applied from Git the webhook refuses it"
    return _draft(resource, path, message, severity=Severity.WARNING)


def _unreadable_key(resource: Resource, path: Path) -> Draft:
    message = f"the first SSH key of {resource.title} cannot be read, so no machine can be described"
    # Published files have keys that were made unreadable on purpose; what Flux applies was not.
    severity = None if resource.id.root else Severity.WARNING
    message += "; eksctl anywhere and the controller fail"
    return _draft(resource, path, message, ("cli", "controller"), severity)


def _is_key(text: str) -> bool:
    """Whether it is a key, or what is filled in or decrypted later."""
    from eksa_lint.rules.functions import is_ssh_key  # noqa: PLC0415 - only where there is a key

    return is_filled_in_later(text) or text.startswith("ENC[") or is_ssh_key(text)


def _draft(
    resource: Resource,
    path: Path,
    message: str,
    refused_by: tuple[Refuser, ...] = ("webhook",),
    severity: Severity | None = None,
) -> Draft:
    return draft_at("machine-users", resource, path, message, refused_by=refused_by, severity=severity)
