"""What Secrets hold readably: credentials by their key, and tokens in their base64."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from eksa_lint import data
from eksa_lint.secrets.kubeconfig import credentials, kubeconfigs
from eksa_lint.secrets.leak import Leak, Text, place_in, within_quotes
from eksa_lint.secrets.manifests import kind_of, name_of, objects_of, title_of
from eksa_lint.secrets.objects import SecretValue, credentials_of, user_key, values_of
from eksa_lint.secrets.scan import scan
from eksa_lint.secrets.tokens import token_leak
from eksa_lint.syntax import Node


def find(text: Text) -> Iterator[Leak]:
    for document in text.documents:
        for root in objects_of(document.root):
            if kind_of(root) == "Secret":
                yield from _tokens(text, root)
                yield from _credentials(text, root, title_of(root))
            elif kind_of(root) == "SealedSecret" and (template := root.find(("spec", "template"))):
                yield from _credentials(text, template, f"the template of {title_of(root)}")


def _tokens(text: Text, secret: Node) -> Iterator[Leak]:
    """One leak a value, at the value: what its base64 holds has no place of its own."""
    for value in values_of(secret):
        if value.encoded and not any(True for root in kubeconfigs(value.text) for _ in credentials(root.value)):
            for hit in scan(value.text)[:1]:
                start, end = within_quotes(text.source, value.node)
                yield token_leak(hit, f"in base64 in Secret {name_of(secret)}", start, end)


def _credentials(text: Text, secret: Node, title: str) -> Iterator[Leak]:
    opens = _opens(name_of(secret).rpartition("/")[2])
    for value, credential in credentials_of(secret):
        start, end = place_in(text.source, value.node, credential)
        message = f"{title} holds a readable {value.key}{_which_opens(value, opens)}"
        yield Leak("secret-object", message, start, end, value.field)


def _which_opens(value: SecretValue, opens: str) -> str:
    return f", which opens {opens}" if opens and not user_key().fullmatch(value.key) else ""


def _opens(name: str) -> str:
    entries: list[dict[str, str]] = data.table("named-secrets")
    return next((entry["opens"] for entry in entries if fnmatchcase(name, entry["name"])), "")
