"""Credentials in a value that is JSON, YAML or INI, by the names that they stand under."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.encoded import decode_base64
from eksa_lint.secrets.placeholders import is_placeholder, is_public
from eksa_lint.syntax import JsonValue, parse

_INI_LINE: Final = re.compile(r"[ \t]*(?:\[[^\]\n]*\]|[#;].*|([A-Za-z0-9_.-]+)[ \t]*=(.*))")


def structure_of(text: str) -> list[JsonValue] | None:
    """The documents of a value in JSON or YAML, the settings of one in INI, None for anything else.

    A manifest is left out: the Secrets in it are told by themselves.
    """
    settings = _settings(text)
    if settings:
        return [settings]
    stream = parse(text.encode("utf-8", "replace"))
    values = [document.root.value for document in stream.documents]
    if stream.broken or not values or not all(isinstance(value, (dict, list)) for value in values):
        return None
    return [value for value in values if not (isinstance(value, dict) and isinstance(value.get("kind"), str))]


def credentials_in(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (str, int, float)) and not isinstance(item, bool):
                if _is_credential(key, str(item)):
                    yield str(item)
            else:
                yield from credentials_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from credentials_in(item)


def _settings(text: str) -> JsonValue:
    """The settings of a text in INI; empty where a line of it is none."""
    matches = [_INI_LINE.fullmatch(line) for line in text.splitlines() if line.strip()]
    if not all(matches):
        return {}
    return {match[1]: match[2].strip().strip("\"'") for match in matches if match and match[1]}


def _is_credential(key: str, text: str) -> bool:
    if not _credential_key().fullmatch(key) or "{{" in text or is_placeholder(text, key) or is_public(text):
        return False
    if key != "auth":
        return True
    _, _, password = (decode_base64(text) or b"").decode("utf-8", "replace").partition(":")
    return not is_placeholder(password)


@cache
def _credential_key() -> re.Pattern[str]:
    return re.compile(data.table("secret-values")["credential_keys"])
