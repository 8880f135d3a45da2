"""Text in base64, and the checksum in base 62 that a GitHub token ends with."""

import base64
import binascii
import zlib
from typing import Final

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM_LENGTH: Final = 6


def decode_base64(text: str) -> bytes | None:
    """The bytes of base64 text, line ends left out as Go leaves them out; None where it is none.

    Padding that is missing is added: a match may end before it.
    """
    compact = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def github_checksum(body: str) -> str:
    """How a GitHub token ends: the CRC-32 of its body in base 62 (GitHub's engineering blog, 2021-04-05)."""
    number = zlib.crc32(body.encode("ascii"))
    digits = ""
    while number:
        number, rest = divmod(number, len(_BASE62))
        digits = _BASE62[rest] + digits
    return digits.rjust(CHECKSUM_LENGTH, _BASE62[0])
