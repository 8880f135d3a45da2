"""Reads rule files; a file that is no rule fails with its name and line."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from eksa_lint import data
from eksa_lint.errors import CannotCheck
from eksa_lint.rules.rule import Rule

RuleSet: TypeAlias = Mapping[str, Rule]


class BadRule(CannotCheck):
    """What is wrong with a rule file: `file:line:column: what`."""


@cache
def load_rules() -> RuleSet:
    """All rules, by id in the order of the alphabet; read once."""
    folder = data.rules_folder()
    if folder is None:
        rules = [Rule.from_data(content, file) for file, content in data.bundled_rules().items()]
    else:
        rules = [load_rule(file, folder) for file in sorted(folder.glob("*/*.yaml"))]
    return MappingProxyType({rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)})


def with_examples(rule: Rule) -> Rule:
    """A rule with its examples, which a wheel keeps apart."""
    return rule if rule.example_data else replace(rule, example_data=tuple(data.bundled_examples(rule.file)))


def load_rule(file: Path, folder: Path) -> Rule:
    """One rule; it is only held against the schema when it cannot be used (tests hold every file against it)."""
    try:
        return Rule.from_data(data.read_yaml(file), file.relative_to(folder).as_posix())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRule(next(problems(file), f"{file}: {error}")) from error


def problems(file: Path) -> Iterator[str]:
    """What keeps a file from being a rule: YAML, `schemas/rule.json`, its name, and every expression in it."""
    from eksa_lint.syntax import parse  # noqa: PLC0415 - the wheel starts without it

    stream = parse(file.read_bytes(), core=True)
    for problem in stream.problems:
        yield _at(file, stream.source.position(problem.start), f"{problem.kind}: {problem.message}")
    if stream.problems or not stream.documents:
        return
    root = stream.documents[0].root
    found = False
    for path, message in [*_schema_problems(root.value), *_expression_problems(root.value)]:
        found = True
        node = root.find(path[:-1] if root.find(path) is None else path) or root
        yield _at(file, stream.source.position(node.start), message)
    if not found and isinstance(root.value, dict) and root.value.get("id") != file.stem:
        yield _at(file, (1, 1), f"the id {root.value.get('id')} must be the file name, {file.stem}")


def _schema_problems(value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 70 ms, and only to check rule files
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    errors = sorted(
        Draft202012Validator(data.json_schema("rule")).iter_errors(value),
        key=lambda error: list(map(str, error.absolute_path)),
    )
    for error in errors:
        cause = best_match([error]) or error
        yield tuple(cause.absolute_path), cause.message


def _expression_problems(value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    from eksa_lint.rules.cel import BadExpression, Evaluator  # noqa: PLC0415 - only to check rule files

    evaluator = Evaluator()
    for path, expression in _expressions(value):
        try:
            evaluator.compile(expression, checked=True)
        except BadExpression as error:
            yield path, f"{path[-1]} does not compile (its line {error.line}): {error.reason}"


def _expressions(value: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(value, dict):
        return
    for part, names in (
        ("variables", ("expression",)),
        ("validations", ("expression", "messageExpression", "labelExpression")),
    ):
        items = value.get(part)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            for name in names:
                if isinstance(item, dict) and isinstance(item.get(name), str):
                    yield (part, index, name), item[name]


def _at(file: Path, position: tuple[int, int], message: str) -> str:
    return f"{file}:{position[0]}:{position[1]}: {message}"
