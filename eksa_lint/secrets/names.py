"""Names under which a literal is a credential, wherever they stand: passwords, keys, tokens, secrets."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from eksa_lint import data
from eksa_lint.secrets.values import is_path_or_url, looks_random, stands_for_nothing

_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9.,_]*[a-zA-Z]{0,2}")


@dataclass(frozen=True, slots=True)
class Name:
    """An entry of the endings in `schemas/tables/credential-names.yaml`, which says what each field means."""

    what: str
    least: int
    random: bool
    numbers: bool

    def counts(self, value: str, key: str) -> bool:
        """Whether a value under a key of that name is a credential."""
        if len(value) < self.least or stands_for_nothing(value, key):
            return False
        if not self.numbers and _NUMBER.fullmatch(value):
            return False
        return looks_random(value) if self.random else not is_path_or_url(value)


@lru_cache(maxsize=4_096)
def known_name(key: str) -> Name | None:
    """What kind of credential a name speaks of, None for a name of anything else."""
    if _settings().fullmatch(key):
        return None
    return next((name for pattern, name in _endings() if pattern.fullmatch(key)), None)


@cache
def _settings() -> re.Pattern[str]:
    return re.compile(data.table("credential-names")["settings"])


@cache
def _endings() -> tuple[tuple[re.Pattern[str], Name], ...]:
    entries: list[dict[str, Any]] = data.table("credential-names")["endings"]
    return tuple(
        (re.compile(entry["name"]), Name(entry["what"], entry["least"], entry["random"], entry["numbers"]))
        for entry in entries
    )
