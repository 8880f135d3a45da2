"""Runs rules over resources, changes and files, and gives what they found as drafts."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from posixpath import basename
from typing import TYPE_CHECKING, Any

from eksa_lint.finding import Place, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.effective import effective
from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.release import eksa_version_of, is_before
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.cel import Evaluator, Failure
from eksa_lint.rules.checks import Check, registered
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, in_quotes
from eksa_lint.rules.pairs import Pair, changed, standing
from eksa_lint.rules.rule import Rule, Subject, Validation
from eksa_lint.rules.values import Values, gate, validations_for
from eksa_lint.syntax.later import is_filled_in_later

if TYPE_CHECKING:
    from eksa_lint.model.impact import Impact


class Engine:
    """The rules of one run. `judge_*` give drafts; nothing here knows lines, policy or output."""

    def __init__(self, rules: Iterable[Rule], context: Context, evaluator: Evaluator | None = None) -> None:
        self._rules = tuple(rules)
        self._context = context
        self._shared_evaluator = evaluator or Evaluator()
        self._matching: dict[tuple[Subject, str, str, str], tuple[Rule, ...]] = {}
        self._gates: dict[tuple[str, Subject], str] = {}
        self._plans: dict[tuple[bool, str, str, str], tuple[_Step, ...]] = {}
        self._values: dict[int, dict[str, Any]] = {}
        self._scope: Resource | None = None

    def judge_resource(self, resource: Resource, *, is_known: bool = False) -> Iterator[Draft]:
        """What stands in one object; in a known one, only what may come of the objects around it."""
        yield from self._run_checks(self._matches("resource", resource), resource)
        plan = self._plan(resource, is_known=is_known)
        if plan and not resource.patch:
            value = self._effective(resource)
            seen = _Seen(self._evaluator)
            for step in plan:
                for pair in standing(step.each, resource, value):
                    self._scope = resource
                    if self._evaluator.judge(step.gate, seen.values(pair)[1]) is not True:
                        for rule in step.rules:
                            yield from self._judge_pair(rule, "resource", pair, seen)

    def judge_change(self, change: Change) -> Iterator[Draft]:
        """What happened to one object."""
        rules = self._matches("change", change.resource)
        yield from self._run_checks([rule for rule in rules if change.event in rule.events], change)
        seen = _Seen(self._evaluator)
        for rule in rules:
            if rule.validations:
                for pair in changed(rule, change):
                    if pair.event in rule.events:
                        yield from self._judge_pair(rule, "change", pair, seen)

    def judge_impact(self, impact: "Impact") -> Iterator[Draft]:
        """What the whole change does to one cluster."""
        yield from self._run_checks(self._of("cluster"), impact)

    def judge_file(self, file: File) -> Iterator[Draft]:
        """What stands in one file, whether it holds objects or not."""
        rules = [rule for rule in self._of("file") if not rule.files or _is_at(file.path, rule.files)]
        yield from self._run_checks([rule for rule in rules if not (rule.without_objects and file.documents)], file)

    def judge_repository(self) -> Iterator[Draft]:
        """What only the whole shows."""
        for check in _checks(self._of("repository")):
            yield from check(self._context)

    def _run_checks(self, rules: Sequence[Rule], subject: "Resource | Change | File | Impact") -> Iterator[Draft]:
        wanted = {rule.id for rule in rules}
        for check in _checks(rules):
            yield from (draft for draft in check(subject, self._context) if draft.rule in wanted)

    def _of(self, subject: Subject) -> tuple[Rule, ...]:
        return tuple(rule for rule in self._rules if subject in rule.subjects)

    def _matches(self, subject: Subject, resource: Resource) -> tuple[Rule, ...]:
        key = subject, *_kind_of(resource)
        if key not in self._matching:
            self._matching[key] = tuple(rule for rule in self._of(subject) if concerns(rule, *key[1:]))
        return self._matching[key]

    def beside(self, context: Context) -> "Engine":
        """The same rules over another state, with the expressions that were compiled for this one."""
        return Engine(self._rules, context, self._shared_evaluator)

    @property
    def _evaluator(self) -> Evaluator:
        self._shared_evaluator.ask(self._resolve)
        return self._shared_evaluator

    def _resolve(self, reference: Any) -> list[Any]:
        """What `ref()` gives: looked up on the side that the judged object is on."""
        if self._scope is None or not isinstance(reference, dict):
            return []
        inventory = self._inventory_of(self._scope)
        return [self._effective(resource) for resource in resolve_reference(inventory, self._scope, reference)]

    def _effective(self, resource: Resource) -> dict[str, Any]:
        """The effective value of a resource, made once however many rules look at it."""
        key = id(resource.applied)
        if key not in self._values:
            self._values[key] = effective(resource)
        return self._values[key]

    def _inventory_of(self, resource: Resource) -> Inventory:
        """The state that a resource is of."""
        before = self._context.before
        return before if before is not None and resource.side == before.side else self._context.inventory

    def _judge_pair(self, rule: Rule, subject: Subject, pair: Pair, seen: "_Seen") -> Iterator[Draft]:
        self._scope = pair.shown.resource
        values, activation = seen.values(pair)
        if self._evaluator.judge(self._gate(rule, subject), activation) is True:
            return
        named = Values(self._evaluator, rule, values, activation)
        for validation in validations_for(rule, subject):
            if self._is_accepted_yet(validation, pair):
                continue
            yield from self._validate(rule, validation, pair, named)

    def _plan(self, resource: Resource, *, is_known: bool) -> tuple["_Step", ...]:
        """The rules of a kind by what they look at, each group with the one expression that nearly all pass."""
        key = is_known, *_kind_of(resource)
        if key not in self._plans:
            by_pattern: dict[str, list[Rule]] = {}
            for rule in self._matches("resource", resource):
                if rule.validations and (rule.looks_beyond or not is_known):
                    for pattern in rule.each or ("",):
                        by_pattern.setdefault(pattern, []).append(rule)
            self._plans[key] = tuple(
                _Step(pattern, " && ".join(f"({self._gate(rule, 'resource')})" for rule in rules), tuple(rules))
                for pattern, rules in by_pattern.items()
            )
        return self._plans[key]

    def _gate(self, rule: Rule, subject: Subject) -> str:
        """The one expression that nearly every pair passes."""
        key = rule.id, subject
        if key not in self._gates:
            self._gates[key] = gate(rule, subject)
        return self._gates[key]

    def _validate(self, rule: Rule, validation: Validation, pair: Pair, values: Values) -> Iterator[Draft]:
        holds = values.judge(validation.expression)
        if isinstance(holds, Failure):
            yield _failed(rule, validation.expression, holds, pair)
        elif not holds:
            yield self._told(rule, validation, pair, values)

    def _told(self, rule: Rule, validation: Validation, pair: Pair, values: Values) -> Draft:
        """What a validation says that does not hold."""
        message = values.text(validation.message_expression) if validation.message_expression else validation.message
        if isinstance(message, Failure):
            return _failed(rule, validation.message_expression, message, pair)
        label = values.text(validation.label_expression) if validation.label_expression else ""
        draft = _draft(rule, validation, pair, message)
        place = self._place_in_referred(validation, pair) or draft.place
        repair = in_quotes(place) if validation.quotes and place is not None else None
        return replace(draft, place=place, label="" if isinstance(label, Failure) else label, repair=repair)

    def _is_accepted_yet(self, validation: Validation, pair: Pair) -> bool:
        """Whether the release that an object is written for comes before the one that first refuses this."""
        if not validation.refused_since:
            return False
        eksa_version = eksa_version_of(pair.shown.resource, self._context.eksa_version)
        return is_before(eksa_version, validation.refused_since)

    def _place_in_referred(self, validation: Validation, pair: Pair) -> Place | None:
        """Where a validation points that looks through a reference at another object."""
        if not validation.through:
            return None
        reference = fields.get(pair.shown.item, fields.parse_pattern(validation.through))
        if not isinstance(reference, dict):
            return None
        found = resolve_reference(self._inventory_of(pair.shown.resource), pair.shown.resource, reference)
        return found[0].place(fields.parse_pattern(validation.path)) if found else None


@dataclass(frozen=True, slots=True)
class _Step:
    """Rules that look at the same part of an object; `gate` is true only where all of them pass."""

    each: str
    gate: str
    rules: tuple[Rule, ...]


class _Seen:
    """The values of the pairs of one object: converted once for all its rules."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._pairs: dict[tuple[fields.Path | None, fields.Path | None], tuple[dict[str, Any], Any]] = {}

    def values(self, pair: Pair) -> tuple[dict[str, Any], Any]:
        """What expressions see of a pair, as it is and as the evaluator takes it."""
        key = pair.before.path if pair.before else None, pair.after.path if pair.after else None
        if key not in self._pairs:
            values = pair.values()
            self._pairs[key] = values, self._evaluator.activation(values)
        return self._pairs[key]


