"""Tokens in a text: where they are, and what they open."""

from dataclasses import dataclass

from eksa_lint.secrets.allowlist import Allowlist
from eksa_lint.secrets.prefilter import may_hold
from eksa_lint.secrets.shapes import apart, find, shapes
from eksa_lint.syntax import Source


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
    found = apart(item for item in find(text, shapes()) if item.real)
    allowlist = Allowlist(Source(text))
    return [
        Hit(item.shape.rule, item.name, item.start, item.end, item.shape.opens, item.encrypted, item.shape.weak)
        for item in found
        if not allowlist.covers(item.start)
    ]
