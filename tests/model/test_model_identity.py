"""Who is who: the root that Flux applies, the effective namespace, and what is known by its path alone."""

import pytest
from model_support import cluster, ids, inventory, kustomization, resources, sync, thing

from eksa_lint.model.resource import EKSA, ResourceId

CLUSTER = f"{EKSA}|Cluster"
MGMT = {"clusters/mgmt/flux-system/gotk-sync.yaml": sync("./clusters/mgmt")}


def one(files: dict[str, str], path: str) -> str:
    """The identity of the only object of a file."""
    (identity,) = (resource.id for resource in resources(files) if resource.path == path)
    return "|".join(identity)


def test_without_flux_there_is_one_root_the_empty_one() -> None:
    assert ids({"a.yaml": cluster(), "deep/down/b.yaml": cluster("other")}) == [
        f"|{CLUSTER}|default|prod",
        f"|{CLUSTER}|default|other",
    ]


@pytest.mark.parametrize(
    "written",
    [
        "./clusters/mgmt",
        "clusters/mgmt",
        "clusters/mgmt/",
        "/clusters/mgmt",
        "./clusters//mgmt/",
        '"./clusters/mgmt"',
        "clusters/../clusters/mgmt",
        "./clusters/mgmt # ours",
    ],
)
def test_the_root_is_the_folder_that_flux_applies_however_it_is_written(written: str) -> None:
    files = {"clusters/mgmt/flux-system/gotk-sync.yaml": sync(written), "clusters/mgmt/prod/a.yaml": cluster()}
    assert one(files, "clusters/mgmt/prod/a.yaml") == f"clusters/mgmt|{CLUSTER}|default|prod"


def test_a_sync_of_the_top_is_the_root_of_everything() -> None:
    files = {"flux-system/gotk-sync.yaml": sync("./"), "a/b.yaml": cluster()}
    assert one(files, "a/b.yaml") == f".|{CLUSTER}|default|prod"


def test_what_no_sync_applies_has_the_empty_root() -> None:
    files = {**MGMT, "clusters/mgmt-2/a.yaml": cluster(), "a.yaml": cluster()}
    assert one(files, "clusters/mgmt-2/a.yaml") == f"|{CLUSTER}|default|prod"
    assert one(files, "a.yaml") == f"|{CLUSTER}|default|prod"


def test_the_same_name_under_two_management_clusters_is_two_objects() -> None:
    files = {
        "clusters/one/flux-system/gotk-sync.yaml": sync("./clusters/one"),
        "clusters/two/flux-system/gotk-sync.yaml": sync("./clusters/two"),
        "clusters/one/a.yaml": cluster(),
        "clusters/two/a.yaml": cluster(),
    }
    objects = inventory(files)
    for root in ("clusters/one", "clusters/two"):
        (found,) = objects.get(ResourceId(root, EKSA, "Cluster", "default", "prod"))
        assert found.path == f"{root}/a.yaml"
        assert (
            len(
                objects.get(
                    ResourceId(root, "kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", "flux-system")
                )
            )
            == 1
        )


def test_a_sync_that_another_one_applies_lands_in_the_outer_cluster() -> None:
    """Management cluster -> apps -> deeper: one root, and the namespace of the nearest."""
    files = {
        **MGMT,
        "clusters/mgmt/apps.yaml": sync("./apps", name="apps", namespace="apps"),
        "apps/deep.yaml": sync("./deep", name="deep"),
        "apps/a.yaml": thing("ConfigMap", "a", group=""),
        "deep/b.yaml": thing("ConfigMap", "b", group=""),
        "clusters/mgmt/c.yaml": thing("ConfigMap", "c", group=""),
    }
    assert one(files, "apps/a.yaml") == "clusters/mgmt||ConfigMap|apps|a"
    assert one(files, "deep/b.yaml") == "clusters/mgmt||ConfigMap|default|b"
    assert one(files, "clusters/mgmt/c.yaml") == "clusters/mgmt||ConfigMap|default|c"


def test_the_nearest_sync_counts() -> None:
    files = {
        **MGMT,
        "clusters/mgmt/tenants.yaml": sync("./clusters/mgmt/tenants", name="tenants", namespace="tenants"),
        "clusters/mgmt/tenants/a.yaml": thing("ConfigMap", "a", group=""),
    }
    assert one(files, "clusters/mgmt/tenants/a.yaml") == "clusters/mgmt||ConfigMap|tenants|a"


def source(name: str, url: str, branch: str = "main") -> str:
    return (
        "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        f"metadata: {{name: {name}, namespace: flux-system}}\nspec: {{url: '{url}', ref: {{branch: {branch}}}}}\n"
    )


