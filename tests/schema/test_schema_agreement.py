"""The gate and the explanation agree on every shipped schema, and what one refuses the other explains."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schema_support import REPOSITORY

from eksa_lint.schema.catalog import Schema
from eksa_lint.schema.explain import _validator, explain

SCHEMAS = REPOSITORY / "schemas"
FILES = sorted(
    file.relative_to(SCHEMAS).as_posix()
    for folder in ("eks-anywhere", "flux")
    for file in (SCHEMAS / folder).glob("*/*.json")
)
# Line ends and digits that the regular expressions of two languages may see differently; ends of ranges.
TEXTS = (
    "", "a", "a\n", "\n", "5m", "5m\n", "1h30m", "\u0663m", "\uff18Gi", "8Gi", "8Gi\r", "https://a",
    "https://a\nb", "https://a\r", "oci://\u2028",
    "2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z\n", "a" * 64, "ä" * 65,
    "name", "uuid", "linkedClone", "head", "\U0001d7d9", "-a", "a-b",
)  # fmt: skip
NUMBERS = (
    0,
    -1,
    1,
    8,
    9,
    64,
    100,
    4095,
    4096,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**63 - 1,
    -(2**63),
    1.0,
    1.5,
    1e20,
)
SCALARS = st.sampled_from((*TEXTS, *NUMBERS, True, False, None))
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(TEXTS), below, max_size=3),
    max_leaves=5,
)


@st.composite
def documents(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """A value that fits the schema but for some parts of it."""
    if draw(st.integers(0, 24)) == 0:
        return draw(VALUES)
    if not schema:
        return draw(VALUES)
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    match draw(st.sampled_from(types)):
        case "null":
            return None
        case "boolean":
            return draw(st.booleans())
        case "integer":
            return draw(st.sampled_from(NUMBERS))
        case "string":
            return draw(st.sampled_from(schema.get("enum", TEXTS)))
        case "array":
            most = min(schema.get("maxItems", 2) + 1, 3)
            return draw(st.lists(documents(schema.get("items", {})), max_size=most))
        case _:
            return draw(_objects(schema))


@st.composite
def _objects(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties", {})
    if not properties:
        below = schema.get("additionalProperties")
        values = documents(below) if isinstance(below, dict) else VALUES
        return draw(st.dictionaries(st.sampled_from(TEXTS), values, max_size=2))
    optional = sorted(set(properties) - set(schema.get("required", ())))
    names = (
        [*schema.get("required", ()), *draw(st.lists(st.sampled_from(optional), max_size=4, unique=True))]
        if (optional)
        else list(schema.get("required", ()))
    )
    value = {name: draw(documents(properties[name])) for name in names}
    match draw(st.integers(0, 19)):
        case 0:
            value[draw(st.sampled_from((*TEXTS, *properties)))] = draw(VALUES)
        case 1 if value:
            del value[draw(st.sampled_from(sorted(value)))]
    return value


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_gate_and_explanation_agree(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES))
    content = json.loads((SCHEMAS / file).read_bytes())
    group = "anywhere.eks.amazonaws.com" if file.startswith("eks-anywhere") else "flux"
    release = "v0.26" if group != "flux" else ""
    shape = Schema(group, "v1", file.split("/")[1], release, file)
    value = data.draw(documents(content))
    accepted = shape.accepts(value)
    assert accepted == _validator(shape).is_valid(value)
    assert accepted == (not list(explain(shape, value)))
