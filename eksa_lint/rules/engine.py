"""Runs rules over resources, changes and files, and gives what they found as drafts."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Path
from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.pairing import pair_items
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.cel import Evaluator, Failure
from eksa_lint.rules.checks import Check, registered
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.rule import Event, Rule, Subject, Validation

_TEMPLATED: Final = re.compile(r"\$\{|\{\{|<%|\$\(")


@dataclass(frozen=True, slots=True)
class Context:
    """What a Python check may look at: the side that is judged, and the other one where there is one."""

    inventory: Inventory
    before: Inventory | None
    eksa_version: str | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    """What one evaluation looks at: an object, or one item of it, on both sides."""

    event: Event
    old_path: Path | None
    new_path: Path | None
    old: Any
    new: Any


class Engine:
    """The rules of one run. `judge_*` give drafts; nothing here knows lines, policy or output."""

    def __init__(self, rules: Iterable[Rule], context: Context) -> None:
        self._rules = tuple(rules)
        self._context = context
        self._matching: dict[tuple[Subject, str, str], tuple[Rule, ...]] = {}
        self._scope: Resource | None = None
        self._lazy_evaluator: Evaluator | None = None

    def judge_resource(self, resource: Resource) -> Iterator[Draft]:
        """What stands in one object."""
        rules = self._matches("resource", resource.group, resource.kind)
        yield from self._run_checks(rules, resource)
        rules = tuple(rule for rule in rules if rule.validations)
        if not rules or resource.patch:
            return
        value = effective(resource)
        self._scope = resource
        for rule in rules:
            for pattern in rule.each or ("",):
                for path, item in fields.select(value, fields.parse_pattern(pattern)):
                    pair = _Item("changed", None, path, None, item)
                    yield from self._validate(rule, "resource", None, resource, pair, (None, value))

    def judge_change(self, change: Change) -> Iterator[Draft]:
        """What happened to one object."""
        rules = self._matches("change", change.resource.group, change.resource.kind)
        yield from self._run_checks([rule for rule in rules if change.event in rule.events], change)
        self._scope = change.resource
        for rule in rules:
            if rule.validations:
                for item in _items(rule, change):
                    if item.event in rule.events:
                        yield from self._validate(
                            rule, "change", change.before, change.after, item, (change.old, change.new)
                        )

    def judge_file(self, file: File) -> Iterator[Draft]:
        """What stands in one file, whether it holds objects or not."""
        yield from self._run_checks(self._of("file"), file)

    def judge_repository(self) -> Iterator[Draft]:
        """What only the whole shows."""
        for check in _checks(self._of("repository")):
            yield from check(self._context)

    def _run_checks(self, rules: Sequence[Rule], subject: Any) -> Iterator[Draft]:
        wanted = {rule.id for rule in rules}
        for check in _checks(rules):
            yield from (draft for draft in check(subject, self._context) if draft.rule in wanted)

    def _of(self, subject: Subject) -> tuple[Rule, ...]:
        return tuple(rule for rule in self._rules if subject in rule.subjects)

    def _matches(self, subject: Subject, group: str, kind: str) -> tuple[Rule, ...]:
        key = subject, group, kind
        if key not in self._matching:
            self._matching[key] = tuple(
                rule
                for rule in self._of(subject)
                if not rule.kinds or any(matches_kind(pattern, group, kind) for pattern in rule.kinds)
            )
        return self._matching[key]

    @property
    def _evaluator(self) -> Evaluator:
        if self._lazy_evaluator is None:
            self._lazy_evaluator = Evaluator(self._resolve)
        return self._lazy_evaluator

    def _resolve(self, reference: Any) -> list[Any]:
        if self._scope is None or not isinstance(reference, dict):
            return []
        inventory = self._context.inventory
        if self._scope.side != inventory.side and self._context.before is not None:
            inventory = self._context.before
        return [effective(resource) for resource in resolve_reference(inventory, self._scope, reference)]

    def _validate(
        self,
        rule: Rule,
        subject: Subject,
        before: Resource | None,
        after: Resource | None,
        item: _Item,
        objects: tuple[Any, Any],
    ) -> Iterator[Draft]:
        values = {
            "object": objects[1],
            "oldObject": objects[0],
            "self": item.new,
            "oldSelf": item.old,
            "written": after.value if after else None,
            "oldWritten": before.value if before else None,
            "variables": {},
        }
        activation = self._evaluator.activation(values)
        variables: dict[str, Any] = {}
        for variable in rule.variables:
            result = self._evaluator.value(variable.expression, activation)
            if isinstance(result, Failure):
                yield _failed(rule, variable.expression, result, before, after, item)
                return
            variables[variable.name] = result
            activation = self._evaluator.activation({**values, "variables": variables})
        for validation in rule.validations:
            if validation.on is not None and validation.on != subject:
                continue
            holds = self._evaluator.judge(validation.expression, activation)
            if isinstance(holds, Failure):
                yield _failed(rule, validation.expression, holds, before, after, item)
            elif not holds:
                yield self._draft(rule, validation, before, after, item, activation)

    def _draft(
        self,
        rule: Rule,
        validation: Validation,
        before: Resource | None,
        after: Resource | None,
        item: _Item,
        activation: Any,
    ) -> Draft:
        message: str | Failure = validation.message
        if validation.message_expression:
            message = self._evaluator.text(validation.message_expression, activation)
            if isinstance(message, Failure):
                return _failed(rule, validation.message_expression, message, before, after, item)
        label: str | Failure = ""
        if validation.label_expression:
            label = self._evaluator.text(validation.label_expression, activation)
        below = fields.parse_pattern(validation.path)
        resource, path = (
            (after, item.new_path) if after and item.new_path is not None else (before, item.old_path)
        )
        assert resource is not None  # noqa: S101 - an item is on one side at least
        assert path is not None  # noqa: S101
        shows_old = (
            before is not None
            and after is not None
            and item.old_path is not None
            and item.new_path is not None
        )
        return Draft(
            rule=rule.id,
            message=message,
            place=resource.place((*path, *below)),
            resource=resource,
            field=fields.spell((*path, *below), effective(resource), resource.group, resource.kind),
            values=tuple(
                json.dumps(fields.get(value, below), sort_keys=True) for value in (item.old, item.new)
            ),
            label=label if isinstance(label, str) else "",
            severity=validation.severity,
            consequence=validation.consequence,
            refused_by=validation.refused_by,
            old_place=before.place((*(item.old_path or ()), *below)) if shows_old and before else None,
        )


def matches_kind(pattern: str, group: str, kind: str) -> bool:
    """`Cluster` is of EKS Anywhere, `Secret.` of the core group, `Role.rbac.authorization.k8s.io` of that group."""
    name, dot, wanted_group = pattern.partition(".")
    if group != (wanted_group if dot else EKSA):
        return False
    return name == kind or ("*" in name and fnmatchcase(kind, name))


def _checks(rules: Iterable[Rule]) -> list[Check]:
    """The Python checks that the rules name, each once."""
    names = dict.fromkeys(rule.check for rule in rules if rule.check and rule.check != "engine")
    return [registered(name) for name in names]


def _items(rule: Rule, change: Change) -> Iterator[_Item]:
    if not rule.each:
        path = ()
        yield _Item(
            change.event,
            path if change.before else None,
            path if change.after else None,
            change.old,
            change.new,
        )
    elif change.after is not None:  # a removed object is told as a whole
        keys = fields.list_keys(change.resource.group, change.resource.kind)
        for pattern in rule.each:
            yield from _pairs(change.old, change.new, fields.parse_pattern(pattern), (), (), keys)


def _pairs(
    old: Any, new: Any, pattern: Sequence[str | int], old_path: Path, new_path: Path, keys: Any
) -> Iterator[_Item]:
    """The items that a pattern names, paired between the two sides."""
    if old is None and new is None:
        return
    if not pattern:
        event: Event = "added" if old is None else "removed" if new is None else "changed"
        if event != "changed" or old != new:
            yield _Item(event, None if old is None else old_path, None if new is None else new_path, old, new)
        return
    step, rest = pattern[0], pattern[1:]
    if step == fields.ANY:
        old_items, new_items = (value if isinstance(value, list) else [] for value in (old, new))
        for first, second in pair_items(old_items, new_items, keys.get(fields.pattern_of(new_path))):
            yield from _pairs(
                None if first is None else old_items[first],
                None if second is None else new_items[second],
                rest,
                (*old_path, first or 0),
                (*new_path, second or 0),
                keys,
            )
    else:
        yield from _pairs(
            fields.get(old, (step,)),
            fields.get(new, (step,)),
            rest,
            (*old_path, step),
            (*new_path, step),
            keys,
        )


def _failed(
    rule: Rule,
    expression: str,
    failure: Failure,
    before: Resource | None,
    after: Resource | None,
    item: _Item,
) -> Draft:
    """An expression without a value is an error; where text still to be filled in is the reason, a note says so."""
    resource = after or before
    assert resource is not None  # noqa: S101 - one side is always there
    path = (item.new_path if after else item.old_path) or ()
    read = " ".join([expression, *(variable.expression for variable in rule.variables)])
    templated = _templated_field(read, item.new if after else item.old)
    if templated:
        return Draft(
            rule="rule-failed",
            message=f"{rule.id} cannot judge {resource.title}: {templated[0]} is {templated[1]}, filled in later",
            place=resource.place(path),
            resource=resource,
            field=rule.id,
            severity=Severity.NOTE,
        )
    return Draft(
        rule="rule-failed",
        message=f"{rule.id} could not judge {resource.title}: {failure.reason} in {_one_line(expression)}",
        place=resource.place(path),
        resource=resource,
        field=rule.id,
        values=(expression,),
    )


def _templated_field(expression: str, value: Any) -> tuple[str, str] | None:
    """A field that the expression reads whose text is a placeholder."""
    if isinstance(value, dict):
        for name, below in value.items():
            if (
                isinstance(below, str)
                and _TEMPLATED.search(below)
                and re.search(rf"\b{re.escape(name)}\b", expression)
            ):
                return name, below
            if found := _templated_field(expression, below):
                return found
    elif isinstance(value, list):
        for below in value:
            if found := _templated_field(expression, below):
                return found
    return None


def _one_line(expression: str) -> str:
    return " ".join(expression.split())
