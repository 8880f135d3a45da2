"""Kubeconfigs, and what in them lets somebody in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint.secrets.encoded import decode_base64
from eksa_lint.secrets.placeholders import is_encrypted, is_placeholder
from eksa_lint.secrets.prefilter import may_be_kubeconfig
from eksa_lint.secrets.proofs import holds_private_key
from eksa_lint.syntax import JsonValue, Node, parse

_CLIENT_KEY: Final = re.compile(r"client-key-data[\\\"']{0,3}[ \t]{0,3}:[ \t]{0,3}[\\\"']{0,3}([A-Za-z0-9+/=]{20,})")

# The fields are those of AuthInfo in client-go, tools/clientcmd/api/v1/types.go. Paths, certificates and exec
# entries hold no credential. Auth providers are gone since Kubernetes 1.26; files of their time still let in.
_FIELDS: Final = {"client-key-data": "client key", "token": "token", "password": "password"}
_PROVIDER_FIELDS: Final = {
    "id-token": "id token",
    "refresh-token": "refresh token",
    "access-token": "access token",
    "client-secret": "client secret",
}


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential: whose, what it is, where it stands below the root, and the text of it."""

    user: str
    what: str
    path: tuple[str | int, ...]
    text: str

    @property
    def field(self) -> str:
        return f"users[{self.user}].{'.'.join(str(step) for step in self.path[2:])}"


def kubeconfigs(text: str) -> Iterator[Node]:
    """The kubeconfigs among the documents of a text."""
    if may_be_kubeconfig(text):
        for document in parse(text.encode("utf-8", "replace")).documents:
            if is_kubeconfig(document.root.value):
                yield document.root


def is_kubeconfig(value: JsonValue) -> bool:
    return isinstance(value, dict) and value.get("kind") == "Config" and isinstance(value.get("users"), list)


def credentials(kubeconfig: JsonValue) -> Iterator[Credential]:
    """Everything in a kubeconfig that is a credential by itself."""
    users = kubeconfig.get("users") if isinstance(kubeconfig, dict) else None
    for index, entry in enumerate(users if isinstance(users, list) else ()):
        if isinstance(entry, dict) and isinstance(user := entry.get("user"), dict):
            path = ("users", index, "user")
            yield from _in_user(str(entry.get("name")), user, path)


def client_keys(text: str) -> Iterator[tuple[int, int]]:
    """Client keys in a text that need not parse: their offsets."""
    if "client-key-data" in text:
        for match in _CLIENT_KEY.finditer(text):
            if _is_key(match[1]):
                yield match.span(1)


def _in_user(name: str, user: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[Credential]:
    held = [(user, _FIELDS, path)]
    provider = user.get("auth-provider")
    config = provider.get("config") if isinstance(provider, dict) else None
    if isinstance(config, dict):
        held.append((config, _PROVIDER_FIELDS, (*path, "auth-provider", "config")))
    for fields, known, above in held:
        for key, what in known.items():
            text = fields.get(key)
            if isinstance(text, str) and _counts(key, text):
                yield Credential(name, what, (*above, key), text)


def _counts(key: str, text: str) -> bool:
    if key == "client-key-data":
        return _is_key(text)
    return not is_encrypted(text) and not is_placeholder(text, key)


def _is_key(text: str) -> bool:
    """By structure: what it decodes to has the header of a private key, whatever the body is."""
    decoded = decode_base64(text)
    return decoded is not None and holds_private_key(decoded.decode("latin-1"))
