"""Tokens in a text: where they are, and the same text without them."""

from dataclasses import dataclass
from typing import Final

from eksa_lint.secrets.allowlist import Allowlist
from eksa_lint.secrets.prefilter import may_hold
from eksa_lint.secrets.shapes import Found, apart, find, shapes
from eksa_lint.syntax import Source

_SHOWN: Final = 4
"""Characters beyond the public prefix that a masked token keeps, so that its owner knows which one it is."""
_LEAST_HIDDEN: Final = 12


@dataclass(frozen=True, slots=True)
class Hit:
    """A token: the rule that reports it, what people call it and what it opens; offsets in code points.

    A private key reaches from its BEGIN line to its END line. An `encrypted` one needs a passphrase too; what is `weak`
    opens little.
    """

    rule: str
    name: str
    start: int
    end: int
    opens: str
    encrypted: bool = False
    weak: bool = False


def scan(text: str) -> list[Hit]:
    """The tokens of a text, in its order; placeholders and allowlisted lines are left out."""
    if not may_hold(text):
        return []
    from eksa_lint.secrets.plugins import detectors  # noqa: PLC0415 - imports detect-secrets

    found = apart(item for detector in detectors() for item in detector.find(text))
    allowlist = Allowlist(Source(text))
    return [
        Hit(item.shape.rule, item.name, item.start, item.end, item.shape.opens, item.encrypted, item.shape.weak)
        for item in found
        if not allowlist.covers(item.start)
    ]


def mask(text: str) -> str:
    """The text with every token and password of a URL hidden, also those that are placeholders or allowlisted."""
    if "@" in text and "://" in text:
        from eksa_lint.secrets.urls import masked  # noqa: PLC0415 - few messages hold a URL with a user

        text = masked(text)
    if not may_hold(text):
        return text
    pieces: list[str] = []
    at = 0
    for found in apart(find(text, shapes())):
        pieces += text[at : found.start], _masked(text, found)
        at = found.end
    return "".join([*pieces, text[at:]])


def conceal(secret: str) -> str:
    """What may be shown of a text known to be a secret: nothing but a token's public part."""
    for found in find(secret, shapes()) if may_hold(secret) else ():
        if (found.start, found.end) == (0, len(secret)):
            return _masked(secret, found)
    return f"…({len(secret)} characters)"


def _masked(text: str, found: Found) -> str:
    shown = found.public_end
    if shown == found.end:
        return text[found.start : shown]
    if found.shape.public and found.end - shown >= _LEAST_HIDDEN:
        shown += _SHOWN
    return f"{text[found.start : shown]}…({found.end - found.start} characters)"
