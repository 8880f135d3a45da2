"""What a rule is about, from its file: for `explain` and `rules`."""

import json
import re
import textwrap
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from eksa_lint.allowance import is_danger
from eksa_lint.finding import Severity
from eksa_lint.report.columns import wrap
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.rule import Example, Rule

_MARKER: Final = re.compile(r"[ \t]*# finds:.*$", re.MULTILINE)
_ENOUGH: Final = timedelta(days=14)
"""From the day that an allowance is written to the last day of it, where nobody says another one."""
_LONGEST_EXAMPLE: Final = 24
"""Lines of an example that are shown; a longer one is shown by its differing lines."""


def explain(rule: Rule, *, width: int, today: date) -> str:
    """The rule, its reason, what to do, its first example, how to accept what it finds, and its sources."""
    blocks = [
        [f"{rule.id} ({rule.severity}, {rule.consequence}): {rule.title}", *_status(rule)],
        _paragraph(rule.why, width),
        _paragraph(rule.fix, width),
        *_otherwise(rule, width),
        *_example(rule.examples[0], width),
        *_accept(rule, today),
    ]
    if rule.references:
        blocks.append(["Sources:", *(f"  {reference}" for reference in rule.references)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def list_text(rules: RuleSet) -> str:
    """One line a rule: id, severity, consequence, title."""
    longest = max(map(len, rules))
    lines = [f"{rule.id:{longest}}  {rule.severity:7}  {rule.consequence:8}  {rule.title}" for rule in rules.values()]
    return "\n".join([*lines, "", f"{len(rules)} rules; more about one: eksa-lint explain RULE", ""])


def list_json(rules: RuleSet) -> str:
    """The rules as data, without their examples."""
    listed = [
        {
            "id": rule.id,
            "title": rule.title,
            "severity": rule.severity,
            "consequence": rule.consequence,
            "status": rule.status,
            "since": rule.since,
            "why": rule.why,
            "fix": rule.fix,
            "otherwise": {name: {"why": words.why, "fix": words.fix} for name, words in rule.otherwise},
            "references": rule.references,
            "url": rule.url,
        }
        for rule in rules.values()
    ]
    return json.dumps(listed, indent=2) + "\n"


def _status(rule: Rule) -> list[str]:
    if rule.status == "retired":
        return [f"Retired; {rule.replaced_by} took over." if rule.replaced_by else "Retired."]
    return ["In preview: only makes notes."] if rule.status == "preview" else []


def _paragraph(text: str, width: int) -> list[str]:
    return wrap(text, width)


def _otherwise(rule: Rule, width: int) -> Iterator[list[str]]:
    for consequence, words in rule.otherwise:
        fix = "" if words.fix == rule.fix else f" {words.fix}"
        yield _paragraph(f"Where a finding says {consequence}: {words.why}{fix}", width)


def _example(example: Example, width: int) -> Iterator[list[str]]:
    """The states of an example: what differs between them where there are two, else the text."""
    if example.before is None:
        yield [*wrap(f"Found in ({example.name}):", width), *_files(example.after, None)]
    else:
        yield [*wrap(f"Before ({example.name}):", width), *_files(example.before, example.after)]
        yield ["After:", *_files(example.after, example.before)]


def _accept(rule: Rule, today: date) -> Iterator[list[str]]:
    """A comment where something remains that can bear one, and an allowance where there is a danger to allow."""
    is_of_policy = rule.check == "engine" and "resource" not in rule.subjects
    if is_of_policy:  # nothing silences that
        return
    first = ", merged before the change" if rule.severity is Severity.ERROR else ""
    if rule.subjects != ("change",) or rule.events != ("removed",):
        yield [
            f"Silence it at one place, with the reason{first}:",
            f"  # eksa-lint: ignore[{rule.id}] why this is fine here",
        ]
    if is_danger(rule):
        kind = next((kind for kind in rule.kinds if "*" not in kind), "Cluster")
        yield [
            "Allow it once, in .eksa-lint.yaml, merged before the change:",
            "  allow:",
            f"  - rule: {rule.id}",
            f"    resource: {kind} prod  # what the finding says to allow it as",
            "    reason: why this is meant",
            "    owner: who answers for it",
            f"    until: {today + _ENOUGH}  # the last day, in UTC",
        ]


def _files(files: dict[str, str], others: dict[str, str] | None) -> Iterator[str]:
    shown = {path: text for path, text in files.items() if others is None or others.get(path) != text}
    for path, text in shown.items():
        lines = _MARKER.sub("", text).splitlines()
        if others is not None and len(lines) > _LONGEST_EXAMPLE:
            known = set(_MARKER.sub("", others.get(path, "")).splitlines())
            lines = [line for line in lines if line not in known]
        if len(shown) > 1:
            yield f"  {path}"
        yield from textwrap.indent("\n".join(lines), "    ").splitlines()
    if not shown:
        yield "    (nothing)"
