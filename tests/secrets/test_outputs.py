"""Nothing that the program writes holds a credential: every format, every command, the files it leaves behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Lint, Repository
from made_up import fill

from eksa_lint.report import FORMATS

# Passwords that have no shape, in places that other rules speak of too: wrong types, unknown fields, bad addresses,
# values that cannot be read, names, comments, and text that does not parse.
FILES = {
    "clusters/prod/eksa-cluster.yaml": """apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata:
  name: prod
spec:
  adminPassword: @
  proxyConfiguration:
    httpProxy: http://svc:@@proxy.example.org:3128
    httpsProxy: svc:@@proxy.example.org
  registryMirrorConfiguration: {endpoint: "https://robot:@@registry.example.org", port: many}
  controlPlaneConfiguration:
    count: many  # EKSA_VSPHERE_PASSWORD='@'
    apiServerExtraArgs: {clientSecret: "@"}
  kubernetesVersion: 1.30
""",
    "clusters/prod/secret.yaml": """apiVersion: v1
kind: Secret
metadata:
  name: vsphere-credentials
data:
  password: @
stringData:
  password: "@"
  token: ["@"]
  passphrase: |
    @
  password: '@'
stringdata:
  password: @
""",
    "clusters/prod/broken.yaml": "a: [\n  password: '@'\nEKSA_VSPHERE_PASSWORD: @\n\tapiKey: @1a2b\n",
    "clusters/prod/env.yaml": """apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: a
    image: "https://a:@@registry.example.org/a"
    env:
    - {name: DB_PASSWORD, value: '@', valeu: 1}
""",
    "hardware.csv": (
        "hostname,bmc_ip,bmc_username,bmc_password,mac,ip_address,netmask,gateway,nameservers,labels,disk\n"
        "a,10.0.0.1,root,@,wrong,10.0.0.2,255.0.0.0,10.0.0.3,8.8.8.8,type=cp,/dev/sda\n"
        "a,10.0.0.1,root,@,CC:48:3A:00:00:01,10.0.0.2,255.0.0.0,10.0.0.3,8.8.8.8,type=cp\n"
    ),
    "create.sh": "export GOVC_PASSWORD=@\nsshpass -p '@' ssh a\ndocker login -u a -p @ r\n",
    "main.tf": 'password = "@"\n',
    "glued.sh": "export EKSA_VSPHERE_PASSWORD='@'\"@\"@\nmysql -u a -p'@'@ b\n",
    "anchor.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nx: &pw @\nstringData:\n  a: *pw\n",
    "shop/kustomization.yaml": "kind: Kustomization\nsecretGenerator:\n- {name: a, files: [b=value.bin]}\n",
    "shop/value.bin": "@\n",
    "clusters/prod/flux-system/gotk-sync.yaml": (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: flux-system, namespace: flux-system}\nspec: {path: ./shops, prune: true}\n"
    ),
    "shops/kustomization.yaml": (
        "resources: []\nsecretGenerator:\n"
        "- {name: a, files: ['b=@', '@'], envs: ['@'], literals: ['@', 'c=@', 'c=@']}\n"
        "- {name: a, literals: '@', type: ['@']}\n- '@'\n- {name: c, literal: ['@'], lietrals: {a: '@'}}\n"
    ),
    "users.csv": "user;password\nroot;@\n",
    "prod.kubeconfig": (
        "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: a\n  user: {username: a, password: '@'}\n"
    ),
}


def planted(seed: int, kind: str) -> tuple[dict[str, str], list[str]]:
    """The files with a password in every place, and all of the passwords."""
    passwords: list[str] = []

    def password() -> str:
        passwords.append(fill(f"<<made-up:{kind}>>", seed * 1000 + len(passwords)))
        return passwords[-1]

    def filled(text: str) -> Iterator[str]:
        first, *rest = text.replace("@@", "@\0").split("@")
        yield first
        for piece in rest:
            yield password() + piece.replace("\0", "@")

    return {path: "".join(filled(text)) for path, text in FILES.items()}, passwords


@pytest.mark.parametrize("kind", ["password", "hex-token", "github-classic"])
@pytest.mark.parametrize(
    "rules", [(), ("--select", "schema-*"), ("--ignore", "secret-object", "--ignore", "literal-*")]
)
def test_no_output_holds_a_credential(
    kind: str, rules: tuple[str, ...], repository: Repository, lint: Lint, tmp_path: Path
) -> None:
    before, old = planted(1, kind)
    after, new = planted(2, kind)
    repository.commit(before)
    repository.commit(after)
    hidden = [secret[4:] for secret in (*old, *new)] if kind == "github-classic" else [*old, *new]
    for choice in ((), ("--from", "HEAD^", "--to", "HEAD"), ("--from", "HEAD^", "--to", "HEAD", "--all")):
        for format_name in FORMATS:
            output = tmp_path / f"out.{format_name}"
            words = ("check", *choice, *rules, "--format", format_name, "--output", f"{format_name}:{output}")
            run = lint(*words, "--verbose", folder=repository.folder)
            written = run.out + run.err + output.read_text()
            assert run.code in {0, 1}
            assert [secret for secret in hidden if secret in written] == [], (choice, format_name)
    run = lint("fix", "--diff", folder=repository.folder)
    assert [secret for secret in hidden if secret in run.out + run.err] == []


def test_a_fingerprint_is_the_same_for_every_password(tmp_path: Path, lint: Lint) -> None:
    """What says nothing about the password cannot be used to guess it."""
    fingerprints = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        for path, text in planted(seed, "password")[0].items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        run = lint("check", "--format", "json", folder=folder)
        fingerprints.append(sorted(finding["fingerprint"] for finding in run.findings))
    assert fingerprints[0] == fingerprints[1]


def test_a_credential_in_place_of_another_is_a_new_one(repository: Repository, lint: Lint) -> None:
    script = "export GOVC_PASSWORD=<<made-up:password>>\nexport REGISTRY_PASSWORD=abcDEF123456\n"
    repository.commit({"create.sh": fill(script, 1)})
    repository.commit({"create.sh": fill(script, 2)})
    run = lint("check", "--from", "HEAD^", "--to", "HEAD", "--format", "json", folder=repository.folder)
    assert [(finding["rule"], finding["line"]) for finding in run.findings] == [("credential-variable", 1)]
    repository.commit({"create.sh": "\n# moved\n" + fill(script, 2)})
    run = lint("check", "--from", "HEAD^", "--to", "HEAD", "--format", "json", folder=repository.folder)
    assert run.findings == []
