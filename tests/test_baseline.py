"""The baseline: what was there before is accepted, what comes is not, and the file is one that Git can merge."""

import json
import random
import re
import shutil

import pytest
from conftest import CODE, Lint, Repository
from hypothesis import given
from hypothesis import strategies as st
from made_up import MadeUp

from eksa_lint.baseline import Entry, read_baseline, write_baseline
from eksa_lint.config import BadConfig
from eksa_lint.report import FORMATS

BASELINE = ".eksa-lint-baseline.jsonl"
TWICE = "a: 1\na: 2\n"
BOUND = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everybody}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers}
"""


@pytest.fixture
def legacy(repository: Repository) -> Repository:
    """A repository in which more stands than can be mended today."""
    repository.commit({"a.yaml": TWICE, "b.yaml": BOUND, "z.yaml": TWICE, "fine.yaml": "a: 1\n"})
    return repository


def entries_in(repository: Repository) -> list[tuple[str, str]]:
    lines = (repository.folder / BASELINE).read_text().splitlines()
    return [(entry["of"], entry["rule"]) for entry in map(json.loads, lines)]


def test_what_was_there_before_counts_no_more(legacy: Repository, lint: Lint) -> None:
    assert lint("check", folder=legacy.folder).code == 1
    run = lint("baseline", folder=legacy.folder)
    assert run.code == 0
    assert run.out.splitlines()[-1] == f"{BASELINE}: 3 known findings, 3 added, 0 dropped"
    assert entries_in(legacy) == [
        ("ClusterRoleBinding.rbac.authorization.k8s.io everybody", "cluster-admin-binding"),
        ("a.yaml", "duplicate-key"),
        ("z.yaml", "duplicate-key"),
    ]
    for name in FORMATS:
        assert lint("check", "--format", name, folder=legacy.folder).code == 0
    run = lint("check", "--format", "json", folder=legacy.folder)
    assert {finding["suppressed"]["by"] for finding in run.findings} == {"baseline"}
    legacy.write("new.yaml", TWICE)
    run = lint("check", "--format", "json", folder=legacy.folder)
    assert run.code == 1
    assert [finding["path"] for finding in run.findings if not finding["suppressed"]] == ["new.yaml"]


def test_it_is_written_from_wherever_one_stands(legacy: Repository, lint: Lint) -> None:
    legacy.write("sub/b.yaml", TWICE)
    run = lint("baseline", folder=legacy.folder / "sub")
    assert run.code == 0
    assert ("sub/b.yaml", "duplicate-key") in entries_in(legacy)


def test_nothing_in_it_changes_by_itself(legacy: Repository, lint: Lint) -> None:
    lint("baseline", folder=legacy.folder)
    before = (legacy.folder / BASELINE).read_bytes()
    legacy.write("a.yaml", f"# A line more.\n\n{TWICE}b: 1\n")
    legacy.git("mv", "b.yaml", "bindings.yaml")
    legacy.write("bindings.yaml", f"# Berlin\n{BOUND}")
    run = lint("baseline", folder=legacy.folder)
    assert run.out == f"{BASELINE}: 3 known findings, 0 added, 0 dropped\n"
    assert (legacy.folder / BASELINE).read_bytes() == before


def test_what_occurs_no_longer_is_told_and_dropped(legacy: Repository, lint: Lint) -> None:
    lint("baseline", folder=legacy.folder)
    legacy.write("a.yaml", "a: 1\n")
    run = lint("check", "--format", "json", folder=legacy.folder)
    (finding,) = (finding for finding in run.findings if finding["rule"] == "baseline-unused")
    assert (run.code, finding["severity"], finding["path"], finding["line"]) == (0, "note", BASELINE, 2)
    assert finding["message"].startswith("duplicate-key of a.yaml of the baseline is found no longer")
    legacy.write("new.yaml", TWICE)
    run = lint("baseline", "--prune", folder=legacy.folder)
    assert run.out == f"no longer found: duplicate-key of a.yaml\n{BASELINE}: 2 known findings, 0 added, 1 dropped\n"
    assert "new.yaml" not in (legacy.folder / BASELINE).read_text()
    run = lint("baseline", folder=legacy.folder)
    assert run.out == f"accepted: duplicate-key of new.yaml\n{BASELINE}: 3 known findings, 1 added, 0 dropped\n"


def test_a_part_of_the_tree_says_nothing_about_the_rest(legacy: Repository, lint: Lint) -> None:
    lint("baseline", folder=legacy.folder)
    run = lint("check", "fine.yaml", "--format", "json", folder=legacy.folder)
    assert (run.code, run.rules) == (0, [])
    run = lint("check", "--select", "duplicate-*,baseline-unused", "--format", "json", folder=legacy.folder)
    assert (run.code, run.rules) == (0, ["duplicate-key", "duplicate-key"])


def test_the_file_goes_with_the_last_finding(legacy: Repository, lint: Lint) -> None:
    lint("baseline", folder=legacy.folder)
    for path in ("a.yaml", "b.yaml", "z.yaml"):
        legacy.write(path, "a: 1\n")
    assert lint("baseline", folder=legacy.folder).code == 0
    assert not (legacy.folder / BASELINE).exists()
    run = lint("baseline", folder=legacy.folder)
    assert (run.code, run.out) == (0, "Nothing is found, so there is nothing to accept.\n")


def test_what_is_accepted_otherwise_is_not_in_it(repository: Repository, lint: Lint) -> None:
    allowance = {
        "rule": "cluster-admin-binding",
        "resource": "ClusterRoleBinding.rbac.authorization.k8s.io everybody",
        "reason": "until the roles are written",
        "owner": "platform-team",
        "until": "9999-12-31",
    }
    ignored = {"paths": ["old/"], "rules": ["duplicate-key"], "reason": "generated"}
    repository.commit(
        {
            "a.yaml": "a: 1\na: 2  # eksa-lint: ignore[duplicate-key] both are meant\n",
            "b.yaml": BOUND,
            "old/a.yaml": TWICE,
            "c.yaml": TWICE,
            ".eksa-lint.yaml": json.dumps({"allow": [allowance], "per-path-ignores": [ignored]}),
        }
    )
    assert lint("baseline", folder=repository.folder).code == 0
    assert entries_in(repository) == [("c.yaml", "duplicate-key")]


def test_two_branches_that_mend_and_add_merge_without_a_conflict(repository: Repository, lint: Lint) -> None:
    repository.commit({f"{number}.yaml": TWICE for number in range(9)})
    lint("baseline", folder=repository.folder)
    repository.commit()
    repository.git("switch", "-q", "-c", "mend")
    repository.write("2.yaml", "a: 1\n")
    lint("baseline", "--prune", folder=repository.folder)
    repository.commit()
    repository.git("switch", "-q", "main")
    repository.write("99.yaml", TWICE)
    repository.write("5.yaml", f"\n\n{TWICE}")
    lint("baseline", folder=repository.folder)
    repository.commit()
    repository.git("merge", "-q", "--no-edit", "mend")
    before = (repository.folder / BASELINE).read_bytes()
    assert lint("baseline", folder=repository.folder).out.endswith("9 known findings, 0 added, 0 dropped\n")
    assert (repository.folder / BASELINE).read_bytes() == before


def test_the_order_and_a_line_given_twice_do_not_matter(legacy: Repository, lint: Lint) -> None:
    lint("baseline", folder=legacy.folder)
    lines = (legacy.folder / BASELINE).read_text().splitlines()
    legacy.write(BASELINE, "\r\n".join([*reversed(lines), "", lines[0]]))
    assert lint("check", folder=legacy.folder).code == 0


@pytest.mark.parametrize("choice", ["staged", "range"])
def test_a_change_cannot_accept_what_it_brings(choice: str, legacy: Repository, lint: Lint) -> None:
    lint("baseline", folder=legacy.folder)
    before = legacy.commit()
    legacy.write("new.yaml", TWICE)
    lint("baseline", folder=legacy.folder)
    legacy.add()
    arguments: tuple[str, ...] = ("--staged",)
    if choice == "range":
        legacy.commit()
        arguments = ("--from", before, "--to", "HEAD")
    run = lint("check", *arguments, "--format", "json", folder=legacy.folder)
    assert run.code == 1
    found = {finding["rule"]: (finding["severity"], finding["suppressed"]) for finding in run.findings}
    assert found == {"duplicate-key": ("error", None), "policy-changed": ("warning", None)}


def test_a_dropped_entry_is_only_noted(legacy: Repository, lint: Lint) -> None:
    lint("baseline", folder=legacy.folder)
    legacy.commit()
    legacy.write("a.yaml", "a: 1\n")
    lint("baseline", "--prune", folder=legacy.folder)
    legacy.add()
    run = lint("check", "--staged", "--format", "json", folder=legacy.folder)
    (finding,) = run.findings
    assert (finding["rule"], finding["severity"], finding["side"]) == ("policy-changed", "note", "before")
    assert finding["message"] == "the baseline no longer accepts duplicate-key of a.yaml"


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "[]",
        "{}",
        '{"of": "a.yaml", "rule": "duplicate-key"}',
        '{"of": "a.yaml", "rule": "duplicate-key", "fingerprint": 1}',
        # A reader would take it for another rule than the one that counts.
        '{"of": "a.yaml", "rule": "scale-down", "rule": "duplicate-key", "fingerprint": "v1:0"}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_entry_is_told_with_its_place_and_can_be_repaired(
    line: str, legacy: Repository, lint: Lint
) -> None:
    lint("baseline", folder=legacy.folder)
    good = (legacy.folder / BASELINE).read_text()
    legacy.commit()
    legacy.write(BASELINE, f"{good}{line}\n")
    for command in (("check",), ("baseline", "--prune")):
        run = lint(*command, folder=legacy.folder)
        message = f"{BASELINE}:4:1: this line is no entry of a baseline; to write the file anew run: eksa-lint baseline"
        assert (run.code, run.err) == (2, f"eksa-lint: {message}\n")
    legacy.add()
    run = lint("check", "--staged", "--format", "json", folder=legacy.folder)
    (finding,) = run.findings
    assert (finding["rule"], finding["path"], finding["line"]) == ("policy-invalid", BASELINE, 4)
    assert lint("baseline", folder=legacy.folder).code == 0
    assert (legacy.folder / BASELINE).read_text() == good


SECRETS = {
    "of its shape": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: '§', other: '§'}\n",
    "of the wrong type": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: §}\n",
    "in a URL": (
        "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: Cluster\nmetadata: {name: a}\nspec:\n"
        "  proxyConfiguration: {httpProxy: 'http://me:§@proxy', httpsProxy: 'ftp://me:§@proxy:x'}\n"
    ),
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_nothing_in_it_lets_a_secret_be_guessed(text: str, repository: Repository, lint: Lint) -> None:
    """Whatever the secret is, the file is the same."""
    written = set()
    for secret in ("1234", "5678"):
        repository.write("a.yaml", text.replace("§", secret))
        assert lint("baseline", folder=repository.folder).code == 0
        written.add((repository.folder / BASELINE).read_text())
    assert len(written) == 1


def test_a_token_is_accepted_where_it_stands_and_told(repository: Repository, lint: Lint) -> None:
    maker = MadeUp(random.Random(1))
    repository.commit({"a.yaml": f"token: {maker.make('github-classic')}\n"})
    run = lint("baseline", folder=repository.folder)
    assert "1 of the accepted findings gives a secret away: revoke it, the baseline only hides it" in run.out
    assert lint("check", folder=repository.folder).code == 0
    repository.commit()
    # What comes later is not known, wherever it stands.
    repository.commit({"a.yaml": "token: none\n"})
    repository.add({"a.yaml": f"token: {maker.make('github-classic')}\n"})
    assert lint("check", "--staged", folder=repository.folder).code == 1


def test_the_example_has_nothing_to_accept_but_what_is_not_there(repository: Repository, lint: Lint) -> None:
    shutil.copytree(CODE / "examples" / "fleet" / "before", repository.folder, dirs_exist_ok=True)
    assert lint("baseline", folder=repository.folder).code == 0
    accepted = [json.loads(line)["rule"] for line in (repository.folder / BASELINE).read_text().splitlines()]
    assert accepted == ["codeowners-gap", "gitignore-gap"]  # it is only a part of a repository


PIECES = (
    b'{"of": "a", "rule": "b", "fingerprint": "v1:c"}',
    b"\n",
    b"\r\n",
    b" ",
    b"{",
    b'"',
    b"\\ud800",
    b"\xff",
    b"\xef\xbb\xbf",
)


@given(st.binary() | st.text().map(str.encode) | st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_whatever_is_in_the_file_is_read_or_told(content: bytes) -> None:
    told, entries = "", frozenset[Entry]()
    try:
        entries = read_baseline(content).entries
    except BadConfig as error:
        told = str(error)
    assert not told or re.match(r"\.eksa-lint-baseline\.jsonl:\d+:\d+: .", told)
    assert read_baseline(write_baseline(entries).encode()).entries == entries
