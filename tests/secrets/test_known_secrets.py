"""The baseline of detect-secrets: what it knows is not told again, and it is read from the side before a change."""

import json
import subprocess
import sys
from hashlib import sha1
from pathlib import Path

import pytest
from conftest import CODE, Lint, Repository
from made_up import fill

from eksa_lint.secrets.baseline import is_known, read_baseline

SCRIPT = "export GOVC_PASSWORD=<<made-up:password>>\nexport EKSA_GITHUB_TOKEN=<<made-up:github-classic>>\n"


def baseline(path: str, *secrets: str) -> str:
    hashes = [sha1(secret.encode(), usedforsecurity=False).hexdigest() for secret in secrets]
    entries = [{"type": "Secret Keyword", "filename": path, "hashed_secret": digest} for digest in hashes]
    return json.dumps({"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": {path: entries}})


def secrets_of(text: str) -> list[str]:
    return [line.partition("=")[2] for line in text.splitlines()]


def test_what_a_baseline_knows_is_not_told_again(repository: Repository, lint: Lint) -> None:
    text = fill(SCRIPT, 1)
    password, token = secrets_of(text)
    repository.add({"create.sh": text, ".secrets.baseline": baseline("create.sh", password)})
    run = lint("check", "--format", "json", folder=repository.folder)
    assert [(finding["rule"], finding["line"]) for finding in run.findings] == [("github-token", 2)]
    repository.add({".secrets.baseline": baseline("other.sh", password, token)})
    assert len(lint("check", "--format", "json", folder=repository.folder).findings) == 2
    assert password not in lint("check", folder=repository.folder).out


def test_the_baseline_of_the_side_before_counts(repository: Repository, lint: Lint) -> None:
    text = fill(SCRIPT, 2)
    known = baseline("create.sh", *secrets_of(text))
    words = ("check", "--from", "HEAD^", "--to", "HEAD", "--format", "json")
    repository.commit({"a.yaml": "a: 1\n"})
    repository.commit({"create.sh": text, ".secrets.baseline": known})
    found = [finding["severity"] for finding in lint(*words, folder=repository.folder).findings]
    assert sorted(found) == ["error", "error", "warning"]  # both secrets, and the baseline that is to hide them
    repository.commit({"create.sh": "\n" + text, "b.yaml": "b: 1\n"})
    assert lint(*words, folder=repository.folder).findings == []


def test_a_baseline_that_detect_secrets_made_is_understood(tmp_path: Path, lint: Lint) -> None:
    text = fill(SCRIPT, 3) + fill("<<made-up:private-key>>\n", 3)
    (tmp_path / "create.sh").write_text(text)
    made = subprocess.run(
        [sys.executable, "-m", "detect_secrets", "scan", "create.sh", "--all-files", "--no-verify"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    (tmp_path / ".secrets.baseline").write_bytes(made.stdout)
    assert lint("check", "--format", "json", "--ignore", "credential-variable", folder=tmp_path).findings == []
    (tmp_path / "create.sh").write_text("\n" + text)
    run = lint("check", "--format", "json", "--ignore", "credential-variable", folder=tmp_path)
    assert run.rules == ["github-token"]  # of which detect-secrets only notes the prefix and the line


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"results": 1}', b'{"results": {"a": 1}}', b'{"results": {"a": [1, {}]}}', b"\xff"]
)
def test_a_baseline_that_cannot_be_read_hides_nothing(content: bytes) -> None:
    assert not is_known(read_baseline(content), "a", 1, "secret")


def test_a_value_in_base64_is_known_by_what_it_says() -> None:
    password = fill("<<made-up:password>>", 4)
    known = read_baseline(baseline("a.yaml", password).encode())
    assert is_known(known, "a.yaml", 1, password)
    assert is_known(known, "a.yaml", 1, fill(f"<<base64 {password} base64>>", 1))
    assert not is_known(known, "b.yaml", 1, password)


def test_a_run_without_a_leak_imports_nothing_of_detect_secrets(tmp_path: Path) -> None:
    (tmp_path / ".secrets.baseline").write_text(baseline("a.yaml", "x"))
    (tmp_path / "a.yaml").write_text("passwordFile: /etc/a\nsecretRef: {name: a}\n")
    script = (
        f"import sys; sys.path.insert(0, {str(CODE)!r}); from eksa_lint.cli import main; main(['check', sys.argv[1]]);"
        "sys.exit(any(name.startswith(('detect_secrets', 'eksa_lint.secrets.baseline')) for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
