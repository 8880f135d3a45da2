"""The examples of the rule files, run by the checks alone."""

from pathlib import Path

import pytest
from made_up import fill
from secrets_support import findings

from eksa_lint import data
from eksa_lint.rules.loader import problems
from eksa_lint.rules.rule import Example, Finds, Rule
from eksa_lint.secrets.shapes import shapes

FILES = sorted((data.schemas_folder().parent / "rules" / "secrets").glob("*.yaml"))
RULES = [Rule.from_data(data.read_yaml(file), file.name) for file in FILES]
# An example of several files needs what stands around each: tests/test_rule_files.py runs it with all of the rules.
EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples if len(example.after or {}) == 1]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_file_is_a_rule(file: Path) -> None:
    assert list(problems(file)) == []


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[f"{rule.id}: {item.name}" for rule, item in EXAMPLES])
def test_example(rule: Rule, example: Example) -> None:
    ((path, text),) = example.after.items()
    expected = sorted((finds.line, finds.message) for finds in [*example.finds, *_marked(text)])
    found = findings(fill(text, 5), path)
    assert [(line, id_) for line, id_, _ in found] == [(line, rule.id) for line, _ in expected]
    assert all(part in message for (_, part), (_, _, message) in zip(expected, found, strict=True))


def test_every_shape_has_a_rule() -> None:
    assert {shape.rule for shape in shapes()} <= {rule.id for rule in RULES}


def _marked(text: str) -> list[Finds]:
    marked = [(number, line.partition("# finds: ")[2]) for number, line in enumerate(text.splitlines(), 1)]
    return [Finds(message, number) for number, message in marked if message]
