"""Values that stand where a secret would: references, templates, samples, words.

A value is always compared as a whole: `example` inside a host name must not silence a real token.
"""

import re
from functools import cache
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.encoded import CHECKSUM_LENGTH, decode_base64, github_checksum

_LONGEST: Final = 4_096
"""Characters; no placeholder is longer."""
_GITHUB_PREFIX: Final = 4
_GITHUB_TOKEN: Final = re.compile(r"gh[pousr]_[0-9A-Za-z]{36}")


def is_placeholder(value: str, key: str = "") -> bool:
    """Whether a value is no secret, as written or with its base64 undone; `key` is its own name."""
    decoded = decode_base64(value) if len(value) <= _LONGEST else None
    texts = [value]
    if decoded and decoded.isascii():
        texts.append(decoded.decode("ascii"))
    return any(_is_placeholder(text.strip().strip("\"'").strip(), key) for text in texts)


def is_encrypted(value: str) -> bool:
    """Whether SOPS encrypted this very value."""
    return _pattern("encrypted").fullmatch(value) is not None


def is_public(value: str) -> bool:
    """Certificates and public keys."""
    return any(pattern.fullmatch(value) for pattern in _patterns("public"))


def _is_placeholder(text: str, key: str) -> bool:
    if not text:
        return True
    if len(text) > _LONGEST:
        return False
    if _GITHUB_TOKEN.fullmatch(text):
        body = text[_GITHUB_PREFIX:]
        return github_checksum(body[:-CHECKSUM_LENGTH]) != body[-CHECKSUM_LENGTH:]
    word = text.casefold()
    return (
        word == key.casefold() or word in _words() or any(pattern.fullmatch(text) for pattern in _patterns("patterns"))
    )


@cache
def _words() -> frozenset[str]:
    return frozenset(word.casefold() for word in data.table("secret-values")["words"])


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in data.table("secret-values")[name])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(data.table("secret-values")[name])
