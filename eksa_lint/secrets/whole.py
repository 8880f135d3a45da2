"""Files whose text is the value of a Secret, or whose lines are: nothing in them tells that but who uses them."""

import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets.proofs import holds_private_key
from eksa_lint.secrets.secret_keys import is_setting
from eksa_lint.secrets.values import is_prose, looks_like_password, stands_for_nothing

_LONGEST: Final = 4_000
_SETTING: Final = re.compile(r"(?m:^)[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)=[\"']?([^\s\"'#][^\r\n\"']*)")
_ENCRYPTED: Final = ("ENC[AES256_GCM,", "-----BEGIN AGE ENCRYPTED FILE-----", "-----BEGIN PGP MESSAGE-----", "\0")


def values_in(content: str, key: str | None) -> Iterator[tuple[str, int, int]]:
    """The credentials of a file: what each is called, and where it stands. Without a key each line has its own."""
    if any(mark in content[:_LONGEST] for mark in _ENCRYPTED):
        return
    if key is None:
        yield from _settings(content)
    elif _is_credential(value := content.strip(), key):
        start = content.index(value)
        yield key, start, start + len(value)


def _settings(content: str) -> Iterator[tuple[str, int, int]]:
    for match in _SETTING.finditer(content):
        key, value = match[1], match[2].rstrip()
        if not is_setting(key) and looks_like_password(value) and not stands_for_nothing(value, key):
            yield key, match.start(2), match.start(2) + len(value)


def _is_credential(value: str, key: str) -> bool:
    if is_setting(key.removesuffix(".txt")) or not value or len(value) > _LONGEST or stands_for_nothing(value, key):
        return False
    return holds_private_key(value) or ("\n" not in value and not (" " in value and is_prose(value)))
