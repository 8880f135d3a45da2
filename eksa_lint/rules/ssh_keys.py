"""What a line of authorized_keys holds: the key, how strong it is, and what the line adds to it."""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_LINE: Final = re.compile(
    r"(?P<options>[^\s\"]+(?:\"[^\"]*\"[^\s\"]*)*\s+)??(?P<type>(?:ssh|ecdsa|sk)-\S+)\s+"
    r"(?P<blob>AAAA[0-9A-Za-z+/]+={0,3})(?:\s+(?P<comment>.*))?\Z"
)
_LENGTH: Final = 4
_MODULUS: Final = {"ssh-rsa": 2, "ssh-dss": 1}
"""Which of the numbers after the type is as long as the key is strong (RFC 4253, 6.6)."""


@dataclass(frozen=True, slots=True)
class SshKey:
    """A public key as it stands in a line.

    `written_type` is the word before it, `type` what it says of itself; `bits` is 0 where the type has one length only.
    """

    type: str
    written_type: str
    bits: int
    fingerprint: str
    options: str
    comment: str

    @property
    def title(self) -> str:
        """`SHA256:… (ann@example.org)`, as ssh-keygen -l shows it."""
        return f"{self.fingerprint} ({self.comment})" if self.comment else self.fingerprint


def read_ssh_key(text: str) -> SshKey | None:
    """The first key of a text in the format of authorized_keys; None where no line holds one."""
    return next(ssh_keys_in(text), None)


def ssh_keys_in(text: str) -> Iterator[SshKey]:
    return (key for line in text.splitlines() if (key := _read_line(line.strip())))


def _read_line(line: str) -> SshKey | None:
    match = _LINE.match(line)
    if match is None:
        return None
    try:
        blob = b64decode(match["blob"], validate=True)
    except ValueError:
        return None
    parts = _parts(blob)
    if not parts:
        return None
    kind = parts[0].decode("ascii", "replace")
    at = _MODULUS.get(kind)
    bits = int.from_bytes(parts[at]).bit_length() if at is not None and at < len(parts) else 0
    digest = b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return SshKey(
        type=kind,
        written_type=match["type"],
        bits=bits,
        fingerprint=f"SHA256:{digest}",
        options=(match["options"] or "").strip(),
        comment=(match["comment"] or "").strip(),
    )


def _parts(blob: bytes) -> list[bytes]:
    """The strings of a key, each behind its length; empty where they do not add up."""
    parts, at = [], 0
    while at < len(blob):
        size = int.from_bytes(blob[at : at + _LENGTH])
        at += _LENGTH
        if at + size > len(blob):
            return []
        parts.append(blob[at : at + size])
        at += size
    return parts
