"""The published schema of an audit's report, which takes what a finding is from that of a check's."""

import json
from typing import Any, Final

import jsonschema
from conftest import CODE
from referencing import Registry, Resource

_AUDIT, _REPORT = (json.loads((CODE / "schemas" / f"{name}.json").read_bytes()) for name in ("audit", "report"))
_REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in (_AUDIT, _REPORT)
)
VALIDATOR: Final = jsonschema.Draft202012Validator(_AUDIT, registry=_REGISTRY)
