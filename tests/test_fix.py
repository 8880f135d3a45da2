"""`eksa-lint fix`: what is certain is mended, and everything else stays to the byte."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksa_lint.cli import main
from eksa_lint.finding import Edit
from eksa_lint.fix import apply
from eksa_lint.syntax import Source

WRONG = """\
# clusters of the edge sites\r
apiVersion: anywhere.eks.amazonaws.com/v1alpha1\r
kind: Cluster   # not renamed\r
metadata:\r
  name: prod\r
spec:\r
  kubernetesVersion: 1.30 # quoted next\r
  workerNodeGroupConfiguration:\r
  - {name: md-0, kubernetesVersion: '1.30'}\r
"""
RIGHT = (
    WRONG
    .replace("kubernetesVersion: 1.30 #", 'kubernetesVersion: "1.30" #')
    .replace("workerNodeGroupConfiguration:", "workerNodeGroupConfigurations:")
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "eksa-cluster.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + WRONG.encode())
    file.chmod(0o640)
    return file


def test_fix_mends_what_is_certain_and_keeps_the_rest(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix"]) == 0
    assert capsys.readouterr().out == "eksa-cluster.yaml: 2 fixed\n"
    assert file.read_bytes() == b"\xef\xbb\xbf" + RIGHT.encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert main(["fix"]) == 0
    assert capsys.readouterr().out == "Nothing to fix: no finding has a fix that is certain.\n"


def test_diff_shows_and_changes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = file.read_bytes()
    assert main(["fix", "--diff", "eksa-cluster.yaml"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "--- a/eksa-cluster.yaml",
        "+++ b/eksa-cluster.yaml",
        "@@ -7,2 +7,2 @@",
        "-  kubernetesVersion: 1.30 # quoted next",
        "-  workerNodeGroupConfiguration:",
        '+  kubernetesVersion: "1.30" # quoted next',
        "+  workerNodeGroupConfigurations:",
    ]
    assert file.read_bytes() == before


def test_a_suppressed_finding_is_not_fixed(file: Path) -> None:
    ignored = WRONG.replace("# quoted next", "# eksa-lint: ignore[kubernetes-version-unquoted] generated")
    file.write_text(ignored)
    assert main(["fix"]) == 0
    assert "kubernetesVersion: 1.30 " in file.read_text()


@pytest.mark.usefixtures("file")
def test_reports_carry_the_fix(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--format", "json"])
    fixes = [finding["fix"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert {"title": "rename it to workerNodeGroupConfigurations", "edits": [
        {"line": 8, "column": 3, "end_line": 8, "end_column": 31, "text": "workerNodeGroupConfigurations"}
    ]} in fixes  # fmt: skip
    main(["check"])
    assert "= fixable: eksa-lint fix (put it in quotes)" in capsys.readouterr().out


@given(st.text(alphabet="ab\n\r é😀", max_size=60), st.data())
def test_edits_replace_just_their_spans(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = Source(text).span(start, end)
    assert apply(text, [Edit(span, "X")]) == f"{text[:start]}X{text[end:]}"
