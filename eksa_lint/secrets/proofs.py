"""What must hold besides a shape: checksums, and bodies that follow a header.

Every proof reads each character of a text a bounded number of times, however often a header stands in it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from eksa_lint.secrets.encoded import CHECKSUM_LENGTH, decode_base64, github_checksum
from eksa_lint.secrets.placeholders import is_placeholder
from eksa_lint.secrets.values import looks_random


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the secret really ends, whether it is one, and whether a passphrase stands before it."""

    end: int
    real: bool
    encrypted: bool = False


Proof: TypeAlias = Callable[[str, int, int], Evidence]
"""From a text and the offsets of what matched in it."""


# Between a header and its END line: armor headers, then base64 with line ends (real, or escaped as in JSON)
# and the marks of comments, block scalars and string literals around it. A hyphen ends it, so that no body
# holds a header; armor headers may hold hyphens and are therefore few.
_LAYOUT: Final = r"(?:\\++[rnt]|[\s\"'#>|*,`]++)*+"
_ARMOR: Final = r"(?:(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):[^\r\n\\]{0,200})"
_KEY_BODY: Final = re.compile(
    rf"(?P<armor>{_LAYOUT}(?:{_ARMOR}{_LAYOUT}){{0,6}})(?P<base64>(?:[A-Za-z0-9+/=]++|{_LAYOUT}(?=[A-Za-z0-9+/=]))*+)"
)
_KEY_END: Final = re.compile(rf"{_LAYOUT}-{{4,5}} ?END [A-Z0-9 ]{{3,60}}-{{4,5}}")
_KEY_LINE: Final = re.compile(r"[A-Za-z0-9+/]{40,}")
_FIRST_LINES: Final = 2_000
_LEAST_BODY: Final = 64
"""Base64 characters; the smallest private key, Ed25519 in PKCS 8, has as many."""
_LEAST_VARIETY: Final = 12
"""Different characters; a body of x or of zeros is a placeholder."""
_OPENSSH: Final = b"openssh-key-v1\0"
_OPENSSH_CIPHER: Final = slice(len(_OPENSSH) + 4, len(_OPENSSH) + 8)

# The lines that base64 goes on in; another key begins anew, so that each line is read once.
_WRAPPED: Final = re.compile(
    r"(?:(?:\\n|\r?\n)[ \t#>]{0,80}(?!LS0tLS1CRUdJTi)[A-Za-z0-9+/]{1,400}+={0,2}(?=\\n|\s|[\"']|\Z))*+"
)
_LINE_END: Final = re.compile(r"\\n|[\s#>]")

_JWT_SAMPLE: Final = "1234567890"
"""The subject of the token that jwt.io and half of all documentation show."""
_URL_SAFE: Final = str.maketrans("-_", "+/")

_PUTTY_BODY: Final = re.compile(
    r"[^\r\n]{0,300}(?:\r\n|\n|\r|\Z)"
    r"(?:[ \t#]*+(?!PuTTY-User)(?:[A-Za-z0-9-]{1,40}: [^\r\n]{0,300}|[A-Za-z0-9+/=]{1,100})"
    r"(?:\r\n|\n|\r|\Z))*+"
)
_PEM_HEADER: Final = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")


def _shape(text: str, start: int, end: int) -> Evidence:
    del text, start
    return Evidence(end, real=True)


def _github_checksum(text: str, start: int, end: int) -> Evidence:
    body = text[start:end].partition("_")[2]
    return Evidence(end, real=github_checksum(body[:-CHECKSUM_LENGTH]) == body[-CHECKSUM_LENGTH:])


def _key_body(text: str, start: int, end: int) -> Evidence:
    """A header alone is prose or code that looks for one; a key has its body on the next lines."""
    body = _KEY_BODY.match(text, end)
    if body is None:
        return Evidence(end, real=False)
    lines = _KEY_LINE.findall(body["base64"][:_FIRST_LINES])
    if not lines:
        return Evidence(end, real=False)
    real = sum(map(len, lines)) >= _LEAST_BODY and len(set("".join(lines))) >= _LEAST_VARIETY
    encrypted = "ENCRYPTED" in text[start:end] + body["armor"] or (real and _openssh_encrypted(lines[0]))
    closing = _KEY_END.match(text, body.end())
    return Evidence(closing.end() if closing else body.end(), real, encrypted)


