"""The examples of the rules about secrets: in what one rule finds no other one finds anything more."""

import pytest
from made_up import fill
from secrets_support import findings

from eksa_lint.rules.loader import load_rules
from eksa_lint.rules.rule import Example, Finds, Rule
from eksa_lint.secrets.shapes import shapes

RULES = [rule for rule in load_rules().values() if rule.check == "leaks"]
# An example of several files needs what stands around each: tests/test_rule_files.py runs it with all of the rules.
EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples if len(example.after or {}) == 1]


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
