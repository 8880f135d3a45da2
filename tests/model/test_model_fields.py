"""Paths to fields, defaults, references in both directions, and that nothing is parsed which is not needed."""

from typing import Any

import pytest
from conftest import Files
from hypothesis import given
from hypothesis import strategies as st
from model_support import changes, cluster, inventory, kustomization, resources, sync, thing

from eksa_lint.check import check
from eksa_lint.model import fields, library
from eksa_lint.model.compare import compare
from eksa_lint.model.effective import effective
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.model.references import references_of, referred, resolve_reference
from eksa_lint.model.resource import EKSA, ResourceId
from eksa_lint.policy import Policy
from eksa_lint.rules.loader import load_rules
from eksa_lint.syntax import Stream, parse

ANY = fields.ANY


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        ("spec", ("spec",)),
        ("spec.a.b", ("spec", "a", "b")),
        ("spec.a[*].b", ("spec", "a", ANY, "b")),
        ("spec.a[0]", ("spec", "a", 0)),
        ("spec.a[10][*]", ("spec", "a", 10, ANY)),
        ('metadata.annotations["a.b/c"]', ("metadata", "annotations", "a.b/c")),
        ('["a.b"].c', ("a.b", "c")),
        ("a-b.$patch", ("a-b", "$patch")),
    ],
)
def test_a_pattern_is_read_as_steps(text: str, steps: tuple[str | int, ...]) -> None:
    assert fields.parse_pattern(text) == steps


VALUE = {"spec": {"list": [{"n": 1}, {"m": 2}, {"n": 3}], "x": None, "a.b": 4}, "top": [[1, 2], [3]]}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("spec.list[*].n", [("spec.list.0.n", 1), ("spec.list.2.n", 3)]),
        ("spec.list[1].m", [("spec.list.1.m", 2)]),
        ("spec.list[7].m", []),
        ("spec.x", [("spec.x", None)]),
        ("spec.nothing", []),
        ('spec["a.b"]', [("spec.a.b", 4)]),
        ("top[*][*]", [("top.0.0", 1), ("top.0.1", 2), ("top.1.0", 3)]),
        ("spec[*]", []),
        ("top.x", []),
        ("spec.x.y", []),
    ],
)
def test_every_value_at_a_pattern_is_selected_with_its_path(pattern: str, found: list[tuple[str, object]]) -> None:
    selected = list(fields.select(VALUE, fields.parse_pattern(pattern)))
    assert [(".".join(map(str, path)), value) for path, value in selected] == found
    for path, value in selected:
        assert fields.get(VALUE, path) == value


@pytest.mark.parametrize(
    ("path", "spelled", "pattern"),
    [
        (
            ("spec", "workerNodeGroupConfigurations", 1, "count"),
            "spec.workerNodeGroupConfigurations[b].count",
            "spec.workerNodeGroupConfigurations[*].count",
        ),
        (
            ("spec", "workerNodeGroupConfigurations", 1, "taints", 0),
            "spec.workerNodeGroupConfigurations[b].taints[k/NoSchedule]",
            "spec.workerNodeGroupConfigurations[*].taints[*]",
        ),
        # An item without its key, one that is not there, and a list of scalars keep their index.
        (
            ("spec", "workerNodeGroupConfigurations", 2, "count"),
            "spec.workerNodeGroupConfigurations[2].count",
            "spec.workerNodeGroupConfigurations[*].count",
        ),
        (
            ("spec", "workerNodeGroupConfigurations", 9),
            "spec.workerNodeGroupConfigurations[9]",
            "spec.workerNodeGroupConfigurations[*]",
        ),
        (("spec", "names", 1), "spec.names[1]", "spec.names[*]"),
        # Where no table names a key, the name is taken.
        (("spec", "other", 0, "x"), "spec.other[p].x", "spec.other[*].x"),
        (("metadata", "labels", "a.b/c"), 'metadata.labels["a.b/c"]', 'metadata.labels["a.b/c"]'),
        ((), "", ""),
    ],
)
def test_a_path_is_spelled_with_keys_in_place_of_indexes(path: fields.Path, spelled: str, pattern: str) -> None:
    value = {
        "spec": {
            "workerNodeGroupConfigurations": [
                {"name": "a"},
                {"name": "b", "taints": [{"key": "k", "effect": "NoSchedule"}]},
                {"count": 1},
            ],
            "names": ["x", "z"],
            "other": [{"name": "p", "x": 1}],
        }
    }
    assert fields.spell(path, value, EKSA, "Cluster") == spelled
    assert fields.pattern_of(path) == pattern


