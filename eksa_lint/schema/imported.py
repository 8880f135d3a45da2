"""Schemas that a team imports from CRD manifests, so that it need not wait for ours.

They live in the repository that is judged, below `.eksa-lint/schemas/`, and are data: when two states are compared,
those of the state before count.
"""

import json
from collections.abc import Mapping
from typing import Final, TypeAlias

from eksa_lint.schema.catalog import Schema
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.contents import LARGEST_READ

FOLDER: Final = ".eksa-lint/schemas"

Imported: TypeAlias = Mapping[tuple[str, str, str], Schema]
"""By group, version and kind."""


def load_imported(snapshot: Snapshot) -> Imported:
    """The imported schemas of a snapshot; a file that is none is passed over, as the schema check then says."""
    blobs = [blob for path, blob in snapshot.blobs.items() if path.startswith(f"{FOLDER}/")]
    if not blobs:
        return {}
    found = {}
    for blob, content in snapshot.read(blobs, LARGEST_READ):
        schema = _schema(blob.path, content) if isinstance(content, bytes) else None
        if schema is not None:
            found[schema.group, schema.version, schema.kind] = schema
    return found


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
