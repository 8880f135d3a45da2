"""AWS identities that may log in: mappings that cannot work, and what they give.

The facts are those of the server of aws-iam-authenticator, which EKS Anywhere runs with nothing but a cluster id in its
configuration, and which EKS Anywhere itself checks hardly any of (pkg/api/v1alpha1/awsiamconfig.go).
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.iam_arn import fault, parse_arn
from eksa_lint.rules.checks.iam_configs import judge_holder
from eksa_lint.rules.checks.iam_conflicts import ambiguous, wrong_list
from eksa_lint.rules.checks.iam_grants import MASTERS, judge_mappings, judge_reference, standing_privileges
from eksa_lint.rules.checks.iam_mappings import Mapping
from eksa_lint.rules.checks.iam_scene import Scene, scene_of
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax.later import is_filled_in_later

_PLACEHOLDER: Final = re.compile(r"\{\{([^{}]*)\}\}")
_WORD: Final = re.compile(r"[A-Za-z0-9]+\Z")
_SESSION: Final = ("{{SessionName}}", "{{SessionNameRaw}}")


@check("iam")
def iam(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    if isinstance(subject, Change):
        yield from _judge_change(subject, context)
    elif not subject.patch:
        yield from _judge_resource(subject, context.inventory)


def _judge_change(change: Change, context: Context) -> Iterator[Draft]:
    if change.resource.is_cluster:
        yield from judge_reference(change, context)
    elif change.after is not None and context.before is not None:
        yield from judge_mappings(change, context, context.before)


def _judge_resource(resource: Resource, inventory: Inventory) -> Iterator[Draft]:
    scene = scene_of(resource, inventory)
    yield from judge_holder(resource, inventory, scene)
    for mapping in scene.mappings:
        yield from _dead(mapping, scene)
        yield from wrong_list(mapping, scene)
        if not scene.foreign:
            yield from _templates(mapping)
            yield from _idle_groups(mapping, scene)
    yield from ambiguous(scene)
    yield from standing_privileges(scene)
    yield from _fragile_admins(scene)


def _dead(mapping: Mapping, scene: Scene) -> Iterator[Draft]:
    found = fault(mapping.arn, partition=scene.partition, sessions=scene.sessions)
    if found is not None:
        verdict = "never matches" if found.severity is Severity.ERROR else "is doubtful"
        arn = " ".join(mapping.arn.split())
        yield Draft(
            rule="iam-dead-mapping",
            message=f"{arn} in {mapping.title} {verdict}: {found.reason}",
            place=mapping.place(),
            resource=mapping.resource,
            field=mapping.field("arn"),
            label=found.hint,
            severity=found.severity,
        )


def _templates(mapping: Mapping) -> Iterator[Draft]:
    """What the server cannot fill in, or fills in with something that serves nobody."""
    texts = [
        ("username", None, mapping.username),
        *(("groups", index, group) for index, group in enumerate(mapping.groups)),
    ]
    for field, index, text in texts:
        for message, label, severity in _template_faults(mapping, field, index, text):
            yield Draft(
                rule="iam-username-template",
                message=message,
                place=mapping.place(field, index),
                resource=mapping.resource,
                field=mapping.field(field),
                values=(text,),
                label=label,
                severity=severity,
            )


def _template_faults(mapping: Mapping, field: str, index: int | None, text: str) -> Iterator[tuple[str, str, Severity]]:
    what = "user name" if field == "username" else "group"
    of = f"{what} {text} of {mapping.arn}"
    if mapping.is_bare(field, index) and any(text.startswith(f"{{{{{name}}}}}") for name in _placeholders()):
        yield f"{of} has no quotes, so that the file is no YAML and is refused", "put it in quotes", Severity.ERROR
    for match in _PLACEHOLDER.finditer(text):
        meant = _meant(match[1])
        if meant is not None:
            hint = f"write {{{{{meant}}}}}" if meant else "known are " + ", ".join(_placeholders())
            yield f"{of}: the server knows no {match[0]} and leaves it as it is", hint, Severity.ERROR
    if "{{EC2PrivateDNSName}}" in text:
        yield f"{of} needs an EC2 instance, which no machine of EKS Anywhere is: each login fails", "", Severity.ERROR
    if mapping.is_user and any(name in text for name in _SESSION):
        left = text.replace(_SESSION[0], "").replace(_SESSION[1], "")
        yield f"{of} is '{left}' for everybody: only roles have a session name", "", Severity.ERROR
    if "{{AccessKeyID}}" in text:
        yield f"{of} is another one with every new key and session, so that no binding fits it", "", Severity.WARNING
    if field == "username" and any(char.isspace() for char in _PLACEHOLDER.sub("", text)):
        yield f"{of} has a blank in it, which kubectl --as and bindings trip over", "", Severity.WARNING


def _meant(word: str) -> str | None:
    """What a placeholder should say, empty where that is not plain; None where it is right, or another tool's."""
    known = _placeholders()
    if word in known or not _WORD.match(word.strip()):
        return None
    close = get_close_matches(word.strip().lower(), [name.lower() for name in known], n=1, cutoff=0.8)
    if close:
        return next(name for name in known if name.lower() == close[0])
    return "" if word[0].isupper() else None


