"""Text in base64."""

import base64
import binascii


def decode_base64(text: str) -> bytes | None:
    """The bytes of base64 text, line ends left out as Go leaves them out; None where it is none.

    Padding that is missing is added: a match may end before it.
    """
    compact = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