OWN = source("flux-system", "ssh://git@git.example.org/acme/fleet")


@pytest.mark.parametrize(
    ("name", "declared", "own", "applies"),
    [
        ("flux-system", "", OWN, True),
        ("team", source("team", "https://git.example.org/team/apps"), OWN, False),
        ("team", source("team", "ssh://git@git.example.org/acme/fleet", "team"), OWN, False),
        ("fleet", source("fleet", "https://git.example.org/acme/fleet.git"), OWN, True),
        ("fleet", source("fleet", "git@git.example.org:acme/fleet"), OWN, True),
        ("team", source("team", "https://git.example.org/team/apps"), "", False),
        ("elsewhere", "", OWN, True),  # nobody knows which repository that is
    ],
)
def test_a_sync_of_another_repository_applies_nothing_of_this_one(
    name: str, declared: str, own: str, *, applies: bool
) -> None:
    refers = "  sourceRef: {{kind: GitRepository, name: {}}}\n"
    files = {
        "clusters/mgmt/flux-system/gotk-sync.yaml": sync("./clusters/mgmt") + refers.format("flux-system") + own,
        "clusters/mgmt/other.yaml": sync("./", name=name) + refers.format(name) + declared,
        "apps/a.yaml": thing("ConfigMap", "a", group=""),
    }
    assert (inventory(files).layout.sync("apps/a.yaml") is not None) == applies


def test_syncs_that_apply_each_other_come_to_an_end() -> None:
    files = {"a/sync.yaml": sync("./b"), "b/sync.yaml": sync("./a"), "a/x.yaml": cluster(), "b/y.yaml": cluster()}
    assert one(files, "a/x.yaml").split("|")[0] in ("a", "b")
    assert one(files, "b/y.yaml").split("|")[0] in ("a", "b")


@pytest.mark.parametrize(
    ("files", "namespace"),
    [
        ({}, "default"),
        ({"kustomization.yaml": kustomization("a/", namespace="outer")}, "outer"),
        ({"a/kustomization.yaml": kustomization("b/o.yaml", namespace="inner")}, "inner"),
        ({"a/kustomization.yml": kustomization("b/o.yaml", namespace="inner")}, "inner"),
        ({"a/Kustomization": kustomization("b/o.yaml", namespace="inner")}, "inner"),
        # The outermost one that includes the file is applied last.
        (
            {
                "kustomization.yaml": kustomization("a", namespace="outer"),
                "a/kustomization.yaml": kustomization("b/o.yaml", namespace="inner"),
            },
            "outer",
        ),
        # A file that is not listed is not touched.
        ({"a/kustomization.yaml": kustomization("other.yaml", namespace="inner")}, "default"),
        ({"a/b/kustomization.yaml": kustomization("o.yaml", namespace="")}, "default"),
        ({"sync.yaml": sync("./a", namespace="target")}, "target"),
        (
            {
                "sync.yaml": sync("./a", namespace="target"),
                "a/kustomization.yaml": kustomization("b", namespace="inner"),
            },
            "target",
        ),
    ],
)
def test_the_namespace_is_the_effective_one(files: dict[str, str], namespace: str) -> None:
    assert one({**files, "a/b/o.yaml": cluster()}, "a/b/o.yaml").split("|")[3] == namespace
    written = one({**files, "a/b/o.yaml": cluster(namespace="written")}, "a/b/o.yaml").split("|")[3]
    assert written == ("written" if namespace == "default" else namespace)


@pytest.mark.parametrize(
    ("group", "kind", "namespace"),
    [
        ("", "Namespace", ""),
        ("rbac.authorization.k8s.io", "ClusterRole", ""),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding", ""),
        ("apiextensions.k8s.io", "CustomResourceDefinition", ""),
        ("storage.k8s.io", "StorageClass", ""),
        ("rbac.authorization.k8s.io", "Role", "written"),
        # The kind of another group is another kind.
        ("example.org", "Namespace", "written"),
    ],
)
def test_kinds_of_the_whole_cluster_have_no_namespace(group: str, kind: str, namespace: str) -> None:
    files = {"a.yaml": thing(kind, "a", group=group, namespace="written")}
    assert ids(files) == [f"|{group}|{kind}|{namespace}|a"]


