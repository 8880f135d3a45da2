"""Transformers and replacements of kustomize: what they make of names, namespaces and fields.

What is expected is what kustomize 5.8 builds from the same files.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_support import cluster, kustomization, resources, sync, thing, told

FOLDER = "clusters/mgmt/prod"
MGMT = {"clusters/mgmt/flux-system/gotk-sync.yaml": sync("./clusters/mgmt")}
SPEC = {"a": 1, "b": {"c": [1, 2]}}
NAME_FIELD = "fieldSpecs: [{path: metadata/name}]\n"


def applied(files: dict[str, str]) -> list[tuple[str, Any]]:
    """Name and spec of every Cluster that is applied."""
    return [(found.id.name, found.spec) for found in resources(files) if found.kind == "Cluster" and not found.patch]


def with_lines(lines: str, *listed: str) -> dict[str, str]:
    """One Cluster in a folder that Flux applies, and more lines in its kustomization."""
    return {
        **MGMT,
        f"{FOLDER}/kustomization.yaml": kustomization("cluster.yaml", *listed) + lines,
        f"{FOLDER}/cluster.yaml": cluster(spec="{a: 1, b: {c: [1, 2]}}"),
    }


def config(kind: str, lines: str) -> str:
    return f"apiVersion: builtin\nkind: {kind}Transformer\nmetadata: {{name: t, namespace: other}}\n{lines}"


def listed(kind: str, lines: str) -> str:
    """A transformer of kustomize's own, as an entry of `transformers`."""
    return "transformers:\n- |\n  " + config(kind, lines).replace("\n", "\n  ").rstrip(" ")


@pytest.mark.parametrize(
    ("kind", "lines", "name", "spec"),
    [
        ("Prefix", f"prefix: eu-\n{NAME_FIELD}", "eu-prod", {}),
        ("Suffix", "suffix: -1\nfieldSpecs: [{path: metadata/name, kind: Cluster}]\n", "prod-1", {}),
        ("Suffix", "suffix: -1\nfieldSpecs: [{path: metadata/name, kind: Other}]\n", "prod", {}),
        ("Prefix", "prefix: x-\nfieldSpecs: [{path: spec/a}, {path: spec/d}]\n", "prod", {"a": "x-1"}),
        ("Prefix", "prefix: x-\nfieldSpecs: [{path: spec/b/c}]\n", "prod", {"b": {"c": ["x-1", "x-2"]}}),
        ("Patch", "target: {kind: Cluster}\npatch: 'spec: {a: 2}'\n", "prod", {"a": 2}),
        ("Patch", "target: {}\npatch: |\n  - {op: replace, path: /metadata/name, value: new}\n", "new", {}),
        (
            "PatchJson6902",
            "target: {name: prod}\njsonOp: |\n  - {op: add, path: /spec/d, value: 1}\n",
            "prod",
            {"d": 1},
        ),
        ("PatchStrategicMerge", "patches: |\n  " + cluster(spec="{a: 2}").replace("\n", "\n  "), "prod", {"a": 2}),
        ("ReplicaCount", "replica: {name: prod, count: 5}\nfieldSpecs: [{path: spec/a}]\n", "prod", {"a": 5}),
        ("ReplicaCount", "replica: {name: other, count: 5}\nfieldSpecs: [{path: spec/a}]\n", "prod", {}),
        (
            "Annotations",
            "annotations: {x: z}\nfieldSpecs: [{path: spec/d/e, create: true}]\n",
            "prod",
            {"d": {"e": {"x": "z"}}},
        ),
        ("Label", "labels: {x: y}\n", "prod", {}),
        ("Replacement", "replacements: [{sourceValue: new, targets: [{select: {kind: Cluster}}]}]\n", "new", {}),
        # What is not known, and what is written wrong: what it does is not guessed.
        ("ValueAdd", "value: x\ntargetFilePath: /metadata/name\n", "prod", {}),
        ("Prefix", "prefix: eu-\n", "prod", {}),
        ("Prefix", "prefix: eu-\nfieldSpecs: [1, {path: 2}, {}]\n", "prod", {}),
        ("ReplicaCount", "replica: 1\nfieldSpecs: [{path: spec/a}]\n", "prod", {}),
        ("Patch", "target: 1\npatch: [1]\n", "prod", {}),
        ("Replacement", "replacements: text\n", "prod", {}),
    ],
)
def test_what_a_transformer_does_is_part_of_what_is_applied(
    kind: str, lines: str, name: str, spec: dict[str, Any]
) -> None:
    assert applied(with_lines(listed(kind, lines))) == [(name, {**SPEC, **spec})]
    in_file = {**with_lines("transformers: [t.yaml]\n"), f"{FOLDER}/t.yaml": config(kind, lines)}
    assert applied(in_file) == [(name, {**SPEC, **spec})]


