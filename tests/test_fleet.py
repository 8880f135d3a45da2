"""Whole repositories: a fleet that is right, a branch that is dangerous in three places, and files from the wild."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CODE, Lint

from eksa_lint.report import FORMATS
from eksa_lint.snapshot.folder import folder_snapshot
from eksa_lint.syntax import parse

SHARED = CODE.parent / "shared"
MAKE_FLEET = SHARED / "bench" / "make_fleet.py"
CORPUS = SHARED / "corpus" / "files"
needs_fleet = pytest.mark.skipif(not MAKE_FLEET.is_file(), reason="shared/bench is not beside this repository")
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="shared/corpus is not beside this repository")

CLUSTER = "clusters/mgmt-0000/{}/eksa-system/eksa-cluster.yaml"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 clusters under 3 management clusters; the branch `change` is dangerous."""
    folder = tmp_path_factory.mktemp("fleet") / "fleet"
    subprocess.run(
        [sys.executable, MAKE_FLEET, folder, "--clusters", "30", "--branch-with-danger"], check=True, env=os.environ
    )
    return folder


def place(fleet: Path, revision: str, path: str, text: str) -> tuple[str, int, int]:
    """Where a text first stands in a file of a revision: path, line and column."""
    show = ["git", "-C", str(fleet), "show", f"{revision}:{path}"]
    content = subprocess.run(show, check=True, capture_output=True, text=True).stdout
    for number, line in enumerate(content.splitlines(), start=1):
        if text in line:
            return path, number, line.index(text) + 1
    raise AssertionError(f"{text} is not in {path}")


@needs_fleet
@pytest.mark.parametrize(
    "choice", [("--from", "main", "--to", "change"), ("--from", "main", "--to", "change", "--all")]
)
def test_the_three_dangers_of_a_branch_are_found_at_their_lines_and_nothing_else(
    fleet: Path, choice: tuple[str, ...], lint: Lint
) -> None:
    run = lint("check", *choice, "--format", "json", folder=fleet)
    found = {
        finding["rule"]: (finding["severity"], finding["side"], finding["path"], finding["line"], finding["column"])
        for finding in run.findings
        if finding["severity"] != "note"
    }
    scaled, granted, deleted = (CLUSTER.format(f"work-0000{number}") for number in (1, 2, 3))
    path, line, column = place(fleet, "change", scaled, "count: 0")
    assert found == {
        "scale-to-zero": ("error", "after", path, line, column + len("count: ")),
        "iam-system-masters": ("error", "after", *place(fleet, "change", granted, "- system:masters")),
        "cluster-deleted": ("error", "before", *place(fleet, "main", deleted, "work-00003")),
    }
    assert run.code == 1


@needs_fleet
@pytest.mark.parametrize("arguments", [(), ("--from", "change", "--to", "main"), ("clusters/mgmt-0001",)])
def test_a_fleet_that_is_right_has_nothing_that_a_reviewer_must_look_at(
    fleet: Path, arguments: tuple[str, ...], lint: Lint
) -> None:
    run = lint("check", *arguments, "--format", "json", "--fail-on", "warning", folder=fleet)
    assert [finding for finding in run.findings if finding["severity"] != "note"] == []
    assert run.code == 0


@needs_fleet
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_the_three_dangers(fleet: Path, name: str, lint: Lint) -> None:
    run = lint("check", "--from", "main", "--to", "change", "--format", name, folder=fleet)
    assert run.code == 1
    for rule in ("scale-to-zero", "iam-system-masters", "cluster-deleted"):
        assert rule in run.out


@needs_corpus
def test_every_file_from_the_wild_is_read() -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    assert len(files) > 100
    for file in files:
        stream = parse(file.read_bytes())
        assert stream.documents or stream.problems or not stream.source.text.strip("- \n"), file


@needs_corpus
@pytest.mark.parametrize("folder", sorted(CORPUS.iterdir()) if CORPUS.is_dir() else [], ids=lambda path: path.name)
def test_a_repository_from_the_wild_is_judged_without_an_error_of_ours(folder: Path, lint: Lint) -> None:
    assert folder_snapshot(folder, "x").blobs
    run = lint("check", str(folder), "--format", "json", folder=folder)
    assert run.code in (0, 1), run.err
    assert "rule-failed" not in {finding["rule"] for finding in run.findings if finding["severity"] == "error"}


@needs_corpus
def test_a_repository_from_the_wild_that_appears_or_disappears_is_judged(tmp_path: Path, lint: Lint) -> None:
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    for choice in (("--from", str(nothing), "--to", str(CORPUS)), ("--from", str(CORPUS), "--to", str(nothing))):
        run = lint("check", *choice, "--format", "json", folder=tmp_path)
        assert run.code == 1, run.err
        assert run.findings
