"""Every rule file is a rule, and finds in its examples what they say, at the very line, and nothing else."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from eksa_lint import data
from eksa_lint.check import check, load_policy
from eksa_lint.finding import Finding
from eksa_lint.rules.loader import BadRule, RuleSet, load_rule, load_rules, problems
from eksa_lint.rules.rule import Event, Example, Rule
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.folder import folder_snapshot

FOLDER = data.rules_folder() or Path()
FILES = sorted(FOLDER.glob("**/*.yaml"))
RULES = load_rules()
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}: {example.name}") for rule in RULES.values() for example in rule.examples
]
EVENTS = [
    pytest.param(rule, event, id=f"{rule.id} {event}")
    for rule in RULES.values()
    if "change" in rule.subjects and rule.check != "engine"
    for event in rule.events
]
MARKER = re.compile(r"# finds: (.*?)(?=\s*(?:# finds: |$))")


class Expected(NamedTuple):
    side: str
    path: str | None
    line: int
    part: str


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_rule_file_has_no_problems(file: Path) -> None:
    assert list(problems(file)) == []


def test_all_rule_files_are_loaded_one_folder_deep_and_named_by_their_id() -> None:
    assert len(FILES) > 20
    assert sorted(file.stem for file in FILES) == list(RULES)
    assert {file.parent.parent for file in FILES} == {FOLDER}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_folder_only_sorts(rule: Rule, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere" / f"{rule.id}.yaml"
    moved.parent.mkdir()
    moved.write_bytes((FOLDER / rule.file).read_bytes())
    assert replace(load_rule(moved, tmp_path), file=rule.file) == rule


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_the_reason_begins_with_a_short_sentence_without_abbreviations(rule: Rule) -> None:
    for consequence in (rule.consequence, *dict(rule.otherwise)):
        words = rule.words(consequence)
        assert 20 <= len(rule.summary(consequence)) < 200
        assert not re.search(r"\b(e\.g|i\.e|etc)\.(?:\s|$)", f"{words.why} {words.fix}")


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.otherwise], ids=lambda rule: rule.id)
def test_what_is_said_of_another_consequence_is_said_of_a_finding(rule: Rule, tmp_path: Path) -> None:
    found = [run(rule, filled(example), tmp_path / str(number)) for number, example in enumerate(rule.examples)]
    assert set(dict(rule.otherwise)) <= {finding.consequence for one in found for finding in one} - {rule.consequence}


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_finds_what_it_says_and_nothing_else(rule: Rule, example: Example, tmp_path: Path) -> None:
    example = filled(example)
    found = [
        (finding.side, finding.path, line_of(finding), finding.message) for finding in run(rule, example, tmp_path)
    ]
    wrong = []
    for expected in expectations(example):
        match = next((item for item in found if item[:3] == expected[:3] and expected.part in item[3]), None)
        if match:
            found.remove(match)
        else:
            wrong.append(f"not found: {expected}")
    wrong += [f"not expected: {item}" for item in found]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("rule", "event"), EVENTS)
def test_a_rule_has_an_example_for_every_event_it_names(rule: Rule, event: Event, tmp_path: Path) -> None:
    """A rule that only looks at this event still finds something in one of its examples."""
    narrow = replace(rule, events=(event,), subjects=("change",))
    numbered = enumerate(example for example in rule.examples if example.before is not None)
    assert any(run(narrow, filled(example), tmp_path / str(number)) for number, example in numbered)


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES.values() if rule.status != "retired"], ids=lambda rule: rule.id
)
def test_a_rule_has_an_example_that_finds_and_one_that_does_not(rule: Rule) -> None:
    found = {bool(expectations(example)) for example in rule.examples}
    assert found == ({False} if rule.id == "unreadable-file" else {True, False})  # no text makes a file unreadable


GOOD = """\
id: made-up
title: A rule for a test
severity: error
consequence: style
since: 0.1.0
status: stable
match:
  kinds: [Cluster]
  on: change
validations:
  - expression: self != null
    message: it is gone