@given(st.lists(st.sampled_from(["a", "b-c", "a.b", "x/z", "$p"]) | st.integers(0, 99), max_size=6))
def test_the_pattern_of_a_path_selects_it(steps: list[str | int]) -> None:
    value: Any = "here"
    for step in reversed(steps):
        value = {step: value} if isinstance(step, str) else [None] * step + [value]
    selected = list(fields.select(value, fields.parse_pattern(fields.pattern_of(steps))))
    assert (tuple(steps), "here") in selected


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        ("Cluster", "{}", {"managementCluster": {"name": "a"}}),
        ("Cluster", "{managementCluster: {name: m}}", {"managementCluster": {"name": "m"}}),
        (
            "Cluster",
            "{managementCluster: {name: m}, workerNodeGroupConfigurations: [{}, {}]}",
            {
                "managementCluster": {"name": "m"},
                "workerNodeGroupConfigurations": [{"name": "md-0", "count": 1}, {"count": 1}],
            },
        ),
        (
            "Cluster",
            (
                "{managementCluster: {name: m},"
                " workerNodeGroupConfigurations: [{name: x, autoscalingConfiguration: {minCount: 4}}]}"
            ),
            {
                "managementCluster": {"name": "m"},
                "workerNodeGroupConfigurations": [
                    {"name": "x", "count": 4, "autoscalingConfiguration": {"minCount": 4}}
                ],
            },
        ),
        (
            "Cluster",
            "{managementCluster: {name: m}, workerNodeGroupConfigurations: [{name: x, count: 0}]}",
            {"managementCluster": {"name": "m"}, "workerNodeGroupConfigurations": [{"name": "x", "count": 0}]},
        ),
        # A key without a value is one that is not written.
        (
            "Cluster",
            "{managementCluster: {name: ~}, workerNodeGroupConfigurations: [{name: ~, count: ~, labels: ~}]}",
            {"managementCluster": {"name": "a"}, "workerNodeGroupConfigurations": [{"name": "md-0", "count": 1}]},
        ),
        ("AWSIamConfig", "{}", {"partition": "aws"}),
        ("FluxConfig", "{branch: ''}", {"branch": "main"}),
        # No parent is made up, and values of another shape are left alone.
        ("GitOpsConfig", "{}", {}),
        ("GitOpsConfig", "{flux: {github: {}}}", {"flux": {"github": {"branch": "main"}}}),
        ("FluxConfig", "[x]", ["x"]),
        (
            "Cluster",
            "{managementCluster: x, workerNodeGroupConfigurations: {a: 1}}",
            {"managementCluster": "x", "workerNodeGroupConfigurations": {"a": 1}},
        ),
    ],
)
def test_defaults_are_filled_in_where_nothing_is_written(kind: str, spec: str, expected: object) -> None:
    (resource,) = resources({"a.yaml": thing(kind, "a", spec)})
    written = str(resource.value)
    assert effective(resource)["spec"] == expected
    assert str(resource.value) == written


def test_nothing_is_filled_into_patches_or_kinds_of_others() -> None:
    files = {
        "kustomization.yaml": kustomization(patches=("p.yaml",)),
        "p.yaml": cluster(spec="{workerNodeGroupConfigurations: [{}]}"),
        "x.yaml": thing("Cluster", "x", "{}", group="cluster.x-k8s.io"),
    }
    found = {resource.path: effective(resource)["spec"] for resource in resources(files) if resource.kind == "Cluster"}
    assert found == {"p.yaml": {"workerNodeGroupConfigurations": [{}]}, "x.yaml": {}}


MACHINE = "{kind: VSphereMachineConfig, name: %s}"
FLEET = {
    "prod.yaml": cluster(
        "prod",
        f"{{controlPlaneConfiguration: {{machineGroupRef: {MACHINE % 'cp'}}},"
        " datacenterRef: {kind: VSphereDatacenterConfig, name: dc},"
        f" workerNodeGroupConfigurations: [{{machineGroupRef: {MACHINE % 'md'}}},"
        f" {{machineGroupRef: {MACHINE % 'md'}}}],"
        " identityProviderRefs: [{kind: AWSIamConfig, name: iam}, {kind: AWSIamConfig}, x]}",
    ),
    "cp.yaml": thing("VSphereMachineConfig", "cp"),
    "md.yaml": thing("VSphereMachineConfig", "md"),
    "elsewhere.yaml": thing("VSphereDatacenterConfig", "dc", namespace="other"),
    "iam.yaml": thing("AWSIamConfig", "iam"),
    "other.yaml": cluster("other", "{note: cp, datacenterRef: {kind: VSphereDatacenterConfig, name: dc-2}}"),
}


def test_an_object_names_those_of_its_reference_fields() -> None:
    objects = inventory(FLEET)
    (prod,) = objects.resources_in("prod.yaml")
    targets = [(reference.path[-1], reference.target.kind, reference.target.name) for reference in references_of(prod)]
    assert sorted(targets, key=str) == sorted(
        [
            ("machineGroupRef", "VSphereMachineConfig", "cp"),
            ("machineGroupRef", "VSphereMachineConfig", "md"),
            ("machineGroupRef", "VSphereMachineConfig", "md"),
            ("datacenterRef", "VSphereDatacenterConfig", "dc"),
            (0, "AWSIamConfig", "iam"),
        ],
        key=str,
    )
    assert {resource.path for resource in referred(objects, prod)} == {"cp.yaml", "md.yaml", "iam.yaml"}


