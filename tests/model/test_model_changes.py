"""What is a change and what is none, field by field."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_support import changes, cluster, kustomization, sync, thing, told

from eksa_lint.model import fields
from eksa_lint.model.pairing import pair_items

GROUPS = "{workerNodeGroupConfigurations: [%s]}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A file moves, is split, is joined; documents change places; comments, styles and the order of keys.
        ({"a.yaml": cluster()}, {"b/c.yaml": cluster()}),
        ({"a.yaml": f"{cluster()}---\n{thing('X', 'x')}"}, {"b.yaml": cluster(), "c.yaml": thing("X", "x")}),
        ({"a.yaml": cluster(), "b.yaml": thing("X", "x")}, {"a.yaml": f"{thing('X', 'x')}---\n{cluster()}"}),
        (
            {"a.yaml": cluster(spec="{a: 1, b: [x]}")},
            {"a.yaml": "# c\n" + cluster(spec='{"b":  ["x"], "a": 1.0}  # c')},
        ),
        # The list is keyed by name, the other one holds scalars.
        (
            {"a.yaml": cluster(spec=GROUPS % "{name: a, count: 1}, {name: b, count: 2}")},
            {"a.yaml": cluster(spec=GROUPS % "{count: 2, name: b}, {name: a, count: 1}")},
        ),
        ({"a.yaml": thing("Cluster", "a", "{x: [p, q, p]}")}, {"a.yaml": thing("Cluster", "a", "{x: [q, p, p]}")}),
        # What is filled in is what is written.
        ({"a.yaml": cluster(spec=GROUPS % "{name: a}")}, {"a.yaml": cluster(spec=GROUPS % "{name: a, count: 1}")}),
        ({"a.yaml": cluster(spec=GROUPS % "{count: 3}")}, {"a.yaml": cluster(spec=GROUPS % "{count: 3, name: md-0}")}),
        ({"a.yaml": cluster()}, {"a.yaml": cluster(namespace="default")}),
        ({"a.yaml": cluster(spec="{a: ~}")}, {"a.yaml": cluster(spec="{}")}),
        (
            {"a.yaml": cluster()},
            {"kustomization.yaml": kustomization("a.yaml", namespace="default"), "a.yaml": cluster()},
        ),
        # A file that is no manifest.
        ({"a.yaml": cluster(), "x.txt": "1"}, {"a.yaml": cluster(), "x.txt": "2"}),
        # A list around it, and its end in another way.
        (
            {"a.yaml": cluster()},
            {"a.yaml": "apiVersion: v1\nkind: List\nitems:\n- " + cluster().replace("\n", "\n  ").rstrip() + "\n"},
        ),
        ({"a.yaml": cluster()}, {"a.yaml": cluster().replace("\n", "\r\n")}),
        ({"a.yaml": cluster()}, {"a.yaml": "\ufeff" + cluster()}),
    ],
)
def test_what_looks_different_and_means_the_same_is_no_change(before: dict[str, str], after: dict[str, str]) -> None:
    objects = [line for line in told(before, after) if "Kustomization" not in line]
    assert objects == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{a: 1}", "{a: 2}", ["spec.a: 1 -> 2"]),
        ("{a: 1}", "{}", ["spec.a: 1 -> None"]),
        ("{}", "{a: {b: 1}}", ["spec.a: None -> {'b': 1}"]),
        ("{a: {b: 1, c: 1}}", "{a: {b: 2, d: 1}}", ["spec.a.b: 1 -> 2", "spec.a.c: 1 -> None", "spec.a.d: None -> 1"]),
        ("{a: 1}", "{a: '1'}", ["spec.a: 1 -> '1'"]),
        ("{a: 1}", "{a: yes}", ["spec.a: 1 -> True"]),
        ("{a: {}}", "{a: []}", ["spec.a: {} -> []"]),
        ("{a: x}", "{a: {x: 1}}", ["spec.a: 'x' -> {'x': 1}"]),
        ("{a: [x, z]}", "{a: [z, w]}", ["spec.a.0: 'x' -> None", "spec.a.1: None -> 'w'"]),
        # Without a key, mappings pair by their position.
        ("{a: [{b: 1}, {b: 2}]}", "{a: [{b: 2}]}", ["spec.a.0.b: 1 -> 2", "spec.a.1: {'b': 2} -> None"]),
        (
            GROUPS % "{name: a, count: 1}, {name: b, count: 2}",
            GROUPS % "{name: b, count: 3}, {name: c, count: 1}",
            [
                "spec.workerNodeGroupConfigurations.0.count: 2 -> 3",
                "spec.workerNodeGroupConfigurations.0: {'name': 'a', 'count': 1} -> None",
                "spec.workerNodeGroupConfigurations.1: None -> {'name': 'c', 'count': 1}",
            ],
        ),
        # Taints have two keys.
        (
            "{controlPlaneConfiguration: {taints: [{key: a, effect: NoSchedule, value: x}]}}",
            (
                "{controlPlaneConfiguration: {taints: [{key: a, effect: NoExecute}, "
                "{key: a, effect: NoSchedule, value: z}]}}"
            ),
            [
                "spec.controlPlaneConfiguration.taints.0: None -> {'key': 'a', 'effect': 'NoExecute'}",
                "spec.controlPlaneConfiguration.taints.1.value: 'x' -> 'z'",
            ],
        ),
        # What is no longer written counts with what is filled in.
        (GROUPS % "{name: a, count: 3}", GROUPS % "{name: a}", ["spec.workerNodeGroupConfigurations.0.count: 3 -> 1"]),
        (
            GROUPS % "{name: a, count: 3}",
            GROUPS % "{name: a, count: 3, autoscalingConfiguration: {minCount: 2}}",
            ["spec.workerNodeGroupConfigurations.0.autoscalingConfiguration: None -> {'minCount': 2}"],
        ),
    ],
)
def test_a_change_tells_its_fields_with_path_and_values(before: str, after: str, expected: list[str]) -> None:
    lines = told({"a.yaml": cluster(spec=before)}, {"a.yaml": cluster(spec=after)})
    assert lines == sorted(f"changed Cluster default/prod {line}" for line in expected)


def test_a_field_knows_its_path_on_both_sides() -> None:
    (change,) = changes(
        {"a.yaml": cluster(spec=GROUPS % "{name: a}, {name: b, count: 2}")},
        {"z.yaml": cluster(spec=GROUPS % "{name: b, count: 3}, {name: a}")},
    )
    (field,) = change.fields
    groups = ("spec", "workerNodeGroupConfigurations")
    assert (field.old_path, field.new_path) == ((*groups, 1, "count"), (*groups, 0, "count"))
    assert change.before
    assert change.after
    assert (change.before.path, change.before.side, change.after.path, change.after.side) == (
        "a.yaml",
        "before",
        "z.yaml",
        "after",
    )


def test_an_object_that_appears_or_disappears_is_one_change_of_the_whole() -> None:
    assert told({}, {"a.yaml": cluster()}) == ["added Cluster default/prod"]
    assert told({"a.yaml": cluster()}, {}) == ["removed Cluster default/prod"]
    assert told({"a.yaml": cluster()}, {"a.yaml": "# empty\n"}) == ["removed Cluster default/prod"]
    (change,) = changes({"a.yaml": cluster()}, {})
    (field,) = change.fields
    assert (field.path, field.new) == ((), None)
    assert isinstance(field.old, dict)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (cluster("prod-2"), ["added Cluster default/prod-2", "removed Cluster default/prod"]),
        (cluster(namespace="eksa"), ["added Cluster eksa/prod", "removed Cluster default/prod"]),
        (thing("Clusterr", "prod"), ["added Clusterr default/prod", "removed Cluster default/prod"]),
        (thing("Cluster", "prod", group="x.org"), ["added Cluster default/prod", "removed Cluster default/prod"]),
    ],
)
def test_another_name_namespace_or_kind_is_another_object(after: str, expected: list[str]) -> None:
    assert told({"a.yaml": cluster()}, {"a.yaml": after}) == expected


def test_a_namespace_in_a_kustomization_moves_what_it_lists() -> None:
    files = {"a/prod.yaml": cluster(), "b.yaml": cluster("other")}
    lines = told(
        {**files, "a/kustomization.yaml": kustomization("prod.yaml")},
        {**files, "a/kustomization.yaml": kustomization("prod.yaml", namespace="eksa")},
    )
    assert [line for line in lines if "Kustomization" not in line] == [
        "added Cluster eksa/prod",
        "removed Cluster default/prod",
    ]


def test_a_root_that_is_renamed_is_no_deletion() -> None:
    before = {f"clusters/old/{path}": text for path, text in ROOT.items()}
    after = {f"clusters/new/{path}": text.replace("clusters/old", "clusters/new") for path, text in ROOT.items()}
    assert [line for line in told(before, after) if "Cluster" in line] == []


def test_an_object_that_moves_to_another_root_is_deleted_there_and_created_here() -> None:
    one = {"one/sync.yaml": sync("./one"), "one/keep.yaml": cluster("a")}
    two = {"two/sync.yaml": sync("./two"), "two/keep.yaml": cluster("b")}
    assert told({**one, **two, "one/prod.yaml": cluster()}, {**one, **two, "two/prod.yaml": cluster()}) == [
        "added Cluster default/prod in two",
        "removed Cluster default/prod in one",
    ]


ROOT = {
    "sync.yaml": sync("./clusters/old"),
    "a.yaml": cluster("a"),
    "b.yaml": cluster("b"),
    "c.yaml": cluster("c"),
}


def test_of_a_renamed_root_what_is_left_out_is_deleted() -> None:
    before = {f"clusters/old/{path}": text for path, text in ROOT.items()}
    after = {f"clusters/new/{path}": text.replace("clusters/old", "clusters/new") for path, text in ROOT.items()}
    del after["clusters/new/c.yaml"]
    assert [line for line in told(before, after) if "Cluster" in line] == ["removed Cluster default/c in clusters/old"]


def test_a_file_that_is_no_longer_read_deletes_nothing() -> None:
    before = {"a.yaml": f"{cluster()}---\n{cluster('other', '{a: 1}')}"}
    assert told(before, {"a.yaml": f"{cluster()}---\na: [\n"}) == []
    assert told(before, {"a.yaml": cluster().replace("{}", "{")}) == []
    # What stands above the broken place is compared, and what is elsewhere too.
    assert told(before, {"a.yaml": f"{cluster(spec='{a: 2}')}---\na: [\n"}) == [
        "changed Cluster default/prod spec.a: None -> 2"
    ]
    assert told({**before, "b.yaml": cluster("third")}, {"a.yaml": "a: ["}) == ["removed Cluster default/third"]


def test_several_objects_of_one_identity_are_paired_by_file_and_each_is_told() -> None:
    before = {"a.yaml": cluster(spec="{a: 1}"), "b.yaml": cluster(spec="{a: 2}")}
    assert told(before, {"a.yaml": cluster(spec="{a: 3}"), "b.yaml": cluster(spec="{a: 2}")}) == [
        "changed Cluster default/prod spec.a: 1 -> 3"
    ]
    assert told(before, {"b.yaml": cluster(spec="{a: 2}")}) == ["removed Cluster default/prod"]
    assert told({"b.yaml": cluster(spec="{a: 2}")}, before) == ["added Cluster default/prod"]


def test_a_patch_is_no_object_that_appears_or_disappears() -> None:
    files = {"kustomization.yaml": kustomization("base.yaml", patches=("patch.yaml",)), "base.yaml": cluster()}
    assert told({**files, "patch.yaml": cluster(spec="{a: 1}")}, {**files, "patch.yaml": cluster(spec="{a: 2}")}) == [
        "changed Cluster default/prod spec.a: 1 -> 2"
    ]
    assert told(files, {**files, "patch.yaml": cluster(spec="{}")}) == []


def test_what_no_name_tells_apart_is_compared_by_its_path() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {x: %d}\n"
    assert told({"a.yaml": pod % 1}, {"a.yaml": pod % 2}) == ["changed Pod /a.yaml spec.x: 1 -> 2"]


SCALARS = st.sampled_from(["a", "b", "c", 1, 1.5, True, None, ""])
ITEMS = st.lists(SCALARS, max_size=6) | st.lists(
    st.fixed_dictionaries({}, optional={"name": SCALARS, "effect": SCALARS, "x": SCALARS}), max_size=6
)
KEYS = st.sampled_from([None, ("name",), ("name", "effect"), ("kms.name",)])


@given(ITEMS, ITEMS, KEYS)
def test_pairing_uses_every_item_once(before: list[Any], after: list[Any], keys: tuple[str, ...] | None) -> None:
    pairs = pair_items(before, after, keys)
    assert sorted(first for first, _ in pairs if first is not None) == list(range(len(before)))
    assert sorted(second for _, second in pairs if second is not None) == list(range(len(after)))
    assert (None, None) not in pairs


@given(ITEMS, KEYS, st.randoms())
def test_equal_lists_pair_fully_and_so_do_keyed_ones_in_another_order(
    items: list[Any], keys: tuple[str, ...] | None, random: Any
) -> None:
    assert all(None not in pair for pair in pair_items(items, items, keys))
    shuffled = items[:]
    random.shuffle(shuffled)
    if keys is not None:
        assert all(None not in pair for pair in pair_items(items, shuffled, keys))
    elif not any(isinstance(item, dict) for item in items):
        pairs = pair_items(items, shuffled, keys)
        assert all(
            first is not None and second is not None and json.dumps(items[first]) == json.dumps(shuffled[second])
            for first, second in pairs
        )


DOCUMENTS = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["name", "x", "z"]), below, max_size=3),
    max_leaves=8,
)


@given(DOCUMENTS, DOCUMENTS)
def test_the_fields_of_a_change_lead_to_their_values(old: Any, new: Any) -> None:
    """Each side's path gives that side's value, and equal specs are no change."""
    files = [{"a.json": json.dumps(_object(spec))} for spec in (old, new)]
    assert changes(files[0], files[0]) == []
    for change in changes(*files):
        assert change.fields
        for field in change.fields:
            if field.old_path is not None:
                assert fields.get(change.old, field.old_path) == field.old
            if field.new_path is not None:
                assert fields.get(change.new, field.new_path) == field.new


def _object(spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "anywhere.eks.amazonaws.com/v1alpha1",
        "kind": "Cluster",
        "metadata": {"name": "a"},
        "spec": spec,
    }


def test_the_same_words_with_another_alias_are_a_change() -> None:
    text = """\
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: &d {x: "%s"}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: *d}
"""
    names = [change.resource.id.name for change in changes({"a.yaml": text % 1}, {"a.yaml": text % 2})]
    assert names == ["a", "b"]
