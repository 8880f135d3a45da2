"""What each commit of a history did: against which commit, by whose policy, and where history does not reach."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from audit_support import PATH, audited, cluster, commit, rules_by_commit
from conftest import Lint, Repository
from made_up import fill


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)], ids=["sha1", "sha256"])
def test_every_commit_is_told_that_does_something_dangerous_and_no_other(
    options: tuple[str, ...], make_repository: Callable[..., Repository], lint: Lint
) -> None:
    repository = make_repository("fleet", *options)
    commit(repository, "Create prod", {PATH: cluster()})
    scaled = commit(
        repository,
        "Tidy up",
        {PATH: cluster(0)},
        GIT_AUTHOR_NAME="Bea Écrivain",
        GIT_AUTHOR_DATE="2026-02-03T04:05:06+02:00",
    )
    commit(repository, "Bring it back", {PATH: cluster(3)})
    commit(repository, "Nothing at all")
    commit(repository, "Move it", {"moved.yaml": cluster(3)}, remove=[PATH])
    deleted = commit(repository, "Clean up", {"README.md": "gone"}, remove=["moved.yaml"])
    content = audited(lint, repository, code=1)
    told = [(one["id"], one["date"], one["author"], one["subject"]) for one in content["commits"]]
    assert told == [
        (scaled, "2026-02-03T04:05:06+02:00", "Bea Écrivain", "Tidy up"),
        (deleted, "2026-01-01T00:00:00+00:00", "Ann", "Clean up"),
    ]
    (zero,), (gone,) = (one["findings"] for one in content["commits"])
    assert (zero["rule"], zero["severity"], zero["side"]) == ("scale-to-zero", "error", "after")
    assert (zero["path"], zero["line"], zero["column"]) == (PATH, 10, 12)
    assert (gone["rule"], gone["side"], gone["path"], gone["line"]) == ("cluster-deleted", "before", "moved.yaml", 4)
    assert content["audited"] == {
        "subject": "changes", "head": deleted, "branch": "main", "since": None,
        "commits": 6, "versions": 0, "left_out": [],
    }  # fmt: skip
    assert content["summary"] == {
        "commits": 2, "secrets": 0, "standing": 0, "error": 2, "warning": 0, "note": 0, "suppressed": 0,
    }  # fmt: skip


def test_the_first_commit_is_held_against_nothing(repository: Repository, lint: Lint) -> None:
    binding = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: everyone
subjects:
- {kind: Group, name: "system:authenticated", apiGroup: rbac.authorization.k8s.io}
roleRef: {kind: ClusterRole, name: cluster-admin, apiGroup: rbac.authorization.k8s.io}
"""
    first = commit(repository, "Begin", {"binding.yaml": binding, PATH: cluster()})
    found = rules_by_commit(audited(lint, repository, "--select", "cluster-admin-binding", code=1))
    assert found == {first: ["cluster-admin-binding"]}


def test_what_stops_flux_since_a_file_went_is_told_with_it(repository: Repository, lint: Lint) -> None:
    listing = f"resources:\n- {PATH}\n"
    commit(repository, "Create prod", {PATH: cluster(), "kustomization.yaml": listing})
    deleted = commit(repository, "Clean up", remove=[PATH])
    found = rules_by_commit(audited(lint, repository, code=1))
    assert found == {deleted: ["cluster-deleted", "flux-build-stops"]}


def test_a_merge_is_held_against_its_first_parent_and_the_branch_is_not_walked(
    repository: Repository, lint: Lint
) -> None:
    commit(repository, "Create prod", {PATH: cluster()})
    repository.git("switch", "-q", "-c", "branch")
    commit(repository, "Scale", {PATH: cluster(0)})
    commit(repository, "Scale back", {PATH: cluster(5)})
    commit(repository, "Delete", remove=[PATH])
    repository.git("switch", "-q", "main")
    commit(repository, "Meanwhile", {"README.md": "x"})
    repository.git("merge", "-q", "--no-ff", "-m", "Merge it", "branch")
    merged = repository.git("rev-parse", "HEAD")
    content = audited(lint, repository)
    assert rules_by_commit(content) == {merged: ["cluster-deleted"]}
    assert content["audited"]["commits"] == 3


