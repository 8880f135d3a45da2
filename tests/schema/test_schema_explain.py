"""What an object does wrong, in the words that people read."""

import time
from typing import Any

import pytest
from schema_support import errors

from eksa_lint.model.resource import EKSA
from eksa_lint.schema import catalog
from eksa_lint.schema.explain import explain, explain_kind
from eksa_lint.syntax import parse

FLUX = {
    "GitRepository": "source.toolkit.fluxcd.io",
    "Kustomization": "kustomize.toolkit.fluxcd.io",
}
SYNC = "interval: 1m, prune: true, sourceRef: {kind: GitRepository, name: flux-system}"


@pytest.mark.parametrize(
    ("kind", "body", "path", "message", "label"),
    [
        (
            "Cluster",
            "spec: {workerNodeGroupConfiguration: []}",
            ("spec", "workerNodeGroupConfiguration"),
            "Cluster prod has no field spec.workerNodeGroupConfiguration",
            "did you mean workerNodeGroupConfigurations?",
        ),
        (
            "Cluster",
            "spec: {controlPlaneConfiguration: {Count: 3}}",
            ("spec", "controlPlaneConfiguration", "Count"),
            "Cluster prod has no field spec.controlPlaneConfiguration.Count",
            "did you mean count?",
        ),
        (
            "Cluster",
            "spec: {workerNodeGroupConfigurations: [{name: md-0, cuont: 3}]}",
            ("spec", "workerNodeGroupConfigurations", 0, "cuont"),
            "Cluster prod has no field spec.workerNodeGroupConfigurations[md-0].cuont",
            "did you mean count?",
        ),
        (
            "Cluster",
            "spec: {host: 10.0.0.1}",
            ("spec", "host"),
            "Cluster prod has no field spec.host",
            "spec.controlPlaneConfiguration.endpoint has it",
        ),
        (
            "Cluster",
            ("spec: {controlPlaneConfiguration: {upgradeRolloutStrategy: {rollingUpdate: {maxUnavailable: 1}}}}"),
            (
                "spec",
                "controlPlaneConfiguration",
                "upgradeRolloutStrategy",
                "rollingUpdate",
                "maxUnavailable",
            ),
            (
                "Cluster prod has no field "
                "spec.controlPlaneConfiguration.upgradeRolloutStrategy.rollingUpdate.maxUnavailable"
            ),
            "spec.workerNodeGroupConfigurations[*].upgradeRolloutStrategy.rollingUpdate has it",
        ),
        (
            "Cluster",
            "spec: {controlPlaneConfiguration: {endpoint: {host: a, port: 6443}}}",
            ("spec", "controlPlaneConfiguration", "endpoint", "port"),
            "Cluster prod has no field spec.controlPlaneConfiguration.endpoint.port",
            "",
        ),
        (
            "Cluster",
            "spec: {controlPlaneConfiguration: {datacenterRef: {}}}",
            ("spec", "controlPlaneConfiguration", "datacenterRef"),
            "Cluster prod has no field spec.controlPlaneConfiguration.datacenterRef",
            "spec has it",
        ),
        (
            "Cluster",
            "spec: {clusterNetwork: {cniConfig: {kindnetd: {mtu: 1}}}}",
            ("spec", "clusterNetwork", "cniConfig", "kindnetd", "mtu"),
            "Cluster prod has no field spec.clusterNetwork.cniConfig.kindnetd.mtu",
            "",
        ),
        (
            "VSphereMachineConfig",
            "spec: {datastore: a, resourcePool: b, thumbprint: c}",
            ("spec", "thumbprint"),
            "VSphereMachineConfig prod has no field spec.thumbprint",
            "VSphereDatacenterConfig has it",
        ),
        ("Cluster", "Spec: {}", ("Spec",), "Cluster prod has no field Spec", "did you mean spec?"),
        (
            "Cluster",
            "metadata: {name: prod, label: {}}",
            ("metadata", "label"),
            "Cluster prod has no field metadata.label",
            "did you mean labels?",
        ),
    ],
)
def test_a_field_that_is_unknown_is_told_with_what_was_meant(
    kind: str, body: str, path: tuple[Any, ...], message: str, label: str
) -> None:
    [error] = errors(kind, body)
    assert (error.rule, error.path, error.message, error.label, error.at_key) == (
        "schema-unknown-field",
        path,
        message,
        label,
        True,
    )


