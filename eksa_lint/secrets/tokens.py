"""Tokens of a known shape in the text of a file, and what is said about them."""

import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.manifests import Owners, kind_of, name_of, title_of
from eksa_lint.secrets.scan import Hit, scan

_BEFORE_URL_USER: Final = re.compile(r"://(?:[^\s/@:\"']{0,200}:)?\Z")
_GIT_HOST: Final = re.compile(r"@(?:[^\s/\"']{0,200}git|[^\s\"']{1,300}\.git\b)", re.IGNORECASE)
_LOOK_AROUND: Final = 400


def find(text: Text) -> Iterator[Leak]:
    hits = scan(text.source.text)
    owners = Owners(text.documents) if hits else None
    for hit in hits:
        yield token_leak(hit, _where(text, hit, owners), hit.start, hit.end)


def token_leak(hit: Hit, where: str, start: int, end: int) -> Leak:
    """An encrypted key still needs its passphrase, and is a warning."""
    return Leak(hit.rule, f"{hit.name} {where} opens {hit.opens}", start, end, hit.name, hit.encrypted or hit.weak)


def _where(text: Text, hit: Hit, owners: Owners | None) -> str:
    content = text.source.text
    if _BEFORE_URL_USER.search(content, max(0, hit.start - _LOOK_AROUND), hit.start):
        git = _GIT_HOST.match(content, hit.end, hit.end + _LOOK_AROUND)
        return "in a Git URL" if git else "in a URL"
    owner = owners.at(hit.start) if owners else None
    if owner is None or not name_of(owner):
        return f"in {text.name}"
    return f"in Secret {name_of(owner)}" if kind_of(owner) == "Secret" else f"in {title_of(owner)}"
