"""Who may do what with which cluster: what `eksa-lint access` prints, and what two states are compared by."""

import json
import random
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from conftest import Files, Lint
from jsonschema import Draft202012Validator
from made_up import MadeUp

from eksa_lint import data
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.rules.access import Access, access_of, clusters_in, gained
from eksa_lint.rules.ssh_keys import read_ssh_key

RBAC = "apiVersion: rbac.authorization.k8s.io/v1"
SYNC = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec:
  ref: {branch: main}
  url: https://bob:%s@github.com/acme/fleet
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  path: ./clusters/mgmt
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""
CLUSTER = """\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata: {name: NAME}
spec:
  managementCluster: {name: mgmt}
  datacenterRef: {kind: VSphereDatacenterConfig, name: NAME}
  controlPlaneConfiguration:
    count: 3
    machineGroupRef: {kind: VSphereMachineConfig, name: NAME}
  workerNodeGroupConfigurations:
  - name: md-0
    count: 5
    machineGroupRef: {kind: VSphereMachineConfig, name: NAME}
  identityProviderRefs:
  - {kind: AWSIamConfig, name: NAME}
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: VSphereMachineConfig
metadata: {name: NAME}
spec:
  users:
  - name: capv
    sshAuthorizedKeys:
    - KEY
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: AWSIamConfig
metadata: {name: NAME}
spec:
  mapRoles:
  - roleARN: arn:aws:iam::111122223333:role/break-glass
    username: admin
    groups: [system:masters]
  - roleARN: arn:aws:iam::111122223333:role/ops
    username: ops
    groups: [ops]
  - roleARN: arn:aws:iam::111122223333:role/team/dead
    username: dead
    groups: [ops]
  mapUsers:
  - userARN: arn:aws:iam::111122223333:user/bob
    username: bob
"""
BINDINGS = f"""\
{RBAC}
kind: ClusterRoleBinding
metadata: {{name: ops}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}
subjects:
- {{kind: Group, name: ops}}
---
{RBAC}
kind: RoleBinding
metadata: {{name: dev, namespace: shop}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}}
subjects:
- {{kind: User, name: eve}}
- {{kind: ServiceAccount, name: deploy}}
"""
SHORT_KEY = "ssh-ed25519 " + b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(32)).decode() + " ann@example.org"


def cluster(name: str, key: str = SHORT_KEY) -> str:
    return CLUSTER.replace("NAME", name).replace("KEY", key)


def fleet(**changed: str) -> dict[str, str]:
    files = {
        "clusters/mgmt/flux-system/gotk-sync.yaml": SYNC % "example",
        "clusters/mgmt/mgmt.yaml": cluster("mgmt"),
        "clusters/mgmt/prod.yaml": cluster("prod"),
        "clusters/mgmt/rbac.yaml": BINDINGS,
    }
    return files | {f"clusters/mgmt/{name}.yaml": text for name, text in changed.items()}


def write(files: dict[str, str], folder: Path) -> None:
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def powers(files: dict[str, str], name: str) -> list[Access]:
    inventory = Inventory(Files(files), Library(), "after")
    return [access for found in clusters_in(inventory, name) for access in access_of(inventory, found)]


