"""Secrets as Kubernetes holds them: which of their values can be read, and which of those are credentials."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.encoded import decode_base64
from eksa_lint.secrets.kubeconfig import kubeconfigs
from eksa_lint.secrets.manifests import kind_of
from eksa_lint.secrets.placeholders import is_encrypted, is_placeholder, is_public
from eksa_lint.secrets.proofs import holds_private_key
from eksa_lint.secrets.secret_keys import holds_public, names_user
from eksa_lint.secrets.structured import credentials_in, structure_of
from eksa_lint.secrets.values import looks_random
from eksa_lint.syntax import JsonValue, Node

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
    for section, encoded in (("data", kind_of(node) == "Secret"), ("stringData", False), ("binaryData", True)):
        below = node.find((section,))
        for key, entry in (below.entries or {}).items() if below else ():
            text = _readable(entry.node.value, encoded=encoded)
            if text is not None:
                yield SecretValue(section, key, entry.node, text, encoded)


def credentials_of(secret: Node) -> Iterator[tuple[SecretValue, str]]:
    """The values of a Secret that are credentials, each with the part of its text that is one.

    A user counts where something else of the Secret does.
    """
    kind = secret.find(("type",))
    only = data.table("secret-values")["only"].get(kind.value if kind and isinstance(kind.value, str) else None)
    values = [value for value in values_of(secret) if only is None or value.key in only]
    found = False
    for value in values:
        if not names_user(value.key) and (part := _credential(value)) is not None:
            found = True
            yield value, part
    for value in values if found else ():
        name = value.text.strip()
        if names_user(value.key) and _names_somebody(name, value.key):
            yield value, name


def _names_somebody(name: str, key: str) -> bool:
    return name not in data.table("secret-values")["transport_names"] and not is_placeholder(name, key)


def _readable(value: JsonValue, *, encoded: bool) -> str | None:
    if value is None or isinstance(value, (bool, dict, list)):
        return None
    text = str(value)
    if is_encrypted(text.strip()):
        return None
    if not encoded:
        return text
    raw = _bytes_of(text)
    return None if raw is None else raw.decode("utf-8", "replace")


def _bytes_of(text: str) -> bytes | None:
    """As Kubernetes reads `data`: padded, or it refuses the object."""
    compact = "".join(text.split())
    return decode_base64(compact) if compact and len(compact) % 4 == 0 else None


def _credential(value: SecretValue) -> str | None:
    """The part of a value that is a credential, or None."""
    text = value.text.strip()
    if holds_private_key(text):
        return text
    if holds_public(value.key) or "{{" in text or is_public(text):
        return None
    if any(True for _ in kubeconfigs(text)):
        return None
    # Before placeholders: a list in JSON looks like a `[placeholder]`.
    if "\n" in text or text.startswith(("{", "[")):
        structure = structure_of(text)
        if structure is not None:
            return next(credentials_in(structure), None)
    return None if _stands_for_nothing(text, value.key) else text


def _stands_for_nothing(text: str, key: str) -> bool:
    """Whether a value is a placeholder, holds nothing but references, or gives a user no password."""
    if is_placeholder(text, key) or (_SUBSTITUTED.search(text) and not looks_random(_SUBSTITUTED.sub("", text))):
        return True
    pair = _USER_AND_PASSWORD.fullmatch(text)
    return pair is not None and is_placeholder(pair[1])
