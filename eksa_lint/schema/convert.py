"""From the structure that a CRD declares to a JSON Schema.

The JSON Schemas say what the API server and the CLI accept in practice, which is less than the CRD and more:
unknown fields are refused, `key:` without a value stands for an absent optional field, and what a defaulting
webhook writes back is not required (`schemas/tables/not-required.yaml`).
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Json: TypeAlias = dict[str, Any]

_WIDTH: Final = 110
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_KEPT: Final = (
    "default",
    "enum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
)
# The API server checks the range of an int32 (kube-openapi, IsValueValidAgainstRange). A wider integer that
# does not fit is no integer any more once YAML was read.
INT32: Final = {"minimum": -(2**31), "maximum": 2**31 - 1}
# A pattern instead of `format`, which validators treat differently: RFC 3339, as Go's time.Time reads it.
_DATE_TIME: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"


def _maybe(kind: str, **keywords: Any) -> Json:
    """An optional value: Go reads a null as if nothing were written."""
    return {"type": [kind, "null"], **keywords}


_TEXT_MAP: Final = _maybe("object", additionalProperties=_maybe("string"))
_OWNER_REFERENCE: Final = _maybe(
    "object",
    additionalProperties=False,
    properties={
        "apiVersion": _maybe("string"),
        "blockOwnerDeletion": _maybe("boolean"),
        "controller": _maybe("boolean"),
        "kind": _maybe("string"),
        "name": _maybe("string"),
        "uid": _maybe("string"),
    },
)
# k8s.io/apimachinery/pkg/apis/meta/v1, ObjectMeta. A CRD only says `type: object`, but the API server decodes
# metadata into this type, and so does the CLI.
_OBJECT_META: Final[Json] = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "annotations": _TEXT_MAP,
        "creationTimestamp": _maybe("string", pattern=_DATE_TIME),
        "deletionGracePeriodSeconds": _maybe("integer"),
        "deletionTimestamp": _maybe("string", pattern=_DATE_TIME),
        "finalizers": _maybe("array", items=_maybe("string")),
        "generateName": _maybe("string"),
        "generation": _maybe("integer"),
        "labels": _TEXT_MAP,
        "managedFields": _maybe("array", items=_maybe("object")),
        "name": {"type": "string"},
        "namespace": _maybe("string"),
        "ownerReferences": _maybe("array", items=_OWNER_REFERENCE),
        "resourceVersion": _maybe("string"),
        "selfLink": _maybe("string"),
        "uid": _maybe("string"),
    },
}

_NAMELESS_META: Final[Json] = {**_OBJECT_META, "type": ["object", "null"], "required": []}
COMMON: Final = ("apiVersion", "kind", "metadata", "status")
"""The fields of every kind."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """One kind's structure on its way to a JSON Schema.

    `null_items` says that a list may hold empty items: the defaulting webhooks and the CLI read them into Go
    types and write back empty text or an empty object. Flux has no such webhooks.
    """

    not_required: frozenset[str]
    null_items: bool
    met: set[str] = field(default_factory=set)
    """The entries of `not_required` that dropped something."""

    nameless: bool = False
    """Whether objects of the kind go by their file, which need not say what they are either."""

    def root(self, structure: Json, title: str) -> Json:
        own = {
            name: self._value(name, below, nullable=not _is_required(structure, name))
            for name, below in sorted(structure["properties"].items())
            if name not in COMMON
        }
        return {
            "$schema": _DIALECT,
            "title": title,
            "type": "object",
            "required": [
                *(() if self.nameless else ("apiVersion", "kind", "metadata")),
                *(name for name in own if _is_required(structure, name)),
            ],
            "additionalProperties": False,
            "properties": {
                "apiVersion": _maybe("string") if self.nameless else {"type": "string"},
                "kind": _maybe("string") if self.nameless else {"type": "string"},
                "metadata": _NAMELESS_META if self.nameless else _OBJECT_META,
                **own,
                **({} if self.nameless else {"status": {}}),
            },
        }

    def _value(self, path: str, structure: Json, *, nullable: bool) -> Json:
        """A value; of an optional field the API server takes a null away before it checks anything."""
        nullable = nullable or structure.get("nullable", False)
        if structure.get("x-kubernetes-int-or-string"):
            types = ["integer", "string"]
        elif "type" in structure:
            types = [structure["type"]]
        else:
            return {}
        types += ["null"] if nullable else []
        converted: Json = {"type": types[0] if len(types) == 1 else types}
        converted |= {keyword: structure[keyword] for keyword in _KEPT if keyword in structure}
        if "enum" in converted and nullable:
            converted["enum"] = [*converted["enum"], None]
        if structure.get("format") == "int32":
            converted = INT32 | converted
        elif structure.get("format") == "date-time":
            converted["pattern"] = _DATE_TIME
        if "object" in types:
            converted |= self._object(path, structure)
        if "items" in structure:
            converted["items"] = self._value(f"{path}[*]", structure["items"], nullable=self.null_items)
        return converted

    def _object(self, path: str, structure: Json) -> Json:
        if values := structure.get("additionalProperties"):
            return {"additionalProperties": self._value(f"{path}.*", values, nullable=True)}
        properties: Json = structure.get("properties", {})
        required = [name for name in structure.get("required", ()) if self._must(path, name, properties[name])]
        converted: Json = {"required": sorted(required)} if required else {}
        if not (
            structure.get("x-kubernetes-preserve-unknown-fields") or structure.get("x-kubernetes-embedded-resource")
        ):
            converted["additionalProperties"] = False
        if properties:
            converted["properties"] = {
                name: self._value(f"{path}.{name}", properties[name], nullable=name not in required)
                for name in sorted(properties)
            }
        return converted

    def _must(self, path: str, name: str, structure: Json) -> bool:
        """Whether the field is missed where it is not written: defaults are filled in before the check."""
        field = f"{path}.{name}"
        if field in self.not_required:
            self.met.add(field)
            return False
        return "default" not in structure


def _is_required(structure: Json, name: str) -> bool:
    return name in structure.get("required", ())


def render(value: Any) -> str:
    """JSON that people can read: what fits on a line stands on one."""
    return _render(value, "", 0) + "\n"


def _render(value: Any, indent: str, before: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(indent) + before + len(line) < _WIDTH:
        return line
    deeper = indent + " "
    if isinstance(value, list):
        return "[\n" + ",\n".join(deeper + _render(item, deeper, 1) for item in value) + f"\n{indent}]"
    keys = {name: json.dumps(name) + ": " for name in value}
    lines = (deeper + key + _render(value[name], deeper, len(key) + 1) for name, key in keys.items())
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
