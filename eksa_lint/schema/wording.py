"""How fields, values and types are called in what people read."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

FieldPath: TypeAlias = tuple[str | int, ...]

_LONGEST: Final = 40

_TYPES: Final[dict[str, str]] = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "empty",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}

PATTERNS: Final[dict[str, str]] = {
    "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$": "a duration such as 10m or 1h30m",
    "^([0-9]+(\\.[0-9]+)?(ms|s|m))+$": "a duration in minutes and seconds such as 60s or 2m30s",
    "^(http|https|ssh)://.*$": "a URL that begins with https://, http:// or ssh://",
    "^oci://.*$": "a URL that begins with oci://",
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$": "lower-case letters, digits and dashes, with no dash at either end",
    "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$": (  # noqa: E501 - as the CRD has it
        "a quantity such as 8Gi"
    ),
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$": (
        "a date and time such as 2026-01-31T12:00:00Z"
    ),
}
"""What the patterns of the shipped schemas ask for; a test holds that none is left out."""


def title(value: Any) -> str:
    """How messages call an object: `Cluster prod-eu`, or only its kind."""
    kind = value.get("kind") if isinstance(value, dict) else None
    metadata = value.get("metadata") if isinstance(value, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return " ".join(str(part) for part in (kind or "the object", name) if part)


def field(value: Any, path: Sequence[str | int]) -> str:
    """A path as people write it, list items by their name: `workerNodeGroupConfigurations[md-0].count`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
            name = value.get("name") if isinstance(value, dict) else None
            text += f"[{short(name)}]" if isinstance(name, str) and name else f"[{step}]"
        else:
            value = value.get(step) if isinstance(value, dict) else None
            is_word = step and not any(sign in step for sign in "./[] ")
            text += f".{short(step)}" if is_word else f"[{short(step)}]"
    return text.removeprefix(".")


def general_field(path: Iterable[str]) -> str:
    """A place in a schema: `spec.workerNodeGroupConfigurations[*].count`."""
    return ".".join(path).replace(".[*]", "[*]")


def kinds_of_value(types: str | Sequence[str]) -> str:
    """What a schema asks for, without the null that stands for an absent value."""
    names = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    return any_of([_TYPES[name] for name in names])


def described(value: Any) -> str:
    """A value with its type: `the number 1.3`, `the text "three"`."""
    match value:
        case None:
            return "empty"
        case bool():
            return f"the boolean {json.dumps(value)}"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def undisclosed(value: Any) -> str:
    """The type of a value that nobody should see."""
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case _:
            return described(value)


def quoted(text: str) -> str:
    return json.dumps(short(text), ensure_ascii=False)


def short(text: str) -> str:
    """Values may be long or hold what nobody should see: only the beginning is shown."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def any_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def plain(value: Any) -> str:
    """A value for a fingerprint."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
