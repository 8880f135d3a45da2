"""Secrets in files: tokens in any text, kubeconfigs, and what Secret objects hold readably.

A value is reported once: by `kubeconfig-committed` inside a kubeconfig, else by the rule of its shape, else
by `secret-object`.
"""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from eksa_lint.finding import Place, Severity
from eksa_lint.model.file import File
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.draft import Draft
from eksa_lint.secrets.allowlist import allowlist_of
from eksa_lint.secrets.kubeconfig import Credential, client_keys, credentials, is_kubeconfig, kubeconfigs
from eksa_lint.secrets.objects import SecretValue, credentials_of, values_of
from eksa_lint.secrets.scan import Hit, scan
from eksa_lint.secrets.windows import scan_windows
from eksa_lint.syntax import Node, Source

_BEFORE_URL_USER: Final = re.compile(r"://(?:[^\s/@:\"']{0,200}:)?\Z")
_GIT_HOST: Final = re.compile(r"@(?:[^\s/\"']{0,200}git|[^\s\"']{1,300}\.git\b)", re.IGNORECASE)
_LOOK_AROUND: Final = 400


@check("token-shapes")
def token_shapes(file: File, _context: Any) -> Iterator[Draft]:
    """Tokens in the raw text of any file, and in the base64 of Secret values."""
    if file.windows is not None:
        yield from _in_windows(file, file.windows())
        return
    hits = scan(file.source.text)
    taken, owners = _Spans(), _Owners(file)
    for draft in _in_kubeconfigs(file) if hits else ():
        taken.add(draft.place)
    for hit in hits:
        place = file.place(hit.start, hit.end)
        if taken.add(place):
            owner = owners.at(hit.start)
            yield _token(hit, f"{hit.name} {_where(place, owner)}", place, owner)
    yield from _in_base64(file, taken)


@check("kubeconfig")
def kubeconfig(file: File, _context: Any) -> Iterator[Draft]:
    """Credentials of kubeconfigs: files, values of Secrets and ConfigMaps, and text that does not parse."""
    allowlist = allowlist_of(file.source)
    for draft in _in_kubeconfigs(file):
        if draft.place and not allowlist.covers(draft.place.start):
            yield draft


@check("secret-object")
def secret_object(resource: Resource, _context: Any) -> Iterator[Draft]:
    """Readable credentials of a Secret, one finding a value."""
    if (resource.kind, resource.group) != ("Secret", ""):
        return
    allowlist = allowlist_of(resource.source)
    for value, credential in credentials_of(resource.node):
        place = _place(resource, value.node, credential)
        if not scan(value.text) and not allowlist.covers(place.start):
            message = f"Secret {_title(resource)} holds a readable {value.key}"
            yield _draft("secret-object", message, place, resource, value.field)


def _in_windows(file: File, windows: Iterable[bytes]) -> Iterator[Draft]:
    """Tokens of a file too large to be held, each with the span that it was found at."""
    for hit in scan_windows(windows):
        place = replace(file.place(0, 0), fixed=hit.span)
        draft = _draft(hit.rule, f"{hit.name} in {file.path.rpartition('/')[2]}", place, None, hit.name)
        yield replace(draft, severity=Severity.WARNING) if hit.encrypted else draft


def _in_base64(file: File, taken: "_Spans") -> Iterator[Draft]:
    """One finding a value, at the value: what its base64 holds has no place of its own."""
    allowlist = allowlist_of(file.source)
    for resource in _of_kinds(file.resources, "Secret"):
        for value in values_of(resource.node):
            place = _place(resource, value.node)
            if not value.encoded or not taken.free(place) or allowlist.covers(place.start):
                continue
            for hit in scan(value.text)[:1]:
                if not any(True for root in kubeconfigs(value.text) for _ in credentials(root.value)):
                    message = f"{hit.name} in base64 in Secret {_title(resource)}"
                    yield _token(hit, message, place, resource)


def _in_kubeconfigs(file: File) -> Iterator[Draft]:
    reported = _Spans()
    return (draft for draft in _all_in_kubeconfigs(file) if reported.add(draft.place))