def test_a_list_is_opened_however_deep() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
        f"- {{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}\n" for name in "abc"
    )
    text += "- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Secret, metadata: {name: d}}\n"
    text += "- text\n- {kind: x}\n"
    assert ids({"a.yaml": text}) == [
        "||ConfigMap|default|a",
        "||ConfigMap|default|b",
        "||ConfigMap|default|c",
        "||Secret|default|d",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}\n", "Pod"),
        ("apiVersion: v1\nkind: Pod\n", "Pod"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: ''}\n", "Pod"),
        ("apiVersion: v1\nkind: Pod\nmetadata: [x]\n", "Pod"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: [x]}\n", "Pod"),
        ("apiVersion: v1\nkind: Config\nmetadata: {name: x}\nclusters: []\n", "Config"),
        (kustomization("a.yaml"), "Kustomization"),
    ],
)
def test_what_nothing_applies_under_a_name_is_known_by_its_path(text: str, kind: str) -> None:
    files = {**MGMT, "clusters/mgmt/x.yaml": text}
    (resource,) = (resource for resource in resources(files) if resource.path == "clusters/mgmt/x.yaml")
    assert (resource.id.root, resource.id.kind, resource.id.namespace, resource.id.name) == (
        "",
        kind,
        "",
        "clusters/mgmt/x.yaml",
    )
    assert inventory(files).get(resource.id)[0].path == resource.path


def test_several_of_them_in_one_file_are_told_apart() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n"
    text = f"{pod}---\n{pod}"
    assert len(set(ids({"a.yaml": text}))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1\n",
        "- x\n",
        "text\n",
        "kind: Cluster\nmetadata: {name: a}\n",
        "apiVersion: v1\n",
        "apiVersion: 1\nkind: x\n",
        "apiVersion: v1\nkind: [x]\n",
        "apiVersion: ''\nkind: x\n",
    ],
)
def test_a_document_that_is_no_object_has_no_identity(text: str) -> None:
    assert ids({"a.yaml": text}) == []


@pytest.mark.parametrize(("name", "identity"), [("1", "1"), ("'01'", "01"), ("1.5", "1.5"), ("prod.eu", "prod.eu")])
def test_a_name_is_text(name: str, identity: str) -> None:
    assert ids({"a.yaml": cluster(name)}) == [f"|{CLUSTER}|default|{identity}"]


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("a.yaml", True),
        ("a.yml", True),
        ("a.json", True),
        ("Kustomization", True),
        ("x/Kustomization", True),
        ("a.YAML", False),
        ("a.yaml.bak", False),
        ("a.txt", False),
        ("yaml", False),
        ("notKustomization", False),
    ],
)
def test_objects_are_read_from_manifests_alone(path: str, is_one: bool) -> None:
    text = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}'
    assert bool(ids({path: text})) is is_one


def test_a_json_file_of_something_else_is_no_manifest() -> None:
    assert list(inventory({"package.json": '{"kind": "x"}', "a.json": "[1]"}).manifests) == []


def test_an_identity_has_all_its_resources_and_never_silently_the_last() -> None:
    files = {"a.yaml": cluster(), "b.yaml": f"{cluster()}---\n{cluster(namespace='default')}"}
    found = inventory(files).get(ResourceId("", EKSA, "Cluster", "default", "prod"))
    assert [resource.path for resource in found] == ["a.yaml", "b.yaml", "b.yaml"]


def test_a_patch_of_kustomize_is_no_object_of_its_own() -> None:
    files = {
        "kustomization.yaml": kustomization("base.yaml", patches=("patch.yaml",)),
        "base.yaml": cluster(),
        "patch.yaml": cluster(),
    }
    objects = inventory(files)
    assert [resource.path for resource in objects.get(ResourceId("", EKSA, "Cluster", "default", "prod"))] == [
        "base.yaml"
    ]
    assert [resource.patch for resource in objects.resources_in("patch.yaml")] == [True]


@pytest.mark.parametrize("is_complete", [False, True])
def test_reading_everything_first_finds_the_same(is_complete: bool) -> None:
    files = {**MGMT, "clusters/mgmt/a.yaml": cluster(), "clusters/mgmt/b.yaml": cluster("other"), "c.yaml": cluster()}
    objects = inventory(files)
    if is_complete:
        objects.parse_all()
    assert [found.path for found in objects.get(ResourceId("clusters/mgmt", EKSA, "Cluster", "default", "prod"))] == [
        "clusters/mgmt/a.yaml"
    ]
    assert [found.path for found in objects.get(ResourceId("", EKSA, "Cluster", "default", "prod"))] == ["c.yaml"]
    assert objects.get(ResourceId("", EKSA, "Cluster", "default", "nobody")) == []


def test_objects_and_clusters_are_counted_by_their_text() -> None:
    files = {"a.yaml": f"{cluster()}---\n{thing('Other', 'a')}", "b.yaml": cluster("b"), "c.txt": cluster()}
    manifests = inventory(files).manifests
    assert (manifests.count_objects(), manifests.count_clusters()) == (3, 2)
