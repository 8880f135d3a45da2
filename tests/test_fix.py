"""`eksa-lint fix`: what is certain is mended, and everything else stays to the byte."""

import json
import re
from pathlib import Path

import pytest
from conftest import Files, Lint, Repository
from hypothesis import given
from hypothesis import strategies as st

from eksa_lint.check import Scope, check
from eksa_lint.cli import main
from eksa_lint.finding import Edit
from eksa_lint.fix import apply
from eksa_lint.policy import Policy
from eksa_lint.rules.loader import load_rules
from eksa_lint.syntax import Source, parse

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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_fix_keeps_the_encoding(encoding: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(f"\ufeff{WRONG}".encode(encoding))
    assert main(["fix"]) == 0
    assert capsys.readouterr().out == "eksa-cluster.yaml: 2 fixed\n"
    assert file.read_bytes() == f"\ufeff{RIGHT}".encode(encoding)


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
        {
            "path": "eksa-cluster.yaml", "line": 8, "column": 3, "end_line": 8, "end_column": 31,
            "text": "workerNodeGroupConfigurations",
        }
    ]} in fixes  # fmt: skip
    main(["check"])
    assert "= fixable: eksa-lint fix (put it in quotes)" in capsys.readouterr().out


CLUSTER = """\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata: {name: prod}
spec:
  gitOpsRef: {name: prod, kind: GitOpsConfig}  # where it comes from
"""
OLD = """\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: GitOpsConfig  # as the docs had it
metadata:
  name: prod
spec:
  # what installs Flux
  flux:
    # where it reads
    github:  # not enterprise
        personal: true
        # renamed by whoever comes next
        fluxSystemNamespace: flux-system

        repository: 'fleet'
        branch: main  # protected
        owner: acme
# the end
"""
NEW = """\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: FluxConfig  # as the docs had it
metadata:
  name: prod
spec:
  # what installs Flux
  # renamed by whoever comes next
  systemNamespace: flux-system
  branch: main  # protected
  # where it reads
  github:  # not enterprise
      personal: true

      repository: 'fleet'
      owner: acme
# the end
"""


def test_a_new_gitops_config_becomes_a_flux_config_with_what_names_it(repository: Repository, lint: Lint) -> None:
    repository.commit({"README.md": "clusters\n"})
    (repository.folder / "cluster.yaml").write_text(CLUSTER)
    (repository.folder / "gitops.yaml").write_text(OLD.replace("\n", "\r\n"), newline="")
    run = lint("fix", folder=repository.folder)
    assert run.out.splitlines() == ["cluster.yaml: 1 fixed", "gitops.yaml: 2 fixed"]
    assert (repository.folder / "cluster.yaml").read_text() == CLUSTER.replace("GitOpsConfig", "FluxConfig")
    assert (repository.folder / "gitops.yaml").read_bytes() == NEW.replace("\n", "\r\n").encode()
    assert lint("check", "-v", "--select", "gitops-*,reference-*", folder=repository.folder).code == 0


@pytest.mark.parametrize(
    ("committed", "added"),
    [
        ({"cluster.yaml": CLUSTER, "gitops.yaml": OLD}, {}),
        ({"cluster.yaml": CLUSTER}, {"gitops.yaml": OLD}),
        ({"gitops.yaml": OLD}, {"cluster.yaml": CLUSTER}),
        ({}, {"gitops.yaml": f"{OLD}---\n{OLD}"}),
        ({}, {"gitops.yaml": OLD, "flux.yaml": NEW}),
        ({}, {"gitops.yaml": OLD.replace("owner: acme", "organization: acme")}),
        ({}, {"gitops.yaml": OLD.replace("  flux:\n", "  flux: # soon\n")}),
        ({}, {"gitops.yaml": OLD.replace("owner: acme", "owner: >-\n          acme")}),
        ({}, {"gitops.yaml": OLD.partition("spec:")[0] + "spec: {flux: {github: {owner: acme, repository: fleet}}}\n"}),
    ],
    ids=["in use", "named", "there", "twice", "taken", "unknown", "comment", "several lines", "flow"],
)
def test_a_gitops_config_stays_where_another_is_not_certain_to_be_meant(
    committed: dict[str, str], added: dict[str, str], repository: Repository, lint: Lint
) -> None:
    """One in use cannot be replaced, and lines that cannot be moved whole are not written anew."""
    repository.commit({"README.md": "clusters\n", **committed})
    for path, text in added.items():
        (repository.folder / path).write_text(text)
    lint("fix", folder=repository.folder)
    assert {path: (repository.folder / path).read_text() for path in added} == added


def test_nobody_knows_what_runs_outside_of_a_repository(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "gitops.yaml").write_text(OLD)
    assert lint("fix", folder=tmp_path).out == "Nothing to fix: no finding has a fix that is certain.\n"


@given(
    keys=st.permutations(("owner", "repository", "personal", "branch", "fluxSystemNamespace", "clusterConfigPath")),
    widths=st.tuples(*[st.integers(1, 5)] * 3),
    comments=st.lists(st.integers(0, 9), max_size=6),
)
def test_settings_move_with_their_comments_however_they_are_laid_out(
    keys: list[str], widths: tuple[int, int, int], comments: list[int]
) -> None:
    first, second, third = (" " * sum(widths[: depth + 1]) for depth in range(3))
    values = {key: f"{key}-{number}" for number, key in enumerate(keys)}
    lines = [f"{first}flux:", f"{second}github:", *(f"{third}{key}: {value}" for key, value in values.items())]
    for number, at in enumerate(comments):
        lines.insert(min(at + 1, len(lines)), f"{' ' * number}# comment {number}")
    head = "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: GitOpsConfig\nmetadata:\n  name: prod\nspec:\n"
    mended = as_fixed(head + "\n".join(lines))
    (document,) = parse(mended.encode()).documents
    renamed = {"branch": "branch", "fluxSystemNamespace": "systemNamespace", "clusterConfigPath": "clusterConfigPath"}
    assert isinstance(document.root.value, dict)
    assert document.root.value["spec"] == {
        **{new: values[old] for old, new in renamed.items()},
        "github": {key: values[key] for key in ("owner", "repository", "personal")},
    }
    assert sorted(re.findall("# comment .", mended)) == [f"# comment {number}" for number in range(len(comments))]


def as_fixed(text: str) -> str:
    """The text of a single GitOpsConfig that nobody uses yet, with its fix made."""
    after = Files({"gitops.yaml": text})
    report = check(None, after, Policy(), load_rules(), Scope(committed=Files({})))
    edits = [edit for finding in report.findings if finding.fix for edit in finding.fix.edits]
    return apply(text, edits)


@given(st.text(alphabet="ab\n\r é😀", max_size=60), st.data())
def test_edits_replace_just_their_spans(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = Source(text).span(start, end)
    assert apply(text, [Edit("a.yaml", span, "X")]) == f"{text[:start]}X{text[end:]}"