def test_a_group_is_followed_through_bindings_to_what_it_may_do(tmp_path: Path, lint: Lint) -> None:
    write(fleet(), tmp_path)
    run = lint("access", "mgmt", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert (
        run.out
        == f"""\
mgmt, management cluster, clusters/mgmt/mgmt.yaml:3

  can do anything
    arn:aws:iam::111122223333:role/break-glass
      by group system:masters
      clusters/mgmt/mgmt.yaml:33
    arn:aws:iam::111122223333:role/ops
      by group ops > ClusterRoleBinding ops > ClusterRole cluster-admin
      clusters/mgmt/mgmt.yaml:36
    whoever can push to https://github.com/acme/fleet branch main
      by Flux Kustomization flux-system (clusters/mgmt)
      clusters/mgmt/flux-system/gotk-sync.yaml:10

  can be root on machines
    SSH key {read_title(SHORT_KEY)}
      be root on 3 control plane, 5 worker (md-0) machines, by user capv of
      VSphereMachineConfig mgmt
      clusters/mgmt/mgmt.yaml:24

  can change objects
    user eve
      do what edit allows in shop (reads Secrets, enters pods), by RoleBinding
      dev > ClusterRole edit
      clusters/mgmt/rbac.yaml:13

  can log in, and no binding here gives them a right
    arn:aws:iam::111122223333:user/bob
      as user bob
      clusters/mgmt/mgmt.yaml:41

  1 right of ServiceAccounts (shown with --verbose)
"""
    )
    assert "ServiceAccount shop/deploy" in lint("access", "mgmt", "--verbose", folder=tmp_path).out


def read_title(text: str) -> str:
    key = read_ssh_key(text)
    assert key is not None
    return key.title


def test_bindings_of_a_workload_cluster_are_not_those_of_its_management_cluster(tmp_path: Path, lint: Lint) -> None:
    write(fleet(), tmp_path)
    run = lint("access", "prod", folder=tmp_path)
    assert "prod, workload cluster of mgmt, clusters/mgmt/prod.yaml:3" in run.out
    assert "ClusterRoleBinding" not in run.out
    assert "Whoever can change its objects in mgmt\n  rules it too." in run.out
    assert {access.power.value for access in powers(fleet(), "prod")} == {"admin", "root", "logs-in"}


def test_the_json_fits_its_schema_and_says_where_each_step_stands(tmp_path: Path, lint: Lint) -> None:
    write(fleet(), tmp_path)
    content: dict[str, Any] = json.loads(lint("access", "--format", "json", folder=tmp_path).out)
    Draft202012Validator(data.json_schema("access")).validate(content)
    assert [item["name"] for item in content["clusters"]] == ["mgmt", "prod"]
    ops = next(item for item in content["clusters"][0]["access"] if item["principal"]["name"].endswith("role/ops"))
    assert (ops["power"], ops["namespace"], ops["may"]) == ("admin", None, "do anything")
    assert [(step["what"], step["path"], step["line"], step["column"]) for step in ops["through"]] == [
        ("group ops", "clusters/mgmt/mgmt.yaml", 36, 14),
        ("ClusterRoleBinding ops", "clusters/mgmt/rbac.yaml", 6, 23),
        ("ClusterRole cluster-admin", "clusters/mgmt/rbac.yaml", 4, 73),
    ]


def test_tokens_in_urls_are_not_printed(tmp_path: Path, lint: Lint) -> None:
    token = MadeUp(random.Random(7)).make("github-classic")
    write(fleet() | {"clusters/mgmt/flux-system/gotk-sync.yaml": SYNC % token}, tmp_path)
    for name in ("text", "json"):
        out = lint("access", "--format", name, folder=tmp_path).out
        assert "https://github.com/acme/fleet branch main" in out
        assert token not in out


def test_two_states_are_compared_by_who_may_do_what() -> None:
    before = powers(fleet(), "mgmt")
    moved = BINDINGS.replace("kind: User, name: eve", "kind: Group, name: dev")
    after = powers(fleet(rbac=moved, mgmt=cluster("mgmt", "${KEY}")), "mgmt")
    came = [(access.principal.name, access.power.value, access.namespace) for access in gained(before, after)]
    assert came == [("${KEY}", "root", ""), ("dev", "writes", "shop")]
    gone = [access.principal.name for access in gained(after, before)]
    assert gone == [read_title(SHORT_KEY), "eve"]
    assert not list(gained(before, powers(fleet(other="a: 1\n"), "mgmt")))


@pytest.mark.parametrize(
    ("role", "power"),
    [
        ("- {apiGroups: [''], resources: [pods], verbs: [get, list]}", "reads"),
        ("- {apiGroups: [apps], resources: [deployments], verbs: [patch]}", "writes"),
        ("- {apiGroups: [''], resources: [secrets], verbs: [get]}", "escalates"),
        ("- {apiGroups: [''], resources: [users], verbs: [impersonate]}", "escalates"),
        ("- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}", "admin"),
    ],
)
def test_a_power_is_what_the_role_allows(role: str, power: str) -> None:
    text = f"""\
{RBAC}
kind: ClusterRole
metadata: {{name: team}}
rules:
{role}
---
{RBAC}
kind: ClusterRoleBinding
metadata: {{name: team}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: team}}
subjects:
- {{kind: Group, name: team}}
"""
    found = [access for access in powers(fleet(rbac=text), "mgmt") if access.principal.name == "team"]
    assert [access.power.value for access in found] == [power]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("prd",), "no Cluster prd is in this repository; did you mean prod?"),
        (("x",), "no Cluster x is in this repository; for all of them run: eksa-lint access"),
    ],
)
def test_a_cluster_that_is_not_there(arguments: tuple[str, ...], message: str, tmp_path: Path, lint: Lint) -> None:
    write(fleet(), tmp_path)
    run = lint("access", *arguments, folder=tmp_path)
    assert (run.code, run.out, run.err) == (2, "", f"eksa-lint: {message}\n")


def test_a_folder_without_clusters(tmp_path: Path, lint: Lint) -> None:
    run = lint("access", folder=tmp_path)
    assert run.code == 2
    assert run.err == "eksa-lint: no Cluster of EKS Anywhere is in this repository; see: eksa-lint access --help\n"


