"""The hook as pre-commit runs it: installed by pre-commit from this repository, started by real commits.

pre-commit shows a hook's output where it fails; what passes is known by the commit that is there.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import CODE, Repository

SHIPPED = (
    *("eksa_lint", "rules", "schemas", "scripts", "hatch_build.py", "pyproject.toml"),
    *("README.md", "LICENSE", "CHANGELOG.md", ".pre-commit-hooks.yaml", "action.yml"),
)
FLEET = CODE / "examples" / "fleet" / "before"
CLUSTER = "clusters/mgmt/{}/eksa-system/eksa-cluster.yaml"
CONFIGURATION = """\
default_install_hook_types: [pre-commit, pre-merge-commit, pre-push]
repos:
- repo: {repository}
  rev: {revision}
  hooks:
  - id: eksa-lint
"""


def ship(folder: Path) -> Path:
    """A copy of what this repository gives to those who use it, as it is on disk now."""
    folder.mkdir(parents=True)
    for name in SHIPPED:
        if (CODE / name).is_dir():
            shutil.copytree(CODE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (CODE / name).exists():
            shutil.copy(CODE / name, folder / name)
    return folder


def text_of(cluster: str) -> str:
    return (FLEET / CLUSTER.format(cluster)).read_text(encoding="utf-8")


def scaled(cluster: str, count: int) -> Mapping[str, str]:
    """The cluster's file with another number of machines in its first worker group."""
    head, group, tail = text_of(cluster).partition("  workerNodeGroupConfigurations:\n  - count: ")
    _, line_end, rest = tail.partition("\n")
    return {CLUSTER.format(cluster): f"{head}{group}{count}{line_end}{rest}"}


@dataclass(frozen=True)
class Done:
    code: int
    output: str


