"""Every shape is found where it stands, hidden, and nothing else is."""

import random
import re
import string
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import MadeUp, fill

from eksa_lint import data
from eksa_lint.secrets.encoded import github_checksum
from eksa_lint.secrets.masking import conceal, mask
from eksa_lint.secrets.prefilter import may_hold
from eksa_lint.secrets.scan import scan

RULES = {
    "github-classic": "github-token",
    "github-oauth": "github-token",
    "github-app-user": "github-token",
    "github-app": "github-token",
    "github-refresh": "github-token",
    "github-fine-grained": "github-token",
    "aws-access-key": "aws-access-key",
    "aws-temporary-key": "aws-access-key",
    "private-key": "private-key",
    "openssh-private-key": "private-key",
    "pkcs8-private-key": "private-key",
    "pgp-private-key": "private-key",
    "putty-private-key": "private-key",
    "age-key": "private-key",
    "aws-session-token": "aws-access-key",
    "gitlab": "access-token",
    "slack-bot": "access-token",
    "vault": "access-token",
    "docker-hub": "access-token",
    "npm": "access-token",
    "jwt": "access-token",
    "licence": "access-token",
    "authenticator": "access-token",
    "crypt": "password-hash",
}
PUBLIC = {
    "github-fine-grained": 11,
    "age-key": 16,
    "authenticator": 11,
    "docker-hub": 9,
    "gitlab": 5,
    "slack-bot": 5,
    "jwt": 0,
    "licence": 0,
    "crypt": 3,
}
# Line ends and quotes stand around tokens; letters beside one would make it another word.
AROUND = st.text(alphabet=" \n\r\t\"':,;()[]{}<>@äß漢😀", max_size=60)


def made(name: str, seed: int) -> str:
    return MadeUp(random.Random(seed)).make(name)


@given(st.sampled_from(sorted(RULES)), st.integers(0, 2**32), AROUND, AROUND)
def test_a_token_is_found_at_its_very_place(name: str, seed: int, before: str, after: str) -> None:
    secret = made(name, seed)
    text = f"x {before} {secret}\n{after}"
    hits = scan(text)
    assert [(hit.shape.rule, text[hit.start : hit.end]) for hit in hits] == [(RULES[name], secret)]
    assert may_hold(text)


@given(st.sampled_from(sorted(RULES)), st.integers(0, 2**32), AROUND, AROUND)
def test_a_mask_keeps_nothing_of_the_secret_part(name: str, seed: int, before: str, after: str) -> None:
    secret = made(name, seed)
    masked = mask(f"{before} {secret}\n{after}")
    for hidden in secret.split("\n")[1:-1] if "\n" in secret else [secret[PUBLIC.get(name, 4) :]]:
        assert not any(hidden[at : at + 8] in masked for at in range(len(hidden) - 7))
    assert masked.startswith(f"{before} ")
    assert masked.endswith(f"\n{after}")


@given(st.sampled_from(sorted(RULES)), st.integers(0, 2**32))
def test_escaped_and_encoded_keys_are_found(name: str, seed: int) -> None:
    secret = made(name, seed)
    if "-----BEGIN" in secret:
        (hit,) = scan('{"key": "' + secret.replace("\n", "\\n") + '\\n"}')
        assert hit.shape.rule == "private-key"
        encoded = fill(f"<<made-up:base64 {name}>>", seed)
        (hit,) = scan(f"tls.key: {encoded}")
        assert (hit.start, hit.end) == (9, 9 + len(encoded))


@given(st.text())
def test_no_text_raises(text: str) -> None:
    scan(text)
    assert may_hold(text) or mask(text) == text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("https://<<made-up:github-fine-grained>>@github.com/a/b", ["GitHub fine-grained token"]),
        ("`<<made-up:github-classic>>`", ["GitHub personal access token"]),
        ("aws_secret_access_key = <<made-up:aws-secret-key>>", ["AWS secret access key"]),
        ("SecretAccessKey: '<<made-up:aws-secret-key>>'", ["AWS secret access key"]),
        ("- name: AWS_SECRET_ACCESS_KEY\n  value: <<made-up:aws-secret-key>>", ["AWS secret access key"]),
        ("key: |\n  <<made-up:private-key indent=2>>", ["RSA private key"]),
        ("# <<made-up:pkcs8-private-key>>".replace("\n", "\n# "), ["Private key"]),
        ("<<made-up:encrypted-private-key>>", ["Encrypted private key"]),
        ("<<made-up:base64 private-key>>", ["Private key in base64"]),
        ("<<made-up:github-app>> <<made-up:github-app-user>>", ["GitHub app token", "GitHub app token"]),
    ],
)
def test_tokens(text: str, names: list[str]) -> None:
    assert [hit.name for hit in scan(fill(text, 1))] == names


