"""Choosing a schema, and what it costs not to need one."""

import subprocess
import sys

import pytest

from eksa_lint.model.resource import EKSA
from eksa_lint.schema import catalog

NEWEST = catalog.releases()[-1]


@pytest.mark.parametrize(
    ("written", "release"),
    [
        ("v0.22.3", "v0.22"),
        ("v0.22", "v0.22"),
        ("0.18.1", "v0.18"),
        ("v0.10.0", "v0.10"),
        ("v0.9.2", "v0.10"),
        ("v0.99.0", NEWEST),
        ("v1.0.0", NEWEST),
        ("v0.0.0-dev+build.7", NEWEST),
        ("v0.22.3-eks-a", "v0.22"),
        ("${EKSA_VERSION}", NEWEST),
        ("latest", NEWEST),
        ("", NEWEST),
        (None, NEWEST),
    ],
)
def test_a_version_stands_for_the_nearest_known_release(written: str | None, release: str) -> None:
    assert catalog.release_for(written) == release


def test_every_release_from_v0_10_is_known() -> None:
    assert catalog.releases() == tuple(f"v0.{minor}" for minor in range(10, 27))


@pytest.mark.parametrize("release", catalog.releases())
def test_every_file_of_the_index_is_there(release: str) -> None:
    for kind in catalog.kinds(EKSA):
        shape = catalog.at_release(kind, release)
        if shape is not None:
            assert shape.content["properties"]["spec"], kind


@pytest.mark.parametrize(
    ("group", "version", "kind", "eksa_version", "file"),
    [
        (EKSA, "v1alpha1", "Cluster", "v0.11.4", "eks-anywhere/Cluster/v0.10.json"),
        (EKSA, "v1alpha1", "Cluster", None, "eks-anywhere/Cluster/v0.24.json"),
        (EKSA, "v1alpha1", "OIDCConfig", "v0.26.1", "eks-anywhere/OIDCConfig/v0.10.json"),
        ("source.toolkit.fluxcd.io", "v1", "GitRepository", None, "flux/GitRepository/v1.json"),
        ("source.toolkit.fluxcd.io", "v1beta2", "GitRepository", "v0.12", "flux/GitRepository/v1beta2.json"),
        ("kustomize.toolkit.fluxcd.io", "v1beta1", "Kustomization", None, "flux/Kustomization/v1beta1.json"),
    ],
)
def test_a_schema_is_found_by_kind_version_and_release(
    group: str, version: str, kind: str, eksa_version: str | None, file: str
) -> None:
    shape = catalog.find(group, version, kind, eksa_version)
    assert shape is not None
    assert shape.file == file


@pytest.mark.parametrize(
    ("group", "version", "kind", "eksa_version"),
    [
        (EKSA, "v1beta1", "Cluster", None),
        (EKSA, "v1alpha1", "Clusterr", None),
        (EKSA, "v1alpha1", "Release", None),
        (EKSA, "v1alpha1", "NutanixMachineConfig", "v0.11.0"),
        ("source.toolkit.fluxcd.io", "v2", "GitRepository", None),
        ("apps", "v1", "Deployment", None),
        ("", "v1", "Pod", None),
    ],
)
def test_what_is_not_known_has_no_schema(group: str, version: str, kind: str, eksa_version: str | None) -> None:
    assert catalog.find(group, version, kind, eksa_version) is None


def test_a_group_has_the_kinds_of_any_release() -> None:
    known = catalog.kinds(EKSA)
    for kind in ("Cluster", "Bundles", "EKSARelease", "Release", "ControlPlaneUpgrade", "SnowIPPool"):
        assert kind in known
    assert catalog.kinds("source.toolkit.fluxcd.io") == ("GitRepository", "OCIRepository")
    assert catalog.kinds("apps") == ()


def test_importing_brings_no_validator() -> None:
    program = (
        "import sys, eksa_lint.schema.explain, eksa_lint.rules.checks.schema\n"
        "print([name for name in ('jsonschema', 'jsonschema_rs') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_right_object_needs_no_explanation() -> None:
    program = (
        "import sys\n"
        "from eksa_lint.schema import catalog, explain\n"
        f"shape = catalog.find('{EKSA}', 'v1alpha1', 'Cluster')\n"
        "value = {'apiVersion': 'x', 'kind': 'Cluster', 'metadata': {'name': 'prod'}, 'spec': {}}\n"
        "print(list(explain.explain(shape, value)), 'jsonschema' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False"
