"""The command line: exit codes, what is written where, what is accepted, and what never reaches the outside."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from conftest import CODE, PROGRAM, Files, Lint, Repository, Run
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import MadeUp

from eksa_lint.check import check
from eksa_lint.clean import clean
from eksa_lint.finding import Report
from eksa_lint.policy import Policy
from eksa_lint.report import FORMATS, Options, render
from eksa_lint.rules.loader import load_rules
from eksa_lint.snapshot.folder import FolderSnapshot

RULES = load_rules()
ERROR = "a: 1\na: 2\n"
WARNING = "a: 1  # eksa-lint: ignore[duplicate-key]\n"
NOTE = "{{ if x }}\na: 1\n{{ end }}\n"
CLEAN = "a: 1\n"
UNQUOTED = """\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata: {name: prod}
spec: {kubernetesVersion: 1.30}
"""


@pytest.mark.parametrize(
    ("text", "fail_on", "code"),
    [
        (CLEAN, None, 0),
        (CLEAN, "note", 0),
        (NOTE, None, 0),
        (NOTE, "warning", 0),
        (NOTE, "note", 1),
        (WARNING, None, 0),
        (WARNING, "error", 0),
        (WARNING, "warning", 1),
        (WARNING, "note", 1),
        (WARNING, "never", 0),
        (ERROR, None, 1),
        (ERROR, "error", 1),
        (ERROR, "warning", 1),
        (ERROR, "never", 0),
    ],
)
def test_the_exit_code_is_the_same_for_every_format(
    text: str, fail_on: str | None, code: int, tmp_path: Path, lint: Lint
) -> None:
    (tmp_path / "a.yaml").write_text(text)
    options = () if fail_on is None else ("--fail-on", fail_on)
    for name in FORMATS:
        run = lint("check", "--format", name, *options, folder=tmp_path)
        assert (run.code, run.err) == (code, ""), name
        assert run.out.endswith("\n"), name


def test_check_is_the_command_where_none_is_named(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "a.yaml").write_text(ERROR)
    assert lint(folder=tmp_path).code == 1
    assert lint("a.yaml", folder=tmp_path).code == 1
    assert lint("--fail-on", "never", folder=tmp_path).code == 0


@pytest.fixture
def fleet(repository: Repository) -> Repository:
    """A repository with a branch, a change that is not staged, and a configuration."""
    repository.commit({"a.yaml": CLEAN, ".eksa-lint.yaml": "fail-on: warning\n"})
    repository.git("branch", "release-7")
    return repository


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--nope", "unrecognized arguments: --nope; see: eksa-lint check --help"),
        (
            "check --format xml",
            r"argument --format: invalid choice: 'xml' \(choose from .*\); see: eksa-lint check --help",
        ),
        (
            "check --fail-on x",
            r"argument --fail-on: invalid choice: 'x' \(choose from .*\); see: eksa-lint check --help",
        ),
        ("check --select ,", "argument --select: names no rule; see: eksa-lint check --help"),
        ("explain", "the following arguments are required: RULE; see: eksa-lint explain --help"),
        ("check --staged --against x", "--staged and --against cannot be combined; choose one"),
        ("check --hook a.yaml", "--hook and PATH cannot be combined; choose one"),
        ("check --from x", "--from and --to go together: eksa-lint check --from A --to B"),
        ("check --to x", "--from and --to go together: eksa-lint check --from A --to B"),
        (
            "check --staged",
            "nothing is staged, so there is nothing to compare; for the whole tree run: eksa-lint check",
        ),
        ("check --against main", "HEAD has no commit that main lacks, .* for the whole tree run: eksa-lint check"),
        ("check --against relaese-7", r"unknown revision relaese-7; did you mean release-7\?"),
        ("chekc", r"there is no command chekc, did you mean check\?; see: eksa-lint --help"),
        ("check --output jsn:x", r"argument --output: there is no format jsn, did you mean json\?; see: .*"),
        ("check --from . --to main", r"\. is a folder and main is none; --from and --to take two of a kind"),
        ("check --from main --to .", r"\. is a folder and main is none; --from and --to take two of a kind"),
        ("schema show Clusterr", r"no kind Clusterr is known; did you mean Cluster\?"),
        ("schema show zzz", "no kind zzz is known; for all of them run: eksa-lint schema list"),
        ("check --against zzz", "unknown revision zzz; in GitHub Actions .* elsewhere run: git fetch --all"),
        ("check --from HEAD --to main", "HEAD and main are the same commit, .*run: eksa-lint check"),
        ("check --from . --to .", r"\. and \. are the same folder, .*run: eksa-lint check"),
        ("check nowhere.yaml", "'nowhere.yaml' does not exist; run eksa-lint check --help for what a PATH may be"),
        ("check --select scale-to-zer", r'rule "scale-to-zer" does not exist; did you mean scale-to-zero\?.*'),
        ("check --select leakz", r'rule "leakz" does not exist; did you mean leaks\?'),
        ("check --ignore scale-to-zer", r'rule "scale-to-zer" does not exist; did you mean scale-to-zero\?.*'),
        ("explain scale-to-zer", r'rule "scale-to-zer" does not exist; did you mean scale-to-zero\?.*'),
        ("explain zzz", 'rule "zzz" does not exist; for all of them run: eksa-lint rules'),
        (
            "check --output nowhere/x.json",
            "cannot write nowhere/x.json: No such file or directory; choose another file for --output",
        ),
    ],
)
@pytest.mark.parametrize("name", ["text", "json"])
def test_what_cannot_be_done_is_one_line_that_says_what_to_run(
    arguments: str, message: str, name: str, fleet: Repository, lint: Lint
) -> None:
    words = arguments.split()
    run = lint(
        *words, *(("--format", name) if words[0] == "check" and "--format" not in words else ()), folder=fleet.folder
    )
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(f"eksa-lint: {message}\n", run.err), run.err


def test_a_file_that_cannot_be_written_leaves_no_report_behind(fleet: Repository, lint: Lint) -> None:
    run = lint("check", "--output", "json:ok.json", "--output", "nowhere/x.json", folder=fleet.folder)
    assert (run.code, run.out) == (2, "")
    assert "internal error" not in run.err


@pytest.mark.parametrize("variable", ["GITHUB_STEP_SUMMARY"])
def test_a_step_summary_that_cannot_be_written_is_said(variable: str, fleet: Repository, lint: Lint) -> None:
    run = lint("check", "--format", "github", folder=fleet.folder, **{variable: "/nowhere/summary"})
    assert run.code == 2
    assert "/nowhere/summary cannot be written: No such file or directory" in run.err


def test_an_empty_name_of_a_file_is_a_wrong_word(fleet: Repository, lint: Lint) -> None:
    run = lint("check", "--output", "", folder=fleet.folder)
    assert run.code == 2
    assert "internal error" not in run.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("fail-on: sometimes\n", r":1:10: 'sometimes' must be one of error, warning, note, never"),
        ("fail_on: error\n", r":1:\d+: there is no setting fail_on; did you mean fail-on\?"),
        (
            "ignore:\n- duplicate-key\n- scale-to-zer\n",
            r':3:3: rule "scale-to-zer" does not exist; did you mean scale-to-zero\?',
        ),
        ("select: [zzz]\n", ':1:10: rule "zzz" does not exist; for all of them run: eksa-lint rules'),
        (
            "severity:\n  scale-to-zer: note\n",
            r':2:17: rule "scale-to-zer" does not exist; did you mean scale-to-zero\?',
        ),
        ("severity: {scale-to-zero: fatal}\n", ":1:27: 'fatal' must be one of error, warning, note"),
        ("per-path-ignores:\n- paths: [a/]\n  rules: [schema-*]\n", ":2:3: reason is missing"),
        ("eksa-version: '1'\n", ":1:15: '1' does not match .*"),
        ("- a\n", ":1:1: the configuration must be a mapping, such as `fail-on: warning`"),
        ("select: 3\n", ":1:9: 3 is not of type 'array'"),
        ("per-path-ignores: x\n", ":1:19: 'x' is not of type 'array'"),
        ("severity: [a]\n", r":1:1?\d: \['a'\] is not of type 'object'"),
        ("a: [\n", ":2:1: .*"),
        (b"\xff", ":1:1: the text is not valid UTF-8"),
        ("fail-on: error\nfail-on: note\n", ":2:1: .*fail-on.*"),
    ],
)
def test_a_setting_that_is_wrong_is_told_with_its_place(
    content: str | bytes, message: str, fleet: Repository, lint: Lint
) -> None:
    fleet.write(".eksa-lint.yaml", content)
    run = lint("check", folder=fleet.folder)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(rf"eksa-lint: \.eksa-lint\.yaml{message}\n", run.err), run.err


@pytest.mark.parametrize("content", ["", "# nothing\n", "---\n"])
def test_an_empty_configuration_says_nothing(content: str, fleet: Repository, lint: Lint) -> None:
    fleet.write(".eksa-lint.yaml", content)
    assert lint("check", folder=fleet.folder).code == 0


@pytest.mark.parametrize(
    ("setting", "code", "rules"),
    [
        ("", 1, ["duplicate-key", "suppression-invalid"]),
        ("select: [duplicate-key]\n", 1, ["duplicate-key"]),
        ("select: [duplicate-*]\n", 1, ["duplicate-key"]),
        ("ignore: [duplicate-key]\n", 0, ["suppression-invalid"]),
        ("ignore: [duplicate-key]\nfail-on: warning\n", 1, ["suppression-invalid"]),
        ("severity: {duplicate-key: note}\n", 0, ["duplicate-key", "suppression-invalid"]),
        ("severity: {suppression-invalid: error, duplicate-key: note}\n", 1, ["duplicate-key", "suppression-invalid"]),
        ("fail-on: never\n", 0, ["duplicate-key", "suppression-invalid"]),
    ],
)
def test_the_configuration_chooses_rules_and_severities(
    setting: str, code: int, rules: list[str], repository: Repository, lint: Lint
) -> None:
    repository.commit({"a.yaml": f"{ERROR}---\n{WARNING}", ".eksa-lint.yaml": setting})
    run = lint("check", "--format", "json", folder=repository.folder)
    assert (run.code, run.rules) == (code, rules)


def test_words_of_the_command_line_go_before_the_configuration(repository: Repository, lint: Lint) -> None:
    repository.commit(
        {"a.yaml": f"{ERROR}---\n{WARNING}", ".eksa-lint.yaml": "ignore: [duplicate-key]\nfail-on: never\n"}
    )
    run = lint("check", "--format", "json", "--select", "suppression-invalid,duplicate-key", folder=repository.folder)
    assert run.rules == ["suppression-invalid"]
    run = lint("check", "--format", "json", "--ignore", "suppression-*", folder=repository.folder)
    assert run.rules == []
    assert lint("check", "--fail-on", "warning", folder=repository.folder).code == 1


def test_a_consequence_stands_for_all_its_rules(repository: Repository, lint: Lint) -> None:
    """A search for secrets alone, which looks into no object, and everything but that."""
    files = {"a.yaml": f"{ERROR}---\n{WARNING}", "create.sh": f"export EKSA_VSPHERE_PASSWORD={token_hex(12)}\n"}
    repository.commit(files)
    run = lint("check", "--format", "json", "--select", "leaks", folder=repository.folder)
    assert (run.code, run.rules) == (1, ["credential-variable"])
    run = lint("check", "--format", "json", "--ignore", "leaks,rejected", folder=repository.folder)
    assert run.rules == ["suppression-invalid"]
    entry = {"paths": ["*.sh"], "rules": ["leaks"], "reason": "made up"}
    repository.commit({**files, ".eksa-lint.yaml": json.dumps({"select": ["leaks"], "per-path-ignores": [entry]})})
    assert lint("check", folder=repository.folder).code == 0


@pytest.mark.parametrize(
    ("pattern", "is_ignored"),
    [
        ("sub/a.yaml", True),
        ("sub/", True),
        ("sub", True),
        ("*.yaml", True),
        ("a.yaml", True),
        ("/sub/*.yaml", True),
        ("**/a.yaml", True),
        ("sub/**", True),
        ("s?b", True),
        ("**", True),
        ("/a.yaml", False),
        ("ub/", False),
        ("sub/b.yaml", False),
        ("*.yml", False),
        ("sub/*/a.yaml", False),
        ("SUB/", False),
        ("sub/a.yam", False),
        ("a.yaml/x", False),
        ("sub/a.yaml.bak", False),
        ("[s]ub/", False),
    ],
)
def test_rules_can_be_ignored_below_a_path(pattern: str, is_ignored: bool, repository: Repository, lint: Lint) -> None:
    entry = {"paths": [pattern], "rules": ["duplicate-*"], "reason": "generated"}
    repository.commit({"sub/a.yaml": ERROR, ".eksa-lint.yaml": json.dumps({"per-path-ignores": [entry]})})
    run = lint("check", "--format", "json", folder=repository.folder)
    (finding,) = run.findings
    expected = {"by": "config", "reason": "generated", "owner": None, "until": None}
    assert finding["suppressed"] == (expected if is_ignored else None)
    assert run.code == (0 if is_ignored else 1)


def test_the_policy_in_force_is_the_one_before_the_change(repository: Repository, lint: Lint) -> None:
    """A pull request cannot switch off what judges it."""
    repository.commit({"a.yaml": CLEAN, ".eksa-lint.yaml": "fail-on: error\n"})
    repository.add({"a.yaml": ERROR, ".eksa-lint.yaml": "ignore: [duplicate-key]\n"})
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    assert run.code == 1
    assert "duplicate-key" in run.rules
    repository.commit()
    repository.add({"a.yaml": f"{ERROR}b: 1\n"})
    run = lint("check", "--staged", "--format", "json", folder=repository.folder)
    assert (run.code, run.rules) == (0, [])


def test_a_change_that_breaks_the_configuration_is_an_error(repository: Repository, lint: Lint) -> None:
    repository.commit({".eksa-lint.yaml": "fail-on: never\n"})
    repository.add({".eksa-lint.yaml": "fail-on: error\nfail_on: note\n"})
    run = lint("check", "--staged", "--format", "json", "--fail-on", "error", folder=repository.folder)
    (finding,) = run.findings
    assert (run.code, finding["rule"], finding["path"], finding["line"]) == (1, "policy-invalid", ".eksa-lint.yaml", 2)


def test_a_configuration_that_was_broken_before_can_be_repaired(repository: Repository, lint: Lint) -> None:
    repository.commit({"a.yaml": CLEAN, ".eksa-lint.yaml": "fail_on: never\n"})
    repository.add({"a.yaml": ERROR, ".eksa-lint.yaml": "fail-on: never\n"})
    run = lint("check", "--staged", folder=repository.folder)
    assert run.code == 1
    assert "The configuration before the change cannot be used, the defaults were taken" in run.out


@pytest.mark.parametrize(
    ("text", "suppressed"),
    [
        ("a: 1\na: 2  # eksa-lint: ignore[duplicate-key] both are meant\n", True),
        ("a: 1\n# eksa-lint: ignore[duplicate-key] both are meant\na: 2\n", True),
        ("a: 1\n# eksa-lint: ignore[yaml-syntax, duplicate-key] both are meant\n\na: 2\n", True),
        # Without a reason, on another line, or for another rule it silences nothing.
        ("a: 1\na: 2  # eksa-lint: ignore[duplicate-key]\n", False),
        ("# eksa-lint: ignore[duplicate-key] both are meant\na: 1\na: 2\n", False),
        ("a: 1\na: 2  # eksa-lint: ignore[yaml-syntax] both are meant\n", False),
        ("a: 1\na: '# eksa-lint: ignore[duplicate-key] both are meant'\n", False),
        ("a: 1\na: |\n  # eksa-lint: ignore[duplicate-key] both are meant\n", False),
    ],
)
def test_a_comment_silences_its_line_with_a_reason(text: str, suppressed: bool, tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "a.yaml").write_text(text)
    run = lint("check", "--format", "json", folder=tmp_path)
    (finding,) = (finding for finding in run.findings if finding["rule"] == "duplicate-key")
    expected = {"by": "comment", "reason": "both are meant", "owner": None, "until": None}
    assert finding["suppressed"] == (expected if suppressed else None)
    assert run.code == (0 if suppressed else 1)


def test_a_copy_is_new_and_a_file_that_moved_is_not(repository: Repository, lint: Lint) -> None:
    repository.commit({"a.yaml": ERROR})
    repository.git("mv", "a.yaml", "b.yaml")
    assert lint("check", "--staged", "--format", "json", folder=repository.folder).rules == []
    repository.commit()
    repository.add({"copy.yaml": ERROR})
    (finding,) = lint("check", "--staged", "--format", "json", folder=repository.folder).findings
    assert (finding["rule"], finding["path"]) == ("duplicate-key", "copy.yaml")


def test_several_files_are_written_in_one_run(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "a.yaml").write_text(ERROR)
    outputs = [word for name in FORMATS for word in ("--output", f"{name}:report.{name}")]
    run = lint("check", *outputs, "--output", "plain", folder=tmp_path)
    assert run.code == 1
    for name in FORMATS:
        assert "duplicate-key" in (tmp_path / f"report.{name}").read_text()
    assert json.loads((tmp_path / "report.json").read_text())["version"] == 1
    assert json.loads((tmp_path / "report.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "plain").read_text() == run.out == (tmp_path / "report.text").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["a.yaml", "plain", *(f"report.{name}" for name in FORMATS)]
    )


def test_a_file_takes_the_format_of_the_run_and_replaces_what_was_there(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "outside").write_text("kept")
    (tmp_path / "report").symlink_to("outside")
    (tmp_path / "a.yaml").write_text(CLEAN)
    run = lint("check", "--format", "json", "--output", "report", "a.yaml", folder=tmp_path)
    assert (tmp_path / "report").read_text() == run.out
    assert not (tmp_path / "report").is_symlink()
    assert (tmp_path / "outside").read_text() == "kept"


def test_the_step_summary_of_github_is_added_to(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "a.yaml").write_text(ERROR)
    summary = tmp_path / "summary"
    summary.write_text("before\n")
    lint("check", "--format", "github", folder=tmp_path, GITHUB_STEP_SUMMARY=str(summary))
    lint("check", "--format", "text", folder=tmp_path, GITHUB_STEP_SUMMARY=str(summary))
    text = summary.read_text()
    assert text.startswith("before\n")
    assert text.count("duplicate-key") >= 1
    assert len(re.findall("^before$", text, re.MULTILINE)) == 1


@pytest.mark.parametrize(
    ("arguments", "environment", "has_color"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {}, False),
    ],
)
def test_colours_are_for_terminals_or_on_request(
    arguments: tuple[str, ...], environment: dict[str, str], has_color: bool, tmp_path: Path, lint: Lint
) -> None:
    (tmp_path / "a.yaml").write_text(ERROR)
    run = lint("check", *arguments, "--output", "text:file", folder=tmp_path, **environment)
    assert ("\x1b[" in run.out) is has_color
    assert "\x1b" not in (tmp_path / "file").read_text()


@pytest.mark.parametrize(
    ("environment", "has_color"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_has_colours_unless_it_does_not_want_them(
    environment: dict[str, str], has_color: bool, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(ERROR)
    primary, secondary = os.openpty()
    try:
        process = subprocess.Popen(
            PROGRAM,
            cwd=tmp_path,
            env={**os.environ, "TERM": "xterm", **environment},
            stdin=subprocess.DEVNULL,
            stdout=secondary,
        )
        process.wait(30)
        os.set_blocking(primary, False)
        written = os.read(primary, 100_000)
    finally:
        os.close(primary)
        os.close(secondary)
    assert process.returncode == 1
    assert b"duplicate-key" in written
    assert (b"\x1b[" in written) is has_color


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number}.yaml").write_text(ERROR)
    with subprocess.Popen(PROGRAM, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (1, b"")


CONSOLE_SCRIPT = (
    *(sys.executable, "-c"),
    f"import sys; sys.path.insert(0, {str(CODE)!r}); from eksa_lint.cli import run; run()",
)


_WITHOUT_THE_RIGHTS_OF_ROOT = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


def test_a_full_disk_is_said_in_one_line(fleet: Repository) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(CONSOLE_SCRIPT, cwd=fleet.folder, stdout=full, stderr=subprocess.PIPE, check=False)
    message = b"eksa-lint: the report cannot be written: No space left on device; make room and run it again\n"
    assert (done.returncode, done.stderr) == (2, message)


@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_stream_changes_no_outcome(closed: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(ERROR)
    command = f'exec "$@" {closed}>&-'
    done = subprocess.run(["sh", "-c", command, "sh", *CONSOLE_SCRIPT], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("arguments", "locked", "message"),
    [
        (
            "check closed/a.yaml",
            "closed",
            "'closed/a.yaml' cannot be read: Permission denied; see: ls -ld closed/a.yaml",
        ),
        (
            "fix",
            "open",
            "cannot write .*/open/a.yaml: Permission denied; make it writable and run again: eksa-lint fix",
        ),
    ],
)
def test_what_must_not_be_read_or_written_is_said(arguments: str, locked: str, message: str, tmp_path: Path) -> None:
    for folder in ("closed", "open"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yaml").write_text(UNQUOTED)
    mode = 0o000 if locked == "closed" else 0o555
    command = [*CONSOLE_SCRIPT, *arguments.split(), *(["open/a.yaml"] if arguments == "fix" else [])]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may read and write everything, and there is no setpriv to take that away")
        command = [*_WITHOUT_THE_RIGHTS_OF_ROOT, *command]
    (tmp_path / locked).chmod(mode)
    try:
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    finally:
        (tmp_path / locked).chmod(0o755)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(f"eksa-lint: {message}\n", done.stderr), done.stderr


@pytest.mark.parametrize("name", FORMATS)
def test_letters_that_the_terminal_lacks_are_escaped(name: str, tmp_path: Path) -> None:
    (tmp_path / "zürich.yaml").write_text("é: 1\né: 2\n")
    command = [*CONSOLE_SCRIPT, "check", "--format", name]
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=narrow, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.isascii()
    if name in ("json", "sarif"):
        json.loads(done.stdout)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("link", "'link' is a link, and links are not followed; name what it leads to: real"),
        ("vendored", "'vendored' is a repository of its own; to check its files run: cd vendored && eksa-lint check"),
        ("ignored", "'ignored' holds no file that Git tracks or would track; see git check-ignore -v ignored"),
    ],
)
def test_a_path_without_files_to_judge_is_explained(
    path: str, message: str, repository: Repository, make_repository: Callable[..., Repository], lint: Lint
) -> None:
    repository.commit({"real/a.yaml": CLEAN, ".gitignore": "/ignored\n", "b.yaml": CLEAN})
    repository.write("ignored/a.yaml", CLEAN)
    (repository.folder / "link").symlink_to("real")
    make_repository("fleet/vendored").commit({"a.yaml": CLEAN})
    run = lint("check", path, folder=repository.folder)
    assert (run.code, run.out, run.err) == (2, "", f"eksa-lint: {message}\n")


def test_every_line_of_text_fits_into_80_columns_but_for_paths(tmp_path: Path, lint: Lint) -> None:
    for rule in RULES.values():
        for number, example in enumerate(rule.examples):
            for path, text in example.after.items():
                file = tmp_path / rule.id / str(number) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
    run = lint("check", "--verbose", folder=tmp_path)
    assert run.code == 1
    long = [
        line for line in run.out.splitlines() if len(line) > 80 and not re.search(r"[\w.-]+/[\w./-]+:\d+|^ *-->", line)
    ]
    assert long == []


@pytest.mark.parametrize("path", ["a.yaml", "notes.txt"])
def test_a_file_that_cannot_be_read_is_a_finding(
    path: str, tmp_path: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / path).write_text(CLEAN)
    (tmp_path / "b.yaml").write_text(CLEAN)
    open_ = FolderSnapshot._open

    def refuse(snapshot: FolderSnapshot, name: str) -> Any:
        if name == path:
            raise PermissionError(13, "Permission denied")
        return open_(snapshot, name)

    monkeypatch.setattr(FolderSnapshot, "_open", refuse)
    run = lint("check", "--format", "json", folder=tmp_path)
    (finding,) = run.findings
    assert (finding["path"], finding["rule"], run.code) == (path, "unreadable-file", 1)
    assert "cannot be read: Permission denied" in finding["message"]


def test_an_internal_error_shows_where_and_nothing_of_what_was_read(
    tmp_path: Path, lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text("password: hunter2")

    def fail(*_arguments: object) -> None:
        raise ValueError("hunter2")

    monkeypatch.setattr("eksa_lint.check.check", fail)
    run = lint("check", folder=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(
        r"eksa-lint: internal error \(ValueError at test_cli\.py:\d+\); report it with the command that you ran\n",
        run.err,
    )


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_explained_in_80_columns(rule: str, tmp_path: Path, lint: Lint) -> None:
    run = lint("explain", rule, folder=tmp_path)
    assert run.code == 0
    assert run.out.startswith(f"{rule} (")
    text = " ".join(run.out.split())
    assert " ".join(RULES[rule].why.split()) in text
    assert " ".join(RULES[rule].fix.split()) in text
    assert "# finds:" not in run.out
    assert all(reference in run.out for reference in RULES[rule].references)
    paragraphs = run.out.split("Before:")[0].split("After:")[0]
    assert [
        line for line in paragraphs.splitlines()[1:] if len(line) > 80 and "://" not in line and line[:1] != " "
    ] == []


def test_all_rules_are_listed_as_text_and_as_data(tmp_path: Path, lint: Lint) -> None:
    run = lint("rules", folder=tmp_path)
    assert run.code == 0
    assert [line.split()[0] for line in run.out.splitlines()[: len(RULES)]] == list(RULES)
    run = lint("rules", "--format", "json", folder=tmp_path)
    listed = json.loads(run.out)
    assert run.code == 0
    rules = listed if isinstance(listed, list) else listed["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)


# What steers a terminal, a CI log or a page, alone and in pieces.
NASTY = [
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\r",
    "\n",
    "\t",
    "\x00",
    "\x08",
    "\x7f",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u2028",
    "\ufeff",
    "::error::x",
    "::set-output name=a::b",
    "::add-mask::x",
    "::stop-commands::x",
    "##[group]x",
    "##[command]x",
    "##[error]",
    "::",
    "##[",
    "%0A::error::x",
    "%0D",
    "`",
    "|",
    "<script>",
    "]( https://x)",
    "@everyone",
    "a",
    "b",
    " ",
    ":",
    "\U0001f600",
]
WORD = st.lists(st.sampled_from(NASTY), min_size=1, max_size=4).map("".join)
COMMAND = re.compile(r"^\s*::[A-Za-z].*::|##\[[A-Za-z-]+\]")
OURS = re.compile(r"::(?:error|warning|notice) [^:]*::")


def quote(word: str) -> str:
    """As a double-quoted YAML scalar, which can say everything."""
    return json.dumps(word)


@st.composite
def hostile_files(draw: st.DrawFn) -> dict[str, str]:
    """Files whose names, keys and values are nasty and about which there is much to say."""
    word = draw(st.lists(WORD, min_size=6, max_size=6))
    name = word[0].replace("/", "-").replace("\x00", "") + ".yaml"
    return {
        f"clusters/{name}": f"""\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata: {{name: {quote(word[1])}}}
