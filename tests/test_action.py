"""The Action's script as shipped, run on what actions/checkout leaves, with the variables GitHub sets."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import CODE, Repository
from test_hook import CLUSTER, FLEET, scaled, ship

HOSTILE = """\
import os, pathlib
pathlib.Path(os.environ["WITNESS"]).write_text(__file__)
raise SystemExit(f"{__file__} was executed")
"""
HOSTILE_FILES = {
    "yaml/__init__.py": HOSTILE,
    "eksa_lint/__init__.py": HOSTILE,
    "eksa_lint/cli.py": HOSTILE,
    "hatch_build.py": HOSTILE,
    "json.py": HOSTILE,
    "sitecustomize.py": HOSTILE,
    "usercustomize.py": HOSTILE,
    "pip.conf": "[global]\nindex-url = https://index.invalid/simple\nno-index = true\n",
    "uv.toml": "no-index = true\n",
    "setup.cfg": "[install]\nprefix = /nowhere\n",
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "json"\nbackend-path = ["."]\n',
}


@dataclass(frozen=True)
class Job:
    """What a run of the Action left behind."""

    code: int
    output: str
    outputs: str
    summary: str

    @property
    def sarif(self) -> dict[str, Any]:
        """The report at the place that the output `sarif` names."""
        name, _, file = self.outputs.strip().partition("=")
        assert name == "sarif"
        content: dict[str, Any] = json.loads(Path(file).read_bytes())
        return content

    @property
    def rules(self) -> list[str]:
        return [result["ruleId"] for result in self.sarif["runs"][0]["results"]]


class Runner:
    """Runs the script in a checkout; the environment is what a runner gives it and nothing else."""

    def __init__(self, folder: Path, action: Path) -> None:
        self._folder = folder
        self._action = action

    def run(self, checkout: Path, **environment: str) -> Job:
        temporary = self._folder / "runner-temp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        outputs, summary = temporary / "outputs", temporary / "summary"
        outputs.touch()
        given = {
            "GITHUB_ACTION_PATH": str(self._action),
            "GITHUB_WORKSPACE": str(checkout),
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(temporary),
            "WITNESS": str(self.witness),
        }
        done = subprocess.run(
            [self._action / "scripts" / "action.sh"],
            cwd=checkout,
            env={**os.environ, **given, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        written = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return Job(done.returncode, done.stdout + done.stderr, outputs.read_text(encoding="utf-8"), written)

    @property
    def witness(self) -> Path:
        """Written by every hostile file that is executed."""
        return self._folder / "witness"


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ship(tmp_path_factory.mktemp("action") / "eksa-lint")


@pytest.fixture
def runner(tmp_path: Path, action: Path) -> Runner:
    return Runner(tmp_path, action)


@pytest.fixture
def origin(make_repository: Callable[..., Repository]) -> Repository:
    """GitHub's side: `main`, a branch that endangers two clusters, and the merge commit of its pull request.

    `main` went on after the branch was made: only the first parent of the merge commit is the right base.
    """
    origin = make_repository("origin")
    shutil.copytree(FLEET, origin.folder, dirs_exist_ok=True)
    origin.commit()
    origin.git("switch", "-q", "-c", "topic")
    origin.git("rm", "-r", "-q", "clusters/mgmt/staging")
    origin.commit({**scaled("prod-us", 0), **HOSTILE_FILES})
    origin.git("switch", "-q", "main")
    origin.commit(scaled("prod-eu", 9))
    origin.git("switch", "-q", "--detach")
    origin.git("merge", "-q", "--no-ff", "-m", "Merge topic into main", "topic")
    origin.git("update-ref", "refs/pull/1/merge", "HEAD")
    origin.git("switch", "-q", "main")
    return origin


def check_out(origin: Repository, folder: Path, reference: str, depth: int) -> Repository:
    """What actions/checkout does: fetch one reference, and leave its commit without a branch."""
    checkout = Repository(folder)
    checkout.git("remote", "add", "origin", origin.folder.as_uri())
    depth_words = [f"--depth={depth}"] if depth else []
    checkout.git("fetch", "-q", "--no-tags", *depth_words, "origin", f"+{reference}:refs/remotes/checked/out")
    checkout.git("checkout", "-q", "--detach", "refs/remotes/checked/out")
    return checkout


def pull_request(checkout: Repository) -> Mapping[str, str]:
    return {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_REF": "refs/pull/1/merge",
        "GITHUB_SHA": checkout.git("rev-parse", "HEAD"),
    }


def test_a_pull_request_is_compared_with_its_base_and_runs_nothing_of_the_checkout(
    origin: Repository, runner: Runner, tmp_path: Path
) -> None:
    checkout = check_out(origin, tmp_path / "checkout", "refs/pull/1/merge", depth=2)
    before = checkout.git("status", "--porcelain", "--ignored")
    hostile = {"PYTHONPATH": str(checkout.folder), "PYTHONSTARTUP": str(checkout.folder / "json.py")}
    job = runner.run(checkout.folder, **pull_request(checkout), **hostile, PIP_CONFIG_FILE="pip.conf")
    assert not runner.witness.exists(), runner.witness.read_text(encoding="utf-8")
    assert job.code == 1, job.output
    assert sorted(job.rules) == ["cluster-deleted", "scale-to-zero"], "and not what main did meanwhile"
    assert f"::error file={CLUSTER.format('prod-us')},line=" in job.output
    assert "cluster-deleted" in job.summary
    assert checkout.git("status", "--porcelain", "--ignored") == before


def test_a_push_is_compared_with_what_was_there_before(origin: Repository, runner: Runner, tmp_path: Path) -> None:
    checkout = check_out(origin, tmp_path / "checkout", "refs/heads/topic", depth=0)
    push = {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/topic", "GITHUB_SHA": "-"}
    before = checkout.git("rev-parse", "HEAD~1")
    job = runner.run(checkout.folder, **push, EKSA_LINT_BEFORE=before, EKSA_LINT_FAIL_ON="never")
    assert job.code == 0, job.output
    assert sorted(job.rules) == ["cluster-deleted", "scale-to-zero"]


def test_a_given_revision_goes_before_the_event(origin: Repository, runner: Runner, tmp_path: Path) -> None:
    (tmp_path / "workspace").mkdir()
    checkout = check_out(origin, tmp_path / "workspace" / "fleet", "refs/heads/topic", depth=0)
    checkout.git("fetch", "-q", "origin", "refs/heads/main:refs/remotes/origin/main")
    event = {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_REF": "refs/heads/topic", "GITHUB_SHA": "-"}
    job = runner.run(tmp_path / "workspace", **event, EKSA_LINT_FOLDER="fleet", EKSA_LINT_AGAINST="origin/main")
    assert job.code == 1, job.output
    assert sorted(job.rules) == ["cluster-deleted", "scale-to-zero"]


def refused(job: Job) -> str:
    """The one line that a run which could not compare leaves behind."""
    assert job.code == 2, job.output
    assert job.outputs == ""
    assert len(job.output.splitlines()) == 1, job.output
    return job.output


@dataclass(frozen=True)
class Wrong:
    """A checkout of a pull request, what is different from a right one, and what must be said."""

    reference: str
    depth: int
    hint: str
    environment: Mapping[str, str] = field(default_factory=dict)


MERGE, TOPIC = "refs/pull/1/merge", "refs/heads/topic"
NOT_THE_MERGE = "leave ref of actions/checkout unset"
NEW_BRANCH = "this push made the branch, so nothing was there before; set the input against"
WRONG = {
    "only the merge commit": Wrong(MERGE, 1, "set fetch-depth: 2 on actions/checkout"),
    "the branch itself": Wrong(TOPIC, 0, NOT_THE_MERGE),
    "another commit": Wrong(MERGE, 2, NOT_THE_MERGE, {"GITHUB_SHA": "0" * 40}),
    "another reference": Wrong(MERGE, 2, NOT_THE_MERGE, {"GITHUB_REF": "refs/heads/main"}),
    "nothing before": Wrong(MERGE, 2, "set the input against", {"GITHUB_EVENT_NAME": "schedule"}),
    "new branch": Wrong(TOPIC, 0, NEW_BRANCH, {"GITHUB_EVENT_NAME": "push", "EKSA_LINT_BEFORE": "0" * 40}),
    "no such folder": Wrong(MERGE, 2, "set the input folder", {"EKSA_LINT_FOLDER": "elsewhere"}),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_cannot_be_compared_is_said_with_what_to_set(
    origin: Repository, runner: Runner, tmp_path: Path, wrong: Wrong
) -> None:
    checkout = check_out(origin, tmp_path / "checkout", wrong.reference, wrong.depth)
    job = runner.run(checkout.folder, **{**pull_request(checkout), **wrong.environment})
    assert wrong.hint in refused(job)


def test_a_branch_that_merged_main_last_is_not_taken_for_a_merge_commit_of_github(
    origin: Repository, runner: Runner, tmp_path: Path
) -> None:
    """Its first parent is the branch itself: compared with that, the change would be hidden."""
    origin.git("switch", "-q", "topic")
    origin.git("merge", "-q", "--no-ff", "-m", "Merge main into topic", "main")
    checkout = check_out(origin, tmp_path / "checkout", "refs/heads/topic", depth=0)
    environment = {**pull_request(checkout), "GITHUB_SHA": origin.git("rev-parse", "refs/pull/1/merge")}
    assert "HEAD is not GitHub's merge commit" in refused(runner.run(checkout.folder, **environment))


def test_no_script_of_the_action_holds_an_expression() -> None:
    """What `${{ }}` puts into a script is run as part of it."""
    text = (CODE / "action.yml").read_text(encoding="utf-8")
    scripts = re.findall(r"^ +run: (.*)$", text, re.MULTILINE)
    assert scripts == ["'\"$GITHUB_ACTION_PATH/scripts/action.sh\"'"]
    assert "${{" not in (CODE / "scripts" / "action.sh").read_text(encoding="utf-8")
