"""What a role allows: its rules, how far they go in a namespace, and what one allows more than another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import product
from math import prod
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource

_READING: Final = frozenset({"get", "list", "watch"})
_MOST_COMPARED: Final = 20_000
"""Rules, or rights of one rule, times old rules: in a role of more, every rule that is written anew counts as new."""
_SHOWN: Final = 3


class Reach(IntEnum):
    """How far a role goes, the least first."""

    NOTHING = 0
    OUTSIDE = 1
    """Only objects without a namespace, or URLs."""
    OPERATOR = 2
    """Only the objects of some operator."""
    LOCK = 3
    """What a leader election needs."""
    UNKNOWN = 4
    READ = 5
    WRITE = 6
    OPEN = 7
    """What hands over all that the namespace holds: its Secrets, or the inside of its pods."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a role, and where it stands in it."""

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...]
    path: Path
    written: tuple[str, ...]
    """The resources as the role lists them, where only some of them are looked at."""

    @property
    def rights(self) -> tuple[tuple[str, ...], ...]:
        return self.groups, self.resources, self.verbs, self.names

    @property
    def only_reads(self) -> bool:
        return _READING.issuperset(self.verbs)

    @property
    def allows_everything(self) -> bool:
        return all("*" in part for part in (self.groups, self.resources, self.verbs)) and not self.names

    def covers(self, other: "Rule") -> bool:
        """Whether all that the other one allows is allowed by this one."""
        parts = (self.groups, other.groups), (self.resources, other.resources), (self.verbs, other.verbs)
        if not all("*" in own or set(wanted) <= set(own) for own, wanted in parts):
            return False
        return not self.names or (bool(other.names) and set(other.names) <= set(self.names))


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """A role as a binding names it. `rules` is None where no file holds them."""

    kind: str
    name: str
    resource: Resource | None
    rules: tuple[Rule, ...] | None
    is_admin: bool
    """Whether it allows everything."""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name


