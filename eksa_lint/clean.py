"""Makes text from a file safe to show: what is invisible or steers a terminal becomes a visible escape."""

import json
import re
from typing import Any, Final

# Everything Unicode calls a control, a format character, a surrogate, a line or a paragraph separator, and
# the letters and marks that have no shape of their own. The variation selectors of emoji may stay.
_UNSAFE: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)


def clean(text: str) -> str:
    r"""The text with `\xNN`, `\uNNNN` or `\UNNNNNNNN` for what must not be seen raw; a tab becomes a blank.

    Text without such characters comes back as it is, and clean text stays as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_escape, text)


def inert_json(content: Any) -> str:
    """JSON in which no text is a command to the log of a CI, which obeys `##[name]` wherever it stands."""
    return json.dumps(content, indent=2).replace("##[", "##\\u005b") + "\n"


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character == "\t":
        return " "
    if "\udc80" <= character <= "\udcff":
        # How Python spells the bytes of a file name that are not UTF-8.
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii").replace("\\n", "\\x0a").replace("\\r", "\\x0d")
