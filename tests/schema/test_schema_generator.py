"""The shipped schemas are what the generator makes, and the generator makes what the API server does."""

import json
import sys
from typing import Any

import pytest
from schema_support import REPOSITORY, SHARED, needs_shared

from eksa_lint.data import table
from eksa_lint.schema.convert import Conversion, render
from eksa_lint.schema.wording import PATTERNS
from eksa_lint.syntax import parse

sys.path.insert(0, str(REPOSITORY / "tools"))

from generate_schemas import SCHEMAS, differences, generate

SHIPPED = sorted((*SCHEMAS.glob("eks-anywhere/*/*.json"), *SCHEMAS.glob("flux/*/*.json")))


@needs_shared
def test_shipped_schemas_are_current() -> None:
    files = generate(SHARED / "facts" / "crds", table("not-required"))
    assert differences(files, SCHEMAS) == []


@needs_shared
def test_every_exception_has_its_source() -> None:
    stream = parse((SHARED / "facts" / "validations.yaml").read_bytes())
    facts: Any = stream.documents[0].root.value
    kinds_by_id = {fact["id"]: fact["kinds"] for fact in facts}
    for entry in table("not-required"):
        assert entry["kind"] in kinds_by_id[entry["source"]], entry


def test_every_pattern_has_words() -> None:
    asked = {pattern for file in SHIPPED for pattern in _patterns(json.loads(file.read_bytes()))}
    assert asked <= PATTERNS.keys()


def _patterns(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_patterns, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
    return own.union(*map(_patterns, schema.values()))


def convert(spec: dict[str, Any], *not_required: str, null_items: bool = True) -> Any:
    conversion = Conversion(frozenset(not_required), null_items, set())
    structure = {"type": "object", "properties": {"spec": spec}, "required": ["spec"]}
    return conversion.root(structure, "Kind")["properties"]["spec"]


@pytest.mark.parametrize(
    ("structure", "schema"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"x-kubernetes-preserve-unknown-fields": True}, {}),
        (
            {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            {"type": ["object", "null"]},
        ),
        ({"type": "object"}, {"type": ["object", "null"], "additionalProperties": False}),
        (
            {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
            {"type": ["integer", "string", "null"]},
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}},
        ),
        (
            {"type": "integer", "format": "int32", "minimum": 1},
            {"minimum": 1, "maximum": 2147483647, "type": ["integer", "null"]},
        ),
        (
            {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            {"type": ["array", "null"], "maxItems": 2, "items": {"type": ["string", "null"]}},
        ),
    ],
)
def test_optional_field(structure: dict[str, Any], schema: dict[str, Any]) -> None:
    spec = convert({"type": "object", "properties": {"field": structure}})
    assert spec["properties"]["field"] == schema


def test_required_fields() -> None:
    text = {"type": "string"}
    structure = {
        "type": "object",
        "required": ["plain", "defaulted", "written"],
        "properties": {"plain": text, "written": text, "defaulted": text | {"default": "a"}},
    }
    spec = convert(structure, "spec.written")
    assert spec["required"] == ["plain"]
    assert spec["properties"]["plain"] == {"type": "string"}
    assert spec["properties"]["written"] == {"type": ["string", "null"]}


def test_list_items_where_nothing_writes_them_back() -> None:
    structure = {
        "type": "object",
        "properties": {"names": {"type": "array", "items": {"type": "string"}}},
    }
    assert convert(structure, null_items=False)["properties"]["names"]["items"] == {"type": "string"}


def test_rendered_json_is_the_same_value() -> None:
    value = {"a": [1, {"b": None}], "long": ["word" * 10] * 10, "empty": {}, "text": "ü\n"}
    assert json.loads(render(value)) == value
    assert max(map(len, render(value).splitlines())) < 110
