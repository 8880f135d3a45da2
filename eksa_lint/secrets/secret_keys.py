"""Keys of Secrets under which no credential stands by itself: users, and what anybody may know."""

import re
from functools import cache

from eksa_lint import data


def names_user(key: str) -> bool:
    return _user_key().fullmatch(key) is not None


def holds_public(key: str) -> bool:
    """Whether a key never holds a credential."""
    return key.casefold() in _public_keys()


def is_setting(key: str) -> bool:
    """Whether a key names a user or something public."""
    return names_user(key) or holds_public(key)


@cache
def _user_key() -> re.Pattern[str]:
    return re.compile(data.table("secret-values")["user_keys"])


@cache
def _public_keys() -> frozenset[str]:
    return frozenset(key.casefold() for key in data.table("secret-values")["public_keys"])
