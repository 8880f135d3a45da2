"""What kustomize and Flux make of files: overlays, patches, prefixes, components and variables."""

import pytest
from model_support import changes, cluster, inventory, kustomization, resources, sync, told

from eksa_lint.model.resource import EKSA, ResourceId
from eksa_lint.model.unknown import may_be

MGMT = {"clusters/mgmt/flux-system/gotk-sync.yaml": sync("./clusters/mgmt")}
BASE = {"base/kustomization.yaml": kustomization("cluster.yaml"), "base/cluster.yaml": cluster(spec="{a: 1, b: 1}")}
HEAD = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
KINDS = "{kind: Cluster}"


def applied(files: dict[str, str]) -> list[tuple[str, str, object]]:
    """Root, name and spec of every Cluster that is applied."""
    found = [resource for resource in resources(files) if resource.kind == "Cluster" and not resource.patch]
    return sorted((resource.id.root, resource.id.name, resource.spec) for resource in found)


def with_lines(lines: str, *listed: str) -> dict[str, str]:
    """One Cluster in a folder that Flux applies, and more lines in its kustomization."""
    return {
        **MGMT,
        "clusters/mgmt/prod/kustomization.yaml": kustomization("cluster.yaml", *listed) + lines,
        "clusters/mgmt/prod/cluster.yaml": cluster(spec="{a: 1, b: {c: [1, 2]}}"),
    }


@pytest.mark.parametrize(
    ("lines", "spec"),
    [
        ("patches:\n- patch: |\n    " + cluster(spec="{a: 2}").replace("\n", "\n    "), {"a": 2, "b": {"c": [1, 2]}}),
        (
            "patchesStrategicMerge:\n- |\n  " + cluster(spec="{a: 2}").replace("\n", "\n  "),
            {"a": 2, "b": {"c": [1, 2]}},
        ),
        # Lists of kinds without a schema are replaced, null removes, and what is written beside stays.
        ("patches:\n- target: {kind: Cluster}\n  patch: 'spec: {b: {c: [3]}}'\n", {"a": 1, "b": {"c": [3]}}),
        ("patches:\n- target: {kind: Cluster}\n  patch: 'spec: {b: null}'\n", {"a": 1}),
        ("patches:\n- target: {kind: Cluster}\n  patch: 'spec: {$patch: replace, d: 1}'\n", {"d": 1}),
        ("patches:\n- target: {kind: Cluster}\n  patch: 'spec: {b: {$patch: delete}}'\n", {"a": 1}),
        # Names, kinds and groups are patterns of the whole value; labels must fit.
        ("patches:\n- target: {kind: Clust, name: pr}\n  patch: 'spec: {a: 2}'\n", {"a": 1, "b": {"c": [1, 2]}}),
        ("patches:\n- target: {kind: C.*, name: p.+d}\n  patch: 'spec: {b: null}'\n", {"a": 1}),
        ("patches:\n- target: {labelSelector: tier=x}\n  patch: 'spec: {b: null}'\n", {"a": 1, "b": {"c": [1, 2]}}),
        ("patches:\n- target: {labelSelector: 'tier!=x,!y'}\n  patch: 'spec: {b: null}'\n", {"a": 1}),
        # JSON 6902, inline and in its own list.
        (
            "patches:\n- target: {kind: Cluster}\n  patch: '[{op: replace, path: /spec/b/c/0, value: 0}]'\n",
            {"a": 1, "b": {"c": [0, 2]}},
        ),
        (
            "patchesJson6902:\n- target: {kind: Cluster, name: prod}\n  patch: |-\n"  # noqa: ISC004
            "    - {op: add, path: /spec/b/c/-, value: 3}\n    - {op: remove, path: /spec/a}\n"
            "    - {op: test, path: /spec/b/c/0, value: 1}\n    - {op: copy, from: /spec/b/c/1, path: /spec/e}\n"
            "    - {op: move, from: /spec/e, path: /spec/f~1g}\n",
            {"b": {"c": [1, 2, 3]}, "f/g": 2},
        ),
        # What does not fit is left alone.
        (
            "patches:\n- target: {kind: Cluster}\n  patch: '[{op: replace, path: /spec/x/y, value: 0}]'\n",
            {"a": 1, "b": {"c": [1, 2]}},
        ),
    ],
)
def test_a_patch_is_part_of_what_is_applied(lines: str, spec: object) -> None:
    assert applied(with_lines(lines)) == [("clusters/mgmt", "prod", spec)]