def _all_in_kubeconfigs(file: File) -> Iterator[Draft]:
    """Every credential, the same place perhaps more than once: first with the most to say about it."""
    owners = _Owners(file)
    for document in file.documents:
        if is_kubeconfig(document.root.value):
            for credential in credentials(document.root.value):
                yield _in_document(file, document.root, credential, owners)
    for resource in _of_kinds(file.resources, "Secret", "ConfigMap"):
        for value in values_of(resource.node):
            for root in kubeconfigs(value.text):
                yield from _embedded(resource, value, credentials(root.value))
    for start, end in client_keys(file.source.text):
        message = f"client key of a kubeconfig in {file.path.rpartition('/')[2]}"
        place = file.place(start, end)
        yield _draft("kubeconfig-committed", message, place, owners.at(start), "client-key-data")


def _in_document(file: File, root: Node, credential: Credential, owners: "_Owners") -> Draft:
    node = root.find(credential.path) or root
    place = file.place(*_inner(file.source, node))
    message = f"kubeconfig holds the {credential.what} of {credential.user}"
    return _draft("kubeconfig-committed", message, place, owners.at(place.start), credential.field)


def _embedded(resource: Resource, value: SecretValue, found: Iterable[Credential]) -> Iterator[Draft]:
    for credential in found:
        what = f"a kubeconfig with the {credential.what} of {credential.user}"
        message = f"{resource.kind} {_title(resource)} holds {what}"
        place = _place(resource, value.node, credential.text)
        yield _draft("kubeconfig-committed", message, place, resource, f"{value.field}.{credential.field}")


def _where(place: Place, owner: Resource | None) -> str:
    text = place.source.text
    if _BEFORE_URL_USER.search(text, max(0, place.start - _LOOK_AROUND), place.start):
        git = _GIT_HOST.match(text, place.end, place.end + _LOOK_AROUND)
        return "in a Git URL" if git else "in a URL"
    if owner is None:
        return f"in {place.path.rpartition('/')[2]}"
    if (owner.kind, owner.group) == ("Secret", ""):
        return f"in Secret {_title(owner)}"
    return f"in {owner.title}"


def _token(hit: Hit, message: str, place: Place, owner: Resource | None) -> Draft:
    """An encrypted key still needs its passphrase, and is a warning."""
    draft = _draft(hit.rule, message, place, owner, hit.name)
    return replace(draft, severity=Severity.WARNING) if hit.encrypted else draft


def _draft(rule: str, message: str, place: Place, resource: Resource | None, field: str) -> Draft:
    return Draft(rule, message, place, resource, field, secret=((place.start, place.end),))


def _title(resource: Resource) -> str:
    return f"{resource.id.namespace}/{resource.id.name}" if resource.id.namespace else resource.id.name


def _of_kinds(resources: Iterable[Resource], *kinds: str) -> Iterator[Resource]:
    return (resource for resource in resources if resource.group == "" and resource.kind in kinds)


def _place(resource: Resource, node: Node, credential: str = "") -> Place:
    """Where a credential stands inside a value as written; the whole value where it cannot be seen there."""
    start, end = _inner(resource.source, node)
    at = resource.source.text.find(credential, start, end) if credential and "\n" not in credential else -1
    if at >= 0:
        start, end = at, at + len(credential)
    return Place(resource.side, resource.path, resource.source, start, end)


def _inner(source: Source, node: Node) -> tuple[int, int]:
    """A scalar without its quotes."""
    quoted = node.end - node.start > 1 and source.text[node.start] in "\"'"
    return (node.start + 1, node.end - 1) if quoted and node.items is None else (node.start, node.end)


class _Spans:
    """Places that were spoken of, none over another."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def free(self, place: Place) -> bool:
        index = bisect_left(self._spans, (place.end, 0))
        return index == 0 or self._spans[index - 1][1] <= place.start

    def add(self, place: Place | None) -> bool:
        """Take a place; False where another already covers some of it."""
        if place is None or not self.free(place):
            return False
        insort(self._spans, (place.start, place.end))
        return True


class _Owners:
    """Which object of a file an offset lies in."""

    def __init__(self, file: File) -> None:
        self._resources = sorted(file.resources, key=lambda resource: resource.node.start)

    def at(self, offset: int) -> Resource | None:
        index = bisect_right(self._resources, offset, key=lambda resource: resource.node.start)
        owner = self._resources[index - 1] if index else None
        return owner if owner and offset < owner.node.end else None