spec:
  {quote(word[2])}: 1
  {quote(word[2])}: 2
  kubernetesVersion: {quote(word[3])}
  datacenterRef: {{kind: {quote(word[4])}, name: {quote(word[5])}}}
  controlPlaneConfiguration: {{count: {quote(word[3])}}}
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: {quote(word[4])}
metadata: {{name: x}}
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: AWSIamConfig
metadata: {{name: {quote(word[5])}}}
spec: {{mapRoles: [{{roleARN: {quote(word[0])}, username: x, groups: ['system:masters']}}]}}
""",
        f"notes{name}": (
            f"a: 1  # eksa-lint: ignore[{clean(word[1])}] {clean(word[2])}\nb: 1  # eksa-lint: {word[3]}\n{word[4]}: ["
        ),
    }


def reports(files: dict[str, str], before: dict[str, str] | None = None) -> Iterator[Report]:
    yield check(None, Files(files), Policy(), RULES)
    yield check(Files(before or {}, "before"), Files(files, "after"), Policy(), RULES)
    yield check(Files(files, "before"), Files(before or {}, "after"), Policy(), RULES)


@pytest.mark.parametrize("name", FORMATS)
@given(files=hostile_files())
@settings(max_examples=10)
def test_nothing_in_a_file_steers_a_terminal_or_a_ci_log(name: str, files: dict[str, str]) -> None:
    for report in reports(files):
        out = render(name, replace(report, prefix="../"), RULES, Options(verbose=True))
        lines = out.split("\n")
        assert [line for line in lines if line != clean(line)] == []
        ours = [line for line in lines if OURS.match(line)] if name == "github" else []
        assert len(ours) == (sum(1 for _ in report.counted()) if name == "github" else 0)
        assert [line for line in lines if COMMAND.search(line) and line not in ours] == []


SECRETS = ["github-classic", "github-fine-grained", "github-app", "aws-access-key", "age-key", "private-key"]
PLACES = {
    "a name": "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: Cluster\nmetadata: {name: '§'}\nspec: {x: 1}\n",
    "an unknown field": (
        "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: Cluster\nmetadata: {name: a}\nspec: {'§': 1}\n"
    ),
    "an unknown kind": "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: '§'\nmetadata: {name: a}\n",
    "a version": "apiVersion: anywhere.eks.amazonaws.com/§\nkind: Cluster\nmetadata: {name: a}\n",
    "a value that does not fit": (
        "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: VSphereMachineConfig\nmetadata: {name: a}\n"
        "spec: {cloneMode: '§', osFamily: ['§'], users: [{name: '§', '§': 1}]}\n"
    ),
    "a reference": (
        "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: Cluster\nmetadata: {name: a}\n"
        "spec: {datacenterRef: {kind: '§', name: b}, gitOpsRef: {kind: FluxConfig, name: '§'}}\n"
    ),
    "a key given twice": "'§': 1\n'§': 2\n",
    "the line of another finding": "a: 1\na: {b: '§'}  # §\n",
    "a comment": "a: 1\na: 2  # §\n",
    "the reason of a suppression": "a: 1\na: 2  # eksa-lint: ignore[duplicate-key] §\n",
    "the rules of a suppression": "a: 1\na: 2  # eksa-lint: ignore[§] because\n",
    "what is no suppression": "a: 1  # eksa-lint: §\n",
    "text that is no YAML": "a: [ '§'\nb: §\n",
    "an alias": "a: *§\n",
    "a wrong tag": "a: !!int '§'\n",
    "a granted identity": (
        "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: AWSIamConfig\nmetadata: {name: a}\n"
        "spec: {mapRoles: [{roleARN: '§', username: x, groups: ['system:masters']}]}\n"
    ),
    "a Git URL": (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: a, namespace: b}\n"
        "spec: {url: 'https://x:§@git.example.org/a/b.git', interval: '§'}\n"
    ),
    "a Secret": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: '§', x: '§'}\n",
    "a namespace": "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: '§'}\nstringData: {x: '§'}\n",
}


def planted(secret: str, template: str) -> str:
    """The text with the secret at every mark; one of several lines is written with escapes."""
    return template.replace("'§'", quote(secret)).replace("§", secret)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (name, place)
        for name in SECRETS
        for place, template in PLACES.items()
        # A line of a key alone, and a key id within a longer word, have no shape to be known by.
        if not (name == "private-key" and "§" in template.replace("'§'", ""))
        and not (name == "aws-access-key" and place == "a version")
    ],
)
def test_a_token_is_shown_in_no_format_and_in_no_message(name: str, place: str) -> None:
    secret = MadeUp(random.Random(place)).make(name)
    text = planted(secret, PLACES[place])
    hidden = [line[8:] for line in secret.splitlines() if len(line) > 19 and not line.startswith("-----")]
    assert hidden
    assert hidden[0] in text
    for report in reports({"clusters/a.yaml": text}, {"clusters/a.yaml": text.replace("1", "2")}):
        for format_name in FORMATS:
            for verbose in (False, True):
                out = render(format_name, report, RULES, Options(verbose=verbose))
                assert [part for part in hidden if part in out] == [], format_name


@pytest.mark.parametrize("name", ["github-classic", "github-fine-grained", "aws-access-key", "age-key"])
@pytest.mark.parametrize(
    "template",
    ["fail-on: '@'\n", "'@': 1\n", "select: ['@']\n", "severity: {'@': note}\n", "eksa-version: '@'\n", "a: *@\n"],
)
def test_a_token_in_the_configuration_is_not_shown_either(
    name: str, template: str, fleet: Repository, lint: Lint
) -> None:
    secret = MadeUp(random.Random(template)).make(name)
    fleet.write(".eksa-lint.yaml", template.replace("@", secret))
    run = lint("check", folder=fleet.folder)
    assert run.code == 2
    assert secret[8:] not in run.out + run.err
    fleet.add()
    for format_name in FORMATS:
        run = lint("check", "--staged", "--format", format_name, folder=fleet.folder)
        assert run.code == 1
        assert secret[8:] not in run.out + run.err


def test_no_value_of_a_secret_is_shown_for_its_shape(repository: Repository, lint: Lint) -> None:
    digits, word = str(random.Random(1).randrange(10**11, 10**12)), MadeUp(random.Random(1)).make("github-classic")
    text = "apiVersion: v1\nkind: Secret\nmetadata: {{name: {}}}\n{}: {{password: {}}}\n---\n"
    repository.write("a.yaml", text.format("a", "stringData", digits) + text.format("b", "stringdata", word))
    for format_name in FORMATS:
        run = lint("check", "--format", format_name, folder=repository.folder)
        assert "schema-wrong-type" in run.out
        assert "schema-unknown-field" in run.out
        assert digits not in run.out
        assert word[8:] not in run.out
    assert lint("fix", "--diff", folder=repository.folder).code == 0


def test_a_token_as_a_revision_is_not_repeated(fleet: Repository, lint: Lint) -> None:
    secret = MadeUp(random.Random(1)).make("github-classic")
    for arguments in (("--against", secret), ("--from", secret, "--to", "main"), ("--select", secret), (secret,)):
        run = lint("check", *arguments, folder=fleet.folder)
        assert run.code == 2
        assert secret[8:] not in run.out + run.err


def test_names_of_files_are_cleaned_in_messages_of_the_command_line(repository: Repository, lint: Lint) -> None:
    repository.commit({"a.yaml": CLEAN})
    for name in ("\x1b[31mred", "new\nline", "\u202e"):
        run: Run = lint("check", name, folder=repository.folder)
        assert run.code == 2
        assert run.err.count("\n") == 1
        assert clean(run.err.rstrip("\n")) == run.err.rstrip("\n")


def test_make_repository_is_isolated(make_repository: Callable[..., Repository]) -> None:
    """Nothing of the person who runs these tests decides what they find."""
    repository = make_repository("isolated")
    assert repository.git("config", "--global", "--list").splitlines() == [
        "init.defaultbranch=main",
        "protocol.file.allow=always",
    ]


@pytest.mark.parametrize(
    "spec", ["  ...\n  packages: {disable: true}\n", "  packages: {disable: true}\n  ...  # and more\n"]
)
def test_three_dots_of_the_documentation_are_named_where_they_break_a_file(
    spec: str, lint: Lint, tmp_path: Path
) -> None:
    (tmp_path / "prod.yaml").write_text(f"kind: Cluster\nspec:\n{spec}")
    (tmp_path / "other.yaml").write_text("a: [\nb: c\n")
    assert "leave out the line of three dots" in lint("check", "prod.yaml", folder=tmp_path).out
    assert "three dots" not in lint("check", "other.yaml", folder=tmp_path).out