@pytest.mark.parametrize(
    "text",
    [
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ghp_MyValidPersonalAccessTokenWithRepoPermissions",  # docs:clustermgmt/cluster-flux.md
        "github_pat_" + "0123456789" * 9,
        "github_pat_" + "x" * 22 + "_" + "x" * 59,
        "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "aws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}",
        "AROA" + "Q" * 16,  # the id of a role
        "a<<made-up:aws-access-key>>",  # within a word, so inside base64
        "<<made-up:aws-access-key>>A",
        "<<made-up:github-classic>>A",
        "<<made-up:certificate>>",
        "-----BEGIN RSA PRIVATE KEY-----",
        'if "-----BEGIN RSA PRIVATE KEY-----" in text: raise ValueError(text)',
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n<your key>\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + "x" * 64 + "\n-----END PRIVATE KEY-----",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + "mQ" * 40,
        "age1" + "q" * 58,
        "AGE-SECRET-KEY-1" + "Q" * 58,
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert scan(fill(text, 2)) == []


@given(st.text(alphabet=string.digits + string.ascii_letters, min_size=36, max_size=36))
def test_a_wrong_checksum_is_a_placeholder_and_still_masked(body: str) -> None:
    text = f"token: ghp_{body}"
    assert bool(scan(text)) is (github_checksum(body[:30]) == body[30:])
    assert mask(text) == f"token: ghp_{body[:4]}…(40 characters)"


@pytest.mark.parametrize(
    ("text", "encrypted"),
    [
        ("<<made-up:private-key>>", False),
        ("<<made-up:encrypted-private-key>>", True),
        ("<<made-up:putty-private-key>>", False),
    ],
)
def test_a_key_with_a_passphrase_says_so(text: str, encrypted: bool) -> None:
    (hit,) = scan(fill(text, 4))
    assert hit.encrypted is encrypted
    assert hit.name.startswith("Encrypted") is encrypted


def test_a_key_encrypted_the_old_way() -> None:
    header, _, rest = made("private-key", 5).partition("\n")
    (hit,) = scan(f"{header}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n{rest}")
    assert (hit.name, hit.encrypted) == ("Encrypted RSA private key", True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("t: <<made-up:github-classic>>  # pragma: allowlist secret", 0),
        ("t: <<made-up:github-classic>>  // pragma: allowlist secret", 0),
        ("# pragma: allowlist nextline secret\nt: <<made-up:github-classic>>", 0),
        ("t: 1  # pragma: allowlist secret\nt: <<made-up:github-classic>>", 1),
        ("# pragma: allowlist nextline secret\n\nt: <<made-up:github-classic>>", 1),
        ("t: <<made-up:github-classic>>  # allowlist", 1),
    ],
)
def test_allowlist_comments(text: str, found: int) -> None:
    assert len(scan(fill(text, 6))) == found


@pytest.mark.parametrize("secret", ["short", "a much longer pass phrase of several words"])
def test_conceal_shows_nothing_of_what_has_no_shape(secret: str) -> None:
    assert conceal(secret) == f"…({len(secret)} characters)"


def test_conceal_shows_the_public_prefix() -> None:
    token = made("github-fine-grained", 7)
    assert conceal(token) == f"{token[:15]}…(93 characters)"
    assert conceal(f"pass phrase {token}") == "…(105 characters)"
    assert conceal("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----"


@pytest.mark.parametrize("table", ["token-shapes", "generic-plugins"])
def test_every_keyword_begins_with_one_character(table: str) -> None:
    """Otherwise the engine tries the prefilter at every character, at many times the cost."""
    keywords = [keyword for entry in data.table(table) for keyword in entry["keywords"]]
    assert [keyword for keyword in keywords if not re.match(r"[A-Za-z0-9_]|\\[.$]", keyword)] == []


def test_a_text_without_tokens_never_imports_detect_secrets() -> None:
    script = (
        "import sys; from eksa_lint.secrets.scan import scan; from eksa_lint.secrets.masking import mask;"
        "import eksa_lint.rules.checks.secrets;"
        "scan('a: 1'); mask('a: 1'); sys.exit('detect_secrets' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----" * 20_000,
        "-----BEGIN PRIVATE KEY-----\n" * 20_000,
        "Comment:-----BEGIN PRIVATE KEY-----\n" * 20_000,
        "PuTTY-User-Key-File-3: x\n" * 20_000,
        "-----BEGIN PRIVATE KEY-----\n" + "A" * 500_000,
        "-----BEGIN PRIVATE KEY-----" + "\\" * 500_000,
        "secret_key = " * 40_000,
        "#" + " " * 200_000 + "pragma:" + fill("<<made-up:github-classic>>", 8),
        "<!--" + "# " * 100_000 + "pragma:" + fill("<<made-up:github-classic>>", 8),
        fill("<<made-up:github-classic>> # pragma:", 9) * 5_000,
    ],
    ids=range(10),
)
def test_hostile_text_costs_linear_time(text: str) -> None:
    """Any of these takes minutes where the work is quadratic."""
    scan(text)
    mask(text)
