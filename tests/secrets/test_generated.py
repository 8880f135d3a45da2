"""Files that are known by their path: archives, logs, snapshots, key stores."""

import pytest
from conftest import Lint, Repository
from made_up import fill

from eksa_lint import data
from eksa_lint.secrets.leaks import leaks_in
from eksa_lint.secrets.prefilter import PATH_PARTS
from eksa_lint.secrets.windows import scan_windows

# The first page of a bbolt file: 16 bytes of page header, the magic number and the version, little endian.
SNAPSHOT = bytes(16) + b"\xed\xda\x0c\xed\x02\x00\x00\x00" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("support-bundle-2026-01-15T10_12_00.tar.gz", b"\x1f\x8b\x08\x00"),
        ("mgmt/prod-2026-01-15T10:12:00Z-bundle.yaml", b"apiVersion: troubleshoot.sh/v1beta2\n"),
        ("eksa-cli-logs/2026-01-15T10_12_00.log", b"V1\n"),
        ("backup/etcd-snapshot.db", SNAPSHOT),
        ("etcd-backup", bytes(4096) + SNAPSHOT),
        ("pki/prod.p12", b"0\x82\x09\x50"),
        ("mgmt-backup-2026-01-15T10_12_00/Secret_eksa-system_a.yaml", b"kind: Secret\n"),
        ("certificate_backup_20260115/etcd-client-certs/apiserver-etcd-client.key", b"key\n"),
        ("prod/prod-eks-a-cluster.kubeconfig", b"users:\n- user:\n  client-key-data: LS0tLS1CRUdJTi\n"),
    ],
)
def test_a_file_is_known_by_its_path(path: str, content: bytes) -> None:
    (leak,) = leaks_in(path, content)
    assert (leak.rule, leak.start, leak.end) == ("generated-file-committed", 0, 0)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("packages/package-bundle.yaml", b"kind: PackageBundle\n"),
        ("docs/support-bundle.md", b"a support-bundle-2026-01-15T10_12_00.tar.gz is made\n"),
        ("generated/clientset.go", b"package generated\n"),
        ("thumbs.db", b"SQLite format 3\x00"),
        ("backup-policy/rbac.yaml", b"kind: Role\nrules:\n- resources: [secrets]\n"),
        ("prod/prod.kind.kubeconfig", b""),
        ("prod/prod-aws.kubeconfig", b"kind: Config\nusers: []\n"),
        ("pki/ca.crt", b"-----BEGIN CERTIFICATE-----\n"),
        ("prod/eks-a-id_rsa.pub", b"ssh-rsa AAAA\n"),
        ("eksa-cli-logs/empty.log", b""),
    ],
)
def test_a_name_that_is_alike_is_none(path: str, content: bytes) -> None:
    assert leaks_in(path, content) == []


def test_a_large_snapshot_is_known_by_its_beginning() -> None:
    ((leak, span),) = scan_windows("etcd.db", iter([SNAPSHOT, bytes(2_000_000), b"end"]))
    assert leak.rule == "generated-file-committed"
    assert span.line == 1


def test_every_glob_has_a_part_that_the_prefilter_knows() -> None:
    globs = [glob for entry in data.table("generated-files") for glob in entry["path"]]
    assert [glob for glob in globs if not any(part in glob for part in PATH_PARTS)] == []


CIPHERTEXT = b"\0GITCRYPT\0" + bytes(range(256))
SYNC = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 10m0s, path: ./clusters, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""


def test_what_git_crypt_encrypted_is_no_leak(repository: Repository, lint: Lint) -> None:
    repository.commit(
        {
            "pki/prod.p12": CIPHERTEXT,
            "eksa-cli-logs/a.log": CIPHERTEXT,
            "ansible/vault.yaml": CIPHERTEXT,
            "clusters/flux-system/gotk-sync.yaml": SYNC,
        }
    )
    assert lint("check", "--all", "--format", "json", folder=repository.folder).findings == []


def test_flux_cannot_undo_git_crypt(repository: Repository, lint: Lint) -> None:
    repository.commit({"clusters/a/secret.yaml": CIPHERTEXT, "clusters/flux-system/gotk-sync.yaml": SYNC})
    (finding,) = lint("check", "--all", "--format", "json", folder=repository.folder).findings
    assert finding["rule"] == "yaml-syntax"
    assert "is encrypted by git-crypt, which Flux cannot undo; Flux stops there" in finding["message"]


def test_a_file_that_a_filter_encrypts_is_no_leak_in_the_work_tree_and_one_in_a_commit(
    repository: Repository, lint: Lint
) -> None:
    password = fill("<<made-up:password>>", 1)
    files = {f"{name}.env": f"GOVC_PASSWORD='{password}'\n" for name in ("secrets/a", "secrets/b.public", "other")}
    attributes = "secrets/** filter=git-crypt diff=git-crypt\nsecrets/*.public.env !filter\n"
    repository.commit({".gitattributes": attributes})
    repository.commit(files)

    def found(*choice: str) -> list[str]:
        run = lint("check", *choice, "--select", "credential-variable", "--format", "json", folder=repository.folder)
        return sorted(finding["path"] for finding in run.findings)

    assert found("--all") == ["other.env", "secrets/b.public.env"]
    assert found("--from", "HEAD^", "--to", "HEAD") == ["other.env", "secrets/a.env", "secrets/b.public.env"]