def _openssh_encrypted(line: str) -> bool:
    head = decode_base64(line[:_LEAST_BODY]) or b""
    return head.startswith(_OPENSSH) and head[_OPENSSH_CIPHER] != b"none"


def _putty_body(text: str, start: int, end: int) -> Evidence:
    body = _PUTTY_BODY.match(text, end)
    if body is None:
        return Evidence(end, real=False)
    real = "Private-Lines:" in body[0]
    stop = start + len(text[start : body.end()].rstrip())
    return Evidence(stop, real, encrypted=real and "Encryption: none" not in body[0])


def _base64_key(text: str, start: int, end: int) -> Evidence:
    decoded = (decode_base64(text[start:end]) or b"").decode("latin-1")
    header = _PEM_HEADER.search(decoded)
    if header is None:
        return Evidence(end, real=False)
    wrapped = _WRAPPED.match(text, end)
    end = wrapped.end() if wrapped else end
    decoded = (decode_base64(_LINE_END.sub("", text[start:end])) or b"").decode("latin-1")
    inner = _key_body(decoded, header.start(), header.end())
    return Evidence(end, inner.real, inner.encrypted)


def _jwt(text: str, start: int, end: int) -> Evidence:
    claims = _claims(text[start:end])
    return Evidence(end, real=claims is not None and "licenseId" not in claims and claims.get("sub") != _JWT_SAMPLE)


def _licence(text: str, start: int, end: int) -> Evidence:
    claims = _claims(text[start:end])
    return Evidence(end, real=claims is not None and "licenseId" in claims)


def _claims(token: str) -> dict[str, Any] | None:
    """What a JWT says; None for what is none, such as a sample with an edited middle, or one without signature."""
    header, payload = (_json_object(part) for part in token.split(".")[:2])
    return payload if header is not None and header.get("alg", "none") != "none" else None


def _json_object(part: str) -> dict[str, Any] | None:
    try:
        value = json.loads(decode_base64(part.translate(_URL_SAFE)) or b"")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _bootstrap(text: str, start: int, end: int) -> Evidence:
    """Two dotted words have the shape too; a made-up half of 16 without any digit is not to be expected."""
    return Evidence(end, real=any(char.isdigit() for char in text[start:end].partition(".")[2]))


def _artifactory(text: str, start: int, end: int) -> Evidence:
    token = text[start:end]
    return Evidence(end, real=token.startswith("AKCp") or (decode_base64(token) or b"").startswith(b"reftkn:"))


def _random(text: str, start: int, end: int) -> Evidence:
    return Evidence(end, real=looks_random(text[start:end]))


def _user_and_password(text: str, start: int, end: int) -> Evidence:
    decoded = (decode_base64(text[start:end]) or b"").decode("utf-8", "replace")
    _, colon, password = decoded.partition(":")
    return Evidence(end, real=bool(colon) and decoded.isprintable() and not is_placeholder(password))


def _docker_config(text: str, start: int, end: int) -> Evidence:
    try:
        logins = json.loads(decode_base64(text[start:end]) or b"")["auths"].values()
        passwords = [login.get("password", "") or _password(login.get("auth", "")) for login in logins]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Evidence(end, real=False)
    return Evidence(end, real=any(password and not is_placeholder(str(password)) for password in passwords))


def _password(basic: str) -> str:
    return (decode_base64(basic) or b"").decode("utf-8", "replace").partition(":")[2]


def holds_private_key(text: str) -> bool:
    """By structure alone: a PEM header of a private key, whatever its body is."""
    return "PRIVATE KEY" in text and _PEM_HEADER.search(text) is not None


PROOFS: Final[Mapping[str, Proof]] = {
    "shape": _shape,
    "github-checksum": _github_checksum,
    "key-body": _key_body,
    "putty-body": _putty_body,
    "base64-key": _base64_key,
    "jwt": _jwt,
    "licence": _licence,
    "bootstrap": _bootstrap,
    "artifactory": _artifactory,
    "user-and-password": _user_and_password,
    "docker-config": _docker_config,
    "random": _random,
}