@pytest.mark.parametrize(
    ("kind", "body", "release", "label"),
    [
        ("Cluster", "spec: {licenseToken: a}", "v0.20.1", "known since v0.22, this is v0.20"),
        ("Cluster", "spec: {eksaVersion: v0.10.0}", "v0.10.0", "known since v0.17, this is v0.10"),
        (
            "VSphereDatacenterConfig",
            "spec: {datacenter: a, network: b, server: c, disableCSI: true}",
            None,
            "known until v0.16",
        ),
    ],
)
def test_a_field_of_another_release_is_told_with_it(kind: str, body: str, release: str | None, label: str) -> None:
    assert [error.label for error in errors(kind, body, release=release)] == [label]


@pytest.mark.parametrize(
    ("body", "path", "message", "label"),
    [
        (
            "spec: {controlPlaneConfiguration: {count: three}}",
            ("spec", "controlPlaneConfiguration", "count"),
            'spec.controlPlaneConfiguration.count must be a whole number, not the text "three"',
            "not a whole number",
        ),
        (
            'spec: {controlPlaneConfiguration: {count: "3"}}',
            ("spec", "controlPlaneConfiguration", "count"),
            ('spec.controlPlaneConfiguration.count must be a whole number, not the text "3": remove the quotes'),
            "remove the quotes",
        ),
        (
            "spec: {controlPlaneConfiguration: {count: 1.5}}",
            ("spec", "controlPlaneConfiguration", "count"),
            "spec.controlPlaneConfiguration.count must be a whole number, not the number 1.5",
            "not a whole number",
        ),
        (
            "spec: {kubernetesVersion: 1.30}",
            ("spec", "kubernetesVersion"),
            "spec.kubernetesVersion is the number 1.3, but must be text: quote it",
            "quote it",
        ),
        (
            "metadata: {name: prod, labels: {a.b/c: yes}}",
            ("metadata", "labels", "a.b/c"),
            "metadata.labels[a.b/c] is the boolean true, but must be text: quote it",
            "quote it",
        ),
        (
            "spec: {datacenterRef: [a]}",
            ("spec", "datacenterRef"),
            "spec.datacenterRef must be a mapping, not a list",
            "not a mapping",
        ),
        (
            "spec: {workerNodeGroupConfigurations: {name: md-0}}",
            ("spec", "workerNodeGroupConfigurations"),
            "spec.workerNodeGroupConfigurations must be a list, not a mapping",
            "not a list",
        ),
        (
            "spec: {machineHealthCheck: {maxUnhealthy: [1]}}",
            ("spec", "machineHealthCheck", "maxUnhealthy"),
            "spec.machineHealthCheck.maxUnhealthy must be a whole number or text, not a list",
            "not a whole number or text",
        ),
        (
            "spec: {packages: {disable: 'yes'}}",
            ("spec", "packages", "disable"),
            'spec.packages.disable must be true or false, not the text "yes": remove the quotes',
            "remove the quotes",
        ),
        ("spec: text", ("spec",), 'spec must be a mapping, not the text "text"', "not a mapping"),
        (
            f"spec: {'x' * 50}",
            ("spec",),
            f'spec must be a mapping, not the text "{"x" * 40}…"',
            "not a mapping",
        ),
    ],
)
def test_a_value_of_another_type_is_told_with_both(body: str, path: tuple[Any, ...], message: str, label: str) -> None:
    [error] = errors("Cluster", body)
    assert (error.rule, error.path, error.message, error.label) == ("schema-wrong-type", path, message, label)


