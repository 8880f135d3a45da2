import dataclasses
import re

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

from eksa_lint.finding import Compared, Suppressed
from eksa_lint.report import markdown, markup
from eksa_lint.report.github import render, step_summary
from eksa_lint.syntax.source import Span


def test_errors_come_first_and_the_verdict_last() -> None:
    assert render(FULL, RULES).splitlines() == [
        (
            "::error file=clusters/mgmt/gotk-sync.yaml,line=24,endLine=24,col=3,endColumn=14,"
            "title=cluster-deleted::cluster prod-eu is deleted with its 13 machines%0A"
            "destroys: Flux prunes what is no longer"
            " listed, and EKS Anywhere removes the machines%0Awas at: clusters/prod-eu/kustomization.yaml:4"
        ),
        (
            "::warning file=clusters/prod-us/eksa-cluster.yaml,line=38,endLine=38,col=22,endColumn=28,"
            "title=control-plane-rollout::prod-us replaces its 3 control plane machines%0Arolls: Machines"
            " are replaced one at a time, and the workers follow"
        ),
        (
            "::notice file=clusters/old.yaml,line=2,endLine=2,col=1,endColumn=5,title=allowed%3A cluster-deleted::"
            "cluster old is deleted with its 3 machines%0A"
            "allowance of platform until 2026-12-31: moved to another region"
        ),
        (
            "1 error, 1 warning, 1 note, 1 suppressed. Compared 4f2c9aa (merge base of origin/main and HEAD)"
            " with HEAD: 2 clusters changed of 41, 1,204 resources, 0.21 s"
        ),
    ]


def test_notes_and_findings_without_a_place() -> None:
    first = render(report(NOWHERE), {}, verbose=True).splitlines()[0]
    assert first == "::notice title=no-flux::nothing in this repository says what Flux applies"


def test_columns_only_on_one_line() -> None:
    first = render(report(dataclasses.replace(ROLLOUT, span=Span(3, 5, 4, 1))), {}).splitlines()[0]
    assert first.startswith("::warning file=clusters/prod-us/eksa-cluster.yaml,line=3,endLine=4,title=")


def test_no_text_starts_a_command() -> None:
    command, left_out, verdict = render(HOSTILE_REPORT, RULES).splitlines()
    match = re.fullmatch(r"::error ([^:]*)::(.*)", command)
    assert match
    assert [part.partition("=")[0] for part in match[1].split(",")] == ["file", "line", "endLine", "title"]
    assert "%250A%25\\x0d\\x0a" in match[2]
    for line in (left_out, verdict):
        assert "::" not in line
        assert "##[" not in line


def test_the_summary_as_it_is_written() -> None:
    assert step_summary(FULL, RULES) == (
        "### eksa-lint: 1 error, 1 warning, 1 note, 1 suppressed\n"
        "\n"
        "Compared 4f2c9aa &#40;merge base of origin/main and HEAD&#41; with HEAD:"
        " 2 clusters changed of 41, 1,204 resources.\n"
        "\n"
        "#### 1 error\n"
        "\n"
        "| Where | What happens | Rule |\n"
        "| :-- | :-- | :-- |\n"
        "| <code>clusters/prod-eu/kustomization.yaml:4</code> (before)"
        " | cluster prod-eu is deleted with its 13 machines<br><sub>destroys: Flux prunes what is no longer"
        " listed, and EKS Anywhere removes the machines</sub>"
        f" | [cluster-deleted]({RULES['cluster-deleted'].url}) |\n"
        "\n"
        "#### 1 warning\n"
        "\n"
        "| Where | What happens | Rule |\n"
        "| :-- | :-- | :-- |\n"
        "| <code>clusters/prod-us/eksa-cluster.yaml:38</code>"
        " | prod-us replaces its 3 control plane machines<br><sub>rolls: Machines are replaced one at a time,"
        " and the workers follow</sub>"
        f" | [control-plane-rollout]({RULES['control-plane-rollout'].url}) |\n"
        "\n"
        "#### 1 allowed\n"
        "\n"
        "| Where | What happens | Accepted by |\n"
        "| :-- | :-- | :-- |\n"
        "| <code>clusters/old.yaml:2</code> (before) | cluster old is deleted with its 3 machines"
        " | allowance of platform until 2026-12-31: moved to another region |\n"
        "\n"
        "<details>\n"
        "<summary>1 note</summary>\n"
        "\n"
        "| Where | What happens | Rule |\n"
        "| :-- | :-- | :-- |\n"
        "| the repository | nothing in this repository says what Flux applies<br><sub>breaks: Nothing applies"
        f" the files</sub> | [no-flux]({RULES['no-flux'].url}) |\n"
        "\n"
        "</details>\n"
    )


def test_what_is_suppressed_otherwise_is_folded_away() -> None:
    summary = step_summary(report(IGNORED), RULES)
    _, details, rest = summary.partition("\n<details>\n<summary>1 finding suppressed</summary>\n")
    assert details
    assert "comment: in the window of Sunday" in rest


def test_nothing_found() -> None:
    compared = Compared(None, "the work tree", files=7, resources=5, clusters=1)
    assert markdown.render(report(compared=compared), RULES) == (
        "### eksa-lint: no findings\n"
        "\n"
        "Checked the work tree; nothing was compared, so no change was judged:"
        " 1 cluster, 5 resources in 7 files.\n"
    )


def test_markup_from_a_file_is_text() -> None:
    shown = markup.escape(HOSTILE)
    assert not re.search(r"[|`\[\]<](?!/?code>)", shown.replace("&#", ""))
    assert "://" not in shown
    assert "www." not in shown
    assert "<code>&#64;</code>team" in shown
    for row in step_summary(HOSTILE_REPORT, RULES).splitlines():
        assert row.count("|") in (0, 4)


def test_never_longer_than_a_comment_may_be() -> None:
    many = [
        dataclasses.replace(finding, message=f"{HOSTILE} {number} " + "@" * 600)
        for number in range(1000)
        for finding in (DELETED, ROLLOUT, NOWHERE, ACCEPTED)
    ]
    compared = dataclasses.replace(COMPARED, left_out=("#" * 500,) * 50)
    summary = step_summary(report(*many, compared=compared), RULES)
    assert len(summary) < markup.LIMIT
    cut = re.search(r"^([\d,]+) more findings cut here to stay below 65,000 characters\.", summary, re.MULTILINE)
    assert cut
    assert int(cut[1].replace(",", "")) + summary.count("<br>") == 4000
    assert summary.startswith("### eksa-lint: 1,000 errors, 1,000 warnings, 1,000 notes, 1,000 suppressed\n")


@given(st.text(st.characters()))
def test_any_text_stays_one_line(text: str) -> None:
    finding = dataclasses.replace(ROLLOUT, message=text, path=text, rule=text)
    allowed = dataclasses.replace(finding, suppressed=Suppressed("allowance", text, text, text))
    compared = dataclasses.replace(COMPARED, after=text, left_out=(text,))
    lines = render(report(finding, allowed, compared=compared), RULES).split("\n")
    assert len(lines) == 5
    assert [line.startswith("::") for line in lines] == [True, True, False, False, False]
    assert all(line.isprintable() or not re.search(r"[\x00-\x1f\x7f-\x9f]", line) for line in lines)