def test_every_way_in_has_its_kind() -> None:
    text = f"""\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata: {{name: mgmt}}
spec:
  managementCluster: {{name: mgmt}}
  controlPlaneConfiguration:
    count: 1
    machineGroupRef: {{kind: SnowMachineConfig, name: mgmt}}
  identityProviderRefs:
  - {{kind: OIDCConfig, name: mgmt}}
  - {{kind: AWSIamConfig, name: mgmt}}
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: SnowMachineConfig
metadata: {{name: mgmt}}
spec: {{sshKeyName: ops}}
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: OIDCConfig
metadata: {{name: mgmt}}
spec: {{issuerUrl: "https://login.example.org", groupsClaim: groups, groupsPrefix: "oidc:"}}
---
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: AWSIamConfig
metadata: {{name: mgmt}}
spec:
  backendMode: [CRD]
  mapRoles:
  - {{roleARN: "arn:aws:iam::111122223333:role/chooser", username: "{{{{SessionName}}}}"}}
---
apiVersion: iamauthenticator.k8s.aws/v1alpha1
kind: IAMIdentityMapping
metadata: {{name: node}}
spec: {{arn: "arn:aws:iam::111122223333:role/node", username: "system:node:a", groups: ["system:nodes"]}}
---
{RBAC}
kind: ClusterRoleBinding
metadata: {{name: view}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}}
subjects:
- {{kind: Group, name: "oidc:dev"}}
- {{kind: Group, name: contractors}}
- {{kind: User, name: eve}}
- {{kind: ServiceAccount, name: prometheus, namespace: monitoring}}
- {{kind: Group, name: "system:masters"}}
"""
    found = {(item.principal.kind, item.principal.name, item.power.value) for item in powers({"a.yaml": text}, "mgmt")}
    assert found == {
        ("ssh-key", "ops (key pair)", "root"),
        ("oidc-group", "oidc:dev", "reads"),
        ("group", "contractors", "reads"),
        ("user", "eve", "reads"),
        ("service-account", "monitoring/prometheus", "reads"),
        ("aws", "arn:aws:iam::111122223333:role/chooser", "reads"),
        ("aws", "arn:aws:iam::111122223333:role/node", "escalates"),
    }


def test_what_flux_does_not_apply_gives_nothing() -> None:
    kustomization = (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [mgmt.yaml, prod.yaml]\n"
    )
    found = powers(fleet(kustomization=kustomization), "mgmt")
    assert not [access for access in found if access.principal.name in ("eve", "shop/deploy")]


def test_a_tenant_has_what_its_account_has() -> None:
    tenant = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: shop}
spec:
  serviceAccountName: deploy
  path: ./deploy
  sourceRef: {kind: GitRepository, name: shop}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: prod, namespace: flux-system}
spec:
  path: ./prod
  kubeConfig: {secretRef: {name: prod-kubeconfig}}
  sourceRef: {kind: GitRepository, name: flux-system}
"""
    files = fleet(tenant=tenant)

    def git(name: str) -> list[tuple[str, str, str]]:
        found = (access for access in powers(files, name) if access.principal.kind == "git")
        return [(access.principal.name, access.power.value, access.namespace) for access in found]

    fleet_url = "https://github.com/acme/fleet branch main"
    assert git("mgmt") == [(fleet_url, "admin", ""), ("GitRepository shop/shop", "writes", "shop")]
    assert git("prod") == [(fleet_url, "admin", "")]


def test_what_flux_applies_with_a_kubeconfig_binds_in_that_cluster_alone() -> None:
    """A role of the same name in the management cluster has nothing to do with it."""
    role = f"{RBAC}\nkind: ClusterRole\nmetadata: {{name: team}}\nrules:\n- {{apiGroups: ['*'], resources: ['*'], "
    files = fleet(
        tenant="""\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: prod, namespace: flux-system}
spec:
  path: ./apps/prod
  kubeConfig: {secretRef: {name: prod-kubeconfig}}
  sourceRef: {kind: GitRepository, name: flux-system}
""",
        role=f"{role}verbs: [get]}}\n",
    )
    files["apps/prod/rbac.yaml"] = f"""\
{role}verbs: ['*']}}
---
{RBAC}
kind: ClusterRoleBinding
metadata: {{name: team}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: team}}
subjects:
- {{kind: User, name: zoe}}
"""

    def of_zoe(name: str) -> list[str]:
        return [access.power.value for access in powers(files, name) if access.principal.name == "zoe"]

    assert of_zoe("prod") == ["admin"]
    assert of_zoe("mgmt") == []