def test_a_part_of_a_built_in_kind_changes_the_containers_that_it_names() -> None:
    deployment = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - {name: proxy, image: proxy}
      - {name: web, image: web, args: [a], env: [{name: A, value: "1"}], ports: [{containerPort: 80}]}
      - {name: old, image: old}
      - {name: [odd], image: odd}
      tolerations: [{key: a}]
"""
    patch = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - {name: new, image: new}
      - {name: web, env: [{name: B, value: "2"}], ports: [{containerPort: 80, name: http}]}
      - {name: old, $patch: delete}
      tolerations: [{key: b}]
"""
    files = with_lines("patches:\n- path: patch.yaml\n", "web.yaml")
    files |= {"clusters/mgmt/prod/web.yaml": deployment, "clusters/mgmt/prod/patch.yaml": patch}
    (web,) = (each for each in resources(files) if each.kind == "Deployment" and not each.patch)
    both = [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]
    assert web.spec["template"]["spec"] == {
        "containers": [
            {"name": "new", "image": "new"},
            {
                "name": "web",
                "image": "web",
                "args": ["a"],
                "env": both,
                "ports": [{"containerPort": 80, "name": "http"}],
            },
            {"name": "proxy", "image": "proxy"},
            {"name": ["odd"], "image": "odd"},
        ],
        "tolerations": [{"key": "b"}],
    }


def test_a_deleting_patch_leaves_nothing() -> None:
    delete = "apiVersion: anywhere.eks.amazonaws.com/v1alpha1\nkind: Cluster\nmetadata: {name: prod}\n$patch: delete\n"
    files = with_lines("patches:\n- path: gone.yaml\n")
    assert applied({**files, "clusters/mgmt/prod/gone.yaml": delete}) == []
    assert told(files, {**files, "clusters/mgmt/prod/gone.yaml": delete}) == [
        "removed Cluster default/prod in clusters/mgmt"
    ]


def test_what_a_patch_sets_stands_in_the_patch() -> None:
    patch = f"# note\n{cluster(spec='{a: 2}')}"
    files = with_lines("patches:\n- path: p.yaml\n")
    (change,) = changes(files, {**files, "clusters/mgmt/prod/p.yaml": patch})
    assert change.after is not None
    place = change.after.place(("spec", "a"))
    assert (place.path, place.span.line, place.span.column) == ("clusters/mgmt/prod/p.yaml", 5, 11)
    other = change.after.place(("spec", "b", "c"))
    assert (other.path, other.span.line) == ("clusters/mgmt/prod/cluster.yaml", 4)


def test_what_an_inline_patch_sets_stands_in_the_kustomization() -> None:
    lines = "patches:\n- target: {kind: Cluster}\n  patch: |-\n    - op: replace\n      path: /spec/a\n      value: 7\n"
    change, _ = changes(with_lines(""), with_lines(lines))
    assert change.after is not None
    place = change.after.place(("spec", "a"))
    assert (place.path, place.span.line, place.span.column) == ("clusters/mgmt/prod/kustomization.yaml", 10, 14)


