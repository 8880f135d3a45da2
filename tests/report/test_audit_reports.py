"""Audits as text and as JSON."""

import json
import re
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from audit_schema import VALIDATOR
from made_up import fill
from report_samples import ACCEPTED, DELETED, HOSTILE, ROLLOUT, RULES

from eksa_lint import __version__
from eksa_lint.audit import Audit, CommittedSecret, Extent, JudgedCommit, Standing
from eksa_lint.finding import Consequence, Finding, Severity, Suppressed
from eksa_lint.report import Options, render_audit
from eksa_lint.report.columns import width_of
from eksa_lint.snapshot.log import Commit
from eksa_lint.syntax.source import Span

FIRST = Commit(
    "4f2c9aa" + "0" * 33, (), "Ann Example", "2026-01-31T23:59:59+01:00", "Retire the old cluster in the east"
)
SECOND = Commit("05293d2" + "1" * 33, (FIRST.id,), "Bea", "2026-02-01T00:00:00Z", "New release")
TOKEN = Finding(
    rule="github-token",
    severity=Severity.ERROR,
    consequence=Consequence.LEAKS,
    message="GitHub fine-grained token in a Git URL",
    path="flux/gotk-sync.yaml",
    span=Span(6, 16, 6, 109),
    fingerprint="v1:0c",
)
NOTE = replace(ROLLOUT, severity=Severity.NOTE, message="only a note")
EXTENT = Extent(SECOND.id, "main", None, 2000)
CHANGES = Audit(
    "changes",
    EXTENT,
    commits=(JudgedCommit(FIRST, (ACCEPTED, DELETED)), JudgedCommit(SECOND, (NOTE, ROLLOUT))),
    seconds=9.351,
)
STANDING = CommittedSecret(
    TOKEN, FIRST, ("flux/gotk-sync.yaml", "b", "c"), (Standing("b", Span(1, 2, 3, 4)), Standing("c", Span(5, 6, 7, 8)))
)
GONE = CommittedSecret(replace(TOKEN, path="old.txt"), SECOND, ("old.txt",), ())
SECRETS = Audit("secrets", replace(EXTENT, versions=8123), secrets=(STANDING, GONE), seconds=2.0)


def text(audit: Audit, *, color: bool = False, width: int = 80, verbose: bool = False) -> str:
    return render_audit("text", audit, RULES, Options(color=color, width=width, verbose=verbose))


def data(audit: Audit) -> Any:
    content = json.loads(render_audit("json", audit, RULES, Options()))
    VALIDATOR.validate(content)
    return content


def test_changes_in_the_terminal() -> None:
    assert (
        text(CHANGES)
        == """\
4f2c9aa 2026-01-31 Ann Example: Retire the old cluster in the east
  error[cluster-deleted]: cluster prod-eu is deleted with its 13 machines
    clusters/prod-eu/kustomization.yaml:4:3 (before)

05293d2 2026-02-01 Bea: New release
  warning[control-plane-rollout]: prod-us replaces its 3 control plane machines
    clusters/prod-us/eksa-cluster.yaml:38:22

Audited 2,000 commits of main: 2 with dangerous changes.
1 error, 1 warning, 1 note (shown with --verbose), 1 suppressed in 9.35 s.
Each commit was compared with its first parent; the policy of HEAD counts for
all. Secrets were not looked for; for those run: eksa-lint audit --secrets
"""
    )


def test_all_of_it_with_verbose() -> None:
    shown = text(replace(CHANGES, commits=CHANGES.commits[:1]), verbose=True)
    assert "    suppressed by allowance of platform until 2026-12-31: " in shown
    assert "only a note" in text(CHANGES, verbose=True)
    assert "--verbose" not in text(CHANGES, verbose=True)


def test_secrets_in_the_terminal() -> None:
    assert (
        text(SECRETS)
        == """\
4f2c9aa 2026-01-31 Ann Example: Retire the old cluster in the east
  error[github-token]: GitHub fine-grained token in a Git URL
    flux/gotk-sync.yaml:6:16
    and later in 2 other files
    still in HEAD:
      b:1:2
      c:5:6

05293d2 2026-02-01 Bea: New release
  error[github-token]: GitHub fine-grained token in a Git URL
    old.txt:6:16
    gone from HEAD, and in the history of every clone

Read 8,123 versions of files in 2,000 commits: 2 secrets, 1 of them still in
HEAD.
2 errors in 2.00 s.
Revoke what stands above: who has a clone has it, and a line that is removed
stays in the history. Every branch, tag and other reference was followed, and no
reflog; the policy of HEAD counts for all.
"""
    )


