"""Git as the only door to a repository: what it lists and reads, by whatever name, and what it must never run."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Lint, Repository

from eksa_lint.errors import CannotCheck
from eksa_lint.snapshot import TOO_LARGE, Snapshot, Withheld
from eksa_lint.snapshot.commit import commit_snapshots, staged_snapshots
from eksa_lint.snapshot.folder import FolderSnapshot, folder_snapshot
from eksa_lint.snapshot.git import Git

ODD_NAMES = [
    b"a b.yaml",
    b"new\nline.yaml",
    b"tab\t.yaml",
    b'quo"te.yaml',
    b"it's.yaml",
    b"back\\slash.yaml",
    b"\x1b[31mred.yaml",
    b"\xff\xfe.yaml",
    "größe.yaml".encode(),
    "\U0001f600.yaml".encode(),
    b"-leading.yaml",
    b"--output=x.yaml",
    b":(glob)x.yaml",
    b":!x.yaml",
    b":x.yaml",
    b"*.yaml",
    b"[a].yaml",
    b"a/-b/:c.yaml",
    b"HEAD",
    b"refs.yaml",
    b"{{x}}.yaml",
    b"%2e.yaml",
    b" leading.yaml",
    b"trailing.yaml ",
    b"...yaml",
    b"#.yaml",
    b"~.yaml",
    b"$(touch x).yaml",
]


def contents(snapshot: Snapshot) -> dict[str, bytes | Withheld]:
    return {blob.path: content for blob, content in snapshot.read(snapshot.blobs.values(), 1000)}


def write_odd(repository: Repository) -> dict[str, bytes]:
    """A file by every odd name, whose content is that name."""
    for name in ODD_NAMES:
        repository.write(os.fsdecode(name), name)
    return {os.fsdecode(name): name for name in ODD_NAMES}


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)], ids=["sha1", "sha256"])
def test_a_commit_the_index_and_the_work_tree_hold_the_same_files_by_any_name(
    options: tuple[str, ...], make_repository: Callable[..., Repository]
) -> None:
    repository = make_repository("odd", *options)
    expected = write_odd(repository)
    repository.commit()
    git = Git(repository.folder)
    assert contents(staged_snapshots(git)[0]) == expected
    assert contents(staged_snapshots(git)[1]) == expected
    assert contents(FolderSnapshot(git.root, "", git.work_tree())) == expected
    assert contents(folder_snapshot(repository.folder, "")) == expected


def test_everything_is_listed_from_the_top_wherever_one_stands(repository: Repository) -> None:
    repository.commit({"a.yaml": "a: 1", "sub/b.yaml": "b: 1"})
    repository.write("sub/new.yaml", "c: 1")
    git = Git(repository.folder / "sub")
    assert git.root == repository.folder
    assert sorted(staged_snapshots(git)[0].blobs) == ["a.yaml", "sub/b.yaml"]
    assert sorted(staged_snapshots(git)[1].blobs) == ["a.yaml", "sub/b.yaml"]
    assert sorted(git.work_tree()) == ["a.yaml", "sub/b.yaml", "sub/new.yaml"]


def test_the_work_tree_is_what_is_tracked_or_would_be(repository: Repository) -> None:
    repository.commit({".gitignore": "*.log\nbuild/\n", "kept.log.yaml": "", "gone.yaml": "a: 1"})
    (repository.folder / "gone.yaml").unlink()
    for path in ("new.yaml", "x.log", "build/y.yaml", "sub/.gitignore", "sub/z.log"):
        repository.write(path, "*\n" if path.endswith("ignore") else "a: 1")
    git = Git(repository.folder)
    snapshot = FolderSnapshot(git.root, "the work tree", git.work_tree())
    assert sorted(snapshot.blobs) == [".gitignore", "kept.log.yaml", "new.yaml"]


def test_links_are_no_files_whatever_they_point_to(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("secret: 1")
    repository.write("real/a.yaml", "a: 1")
    for name, target in (
        ("out.yaml", str(outside)),
        ("up.yaml", "../outside.yaml"),
        ("dangling.yaml", "nowhere"),
        ("circle.yaml", "circle.yaml"),
        ("inside.yaml", "real/a.yaml"),
        ("folder", "real"),
        ("loop", "."),
        ("root", "/"),
    ):
        (repository.folder / name).symlink_to(target)
    repository.commit()
    git = Git(repository.folder)
    expected = {"real/a.yaml": b"a: 1"}
    assert contents(staged_snapshots(git)[0]) == expected
    assert contents(staged_snapshots(git)[1]) == expected
    assert contents(FolderSnapshot(git.root, "", git.work_tree())) == expected
    assert contents(folder_snapshot(repository.folder, "")) == expected


def test_a_link_that_takes_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    """Between listing and reading."""
    (tmp_path / "outside").write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.yaml").write_text("a: 1")
    snapshot = folder_snapshot(folder, "")
    (folder / "a.yaml").unlink()
    (folder / "a.yaml").symlink_to(tmp_path / "outside")
    ((_, content),) = snapshot.read(snapshot.blobs.values(), 1000)
    assert isinstance(content, Withheld)
    assert not content.large


def test_pipes_and_folders_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "a.yaml").write_text("a: 1")
    assert list(folder_snapshot(tmp_path, "").blobs) == ["a.yaml"]


def test_a_submodule_is_no_file_and_nothing_in_it_is_looked_at(
    repository: Repository, make_repository: Callable[..., Repository]
) -> None:
    other = make_repository("other")
    other.commit({"inner.yaml": "a: 1"})
    repository.commit({"a.yaml": "a: 1"})
    repository.git("submodule", "add", "-q", str(other.folder), "modules/other")
    repository.commit()
    git = Git(repository.folder)
    for snapshot in (staged_snapshots(git)[0], staged_snapshots(git)[1], FolderSnapshot(git.root, "", git.work_tree())):
        assert sorted(snapshot.blobs) == [".gitmodules", "a.yaml"]


def test_a_conflict_in_the_index_has_no_one_content(repository: Repository) -> None:
    repository.commit({"a.yaml": "a: 1", "b.yaml": "b: 1"})
    repository.git("switch", "-qc", "other")
    repository.commit({"a.yaml": "a: 2"})
    repository.git("switch", "-q", "main")
    repository.commit({"a.yaml": "a: 3"})
    merge = subprocess.run(["git", "merge", "other"], cwd=repository.folder, capture_output=True, check=False)
    assert merge.returncode == 1
    git = Git(repository.folder)
    with pytest.raises(CannotCheck, match=r"'a\.yaml' has a merge conflict; resolve it, run git add, and check again"):
        staged_snapshots(git)[1]
    assert sorted(git.work_tree()) == ["a.yaml", "b.yaml"]


def test_a_file_that_is_only_meant_to_be_added_is_empty_in_the_index(repository: Repository) -> None:
    repository.commit({"a.yaml": "a: 1"})
    repository.write("later.yaml", "b: 1")
    repository.git("add", "--intent-to-add", "later.yaml")
    assert contents(staged_snapshots(Git(repository.folder))[1]) == {"a.yaml": b"a: 1", "later.yaml": b""}


def test_a_large_file_is_withheld_and_can_be_read_in_pieces(repository: Repository) -> None:
    large = bytes(range(256)) * 12_000
    repository.commit({"large.yaml": large, "a.yaml": "a: 1", "z.yaml": "z: 1"})
    git = Git(repository.folder)
    for snapshot in (staged_snapshots(git)[0], FolderSnapshot(git.root, "", git.work_tree())):
        assert contents(snapshot) == {"large.yaml": TOO_LARGE, "a.yaml": b"a: 1", "z.yaml": b"z: 1"}
        pieces = list(snapshot.windows(snapshot.blobs["large.yaml"]))
        assert len(pieces) > 1
        assert b"".join(pieces) == large


def test_more_blobs_than_fit_into_a_pipe_are_read_in_order(repository: Repository) -> None:
    files = {f"f{number:04}.yaml": f"a: {number}\n" * 30 for number in range(1010)}
    repository.commit(files)
    git = Git(repository.folder)
    read = contents(staged_snapshots(git)[0])
    assert read == {path: text.encode() for path, text in files.items()}


def test_equal_bytes_have_equal_ids(repository: Repository) -> None:
    repository.commit({"a.yaml": "x: 1", "b.yaml": "x: 1", "c.yaml": "x: 2"})
    git = Git(repository.folder)
    for snapshot in (staged_snapshots(git)[0], FolderSnapshot(git.root, "", git.work_tree())):
        ids = {path: blob.id for path, blob in snapshot.blobs.items()}
        assert ids["a.yaml"] == ids["b.yaml"] != ids["c.yaml"]


def test_there_may_be_no_repository(tmp_path: Path) -> None:
    assert Git.find(tmp_path) is None


def test_a_bare_repository_is_refused(make_repository: Callable[..., Repository]) -> None:
    bare = make_repository("bare.git", "--bare")
    with pytest.raises(CannotCheck, match=r"bare repository or a \.git folder; run eksa-lint in a work tree"):
        Git.find(bare.folder)


def test_a_bare_repository_inside_a_checkout_is_not_taken_for_one(repository: Repository) -> None:
    """What is committed as files could be a repository with a configuration of its own."""
    inner = Repository(repository.folder / "evil.git", "--bare")
    with pytest.raises(CannotCheck, match="run eksa-lint in a work tree"):
        Git.find(inner.folder)


def test_the_folder_of_git_is_no_work_tree(repository: Repository) -> None:
    with pytest.raises(CannotCheck, match="run eksa-lint in a work tree"):
        Git.find(repository.folder / ".git")


def test_someone_elses_repository_is_refused_as_git_does(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(CannotCheck, match=r"belongs to someone else.* run: git config --global --add safe\.directory"):
        Git.find(repository.folder)


def test_a_git_file_that_points_nowhere_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    assert Git.find(tmp_path) is None


def test_a_git_file_leads_to_its_repository_as_in_a_worktree(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "a: 1"})
    repository.git("worktree", "add", "-q", "-b", "topic", str(tmp_path / "topic"))
    (tmp_path / "topic" / "b.yaml").write_text("b: 1")
    git = Git.find(tmp_path / "topic")
    assert git
    assert git.root == tmp_path / "topic"
    assert sorted(git.work_tree()) == ["a.yaml", "b.yaml"]
    assert list(staged_snapshots(git)[1].blobs) == ["a.yaml"]


@pytest.mark.parametrize(
    "revision",
    [
        "nowhere",
        "",
        "-h",
        "--all",
        "HEAD~5",
        "HEAD:a.yaml",
        "HEAD^{tree}",
        "a\0b",
        "main..main",
        "@{upstream}",
        "^HEAD",
        "\udcff",
    ],
)
def test_what_names_no_commit_is_unknown(repository: Repository, revision: str) -> None:
    repository.commit({"a.yaml": "a: 1"})
    assert Git(repository.folder).lookup(revision) is None


def test_tags_branches_and_short_ids_name_commits(repository: Repository) -> None:
    commit = repository.commit({"a.yaml": "a: 1"})
    repository.git("tag", "-a", "-m", "x", "v1")
    git = Git(repository.folder)
    assert {git.lookup(name) for name in ("HEAD", "main", "v1", commit[:8], "@", "refs/heads/main")} == {commit}


def test_a_replaced_object_is_read_as_it_was_committed(repository: Repository) -> None:
    first = repository.commit({"a.yaml": "a: 1"})
    second = repository.commit({"a.yaml": "a: 2"})
    repository.git("replace", second, first)
    assert contents(commit_snapshots(Git(repository.folder), (first, ""), (second, ""))[1]) == {"a.yaml": b"a: 2"}


def test_nothing_is_written_into_the_repository(repository: Repository, lint: Lint) -> None:
    repository.commit({"a.yaml": "a: 1"})
    repository.add({"a.yaml": "a: 2"})
    repository.write("b.yaml", "b: 1")

    def state() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_size)
            for path in repository.folder.rglob("*")
            if path.is_file()
        }

    before = state()
    for arguments in ((), ("--staged",), ("--hook",), ("--from", "HEAD", "--to", "main~0")):
        lint("check", *arguments, folder=repository.folder)
    assert state() == before


HOOKS = (
    "pre-commit",
    "post-checkout",
    "post-index-change",
    "fsmonitor-watchman",
    "reference-transaction",
    "post-merge",
)
CONFIGURATION = """
[core]
    fsmonitor = {program}
    hooksPath = {hooks}
    sshCommand = {program}
    gitProxy = {program}
    askPass = {program}
    pager = {program}
    editor = {program}
    alternateRefsCommand = {program}
