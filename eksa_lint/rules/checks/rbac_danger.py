"""Rights that lead to more than they name, and subjects that nobody means: `schemas/tables/dangerous-rights.yaml`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.rbac import judge_grants, weigh_critical
from eksa_lint.rules.checks.rbac_graph import Grant, Subject, Surroundings, graph_of, role_of
from eksa_lint.rules.checks.rbac_rights import Critical, Role, Rule, in_words, names_in_table
from eksa_lint.rules.checks.rbac_weights import (
    SERVICE_ACCOUNTS_OF,
    Weighed,
    Who,
    is_superuser,
    meaning_of,
    weigh,
    who_of,
)
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import first_of

_SHOWN: Final = 2
_URLS: Final = fields.parse_pattern("rules[*].nonResourceURLs[*]")
_RULE: Final = "dangerous-right"


@dataclass(frozen=True, slots=True)
class Danger:
    """A right of a role that leads to more: what it lets somebody do, how much it weighs for whom, where it stands."""

    lets: str
    weighs: Mapping[str, Severity]
    path: Path
    listed: Severity | None = None
    """How much it weighs where the role names the objects that it is for."""

    def severity(self, column: str) -> Severity | None:
        if self.listed is not None:
            return self.listed if column in self.weighs else None
        return self.weighs.get(column)


@check("dangerous-right")
def dangerous_right(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    """Grants of such rights, and roles that wait for a binding or are added to those of the API server."""
    yield from judge_grants(_RULE, weigh_danger, subject, context)
    resource = subject.after if isinstance(subject, Change) else subject
    if resource is not None and not resource.patch and resource.kind in ("Role", "ClusterRole"):
        yield from _aggregated(resource, context, new=isinstance(subject, Change))
        if isinstance(subject, Resource):
            yield from _waiting(resource, context)


def dangers_of(role: Role, *, wide: bool, account: bool = False) -> Iterator[Danger]:
    """The dangerous rights of a role, in the order of the table.

    `wide` says that it counts in all namespaces, `account` that a ServiceAccount holds it.
    """
    if role.rules is None:
        known = _table()["roles"].get(role.name) if role.kind == "ClusterRole" else None
        if known is not None and wide:
            yield Danger(known["lets"], _severities(known), ())
        return
    for entry in _table()["rights"]:
        rules = role.rules if wide or not entry.get("wide") else ()
        found = [danger for rule in rules if (danger := _danger(entry, rule, account=account)) is not None]
        # A rule that names its objects takes nothing from one beside it that does not.
        yield from [*(danger for danger in found if danger.listed is None), *found][:1]


def _danger(entry: Mapping[str, Any], rule: Rule, *, account: bool) -> Danger | None:
    on, named = entry["on"], entry.get("named")
    verbs = [verb for verb in rule.verbs if verb == "*" or verb in on["verbs"]]
    resources = [resource for resource in rule.resources if _is_meant(resource, on["resources"])]
    if not verbs or not resources or not any(_in_groups(group, on["groups"]) for group in rule.groups):
        return None
    if account and "spares" in entry and _is_spared(rule, entry["spares"]):
        return None
    listed = None
    if named is not None and _is_limited(rule, named):
        if "listed" not in named:
            return None
        listed = Severity(named["listed"])
    tells = ("verbs", verbs[0]) if entry.get("tells") == "verb" else ("resources", resources[0])
    lets = f"{named['lets']} {', '.join(rule.names[:_SHOWN])}" if named and listed else entry["lets"]
    return Danger(lets, _severities(entry), (*rule.path, *tells), listed)


def _is_limited(rule: Rule, named: Mapping[str, Any]) -> bool:
    """Whether a list of names takes the danger away: one that has none of those in the table."""
    has_list = bool(rule.names) or named.get("only", False)
    return has_list and not set(rule.names).intersection(named.get("names", ()))


def _is_meant(resource: str, wanted: Sequence[str]) -> bool:
    """Whether a resource of a rule is one of the table; a pattern of that without a slash means no subresource."""
    if resource == "*":
        return True
    for one in wanted:
        if "/" in one and resource == f"*/{one.partition('/')[2]}":
            return True
        if fnmatchcase(resource, one) and ("/" in one or one == "*" or "/" not in resource):
            return True
    return False


def _in_groups(group: str, wanted: Sequence[str]) -> bool:
    return group == "*" or any(fnmatchcase(group, one) for one in wanted)


def _is_spared(rule: Rule, spares: Mapping[str, Sequence[str]]) -> bool:
    return set(rule.resources) <= set(spares["resources"]) and set(rule.verbs) <= set(spares["verbs"])


def _urls(role: Role) -> Iterator[Danger]:
    entry = _table()["urls"]
    for path, url in fields.select(role.resource.value if role.resource else None, _URLS):
        if any(fnmatchcase(str(url), wanted) for wanted in entry["paths"]):
            yield Danger(entry["lets"], _severities(entry), path)
            return


def weigh_danger(grant: Grant, part: Role, surroundings: Surroundings, new: bool) -> Weighed | None:
    """What no other rule says of a grant at least as loud."""
    role, subject = grant.role, grant.subject
    if role.is_admin or is_superuser(subject) or role.name in names_in_table("harmless"):
        return None
    critical = surroundings.critical(grant.namespace) if grant.namespace else Critical(Severity.ERROR)
    who = who_of(grant, surroundings, critical.level if critical else Severity.NOTE)
    found = (
        _worst(grant, part, critical, who)
        or _by_subject(grant, part, critical, who)
        or _through_flux(grant, surroundings, who)
    )
    if found is None:
        return None
    severity, dangers = found
    severity = weigh(severity, Severity.ERROR, who, new=new)
    told = weigh_critical(grant, part, surroundings, new)
    if told is not None and told.severity.at_least(severity):
        return None
    lets = _joined(dangers)
    where = f" in {grant.namespace}" if grant.namespace else ""
    binding = grant.binding.title
    return Weighed(
        severity=severity,
        message=f"{binding}{where} lets {subject.title} {lets} ({role.kind} {role.name})",
        role_message=f"{role.kind} {role.name} lets {subject.title} also {lets}{where} ({binding})",
        label=meaning_of(subject) or _machines(subject) or ("new in this change" if new else ""),
        place=role.resource.place(_written(role.resource, dangers[0].path)) if role.resource else None,
    )


def _worst(grant: Grant, part: Role, critical: Critical | None, who: Who) -> tuple[Severity, list[Danger]] | None:
    """The dangers of a role, the most severe first, by what they weigh for this subject at this place."""
    column = _column(grant, critical, who)
    if column is None:
        return None
    wide = not grant.namespace
    # URLs are of no rule with resources, so that a role is only judged by them as a whole.
    urls = _urls(part) if wide and part is grant.role else ()
    weighed = [
        (severity, danger)
        for danger in (*dangers_of(part, wide=wide, account=column == "account"), *urls)
        if (severity := danger.severity(column)) is not None
    ]
    if not weighed:
        return None
    weighed.sort(key=lambda item: item[0].rank)
    return weighed[0][0], [danger for _, danger in weighed]


def _column(grant: Grant, critical: Critical | None, who: Who) -> str | None:
    if who in (Who.FOREIGN, Who.OWN):
        return "account" if who is Who.FOREIGN and critical is not None and not critical.groups else None
    return "elsewhere" if grant.namespace and (critical is None or critical.groups) else "person"


def _by_subject(grant: Grant, part: Role, critical: Critical | None, who: Who) -> tuple[Severity, list[Danger]] | None:
    """Whatever it is: rights of everybody, of every machine, and of the account that pods have without asking."""
    subject = grant.subject
    if who is Who.EVERYBODY or _machines(subject):
        of_a_namespace = critical is None and subject.name.startswith(SERVICE_ACCOUNTS_OF)
        severity = Severity.WARNING if of_a_namespace else Severity.ERROR
    elif who is Who.PODS and subject.kind == "ServiceAccount" and critical is None:
        severity = Severity.WARNING
    else:
        return None
    rules = [rule for rule in part.rules or () if rule.verbs and rule.resources]
    if part.rules is not None and not rules:
        return None
    lets = in_words(rules[0], wide=not grant.namespace) if rules else f"do what {part.name} allows"
    return severity, [Danger(lets, {}, rules[0].path if rules else ())]


def _through_flux(grant: Grant, surroundings: Surroundings, who: Who) -> tuple[Severity, list[Danger]] | None:
    """The built-in edit and admin, to which Flux adds its own objects in every namespace."""
    entry = _table()["through_flux"]
    if who is not Who.PERSON or grant.role.name not in entry["roles"] or not surroundings.edit_reaches_flux:
        return None
    return Severity(entry["elsewhere"]), [Danger(entry["lets"], {}, ())]


def _machines(subject: Subject) -> str:
    meant: dict[str, str] = _table()["machines"]
    found = (text for pattern, text in meant.items() if fnmatchcase(subject.name, pattern))
    return next(found, "") if subject.kind in ("User", "Group") else ""


def _joined(dangers: Sequence[Danger]) -> str:
    return first_of(list(dict.fromkeys(danger.lets for danger in dangers)), _SHOWN, joint=", and ")


def _written(resource: Resource, path: Path) -> Path:
    """Where a verb or resource stands: the last step of a danger's path is its text."""
    if not path or not isinstance(path[-1], str):
        return path
    texts = fields.get(resource.value, path[:-1])
    return (*path[:-1], texts.index(path[-1])) if isinstance(texts, list) and path[-1] in texts else path[:-1]


