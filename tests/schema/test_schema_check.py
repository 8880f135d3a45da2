"""The check on files: places, the rule files' examples, and what EKS Anywhere itself accepts."""

from typing import Any

import pytest
from schema_support import SHARED, context, drafts, needs_shared, resources

from eksa_lint.model.resource import EKSA
from eksa_lint.rules.checks.schema import schema
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax import parse

CORPUS = SHARED / "corpus" / "files"


def shown(draft: Draft) -> tuple[str, int, int, str]:
    assert draft.place is not None
    place = draft.place
    return draft.rule, place.span.line, place.span.column, place.source.text[place.start : place.end]


@pytest.mark.parametrize(
    ("kind", "rest", "expected"),
    [
        ("Cluster", "spec:\n  Count: 3\n", ("schema-unknown-field", 6, 3, "Count")),
        ("Cluster", "spec:\n  datacenterRef: x\n", ("schema-wrong-type", 6, 18, "x")),
        (
            "Cluster",
            "spec:\n  datacenterRef:\n    - a\n    - b\n",
            ("schema-wrong-type", 6, 3, "datacenterRef"),
        ),
        ("TinkerbellDatacenterConfig", "spec: {}\n", ("schema-missing-field", 5, 1, "spec")),
        (
            "TinkerbellDatacenterConfig",
            "spec:\n  tinkerbellIP:\n",
            ("schema-missing-field", 6, 3, "tinkerbellIP"),
        ),
        (
            "AWSIamConfig",
            "spec:\n  awsRegion: a\n  backendMode: [a]\n  mapRoles:\n    - groups: [a]\n      username: a\n",
            ("schema-missing-field", 9, 7, "groups"),
        ),
        (
            "VSphereMachineConfig",
            "spec:\n  datastore: a\n  resourcePool: b\n  cloneMode: full\n",
            ("schema-bad-value", 8, 14, "full"),
        ),
        ("Clusterr", "spec: {}\n", ("schema-unknown-kind", 2, 7, "Clusterr")),
    ],
)
def test_an_error_is_shown_where_it_stands(kind: str, rest: str, expected: tuple[str, int, int, str]) -> None:
    text = f"apiVersion: {EKSA}/v1alpha1\nkind: {kind}\nmetadata:\n  name: prod\n{rest}"
    assert [shown(draft) for draft in drafts(text)] == [expected]


CLUSTER = f"apiVersion: {EKSA}/v1alpha1\nkind: Cluster\nmetadata: {{name: prod}}\n"


def test_field_for_the_fingerprint_has_list_keys() -> None:
    [draft] = drafts(f"{CLUSTER}spec: {{workerNodeGroupConfigurations: [{{name: md-0, count: x}}]}}")
    assert draft.field == "spec.workerNodeGroupConfigurations[md-0].count"
    assert draft.values == ("x",)


@pytest.mark.parametrize(
    ("spec", "configured", "rules"),
    [
        ("{licenseToken: a}", None, []),
        ("{licenseToken: a}", "v0.20.0", ["schema-unknown-field"]),
        ("{licenseToken: a, eksaVersion: v0.22.0}", "v0.20.0", []),
        ("{licenseToken: a, eksaVersion: v0.20.0}", None, ["schema-unknown-field"]),
        ("{licenseToken: a, eksaVersion: '${V}'}", None, []),
    ],
)
def test_a_cluster_is_judged_by_the_release_that_it_runs(spec: str, configured: str | None, rules: list[str]) -> None:
    assert [draft.rule for draft in drafts(f"{CLUSTER}spec: {spec}", configured)] == rules


@pytest.mark.parametrize(
    ("spec", "rules"),
    [
        ("{kubernetesVersion: 1.30}", []),
        ("{kubernetesVersion: 1}", []),
        ("{workerNodeGroupConfigurations: [{name: md-0, kubernetesVersion: 1.29}]}", []),
        ("{kubernetesVersion: [a]}", ["schema-wrong-type"]),
        ("{controlPlaneConfiguration: {kubernetesVersion: 1.30}}", ["schema-unknown-field"]),
    ],
)
def test_unquoted_version_is_for_another_rule(spec: str, rules: list[str]) -> None:
    assert [draft.rule for draft in drafts(f"{CLUSTER}spec: {spec}")] == rules


def test_nothing_is_missed_in_a_patch() -> None:
    text = CLUSTER.replace("Cluster", "VSphereMachineConfig") + "spec: {numCPUs: 4}"
    assert len(drafts(text)) == 2
    assert drafts(text, patch=True) == []


def test_bundles_of_any_release() -> None:
    text = f"apiVersion: {EKSA}/v1alpha1\nkind: Bundles\nmetadata: {{name: bundles-1}}\nspec: {{old: 1}}"
    assert drafts(text) == []


def accepted_files() -> list[Any]:
    oracle = SHARED / "facts" / "oracle-cases.yaml"
    if not oracle.is_file():
        return []
    content: Any = parse(oracle.read_bytes()).documents[0].root.value
    return [
        pytest.param(case, id=case["path"])
        for case in content["cases"]
        if case["expected"] == "accepted" and case["level"] == "validate"
    ]


# Accepted by a provider's own test, which reads the file leniently. Commands read it strictly first, and
# refuse the Cluster (facts: cluster-unknown-field); no release has these fields.
NOT_READ_STRICTLY = {
    "pkg/providers/nutanix/testdata/eksa-cluster.yaml": "spec.controlPlaneConfiguration.name",
    "pkg/providers/tinkerbell/testdata/cluster_tinkerbell_proxy.yaml": (
        "spec.controlPlaneConfiguration.upgradeRolloutStrategy.rollingUpdate.maxUnavailable"
    ),
    "pkg/providers/vsphere/testdata/cluster_main.yaml": "spec.clusterNetwork.node",
    "pkg/providers/vsphere/testdata/cluster_main_121_cp_only.yaml": "spec.clusterNetwork.node",
}


@needs_shared
@pytest.mark.parametrize("case", accepted_files())
def test_what_eks_anywhere_accepts(case: dict[str, str]) -> None:
    file = CORPUS / "aws__eks-anywhere" / case["path"]
    judged = resources(file.read_bytes(), case["path"])
    if "GetAndValidateClusterConfig" in case["by"]:  # it reads nothing but the Cluster
        judged = (resource for resource in judged if resource.kind == "Cluster")
    found = [(draft.rule, draft.field) for resource in judged for draft in schema(resource, context())]
    unknown = NOT_READ_STRICTLY.get(case["path"])
    assert found == ([("schema-unknown-field", unknown)] if unknown else [])


@needs_shared
def test_no_file_of_the_corpus_raises() -> None:
    count = 0
    for file in sorted(path for path in CORPUS.rglob("*") if path.is_file()):
        for resource in resources(file.read_bytes(), file.name):
            count += 1
            for draft in schema(resource, context()):
                assert draft.place is not None
                assert draft.place.start < draft.place.end
    assert count > 400