@pytest.mark.parametrize(
    ("audit", "sentence"),
    [
        (replace(CHANGES, commits=()), "Audited 2,000 commits of main: no dangerous change, in 9.35 s."),
        (
            replace(CHANGES, commits=(), extent=replace(EXTENT, commits=1, branch=None, since="v1")),
            "Audited 1 commit of HEAD (05293d2) since v1: no dangerous change, in 9.35 s.",
        ),
        (replace(SECRETS, secrets=()), "Read 8,123 versions of files in 2,000 commits: no secret, in 2.00 s."),
        (
            replace(SECRETS, secrets=(GONE,)),
            "Read 8,123 versions of files in 2,000 commits: 1 secret, gone from HEAD.",
        ),
        (
            replace(SECRETS, secrets=(STANDING,)),
            "Read 8,123 versions of files in 2,000 commits: 1 secret, still in HEAD.",
        ),
        (
            replace(SECRETS, secrets=(GONE, GONE)),
            "Read 8,123 versions of files in 2,000 commits: 2 secrets, none of them still in HEAD.",
        ),
        (
            replace(CHANGES, extent=replace(EXTENT, left_out=("This clone is shallow.",))),
            "This clone is shallow.",
        ),
    ],
)
def test_what_was_looked_at_is_said(audit: Audit, sentence: str) -> None:
    assert sentence in text(audit).replace("\n", " ")


def test_changes_for_programs() -> None:
    content = data(CHANGES)
    assert content["tool"] == {"name": "eksa-lint", "version": __version__}
    first = content["commits"][0]
    assert {name: first[name] for name in ("id", "date", "author", "subject")} == {
        "id": FIRST.id,
        "date": "2026-01-31T23:59:59+01:00",
        "author": "Ann Example",
        "subject": "Retire the old cluster in the east",
    }
    assert [finding["rule"] for one in content["commits"] for finding in one["findings"]] == [
        ACCEPTED.rule, "cluster-deleted", "control-plane-rollout", "control-plane-rollout",
    ]  # fmt: skip
    assert content["summary"] == {
        "commits": 2, "secrets": 0, "standing": 0, "error": 1, "warning": 1, "note": 1, "suppressed": 1,
    }  # fmt: skip


def test_secrets_for_programs() -> None:
    content = data(SECRETS)
    assert [one["paths"] for one in content["secrets"]] == [["flux/gotk-sync.yaml", "b", "c"], ["old.txt"]]
    assert content["secrets"][0]["standing"][0] == {"path": "b", "line": 1, "column": 2, "end_line": 3, "end_column": 4}
    assert (content["summary"]["secrets"], content["summary"]["standing"]) == (2, 1)


def test_the_schema_is_a_schema() -> None:
    VALIDATOR.check_schema(VALIDATOR.schema)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(data(CHANGES) | {"more": 1})


def test_what_is_hostile_steers_neither_terminal_nor_log_nor_line() -> None:
    token = fill("<<made-up:github-classic>>", seed=5)
    hostile = replace(
        TOKEN, message=HOSTILE, path=HOSTILE, rule=HOSTILE, suppressed=Suppressed("config", HOSTILE, HOSTILE)
    )
    commit = replace(FIRST, author=f"{HOSTILE} {token}", subject=f"{token} {HOSTILE}", date=HOSTILE)
    extent = replace(EXTENT, branch=f"{token}{HOSTILE}", since=f"{HOSTILE} {token}", left_out=(HOSTILE,))
    secret = CommittedSecret(hostile, commit, (HOSTILE, "x"), (Standing(HOSTILE, Span(1, 1, 1, 1)),))
    for audit in (
        Audit("changes", extent, commits=(JudgedCommit(commit, (hostile, replace(hostile, suppressed=None))),)),
        Audit("secrets", extent, secrets=(secret, replace(secret, finding=replace(hostile, suppressed=None)))),
    ):
        for shown in (text(audit, verbose=True), render_audit("json", audit, RULES, Options())):
            assert token not in shown
            assert not re.search("[\x1b\u202e\ud800]|^::|##\\[", shown, re.MULTILINE)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_only_places_are_wider_than_the_terminal(width: int) -> None:
    for audit in (CHANGES, SECRETS):
        for line in text(audit, width=width).splitlines():
            is_place = " " not in line.strip().removesuffix(" (before)")
            assert is_place or width_of(line) <= max(width, 40)


def test_colors_change_nothing_but_the_color() -> None:
    for audit in (CHANGES, SECRETS):
        colored = text(audit, color=True)
        assert "\x1b[1;31merror" in colored
        assert re.sub(r"\x1b\[[\d;]*m", "", colored) == text(audit)