def test_a_transformer_takes_its_patches_from_files_beside_the_kustomization() -> None:
    files = {
        **with_lines("transformers: [transformers]\n"),
        f"{FOLDER}/transformers/kustomization.yaml": kustomization("t.yaml"),
        f"{FOLDER}/transformers/t.yaml": config("PatchStrategicMerge", "paths: [part.yml]\n"),
        f"{FOLDER}/part.yml": "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: Cluster\n"
        "metadata: {name: prod}\nspec: {b: null}\n",
    }
    assert ("prod", {"a": 1}) in applied(files)


@pytest.mark.parametrize("lines", ["transformers: [missing.yaml, .]\n", "transformers: [1, null, {}, '{: ']\n"])
def test_what_cannot_be_read_is_passed_over(lines: str) -> None:
    assert applied(with_lines(lines)) == [("prod", SPEC)]


def test_transformers_in_the_kustomization_run_before_those_of_files() -> None:
    inline = listed("Prefix", f"prefix: inline-\n{NAME_FIELD}")
    files = {
        **with_lines(inline.replace("transformers:\n", "transformers:\n- own.yaml\n- more\n")),
        f"{FOLDER}/own.yaml": config("Prefix", f"prefix: file-\n{NAME_FIELD}"),
        f"{FOLDER}/more/kustomization.yaml": kustomization("t.yaml"),
        f"{FOLDER}/more/t.yaml": config("Prefix", f"prefix: folder-\n{NAME_FIELD}"),
    }
    assert applied(files) == [("folder-file-inline-prod", SPEC)]
    assert "removed Cluster default/prod in clusters/mgmt" in told(with_lines(""), files)


def test_a_transformer_file_that_changes_is_a_change_of_what_it_renames() -> None:
    before, after = (
        {
            **with_lines("transformers: [t.yaml]\n"),
            f"{FOLDER}/t.yaml": config("Prefix", f"prefix: {name}-\n{NAME_FIELD}"),
        }
        for name in "ab"
    )
    assert [line for line in told(before, after) if "Cluster" in line] == [
        "added Cluster default/b-prod in clusters/mgmt",
        "removed Cluster default/a-prod in clusters/mgmt",
    ]


@pytest.mark.parametrize(
    ("own", "lines", "namespace"),
    [
        ("", "", "other"),
        ("namespace: own\n", "", "other"),
        ("", "fieldSpecs: [{path: metadata/namespace, create: true}]\n", "other"),
        ("", "unsetOnly: true\n", "other"),
        ("namespace: own\n", "unsetOnly: true\n", "own"),
        ("", "fieldSpecs: [{path: metadata/namespace, kind: X}]\n", "default"),
    ],
)
def test_a_transformer_sets_the_namespace(own: str, lines: str, namespace: str) -> None:
    found = resources(with_lines(own + listed("Namespace", lines)))
    assert {each.id.namespace for each in found if each.kind == "Cluster"} == {namespace}


SIZE = "fieldPath: spec.size"
INTO_A = "fieldPaths: [spec.a]"


