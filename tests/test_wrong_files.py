"""Files that are wrong in any way are judged, in a state and in a change, by every rule and in every format."""

import re
from collections.abc import Mapping

from conftest import Files
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import fill

from eksa_lint.check import Scope, check
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.policy import Policy
from eksa_lint.report import FORMATS, PLAN_FORMATS, Options, render, render_plan
from eksa_lint.rules.access import access_of, clusters_in
from eksa_lint.rules.loader import load_rules

RULES = load_rules()
STATES = [
    files for rule in RULES.values() for example in rule.examples for files in (example.before, example.after) if files
]
ODD = (
    *("null", "[]", "{}", "0", "-1", "true", '""', "[null]", "{a: b}", "1e999", "99999999999999999999", "~", "*x"),
    *("[a]", "!!binary aa", "${VAR}", "{{ x }}", "2020-01-01", "- a", "|", "0777", "&a [*a]"),
)
"""Values where others are expected."""
WORD = re.compile(r"(?<=[ \[{])[\w./-]+(?=[,\]} ]|$)")
"""A value within a line: of a list, of a mapping, or at the end."""


@st.composite
def wrong(draw: st.DrawFn, files: Mapping[str, str]) -> dict[str, str]:
    """The files of a rule's example with some lines dropped, doubled, shifted, cut, or with other values."""
    return {path: "\n".join(_wrong_lines(draw, fill(text, 1).split("\n"))) for path, text in files.items()}


def _wrong_lines(draw: st.DrawFn, lines: list[str]) -> list[str]:
    for _ in range(draw(st.integers(0, 3))):
        index = draw(st.integers(0, len(lines) - 1))
        line = lines[index]
        key, colon, _ = line.partition(":")
        start, end = draw(st.sampled_from([word.span() for word in WORD.finditer(line)] or [(0, 0)]))
        changed = {
            "drop": [],
            "double": [line, line],
            "shift": [f"  {line}"],
            "cut": [line[: len(line) // 2]],
            "value": [f"{key}: {draw(st.sampled_from(ODD))}" if colon else line],
            "word": [f"{line[:start]}{draw(st.sampled_from(ODD))}{line[end:]}"],
        }
        lines[index : index + 1] = changed[draw(st.sampled_from(sorted(changed)))]
        lines = lines or [""]
    return lines


@settings(max_examples=150)
@given(st.data())
def test_no_file_is_too_wrong_to_be_judged(data: st.DataObject) -> None:
    before, after = (Files(data.draw(wrong(data.draw(st.sampled_from(STATES))))) for _ in range(2))
    for old in (None, before):
        report = check(old, after, Policy(), RULES, Scope(planned=True))
        for name in FORMATS:
            render(name, report, RULES, Options())
        for name in PLAN_FORMATS:
            render_plan(name, report, color=False, width=80)
    inventory = Inventory(after, Library(), "after")
    for cluster in clusters_in(inventory):
        access_of(inventory, cluster)
