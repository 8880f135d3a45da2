import dataclasses
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import (
    ACCEPTED,
    COMPARED,
    DELETED,
    FULL,
    HOSTILE,
    HOSTILE_REPORT,
    IGNORED,
    NOWHERE,
    ROLLOUT,
    RULES,
    report,
)

from eksa_lint.finding import Compared, Consequence, Excerpt, ExcerptLine, Report, Severity
from eksa_lint.report import FORMATS, Options, render
from eksa_lint.report.columns import width_of
from eksa_lint.report.text import render as render_text
from eksa_lint.rules.rule import Words


def text(judged: Report, *, color: bool = False, width: int = 80, verbose: bool = False) -> str:
    return render_text(judged, RULES, color=color, width=width, verbose=verbose)


def excerpt_of(line: str, start: int, end: int, label: str = "here", number: int = 7) -> list[str]:
    """The lines between the arrow and the first hint."""
    excerpt = Excerpt((ExcerptLine(number, " ", line),), start, end, label)
    lines = text(report(dataclasses.replace(ROLLOUT, excerpt=excerpt))).splitlines()
    return lines[3 : lines.index("   |", 3)]


@pytest.mark.parametrize("name", ["text", "markdown", "github"])
def test_what_is_said_fits_the_consequence_of_the_finding(name: str) -> None:
    words = Words("The update is refused as a whole. Nothing happens.", "Write the old value. Then go on.")
    rule = dataclasses.replace(RULES[DELETED.rule], otherwise=((Consequence.REJECTED, words),))
    refused = dataclasses.replace(DELETED, consequence=Consequence.REJECTED, related=())
    shown = render(name, report(refused, DELETED), {**RULES, rule.id: rule}, Options())
    assert "rejected: The update is refused as a whole" in shown
    assert "destroys: Flux prunes what is no longer listed" in shown
    if name == "text":
        assert "= fix: Write the old value\n" in shown
        assert "= fix: To keep it, restore the entry" in shown


def test_the_whole_report() -> None:
    assert (
        text(FULL)
        == """\
error[cluster-deleted]: cluster prod-eu is deleted with its 13 machines
  --> clusters/prod-eu/kustomization.yaml:4:3 (before)
   |
 3 |   resources:
 4 | - - eksa-cluster.yaml
   |     ^^^^^^^^^^^^^^^^^ this entry made Flux apply Cluster prod-eu
   |
   = destroys: Flux prunes what is no longer listed, and EKS Anywhere removes
     the machines
   = was at: clusters/prod-eu/eksa-cluster.yaml:2
   = Flux prunes clusters/mgmt: clusters/mgmt/gotk-sync.yaml:24
   = fix: To keep it, restore the entry; to retire it, merge an allowance first
   = more: eksa-lint explain cluster-deleted
   = allow as: Cluster prod-eu in clusters/mgmt

warning[control-plane-rollout]: prod-us replaces its 3 control plane machines
  --> clusters/prod-us/eksa-cluster.yaml:38:22
   |
38 | -   kubernetesVersion: "1.33"
38 | +   kubernetesVersion: "1.34"
   |                        ^^^^^^ 1.33 -> 1.34
   |
   = rolls: Machines are replaced one at a time, and the workers follow
   = fix: Plan a window
   = more: eksa-lint explain control-plane-rollout

1 finding allowed:
  clusters/old.yaml:2:1 (before): cluster-deleted
    cluster old is deleted with its 3 machines
    allowance of platform until 2026-12-31: moved to another region

Compared 4f2c9aa (merge base of origin/main and HEAD) with HEAD:
2 clusters changed of 41, 1,204 resources.
1 error, 1 warning, 1 note (shown with --verbose), 1 suppressed in 0.21 s
"""
    )


def test_verbose_shows_notes_and_what_is_suppressed() -> None:
    assert (
        text(report(NOWHERE, ACCEPTED, IGNORED), verbose=True)
        == """\
note[no-flux]: nothing in this repository says what Flux applies
   = breaks: Nothing applies the files
   = fix: Add Flux
   = more: eksa-lint explain no-flux

1 finding allowed:
  clusters/old.yaml:2:1 (before): cluster-deleted
    cluster old is deleted with its 3 machines
    allowance of platform until 2026-12-31: moved to another region

1 finding suppressed:
  clusters/prod-us/eksa-cluster.yaml:38:22: control-plane-rollout
    prod-us replaces its 3 control plane machines
    comment: in the window of Sunday

Compared 4f2c9aa (merge base of origin/main and HEAD) with HEAD:
2 clusters changed of 41, 1,204 resources.
1 note, 2 suppressed in 0.21 s
"""
    )