@pytest.mark.parametrize(
    ("source", "target", "name", "spec"),
    [
        ("", "", "cp", {}),
        (SIZE, INTO_A, "prod", {"a": 4}),
        ("fieldPath: 'spec.disks.[name=b].size'", INTO_A, "prod", {"a": 2}),
        ("fieldPath: spec.disks.0", "fieldPaths: [spec.b]", "prod", {"b": {"name": "a", "size": 1}}),
        ("fieldPath: spec.disks.0", INTO_A, "prod", {"a": None}),
        ("fieldPath: 'spec.[dotted.name]'", INTO_A, "prod", {"a": 9}),
        ("fieldPath: 'spec.dotted\\.name'", INTO_A, "prod", {"a": 9}),
        ("fieldPath: spec.text, options: {delimiter: '-', index: 1}", "", "eu", {}),
        ("fieldPath: spec.text", "options: {delimiter: '-', index: 3}", "prod-x-eu", {}),
        ("fieldPath: spec.text", "options: {delimiter: '-', index: -1}", "x-eu-prod", {}),
        (SIZE, "fieldPaths: [spec.new.x], options: {create: true}", "prod", {"new": {"x": 4}}),
        (SIZE, "fieldPaths: ['spec.b.c.*']", "prod", {"b": {"c": [4, 4]}}),
        (SIZE, "fieldPaths: [spec.b.c.1]", "prod", {"b": {"c": [1, 4]}}),
        (SIZE, f"{INTO_A}, reject: [{{name: prod}}]", "prod", {}),
        (SIZE, f"{INTO_A}, reject: [{{labelSelector: '!x'}}]", "prod", {}),
        (SIZE, f"{INTO_A}, reject: [{{name: other}}, {{labelSelector: x}}]", "prod", {"a": 4}),
        # A value that is not known is text that is still to be filled in.
        ("fieldPath: spec.missing", INTO_A, "prod", {"a": "$(VSphereMachineConfig cp spec.missing)"}),
        ("fieldPath: metadata.labels.x", "", "$(VSphereMachineConfig cp metadata.labels.x)", {}),
        # A field that is not there stops kustomize.
        (SIZE, "fieldPaths: [spec.missing]", "prod", {}),
        (SIZE, "fieldPaths: [spec.b.c.7]", "prod", {}),
    ],
)
def test_a_replacement_is_part_of_what_is_applied(source: str, target: str, name: str, spec: dict[str, Any]) -> None:
    kind = "kind: VSphereMachineConfig, name: cp"
    lines = f"replacements:\n- source: {{{kind}, {source}}}\n  targets: [{{select: {{kind: Cl.*}}, {target}}}]\n"
    disks = "[{name: a, size: 1}, {name: b, size: 2}]"
    machines = thing("VSphereMachineConfig", "cp", f"{{size: 4, text: x-eu, disks: {disks}, dotted.name: 9}}")
    files = {**with_lines(lines, "machines.yaml"), f"{FOLDER}/machines.yaml": machines}
    assert applied(files) == [(name, {**SPEC, **spec})]
    (found,) = (each for each in resources(files) if each.kind == "Cluster")
    stops = "missing]" in target or "c.7]" in target
    assert [each.what for each in found.unfit] == (["replacement"] if stops else [])


@pytest.mark.parametrize(
    "lines",
    [
        "replacements: text\n",
        "replacements: [{path: missing.yaml}, {}, 1, {source: 1, targets: []}, {source: {}, targets: [1, {}]}]\n",
        "replacements: [{source: {kind: '('}, targets: [{select: {kind: Cluster}, fieldPaths: [spec.x.y, 1, '']}]}]\n",
    ],
)
def test_a_replacement_that_is_written_wrong_is_passed_over(lines: str) -> None:
    assert applied(with_lines(lines)) == [("prod", SPEC)]


def test_a_value_that_is_replaced_changes_with_its_source() -> None:
    target = "[{select: {kind: Cluster}, fieldPaths: [spec.a]}]"
    files = {
        **with_lines("replacements: [{path: r.yaml}]\n", "more"),
        f"{FOLDER}/r.yaml": f"source: {{kind: VSphereMachineConfig, name: x-cp, {SIZE}}}\ntargets: {target}\n",
        f"{FOLDER}/more/kustomization.yaml": kustomization("machines.yaml") + "namePrefix: x-\n",
    }
    before, after = (
        {**files, f"{FOLDER}/more/machines.yaml": "# x-cp\n" + thing("VSphereMachineConfig", "cp", f"{{size: {size}}}")}
        for size in (4, 5)
    )
    changed = "changed Cluster default/prod in clusters/mgmt"
    assert [line for line in told(before, after) if "Cluster" in line] == [f"{changed} spec.a: 4 -> 5"]
    other = {**before, f"{FOLDER}/r.yaml": before[f"{FOLDER}/r.yaml"].replace("spec.a]", "spec.b]")}
    assert f"{changed} spec.a: 4 -> 1" in told(before, other)