@pytest.mark.parametrize(
    ("kind", "body", "paths", "message"),
    [
        (
            "VSphereDatacenterConfig",
            "spec: {datacenter: a, network: b}",
            [("spec", "server")],
            "VSphereDatacenterConfig prod lacks spec.server",
        ),
        (
            "TinkerbellDatacenterConfig",
            "spec: {tinkerbellIP: }",
            [("spec", "tinkerbellIP")],
            "TinkerbellDatacenterConfig prod lacks spec.tinkerbellIP: it has no value",
        ),
        (
            "AWSIamConfig",
            "spec: {awsRegion: a, backendMode: [a], mapRoles: [{username: a}, {roleARN: b}]}",
            [("spec", "mapRoles", 0, "roleARN"), ("spec", "mapRoles", 1, "username")],
            "AWSIamConfig prod lacks spec.mapRoles[0].roleARN",
        ),
        ("OIDCConfig", "metadata: {namespace: a}", [("metadata", "name")], "OIDCConfig lacks metadata.name"),
    ],
)
def test_a_field_that_is_missing_is_told_where_it_belongs(
    kind: str, body: str, paths: list[tuple[Any, ...]], message: str
) -> None:
    found = errors(kind, body)
    assert [error.path for error in found] == paths
    assert {error.rule for error in found} == {"schema-missing-field"}
    assert found[0].message == message
    assert found[0].at_key


@pytest.mark.parametrize(
    ("kind", "body", "message", "label"),
    [
        (
            "VSphereMachineConfig",
            "spec: {datastore: a, resourcePool: b, cloneMode: linkedclone}",
            'spec.cloneMode must be fullClone or linkedClone, not "linkedclone"',
            "did you mean linkedClone?",
        ),
        (
            "VSphereMachineConfig",
            "spec: {datastore: a, resourcePool: b, networks: [a, b, c]}",
            "spec.networks has 3 entries, but takes at most 2",
            "at most 2",
        ),
        (
            "SnowMachineConfig",
            "spec: {network: {directNetworkInterfaces: []}}",
            "spec.network.directNetworkInterfaces has 0 entries, but needs at least 1",
            "at least 1",
        ),
        (
            "SnowMachineConfig",
            "spec: {network: {directNetworkInterfaces: [{vlanID: 5000}]}}",
            "spec.network.directNetworkInterfaces[0].vlanID must be at most 4095, not 5000",
            "at most 4095",
        ),
        (
            "SnowMachineConfig",
            "spec: {network: {}, containersVolume: {size: 7}}",
            "spec.containersVolume.size must be at least 8, not 7",
            "at least 8",
        ),
        (
            "NutanixDatacenterConfig",
            ("spec: {endpoint: a, port: 9440, failureDomains: [{name: A_1, cluster: {type: name}, subnets: []}]}"),
            (
                "spec.failureDomains[A_1].name must be lower-case letters, digits and dashes, with no dash "
                'at either end, not "A_1"'
            ),
            "not lower-case letters, digits and dashes, with no dash at either end",
        ),
        (
            "Cluster",
            "spec: {controlPlaneConfiguration: {taints: [{timeAdded: today}]}}",
            (
                "spec.controlPlaneConfiguration.taints[0].timeAdded must be a date and time such as "
                '2026-01-31T12:00:00Z, not "today"'
            ),
            "not a date and time such as 2026-01-31T12:00:00Z",
        ),
        (
            "Cluster",
            (
                "spec: {etcdEncryption: [{resources: [a], providers: [{kms: {name: a, "
                "socketListenAddress: b, cachesize: 3000000000}}]}]}"
            ),
            "spec.etcdEncryption[0].providers[0].kms.cachesize must be at most 2147483647, not 3000000000",
            "at most 2147483647",
        ),
    ],
)
def test_a_value_that_is_not_allowed_is_told_with_what_is(kind: str, body: str, message: str, label: str) -> None:
    [error] = errors(kind, body)
    assert (error.rule, error.message, error.label) == ("schema-bad-value", message, label)


