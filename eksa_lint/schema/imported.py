"""Schemas that a team imports from CRD manifests, so that it need not wait for ours.

They live in the repository that is judged, below `.eksa-lint/schemas/`, and are data: when two states are compared,
those of the state before count.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from eksa_lint import data
from eksa_lint.schema.catalog import EKS_ANYWHERE, Schema
from eksa_lint.schema.convert import Conversion, render
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.contents import LARGEST_READ
from eksa_lint.syntax import parse

FOLDER: Final = ".eksa-lint/schemas"

Imported: TypeAlias = Mapping[tuple[str, str, str], Schema]
"""By group, version and kind."""


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


def load_imported(snapshot: Snapshot) -> Imported:
    """The imported schemas of a snapshot; a file that is none is passed over, as the schema check then says."""
    blobs = [blob for path, blob in snapshot.blobs.items() if path.startswith(f"{FOLDER}/")]
    found = {}
    for blob, content in snapshot.read(blobs, LARGEST_READ):
        schema = _schema(blob.path, content) if isinstance(content, bytes) else None
        if schema is not None:
            found[schema.group, schema.version, schema.kind] = schema
    return found


def _convert(crd: dict[str, Any]) -> Iterator[ImportedFile]:
    spec = crd.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(names, dict):
        return
    group, kind = str(spec.get("group")), str(names.get("kind"))
    rows: Iterable[dict[str, str]] = data.table("not-required")
    not_required = frozenset(row["field"] for row in rows if row["kind"] == kind and group == EKS_ANYWHERE)
    for version in spec.get("versions") or ():
        structure = ((version.get("schema") or {}).get("openAPIV3Schema")) if isinstance(version, dict) else None
        if isinstance(structure, dict) and "spec" in structure.get("properties", {}):
            conversion = Conversion(not_required, null_items=group == EKS_ANYWHERE)
            title = f"{kind} {version['name']} of {group}, imported"
            path = f"{FOLDER}/{kind}.{group}/{version['name']}.json"
            yield ImportedFile(path, render(conversion.root(structure, title)))


def _schema(path: str, content: bytes) -> Schema | None:
    folder, _, file = path.removeprefix(f"{FOLDER}/").partition("/")
    kind, _, group = folder.partition(".")
    try:
        text = content.decode()
        shape = json.loads(text)
    except ValueError:
        return None
    if not isinstance(shape, dict) or not kind or not group or not file.endswith(".json"):
        return None
    return Schema(group, file.removesuffix(".json"), kind, "", path, text)