def test_labels_for_everything_are_on_everything() -> None:
    lines = "labels: [{pairs: {u: '1'}}, {pairs: {v: '2'}}, 1]\ncommonLabels: {w: '3'}\n"
    (found,) = (resource for resource in resources(with_lines(lines)) if resource.kind == "Cluster")
    assert found.value["metadata"]["labels"] == {"u": "1", "v": "2", "w": "3"}


WORDS = (
    "metadata.name",
    "spec.b.c.*",
    "[name=x]",
    "Cluster",
    "prod",
    "a=b",
    "merge",
    "builtin",
    "PrefixTransformer",
    "",
)
KEYS = (
    *("kind", "name", "apiVersion", "metadata", "fieldSpecs", "path", "create", "prefix", "target", "patch", "labels"),
    *(
        "source",
        "targets",
        "select",
        "reject",
        "fieldPath",
        "fieldPaths",
        "options",
        "delimiter",
        "index",
        "sourceValue",
    ),
    *("literals", "behavior", "files", "replica", "count", "replacements", "patches"),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "transformers",
    "replacements",
    "configMapGenerator",
    "secretGenerator",
    "generatorOptions",
    "labels",
    "patches",
)


@given(st.dictionaries(st.sampled_from(FIELDS), values | st.lists(values.map(json.dumps), max_size=2), max_size=3))
def test_any_value_of_a_field_is_read_or_passed_over(written: dict[str, Any]) -> None:
    lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in written.items())
    files = with_lines(lines)
    assert [each.kind for each in resources(files) if not each.patch].count("Cluster") == 1
    assert told(files, files) == []
    told(with_lines(""), files)


@pytest.mark.parametrize(
    ("image", "entry", "expected"),
    [
        ("ghcr.io/a/x", "newName: z.io/x, newTag: v2", "z.io/x:v2"),
        ("ghcr.io/a/x:v1", "newName: z.io/x", "z.io/x:v1"),
        ("ghcr.io/a/x:v1@sha256:aa", "newTag: v2", "ghcr.io/a/x:v2"),
        ("ghcr.io/a/x:v1", "digest: 'sha256:bb'", "ghcr.io/a/x@sha256:bb"),
        ("ghcr.io/a/x:v1", "newTag: v9, digest: 'sha256:cc'", "ghcr.io/a/x:v9@sha256:cc"),
        ("ghcr.io/a/xy:v1", "newTag: v2", "ghcr.io/a/xy:v1"),
        ("b/ghcr.io/a/x:v1", "newTag: v2", "b/ghcr.io/a/x:v1"),
    ],
)
@pytest.mark.parametrize("written", ["images:\n- {ENTRY}\n", listed("ImageTag", "imageTag: {ENTRY}\n")])
def test_an_image_has_another_name_tag_or_digest(image: str, entry: str, expected: str, written: str) -> None:
    pod = f"{{initContainers: [{{name: i, image: '{image}'}}], containers: [{{name: a, image: busybox}}]}}"
    deployment = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {{template: {{spec: {pod}}}}}\n"
    files = {
        **MGMT,
        f"{FOLDER}/kustomization.yaml": kustomization("a.yaml")
        + written.replace("ENTRY", f"name: ghcr.io/a/x, {entry}"),
        f"{FOLDER}/a.yaml": deployment,
    }
    (built,) = (found for found in resources(files) if found.kind == "Deployment")
    containers = built.spec["template"]["spec"]
    images = [containers[kind][0]["image"] for kind in ("initContainers", "containers")]
    assert images == [expected, "busybox"]


def test_a_transformer_takes_values_as_replacements_have_set_them() -> None:
    replacing = (
        "replacements:\n- sourceValue: '9'\n  targets: [{select: {kind: Cluster}, fieldPaths: [spec.a]}]\n"
        + listed(
            "Replacement",
            "replacements:\n- source: {kind: Cluster, name: prod, fieldPath: spec.a}\n"
            "  targets: [{select: {kind: Cluster}, fieldPaths: [spec.b]}]\n",
        )
    )
    files = with_lines(replacing)
    files[f"{FOLDER}/cluster.yaml"] = cluster(spec="{a: 1, b: 2}")
    assert applied(files) == [("prod", {"a": 9, "b": 9})]
