"""Tokens of a known shape in the text of a file, and what is said about them."""

import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.manifests import Owners, kind_of, name_of, title_of
from eksa_lint.secrets.scan import scan
from eksa_lint.secrets.shapes import Found

_BEFORE_URL_USER: Final = re.compile(r"://(?:[^\s/@:\"']{0,200}:)?\Z")
_GIT_HOST: Final = re.compile(r"@(?:[^\s/\"']{0,200}git|[^\s\"']{1,300}\.git\b)", re.IGNORECASE)
_LOOK_AROUND: Final = 400


def find(text: Text) -> Iterator[Leak]:
    tokens = scan(text.source.text)
    owners = Owners(text.documents) if tokens else None
    for token in tokens:
        yield token_leak(token, _where(text, token, owners), token.start, token.end)


def token_leak(token: Found, where: str, start: int, end: int) -> Leak:
    """An encrypted key still needs its passphrase, and is a warning."""
    shape = token.shape
    is_weak = token.encrypted or shape.weak
    return Leak(shape.rule, f"{token.name} {where} opens {shape.opens}", start, end, token.name, is_weak)


def _where(text: Text, token: Found, owners: Owners | None) -> str:
    content = text.source.text
    if _BEFORE_URL_USER.search(content, max(0, token.start - _LOOK_AROUND), token.start):
        git = _GIT_HOST.match(content, token.end, token.end + _LOOK_AROUND)
        return "in a Git URL" if git else "in a URL"
    owner = owners.at(token.start) if owners else None
    if owner is None or not name_of(owner):
        return f"in {text.name}"
    return f"in Secret {name_of(owner)}" if kind_of(owner) == "Secret" else f"in {title_of(owner)}"
