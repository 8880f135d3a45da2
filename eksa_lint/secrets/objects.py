"""Secrets as Kubernetes holds them: which of their values can be read, and which of those are credentials."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.encoded import decode_base64
from eksa_lint.secrets.kubeconfig import kubeconfigs
from eksa_lint.secrets.placeholders import is_encrypted, is_placeholder, is_public
from eksa_lint.secrets.proofs import holds_private_key
from eksa_lint.secrets.values import looks_random
from eksa_lint.syntax import JsonValue, Node, parse

_INI_LINE: Final = re.compile(r"[ \t]*(?:\[[^\]\n]*\]|[#;].*|([A-Za-z0-9_.-]+)[ \t]*=(.*))")
_SUBSTITUTED: Final = re.compile(r"\$\{[A-Za-z_][^}]*\}")
_USER_AND_PASSWORD: Final = re.compile(r"[^\s:/{\"']{1,200}:(?!//)(\S+)")


@dataclass(frozen=True, slots=True)
class SecretValue:
    """A value that anybody can read: `text` is what it says, once its base64 is undone where it has any."""

    section: str
    key: str
    node: Node
    text: str
    encoded: bool

    @property
    def field(self) -> str:
        return f"{self.section}.{self.key}"


def values_of(node: Node) -> Iterator[SecretValue]:
    """The values of a Secret or ConfigMap that are written readably; an encrypted one is none."""
    kind = node.find(("kind",))
    of_secret = kind is not None and kind.value == "Secret"
    for section, encoded in (("data", of_secret), ("stringData", False), ("binaryData", True)):
        below = node.find((section,))
        for key, entry in (below.entries or {}).items() if below else ():
            text = _readable(entry.node.value, encoded=encoded)
            if text is not None:
                yield SecretValue(section, key, entry.node, text, encoded)


def credentials_of(secret: Node) -> Iterator[tuple[SecretValue, str]]:
    """The values of a Secret that are credentials, each with the part of its text that is one."""
    kind = secret.find(("type",))
    only = data.table("secret-values")["only"].get(kind.value if kind and isinstance(kind.value, str) else None)
    users, found = [], False
    for value in values_of(secret):
        if only is not None and value.key not in only:
            continue
        if user_key().fullmatch(value.key):
            users.append(value)
        elif (part := _credential(value)) is not None:
            found = True
            yield value, part
    for user in users if found else ():
        name = user.text.strip()
        if name not in data.table("secret-values")["transport_names"] and not is_placeholder(name, user.key):
            yield user, name


def is_setting(key: str) -> bool:
    """Whether a key of a Secret names a user or something public."""
    return user_key().fullmatch(key) is not None or key.casefold() in _public_keys()


def _readable(value: JsonValue, *, encoded: bool) -> str | None:
    if value is None or isinstance(value, (bool, dict, list)):
        return None
    text = str(value)
    if is_encrypted(text.strip()):
        return None
    if not encoded:
        return text
    return None if (raw := _strict_base64(text)) is None else raw.decode("utf-8", "replace")


def _strict_base64(text: str) -> bytes | None:
    """As Kubernetes reads `data`: padded, or it refuses the object."""
    compact = "".join(text.split())
    return decode_base64(compact) if compact and len(compact) % 4 == 0 else None


def _credential(value: SecretValue) -> str | None:
    """The part of a value that is a credential, or None."""
    text = value.text.strip()
    if holds_private_key(text):
        return text
    if value.key.casefold() in _public_keys() or "{{" in text or is_public(text):
        return None
    if any(True for _ in kubeconfigs(text)):
        return None
    # Before placeholders: a list in JSON looks like a `[placeholder]`.
    if "\n" in text or text.startswith(("{", "[")):
        inner = _structure(text)
        if inner is not None:
            return next(_inside(inner), None)
    if is_placeholder(text, value.key) or (_SUBSTITUTED.search(text) and not looks_random(_SUBSTITUTED.sub("", text))):
        return None
    pair = _USER_AND_PASSWORD.fullmatch(text)
    return None if pair and is_placeholder(pair[1]) else text


def _structure(text: str) -> list[Node] | dict[str, str] | None:
    """The documents of a value in JSON or YAML, the settings of one in INI, None for anything else."""
    lines = [line for line in text.splitlines() if line.strip()]
    matches = [_INI_LINE.fullmatch(line) for line in lines]
    if all(matches) and any(match[1] for match in matches if match):
        return {match[1]: match[2].strip().strip("\"'") for match in matches if match and match[1]}
    stream = parse(text.encode("utf-8", "replace"))
    roots = [document.root for document in stream.documents]
    whole = not stream.broken and roots and all(isinstance(root.value, (dict, list)) for root in roots)
    return roots if whole else None


def _inside(inner: list[Node] | dict[str, str]) -> Iterator[str]:
    """The credentials of a structured value; a manifest is none, and the Secrets in it are told by themselves."""
    if isinstance(inner, dict):
        for key, text in inner.items():
            yield from _named_credential(key, text)
        return
    for root in inner:
        if not (isinstance(root.value, dict) and isinstance(root.value.get("kind"), str)):
            yield from _below(root.value)


def _below(value: JsonValue) -> Iterator[str]:
    """Credentials in plain JSON, by the names they stand under."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (str, int, float)) and not isinstance(item, bool):
                yield from _named_credential(key, str(item))
            else:
                yield from _below(item)
    elif isinstance(value, list):
        for item in value:
            yield from _below(item)


def _named_credential(key: str, text: str) -> Iterator[str]:
    if not _credential_key().fullmatch(key) or "{{" in text or is_placeholder(text, key) or is_public(text):
        return
    if key == "auth":
        decoded = (decode_base64(text) or b"").decode("utf-8", "replace")
        _, colon, password = decoded.partition(":")
        if not colon or is_placeholder(password):
            return
    yield text


@cache
def _public_keys() -> frozenset[str]:
    return frozenset(key.casefold() for key in data.table("secret-values")["public_keys"])


@cache
def user_key() -> re.Pattern[str]:
    return re.compile(data.table("secret-values")["user_keys"])


@cache
def _credential_key() -> re.Pattern[str]:
    return re.compile(data.table("secret-values")["credential_keys"])