def test_since_leaves_out_what_a_revision_has(repository: Repository, lint: Lint) -> None:
    commit(repository, "Create prod", {PATH: cluster()})
    commit(repository, "Scale", {PATH: cluster(0)})
    repository.git("tag", "v1")
    commit(repository, "Scale back", {PATH: cluster(3)})
    later = commit(repository, "Scale again", {PATH: cluster(0)})
    content = audited(lint, repository, "--since", "v1")
    assert rules_by_commit(content) == {later: ["scale-to-zero"]}
    assert (content["audited"]["since"], content["audited"]["commits"]) == ("v1", 2)
    assert rules_by_commit(audited(lint, repository, "--since", "HEAD~1")) == {later: ["scale-to-zero"]}


def test_a_history_that_does_nothing_is_one_that_was_looked_at(repository: Repository, lint: Lint) -> None:
    commit(repository, "Create prod", {PATH: cluster()})
    repository.git("switch", "-q", "--detach")
    head = commit(repository, "Grow", {PATH: cluster(5)})
    run = lint("audit", folder=repository.folder)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"Audited 2 commits of HEAD ({head[:7]}): no dangerous change, in ")


def test_standing_faults_are_not_what_a_commit_does(repository: Repository, lint: Lint) -> None:
    commit(repository, "Begin", {PATH: cluster()})
    faults = cluster(3).replace("spec:\n", "spec:\n  nonsense: 1\n")
    commit(repository, "Break", {PATH: faults, "twice.yaml": "a: 1\na: 2\n", "broken.yaml": "a: [\n"})
    assert lint("check", folder=repository.folder).code == 1
    assert audited(lint, repository, code=0)["commits"] == []


def test_what_is_no_file_and_what_becomes_one_is_no_reason_to_stop(repository: Repository, lint: Lint) -> None:
    commit(repository, "Begin", {"a": "a file", PATH: cluster()})
    (repository.folder / "a").unlink()
    commit(repository, "A folder for a file", {"a/b.yaml": cluster(2, "other")})
    (repository.folder / "link.yaml").symlink_to(PATH)
    commit(repository, "A link")
    (repository.folder / "a/b.yaml").unlink()
    (repository.folder / "a/b.yaml").symlink_to("../link.yaml")
    linked = commit(repository, "A link for a file")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{linked},sub.yaml")
    repository.git("commit", "-q", "-m", "A submodule")
    assert rules_by_commit(audited(lint, repository)) == {linked: ["cluster-deleted"]}


def test_names_of_any_bytes_are_followed(repository: Repository, lint: Lint) -> None:
    names = [b"new\nline.yaml", b"\xff.yaml", b"tab\t:.yaml"]
    paths = [name.decode("utf-8", "surrogateescape") for name in names]
    commit(repository, "Begin", {path: cluster(3, f"c{number}") for number, path in enumerate(paths)})
    zero = commit(repository, "Scale", {path: cluster(0, f"c{number}") for number, path in enumerate(paths)})
    content = audited(lint, repository)
    assert rules_by_commit(content) == {zero: ["scale-to-zero"] * 3}
    found = {finding["path"] for finding in content["commits"][0]["findings"]}
    assert found == {r"new\x0aline.yaml", r"\xff.yaml", "tab :.yaml"}