def test_a_prefix_makes_another_object_and_is_found_by_its_new_name() -> None:
    files = with_lines('namePrefix: eu-\nnameSuffix: "-1"\n')
    assert [name for _, name, _ in applied(files)] == ["eu-prod-1"]
    (found,) = inventory(files).get(ResourceId("clusters/mgmt", EKSA, "Cluster", "default", "eu-prod-1"))
    assert found.value["metadata"]["name"] == "eu-prod-1"
    assert inventory(files).get(ResourceId("clusters/mgmt", EKSA, "Cluster", "default", "prod")) == []
    assert [line for line in told(with_lines(""), files) if "Cluster" in line] == [
        "added Cluster default/eu-prod-1 in clusters/mgmt",
        "removed Cluster default/prod in clusters/mgmt",
    ]


def test_a_merged_part_cannot_rename_and_an_operation_can() -> None:
    part = "patches:\n- target: {kind: Cluster}\n  patch: 'metadata: {name: other}'\n"
    assert [name for _, name, _ in applied(with_lines(part))] == ["prod"]
    allowed = part.replace("  patch", "  options: {allowNameChange: true}\n  patch")
    assert [name for _, name, _ in applied(with_lines(allowed))] == ["other"]
    operation = "patches:\n- target: {kind: Cluster}\n  patch: '[{op: replace, path: /metadata/name, value: new}]'\n"
    assert [name for _, name, _ in applied(with_lines(operation))] == ["new"]


def test_a_base_is_what_its_overlays_make_of_it() -> None:
    files = {
        **BASE,
        "sync.yaml": sync("./overlays"),
        "overlays/eu/kustomization.yaml": kustomization("../../base") + "namePrefix: eu-\n",
        "overlays/us/kustomization.yaml": kustomization("../../base")
        + "patches:\n- target: {kind: Cluster}\n  patch: '[{op: replace, path: /spec/a, value: 0}]'\n",
    }
    assert applied(files) == [("overlays", "eu-prod", {"a": 1, "b": 1}), ("overlays", "prod", {"a": 0, "b": 1})]
    grown = {**files, "base/cluster.yaml": cluster(spec="{a: 1, b: 2}")}
    assert told(files, grown) == [
        "changed Cluster default/eu-prod in overlays spec.b: 1 -> 2",
        "changed Cluster default/prod in overlays spec.b: 1 -> 2",
    ]
    without = {path: text for path, text in files.items() if "/us/" not in path}
    assert told(files, without) == [
        "removed Cluster default/prod in overlays",
        "removed Kustomization /overlays/us/kustomization.yaml",
    ]


def test_a_component_acts_on_all_that_its_user_takes_in() -> None:
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    files = {
        **with_lines("components:\n- ../../../components/small\n"),
        "components/small/kustomization.yaml": component
        + "patches:\n- target: {kind: Cluster}\n  patch: 'spec: {b: null}'\n",
    }
    assert applied(files) == [("clusters/mgmt", "prod", {"a": 1})]
    changed = {**files, "components/small/kustomization.yaml": component + "resources: []\n"}
    assert [line for line in told(files, changed) if "prod" in line] == [
        "changed Cluster default/prod in clusters/mgmt spec.b: None -> {'c': [1, 2]}"
    ]


def test_flux_patches_and_fills_in() -> None:
    patch = "  patches:\n  - target: {kind: Cluster}\n    patch: |\n      - {op: add, path: /spec/d, value: 1}\n"
    variables = "  postBuild: {substitute: {count: '3', name: prod}}\n"
    files = {
        "sync.yaml": sync("./a") + "  namePrefix: x-\n" + patch + variables,
        "a/cluster.yaml": cluster('"${name}"', "{count: '${count}', text: 'a${count}', other: '${missing:=x}'}"),
    }
    assert applied(files) == [("a", "x-prod", {"count": 3, "text": "a3", "other": "x", "d": 1})]


def test_a_variable_that_may_come_from_the_cluster_is_left_as_it_is() -> None:
    variables = "  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n"
    files = {"sync.yaml": sync("./a") + variables, "a/cluster.yaml": cluster(spec="{count: '${count}'}")}
    assert applied(files) == [("a", "prod", {"count": "${count}"})]


