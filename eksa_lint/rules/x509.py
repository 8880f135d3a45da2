"""Certificates in PEM form, read as far as their outer structure and a few fields go. Signatures are not checked."""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

PEM_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----")

_BOOLEAN, _INTEGER, _BIT_STRING, _OBJECT, _SEQUENCE = 0x01, 0x02, 0x03, 0x06, 0x30
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_CERTIFICATE: Final = (_SEQUENCE, _SEQUENCE, _BIT_STRING)
_SHORTEST_BODY: Final = (_INTEGER, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE)
"""Serial number, algorithm, issuer, validity, subject and key, after the version where one is given (RFC 5280)."""
_ISSUER, _VALIDITY, _SUBJECT = 2, 3, 4
_BASIC_CONSTRAINTS: Final = bytes.fromhex("551d13")
_BROKEN: Final = {
    bytes.fromhex("2a864886f70d010104"): "MD5",
    bytes.fromhex("2a864886f70d010105"): "SHA-1",
    bytes.fromhex("2a8648ce3d0401"): "SHA-1",
    bytes.fromhex("2a8648ce380403"): "SHA-1",
}
"""Signature algorithms on hashes that can be forged, by their object identifiers (RFC 3279)."""
_CENTURY: Final = 50
"""Two digits of a year from here on are of the last century (RFC 5280, 4.1.2.5.1)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says of itself; `until` is None where its time cannot be read.

    One that is its own issuer is trusted as it stands, whether it may sign others or not.
    """

    until: datetime | None
    is_authority: bool
    is_own_issuer: bool
    broken_hash: str


def read_certificate(body: str) -> Certificate | None:
    """The certificate in the base64 text of a PEM block; None where its structure is that of none."""
    try:
        whole = _parts(b64decode("".join(body.split()), validate=True))
        certificate = _parts(whole[0][1])
        content = _parts(certificate[0][1])
        if content and content[0][0] == _VERSION:
            content = content[1:]
        tags = tuple(tag for tag, _ in content[: len(_SHORTEST_BODY)])
        is_certificate = tuple(tag for tag, _ in certificate) == _CERTIFICATE and tags == _SHORTEST_BODY
        if len(whole) != 1 or whole[0][0] != _SEQUENCE or not is_certificate:
            return None
        algorithm = _parts(certificate[1][1])[0][1]
        own = content[_ISSUER] == content[_SUBJECT]
        return Certificate(_end(content[_VALIDITY][1]), _is_authority(content), own, _BROKEN.get(algorithm, ""))
    except (binascii.Error, ValueError, IndexError):
        return None


def _end(validity: bytes) -> datetime | None:
    tag, text = _parts(validity)[1]
    digits = text.decode("ascii", "replace").removesuffix("Z")
    if tag == _UTC_TIME:
        digits = ("19" if int(digits[:2]) >= _CENTURY else "20") + digits
    elif tag != _GENERALIZED_TIME:
        return None
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _is_authority(content: list[tuple[int, bytes]]) -> bool:
    """What basicConstraints say; one without extensions is of version 1, which a root may be."""
    extensions = [value for tag, value in content if tag == _EXTENSIONS]
    if not extensions:
        return True
    for tag, extension in _parts(_parts(extensions[0])[0][1]):
        parts = _parts(extension) if tag == _SEQUENCE else []
        if parts and parts[0] == (_OBJECT, _BASIC_CONSTRAINTS):
            value = _parts(_parts(parts[-1][1])[0][1])
            return bool(value) and value[0][0] == _BOOLEAN and value[0][1] != b"\0"
    return False


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    """The tags and contents of a run of DER values.

    Raises:
        ValueError, IndexError: the lengths do not add up.
    """
    parts, at = [], 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size])
            at += size
        if at + length > len(data):
            raise ValueError("cut short")
        parts.append((tag, data[at : at + length]))
        at += length
    return parts
