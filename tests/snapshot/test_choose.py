"""Which two states are compared, in real repositories; and the sentence for everything that cannot be."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repository

from eksa_lint.errors import CannotCheck
from eksa_lint.snapshot import Snapshot, choose
from eksa_lint.snapshot.choose import Choice


def files(snapshot: Snapshot | None) -> dict[str, str] | None:
    if snapshot is None:
        return None
    return {
        blob.path: content.decode() if isinstance(content, bytes) else content.reason
        for blob, content in snapshot.read(snapshot.blobs.values(), 1000)
    }


def sides(choice: Choice) -> tuple[dict[str, str] | None, dict[str, str] | None]:
    return files(choice.before), files(choice.after)


def clone(repository: Repository, folder: Path, *options: str) -> Path:
    subprocess.run(
        ["git", "clone", "-q", *options, f"file://{repository.folder}", folder], check=True, capture_output=True
    )
    return folder


def test_what_is_staged_is_compared_with_the_last_commit(repository: Repository) -> None:
    repository.commit({"a.yaml": "1", "gone.yaml": "1"})
    (repository.folder / "gone.yaml").unlink()
    repository.add({"a.yaml": "2"})
    repository.write("a.yaml", "3")
    repository.write("untracked.yaml", "1")
    choice = choose.staged(repository.folder)
    assert sides(choice) == ({"a.yaml": "1", "gone.yaml": "1"}, {"a.yaml": "2"})
    assert choice.before
    assert (choice.before.label, choice.after.label) == ("HEAD", "the index")


def test_before_the_first_commit_everything_staged_is_new(repository: Repository) -> None:
    repository.add({"a.yaml": "1"})
    choice = choose.staged(repository.folder)
    assert sides(choice) == ({}, {"a.yaml": "1"})
    assert choice.before
    assert choice.before.label == "the empty repository"


def test_another_index_is_found_from_where_git_was_started(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in `git commit PATH`, whose index has a name relative to the top."""
    repository.commit({"a.yaml": "1", "sub/b.yaml": "1"})
    repository.git("add", "--all")
    index = repository.folder / ".git" / "next-index-7.lock"
    index.write_bytes((repository.folder / ".git" / "index").read_bytes())
    repository.write("a.yaml", "2")
    repository.git("add", "a.yaml", GIT_INDEX_FILE=".git/next-index-7.lock")
    with pytest.raises(CannotCheck, match="nothing is staged"):
        choose.staged(repository.folder)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-7.lock")
    monkeypatch.chdir("/")
    assert sides(choose.staged(repository.folder)) == (
        {"a.yaml": "1", "sub/b.yaml": "1"},
        {"a.yaml": "2", "sub/b.yaml": "1"},
    )


@pytest.mark.parametrize(("folder", "prefix"), [(".", ""), ("clusters", "../"), ("clusters/mgmt", "../../")])
def test_a_subfolder_leads_back_to_the_top(repository: Repository, folder: str, prefix: str) -> None:
    repository.commit({"clusters/mgmt/a.yaml": "1"})
    repository.add({"clusters/mgmt/a.yaml": "2"})
    choice = choose.staged(repository.folder / folder)
    assert sides(choice) == ({"clusters/mgmt/a.yaml": "1"}, {"clusters/mgmt/a.yaml": "2"})
    assert choice.prefix == prefix


def branches(repository: Repository) -> tuple[str, str]:
    """main and topic, both moved on from a common commit; gives that and main's."""
    base = repository.commit({"a.yaml": "1", "b.yaml": "1"})
    repository.git("switch", "-qc", "topic")
    repository.commit({"a.yaml": "topic"})
    repository.git("switch", "-q", "main")
    main = repository.commit({"b.yaml": "main"})
    repository.git("switch", "-q", "topic")
    return base, main


def test_a_branch_is_compared_with_where_it_came_from(repository: Repository) -> None:
    base, _ = branches(repository)
    choice = choose.against(repository.folder, "main")
    assert sides(choice) == ({"a.yaml": "1", "b.yaml": "1"}, {"a.yaml": "topic", "b.yaml": "1"})
    assert choice.before
    assert choice.before.label == f"{base[:7]} (merge base of main and HEAD)"
    assert choice.left_out == ()


def test_a_branch_that_merged_main_shows_its_own_change_alone(repository: Repository) -> None:
    branches(repository)
    repository.git("merge", "-q", "-m", "merge", "main")
    assert sides(choose.against(repository.folder, "main")) == (
        {"a.yaml": "1", "b.yaml": "main"},
        {"a.yaml": "topic", "b.yaml": "main"},
    )


def test_what_is_staged_but_not_committed_is_said_to_be_left_out(repository: Repository) -> None:
    branches(repository)
    repository.add({"a.yaml": "more"})
    assert choose.against(repository.folder, "main").left_out == (
        "What is staged but not committed was left out; to judge it run: eksa-lint check --staged",
    )


