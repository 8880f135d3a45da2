"""Secrets made up at run time, because not even a test may hold one.

In a text, `<<made-up:private-key indent=4>>` becomes a value of that shape, with the right checksum. `base64`
before the name encodes it, `indent` is put before every line but the first. `<<made-up:hex length=40>>` is text of that
alphabet, and `<<base64 … base64>>` encodes what stands in it, `\\n` being a line end.
"""

import base64
import json
import random
import re
import string
from collections.abc import Callable, Mapping
from typing import Final

from eksa_lint.secrets.encoded import github_checksum

_PLACE: Final = re.compile(
    r"<<made-up:(?P<base64>base64 )?(?P<name>[a-z0-9-]+)(?: indent=(?P<indent>\d+))?(?: length=(?P<length>\d+))?>>"
)
_ENCODED: Final = re.compile(r"<<base64 ((?:(?!<<base64 ).)*?) base64>>", re.DOTALL)
_ALPHANUMERIC: Final = string.ascii_letters + string.digits
_BASE64: Final = _ALPHANUMERIC + "+/"
_DIGITS: Final = string.digits
_BASE36: Final = string.ascii_lowercase + string.digits
_BASE32: Final = string.ascii_uppercase + "234567"
_BECH32: Final = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
_ALPHABETS: Final = {
    "letters": _ALPHANUMERIC,
    "capitals": string.ascii_uppercase,
    "digits": _DIGITS,
    "hex": "0123456789abcdef",
    "bech32": _BECH32.lower(),
    "bech32-capitals": _BECH32,
}


def fill(text: str, seed: int) -> str:
    """The text with every placeholder filled; the same text and seed give the same secrets."""
    maker = MadeUp(random.Random(seed))

    def value(match: re.Match[str]) -> str:
        length = match["length"]
        secret = maker.text(_ALPHABETS[match["name"]], int(length)) if length else maker.make(match["name"])
        if match["base64"]:
            return base64.b64encode(secret.encode()).decode()
        return secret.replace("\n", "\n" + " " * int(match["indent"] or 0))

    filled = _PLACE.sub(value, text)
    while _ENCODED.search(filled):
        filled = _ENCODED.sub(_encoded, filled)
    return filled


def _encoded(match: re.Match[str]) -> str:
    return base64.b64encode(match[1].replace("\\n", "\n").encode()).decode()


class MadeUp:
    """Makes one secret after the other."""

    def __init__(self, source: random.Random) -> None:
        self._random = source

    def make(self, name: str) -> str:
        return self.makers[name]()

    @property
    def makers(self) -> Mapping[str, Callable[[], str]]:
        return {
            "password": lambda: "Vc" + self.text(_ALPHANUMERIC, 5) + "!" + self.text(_ALPHANUMERIC, 6),
            "strong-password": lambda: "Vc" + self.text(_ALPHANUMERIC, 5) + "!" + self.text(_ALPHANUMERIC, 4) + "7q",
            "github-classic": lambda: self.github("ghp"),
            "github-oauth": lambda: self.github("gho"),
            "github-app-user": lambda: self.github("ghu"),
            "github-app": lambda: self.github("ghs"),
            "github-refresh": lambda: self.github("ghr"),
            "github-fine-grained": self.github_fine_grained,
            "aws-access-key": lambda: "AKIA" + self.text(_BASE32, 16),
            "aws-temporary-key": lambda: "ASIA" + self.text(_BASE32, 16),
            "aws-secret-key": lambda: self.text(_BASE64, 40),
            "private-key": lambda: self.pem("RSA PRIVATE KEY"),
            "ec-private-key": lambda: self.pem("EC PRIVATE KEY"),
            "public-key": lambda: self.pem("PUBLIC KEY"),
            "openssh-private-key": lambda: self.pem("OPENSSH PRIVATE KEY"),
            "pkcs8-private-key": lambda: self.pem("PRIVATE KEY"),
            "encrypted-private-key": lambda: self.pem("ENCRYPTED PRIVATE KEY"),
            "pgp-private-key": lambda: self.pem("PGP PRIVATE KEY BLOCK", "\n"),
            "putty-private-key": self.putty,
            "age-key": lambda: "AGE-SECRET-KEY-1" + self.text(_BECH32, 58),
            "aws-session-token": lambda: "IQoJb3JpZ2lu" + self.text(_ALPHANUMERIC, 240),
            "hex-token": lambda: self.text("0123456789abcdef", 40),
            "harbor-key": lambda: self.text(_ALPHANUMERIC, 13) + "q7Z",
            "user-and-password": lambda: "robot:" + self.make("password"),
            "gitlab": lambda: "glpat-" + self.text(_ALPHANUMERIC, 20),
            "slack-bot": lambda: (
                f"xoxb-{self.text(_DIGITS, 12)}-{self.text(_DIGITS, 12)}-{self.text(_ALPHANUMERIC, 24)}"
            ),
            "slack-webhook": self.slack_webhook,
            "vault": lambda: "hvs." + self.text(_ALPHANUMERIC, 95),
            "docker-hub": lambda: "dckr_pat_" + self.text(_ALPHANUMERIC, 27),
            "npm": lambda: "npm_" + self.text(_ALPHANUMERIC, 36),
            "jwt": lambda: self.jwt(
                "RS256", {"iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:ci:ci"}
            ),
            "licence": lambda: self.jwt("ES256", {"licenseId": "l-" + self.text("0123456789abcdef", 32)}),
            "authenticator": lambda: "k8s-aws-v1." + self.text(_ALPHANUMERIC, 200),
            "bootstrap-token": lambda: f"{self.text(_BASE36, 6)}.{self.text(_BASE36, 14)}7q",
            "cloudstack-key": lambda: "api-key = " + self.text(_ALPHANUMERIC, 86),
            "crypt": lambda: f"$6${self.text(_ALPHANUMERIC, 16)}${self.text(_ALPHANUMERIC, 86)}",
            "certificate": lambda: self.pem("CERTIFICATE"),
        }

    def text(self, alphabet: str, length: int) -> str:
        return "".join(self._random.choices(alphabet, k=length))

    def github(self, prefix: str) -> str:
        body = self.text(_ALPHANUMERIC, 30)
        return f"{prefix}_{body}{github_checksum(body)}"

    def github_fine_grained(self) -> str:
        return f"github_pat_{self.text(_ALPHANUMERIC, 22)}_{self.text(_ALPHANUMERIC, 59)}"

    def slack_webhook(self) -> str:
        parts = self.text(_BASE32, 9), self.text(_BASE32, 11), self.text(_ALPHANUMERIC, 24)
        return "https://hooks.slack.com/services/T{}/B{}/{}".format(*parts)

    def jwt(self, algorithm: str, claims: dict[str, str]) -> str:
        header = json.dumps({"alg": algorithm, "typ": "JWT"})
        parts = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, json.dumps(claims)))
        return ".".join([*parts, self.text(_ALPHANUMERIC, 86)])

    def pem(self, label: str, before_body: str = "") -> str:
        body = "\n".join(self.text(_BASE64, 64) for _ in range(6))
        return f"-----BEGIN {label}-----\n{before_body}{body}\n-----END {label}-----"

    def putty(self) -> str:
        lines = [
            "PuTTY-User-Key-File-3: ssh-ed25519",
            "Encryption: none",
            "Comment: made up",
            "Public-Lines: 1",
        ]
        lines += [self.text(_BASE64, 64), "Private-Lines: 1", self.text(_BASE64, 48)]
        return "\n".join([*lines, "Private-MAC: " + self.text("0123456789abcdef", 64)])
