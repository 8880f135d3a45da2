"""What Flux waits for in vain: `dependsOn` over what is removed, suspended or cannot be built."""

import pytest
from model_support import inventory, kustomization

from eksa_lint.model.dependencies import dependencies_of
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.model.sync import FLUX, is_sync, object_of

ROOT = "clusters/mgmt"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def sync(name: str, path: str, more: str = "", source: str = "flux-system") -> str:
    return (
        f"apiVersion: {FLUX}/v1\nkind: Kustomization\nmetadata: {{name: {name}, namespace: flux-system}}\n"
        f"spec: {{path: ./{path}, prune: true, sourceRef: {{kind: GitRepository, name: {source}}}{more}}}\n"
    )


def waiting(files: dict[str, str], name: str = "apps") -> str:
    """What one waits for in vain, and why."""
    objects = inventory(
        {
            f"{ROOT}/flux-system/gotk-sync.yaml": sync("flux-system", ROOT),
            f"{ROOT}/apps.yaml": sync("apps", "apps", ", dependsOn: [{name: infra}]"),
            "apps/a.yaml": CONFIG,
            **files,
        }
    )
    (found,) = objects.get(ResourceId(ROOT, FLUX, "Kustomization", "flux-system", name))
    return objects.dependencies.held_back(found)


INFRA = {f"{ROOT}/infra.yaml": sync("infra", "infra"), "infra/a.yaml": CONFIG}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (INFRA, ""),
        ({}, ""),  # it may be there all the same
        ({**INFRA, f"{ROOT}/infra.yaml": sync("infra", "infra", ", suspend: true")}, "infra, which is suspended"),
        ({**INFRA, f"{ROOT}/infra.yaml": sync("infra", "infra", ", suspend: true", source="other")}, ""),
        ({f"{ROOT}/infra.yaml": sync("infra", "infra")}, "infra, which cannot be built, as infra is not there"),
        ({f"{ROOT}/infra.yaml": sync("infra", "infra", source="other")}, ""),
        ({f"{ROOT}/infra.yaml": sync("infra", "infra"), ".gitmodules": ""}, ""),
        (
            {**INFRA, "infra/deep/er/kustomization.yaml": kustomization("b.yaml")},
            "infra, which cannot be built, as infra/deep/er/b.yaml is not there",
        ),
        (
            {
                **INFRA,
                "infra/kustomization.yaml": kustomization("../base"),
                "base/kustomization.yaml": kustomization("b"),
            },
            "infra, which cannot be built, as base/b is not there",
        ),
        ({**INFRA, "infra/kustomization.yaml": kustomization("a.yaml", "https://git.example.org/x")}, ""),
        (
            {**INFRA, f"{ROOT}/infra.yaml": sync("infra", "infra", ", dependsOn: [{name: apps}]")},
            "infra, which depends on it in turn",
        ),
        (
            {**INFRA, f"{ROOT}/infra.yaml": sync("infra", "infra", ", dependsOn: [{name: infra}]")},
            "infra, which depends on itself",
        ),
        ({**INFRA, f"{ROOT}/infra.yaml": sync("infra", "infra", ", dependsOn: [{name: apps, readyExpr: 'true'}]")}, ""),
        ({**INFRA, f"{ROOT}/infra.yaml": sync("infra", "infra", ", dependsOn: text")}, ""),
        ({**INFRA, f"{ROOT}/infra.yaml": sync("infra", "infra", ", dependsOn: [1, {}, {name: 2}]")}, ""),
    ],
)
def test_a_sync_waits_for_what_does_not_get_ready(files: dict[str, str], why: str) -> None:
    assert waiting(files) == why


def test_a_dependency_is_in_the_same_namespace_unless_it_says_another() -> None:
    text = sync("apps", "apps", ", dependsOn: [{name: a}, {name: b, namespace: other}]")
    objects = inventory({f"{ROOT}/apps.yaml": text, f"{ROOT}/flux-system/gotk-sync.yaml": sync("flux-system", ROOT)})
    (found,) = (each for each in objects.resources_in(f"{ROOT}/apps.yaml") if is_sync(each))
    assert [each.on[3:] for each in dependencies_of(found)] == [("flux-system", "a"), ("other", "b")]
    own = objects.layout.sync(found.path)
    assert own is not None
    outer = object_of(own, objects)
    assert isinstance(outer, Resource)
    assert outer.id.name == "flux-system"


def test_all_that_waits_for_one_is_found_over_others_too() -> None:
    objects = inventory(
        {
            f"{ROOT}/flux-system/gotk-sync.yaml": sync("flux-system", ROOT),
            f"{ROOT}/a.yaml": sync("a", "a", ", dependsOn: [{name: b}]"),
            f"{ROOT}/b.yaml": sync("b", "b", ", dependsOn: [{name: c}, {name: a}]"),
            f"{ROOT}/c.yaml": sync("c", "c"),
            f"{ROOT}/d.yaml": sync("d", "d", ", dependsOn: [{name: c, readyExpr: 'true'}]"),
        }
    )
    found = objects.dependencies.waiting_for(ResourceId(ROOT, FLUX, "Kustomization", "flux-system", "c"))
    assert sorted(each.id.name for each in found) == ["a", "b"]
