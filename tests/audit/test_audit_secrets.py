"""Secrets in everything that was ever committed: each once, where it first came, and whether HEAD still holds it."""

import json
from pathlib import Path

import pytest
from audit_support import audited, commit
from conftest import Lint, Repository
from made_up import fill

SYNC = "flux/gotk-sync.yaml"
TOKEN = fill("<<made-up:github-fine-grained>>", seed=1)
OTHER = fill("<<made-up:github-classic>>", seed=2)


def sync(token: str, lines_above: int = 0) -> str:
    """A GitRepository whose URL, on the line after `lines_above` and 5 more, holds a token from column 16 on."""
    return "# a line\n" * lines_above + (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system}\nspec:\n"
        f"  interval: 1m\n  url: https://{token}@github.com/acme/fleet\n"
    )


def secrets(lint: Lint, repository: Repository, *options: str) -> dict[str, tuple[str, str, list[str], list[str]]]:
    """By the subject of the commit that it first came with: rule, place, all paths, and where HEAD holds it."""
    content = audited(lint, repository, "--secrets", *options)
    assert content["audited"]["subject"] == "secrets"
    return {
        one["commit"]["subject"]: (
            one["finding"]["rule"],
            f"{one['finding']['path']}:{one['finding']['line']}:{one['finding']['column']}",
            one["paths"],
            [f"{place['path']}:{place['line']}:{place['column']}" for place in one["standing"]],
        )
        for one in content["secrets"]
    }


def test_a_secret_that_was_deleted_is_told_with_where_it_came_from(repository: Repository, lint: Lint) -> None:
    commit(repository, "Begin", {"README.md": "x"})
    first = commit(repository, "Bootstrap", {SYNC: sync(TOKEN)})
    commit(repository, "Use a deploy key", {SYNC: sync("git")})
    assert secrets(lint, repository) == {"Bootstrap": ("github-token", f"{SYNC}:6:16", [SYNC], [])}
    content = audited(lint, repository, "--secrets", code=1)
    assert content["secrets"][0]["commit"]["id"] == first
    assert content["summary"] == {
        "commits": 0, "secrets": 1, "standing": 0, "error": 1, "warning": 0, "note": 0, "suppressed": 0,
    }  # fmt: skip
    assert (content["audited"]["versions"], content["audited"]["commits"]) == (3, 3)


def test_a_secret_in_many_versions_and_files_is_one(repository: Repository, lint: Lint) -> None:
    commit(repository, "Bootstrap", {SYNC: sync(TOKEN)})
    commit(repository, "Explain", {SYNC: sync(TOKEN, lines_above=1)})
    commit(repository, "Copy", {"copy.yaml": sync(TOKEN, lines_above=2), "same.yaml": sync(TOKEN, lines_above=1)})
    commit(repository, "Another", {"other.txt": f"x {OTHER}"})
    assert secrets(lint, repository) == {
        "Bootstrap": (
            "github-token", f"{SYNC}:6:16", [SYNC, "copy.yaml"], [f"{SYNC}:7:16", "same.yaml:7:16", "copy.yaml:8:16"],
        ),
        "Another": ("github-token", "other.txt:1:3", ["other.txt"], ["other.txt:1:3"]),
    }  # fmt: skip


def test_every_reference_is_followed(repository: Repository, lint: Lint) -> None:
    tokens = iter([fill("<<made-up:github-classic>>", seed=seed) for seed in range(10, 20)])
    commit(repository, "Begin", {"README.md": "x"})
    for name in ("branch", "tagged"):
        repository.git("switch", "-q", "-c", name, "main")
        commit(repository, f"On {name}", {f"{name}.txt": next(tokens)})
    repository.git("tag", "-a", "v1", "-m", "v1", "tagged")
    repository.git("switch", "-q", "main")
    repository.git("branch", "-q", "-D", "tagged")
    repository.write("README.md", next(tokens))
    repository.git("stash", "-q")
    repository.git("switch", "-q", "--detach", "main")
    commit(repository, "Detached", {"detached.txt": next(tokens)})
    told = secrets(lint, repository)
    assert {"On branch", "On tagged", "Detached"} < told.keys()
    assert [subject.startswith("WIP on main") for subject in told].count(True) == 1


def test_what_only_a_merge_holds_came_with_the_merge(repository: Repository, lint: Lint) -> None:
    commit(repository, "Begin", {"README.md": "x"})
    repository.git("switch", "-q", "-c", "branch")
    commit(repository, "On the branch", {"branch.txt": OTHER})
    repository.git("switch", "-q", "main")
    commit(repository, "Meanwhile", {"main.txt": "x"})
    repository.git("merge", "-q", "--no-ff", "--no-commit", "branch")
    repository.write("merge.txt", TOKEN)
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "Merge it")
    told = secrets(lint, repository)
    assert {subject: paths for subject, (_, _, paths, _) in told.items()} == {
        "On the branch": ["branch.txt"],
        "Merge it": ["merge.txt"],
    }


