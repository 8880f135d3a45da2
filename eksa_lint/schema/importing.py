"""CRD manifests to the schemas that a team keeps in its repository (see `imported.py`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from eksa_lint import data
from eksa_lint.model.resource import EKSA
from eksa_lint.schema.convert import Conversion, render
from eksa_lint.schema.imported import FOLDER
from eksa_lint.syntax import parse


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """One schema on its way into the repository: its path and text."""

    path: str
    text: str


def convert_manifest(content: bytes) -> Iterator[ImportedFile]:
    """A schema for every version of every CRD in a manifest.

    Raises:
        ValueError: the manifest is no YAML.
    """
    stream = parse(content)
    if stream.problems:
        line, column = stream.source.position(stream.problems[0].start)
        raise ValueError(f"{line}:{column}: {stream.problems[0].message}")
    for document in stream.documents:
        value = document.root.value
        if isinstance(value, dict) and value.get("kind") == "CustomResourceDefinition":
            yield from _convert(value)


def _convert(crd: dict[str, Any]) -> Iterator[ImportedFile]:
    spec = crd.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(names, dict):
        return
    group, kind = str(spec.get("group")), str(names.get("kind"))
    rows: Iterable[dict[str, str]] = data.table("not-required")
    not_required = frozenset(row["field"] for row in rows if row["kind"] == kind and group == EKSA)
    for version in spec.get("versions") or ():
        structure = ((version.get("schema") or {}).get("openAPIV3Schema")) if isinstance(version, dict) else None
        if isinstance(structure, dict) and "spec" in structure.get("properties", {}):
            conversion = Conversion(not_required, null_items=group == EKSA)
            title = f"{kind} {version['name']} of {group}, imported"
            path = f"{FOLDER}/{kind}.{group}/{version['name']}.json"
            yield ImportedFile(path, render(conversion.root(structure, title)))