def test_advice_is_given_once_a_rule() -> None:
    second = dataclasses.replace(ROLLOUT, path="z.yaml", message="prod-zz replaces 1 machine", excerpt=None)
    shown = text(report(ROLLOUT, second))
    assert shown.count("= fix:") == 1
    assert shown.count("= rolls: ") == 2


def test_a_long_place_stands_on_its_own_line_unbroken() -> None:
    path = "clusters/" + "a-very-long-folder/" * 5 + "gotk-sync.yaml"
    related = dataclasses.replace(DELETED.related[1], path=path)
    lines = text(report(dataclasses.replace(DELETED, related=(related,), path=path))).splitlines()
    assert lines[1] == f"  --> {path}:4:3 (before)"
    where = lines.index("   = Flux prunes clusters/mgmt:")
    assert lines[where + 1] == f"     {path}:24"


def test_the_prefix_leads_to_the_file() -> None:
    lines = text(report(DELETED, prefix="../../")).splitlines()
    assert lines[1] == "  --> ../../clusters/prod-eu/kustomization.yaml:4:3 (before)"
    assert "   = was at: ../../clusters/prod-eu/eksa-cluster.yaml:2" in lines


def test_an_unknown_rule_has_no_advice() -> None:
    lines = render_text(report(ROLLOUT), {}, color=False, width=80, verbose=False).splitlines()
    assert lines[7] == "   = rolls"
    assert not any("explain" in line for line in lines)


@pytest.mark.parametrize(
    ("compared", "line"),
    [
        (
            Compared("HEAD~1", "HEAD", 2200, 1204, 41, 1, 1, 1),
            "No findings. Compared HEAD~1 with HEAD: 1 cluster changed of 41, 1,204 resources, 0.21 s\n",
        ),
        (
            Compared("HEAD~1", "HEAD", 2200, 1204, 41, changed_files=3),
            "No findings. Compared HEAD~1 with HEAD: 0 resources compared (3 files changed), 0.21 s\n",
        ),
        (
            Compared("HEAD", "the index", 9, 4, 0, 1, 1),
            "No findings. Compared HEAD with the index: 1 resource changed of 4, 0.21 s\n",
        ),
        (
            Compared(None, "the work tree", 1, 1, 0, left_out=("big.bin is over 10 MB",)),
            (
                "big.bin is over 10 MB\nNo findings. Checked the work tree; nothing was compared, so no"
                " change was judged: 1 resource in 1 file, 0.21 s\n"
            ),
        ),
    ],
)
def test_nothing_found_says_what_was_compared(compared: Compared, line: str) -> None:
    assert text(report(compared=compared)) == line


def test_only_suppressed_is_no_finding() -> None:
    assert text(report(IGNORED)).startswith("No findings, 1 suppressed. Compared 4f2c9aa ")
    assert text(report(ACCEPTED)).splitlines()[-1].startswith("No findings, 1 suppressed. Compared 4f2c9aa ")


def test_how_to_allow_is_only_said_of_an_error_about_a_resource() -> None:
    assert "allow as" in text(report(DELETED))
    assert "allow as" not in text(report(dataclasses.replace(DELETED, severity=Severity.WARNING)))
    assert "allow as" not in text(report(dataclasses.replace(DELETED, resource=None)))


def test_only_notes_are_counted() -> None:
    assert text(report(NOWHERE)).endswith("resources.\n1 note (shown with --verbose) in 0.21 s\n")


def test_a_gap_between_lines_is_shown() -> None:
    lines = (ExcerptLine(9, " ", "spec:"), ExcerptLine(141, " ", "  url: x"))
    shown = text(report(dataclasses.replace(ROLLOUT, excerpt=Excerpt(lines, 3, 6)))).splitlines()
    assert shown[1:7] == [
        "   --> clusters/prod-us/eksa-cluster.yaml:38:22",
        "    |",
        "  9 | spec:",
        "...",
        "141 |   url: x",
        "    |   ^^^",
    ]


def test_a_tab_and_wide_characters_keep_the_caret_in_its_column() -> None:
    assert excerpt_of("a:\tb 名前 c", 4, 5) == [" 7 | a:  b 名前 c", "   |     ^ here"]
    assert excerpt_of("名前 😀 e\u0301f g", 8, 9) == [" 7 | 名前 😀 e\u0301f g", "   |          ^ here"]