def test_the_policy_of_head_counts_for_all_of_history(repository: Repository, lint: Lint) -> None:
    commit(repository, "Create prod", {PATH: cluster(), "other.yaml": cluster(name="other")})
    scaled = commit(repository, "Scale", {PATH: cluster(0), "other.yaml": cluster(0, "other")})
    assert len(audited(lint, repository, code=1)["commits"][0]["findings"]) == 2
    policy = "severity: {scale-to-zero: warning}\nper-path-ignores:\n- paths: [other.yaml]\n  rules: [scale-to-zero]\n"
    commit(repository, "Mind less", {".eksa-lint.yaml": f"{policy}  reason: a playground\n"})
    content = audited(lint, repository, code=0)
    (prod,), (other,) = (
        [finding for finding in content["commits"][0]["findings"] if bool(finding["suppressed"]) is is_suppressed]
        for is_suppressed in (False, True)
    )
    assert content["commits"][0]["id"] == scaled
    assert (prod["path"], prod["severity"]) == (PATH, "warning")
    assert other["suppressed"] == {"by": "config", "reason": "a playground", "owner": None, "until": None}
    assert content["summary"]["suppressed"] == 1


def test_a_policy_of_head_that_cannot_be_used_is_said(repository: Repository, lint: Lint) -> None:
    commit(repository, "Begin", {".eksa-lint.yaml": "fail-on: sometimes\n"})
    run = lint("audit", folder=repository.folder)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("eksa-lint: .eksa-lint.yaml:1:10: 'sometimes' must be one of ")


def test_a_comment_silences_what_its_commit_does(repository: Repository, lint: Lint) -> None:
    commit(repository, "Create prod", {PATH: cluster()})
    commit(repository, "Scale", {PATH: cluster(0, comment="  # eksa-lint: ignore[scale-to-zero] for the winter")})
    content = audited(lint, repository, code=0)
    (finding,) = content["commits"][0]["findings"]
    assert finding["suppressed"]["reason"] == "for the winter"
    assert lint("audit", folder=repository.folder).out.startswith("Audited 2 commits of main: no dangerous change.")
    shown = lint("audit", "--verbose", folder=repository.folder).out
    assert "    suppressed by comment: for the winter\n" in shown


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 1),
        (("--fail-on", "never"), 0),
        (("--ignore", "scale-to-zero"), 0),
        (("--ignore", "scale-to-zero", "--fail-on", "warning"), 1),
        (("--select", "scale-*"), 1),
        (("--select", "scale-down"), 0),
        (("--select", "scale-down", "--fail-on", "warning"), 1),
        (("--select", "cluster-deleted"), 0),
    ],
)
@pytest.mark.parametrize("format_name", ["text", "json"])
def test_exit_codes_are_those_of_check(
    options: tuple[str, ...], code: int, format_name: str, repository: Repository, lint: Lint
) -> None:
    commit(repository, "Create prod", {PATH: cluster(9)})
    commit(repository, "Scale down", {PATH: cluster(8)})
    commit(repository, "Scale", {PATH: cluster(0)})
    for _ in ("first", "again, from what was kept"):
        assert lint("audit", "--format", format_name, *options, folder=repository.folder).code == code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("audit --since zzz", "unknown revision zzz; in GitHub Actions .* elsewhere run: git fetch --all"),
        ("audit --since maim", r"unknown revision maim; did you mean main\?"),
        ("audit --since --all", "argument --since: expected one argument; see: eksa-lint audit --help"),
        ("audit --since=--all", "unknown revision --all; .*"),
        ("audit --since HEAD", "HEAD has no commit that HEAD lacks, .*; for all of it run: eksa-lint audit"),
        ("audit --since main --secrets", "argument --secrets: not allowed with argument --since; see: .*"),
        ("audit --select scale-to-zer", r'rule "scale-to-zer" does not exist; did you mean scale-to-zero\?.*'),
        ("audit --format sarif", r"argument --format: invalid choice: 'sarif' .*; see: eksa-lint audit --help"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: str, message: str, repository: Repository, lint: Lint) -> None:
    commit(repository, "Create prod", {PATH: cluster()})
    run = lint(*arguments.split(), folder=repository.folder)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(f"eksa-lint: {message}\n", run.err), run.err