@dataclass(frozen=True, slots=True)
class Critical:
    """A critical namespace: the most that a grant in it can be, and what of a grant counts there."""

    level: Severity
    groups: tuple[str, ...] = ()
    locks: bool = False
    flux: bool = False

    @property
    def is_vital(self) -> bool:
        """Whether whoever rules it rules the cluster."""
        return self.level is Severity.ERROR and not self.groups

    def counted(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        if not self.groups:
            return tuple(rules)
        wanted = {"*", *self.groups}
        return tuple(rule for rule in rules if wanted & set(rule.groups) and not rule.only_reads)


def gained_rules(new: Sequence[Rule], old: tuple[Rule, ...]) -> Iterator[Rule]:
    """What no old rule allowed, as rules with only that in them."""
    same = {rule.rights for rule in old}
    many = len(new) * len(old) > _MOST_COMPARED
    for rule in new:
        if not rule.resources or rule.rights in same or (not many and any(other.covers(rule) for other in old)):
            continue
        parts = rule.groups, rule.resources, rule.verbs, rule.names or ("",)
        if many or prod(map(len, parts)) * len(old) > _MOST_COMPARED:
            yield rule
            continue
        left = [right for right in product(*parts) if not any(other.covers(_single(rule, right)) for other in old)]
        if left:
            groups, resources, verbs, names = (tuple(dict.fromkeys(part)) for part in zip(*left, strict=True))
            yield Rule(groups, resources, verbs, names if rule.names else (), rule.path, rule.written)


def _single(rule: Rule, right: tuple[str, ...]) -> Rule:
    group, resource, verb, name = right
    return Rule((group,), (resource,), (verb,), (name,) if rule.names else (), rule.path, rule.written)


@lru_cache(maxsize=256)
def reach_of(role: Role, critical: Critical | None) -> tuple[Reach, Rule | None]:
    """How far a role goes in a critical namespace, or in all of them, and the rule that goes so far."""
    if role.rules is None:
        known = rbac_table("known").get(role.name) if role.kind == "ClusterRole" else None
        reach = Reach[known["reach"].upper()] if known is not None else Reach.UNKNOWN
        return (Reach.NOTHING if critical and critical.groups else reach), None
    counted = critical.counted(role.rules) if critical else role.rules
    telling = max(counted, key=lambda rule: _rule_reach(rule, wide=critical is None), default=None)
    if telling is None:
        return Reach.NOTHING, None
    return _rule_reach(telling, wide=critical is None), telling


def _rule_reach(rule: Rule, *, wide: bool) -> Reach:
    if not rule.resources or not rule.verbs:
        return Reach.OUTSIDE
    if _opening(rule, wide=wide) is not None:
        return Reach.OPEN
    groups = [group for group in rule.groups if any(fnmatchcase(group, known) for known in rbac_table("groups"))]
    if not groups:
        return Reach.OPERATOR
    if all(_is_cluster_scoped(group, resource) for group in groups for resource in rule.resources):
        return Reach.OUTSIDE
    if all(_is_lock(rule, group, resource) for group in groups for resource in rule.resources):
        return Reach.LOCK
    return Reach.READ if rule.only_reads else Reach.WRITE


def _opening(rule: Rule, *, wide: bool) -> int | None:
    """Which resource of a rule opens the namespace; a list of names limits some of them in all namespaces."""
    if not {"", "*"} & set(rule.groups):
        return None
    for entry in rbac_table("opens"):
        if not {"*", *entry["verbs"]} & set(rule.verbs) or (wide and rule.names and entry.get("named")):
            continue
        wanted = entry["resource"]
        spellings = {"*", wanted, f"*/{wanted.partition('/')[2]}" if "/" in wanted else wanted}
        for index, resource in enumerate(rule.resources):
            if resource in spellings:
                return index
    return None


def _is_cluster_scoped(group: str, resource: str) -> bool:
    kinds = data.table("cluster-scoped").get(group, ())
    return resource.partition("/")[0] in {_plural(kind.lower()) for kind in kinds}


def _plural(kind: str) -> str:
    if kind.endswith("s"):
        return f"{kind}es"
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _is_lock(rule: Rule, group: str, resource: str) -> bool:
    for entry in rbac_table("locks"):
        if (entry["group"], entry["resource"]) != (group, resource):
            continue
        if "verbs" in entry and not set(entry["verbs"]).issuperset(rule.verbs):
            continue
        if not entry.get("named") or (rule.names and not set(entry["except"]) & set(rule.names)):
            return True
    return False


def telling_path(rule: Rule, *, wide: bool) -> Path:
    """The resource that opens the namespace; else the whole rule."""
    opening = _opening(rule, wide=wide)
    if opening is None:
        return rule.path
    return (*rule.path, "resources", rule.written.index(rule.resources[opening]))


def gives_in_words(role: Role, right: str) -> str:
    known = rbac_table("known").get(role.name) if role.kind == "ClusterRole" and not right else None
    if known is not None:
        return f" ({known['gives']})"
    if not right:
        return ", whose rules are in no file"
    others = len(role.rules or ()) - 1
    more = f"; {others} more rule{'s' if others > 1 else ''}" if others > 0 else ""
    return f" ({right}{more})"


def in_words(rule: Rule, *, wide: bool) -> str:
    """What a rule allows in a few words, what opens the namespace first."""
    opening = _opening(rule, wide=wide)
    first = (rule.resources[opening],) if opening is not None else ()
    resources = [*first, *(resource for resource in rule.resources if resource not in first)]
    what = "everything" if "*" in rule.resources else _few(resources)
    names = f" {_few(rule.names)}" if rule.names else ""
    return f"{'do anything with' if '*' in rule.verbs else ', '.join(rule.verbs)} {what}{names}"


def _few(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_SHOWN])
    return shown if len(texts) <= _SHOWN else f"{shown} …"


def rbac_table(section: str) -> Any:
    return data.table("critical-namespaces")[section]


def names_in_table(section: str) -> list[str]:
    names: list[str] = rbac_table(section)
    return names
