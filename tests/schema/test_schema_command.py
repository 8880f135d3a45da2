"""`eksa-lint schema`: what is known, schemas for editors, and kinds that a team brings itself."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from eksa_lint.cli import main

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "clusters.anywhere.eks.amazonaws.com"},
    "spec": {
        "group": "anywhere.eks.amazonaws.com",
        "names": {"kind": "DockerDatacenterConfig"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1alpha1",
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {"type": "object", "properties": {"newField": {"type": "string"}}},
                        },
                    }
                },
            }
        ],
    },
}
USES_NEW_FIELD = """\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: DockerDatacenterConfig
metadata:
  name: dev
spec:
  newField: {value}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_list_names_kinds_with_their_releases(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "Cluster                     anywhere.eks.amazonaws.com   v0.10 to v0.26" in lines
    assert lines[-1].endswith("kinds; the fields of one: eksa-lint schema show KIND")


def test_show_outlines_the_fields_of_a_release(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "show", "awsiamconfig", "--release", "v0.22"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "AWSIamConfig (anywhere.eks.amazonaws.com/v1alpha1, v0.22)",
        "spec: object",
        "  awsRegion*: string",
        "  backendMode*[]: string",
    ]


def test_show_outlines_a_kind_without_spec(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "show", "role"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "Role (rbac.authorization.k8s.io/v1)",
        "rules[]: object",
        "  apiGroups[]: string",
    ]


def test_a_group_tells_kinds_of_one_name_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "show", "kustomization.kustomize.config.k8s.io"]) == 0
    assert capsys.readouterr().out.startswith("Kustomization (kustomize.config.k8s.io/v1beta1)\nbases[]: string\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "Nothing"], "no kind Nothing is known; for all of them run: eksa-lint schema list"),
        (
            ["show", "Cluster", "--release", "v0.99"],
            "no release v0.99 is known, only v0.10 to v0.26; to add one run: eksa-lint schema import",
        ),
        (
            ["import", "none.yaml"],
            "none.yaml: No such file or directory; see: eksa-lint schema import --help",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", *words]) == 2
    assert capsys.readouterr().err == f"eksa-lint: {message}\n"


def test_export_writes_schemas_that_an_editor_can_use(tmp_path: Path) -> None:
    assert main(["schema", "export", "out"]) == 0
    files = {file.name: json.loads(file.read_text()) for file in (tmp_path / "out").iterdir()}
    registry = Registry().with_resources([(name, Resource.from_contents(schema)) for name, schema in files.items()])
    validator = Draft202012Validator(files["all.json"], registry=registry)
    cluster = {
        "apiVersion": "anywhere.eks.amazonaws.com/v1alpha1",
        "kind": "Cluster",
        "metadata": {"name": "a"},
    }
    assert validator.is_valid({**cluster, "spec": {"kubernetesVersion": "1.33"}})
    assert not validator.is_valid({**cluster, "spec": {"kubernetesVersion": 1.33}})
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    assert validator.is_valid({**settings, "data": {"port": "80"}})
    assert not validator.is_valid({**settings, "data": {"port": 80}})
    assert validator.is_valid({"apiVersion": "apps/v1", "kind": "Deployment"})


def test_an_imported_kind_judges_what_no_shipped_release_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "crds.yaml").write_text(yaml.safe_dump(CRD))
    (tmp_path / "a.yaml").write_text(USES_NEW_FIELD.format(value="text"))
    (tmp_path / "b.yaml").write_text(USES_NEW_FIELD.format(value="3").replace("dev", "dev-2"))
    assert main(["check", "a.yaml", "--select", "schema-*", "--fail-on", "warning"]) == 1
    assert main(["schema", "import", "crds.yaml"]) == 0
    out = capsys.readouterr().out
    assert ".eksa-lint/schemas/DockerDatacenterConfig.anywhere.eks.amazonaws.com/v1alpha1.json" in out
    assert main(["check", "--select", "schema-*", "--fail-on", "warning", "--format", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(finding["rule"], finding["path"], finding["line"]) for finding in findings] == [
        ("schema-wrong-type", "b.yaml", 6)
    ]


def test_a_manifest_without_crds_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("kind: ConfigMap\n")
    assert main(["schema", "import", "a.yaml"]) == 2
    assert "a.yaml holds no CustomResourceDefinition" in capsys.readouterr().err