@pytest.mark.parametrize("options", [(), ("--secrets",)])
def test_without_a_commit_there_is_nothing_to_audit(
    options: tuple[str, ...], repository: Repository, tmp_path: Path, lint: Lint
) -> None:
    run = lint("audit", *options, folder=repository.folder)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("eksa-lint: the repository has no commit yet; ")
    (tmp_path / "nowhere").mkdir()
    run = lint("audit", *options, folder=tmp_path / "nowhere")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("eksa-lint: eksa-lint audit needs a Git repository and ")


def shallow(repository: Repository, folder: Path, depth: int) -> Path:
    repository.git("clone", "-q", "--depth", str(depth), f"file://{repository.folder}", str(folder))
    return folder


def test_a_shallow_clone_says_what_it_leaves_out(repository: Repository, tmp_path: Path, lint: Lint) -> None:
    commit(repository, "Create prod", {PATH: cluster()})
    end = commit(repository, "Scale", {PATH: cluster(0)})
    commit(repository, "Scale back", {PATH: cluster(3)})
    last = commit(repository, "Delete", remove=[PATH])
    clone = shallow(repository, tmp_path / "three", 3)
    run = lint("audit", "--format", "json", folder=clone)
    content = json.loads(run.out)
    assert rules_by_commit(content) == {last: ["cluster-deleted"]}
    (left_out,) = content["audited"]["left_out"]
    assert left_out.startswith(f"This clone is shallow: {end[:7]} and all before it was left out; in GitHub Actions")
    assert content["audited"]["commits"] == 2
    run = lint("audit", "--since", "HEAD~1", folder=clone)
    assert (run.code, "shallow" in run.out) == (1, False)


def test_a_shallow_clone_that_holds_too_little_cannot_be_audited(
    repository: Repository, tmp_path: Path, lint: Lint
) -> None:
    commit(repository, "Create prod", {PATH: cluster()})
    repository.git("branch", "old")
    commit(repository, "Grow", {PATH: cluster(4)})
    commit(repository, "Grow again", {PATH: cluster(5)})
    clone = shallow(repository, tmp_path / "one", 1)
    run = lint("audit", folder=clone)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("eksa-lint: this clone is shallow and holds one commit and not what it changed; in ")
    run = lint("audit", "--since", "old", folder=clone)
    assert run.err.startswith("eksa-lint: unknown revision old; this clone is shallow: in GitHub Actions set ")
    clone = tmp_path / "two"
    repository.git("clone", "-q", "--depth", "2", "--no-single-branch", f"file://{repository.folder}", str(clone))
    run = lint("audit", "--since", "origin/old", folder=clone)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("eksa-lint: this clone is shallow and its history ends before origin/old; in GitHub")


def test_what_people_wrote_into_commits_steers_nothing_and_gives_nothing_away(
    repository: Repository, lint: Lint
) -> None:
    token = fill("<<made-up:github-classic>>", seed=7)
    commit(repository, "Create prod", {PATH: cluster()})
    subject = f"::error::x \x1b[31m \u202e ##[command]x {token} %00 {'long ' * 40}"
    commit(repository, subject, {PATH: cluster(0)}, GIT_AUTHOR_NAME=f"\x1b[1m{token}::debug::")
    for format_name in ("text", "json"):
        out = lint("audit", "--format", format_name, folder=repository.folder).out
        assert token not in out
        assert not re.search("[\x1b\u202e]|^::|##\\[", out, re.MULTILINE)
    assert all(len(line) <= 80 for line in lint("audit", folder=repository.folder).out.splitlines())


def test_a_commit_in_another_encoding_is_read(repository: Repository, lint: Lint) -> None:
    commit(repository, "Create prod", {PATH: cluster()})
    repository.write(PATH, cluster(0))
    message = repository.write("../message", "Größe null".encode("latin-1"))
    repository.git("-c", "i18n.commitEncoding=latin-1", "commit", "-q", "-a", "-F", str(message))
    assert audited(lint, repository)["commits"][0]["subject"] == "Größe null"