why: It stands here for the test alone.
fix: Nothing at all.
references: []
examples:
  - name: nothing
    after: ""
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "fix: Nothing",
            "fixes: Nothing",
            "made-up.yaml:1:1: Additional properties are not allowed ('fixes' was unexpected)",
        ),
        ("severity: error", "severity: fatal", "made-up.yaml:3:11: 'fatal' is not one of ['error', 'warning', 'note']"),
        ("self != null", "self !=", "made-up.yaml:11:17: expression does not compile (its line 1): Syntax error"),
        (
            "self != null",
            "slef != null",
            "made-up.yaml:11:17: expression does not compile (its line 1): undeclared reference",
        ),
        # The second line of a folded expression is the first one of the text that is compiled.
        (
            "self != null",
            "|\n      true &&\n      slef",
            "made-up.yaml:11:17: expression does not compile (its line 2)",
        ),
        ("self != null", "ip(self)", "made-up.yaml:11:17: expression does not compile (its line 1): ip() gives a type"),
        ("title: A rule", "id: other\ntitle: A rule", "made-up.yaml:2:1: duplicate-key: id"),
        ("id: made-up", "id: other", "made-up.yaml:1:1: the id other must be the file name, made-up"),
        # The parser only misses the bracket at the next entry.
        ("references: []", "references: [", "made-up.yaml:17:3: yaml-syntax: did not find expected node content"),
        ("title: A rule for a test\n", "", "made-up.yaml:1:1: 'title' is a required property"),
        ("match:", "match: x\nmore:", "made-up.yaml:7:8: 'x' is not of type 'object'"),
    ],
)
def test_a_file_that_is_no_rule_is_named_with_the_place(old: str, new: str, problem: str, tmp_path: Path) -> None:
    assert GOOD.count(old) == 1
    file = tmp_path / "family" / "made-up.yaml"
    file.parent.mkdir()
    file.write_text(GOOD.replace(old, new))
    assert any(f"{file.parent}/{problem}" in found for found in problems(file)), list(problems(file))


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("severity: error", "severity: fatal", "made-up.yaml:3:11: "),
        ("title: A rule", "id: other\ntitle: A rule", "made-up.yaml"),
        ("references: []", "references: [", "made-up.yaml"),
        ("validations:\n  - expression", "validations:\n  - expresion", "made-up.yaml:11:5: "),
    ],
)
def test_a_rule_that_cannot_be_used_is_not_loaded(old: str, new: str, place: str, tmp_path: Path) -> None:
    assert GOOD.count(old) == 1
    file = tmp_path / "family" / "made-up.yaml"
    file.parent.mkdir()
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(BadRule, match=re.escape(place)):
        load_rule(file, tmp_path)


def test_the_good_rule_of_these_tests_is_one(tmp_path: Path) -> None:
    file = tmp_path / "made-up.yaml"
    file.write_text(GOOD)
    assert list(problems(file)) == []


def filled(example: Example) -> Example:
    """The example with made-up secrets in their places, the same ones on both sides."""
    from made_up import fill  # noqa: PLC0415 - only the examples with secrets need it

    def files(texts: dict[str, str]) -> dict[str, str]:
        return {path: fill(text, 7) for path, text in texts.items()}

    return replace(
        example, before=None if example.before is None else files(example.before), after=files(example.after)
    )


def expectations(example: Example) -> list[Expected]:
    listed = [
        Expected(finds.side, finds.path or next(iter(example.after)), finds.line, finds.message)
        for finds in example.finds
    ]
    return [*listed, *_marked("before", example.before or {}), *_marked("after", example.after)]


def _marked(side: str, files: dict[str, str]) -> Iterator[Expected]:
    for path, text in files.items():
        for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
            for part in MARKER.findall(line):
                yield Expected(side, path, number, part)


def line_of(finding: Finding) -> int:
    return finding.span.line if finding.span else 0


def run(rule: Rule, example: Example, folder: Path) -> list[Finding]:
    """What the rule, among all others, finds that nothing suppresses."""
    before = None if example.before is None else write(example.before, folder / "before")
    rules: RuleSet = {**RULES, rule.id: rule}
    after = write(example.after, folder / "after")
    report = check(before, after, load_policy(before or after, rules), rules)
    return [finding for finding in report.counted() if finding.rule == rule.id]


def test_the_rule_that_the_contributor_is_shown_is_one(tmp_path: Path) -> None:
    shown = (FOLDER.parent / "CONTRIBUTING.md").read_text().partition("```yaml\n")[2].partition("```")[0]
    file = tmp_path / "cluster" / "single-etcd.yaml"
    file.parent.mkdir()
    file.write_text(textwrap.dedent(shown))
    assert list(problems(file)) == []
    rule = load_rule(file, tmp_path)
    test_the_reason_begins_with_a_short_sentence_without_abbreviations(rule)
    test_a_rule_has_an_example_that_finds_and_one_that_does_not(rule)
    for number, example in enumerate(rule.examples):
        test_an_example_finds_what_it_says_and_nothing_else(rule, example, tmp_path / str(number))


def write(files: dict[str, str], folder: Path) -> Snapshot:
    folder.mkdir(parents=True)
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return folder_snapshot(folder, folder.name)