def _placeholders() -> list[str]:
    names: list[str] = data.table("iam-privileges")["placeholders"]
    return names


def _idle_groups(mapping: Mapping, scene: Scene) -> Iterator[Draft]:
    """Groups that give nothing here."""
    bound = scene.near.groups
    for index, group in enumerate(mapping.groups):
        found = _idle(group, scene)
        if found is not None and group not in bound:
            reason, label, severity = found
            yield Draft(
                rule="iam-idle-group",
                message=f"{f'group {group}' if group else 'an empty group'} of {mapping.arn} gives nothing: {reason}",
                place=mapping.place("groups", index),
                resource=mapping.resource,
                field=mapping.field("groups"),
                values=(group,),
                label=label,
                severity=severity,
            )
    if not mapping.groups and (bound or scene.near.users) and not _is_bound(mapping.username, scene):
        yield Draft(
            rule="iam-idle-group",
            message=f"{mapping.arn} has no group, and no binding here names its user {mapping.username}",
            place=mapping.place(),
            resource=mapping.resource,
            field=mapping.field("groups"),
            severity=Severity.NOTE,
        )


def _idle(group: str, scene: Scene) -> tuple[str, str, Severity] | None:
    table = data.table("iam-privileges")
    if not group.strip():
        return "the template was not filled in", "", Severity.WARNING
    entry = table["groups"].get(group)
    if entry is not None:
        return (entry["means"], "", Severity(entry["dead"])) if "dead" in entry else None
    if group.lower() == MASTERS:
        return "names are compared with their case", "", Severity.WARNING
    if is_filled_in_later(group) or group.startswith("system:") or not scene.near.groups:
        return None
    close = get_close_matches(group, sorted(scene.near.groups), n=1)
    return "no binding here names it", f"did you mean {close[0]}?" if close else "", Severity.NOTE


def _is_bound(username: str, scene: Scene) -> bool:
    return username in scene.near.users or is_filled_in_later(username) or username.startswith("system:")


def _fragile_admins(scene: Scene) -> Iterator[Draft]:
    """Admin rights that hang on access keys, or on one name that AWS may change."""
    if scene.foreign:
        return
    admins = [mapping for mapping in scene.mappings if scene.is_admin(mapping)]
    people = [mapping for mapping in admins if mapping.is_user]
    for mapping in people:
        more = "a second admin" if mapping is not people[0] else "an admin"
        severity = Severity.WARNING if mapping is not people[0] else Severity.NOTE
        yield _fragile(mapping, f"is {more} by an IAM user, whose access keys live long", severity)
    arn = parse_arn(admins[0].arn) if len(admins) == 1 else None
    if arn is not None and arn.is_sso:
        reason = "is the only admin that is mapped, under a name that changes when its permission set is made anew"
        yield _fragile(admins[0], reason, Severity.NOTE)


def _fragile(mapping: Mapping, reason: str, severity: Severity) -> Draft:
    return Draft(
        rule="iam-admin-identity",
        message=f"{mapping.arn} {reason}",
        place=mapping.place(),
        resource=mapping.resource,
        field=mapping.field("arn"),
        severity=severity,
    )
