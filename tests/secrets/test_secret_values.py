"""Secrets and kubeconfigs: which values count, once each, at which line."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import fill
from secrets_support import findings, leaks, lines

from eksa_lint.secrets.placeholders import is_placeholder

SECRET = """apiVersion: v1
kind: Secret
metadata:
  name: credentials
  namespace: eksa-system
"""
ACCOUNT = "opens the AWS account, together with its secret key"
USER = """apiVersion: v1
kind: Config
clusters: []
users:
- name: admin
  user:
"""


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def secret(body: str, seed: int = 1) -> list[tuple[int, str]]:
    """What is found in the lines below the head of a Secret, which has five."""
    return [(line - 5, rule) for line, rule in lines(fill(SECRET + body, seed))]


@pytest.mark.parametrize(
    "line",
    [
        "password: <<made-up:password>>",
        "password: '<<made-up:password>>'",
        "password: Pa$$word1",
        "password: t0pexample.secret",
        "password: 483920175",
        "password: ENC[not really]",
        "anything: <<made-up:password>>",
        "config: root:<<made-up:password>>",
        'credentials: \'[{"type": "basic_auth", "data": {"prismCentral": {"password": "Vc83hq!k2"}}}]\'',
    ],
)
def test_readable_values(line: str) -> None:
    assert secret(f"stringData:\n  {line}\n") == [(2, "secret-object")]


@pytest.mark.parametrize(
    "value",
    [
        "''", "null", "true", "${PASSWORD}", "$PASSWORD", "$(cat file)", "'{{ .Values.password }}'",
        "<password>", "changeme", "REDACTED", "example", "password", "your-password-here", "xxxxxxxx",
        "'********'", "powerstore_password", "t0p$ecret", "/etc/secrets/file", "'%s'", encoded("changeme"),
        "ENC[AES256_GCM,data:c2VjcmV0,iv:MDEyMzQ1Njc4OTAxMjM0NQ==,tag:MDEyMzQ1Njc4OTAxMjM0NQ==,type:str]",
        "root:changeme", "'[your password]'",
        "'{\"auths\": {\"r.example.org\": {\"auth\": \"dXNlcm5hbWU6cGFzc3dvcmQ=\"}}}'",
    ],
)  # fmt: skip
def test_values_that_are_none(value: str) -> None:
    assert secret(f"stringData:\n  secretValue: {value}\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "ca.crt: <<made-up:password>>",
        "known_hosts: github.com ssh-ed25519 AAAA",
        "identity.pub: ssh-ed25519 AAAA",
        "url: https://github.com/acme/fleet",
        "whatever: <<made-up:base64 certificate>>",
        "username: admin",
    ],
)
def test_keys_and_public_values_that_are_none(line: str) -> None:
    section = "data" if "base64" in line else "stringData"
    assert secret(f"{section}:\n  {line}\n") == []


def test_a_user_counts_beside_a_password() -> None:
    assert secret("stringData:\n  username: admin\n  password: <<made-up:password>>\n") == [
        (2, "secret-object"),
        (3, "secret-object"),
    ]
    assert secret("stringData:\n  username: git\n  password: <<made-up:password>>\n") == [(3, "secret-object")]


def test_base64_is_read_in_data_only() -> None:
    assert secret("data:\n  password: <<made-up:base64 password>>\n") == [(2, "secret-object")]
    assert secret("data:\n  password: not base64\n") == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("service-account-token\ndata:\n  ca.crt: Q0E=\n  extra: <<made-up:base64 password>>", []),
        ("service-account-token\ndata:\n  token: <<made-up:base64 password>>", [3]),
    ],
)
def test_types_whose_other_keys_are_settings(body: str, found: list[int]) -> None:
    assert secret(f"type: kubernetes.io/{body}\n") == [(line, "secret-object") for line in found]


@pytest.mark.parametrize("kind", ["[Opaque]", "{a: b}", "1", "null", "2020-01-01"])
def test_a_type_that_is_no_text_hides_nothing(kind: str) -> None:
    body = f"type: {kind}\nstringData:\n  password: <<made-up:password>>\n"
    assert secret(body) == [(3, "secret-object")]


def test_a_bootstrap_token_has_one_secret() -> None:
    body = "stringData:\n  token-id: abc7de\n  token-secret: <<made-up:password>>\n"
    assert secret("type: bootstrap.kubernetes.io/token\n" + body) == [(4, "secret-object")]


def test_a_private_key_counts_by_structure() -> None:
    redacted = encoded("-----BEGIN RSA PRIVATE KEY-----\nREDACTED\n-----END RSA PRIVATE KEY-----\n")
    assert secret(f"data:\n  tls.key: {redacted}\n") == [(2, "secret-object")]
    assert secret("data:\n  tls.key: <<made-up:base64 private-key>>\n") == [(2, "private-key")]


def test_a_value_of_a_known_shape_is_reported_once() -> None:
    body = "stringData:\n  token: <<made-up:github-classic>>\n"
    text = fill(SECRET + body + "data:\n  other: <<made-up:base64 aws-access-key>>\n", 2)
    repositories = "opens every repository that its owner can reach, within its scopes"
    assert findings(text) == [
        (7, "github-token", f"GitHub personal access token in Secret eksa-system/credentials {repositories}"),
        (9, "aws-access-key", f"AWS access key id in base64 in Secret eksa-system/credentials {ACCOUNT}"),
    ]


def test_the_login_of_a_registry_is_reported_as_one() -> None:
    login = '{"auths": {"r.example.org": {"auth": "' + encoded("robot:Vc83hq!k2") + '"}}}'
    assert secret(f"stringData:\n  config.json: '{login}'\n") == [(2, "access-token")]
    assert secret(f"data:\n  .dockerconfigjson: {encoded(login)}\n") == [(2, "access-token")]


def test_ini_json_and_manifests_are_judged_by_what_they_hold() -> None:
    ini = "stringData:\n  csi.conf: |\n    [Global]\n    user = admin\n    password = {}\n"
    assert secret(ini.format('"<<made-up:password>>"')) == [(5, "secret-object")]
    assert secret(ini.format("changeme")) == []
    inner = "stringData:\n  data: |\n    apiVersion: v1\n    kind: {}\n    stringData:\n      password: {}\n"
    assert secret(inner.format("Secret", "<<made-up:password>>")) == [(6, "secret-object")]
    assert secret(inner.format("Secret", "${PASSWORD}")) == []
    assert secret(inner.format("ServiceAccount", "<<made-up:password>>")) == []


def test_lists_and_other_kinds() -> None:
    item = "- apiVersion: v1\n  kind: Secret\n  stringData:\n    password: <<made-up:password>>\n"
    assert lines(fill("apiVersion: v1\nkind: List\nitems:\n" + item, 1)) == [(7, "secret-object")]
    sealed = SECRET.replace("v1\n", "bitnami.com/v1alpha1\n").replace("Secret", "SealedSecret")
    assert lines(fill(sealed + "spec:\n  encryptedData:\n    password: <<made-up:password>>\n", 1)) == []


@pytest.mark.parametrize(
    ("user", "found"),
    [
        ("    client-key-data: <<made-up:base64 private-key>>", True),
        ("    token: <<made-up:password>>", True),
        ("    username: admin\n    password: <<made-up:password>>", True),
        ("    auth-provider: {name: oidc, config: {id-token: <<made-up:password>>}}", True),
        ("    client-key-data: LS0tLS1CRUdJTi", False),
        ("    client-key-data: <<made-up:base64 certificate>>", False),
        ("    client-certificate-data: <<made-up:base64 certificate>>", False),
        ("    client-key: /etc/kubernetes/admin.key", False),
        ("    exec: {command: aws-iam-authenticator, args: [token, -i, abc]}", False),
        ("    token: ${TOKEN}", False),
        ("    tokenFile: /var/run/token", False),
    ],
)
def test_kubeconfigs(user: str, found: bool) -> None:
    last = 7 + user.count("\n")
    text = fill(USER + user + "\n", 3)
    assert lines(text, "prod.kubeconfig") == ([(last, "kubeconfig-committed")] if found else [])
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    inside = f"{SECRET}stringData:\n  value: |\n{indented}"
    assert lines(inside) == ([(7 + last, "kubeconfig-committed")] if found else [])
    assert lines(f"{SECRET}data:\n  value: {encoded(text)}\n") == ([(7, "kubeconfig-committed")] if found else [])
    assert lines(inside.replace("Secret", "ConfigMap").replace("stringData", "data")) == (
        [(7 + last, "kubeconfig-committed")] if found else []
    )


def test_a_kubeconfig_in_json_and_one_that_does_not_parse() -> None:
    user = '{"name": "a", "user": {"client-key-data": "<<made-up:base64 private-key>>"}}'
    assert lines(fill('{"kind": "Config",\n "users": [' + user + "]}", 4)) == [(2, "kubeconfig-committed")]
    broken = USER + "    client-key-data: <<made-up:base64 private-key>>\n  : [\n"
    assert lines(fill(broken, 4), "a.kubeconfig") == [(7, "kubeconfig-committed")]


def test_allowlist_comments_are_kept_for_objects_too() -> None:
    comment = "  # pragma: allowlist secret"
    assert secret(f"stringData:\n  password: <<made-up:password>>{comment}\n") == []
    assert secret(f"data:\n  password: <<made-up:base64 github-classic>>{comment}\n") == []
    assert lines(fill(f"{USER}    token: <<made-up:password>>{comment}\n", 1)) == []


@given(st.integers(0, 2**32))
def test_no_message_holds_a_secret(seed: int) -> None:
    body = "stringData:\n  a: <<made-up:password>>\n  b: <<made-up:github-classic>>\n"
    text = fill(SECRET + body, seed)
    found = leaks(text)
    assert len(found) == 2
    for leak in found:
        value = text[leak.start : leak.end]
        assert value not in leak.message
        assert value not in leak.field


@given(st.text(), st.text(max_size=20))
def test_no_value_raises(value: str, key: str) -> None:
    is_placeholder(value, key)
    leaks(SECRET + f"stringData:\n  value: |\n    {value}\n")
    leaks(SECRET + f"data:\n  value: {encoded(value)}\n")