def looks_at_objects(rules: Iterable[Rule]) -> bool:
    """Whether a rule looks at more than one file at a time, so that all of them have to be parsed."""
    return any(rule.subjects != ("file",) for rule in rules)


def concerns(rule: Rule, group: str, kind: str, provider: str) -> bool:
    """Whether a rule looks at objects of a kind; `provider` is that of a Cluster, empty for anything else."""
    if rule.kinds and not any(matches_kind(pattern, group, kind) for pattern in rule.kinds):
        return False
    return not (rule.providers and (group, kind) == (EKSA, "Cluster")) or provider in rule.providers


def _kind_of(resource: Resource) -> tuple[str, str, str]:
    """Group, kind, and for a Cluster the provider that its datacenter names."""
    provider = ""
    if resource.is_cluster:
        provider = str(fields.get(resource.spec, ("datacenterRef", "kind")) or "").removesuffix("DatacenterConfig")
    return resource.group, resource.kind, provider


def matches_kind(pattern: str, group: str, kind: str) -> bool:
    """`Cluster` is of EKS Anywhere, `Secret.` of the core group, `Role.rbac.authorization.k8s.io` of that group."""
    name, dot, wanted_group = pattern.partition(".")
    if group != (wanted_group if dot else EKSA):
        return False
    return name == kind or ("*" in name and fnmatchcase(kind, name))