def settings(data: str, *, name: str = "settings", namespace: str | None = "flux-system") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}{place}}}\ndata: {data}\n"


def filled_from_settings(settings_file: str, *, own: str = "", listed: str = "[settings]") -> dict[str, str]:
    sources = ", ".join(f"{{kind: ConfigMap, name: {name}}}" for name in listed.strip("[]").split(", "))
    return {
        **MGMT,
        "clusters/mgmt/a.yaml": sync("./a", name="a")
        + f"  postBuild: {{substitute: {{{own}}}, substituteFrom: [{sources}]}}\n",
        "clusters/mgmt/settings.yaml": settings_file,
        "a/cluster.yaml": cluster('"${name}-1"', "{b: '${b:=none}'}"),
    }


def test_variables_come_from_a_configmap_of_the_repository() -> None:
    files = filled_from_settings(settings("{name: prod, b: '7'}"))
    assert applied(files) == [("clusters/mgmt", "prod-1", {"b": 7})]
    renamed = filled_from_settings(settings("{name: next, b: '7'}"))
    assert [line for line in told(files, renamed) if "Cluster" in line] == [
        "added Cluster default/next-1 in clusters/mgmt",
        "removed Cluster default/prod-1 in clusters/mgmt",
    ]
    kept = {**files, "other.yaml": settings("{name: next}", namespace="other")}
    assert applied(kept) == applied(files)


def test_the_last_source_of_a_variable_wins_and_the_sync_itself_over_all() -> None:
    both = settings("{name: prod, b: '1'}") + "---\n" + settings("{b: '2'}", name="more")
    for listed, value in (("[settings, more]", 2), ("[more, settings]", 1)):
        assert applied(filled_from_settings(both, listed=listed))[0][2] == {"b": value}
    assert applied(filled_from_settings(both, listed="[more, settings]", own="b: '3'"))[0][1:] == ("prod-1", {"b": 3})


@pytest.mark.parametrize(
    "file",
    [
        settings("{name: prod}", name="other"),
        settings("{name: prod}", namespace="other"),
        settings("{name: prod}", namespace=None),
        settings("{name: '${from}'}"),
        settings("{name: 'ENC[AES256_GCM,data:x]'}"),
        settings("{name: prod}") + "---\n" + settings("{name: next}"),
        settings("{name: prod}").replace("ConfigMap", "Secret"),
    ],
)
def test_variables_of_what_is_not_known_for_sure_stay(file: str) -> None:
    assert applied(filled_from_settings(file)) == [("clusters/mgmt", "${name}-1", {"b": "${b:=none}"})]
    assert applied(filled_from_settings(file, own="name: set"))[0][1] == "set-1"


def test_a_configmap_that_kustomize_changes_is_not_known() -> None:
    files = filled_from_settings("")
    own = {
        "clusters/mgmt/x/settings.yaml": settings("{name: prod}"),
        "clusters/mgmt/x/kustomization.yaml": kustomization("settings.yaml"),
    }
    assert applied({**files, **own})[0][1] == "prod-1"
    own["clusters/mgmt/x/kustomization.yaml"] += "namePrefix: eu-\n"
    assert applied({**files, **own})[0][1] == "${name}-1"


MADE = (
    "configMapGenerator:\n- name: settings\n  literals: [name=prod, 'b=\"7\"']\n  options: {labels: {x: '1'}}\n"
    "secretGenerator:\n- {name: pull, namespace: other, literals: [a=b]}\n"
)


def made(lines: str) -> list[tuple[str, str, str, object]]:
    found = (each for each in resources(with_lines(lines)) if each.kind in ("ConfigMap", "Secret"))
    return [(each.kind, each.id.namespace, each.id.name, each.value.get("data")) for each in found]


