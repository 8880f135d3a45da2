"""Kubeconfigs that let somebody in: files of any name, values of Secrets and ConfigMaps, text that does not parse."""

from collections.abc import Iterable, Iterator
from typing import Final

from eksa_lint.secrets.kubeconfig import Credential, client_keys, credentials, is_kubeconfig, kubeconfigs
from eksa_lint.secrets.leak import Leak, Text, place_in, within_quotes
from eksa_lint.secrets.manifests import kind_of, objects_of, title_of
from eksa_lint.secrets.secret_values import SecretValue, values_of
from eksa_lint.syntax import Node

_RULE: Final = "kubeconfig-committed"


def find(text: Text) -> Iterator[Leak]:
    """Every credential, the same place perhaps more than once: first with the most to say about it."""
    for document in text.documents:
        if is_kubeconfig(document.root.value):
            for credential in credentials(document.root.value):
                yield _in_document(text, document.root, credential)
        for root in objects_of(document.root):
            if kind_of(root) in ("Secret", "ConfigMap"):
                for value in values_of(root):
                    for inner in kubeconfigs(value.text):
                        yield from _embedded(text, root, value, credentials(inner.value))
    for start, end in client_keys(text.source.text):
        yield Leak(_RULE, f"client key of a kubeconfig in {text.name} opens the cluster", start, end, "client-key-data")


def _in_document(text: Text, root: Node, credential: Credential) -> Leak:
    start, end = within_quotes(text.source, root.find(credential.path) or root)
    message = f"kubeconfig holds the {credential.what} of {credential.user}, which opens the cluster as that user"
    return Leak(_RULE, message, start, end, credential.field)


def _embedded(text: Text, root: Node, value: SecretValue, found: Iterable[Credential]) -> Iterator[Leak]:
    for credential in found:
        what = f"a kubeconfig with the {credential.what} of {credential.user}"
        message = f"{title_of(root)} holds {what}, which opens the cluster"
        start, end = place_in(text.source, value.node, credential.text)
        yield Leak(_RULE, message, start, end, f"{value.field}.{credential.field}")