@pytest.mark.parametrize(
    ("kind", "spec", "messages"),
    [
        ("Kustomization", SYNC, []),
        ("Kustomization", f"{SYNC}, postBuild: {{substitute: {{a: b}}}}", []),
        (
            "Kustomization",
            SYNC.replace("1m", "10 min"),
            ['spec.interval must be a duration such as 10m or 1h30m, not "10 min"'],
        ),
        ("Kustomization", f'{SYNC}, targetNamespace: ""', ["spec.targetNamespace must not be empty"]),
        ("Kustomization", f"{SYNC}, patches: [null]", ["spec.patches[0] must be a mapping, not empty"]),
        (
            "GitRepository",
            "interval: 1m, url: 'git@github.com:acme/fleet'",
            [('spec.url must be a URL that begins with https://, http:// or ssh://, not "git@github.com:acme/fleet"')],
        ),
        ("GitRepository", "interval: 1m, url: 'https://example.com', verify: {secretRef: {name: a}}", []),
    ],
)
def test_kinds_of_flux_are_judged_too(kind: str, spec: str, messages: list[str]) -> None:
    shape = catalog.find(FLUX[kind], "v1", kind)
    assert shape is not None
    head = f"apiVersion: {FLUX[kind]}/v1\nkind: {kind}\nmetadata: {{name: flux-system}}\n"
    value = parse(f"{head}spec: {{{spec}}}".encode()).documents[0].root.value
    assert [error.message for error in explain(shape, value)] == messages


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Cluster", "spec:"),
        ("Cluster", "spec: {controlPlaneConfiguration: {labels: , taints: , endpoint: , count: }}"),
        ("Cluster", "spec: {proxyConfiguration: {noProxy: [null]}}"),
        ("Cluster", "metadata: {name: prod, creationTimestamp: null, annotations: {a: }}"),
        ("Cluster", "status: {anything: [at, all]}"),
        ("Cluster", "spec: {bundlesRef: {}}"),
        ("Cluster", "spec: {controlPlaneConfiguration: {kubeletConfiguration: {a: [{b: 1}]}}}"),
        ("Cluster", "spec: {clusterNetwork: {cniConfig: {cilium: {helmValues: {a: [1]}}}}}"),
        ("Cluster", "spec: {machineHealthCheck: {maxUnhealthy: 40%}}"),
        ("Cluster", "spec: {machineHealthCheck: {maxUnhealthy: 1}}"),
        ("VSphereDatacenterConfig", "spec: {datacenter: a, network: b, server: c}"),
        ("VSphereMachineConfig", "spec: {datastore: a, resourcePool: b, users: [{sshAuthorizedKeys: [a]}]}"),
        ("CloudStackDatacenterConfig", "spec: {availabilityZones: [{}]}"),
        ("TinkerbellMachineConfig", "spec: {hardwareSelector: {a: b}}"),
        ("DockerDatacenterConfig", "spec: {}"),
    ],
)
def test_what_is_right_is_accepted(kind: str, body: str) -> None:
    assert errors(kind, body) == []


@pytest.mark.parametrize(
    "body",
    [
        "spec: {controlPlaneConfiguration: {count: '{{ count }}'}}",
        "spec: {controlPlaneConfiguration: {count: '${COUNT}'}}",
        "spec: {controlPlaneConfiguration: '<%= cp %>'}",
        "spec: {workerNodeGroupConfigurations: ['$(GROUP)']}",
        "spec: {workerNodeGroupConfigurations: '{{ groups }}'}",
        "spec: {'${FIELD}': 3}",
        "spec: {etcdEncryption: [{'{{ more }}': 1}]}",
        "spec: {controlPlaneConfiguration: {taints: [{timeAdded: '${NOW}'}]}}",
        "spec: {controlPlaneConfiguration: {count: {{ count }}}}",
    ],
)
def test_templates_are_not_judged(body: str) -> None:
    assert errors("Cluster", body) == []


def test_encrypted_values_are_not_judged() -> None:
    body = "spec: {controlPlaneConfiguration: {count: 'ENC[AES256_GCM,data:a,type:int]'}}\n"
    assert errors("Cluster", f"{body}sops: {{mac: a}}") == []
    assert [error.rule for error in errors("Cluster", body)] == ["schema-wrong-type"]


