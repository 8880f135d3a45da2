"""SSH keys on the machines: who comes in by a change, and keys that are not what they seem.

EKS Anywhere takes the first key of the first user, who then has sudo without a password on every machine of the group
(docs/content/en/docs/getting-started/vsphere/vsphere-spec.md, pkg/providers/vsphere/config/template-cp.yaml).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Consequence, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import Cluster, Part, cluster_of
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.ssh_keys import SshKey, read_ssh_key
from eksa_lint.syntax.later import is_filled_in_later

_USERS: Final = ("spec", "users")
_FIRST_KEY: Final = (*_USERS, 0, "sshAuthorizedKeys", 0)
_KEY_PAIR: Final = ("spec", "sshKeyName")
_KEEPS_LINE: Final = "NutanixMachineConfig"
"""The kind whose keys are written as they stand, with options and comment; for others they are parsed and made anew."""


@dataclass(frozen=True, slots=True)
class Login:
    """The key to the machines of a config: `identity` is what two states are compared by."""

    identity: str
    name: str
    path: Path

    @property
    def title(self) -> str:
        return f"SSH key {self.name}"


@dataclass(frozen=True, slots=True)
class _Gain:
    """Machines of one cluster on which somebody becomes root, and who was it before, where anybody was."""

    cluster: str
    parts: tuple[Part, ...]
    former: Login | None


def login_of(config: Resource) -> Login | None:
    """The key that the machines of a config get; None where it has none that can be read."""
    pair = fields.get(config.value, _KEY_PAIR)
    if isinstance(pair, str) and pair:
        return Login(pair, f"{pair} (key pair)", _KEY_PAIR)
    text = fields.get(config.value, _FIRST_KEY)
    if not isinstance(text, str):
        return None
    key = read_ssh_key(text)
    if key is not None:
        return Login(key.fingerprint, key.title, _FIRST_KEY)
    return Login(text, text, _FIRST_KEY) if is_filled_in_later(text) else None


def machines_in_words(parts: tuple[Part, ...]) -> str:
    """`3 control plane, 5 worker (md-0) machines`."""
    named = {"control-plane": "control plane", "etcd": "etcd"}
    texts = [f"{part.machines} {named.get(part.kind) or f'worker ({part.name})'}" for part in parts]
    return f"{', '.join(texts)} machine{'' if sum(part.machines for part in parts) == 1 else 's'}"


@check("ssh-access")
def ssh_access(change: Change, context: Context) -> Iterator[Draft]:
    """A key that machines did not have before, of a cluster that was there before."""
    config = change.after
    login = login_of(config) if config is not None else None
    if config is None or login is None or context.before is None:
        return
    gains = list(_gains(change, config, login, context.inventory, context.before))
    for gain in gains[:1]:
        more = f", and of {len(gains) - 1} more cluster{'s' if len(gains) > 2 else ''}" if gains[1:] else ""  # noqa: PLR2004
        later = is_filled_in_later(fields.get(config.value, login.path))
        old_login = login_of(change.before) if change.before else None
        yield Draft(
            rule="ssh-access",
            message=f"{login.title} becomes root on {machines_in_words(gain.parts)} of Cluster {gain.cluster}{more}",
            place=config.place(login.path),
            resource=config,
            field="spec.users" if login.path is _FIRST_KEY else "spec.sshKeyName",
            values=(login.identity,),
            label=f"in place of {gain.former.title}" if gain.former else "new in this change",
            severity=Severity.NOTE if later else None,
            old_place=change.before.place(old_login.path) if change.before and old_login else None,
        )


def _gains(change: Change, config: Resource, login: Login, after: Inventory, before: Inventory) -> Iterator[_Gain]:
    for resource in after.referring(config.id):
        known = before.get(resource.id)
        if not resource.is_cluster or not known:
            continue
        old, new = cluster_of(known[0], before), cluster_of(resource, after)
        parts = tuple(part for part in new.parts if part.config is not None and part.config.id == config.id)
        former = login_of(change.before) if change.before else _former(parts, old)
        everywhere = {found.identity for found in _logins(old)}
        if parts and login.identity not in ({former.identity} if former else everywhere):
            yield _Gain(new.name, parts, former)


def _former(parts: tuple[Part, ...], old: Cluster) -> Login | None:
    """The key that the same machines had by another config; for a new group there is none."""
    for part in parts:
        known = old.part(part.key)
        if known is not None and known.config is not None:
            return login_of(known.config)
    return None


def _logins(cluster: Cluster) -> Iterator[Login]:
    for part in cluster.parts:
        if part.config is not None and (login := login_of(part.config)) is not None:
            yield login


@check("ssh-key")
def ssh_key(config: Resource, _: Context) -> Iterator[Draft]:
    """Keys and users that do not do what they seem to."""
    users = fields.get(config.value, _USERS)
    if config.patch or not isinstance(users, list) or not users:
        return
    if fields.get(users, (0, "name")) == "root":
        message = f"the user of {config.title} is root: whoever has its key needs no sudo, which logs who did what"
        yield _draft(config, (*_USERS, 0, "name"), message, "root")
    yield from _ignored(config, users)
    text = fields.get(config.value, _FIRST_KEY)
    key = read_ssh_key(text) if isinstance(text, str) and not is_filled_in_later(text) else None
    if key is not None:
        yield from _weak(config, key)
    elif config.kind == _KEEPS_LINE and isinstance(text, str) and text and not is_filled_in_later(text):
        message = f"the SSH key of {config.title} is none, and is written as it stands: nobody comes in by it"
        yield _draft(config, _FIRST_KEY, message, "unreadable", Consequence.BREAKS)


def _ignored(config: Resource, users: list[Any]) -> Iterator[Draft]:
    """What stands behind the first key of the first user; pkg/providers take the first of both lists."""
    for user, value in enumerate(users):
        keys = fields.get(value, ("sshAuthorizedKeys",))
        for index in range(1 if user == 0 else 0, len(keys) if isinstance(keys, list) else 0):
            if not isinstance(keys[index], str) or not keys[index].strip():
                continue
            found = read_ssh_key(keys[index])
            what = f"SSH key {found.title}" if found else "a further SSH key"
            message = f"{what} of {config.title} lets nobody in: only the first key of the first user counts"
            path = (*_USERS, user, "sshAuthorizedKeys", index)
            yield _draft(config, path, message, "ignored", Consequence.BREAKS)
            return


def _weak(config: Resource, key: SshKey) -> Iterator[Draft]:
    table = data.table("ssh-keys")
    published = table["published"].get(key.fingerprint)
    if published is not None:
        message = f"SSH key {key.fingerprint} of {config.title} is {published['whose']}'s: its private key is published"
        draft = _draft(config, _FIRST_KEY, message, "published", Consequence.GRANTS)
        yield replace(draft, severity=Severity.ERROR)
    weak = table["weak"].get(key.type)
    if weak is not None and key.bits < weak.get("least", key.bits + 1):
        what = f"{key.bits} bits of RSA" if "least" in weak else "DSA"
        yield _draft(config, _FIRST_KEY, f"SSH key of {config.title} has {what}: {weak['why']}", "weak")
    if key.options and config.kind != _KEEPS_LINE:
        message = f"{key.options.partition('=')[0]}= of the SSH key of {config.title} is dropped: it limits nobody"
        yield _draft(config, _FIRST_KEY, message, "options")


def _draft(config: Resource, path: Path, message: str, value: str, consequence: Consequence | None = None) -> Draft:
    return Draft(
        rule="ssh-key",
        message=message,
        place=config.place(path),
        resource=config,
        field="spec.users",
        values=(value,),
        consequence=consequence,
    )
