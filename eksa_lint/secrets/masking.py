"""Text without the tokens in it: nearly every message and excerpt comes through here, and nearly none holds one."""

from typing import TYPE_CHECKING, Final

from eksa_lint.secrets.prefilter import may_hold

if TYPE_CHECKING:
    from eksa_lint.secrets.shapes import Found

_SHOWN: Final = 4
"""Characters beyond the public prefix that a masked token keeps, so that its owner knows which one it is."""
_LEAST_HIDDEN: Final = 12


def mask(text: str) -> str:
    """The text with every token and password of a URL hidden, also those that are placeholders or allowlisted."""
    if "@" in text and "://" in text:
        from eksa_lint.secrets.urls import masked  # noqa: PLC0415 - few messages hold a URL with a user

        text = masked(text)
    pieces: list[str] = []
    at = 0
    for found in _tokens(text):
        pieces += text[at : found.start], _masked(text, found)
        at = found.end
    return "".join([*pieces, text[at:]])


def conceal(secret: str) -> str:
    """What may be shown of a text known to be a secret: nothing but a token's public part."""
    for found in _tokens(secret):
        if (found.start, found.end) == (0, len(secret)):
            return _masked(secret, found)
    return f"…({len(secret)} characters)"


def _tokens(text: str) -> "list[Found]":
    if not may_hold(text):
        return []
    from eksa_lint.secrets.shapes import apart, find, shapes  # noqa: PLC0415 - few texts hold a token

    return apart(find(text, shapes()))


def _masked(text: str, found: "Found") -> str:
    shown = found.public_end
    if shown == found.end:
        return text[found.start : shown]
    if found.shape.public and found.end - shown >= _LEAST_HIDDEN:
        shown += _SHOWN
    return f"{text[found.start : shown]}…({found.end - found.start} characters)"