@pytest.mark.parametrize(
    ("body", "partial"),
    [
        ("spec: {users: [{name: ops}]}", True),
        ("spec: {datastore: }", True),
        ("spec: {users: [{$patch: replace}, {name: ops}]}", False),
        ("spec: {tags: [a], $deleteFromPrimitiveList/tags: [b]}", False),
        ("spec: {$retainKeys: [users], users: [{name: ops}]}", False),
        ("spec: {users: [{name: ops}], $setElementOrder/users: [{name: ops}]}", False),
    ],
)
def test_nothing_is_missed_in_a_patch(body: str, partial: bool) -> None:
    assert errors("VSphereMachineConfig", body, partial=partial) == []


def test_a_patch_is_still_judged() -> None:
    [error] = errors("VSphereMachineConfig", "spec: {userz: [{name: ops}]}", partial=True)
    assert error.label == "did you mean users?"


def test_every_cause_once_in_the_order_of_paths() -> None:
    body = "spec: {b: 1, workerNodeGroupConfigurations: [{count: a}, {count: b}], a: 1}"
    assert [error.path for error in errors("Cluster", body)] == [
        ("spec", "a"),
        ("spec", "b"),
        ("spec", "workerNodeGroupConfigurations", 0, "count"),
        ("spec", "workerNodeGroupConfigurations", 1, "count"),
    ]


@pytest.mark.parametrize(
    ("group", "version", "kind", "eksa_version", "path", "message", "label"),
    [
        (
            EKSA,
            "v1alpha1",
            "Clusterr",
            None,
            "kind",
            f"there is no kind Clusterr in {EKSA}",
            "did you mean Cluster?",
        ),
        (
            EKSA,
            "v1alpha1",
            "vspheremachineconfig",
            None,
            "kind",
            f"there is no kind vspheremachineconfig in {EKSA}",
            "did you mean VSphereMachineConfig?",
        ),
        (EKSA, "v1alpha1", "Deployment", None, "kind", f"there is no kind Deployment in {EKSA}", ""),
        (
            EKSA,
            "v1beta1",
            "Cluster",
            None,
            "apiVersion",
            f"Cluster has no version v1beta1 in {EKSA}",
            f"did you mean {EKSA}/v1alpha1?",
        ),
        (
            EKSA,
            "v1alpha1",
            "NutanixMachineConfig",
            "v0.11.2",
            "kind",
            "EKS Anywhere v0.11 has no kind NutanixMachineConfig",
            "known since v0.12",
        ),
        (
            "source.toolkit.fluxcd.io",
            "v2",
            "GitRepository",
            None,
            "apiVersion",
            "GitRepository has no version v2 in source.toolkit.fluxcd.io",
            "did you mean source.toolkit.fluxcd.io/v1?",
        ),
    ],
)
def test_a_kind_that_is_unknown_is_told_with_what_was_meant(  # noqa: PLR0913, PLR0917 - a table
    group: str, version: str, kind: str, eksa_version: str | None, path: str, message: str, label: str
) -> None:
    [error] = explain_kind(group, version, kind, eksa_version)
    assert (error.rule, error.path, error.message, error.label) == (
        "schema-unknown-kind",
        (path,),
        message,
        label,
    )


@pytest.mark.parametrize(
    ("version", "kind"),
    [("v1alpha1", "Release"), ("v1alpha1", "Bundles"), ("${VERSION}", "Cluster"), ("v1alpha1", "{{ kind }}")],
)
def test_kinds_that_are_not_wrong(version: str, kind: str) -> None:
    assert list(explain_kind(EKSA, version, kind)) == []


def test_many_mistakes_take_little_time() -> None:
    body = "".join(f"  field{number}: 1\n" for number in range(20_000))
    start = time.perf_counter()
    found = errors("Cluster", f"spec:\n{body}  {'x' * 1_000}: 1\n")
    assert len(found) == 20_001
    assert time.perf_counter() - start < 10
    assert max(len(error.message) for error in found) < 100