def test_an_escape_keeps_the_caret_in_its_column() -> None:
    assert excerpt_of("a\x1bb c", 3, 4) == [" 7 | a\\x1bb c", "   |      ^ here"]


def test_a_caret_behind_the_line() -> None:
    assert excerpt_of("key:", 5, 5) == [" 7 | key:", "   |     ^ here"]


def test_a_long_line_is_cut_around_the_caret() -> None:
    line = "".join(f"{number:04d} " for number in range(100))
    assert excerpt_of(line, 1, 5) == [
        " 7 | 0000 0001 0002 0003 0004 0005 0006 0007 0008 0009 0010 0011 0012 0013 0014…",
        "   | ^^^^ here",
    ]
    assert excerpt_of(line, 251, 255) == [
        " 7 | …6 0047 0048 0049 0050 0051 0052 0053 0054 0055 0056 0057 0058 0059 0060 0…",
        "   |                   ^^^^ here",
    ]
    shown, caret = excerpt_of(line.strip(), 496, 500, "")
    assert shown.endswith(" 0097 0098 0099")
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "0099"


def test_a_megabyte_on_one_line_is_cut_too() -> None:
    line = "x" * 500_000 + " secret " + "y" * 500_000
    shown, caret, *_ = excerpt_of(line, 500_002, 500_008)
    assert width_of(shown) == 80
    assert shown[caret.index("^") : caret.rindex("^") + 1] == "secret"


def test_a_long_label_goes_below() -> None:
    label = "a label that is too long to stand behind the caret of this line, as anyone can see"
    assert excerpt_of(" " * 30 + "value", 31, 36, label) == [
        " 7 |                               value",
        "   |                               ^^^^^",
        "   |                               a label that is too long to stand behind the",
        "   |                               caret of this line, as anyone can see",
    ]


def test_color_only_when_asked() -> None:
    colored = text(FULL, color=True)
    assert "\x1b[1;31merror[cluster-deleted]\x1b[0m" in colored
    assert "\x1b[31m- - eksa-cluster.yaml\x1b[0m" in colored
    assert "\x1b[1;33m^^^^^^ 1.33 -> 1.34\x1b[0m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == text(FULL)


def test_hostile_text_is_inert() -> None:
    shown = text(HOSTILE_REPORT, width=60)
    assert "\x1b" not in shown
    assert "\\x1b[31m" in shown
    assert "##[" not in shown
    assert not re.search(r"^\s*::", shown, re.MULTILINE)


@given(st.text(st.sampled_from(": abc-##[]error") | st.characters(), max_size=300), st.integers(40, 120))
def test_no_line_is_wider_than_the_terminal(message: str, width: int) -> None:
    excerpt = Excerpt((ExcerptLine(1, "-", message), ExcerptLine(1, "+", message)), 5, 50, message)
    finding = dataclasses.replace(ROLLOUT, message=message, path="a.yaml", excerpt=excerpt)
    shown = text(report(finding, compared=dataclasses.replace(COMPARED, left_out=(message,))), width=width)
    for line in shown.split("\n"):
        assert width_of(line) <= width
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", line)
        assert not re.search(r"^\s*::\w+.*::|##\[\w", line)


@given(st.text(st.characters(), min_size=1), st.data())
def test_the_caret_is_never_outside(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(1, len(line)))
    end = data.draw(st.integers(start, len(line) + 1))
    caret = excerpt_of(line, start, end, "")[-1]
    assert 0 < caret.count("^") <= 75
    assert width_of(caret) <= 80


@given(st.text(st.characters()), st.sampled_from(FORMATS))
def test_no_format_lets_a_control_character_through(hostile: str, name: str) -> None:
    finding = dataclasses.replace(ROLLOUT, message=hostile, path=hostile, rule=hostile)
    judged = report(finding, compared=Compared(hostile, HOSTILE, 1, 1, 1, left_out=(hostile,)), prefix=hostile)
    shown = render(name, judged, RULES, Options(verbose=True))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    assert shown.endswith("\n")


def test_importing_the_room_imports_no_format() -> None:
    program = "import sys, eksa_lint.report; print([name for name in sys.modules if 'eksa_lint' in name])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout == "['eksa_lint', 'eksa_lint.report']\n"
