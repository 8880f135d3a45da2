"""Tokens in a text: where they are, and what they open."""

from eksa_lint.secrets.allowlist import Allowlist
from eksa_lint.secrets.prefilter import may_hold
from eksa_lint.secrets.shapes import Found, apart, find, shapes
from eksa_lint.syntax import Source


def scan(text: str) -> list[Found]:
    """The tokens of a text, in its order; placeholders and allowlisted lines are left out.

    A private key reaches from its BEGIN line to its END line.
    """
    if not may_hold(text):
        return []
    allowlist = Allowlist(Source(text))
    found = apart(item for item in find(text, shapes()) if item.real)
    return [item for item in found if not allowlist.covers(item.start)]