def test_generators_make_objects_under_the_name_that_others_name_them_by() -> None:
    assert made(MADE) == [
        ("ConfigMap", "default", "settings", {"name": "prod", "b": "7"}),
        ("Secret", "other", "pull", None),
    ]
    assert [each[1:3] for each in made("namespace: ours\nnamePrefix: x-\n" + MADE)] == [
        ("ours", "x-settings"),
        ("ours", "x-pull"),
    ]
    wrong = "configMapGenerator: [1, {}, {name: 2}, {name: a, literals: text}, {name: b, literals: [c, 1]}]\n"
    assert [each[2:] for each in made(wrong)] == [("a", {}), ("b", {})]
    assert made("configMapGenerator: [{name: a, behavior: merge, literals: [b=c]}]\nsecretGenerator: text\n") == []
    identity = ResourceId("clusters/mgmt", "", "ConfigMap", "default", "settings")
    (found,) = inventory(with_lines(MADE)).get(identity)
    assert (found.place().path, found.place().span.line) == ("clusters/mgmt/prod/kustomization.yaml", 6)
    assert found.value["metadata"]["labels"] == {"x": "1"}


def test_what_a_generator_makes_comes_changes_and_goes() -> None:
    files = {**with_lines(MADE), "clusters/mgmt/kustomization.yaml": kustomization("prod", "flux-system")}
    head = "in clusters/mgmt"
    other = {**files, **with_lines(MADE.replace("name=prod", "name=next"))}
    assert [line for line in told(files, other) if "settings" in line] == [
        f"changed ConfigMap default/settings {head} data.name: 'prod' -> 'next'"
    ]
    gone = [f"removed ConfigMap default/settings {head}", f"removed Secret other/pull {head}"]
    assert [line for line in told(files, {**files, **with_lines("")}) if "removed" in line] == gone
    left_out = {**files, "clusters/mgmt/kustomization.yaml": kustomization("flux-system")}
    assert [line for line in told(files, left_out) if "Cluster" not in line and "removed" in line] == gone


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("generatorOptions: {disableNameSuffixHash: true}\n", "prod-1"),
        ("", "${name}-1"),
        ("generatorOptions: {disableNameSuffixHash: true}\nnamePrefix: x-\n", "${name}-1"),
        ("generatorOptions: {disableNameSuffixHash: true}\n#files", "${name}-1"),
        ("generatorOptions: {disableNameSuffixHash: true}\n#merge", "${name}-1"),
    ],
)
def test_variables_come_from_a_configmap_that_a_generator_makes(lines: str, name: str) -> None:
    own = kustomization("other.yaml") + lines + MADE.replace("settings\n", "settings\n  namespace: flux-system\n", 1)
    if lines.endswith("#files"):
        own = own.replace("  options:", "  envs: [settings.env]\n  options:")
    files = {
        **filled_from_settings(""),
        "clusters/mgmt/x/kustomization.yaml": own,
        "clusters/mgmt/x/other.yaml": settings("{}", name="other"),
    }
    if lines.endswith("#merge"):
        merging = "configMapGenerator: [{name: settings, behavior: merge, literals: [name=next]}]\n"
        files["clusters/mgmt/kustomization.yaml"] = (
            kustomization("x", "a.yaml", "settings.yaml", "flux-system") + merging
        )
    assert applied(files)[0][1] == name


def test_an_object_is_exempt_from_variables_and_defaults_alone_need_a_strategy() -> None:
    body = cluster(spec="{a: '${b:=1}'}")
    exempt = body.replace("{name: prod}", "{name: prod, labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}}")
    own = "  postBuild: {substitute: {x: y}}\n"
    for text, post_build, value in (
        (body, own, 1),
        (exempt, own, "${b:=1}"),
        (body, "  postBuild: {}\n", "${b:=1}"),
        (body, "  postBuild: {substituteStrategy: Always}\n", 1),
    ):
        assert applied({"sync.yaml": sync("./a") + post_build, "a/cluster.yaml": text})[0][2] == {"a": value}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("${a}-dc", "prod-dc", True),
        ("prod-dc", "x-${a}", False),
        ("x-${a}-dc", "x-dc", False),
        ("${a}-1", "x-${b}", True),
        ("a-${a}", "b-${a}", False),
        ("{{ a }}", "anything", True),
        ("prod-{% a %}-1", "prod-eu-1", True),
        ("prod-%{ if a }eu", "prod-eu", True),
        ("prod", "prod", True),
        ("prod", "prod2", False),
    ],
)
def test_names_that_are_filled_in_may_be_others(one: str, other: str, *, expected: bool) -> None:
    identities = [ResourceId("", EKSA, "Cluster", "default", name) for name in (one, other)]
    assert may_be(*identities) is may_be(*reversed(identities)) is expected
    assert not may_be(identities[0], identities[1]._replace(kind="OIDCConfig"))