def _is_at(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path if "/" in pattern else basename(path), pattern) for pattern in patterns)


def _checks(rules: Iterable[Rule]) -> list[Check]:
    """The Python checks that the rules name, each once."""
    names = dict.fromkeys(rule.check for rule in rules if rule.check and rule.check != "engine")
    return [registered(name) for name in names]


def _draft(rule: Rule, validation: Validation, pair: Pair, message: str) -> Draft:
    below = fields.parse_pattern(validation.through or validation.path)
    shown, resource = pair.shown, pair.shown.resource
    old, new = pair.before, pair.after
    both = old is not None and new is not None and old.item is not None and new.item is not None
    return Draft(
        rule=rule.id,
        message=message,
        place=resource.place((*shown.path, *below)),
        resource=resource,
        field=fields.spell((*shown.path, *below), shown.value, resource.group, resource.kind),
        values=tuple(_value(side.item if side else None, below) for side in (old, new)),
        severity=validation.severity,
        consequence=validation.consequence,
        refused_by=validation.refused_by,
        old_place=old.resource.place((*old.path, *below)) if old is not None and both else None,
    )


def _value(item: Any, path: fields.Path) -> str:
    return json.dumps(fields.get(item, path), sort_keys=True)


def _failed(rule: Rule, expression: str, failure: Failure, pair: Pair) -> Draft:
    """An expression without a value is an error; where text still to be filled in is the reason, a note says so."""
    shown = pair.shown
    resource = shown.resource
    read = " ".join([expression, *(variable.expression for variable in rule.variables)])
    placeholder = _placeholder(read, shown.item)
    message = f"{rule.id} could not judge {resource.title}: {failure.reason} in {' '.join(expression.split())}"
    if placeholder:
        message = f"{rule.id} cannot judge {resource.title}: {placeholder[0]} is {placeholder[1]}, filled in later"
    return Draft(
        rule="rule-failed",
        message=message,
        place=resource.place(shown.path),
        resource=resource,
        field=fields.spell(shown.path, shown.value, resource.group, resource.kind),
        values=(rule.id, expression),
        severity=Severity.NOTE if placeholder else None,
    )


def _placeholder(expression: str, value: Any) -> tuple[str, str] | None:
    """A field that the expression reads whose text is filled in later, or the whole item."""
    if is_filled_in_later(value):
        return "it", value
    if isinstance(value, dict):
        for name, below in value.items():
            if is_filled_in_later(below) and re.search(rf"\b{re.escape(name)}\b", expression):
                return name, below
            if found := _placeholder(expression, below):
                return found
    elif isinstance(value, list):
        for below in value:
            if found := _placeholder(expression, below):
                return found
    return None