def test_everything_that_check_calls_a_secret_is_one_here(repository: Repository, lint: Lint) -> None:
    texts = {
        "secret.yaml": (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: vsphere}\nstringData:\n  password: <<made-up:password>>\n"
        ),
        "key": "<<made-up:private-key>>\n",
        "binary.bin": "\0\x01 <<made-up:github-app>> \0",
        "admin.conf": (
            "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: admin\n"
            "  user:\n    token: <<made-up:github-oauth>>\n"
        ),
    }
    files = {path: fill(text, seed=number) for number, (path, text) in enumerate(texts.items())}
    commit(repository, "All of them", files)
    commit(repository, "None", remove=files)
    content = audited(lint, repository, "--secrets", "--fail-on", "never", code=0)
    told = {one["finding"]["path"]: one["finding"]["rule"] for one in content["secrets"]}
    assert told == {
        "secret.yaml": "secret-object",
        "key": "private-key",
        "binary.bin": "github-token",
        "admin.conf": "kubeconfig-committed",
    }


def test_a_file_too_large_to_be_held_is_read_in_pieces(repository: Repository, lint: Lint) -> None:
    commit(repository, "Dump", {"dump.txt": b"x\n" * 5_100_000 + TOKEN.encode()})
    commit(repository, "Without it", remove=["dump.txt"])
    told = secrets(lint, repository)
    assert told == {"Dump": ("github-token", "dump.txt:5100001:1", ["dump.txt"], [])}


def test_what_is_accepted_does_not_count(repository: Repository, lint: Lint) -> None:
    commented = f"- {OTHER}  # eksa-lint: ignore[github-token] revoked in May\n"
    commit(repository, "Two", {"a.yaml": commented, "tests/b.yaml": f"- {TOKEN}\n"})
    assert audited(lint, repository, "--secrets", code=1)["summary"]["suppressed"] == 1
    policy = "per-path-ignores:\n- {paths: [tests/], rules: [github-token], reason: made up}\n"
    commit(repository, "Accept", {".eksa-lint.yaml": policy}, remove=["a.yaml"])
    content = audited(lint, repository, "--secrets", code=0)
    assert [one["finding"]["suppressed"]["reason"] for one in content["secrets"]] == ["revoked in May", "made up"]
    commit(repository, "Again", {"a.yaml": f"- {OTHER}\n"})
    assert audited(lint, repository, "--secrets", code=1)["summary"]["suppressed"] == 1


@pytest.mark.parametrize("options", [("--ignore", "github-*"), ("--select", "private-key")])
def test_rules_are_chosen_as_for_check(options: tuple[str, ...], repository: Repository, lint: Lint) -> None:
    commit(repository, "Bootstrap", {SYNC: sync(TOKEN)})
    assert secrets(lint, repository, *options) == {}


def test_a_shallow_clone_says_what_it_cannot_see(repository: Repository, tmp_path: Path, lint: Lint) -> None:
    commit(repository, "Bootstrap", {SYNC: sync(TOKEN)})
    end = commit(repository, "Use a deploy key", {SYNC: sync(OTHER)})
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.folder}", str(clone))
    content = json.loads(lint("audit", "--secrets", "--format", "json", folder=clone).out)
    assert [one["commit"]["id"] for one in content["secrets"]] == [end]
    (left_out,) = content["audited"]["left_out"]
    assert left_out.startswith(f"This clone is shallow: what came before {end[:7]} was left out; in GitHub Actions")


def test_a_clone_without_its_contents_cannot_be_audited(repository: Repository, tmp_path: Path, lint: Lint) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    commit(repository, "Bootstrap", {SYNC: sync(TOKEN)})
    commit(repository, "Use a deploy key", {SYNC: sync("git")})
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--filter=blob:none", f"file://{repository.folder}", str(clone))
    run = lint("audit", "--secrets", folder=clone)
    assert (run.code, run.out) == (2, "")
    assert "is not in this clone (a partial clone?); run: git fetch --refetch --no-filter" in run.err


def test_no_secret_is_in_any_output_or_in_what_is_kept(repository: Repository, tmp_path: Path, lint: Lint) -> None:
    password = fill("<<made-up:password>>", seed=3)
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{password: '{password}'}}\n"
    commit(repository, f"Put {OTHER} in", {SYNC: sync(TOKEN), "s.yaml": secret, "x.txt": OTHER, "none": "x"})
    commit(repository, "Take it out", remove=[SYNC])
    kept = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    for options in ((), ("--secrets",), ("--secrets", "--verbose"), ("--secrets", "--format", "json")):
        run = lint("audit", *options, folder=repository.folder, **kept)
        assert not [value for value in (TOKEN, OTHER, password) if value in run.out + run.err]
    files = [file for file in (tmp_path / "cache").rglob("*") if file.is_file()]
    assert len(files) == 2
    for file in files:
        content = file.read_text()
        assert not [value for value in (TOKEN, OTHER, password) if value in content]
        assert not ("secrets" in file.name and "github" in content)