def test_a_merge_that_is_not_finished_does_not_keep_commits_from_being_judged(repository: Repository) -> None:
    branches(repository)
    repository.commit({"b.yaml": "topic"})
    subprocess.run(["git", "merge", "main"], cwd=repository.folder, capture_output=True, check=False)
    choice = choose.against(repository.folder, "main")
    assert files(choice.after) == {"a.yaml": "topic", "b.yaml": "topic"}
    assert choice.left_out == ("What is staged was left out; a merge is not finished",)


def test_two_revisions_are_compared_as_they_are(repository: Repository) -> None:
    branches(repository)
    choice = choose.between(repository.folder, "main", "topic")
    assert sides(choice) == ({"a.yaml": "1", "b.yaml": "main"}, {"a.yaml": "topic", "b.yaml": "1"})
    assert choice.before
    assert (choice.before.label, choice.after.label) == ("main", "topic")


def test_two_folders_are_compared_as_they_stand(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / ".git").mkdir(parents=True)
        (tmp_path / name / ".git" / "x.yaml").write_text("no")
        (tmp_path / name / "a.yaml").write_text(name)
    choice = choose.between(tmp_path, "one", "two")
    assert sides(choice) == ({"a.yaml": "one"}, {"a.yaml": "two"})
    assert choice.before
    assert (choice.before.label, choice.after.label) == ("one", "two")


def test_names_that_are_folders_and_revisions_are_revisions(repository: Repository) -> None:
    repository.commit({"v1/a.yaml": "1", "v2/a.yaml": "2"})
    repository.git("tag", "v1")
    repository.commit({"v1/a.yaml": "changed"})
    repository.git("tag", "v2")
    assert sides(choose.between(repository.folder, "v1", "v2"))[1] == {"v1/a.yaml": "changed", "v2/a.yaml": "2"}
    repository.git("tag", "-d", "v2")
    assert sides(choose.between(repository.folder, "v1", "v2")) == ({"a.yaml": "changed"}, {"a.yaml": "2"})


def test_the_work_tree_of_a_folder_in_no_repository_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.yaml").write_text("1")
    choice = choose.work_tree(tmp_path, ())
    assert sides(choice) == (None, {"sub/a.yaml": "1"})
    assert choice.after.label == "this folder"


def test_paths_of_a_repository_are_judged_with_all_of_it_in_view(repository: Repository) -> None:
    repository.commit({"a/x.yaml": "1", "ab/y.yaml": "1", "z.yaml": "1"})
    choice = choose.work_tree(repository.folder, [Path("a"), Path("z.yaml")])
    assert sides(choice) == (None, {"a/x.yaml": "1", "ab/y.yaml": "1", "z.yaml": "1"})
    assert choice.only
    assert [path for path in choice.after.blobs if choice.only(path)] == ["a/x.yaml", "z.yaml"]
    assert choose.work_tree(repository.folder, [Path()]).only is None
    inside = choose.work_tree(repository.folder / "a", [Path("../z.yaml")])
    assert inside.only
    assert [path for path in inside.after.blobs if inside.only(path)] == ["z.yaml"]


def test_paths_outside_of_the_repository_stand_alone(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "1"})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.yaml").write_text("1")
    choice = choose.work_tree(repository.folder, [Path("../other")])
    assert sides(choice) == (None, {"b.yaml": "1"})
    assert choice.prefix == "../other/"


RANGE = {"PRE_COMMIT_FROM_REF": "main", "PRE_COMMIT_TO_REF": "topic"}


def test_a_hook_takes_the_range_it_is_given(repository: Repository) -> None:
    branches(repository)
    repository.add({"a.yaml": "staged"})
    assert sides(choose.hook(repository.folder, RANGE)) == (
        {"a.yaml": "1", "b.yaml": "1"},
        {"a.yaml": "topic", "b.yaml": "1"},
    )


def test_a_hook_takes_what_is_staged_else_the_whole_tree(repository: Repository) -> None:
    repository.commit({"a.yaml": "1"})
    repository.write("a.yaml", "changed")
    assert sides(choose.hook(repository.folder, {})) == (None, {"a.yaml": "changed"})
    repository.add()
    assert sides(choose.hook(repository.folder, {"PRE_COMMIT_FROM_REF": ""})) == (
        {"a.yaml": "1"},
        {"a.yaml": "changed"},
    )


def test_a_commit_of_nothing_is_compared_all_the_same(repository: Repository) -> None:
    """`--allow-empty`, or another message: the index that Git names is the one of this commit."""
    repository.commit({"a.yaml": "1"})
    assert sides(choose.hook(repository.folder, {"GIT_INDEX_FILE": ".git/index"})) == ({"a.yaml": "1"}, {"a.yaml": "1"})


def test_a_hook_sees_what_is_deleted(repository: Repository) -> None:
    repository.commit({"a.yaml": "1", "b.yaml": "1"})
    repository.git("rm", "-q", "b.yaml")
    assert sides(choose.hook(repository.folder, {})) == ({"a.yaml": "1", "b.yaml": "1"}, {"a.yaml": "1"})