def _aggregated(resource: Resource, context: Context, *, new: bool) -> Iterator[Draft]:
    """What a ClusterRole adds to one that the API server ships, and so to whoever is bound to that."""
    table = _table()["aggregation"]
    labels = fields.get(resource.value, ("metadata", "labels"))
    into = [name for name in table["into"] if fields.get(labels, (table["label"] + name,)) in ("true", True)]
    if resource.kind != "ClusterRole" or not into or _is_any(resource.id.name, table["except"]):
        return
    known = table["known"] if into != ["view"] else ()
    dangers = [
        danger
        for danger in dangers_of(role_of(resource, context.inventory), wide=False)
        if danger.severity("elsewhere") in (Severity.ERROR, Severity.WARNING) and danger.lets not in known
    ]
    if dangers:
        yield Draft(
            rule=_RULE,
            message=f"ClusterRole {resource.id.name} is added to {' and '.join(into)}: whoever has that in a namespace "
            f"may {_joined(dangers)}",
            place=resource.place(_written(resource, dangers[0].path)),
            resource=resource,
            field="metadata.labels",
            values=tuple(into),
            severity=Severity.WARNING if new else Severity.NOTE,
        )


def _waiting(resource: Resource, context: Context) -> Iterator[Draft]:
    """A role that gives nothing yet: it is judged when a binding comes."""
    role = role_of(resource, context.inventory)
    by_flux = _is_any(role.name, _table()["aggregation"]["except"])
    if role.is_admin or by_flux or graph_of(context.inventory, resource.id.root).bindings_of.get(resource.id):
        return
    column, wide = ("person", True) if resource.kind == "ClusterRole" else ("elsewhere", False)
    dangers = [danger for danger in dangers_of(role, wide=wide) if danger.severity(column) is Severity.ERROR]
    if dangers:
        yield Draft(
            rule=_RULE,
            message=f"{resource.title} is not bound yet; whom it is bound to may {_joined(dangers)}",
            place=resource.place(_written(resource, dangers[0].path)),
            resource=resource,
            field="rules",
            severity=Severity.NOTE,
        )


def _is_any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _severities(entry: Mapping[str, Any]) -> dict[str, Severity]:
    return {column: Severity(level) for column, level in entry["weighs"].items()}


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = data.table("dangerous-rights")
    return table