def test_an_object_knows_who_names_it() -> None:
    objects = inventory(FLEET)
    for path in ("cp.yaml", "md.yaml", "iam.yaml"):
        (resource,) = objects.resources_in(path)
        assert [other.path for other in objects.referring(resource.id)] == ["prod.yaml"]
    (elsewhere,) = objects.resources_in("elsewhere.yaml")
    assert list(objects.referring(elsewhere.id)) == []


def test_references_stay_within_their_root() -> None:
    machine = thing("VSphereMachineConfig", "cp")
    text = cluster("prod", f"{{controlPlaneConfiguration: {{machineGroupRef: {MACHINE % 'cp'}}}}}")
    objects = inventory(
        {
            "one/sync.yaml": sync("./one"),
            "one/c.yaml": text,
            "one/m.yaml": machine,
            "two/sync.yaml": sync("./two"),
            "two/c.yaml": text,
            "two/m.yaml": machine,
        }
    )
    for root in ("one", "two"):
        (resource,) = objects.resources_in(f"{root}/c.yaml")
        assert [other.path for other in referred(objects, resource)] == [f"{root}/m.yaml"]
        (resource,) = objects.resources_in(f"{root}/m.yaml")
        assert [other.path for other in objects.referring(resource.id)] == [f"{root}/c.yaml"]


@pytest.mark.parametrize(
    ("reference", "paths"),
    [
        ({"kind": "VSphereMachineConfig", "name": "cp"}, ["cp.yaml"]),
        ({"kind": "VSphereDatacenterConfig", "name": "dc"}, []),
        ({"kind": "VSphereDatacenterConfig", "name": "dc", "namespace": "other"}, ["elsewhere.yaml"]),
        ({"kind": "VSphereMachineConfig"}, []),
        ({"name": "cp"}, []),
        ({"kind": ["x"], "name": {}}, []),
        ({}, []),
        ("cp", []),
        (None, []),
    ],
)
def test_a_reference_is_resolved_in_the_namespace_it_stands_in(reference: Any, paths: list[str]) -> None:
    objects = inventory(FLEET)
    (prod,) = objects.resources_in("prod.yaml")
    assert [resource.path for resource in resolve_reference(objects, prod, reference)] == paths


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The contents that were parsed, in order."""
    seen: list[bytes] = []

    def note(data: bytes) -> Stream:
        seen.append(data)
        return parse(data)

    monkeypatch.setattr(library, "parse", note)
    return seen


def many(count: int) -> dict[str, str]:
    return {f"clusters/c{number}.yaml": cluster(f"c{number}", f"{{x: {number}}}") for number in range(count)}


def test_an_inventory_parses_nothing_until_it_is_asked(parsed: list[bytes]) -> None:
    objects = inventory(many(50))
    manifests = objects.manifests
    assert (manifests.count_objects(), manifests.count_clusters(), len(manifests)) == (50, 50, 50)
    assert parsed == []
    assert objects.get(ResourceId("", EKSA, "Cluster", "default", "c7"))[0].path == "clusters/c7.yaml"
    assert [data.count(b"c7") for data in parsed] == [1]


def test_a_comparison_parses_what_differs_and_each_content_once(parsed: list[bytes]) -> None:
    before, after = many(50), many(50)
    after["clusters/c7.yaml"] = cluster("c7", "{x: 0}")
    after["moved.yaml"] = after.pop("clusters/c9.yaml")
    assert [change.resource.id.name for change in changes(before, after)] == ["c7"]
    assert sorted(parsed) == sorted(
        text.encode() for text in (before["clusters/c7.yaml"], after["clusters/c7.yaml"], before["clusters/c9.yaml"])
    )


def test_a_check_of_a_change_parses_no_more_than_what_it_touches(parsed: list[bytes]) -> None:
    before, after = many(200), many(200)
    after["clusters/c7.yaml"] = cluster("c7", "{x: 0}")
    check(Files(before, "before"), Files(after, "after"), Policy(), load_rules())
    assert len(parsed) == len(set(parsed))
    # The changed file on both sides, and those whose text holds its name: c7, c70 to c79.
    assert len(parsed) <= 12


def test_both_sides_share_the_documents_of_equal_blobs() -> None:
    shared = Library()
    old = Inventory(Files(many(3), "before"), shared, "before")
    new = Inventory(Files(many(3), "after"), shared, "after")
    (first,), (second,) = (side.resources_in("clusters/c1.yaml") for side in (old, new))
    assert first.node is second.node
    assert (first.side, second.side) == ("before", "after")
    assert compare(old, new) == []
