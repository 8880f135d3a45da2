"""The values that the expressions of one rule see while one pair is judged."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from eksa_lint.rules.cel import Evaluator, Failure
from eksa_lint.rules.rule import Rule, Subject, Validation, Variable

_VARIABLE: Final = re.compile(r"\bvariables\.(\w+)")


class Values:
    """Evaluates with the rule's variables, each of them only once an expression asks for it."""

    def __init__(self, evaluator: Evaluator, rule: Rule, values: Mapping[str, Any], activation: Any) -> None:
        self._evaluator = evaluator
        self._expressions = {variable.name: variable.expression for variable in rule.variables}
        self._values = values
        self._known: dict[str, Any] = {}
        self._activation = activation

    def judge(self, expression: str) -> bool | Failure:
        """Whether what an expression says holds."""
        failure = self._provide(expression)
        return failure or self._evaluator.judge(expression, self._activation)

    def text(self, expression: str) -> str | Failure:
        """The text that an expression gives."""
        failure = self._provide(expression)
        return failure or self._evaluator.text(expression, self._activation)

    def _provide(self, expression: str) -> Failure | None:
        """Evaluate the variables that an expression names, in the order of the rule."""
        wanted = _wanted([expression], self._expressions) - self._known.keys()
        for name, definition in self._expressions.items():
            if name in wanted:
                value = self._evaluator.value(definition, self._activation)
                if isinstance(value, Failure):
                    return Failure(f"{value.reason} in variables.{name}")
                self._known[name] = value
                self._activation = self._evaluator.activation({**self._values, "variables": self._known})
        return None


def gate(rule: Rule, subject: Subject) -> str:
    """One expression that is true only where every validation of the rule holds, and fails where one of them does.

    Nearly every pair passes all of them, and is done with one evaluation. Variables become bindings, which are
    evaluated when they are first used, if at all. True where the rule has nothing for the subject.
    """
    wanted = [validation.expression for validation in validations_for(rule, subject)]
    if not wanted:
        return "true"
    text = " && ".join(f"({_bound(expression)})" for expression in wanted)
    used = _wanted(wanted, {variable.name: variable.expression for variable in rule.variables})
    for variable in reversed(rule.variables):
        if variable.name in used:
            text = f"cel.bind({_name(variable)}, ({_bound(variable.expression)}), {text})"
    return text


def validations_for(rule: Rule, subject: Subject) -> list[Validation]:
    return [validation for validation in rule.validations if validation.on is None or validation.on == subject]


def _bound(expression: str) -> str:
    return _VARIABLE.sub(r"variable_\1", expression)


def _name(variable: Variable) -> str:
    return f"variable_{variable.name}"


def _wanted(expressions: Iterable[str], definitions: Mapping[str, str]) -> set[str]:
    """The variables that expressions name, themselves or over other variables."""
    found: set[str] = set()
    waiting = list(expressions)
    while waiting:
        for name in _VARIABLE.findall(waiting.pop()):
            if name not in found and name in definitions:
                found.add(name)
                waiting.append(definitions[name])
    return found