def test_a_shallow_clone_without_the_base_says_what_to_set(repository: Repository, tmp_path: Path) -> None:
    branches(repository)
    shallow = clone(repository, tmp_path / "shallow", "--depth=1", "--no-single-branch", "--branch", "topic")
    with pytest.raises(
        CannotCheck, match=r"shallow and does not hold the merge base of origin/main and HEAD.*fetch-depth: 0"
    ):
        choose.against(shallow, "origin/main")
    with pytest.raises(CannotCheck, match=r"unknown revision v9; this clone is shallow: .*run: git fetch --unshallow"):
        choose.against(shallow, "v9")
    assert sides(choose.between(shallow, "origin/main", "HEAD"))[1] == {"a.yaml": "topic", "b.yaml": "1"}


def test_the_parent_of_a_merge_that_was_fetched_with_depth_2_is_enough(repository: Repository, tmp_path: Path) -> None:
    """GitHub's checkout of a pull request: HEAD is a merge whose first parent is the base."""
    branches(repository)
    repository.git("switch", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    shallow = clone(repository, tmp_path / "shallow", "--depth=2", "--branch", "main")
    assert sides(choose.between(shallow, "HEAD^1", "HEAD")) == (
        {"a.yaml": "1", "b.yaml": "main"},
        {"a.yaml": "topic", "b.yaml": "main"},
    )


def test_branches_without_a_common_commit_can_only_be_compared_as_they_are(repository: Repository) -> None:
    repository.commit({"a.yaml": "1"})
    repository.git("switch", "-q", "--orphan", "other")
    repository.commit({"b.yaml": "1"})
    with pytest.raises(
        CannotCheck, match=r"main and HEAD have no common commit; .*run: eksa-lint check --from main --to HEAD"
    ):
        choose.against(repository.folder, "main")


@pytest.mark.parametrize("options", [(), ("--object-format=sha256",)], ids=["sha1", "sha256"])
def test_a_misspelt_revision_is_answered_with_the_word(
    options: tuple[str, ...], make_repository: Callable[..., Repository]
) -> None:
    repository = make_repository("fleet", *options)
    repository.commit({"a.yaml": "1"})
    repository.git("branch", "release-7")
    for wrong in ("relaese-7", "release_7"):
        with pytest.raises(CannotCheck, match=f"unknown revision {wrong}; did you mean release-7\\?"):
            choose.against(repository.folder, wrong)
    with pytest.raises(
        CannotCheck, match="unknown revision zzz; in GitHub Actions set fetch-depth: 0 on actions/checkout"
    ):
        choose.between(repository.folder, "main", "zzz")


def test_the_same_on_both_sides_by_request_cannot_be_compared(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "1"})
    attempts: list[Callable[[], Choice]] = [
        lambda: choose.staged(repository.folder),
        lambda: choose.against(repository.folder, "main"),
        lambda: choose.between(repository.folder, "main", "HEAD"),
        lambda: choose.between(tmp_path, "fleet", "./fleet/../fleet"),
    ]
    for attempt in attempts:
        with pytest.raises(
            CannotCheck, match="so there is nothing to compare; for the whole tree run: eksa-lint check"
        ):
            attempt()


def test_without_a_repository_there_is_only_the_tree(tmp_path: Path) -> None:
    attempts: list[Callable[[], Choice]] = [
        lambda: choose.staged(tmp_path),
        lambda: choose.against(tmp_path, "main"),
        lambda: choose.between(tmp_path, "a", "b"),
        lambda: choose.hook(tmp_path, {}),
    ]
    for attempt in attempts:
        with pytest.raises(CannotCheck, match=r"needs a Git repository and .* is in none; .*run: eksa-lint check$"):
            attempt()


def test_a_repository_without_a_commit_has_no_revision(repository: Repository) -> None:
    repository.add({"a.yaml": "1"})
    with pytest.raises(CannotCheck, match="has no commit yet; to check what is staged run: eksa-lint check --staged"):
        choose.against(repository.folder, "HEAD")


def test_a_path_that_is_not_there_or_is_ignored_is_named(repository: Repository) -> None:
    repository.commit({"a.yaml": "1", ".gitignore": "ignored/\n"})
    repository.write("ignored/b.yaml", "1")
    with pytest.raises(CannotCheck, match=r"'nowhere.yaml' does not exist; run eksa-lint check --help"):
        choose.work_tree(repository.folder, [Path("a.yaml"), Path("nowhere.yaml")])
    with pytest.raises(
        CannotCheck, match=r"'ignored' holds no file that Git tracks or would track; see git check-ignore -v ignored"
    ):
        choose.work_tree(repository.folder, [Path("ignored")])


def test_git_may_be_missing(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("one/a.yaml", "1")
    repository.write("two/a.yaml", "2")
    monkeypatch.setenv("PATH", "")
    assert sides(choose.between(repository.folder, "one", "two")) == ({"a.yaml": "1"}, {"a.yaml": "2"})
    with pytest.raises(CannotCheck, match="git was not found; install it, or compare two folders with --from A --to B"):
        choose.staged(repository.folder)
