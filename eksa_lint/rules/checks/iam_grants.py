"""What IAM mappings give: the privileges of single names, and what a change adds to whom."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA
from eksa_lint.rules.checks.iam_arn import parse_arn
from eksa_lint.rules.checks.iam_mappings import Mapping, clusters_of, configs_of, in_force, role_of
from eksa_lint.rules.checks.iam_scene import Scene, bindings_naming, known_groups, longest_beginning, scene_of
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import first_of

MASTERS: Final = "system:masters"
_NODE_NAME: Final = "{{EC2PrivateDNSName}}"
_FILLED_IN: Final = re.compile(r"\{\{[^}]*\}\}")
SESSION_NAME: Final = re.compile(r"\{\{SessionName(?:Raw)?\}\}")
_SHOWN: Final = 2
_FEW: Final = 4
"""Mappings from which on one foreign account among them is worth a word."""


@dataclass(frozen=True, slots=True)
class Privilege:
    """Something that a mapping gives and that a reviewer must know of: how much it weighs new, and standing."""

    rule: str
    mapping: Mapping
    field: str
    value: str
    message: str
    new: Severity = Severity.ERROR
    standing: Severity = Severity.WARNING
    index: int | None = None

    @property
    def key(self) -> tuple[str, ...]:
        return self.rule, self.mapping.key, self.field, self.value

    def draft(self, severity: Severity, label: str = "") -> Draft:
        return Draft(
            rule=self.rule,
            message=self.message,
            place=self.mapping.place(self.field, self.index),
            resource=self.mapping.resource,
            field=self.mapping.field(self.field),
            values=(self.value,),
            label=label,
            severity=severity,
        )


def standing_privileges(scene: Scene) -> Iterator[Draft]:
    for privilege in _privileges(scene):
        yield privilege.draft(privilege.standing)


def judge_mappings(change: Change, context: Context, before: Inventory) -> Iterator[Draft]:
    """What a change of mappings gives, and whether it takes away the last admin."""
    old, new = scene_of(change.before, before), scene_of(change.after, context.inventory)
    known = {privilege.key for privilege in _privileges(old)}
    told = set()
    for privilege in _privileges(new):
        if privilege.key not in known:
            yield privilege.draft(privilege.new, "new in this change")
            told.add(privilege.mapping.key)
    yield from _gains(change, old, new, context, told)
    yield from _last_admin(change, old, new)


def judge_reference(change: Change, context: Context) -> Iterator[Draft]:
    """The first AWSIamConfig of a Cluster, where the object was there before: all of its mappings begin to count."""
    if change.after is None or context.before is None or (change.before and any(configs_of(change.before))):
        return
    for path, target in configs_of(change.after):
        for config in context.inventory.get(target) if context.before.get(target) else ():
            around = scene_of(config, context.inventory)
            alive = [mapping for mapping in around.mappings if around.is_alive(mapping)]
            admin = any(around.is_admin(mapping) for mapping in alive)
            if alive:
                severity = Severity.NOTE if change.before is None else Severity.ERROR if admin else Severity.WARNING
                yield Draft(
                    rule="iam-new-grant",
                    message=f"{change.after.title} lets in whom {config.title} maps: {_list_of(alive)}",
                    place=change.after.place((*path, "name")),
                    resource=change.after,
                    field="spec.identityProviderRefs",
                    values=(target.name, *sorted(mapping.key for mapping in alive)),
                    label="the first reference to it",
                    severity=severity,
                    related=(("who is mapped", alive[0].place()),),
                )


def _privileges(scene: Scene) -> Iterator[Privilege]:
    if not scene.foreign:
        for mapping in scene.mappings:
            if scene.is_alive(mapping) and _NODE_NAME not in mapping.username:
                yield from _privileges_of(mapping, scene)


def _privileges_of(mapping: Mapping, scene: Scene) -> Iterator[Privilege]:
    arn = parse_arn(mapping.arn)
    if arn is not None and arn.kind == "root":
        reason = f"lets in the root user of account {arn.account}, and no other identity of it"
        yield Privilege("iam-privileged-mapping", mapping, "arn", "root", f"{mapping.arn} in {mapping.title} {reason}")
    yield from _privilege_of_username(mapping)
    for index, group in enumerate(mapping.groups):
        yield from _privilege_of_group(mapping, group, index)
    found = scene.admin_binding(mapping)
    if found is not None:
        name, binding = found
        place = mapping.groups.index(name) if name in mapping.groups else None
        yield Privilege(
            "iam-privileged-mapping",
            mapping,
            "username" if place is None else "groups",
            name,
            f"{mapping.arn} is {name}, which {binding.title} gives {role_of(binding)}",
            Severity.WARNING,
            Severity.NOTE,
            place,
        )
    if not mapping.is_user:
        yield from _privilege_of_session(mapping, scene)


def _privilege_of_username(mapping: Mapping) -> Iterator[Privilege]:
    name = _FILLED_IN.sub("", mapping.username)
    entry = longest_beginning(name, data.table("iam-privileges")["usernames"])
    if entry is not None:
        message = f"{mapping.arn} logs in as {mapping.username}: {entry['means']}"
        yield Privilege("iam-privileged-mapping", mapping, "username", mapping.username, message)


def _privilege_of_group(mapping: Mapping, group: str, index: int) -> Iterator[Privilege]:
    entry = known_groups().get(group) or longest_beginning(group, data.table("iam-privileges")["group_prefixes"])
    told_elsewhere = group == MASTERS and mapping.resource.group == EKSA
    if entry is not None and "level" in entry and not told_elsewhere:
        message = f"{mapping.arn} gets the group {group}: {entry['means']}"
        level = Severity(entry["level"])
        yield Privilege("iam-privileged-mapping", mapping, "groups", group, message, level, index=index)
    if SESSION_NAME.search(group) and not mapping.is_user:
        reach = "system: is before it" if group.startswith("system:") else "any group that is named so is in reach"
        message = f"whoever takes on {mapping.arn} chooses the group {group}: {reach}"
        yield Privilege("iam-session-name", mapping, "groups", group, message, index=index)


def _privilege_of_session(mapping: Mapping, scene: Scene) -> Iterator[Privilege]:
    arn = parse_arn(mapping.arn)
    if not SESSION_NAME.search(mapping.username) or SESSION_NAME.sub("", mapping.username) or (arn and arn.is_sso):
        return
    bound = next((name for name in scene.near.users if ":" not in name), "")
    reach = f"{bound} has a binding" if bound else "one that is bound somewhere too"
    yield Privilege(
        "iam-session-name",
        mapping,
        "username",
        mapping.username,
        f"whoever takes on {mapping.arn} chooses the user name: {reach}",
        Severity.ERROR if bound else Severity.WARNING,
    )


def _gains(change: Change, old: Scene, new: Scene, context: Context, told: set[str]) -> Iterator[Draft]:
    """Who gains what by the mappings in force, as far as no other rule says it."""
    before = in_force(mapping for mapping in old.mappings if old.is_alive(mapping))
    severity = _weight(change, context)
    for key, mapping in in_force(new.mappings).items():
        known = before.get(key)
        gained = [group for group in mapping.groups if group and (known is None or group not in known.groups)]
        renamed = known is not None and known.username != mapping.username and mapping.username in new.near.users
        if (
            not new.is_alive(mapping)
            or key in told
            or (MASTERS in gained and mapping.resource.group == EKSA)
            or not (gained or renamed or known is None)
        ):
            continue
        group = mapping.groups.index(gained[0]) if gained else None
        field = "arn" if known is None else "groups" if gained else "username"
        yield Draft(
            rule="iam-new-grant",
            message=f"{mapping.arn} {_gain(mapping, gained, known, new)}",
            place=mapping.place(field, group if field == "groups" else None),
            resource=mapping.resource,
            field=mapping.field("grant"),
            values=(*sorted(gained), mapping.username),
            label=_foreign_account(mapping, new.mappings) or "new in this change",
            severity=severity,
        )


def _gain(mapping: Mapping, gained: list[str], known: Mapping | None, scene: Scene) -> str:
    names = f"group{'s' if len(gained) > 1 else ''} {', '.join(gained)}" if gained else "no group"
    bindings = [binding for _, binding in bindings_naming(mapping.username, gained, scene.near)]
    roles = list(dict.fromkeys(map(role_of, bindings)))[:_SHOWN]
    through = f" ({', '.join(roles)} by {bindings[0].title})" if roles else ""
    if known is None:
        return f"may log in as {mapping.username} with {names}{through}"
    return f"gains {names}{through}" if gained else f"becomes user {mapping.username}{through}"


def _weight(change: Change, context: Context) -> Severity:
    """A note where every cluster that it is for is new itself: there is nothing yet that could be taken over."""
    config = change.after
    clusters = clusters_of(config, context.inventory) if config is not None and config.group == EKSA else []
    is_new = bool(clusters) and all(cluster.id in context.added for cluster in clusters)
    return Severity.NOTE if is_new else Severity.WARNING


def _foreign_account(mapping: Mapping, mappings: Iterable[Mapping]) -> str:
    """A word about the only mapping of an account, where all others are of one."""
    arns = [(other, parse_arn(other.arn)) for other in mappings]
    accounts = [arn.account for _, arn in arns if arn is not None]
    own = parse_arn(mapping.arn)
    is_alone = own is not None and accounts.count(own.account) == 1
    if own is None or not is_alone or len(accounts) < _FEW or len(set(accounts) - {own.account}) != 1:
        return ""
    return f"no other mapping is of account {own.account}"


def _last_admin(change: Change, old: Scene, new: Scene) -> Iterator[Draft]:
    """People who only come in through IAM lose the last mapping that can do everything, which may well be meant."""
    if change.event != "changed" or any(new.is_admin(mapping) for mapping in new.mappings):
        return
    lost = [mapping for mapping in old.mappings if old.is_admin(mapping)]
    if lost:
        last = lost[-1]
        yield Draft(
            rule="iam-admin-identity",
            message=f"{last.arn} is the last admin that {last.title} maps: only the admin kubeconfig is left",
            place=last.place("groups"),
            resource=last.resource,
            field=last.field("groups"),
            values=last.groups,
            label="gone with this change",
            severity=Severity.NOTE,
        )


def _list_of(mappings: list[Mapping]) -> str:
    return first_of([f"{mapping.username} ({', '.join(mapping.groups) or 'no group'})" for mapping in mappings], _SHOWN)
