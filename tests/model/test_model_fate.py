"""What becomes of clusters that leave what is applied, as data."""

import pytest
from conftest import Files
from model_support import cluster, kustomization, sync

from eksa_lint.model.compare import compare
from eksa_lint.model.departure import Exit
from eksa_lint.model.fate import ClusterFate, Fate, fates
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library

MGMT = {"clusters/mgmt/flux-system/gotk-sync.yaml": sync("./clusters/mgmt")}
WORKLOAD = cluster(spec="{managementCluster: {name: mgmt}, controlPlaneConfiguration: {count: 3}}")
OTHER = {"clusters/mgmt/other.yaml": cluster("other", "{managementCluster: {name: mgmt}}")}
FILE = "clusters/mgmt/prod.yaml"
GUARD = "metadata: {annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}, "


def told(before: dict[str, str], after: dict[str, str]) -> list[ClusterFate]:
    library = Library()
    old, new = Inventory(Files(before), library, "before"), Inventory(Files(after), library, "after")
    return list(fates(compare(old, new), old, new))


@pytest.mark.parametrize(
    ("before", "after", "fate", "left"),
    [
        ({FILE: WORKLOAD}, {}, Fate.DELETED, Exit.GONE),
        ({**MGMT, FILE: WORKLOAD}, MGMT, Fate.DELETED, Exit.GONE),
        ({**MGMT, FILE: WORKLOAD}, {FILE: WORKLOAD}, Fate.DELETED, Exit.NOT_SYNCED),
        ({**MGMT, FILE: WORKLOAD}, {"README.md": "x"}, Fate.WAITS, Exit.GONE),
        ({**MGMT, FILE: WORKLOAD.replace("metadata: {", GUARD)}, MGMT, Fate.ORPHANED, Exit.GONE),
        ({**MGMT, FILE: cluster()}, MGMT, Fate.HANGS, Exit.GONE),
        (
            {
                **MGMT,
                **OTHER,
                FILE: WORKLOAD,
                "clusters/mgmt/kustomization.yaml": kustomization("other.yaml", "prod.yaml"),
            },
            {**MGMT, **OTHER, FILE: WORKLOAD, "clusters/mgmt/kustomization.yaml": kustomization("other.yaml")},
            Fate.DELETED,
            Exit.LEFT_OUT,
        ),
        (
            {**MGMT, FILE: WORKLOAD, "clusters/mgmt/kustomization.yaml": kustomization("prod.yaml")},
            {
                **MGMT,
                FILE: WORKLOAD,
                "clusters/mgmt/kustomization.yaml": kustomization("prod.yaml", "https://git.example.org/x"),
            },
            None,
            None,
        ),
        (
            {**MGMT, FILE: WORKLOAD, "clusters/mgmt/kustomization.yaml": kustomization("prod.yaml")},
            {**MGMT, FILE: WORKLOAD, "clusters/mgmt/kustomization.yaml": kustomization("https://git.example.org/x")},
            Fate.UNKNOWN,
            Exit.LEFT_OUT,
        ),
        (
            {**MGMT, FILE: WORKLOAD, "clusters/mgmt/kustomization.yaml": kustomization("prod.yaml")},
            {
                **MGMT,
                FILE: WORKLOAD,
                "clusters/mgmt/kustomization.yaml": kustomization("prod.yaml") + "namePrefix: eu-\n",
            },
            Fate.DELETED,
            Exit.RENAMED,
        ),
    ],
)
def test_the_fate_of_a_cluster(
    before: dict[str, str], after: dict[str, str], fate: Fate | None, left: Exit | None
) -> None:
    found = told(before, after)
    assert [(each.fate, each.departure.exit) for each in found] == ([] if fate is None else [(fate, left)])


def test_a_sync_that_comes_to_say_the_default_namespace_is_still_there() -> None:
    suspended = sync("./clusters/mgmt") + "  suspend: true\n"
    before = {**OTHER, "sync.yaml": suspended.replace(", namespace: flux-system", ""), FILE: WORKLOAD}
    (found,) = told(before, {**OTHER, "sync.yaml": suspended.replace("namespace: flux-system", "namespace: default")})
    assert (found.fate, found.reason) == (Fate.WAITS, "sync.yaml is suspended")


def test_a_fate_says_how_many_machines_go_and_what_comes() -> None:
    renamed = {**MGMT, FILE: WORKLOAD.replace("name: prod", "name: prod-2")}
    (found,) = told({**MGMT, FILE: WORKLOAD}, renamed)
    assert (found.machines, found.once_pruned) == (3, Fate.DELETED)
    assert found.successor is not None
    assert found.successor.id.name == "prod-2"


def test_a_management_cluster_would_hang_once_flux_runs_again() -> None:
    (found,) = told({**MGMT, FILE: cluster()}, {"README.md": "x"})
    assert (found.fate, found.once_pruned) == (Fate.WAITS, Fate.HANGS)
