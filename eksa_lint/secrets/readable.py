"""What Secrets hold readably: credentials by their key, and tokens in their base64."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.kubeconfig import credentials, kubeconfigs
from eksa_lint.secrets.leak import Leak, Text, place_in, within_quotes
from eksa_lint.secrets.manifests import kind_of, name_of, objects_of, secrets_below, title_of
from eksa_lint.secrets.prefilter import holds_secret
from eksa_lint.secrets.scan import scan
from eksa_lint.secrets.secret_keys import names_user
from eksa_lint.secrets.secret_values import SecretValue, credentials_of, values_of
from eksa_lint.secrets.tokens import token_leak
from eksa_lint.syntax import Node, parse

_DEEPEST: Final = 4
"""Manifests inside values inside manifests; EKS Anywhere itself goes to two."""


def find(text: Text) -> Iterator[Leak]:
    for document in text.documents:
        for root in objects_of(document.root):
            if kind_of(root) == "Secret":
                yield from _tokens(text, root)
                yield from _credentials(text, root, title_of(root))
            elif kind_of(root) == "SealedSecret" and (template := root.find(("spec", "template"))):
                yield from _credentials(text, template, f"the template of {title_of(root)}")
            yield from _in_values(text, root)
            for inner in secrets_below(root):
                yield from _credentials(text, inner, f"{title_of(inner)} in {title_of(root) or text.name}")


def _tokens(text: Text, secret: Node) -> Iterator[Leak]:
    """One leak a value, at the value: what its base64 holds has no place of its own."""
    for value in values_of(secret):
        if value.encoded and not any(True for root in kubeconfigs(value.text) for _ in credentials(root.value)):
            for token in scan(value.text)[:1]:
                start, end = within_quotes(text.source, value.node)
                yield token_leak(token, f"in base64 in Secret {name_of(secret)}", start, end)


def _credentials(text: Text, secret: Node, title: str) -> Iterator[Leak]:
    opens = _opens(name_of(secret).rpartition("/")[2])
    for value, credential in credentials_of(secret):
        start, end = place_in(text.source, value.node, credential)
        message = f"{title} holds a readable {value.key}{_which_opens(value, opens)}"
        yield Leak("secret-object", message, start, end, value.field)


def _in_values(text: Text, root: Node) -> Iterator[Leak]:
    """Secrets in the values of an object: manifests that another object carries, and what kubectl noted of itself."""
    holder = title_of(root) or text.name
    for node, content in _manifests(root):
        for secret in _secrets(content):
            title, opens = title_of(secret), _opens(name_of(secret).rpartition("/")[2])
            for value, credential in credentials_of(secret):
                start, end = place_in(text.source, node, credential, str(value.node.value))
                message = f"{title} in {holder} holds a readable {value.key}{_which_opens(value, opens)}"
                yield Leak("secret-object", message, start, end, f"{title}.{value.field}")


def _manifests(root: Node) -> Iterator[tuple[Node, str]]:
    """The values that may be manifests, as text: also what the base64 of a Secret says."""
    for node in _scalars(root):
        if isinstance(node.value, str) and holds_secret(node.value):
            yield node, node.value
    for value in values_of(root):
        if value.encoded and holds_secret(value.text):
            yield value.node, value.text


def _secrets(content: str, depth: int = 0) -> Iterator[Node]:
    for document in parse(content.encode("utf-8", "replace")).documents:
        for inner in objects_of(document.root):
            if kind_of(inner) == "Secret":
                yield inner
            if depth < _DEEPEST:
                for _, below in _manifests(inner):
                    yield from _secrets(below, depth + 1)


def _scalars(node: Node) -> Iterator[Node]:
    if node.entries is not None:
        for entry in node.entries.values():
            yield from _scalars(entry.node)
    elif node.items is not None:
        for item in node.items:
            yield from _scalars(item)
    else:
        yield node


def _which_opens(value: SecretValue, opens: str) -> str:
    return f", which opens {opens}" if opens and not names_user(value.key) else ""


def _opens(name: str) -> str:
    entries: list[dict[str, str]] = data.table("named-secrets")
    return next((entry["opens"] for entry in entries if fnmatchcase(name, entry["name"])), "")
