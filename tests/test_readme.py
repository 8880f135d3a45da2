"""The README shows what the program prints, word for word."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import CODE, Lint, Repository

STATES = CODE / "examples" / "fleet"


def without_time(text: str) -> str:
    return re.sub(r"in \d+\.\d\d s", "in … s", text)


def hold(repository: Repository, state: Path) -> None:
    shutil.rmtree(repository.folder / "clusters", ignore_errors=True)
    # With the times of the originals, Git would take a file of the same size for the one it knows.
    shutil.copytree(state / "clusters", repository.folder / "clusters", copy_function=shutil.copyfile)
    repository.commit()


@pytest.mark.parametrize(("block", "command"), [(1, "check"), (3, "plan")])
def test_a_transcript_is_what_the_example_prints(block: int, command: str, repository: Repository, lint: Lint) -> None:
    hold(repository, STATES / "before")
    repository.git("switch", "-q", "-c", "cleanup")
    hold(repository, STATES / "after")
    run = lint(command, "--from", "main", "--to", "cleanup", folder=repository.folder)
    shown = (CODE / "README.md").read_text().split("```\n")[block]
    assert without_time(shown) == f"$ eksa-lint {command} --from main --to cleanup\n" + without_time(run.out)
