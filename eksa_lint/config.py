"""Reads `.eksa-lint.yaml`: held against its schema, wrong places named with line and column."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from eksa_lint import data
from eksa_lint.policy import Policy, names
from eksa_lint.rules.loader import RuleSet
from eksa_lint.syntax import Node, Source, parse

CONFIG_FILE: Final = ".eksa-lint.yaml"
_NO_SETTING: Final = "there is no setting"
_FEW: Final = 8
"""Names that can all be listed in a line."""


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """What is wrong with a configuration, and where: offsets into its text."""

    message: str
    source: Source
    start: int
    end: int

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{CONFIG_FILE}:{line}:{column}: {self.message}"


class BadConfig(ValueError):
    """A configuration that cannot be used, with the first thing that is wrong with it."""

    def __init__(self, problem: ConfigProblem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_policy(content: bytes, rules: RuleSet) -> Policy:
    """The policy that the content of a configuration file says.

    Raises:
        BadConfig: it is no YAML, does not fit its schema, or names a rule that does not exist.
    """
    stream = parse(content, core=True)
    for problem in stream.problems:
        raise BadConfig(ConfigProblem(problem.message, stream.source, problem.start, problem.end))
    if not stream.documents:
        return Policy()
    root = stream.documents[0].root
    for path, message in list(_schema_problems(root.value)) or _unknown_rules(root.value, rules):
        raise BadConfig(ConfigProblem(message, stream.source, *_place(root, path, message)))
    assert isinstance(root.value, dict)  # noqa: S101 - the schema says so
    return Policy.from_data(root.value)


def _place(root: Node, path: tuple[str | int, ...], message: str) -> tuple[int, int]:
    """The key for what is wrong with a setting or a whole list, the value for one scalar."""
    parent, node = (root.find(path[:-1]) if path else None), root.find(path)
    about_key = node is not None and (node.entries or node.items or message.startswith(_NO_SETTING))
    if parent is not None and parent.entries and about_key:
        entry = parent.entries[str(path[-1])]
        return entry.key_start, entry.key_end
    shown = node or parent or root
    return shown.start, shown.end


def _schema_problems(value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(value, dict):
        yield (), "the configuration must be a mapping, such as `fail-on: warning`"
        return
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 70 ms, and only where there is a configuration

    schema = data.json_schema("config")
    for error in sorted(Draft202012Validator(schema).iter_errors(value), key=lambda error: str(error.absolute_path)):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            known = sorted(error.schema["properties"])
            for name in (name for name in error.instance if name not in known):
                yield (*path, name), f"{_NO_SETTING} {name}{_did_you_mean(name, known)}"
        elif error.validator == "enum":
            yield path, f"{error.instance!r} must be one of {', '.join(error.validator_value)}"
        elif error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            yield path, f"{missing[0]} is missing"
        else:
            yield path, error.message


def _unknown_rules(value: Any, rules: RuleSet) -> Iterator[tuple[tuple[str | int, ...], str]]:
    lists: list[tuple[tuple[str | int, ...], Any]] = [
        (("select",), value.get("select")),
        (("ignore",), value.get("ignore")),
    ]
    for index, entry in enumerate(value.get("per-path-ignores", ())):
        lists.append((("per-path-ignores", index, "rules"), entry["rules"]))
    for path, patterns in lists:
        for index, pattern in enumerate(patterns or ()):
            if not any(names([pattern], rule) for rule in rules):
                yield (*path, index), unknown_rule(pattern, rules)
    for rule in value.get("severity", ()):
        if rule not in rules:
            yield ("severity", rule), unknown_rule(rule, rules)


def unknown_rule(name: str, rules: RuleSet) -> str:
    """`rule "scale-to-zer" does not exist; did you mean scale-to-zero?`"""
    return f'rule "{name}" does not exist{_did_you_mean(name, list(rules))}'


def _did_you_mean(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are: {', '.join(known)}" if len(known) <= _FEW else "; for all of them run: eksa-lint rules"