class Checkout(Repository):
    """A fleet's repository in which the hook is installed."""

    def try_git(self, *arguments: str) -> Done:
        """A command that the hook may stop."""
        return self.run("git", *arguments)

    def run(self, *command: str) -> Done:
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return Done(done.returncode, done.stdout + done.stderr)

    def write_all(self, files: Mapping[str, str]) -> None:
        """Write the files without staging them."""
        for path, content in files.items():
            self.write(path, content)

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A pre-commit configuration that takes the hook from a clone of this repository.

    pre-commit builds the hook's environment here, once: its cache is the module's.
    """
    folder = tmp_path_factory.mktemp("hook")
    shipped = Checkout(ship(folder / "eksa-lint"))
    text = CONFIGURATION.format(repository=shipped.folder, revision=shipped.commit())
    file = folder / "configuration.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRE_COMMIT_HOME", str(folder / "cache"))
        done = shipped.run(sys.executable, "-m", "pre_commit", "install-hooks", "--config", str(file))
        assert done.code == 0, done.output
        yield text
    shutil.rmtree(folder / "cache")


@pytest.fixture
def empty(configuration: str, tmp_path: Path) -> Checkout:
    """A repository without a commit."""
    checkout = Checkout(tmp_path / "fleet")
    checkout.write(".pre-commit-config.yaml", configuration)
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=checkout.folder, check=True)
    return checkout


@pytest.fixture
def checkout(empty: Checkout) -> Checkout:
    shutil.copytree(FLEET, empty.folder, dirs_exist_ok=True)
    empty.commit()
    return empty


def test_the_first_commit_of_a_repository_is_judged(empty: Checkout) -> None:
    shutil.copytree(FLEET, empty.folder, dirs_exist_ok=True)
    empty.add({CLUSTER.format("prod-eu"): text_of("prod-eu") + "---\nkind: [\n"})
    done = empty.try_git("commit", "-m", "first")
    assert done.code == 1
    assert "yaml-syntax" in done.output
    empty.add({CLUSTER.format("prod-eu"): text_of("prod-eu")})
    assert empty.try_git("commit", "-m", "first").code == 0
    assert empty.head()


def test_a_staged_deletion_stops_the_commit(checkout: Checkout) -> None:
    before = checkout.head()
    checkout.git("rm", "-r", "-q", "clusters/mgmt/staging")
    done = checkout.try_git("commit", "-m", "clean up")
    assert done.code == 1
    assert "error[cluster-deleted]: Cluster staging is deleted" in done.output
    assert checkout.head() == before


def test_a_harmless_commit_passes(checkout: Checkout) -> None:
    before = checkout.head()
    checkout.add(scaled("prod-eu", 9))
    assert checkout.try_git("commit", "-m", "more machines").code == 0
    assert checkout.head() != before


def test_a_commit_of_one_path_is_judged_by_its_own_index(checkout: Checkout) -> None:
    checkout.add(scaled("prod-eu", 0))
    checkout.write_all(scaled("prod-us", 9))
    done = checkout.try_git("commit", "-m", "only this", CLUSTER.format("prod-us"))
    assert done.code == 0, done.output
    assert checkout.git("show", "--name-only", "--format=", "HEAD") == CLUSTER.format("prod-us")

    checkout.write_all(scaled("prod-us", 0))
    done = checkout.try_git("commit", "-m", "only that", CLUSTER.format("prod-us"))
    assert done.code == 1
    assert "Cluster prod-us goes from" in done.output
    assert "prod-eu" not in done.output


def test_a_commit_started_in_a_folder_below_is_judged(checkout: Checkout) -> None:
    checkout.write_all(scaled("prod-us", 0))
    done = checkout.try_git("-C", "clusters/mgmt/prod-us/eksa-system", "commit", "-m", "x", "eksa-cluster.yaml")
    assert done.code == 1
    assert "Cluster prod-us goes from" in done.output


def test_what_is_not_staged_does_not_stop_a_commit(checkout: Checkout) -> None:
    checkout.add(scaled("prod-us", 9))
    checkout.write_all(scaled("prod-eu", 0))
    done = checkout.try_git("commit", "-m", "only what is staged")
    assert done.code == 0, done.output


def test_an_empty_commit_passes(checkout: Checkout) -> None:
    before = checkout.head()
    done = checkout.try_git("commit", "--allow-empty", "-m", "nothing")
    assert done.code == 0, done.output
    assert checkout.head() != before


def test_a_merge_that_deletes_a_cluster_is_stopped(checkout: Checkout) -> None:
    checkout.git("switch", "-q", "-c", "cleanup")
    checkout.git("rm", "-r", "-q", "clusters/mgmt/staging")
    checkout.commit()
    checkout.git("switch", "-q", "main")
    checkout.commit(scaled("prod-eu", 9))
    before = checkout.head()
    done = checkout.try_git("merge", "--no-edit", "cleanup")
    assert done.code != 0
    assert "error[cluster-deleted]: Cluster staging is deleted" in done.output
    assert checkout.head() == before


@pytest.mark.parametrize(("name", "code"), [("staging", 0), ("another", 1)])
def test_all_files_means_the_whole_tree(checkout: Checkout, name: str, code: int) -> None:
    content = text_of("staging").replace(
        "  - kind: AWSIamConfig\n    name: staging\n", f"  - kind: AWSIamConfig\n    name: {name}\n"
    )
    checkout.commit({CLUSTER.format("staging"): content})
    done = checkout.run(sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose")
    assert done.code == code, done.output
    assert "the work tree" in done.output
    assert ("error[dangling-reference]" in done.output) == bool(code)


def test_a_push_is_judged_from_what_the_remote_has(checkout: Checkout, tmp_path: Path) -> None:
    remote = Repository(tmp_path / "remote.git", "--bare")
    checkout.git("remote", "add", "origin", str(remote.folder))
    done = checkout.try_git("push", "-q", "origin", "main")
    assert done.code == 0, done.output

    checkout.commit(scaled("prod-eu", 0))
    checkout.commit(scaled("prod-us", 9))
    done = checkout.try_git("push", "-q", "origin", "main")
    assert done.code == 1
    assert "Cluster prod-eu goes from 8 machines" in done.output

    done = checkout.try_git("push", "-q", "origin", "main:another")
    assert done.code == 1, "a branch that is new to the remote is compared with what the remote has"
    assert "Cluster prod-eu goes from 8 machines" in done.output


def test_a_given_range_is_judged(checkout: Checkout) -> None:
    first = checkout.head()
    checkout.commit(scaled("prod-eu", 0))
    last = checkout.commit(scaled("prod-us", 9))
    run = (sys.executable, "-m", "pre_commit", "run", "--hook-stage", "pre-push")
    done = checkout.run(*run, "--from-ref", first, "--to-ref", last)
    assert done.code == 1
    assert "Cluster prod-eu goes from 8 machines" in done.output
    done = checkout.run(*run, "--from-ref", f"{last}~1", "--to-ref", last)
    assert done.code == 0, done.output
