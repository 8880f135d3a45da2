"""Which value a scalar has, as Kubernetes reads YAML.

The table is that of go.yaml.in/yaml/v2 (resolve.go), which sigs.k8s.io/yaml uses and EKS Anywhere and kubectl
read their files with: YAML 1.1 without sexagesimal numbers, dates left as strings, then turned into JSON.
"""

import base64
import math
import re
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_CORE_WORDS: Final = frozenset(("true", "false", "null", "~", ""))
_NOT_NUMBERS: Final = frozenset(
    sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")
) | {".nan", ".NaN", ".NAN"}  # fmt: skip
"""JSON has no such numbers: Kubernetes refuses the document, so the text stands for the value."""

_FIRST: Final = frozenset("0123456789+-.yYnNtTfFoO~")
"""What a word or a number begins with; most values begin with none of it, and are text at a glance."""

_INTEGER: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)\Z")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_INT64: Final = range(-(2**63), 2**63)
_UINT64: Final = range(2**64)
_LONGEST_NUMBER: Final = 400
"""Longer digits are infinite in JSON's numbers, and Python refuses to convert them."""

_TAG: Final = "tag:yaml.org,2002:"
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


class WrongTag(ValueError):
    """A tag such as `!!int` on text that is none."""


def resolve_core(text: str) -> Scalar:
    """As YAML 1.2 has it, for our own files: `on`, `yes` and their like are text."""
    return text if text in _WORDS and text.lower() not in _CORE_WORDS else resolve_plain(text)


def resolve(text: str, tag: str | None, *, plain: bool) -> Scalar:
    """The JSON value of a scalar that is tagged or quoted.

    Raises:
        WrongTag: the tag asks for a type that the text does not have.
    """
    if tag is None:
        return resolve_plain(text) if plain else clean(text)
    kind = tag.removeprefix(_TAG)
    if kind == "binary":
        return _decode_binary(text)
    if kind in ("int", "float", "bool", "null"):
        value = resolve_plain(text)
        if not _fits(value, text, kind):
            raise WrongTag(f"{text!r} is not a value of type !!{kind}")
        return value
    return clean(text)


def resolve_plain(text: str) -> Scalar:
    if not text:
        return None
    if text[0] not in _FIRST:
        return clean(text)
    if text in _WORDS:
        return _WORDS[text]
    if text in _NOT_NUMBERS:
        return text
    digits = text if text[0] == "." else text.replace("_", "")
    if len(digits) > _LONGEST_NUMBER:
        return clean(text)
    if _INTEGER.match(digits):
        number = _integer(digits)
        if number in _INT64:
            return number
        if number in _UINT64:
            return float(number)
    if _FLOAT.match(digits):
        return _json_float(float(digits), text)
    return clean(text)


def key_text(value: Scalar) -> str:
    """How a map key that is no string is spelled in JSON."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case str():
            return value
        case _:
            return str(value)


def clean(text: str) -> str:
    """Lone surrogates have no place in JSON; Go writes U+FFFD for them."""
    return _SURROGATES.sub("\ufffd", text) if not text.isascii() else text


def _integer(digits: str) -> int:
    body = digits.lstrip("+-").lower()
    if len(body) > 1 and body[0] == "0" and body[1].isdigit():
        body = f"0o{body[1:]}"
    return -int(body, 0) if digits[0] == "-" else int(body, 0)


def _json_float(number: float, text: str) -> int | float | str:
    """Go writes a whole float without a point: Kubernetes reads an integer. What is infinite is text."""
    if math.isinf(number):
        return text
    return int(number) if number.is_integer() and abs(number) < 2**63 else number


def _fits(value: Scalar, text: str, kind: str) -> bool:
    match kind:
        case "bool":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "int":
            return isinstance(value, (int, float)) and _INTEGER.match(text.replace("_", "")) is not None
        case _:
            return isinstance(value, (int, float)) and not isinstance(value, bool)


def _decode_binary(text: str) -> str:
    try:
        return base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True).decode("utf-8", "replace")
    except ValueError as error:
        raise WrongTag("!!binary text is not base64") from error
