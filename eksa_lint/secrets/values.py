"""What a value looks like: made by a machine, chosen as a password, or something that is no credential."""

import re
from typing import Final

from eksa_lint.secrets.encoded import decode_base64
from eksa_lint.secrets.placeholders import is_encrypted, is_placeholder, is_public

_WORD: Final = re.compile(r"[A-Za-z][a-z]*(?:['-][a-z]+)?[.,;:]?")
_PATH: Final = re.compile(r"(?:[A-Za-z]:)?[\\/][\w./\\ -]*|\.{1,2}/[\w./-]*|[\w.-]+(?:/[\w.-]+)+\.[a-z]{2,5}")
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s@]*", re.IGNORECASE)
_DIGEST: Final = re.compile(r"(?:sha(?:1|256|384|512)[:-])[0-9a-fA-F]{32,128}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5,31}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TEMPLATES: Final = ("{{", "${", "$(", "<%")
_BETWEEN_PARTS: Final = re.compile(r"[-._/:@+ ]+")
_WORD_OR_NUMBER: Final = re.compile(r"[A-Za-z]*|[0-9]*|[A-Za-z]{1,8}[0-9]{1,3}|[0-9]{1,3}[A-Za-z]{1,4}")
_JWT: Final = "eyJ"
_LEAST_MIXED: Final = 8
_LONGEST: Final = 400
"""Characters of a value that tell how it was made."""


def stands_for_nothing(value: str, key: str) -> bool:
    """Whether a value is a reference, encrypted, public, or a placeholder."""
    text = value.strip()
    return (
        is_encrypted(text)
        or is_placeholder(text, key)
        or is_public(text)
        or _DIGEST.fullmatch(text) is not None
        or any(mark in text for mark in _TEMPLATES)
    )


def looks_random(value: str) -> bool:
    """Whether a value is made by a machine rather than a name: letters and digits mixed in one part of it."""
    value = value[:_LONGEST]
    if is_path_or_url(value) or _UUID.fullmatch(value) or " " in value:
        return False
    parts = [part for part in _BETWEEN_PARTS.split(value) if not _WORD_OR_NUMBER.fullmatch(part)]
    if any(_is_mixed(part) for part in parts):
        return True
    return len(parts) > 0 and len(value) >= _LEAST_MIXED and _has_symbol_and_digit(value)


def looks_like_password(value: str) -> bool:
    """Whether nothing else looks like a value: random, or made of all the kinds of characters that are asked for."""
    if value.startswith(_JWT):  # one that is real is known by its shape
        return False
    decoded = decode_base64(value) if len(value) % 4 == 0 else None
    if decoded and decoded.isascii() and (text := decoded.decode("ascii")).isprintable():
        return looks_random(text)
    if looks_random(value):
        return True
    if " " in value or _EMAIL.fullmatch(value) or is_path_or_url(value):
        return False
    kinds = str.isupper, str.islower, str.isdigit, "!@#%^&*~$+".__contains__
    return len(value) >= _LEAST_MIXED and all(any(map(kind, value)) for kind in kinds)


def is_prose(value: str) -> bool:
    """Whether a value is a word, or several."""
    return all(_WORD.fullmatch(word) for word in value.split())


def is_path_or_url(value: str) -> bool:
    return _PATH.fullmatch(value) is not None or _URL.fullmatch(value) is not None


def _is_mixed(part: str) -> bool:
    return len(part) >= _LEAST_MIXED and any(map(str.isdigit, part)) and any(map(str.isalpha, part))


def _has_symbol_and_digit(value: str) -> bool:
    return any(char in "!#%^&*?~" for char in value) and any(map(str.isdigit, value))
