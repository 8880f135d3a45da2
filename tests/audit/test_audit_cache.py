"""What an audit keeps for the next one: that it is used, by whom it can be read, and what is never believed."""

import json
import os
import pty
import re
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from audit_support import PATH, cluster, commit
from conftest import PROGRAM, Lint, Repository, Run

TOLD = "told by what was kept"


@pytest.fixture
def scaled(repository: Repository) -> Repository:
    commit(repository, "Create prod", {PATH: cluster()})
    commit(repository, "Scale", {PATH: cluster(0)})
    return repository


class Audit:
    """Audits of one repository that keep their results in one folder."""

    def __init__(self, lint: Lint, repository: Repository, home: Path) -> None:
        self._lint, self._repository, self.home = lint, repository, home

    def __call__(self, *options: str) -> Run:
        folder = self._repository.folder
        return self._lint("audit", "--format", "json", *options, folder=folder, XDG_CACHE_HOME=str(self.home))

    @property
    def messages(self) -> list[str]:
        return [finding["message"] for one in json.loads(self().out)["commits"] for finding in one["findings"]]

    @property
    def file(self) -> Path:
        (file,) = (self.home / "eksa-lint" / "audit").iterdir()
        return file

    def change(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change what is kept, as its owner could."""
        content = json.loads(self.file.read_bytes())
        change(content)
        self.file.write_text(json.dumps(content))


@pytest.fixture
def audit(lint: Lint, scaled: Repository, tmp_path: Path) -> Audit:
    """One audit is done, and the message of its finding is another one in what was kept."""
    audit = Audit(lint, scaled, tmp_path / "cache")
    (original,) = audit.messages
    assert original != TOLD

    def retell(content: dict[str, Any]) -> None:
        for findings in content["results"].values():
            for finding in findings:
                finding["message"] = TOLD

    audit.change(retell)
    return audit


def test_what_was_judged_is_not_judged_again(audit: Audit, scaled: Repository) -> None:
    assert audit.messages == [TOLD]
    commit(scaled, "Delete", remove=[PATH])
    first, second = audit.messages
    assert first == TOLD
    assert second != TOLD
    assert audit("--no-cache").out.count(TOLD) == 0


def test_what_a_team_accepts_does_not_make_it_judge_again(audit: Audit, scaled: Repository) -> None:
    commit(scaled, "Mind less", {".eksa-lint.yaml": "severity: {scale-to-zero: note}\n"})
    run = audit()
    assert run.code == 0
    assert TOLD in run.out
    assert '"severity": "note"' in run.out


def test_the_release_that_a_team_runs_does(audit: Audit, scaled: Repository) -> None:
    commit(scaled, "Say which release", {".eksa-lint.yaml": "eksa-version: v0.23.0\n"})
    assert TOLD not in audit().out


def test_only_its_owner_can_read_it(audit: Audit) -> None:
    assert stat.S_IMODE(audit.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(audit.file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_others_could_have_written_is_not_believed(audit: Audit, mode: int) -> None:
    audit.file.chmod(mode)
    assert TOLD not in audit().out
    assert stat.S_IMODE(audit.file.stat().st_mode) == 0o600


def test_a_link_is_not_followed(audit: Audit, tmp_path: Path) -> None:
    file = audit.file
    elsewhere = file.rename(tmp_path / "elsewhere")
    file.symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    assert TOLD not in audit().out
    assert elsewhere.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.update(judged_by="another program"),
        lambda content: content.update(version=2),
        lambda content: content.update(results=[]),
        lambda content: content.update(results=dict.fromkeys(content["results"], 1)),
        lambda content: content.update(results={key: [{}] for key in content["results"]}),
        lambda content: _each(content, lambda finding: finding.update(rule="no-such-rule")),
        lambda content: _each(content, lambda finding: finding.update(message=["x"])),
        lambda content: _each(content, lambda finding: finding.update(severity="terrible")),
        lambda content: _each(content, lambda finding: finding.update(span=[1, 1, 1])),
        lambda content: _each(content, lambda finding: finding.update(span=[0, 1, 1, "x"])),
        lambda content: _each(content, lambda finding: finding.update(side="inside")),
        lambda content: _each(content, lambda finding: finding.update(resource=["a"])),
        lambda content: _each(content, lambda finding: finding.pop("fingerprint")),
        lambda content: _each(content, lambda finding: finding.update(related=[1])),
    ],
)
def test_what_is_not_ours_is_judged_again(audit: Audit, damage: Callable[[dict[str, Any]], None]) -> None:
    audit.change(damage)
    run = audit()
    assert (run.code, run.err) == (1, "")
    assert TOLD not in run.out


def _each(content: dict[str, Any], change: Callable[[dict[str, Any]], Any]) -> None:
    for findings in content["results"].values():
        for finding in findings:
            change(finding)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"1" * 10_000, b"null"])
def test_what_is_no_cache_is_replaced(audit: Audit, content: bytes) -> None:
    audit.file.write_bytes(content)
    assert (audit().code, len(audit.messages)) == (1, 1)
    assert json.loads(audit.file.read_bytes())["version"] == 1


def test_nothing_is_kept_inside_the_repository(scaled: Repository, lint: Lint) -> None:
    inside = scaled.folder / ".cache"
    run = lint("audit", "--format", "json", folder=scaled.folder, XDG_CACHE_HOME=str(inside))
    (left_out,) = json.loads(run.out)["audited"]["left_out"]
    assert left_out == f"What was found is not kept for the next audit: {inside}/eksa-lint/audit is in the repository"
    assert not inside.exists()


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(scaled: Repository, tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "file").write_text("")
    run = lint("audit", "--format", "json", folder=scaled.folder, XDG_CACHE_HOME=str(tmp_path / "file"))
    assert (run.code, run.err) == (1, "")
    assert "What was found is not kept for the next audit: " in run.out


@pytest.mark.parametrize("home", ["", "relative/cache"])
def test_without_a_valid_folder_it_is_the_one_at_home(
    home: str, scaled: Repository, tmp_path: Path, lint: Lint
) -> None:
    lint("audit", folder=scaled.folder, XDG_CACHE_HOME=home, HOME=str(tmp_path / "me"))
    assert len(list((tmp_path / "me/.cache/eksa-lint/audit").iterdir())) == 1


def test_without_a_cache_nothing_is_written(scaled: Repository, tmp_path: Path, lint: Lint) -> None:
    for options in ((), ("--secrets",)):
        run = lint("audit", "--no-cache", *options, folder=scaled.folder, XDG_CACHE_HOME=str(tmp_path / "cache"))
        assert "not kept" not in run.out
    assert not (tmp_path / "cache").exists()


def test_work_trees_of_one_repository_share_it(audit: Audit, scaled: Repository, tmp_path: Path, lint: Lint) -> None:
    scaled.git("worktree", "add", "-q", str(tmp_path / "other"))
    run = lint("audit", folder=tmp_path / "other", XDG_CACHE_HOME=str(audit.home))
    assert TOLD in run.out


def _long_history(repository: Repository, number: int) -> None:
    """Commits that scale a cluster up and down, made in one go."""
    pieces = []
    for index in range(number):
        text = cluster(1 + index % 9)
        pieces.append(
            f"commit refs/heads/main\ncommitter Ann <ann@example.org> {1_767_225_600 + index} +0000\n"
            f"data 5\nScale\nM 100644 inline {PATH}\ndata {len(text)}\n{text}\n"
        )
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=repository.folder, input="".join(pieces), text=True, check=True
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "what was found is kept: the same command goes on from there"),
        (("--no-cache",), "what was found is not kept"),
    ],
)
def test_who_stops_it_is_told_what_is_kept(
    options: tuple[str, ...], said: str, repository: Repository, tmp_path: Path
) -> None:
    _long_history(repository, 3000)
    cache = tmp_path / "cache"
    terminal, other_end = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, "audit", "--format", "json", *options],
        cwd=repository.folder,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.PIPE,
        stderr=other_end,
    ) as process:
        os.close(other_end)
        seen = os.read(terminal, 1000)
        process.send_signal(signal.SIGINT)
        assert process.stdout
        out = process.stdout.read()
        while piece := _read(terminal):
            seen += piece
    os.close(terminal)
    assert (process.returncode, out) == (2, b"")
    shown = seen.decode().replace("\r\n", "\n")
    assert re.match(r"\r\x1b\[K[\d,]+ of 3,000 commits", shown)
    stopped = re.search(rf"\r\x1b\[Keksa-lint: stopped after ([\d,]+) of 3,000 commits; {said}\n\Z", shown)
    assert stopped
    done = int(stopped[1].replace(",", ""))
    assert 0 < done < 3000
    if options:
        assert not cache.exists()
    else:
        (file,) = cache.rglob("*.json")
        assert len(json.loads(file.read_bytes())["results"]) in (done, done + 1)


def _read(terminal: int) -> bytes:
    """What a terminal shows; nothing once nobody writes to it any more, which Linux calls an error."""
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""