def test_annotations_for_everything_are_on_everything() -> None:
    common = "  commonMetadata: {annotations: {x: '1'}}\n"
    files = {"sync.yaml": sync("./a") + common, "a/cluster.yaml": cluster()}
    (found,) = (resource for resource in resources(files) if resource.kind == "Cluster")
    assert found.value["metadata"]["annotations"] == {"x": "1"}


def test_what_flux_applies_of_a_base_lands_where_the_overlays_of_its_kustomization_do() -> None:
    apps = sync("./base/apps").replace("name: flux-system", "name: apps", 1)
    files = {
        **MGMT,
        "clusters/mgmt/kustomization.yaml": kustomization("../../stages/prod"),
        "stages/prod/kustomization.yaml": kustomization("../../base"),
        "base/apps/cluster.yaml": cluster(),
        "base/apps/kustomization.yaml": kustomization("cluster.yaml"),
    }
    before = {**files, "base/kustomization.yaml": kustomization("apps")}
    after = {**files, "base/kustomization.yaml": kustomization("apps.yaml"), "base/apps.yaml": apps}
    assert [root for root, _, _ in applied(before)] == [root for root, _, _ in applied(after)] == ["clusters/mgmt"]
    assert not [line for line in told(before, after) if line.startswith("removed")]


def test_kustomizations_that_take_in_each_other_come_to_an_end() -> None:
    files = {
        "a/kustomization.yaml": kustomization("../b") + "components: [../b, .]\n",
        "b/kustomization.yaml": kustomization("../a", "cluster.yaml") + "components: [../a]\n",
        "b/cluster.yaml": cluster(),
        "kustomization.yaml": kustomization(".", "a"),
    }
    assert [name for _, name, _ in applied(files)] == ["prod"]
    assert told(files, {**files, "b/cluster.yaml": cluster(spec="{a: 1}")})


@pytest.mark.parametrize(
    "lines",
    [
        "patches: text\n",
        "patches: [1, null, {}, {path: 1}, {patch: 2}, {patch: '{'}, {path: missing.yaml}, [x]]\n",
        "patches:\n- target: text\n  patch: 'spec: {}'\n- target: {name: '('}\n  patch: 'spec: {}'\n",
        "patches:\n- target: {}\n  patch: '[1, {}, {op: x, path: /a}, {op: add, path: 1}, {op: remove, path: \"\"}]'\n",
        "patches:\n- target: {}\n  patch: '[{op: replace, path: \"\", value: text}]'\n",
        "patches:\n- target: {}\n  patch: '[{op: remove, path: /metadata/name}]'\n",
        "patches:\n- target: {}\n  patch: '[{op: add, path: /metadata, value: []}]'\n",
        "patches:\n- target: {}\n  patch: '[{op: replace, path: /kind, value: 1}]'\n",
        "patchesStrategicMerge: [1, {}, text]\npatchesJson6902: [{}]\nnamePrefix: 1\ncommonAnnotations: [x]\n",
        "components: [1, ., .., text]\nbases: {}\nresources: text\n",
    ],
)
def test_what_is_written_wrong_is_passed_over(lines: str) -> None:
    applied(with_lines(lines))
    told(with_lines(""), with_lines(lines))