[filter "evil"]
    clean = {program}
    smudge = {program}
    process = {program}
    required = true
[diff]
    external = {program}
[diff "evil"]
    textconv = {program}
    command = {program}
[merge "evil"]
    driver = {program}
[alias]
    rev-parse = !{program}
    ls-tree = !{program}
    ls-files = !{program}
    cat-file = !{program}
    merge-base = !{program}
[credential]
    helper = !{program}
[uploadpack]
    packObjectsHook = {program}
[remote "origin"]
    url = ssh://nobody@localhost/x
    uploadpack = {program}
    vcs = evil
    promisor = true
    partialclonefilter = blob:none
[protocol]
    allow = always
[protocol "ssh"]
    allow = always
[protocol "ext"]
    allow = always
[protocol "file"]
    allow = always
[pager]
    ls-tree = {program}
    rev-parse = {program}
[gpg]
    program = {program}
[log]
    showSignature = true
[submodule]
    recurse = true
"""


@pytest.fixture
def hostile(repository: Repository, tmp_path: Path) -> tuple[Repository, Path]:
    """A repository whose configuration names a program everywhere; the program leaves a marker."""
    marker = tmp_path / "it-ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran >> '{marker}'\nexit 1\n")
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in HOOKS:
        (hooks / name).write_bytes(program.read_bytes())
        (hooks / name).chmod(0o755)
    attributes = "* filter=evil diff=evil merge=evil text\n"
    repository.commit({"a.yaml": "a: 1\n", ".gitattributes": attributes})
    repository.git("switch", "-qc", "topic")
    repository.commit({"a.yaml": "a: 2\n"})
    repository.write("b.yaml", "b: 1\n")
    repository.add()
    repository.write("a.yaml", "a: 3\n")
    with (repository.folder / ".git" / "config").open("a") as file:
        file.write(CONFIGURATION.format(program=program, hooks=hooks))
    return repository, marker


def test_the_hostile_repository_of_these_tests_is_hostile(hostile: tuple[Repository, Path]) -> None:
    repository, marker = hostile
    subprocess.run(["git", "status"], cwd=repository.folder, capture_output=True, check=False)
    assert marker.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("a.yaml",),
        ("--staged",),
        ("--hook",),
        ("--against", "main"),
        ("--from", "main", "--to", "topic"),
        ("--from", "main", "--to", "tpoic"),
        ("--against", "nowhere"),
    ],
    ids=" ".join,
)
def test_nothing_that_a_repository_names_is_run(
    hostile: tuple[Repository, Path], arguments: tuple[str, ...], lint_apart: Lint
) -> None:
    repository, marker = hostile
    run = lint_apart("check", *arguments, folder=repository.folder)
    assert run.code == (2 if {"tpoic", "nowhere"} & set(arguments) else 0), run.err
    assert not marker.exists()


def test_a_blob_that_a_partial_clone_lacks_is_not_fetched(hostile: tuple[Repository, Path], lint_apart: Lint) -> None:
    """Not even where the repository allows the protocol and names the program that connects."""
    repository, marker = hostile
    blob = subprocess.run(
        ["git", "-c", "core.fsmonitor=false", "rev-parse", "main:a.yaml"],
        cwd=repository.folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "GIT_ALLOW_PROTOCOL": ""},
    ).stdout.strip()
    marker.unlink(missing_ok=True)
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with (repository.folder / ".git" / "config").open("a") as file:
        file.write("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n")
    run = lint_apart("check", "--from", "main", "--to", "topic", folder=repository.folder)
    assert run.code == 2
    assert "is not in this clone (a partial clone?); run: git fetch --refetch --no-filter" in run.err
    assert not marker.exists()


def test_a_repository_below_a_path_argument_is_never_used(
    hostile: tuple[Repository, Path], tmp_path: Path, lint_apart: Lint
) -> None:
    """Its files are read as they stand, ignored ones and those of its index alike."""
    repository, marker = hostile
    repository.write(".gitignore", "ignored.yaml\n")
    repository.write("ignored.yaml", "a: [\n")
    run = lint_apart("check", "fleet", "--format", "json", folder=tmp_path)
    assert [(finding["rule"], finding["path"]) for finding in run.findings] == [("yaml-syntax", "ignored.yaml")]
    assert not marker.exists()


def test_a_repository_inside_the_one_around_is_not_entered(
    repository: Repository, lint_apart: Lint, make_repository: Callable[..., Repository]
) -> None:
    repository.commit({"a.yaml": "a: 1"})
    inner = make_repository("fleet/inner")
    inner.write("b.yaml", "b: [\n")
    run = lint_apart("check", "--format", "json", folder=repository.folder)
    assert (run.code, run.findings) == (0, [])


def test_modules_that_a_checkout_holds_are_not_imported(
    repository: Repository, lint_apart: Lint, tmp_path: Path
) -> None:
    marker = tmp_path / "it-ran"
    evil = f"open({str(marker)!r}, 'w').close()\n"
    names = (
        "yaml/__init__.py",
        "json.py",
        "sitecustomize.py",
        "usercustomize.py",
        "jsonschema.py",
        "cel_expr_python.py",
        "git.py",
        "detect_secrets/__init__.py",
        "eksa_lint/__init__.py",
        "conftest.py",
        "re.py",
    )
    repository.commit(
        {**dict.fromkeys(names, evil), "uv.toml": "", "pip.conf": "[global]\nindex-url = x\n", "a.yaml": "a: 1"}
    )
    run = lint_apart("check", "--staged", folder=repository.folder)
    assert (run.code, run.out) == (2, "")
    assert lint_apart("check", folder=repository.folder).code == 0
    assert not marker.exists()
