"""Finds `rules/` and `schemas/`: beside the package in a checkout, inside it in the wheel."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

_PACKAGE: Final = Path(__file__).parent
_CHECKOUT: Final = _PACKAGE.parent
_PACKED: Final = _PACKAGE / "_data"
BUNDLE: Final = "bundle.json"
"""What the wheel carries instead of the rule files and tables: both read, as one JSON file."""


def schemas_folder() -> Path:
    packed = _PACKED / "schemas"
    return packed if packed.is_dir() else _CHECKOUT / "schemas"


def rules_folder() -> Path | None:
    """Where the rule files are, in a checkout; None in the wheel."""
    folder = _CHECKOUT / "rules"
    return None if _bundle_file().is_file() or not folder.is_dir() else folder


def bundled_rules() -> dict[str, Any]:
    """Every rule of the wheel: the path of its file to its content."""
    rules: dict[str, Any] = _bundle()["rules"]
    return rules


def bundled_examples(file: str) -> list[dict[str, Any]]:
    """The examples of a rule of the wheel, by the path of its file."""
    examples: dict[str, list[dict[str, Any]]] = json.loads((_PACKED / "examples.json").read_bytes())
    return examples[file]


@cache
def table(name: str) -> Any:
    """The content of `schemas/tables/<name>.yaml`."""
    if _bundle_file().is_file():
        return _bundle()["tables"][name]
    return read_yaml(schemas_folder() / "tables" / f"{name}.yaml")


@cache
def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema at `schemas/<name>.json`."""
    schema: dict[str, Any] = json.loads((schemas_folder() / f"{name}.json").read_bytes())
    return schema


def read_yaml(file: Path) -> Any:
    """The first document of one of our own files."""
    from eksa_lint.syntax import parse  # noqa: PLC0415 - the wheel starts without it

    stream = parse(file.read_bytes(), core=True)
    if stream.problems or not stream.documents:
        problem = stream.problems[0] if stream.problems else None
        reason = f"{problem.kind}: {problem.message}" if problem else "it is empty"
        raise ValueError(f"{file}: {reason}")
    return stream.documents[0].root.value


def _bundle_file() -> Path:
    return _PACKED / BUNDLE


@cache
def _bundle() -> dict[str, Any]:
    bundle: dict[str, Any] = json.loads(_bundle_file().read_bytes())
    return bundle
