"""Why a schema refuses an object, in words for the person who wrote it: one error per cause."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from eksa_lint.model.resource import EKSA
from eksa_lint.schema import catalog
from eksa_lint.schema.suggest import for_unknown_field, misspelt, similar
from eksa_lint.schema.wording import (
    PATTERNS,
    FieldPath,
    any_of,
    described,
    field,
    kinds_of_value,
    plain,
    quoted,
    short,
    title,
    undisclosed,
)
from eksa_lint.syntax.later import is_filled_in_later

RuleId: TypeAlias = Literal[
    "schema-unknown-field",
    "schema-wrong-type",
    "schema-missing-field",
    "schema-bad-value",
    "schema-unknown-kind",
]

# How kustomize's strategic merge (sigs.k8s.io/kustomize/kyaml, yaml/merge2) is to go about it; none is kept.
_PATCH_KEYS: Final = ("$patch", "$retainKeys", "$deleteFromPrimitiveList", "$setElementOrder")
_SOPS: Final = "sops"
_MOST_HINTS: Final = 100
"""Looking for what was meant takes a millisecond; with more unknown fields than this it is another kind."""


@dataclass(frozen=True, slots=True)
class Mend:
    """Another name for the key, or quotes around the value where `name` is empty."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One thing wrong with an object.

    `at_key` asks to show the key at `path`, or of its nearest written parent, instead of the value.
    """

    rule: RuleId
    path: FieldPath
    message: str
    label: str
    at_key: bool
    values: tuple[str, ...] = ()
    mend: Mend | None = None
    """What would mend it for certain: the right name of a field, or quotes."""

    is_scalar_for_text: bool = False
    """Whether a number or a truth value stands where only text belongs."""


def explain(schema: catalog.Schema, value: Any, *, partial: bool = False) -> Iterator[SchemaError]:
    """What is wrong with the value, in a stable order; nothing where the schema accepts it.

    `partial` says that the value is a patch, in which nothing is missed. Values and keys that a template will
    replace are not judged.
    """
    if schema.accepts(value):
        return
    reader = _Reader(schema, value, partial or _is_patch(value))
    found = {(error.path, error.rule): error for error in reader.errors()}
    yield from (found[key] for key in sorted(found, key=_order))


def explain_kind(group: str, version: str, kind: str, eksa_version: str | None = None) -> Iterator[SchemaError]:
    """What is wrong with a kind or version that has no schema."""
    known = catalog.kinds(group)
    if is_filled_in_later(kind) or is_filled_in_later(version):
        return
    if kind not in known:
        meant = similar(kind, known)
        label = f"did you mean {meant}?" if meant else ""
        message = f"there is no kind {short(kind)} in {group}"
        yield SchemaError("schema-unknown-kind", ("kind",), message, label, at_key=False, values=(kind,))
    elif version not in (served := catalog.versions(group, kind)):
        message = f"{kind} has no version {short(version)} in {group}"
        label = f"did you mean {group}/{served[0]}?"
        yield SchemaError("schema-unknown-kind", ("apiVersion",), message, label, at_key=False, values=(version,))
    elif group == EKSA and (having := catalog.releases_of(kind)):
        release = catalog.release_for(eksa_version)
        if release not in having and release < having[0]:
            message = f"EKS Anywhere {release} has no kind {kind}"
            label = f"known since {having[0]}"
            yield SchemaError("schema-unknown-kind", ("kind",), message, label, at_key=False, values=(kind,))


def _order(key: tuple[FieldPath, str]) -> tuple[list[tuple[bool, int, str]], str]:
    """Numbers and names do not compare with each other."""
    path, rule = key
    return [
        (isinstance(step, int), step if isinstance(step, int) else 0, step if isinstance(step, str) else "")
        for step in path
    ], rule


class _Reader:
    """Turns what `jsonschema` says about one object into our errors."""

    def __init__(self, schema: catalog.Schema, value: Any, partial: bool) -> None:
        self._schema = schema
        self._value = value
        self._partial = partial
        self._unknown = 0
        self._secret = catalog.holds_secrets(schema.group, schema.kind)
        self._encrypted = isinstance(value, dict) and isinstance(value.get(_SOPS), dict)

    def errors(self) -> Iterator[SchemaError]:
        faults = list(_validator(self._schema).iter_errors(self._value))
        mistyped = {tuple(fault.absolute_path) for fault in faults if fault.validator == "type"}
        for fault in faults:
            path: FieldPath = tuple(fault.absolute_path)
            if self._is_replaced(fault.instance):
                continue
            match fault.validator:
                case "additionalProperties":
                    yield from self._unknown_fields(path, fault)
                case "required":
                    yield from self._missing_fields(path, fault)
                case "type":
                    yield from self._wrong_type(path, fault)
                case keyword if path not in mistyped:
                    message, label = _BAD_VALUES[keyword](fault.instance, fault.validator_value)
                    yield self._bad_value(path, f"{self._field(path)} {message}", label, fault.instance)

    def _is_replaced(self, value: Any) -> bool:
        """Whether another value will stand here when the API server sees it."""
        if not isinstance(value, str):
            return False
        return is_filled_in_later(value) or (self._encrypted and value.startswith("ENC["))

    def _unknown_fields(self, path: FieldPath, fault: Any) -> Iterator[SchemaError]:
        known = fault.schema.get("properties", {})
        for name in fault.instance:
            if name in known or is_filled_in_later(name) or _is_patch_key(name) or (self._encrypted and name == _SOPS):
                continue
            here = (*path, name)
            message = f"{title(self._value)} has no field {self._field(here)}"
            self._unknown += 1
            label = for_unknown_field(self._schema, path, name) if self._unknown <= _MOST_HINTS else ""
            meant = misspelt(self._schema, path, name) if self._unknown <= _MOST_HINTS else None
            mend = Mend(meant) if meant and meant not in fault.instance else None
            yield SchemaError("schema-unknown-field", here, message, label, at_key=True, mend=mend)

    def _missing_fields(self, path: FieldPath, fault: Any) -> Iterator[SchemaError]:
        if self._partial or any(map(is_filled_in_later, fault.instance)):
            return
        for name in fault.validator_value:
            if name not in fault.instance:
                here = (*path, name)
                message = f"{title(self._value)} lacks {self._field(here)}"
                yield SchemaError("schema-missing-field", here, message, f"{name} is missing", at_key=True)

    def _wrong_type(self, path: FieldPath, fault: Any) -> Iterator[SchemaError]:
        value, types = fault.instance, fault.validator_value
        if value is None and isinstance(path[-1] if path else "", str):
            # The API server takes the null away, and then misses the field.
            if not self._partial:
                message = f"{title(self._value)} lacks {self._field(path)}: it has no value"
                yield SchemaError("schema-missing-field", path, message, "has no value", at_key=True)
            return
        wanted, given = kinds_of_value(types), undisclosed(value) if self._secret else described(value)
        message, label = f"{self._field(path)} must be {wanted}, not {given}", f"not {wanted}"
        needs_quotes = "string" in types and isinstance(value, (int, float))
        if needs_quotes:
            message, label = f"{self._field(path)} is {given}, but must be {wanted}: quote it", "quote it"
        elif isinstance(value, str) and _reads_as(value, types):
            message, label = f"{message}: remove the quotes", "remove the quotes"
        values = (plain(value),) if isinstance(value, (str, int, float)) and not self._secret else (given,)
        mend = Mend() if needs_quotes and not isinstance(value, bool) else None
        for_text = needs_quotes and "integer" not in types
        yield SchemaError("schema-wrong-type", path, message, label, _at_key(value), values, mend, for_text)

    def _bad_value(self, path: FieldPath, message: str, label: str, value: Any) -> SchemaError:
        values = (plain(value),) if not isinstance(value, (dict, list)) else (str(len(value)),)
        return SchemaError("schema-bad-value", path, message, label, _at_key(value), values)

    def _field(self, path: FieldPath) -> str:
        return field(self._value, path)


def _at_key(value: Any) -> bool:
    """A value of many lines is shown by the word that leads to it."""
    return isinstance(value, (dict, list)) and bool(value)


def _reads_as(text: str, types: str | list[str]) -> bool:
    """Whether the text without its quotes would be of the type."""
    if "boolean" in types:
        return text.lower() in ("true", "false", "yes", "no", "on", "off")
    return "integer" in types and re.fullmatch(r"-?[1-9][0-9]*|0", text) is not None


def _not_listed(value: Any, allowed: list[Any]) -> tuple[str, str]:
    words = [str(word) for word in allowed if word is not None]
    meant = similar(str(value), words)
    return f"must be {any_of(words)}, not {quoted(str(value))}", f"did you mean {meant}?" if meant else ""


def _too_small(value: Any, least: float) -> tuple[str, str]:
    return f"must be at least {least}, not {value}", f"at least {least}"


def _too_large(value: Any, most: float) -> tuple[str, str]:
    return f"must be at most {most}, not {value}", f"at most {most}"


def _too_few(value: list[Any], least: int) -> tuple[str, str]:
    return f"has {_count(len(value), 'entry')}, but needs at least {least}", f"at least {least}"


def _too_many(value: list[Any], most: int) -> tuple[str, str]:
    return f"has {_count(len(value), 'entry')}, but takes at most {most}", f"at most {most}"


def _too_short(value: str, least: int) -> tuple[str, str]:
    if not value:
        return "must not be empty", ""
    return f"has {_count(len(value), 'character')}, but needs at least {least}", f"at least {least}"


def _too_long(value: str, most: int) -> tuple[str, str]:
    return f"has {_count(len(value), 'character')}, but takes at most {most}", f"at most {most}"


def _no_match(value: str, pattern: str) -> tuple[str, str]:
    wanted = PATTERNS.get(pattern, f"text that matches {pattern}")
    return f"must be {wanted}, not {quoted(value)}", f"not {wanted}"


_BAD_VALUES: Final[dict[str, Callable[[Any, Any], tuple[str, str]]]] = {
    "enum": _not_listed,
    "maxItems": _too_many,
    "maxLength": _too_long,
    "maximum": _too_large,
    "minItems": _too_few,
    "minLength": _too_short,
    "minimum": _too_small,
    "pattern": _no_match,
}


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _is_patch_key(name: str) -> bool:
    return name.partition("/")[0] in _PATCH_KEYS


def _is_patch(value: Any) -> bool:
    """Whether the value holds instructions for a merge, and so is only a part of an object."""
    if isinstance(value, dict):
        return any(_is_patch_key(name) or _is_patch(below) for name, below in value.items())
    return isinstance(value, list) and any(map(_is_patch, value))


@cache
def _validator(schema: catalog.Schema) -> Any:
    """The validator that gives reasons; 75 ms to import, so only for what the gate refused."""
    from jsonschema.validators import Draft202012Validator, extend  # noqa: PLC0415

    with_pattern = extend(Draft202012Validator, {"pattern": _match_pattern})  # type: ignore[no-untyped-call]
    return with_pattern(schema.content)


def _match_pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[Any]:
    """`$` is the end of the text, as in Go and in the gate; Python lets a line end follow it."""
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415

    if isinstance(value, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")
