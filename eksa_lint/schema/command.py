"""What `eksa-lint schema` prints and writes: known kinds, the fields of one, schemas for editors, imports."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from eksa_lint.errors import CannotCheck
from eksa_lint.model.resource import EKSA
from eksa_lint.schema import catalog
from eksa_lint.schema.convert import COMMON, INT32, render
from eksa_lint.schema.imported import FOLDER
from eksa_lint.schema.importing import ImportedFile, convert_manifest

_ALL: Final = "all.json"


def list_kinds() -> str:
    """One line a kind, with the releases or API versions that are known."""
    rows = [
        (kind, EKSA, f"{releases[0]} to {releases[-1]}")
        for kind in catalog.kinds(EKSA)
        if (releases := catalog.releases_of(kind))
    ]
    for group in catalog.other_groups():
        rows += [(kind, group or "core", ", ".join(catalog.versions(group, kind))) for kind in catalog.kinds(group)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{kind:{widths[0]}}  {group:{widths[1]}}  {known}" for kind, group, known in rows]
    return "\n".join([*lines, "", f"{len(rows)} kinds; the fields of one: eksa-lint schema show KIND", ""])


def show_kind(kind: str, release: str | None) -> str:
    """The fields of a kind as an outline: name, type, what is allowed, `*` where it is required."""
    schema = _find(kind, release)
    title = f"{schema.kind} ({schema.api_version}{f', {schema.release}' if schema.release else ''})"
    own = {name: field for name, field in schema.content["properties"].items() if name not in COMMON}
    return "\n".join([title, *_outline({**schema.content, "properties": own}, ""), ""])


def export(folder: Path, release: str | None) -> int:
    """Write a JSON Schema for every kind, and `all.json` that picks one by apiVersion and kind; gives their number.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    schemas = list(_all_schemas(release))
    choices = []
    for schema in schemas:
        name = ".".join(filter(None, (schema.kind, schema.group, schema.version, "json")))
        (folder / name).write_text(render(schema.content), encoding="utf-8")
        chosen = {"apiVersion": {"const": schema.api_version}, "kind": {"const": schema.kind}}
        choices.append({"if": {"required": ["apiVersion", "kind"], "properties": chosen}, "then": {"$ref": name}})
    every = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "allOf": choices}
    (folder / _ALL).write_text(render(every), encoding="utf-8")
    return len(schemas)


def import_manifests(source: Path, repository: Path) -> list[str]:
    """Convert the CRDs of a file, or of all YAML below a folder, into the repository; gives the paths written.

    Raises:
        CannotCheck: there is no CRD, or a file is no YAML.
        OSError: a file cannot be read or written.
    """
    files = sorted(source.rglob("*.y*ml")) if source.is_dir() else [source]
    imported: list[ImportedFile] = []
    for file in files:
        try:
            imported += convert_manifest(file.read_bytes())
        except ValueError as error:
            raise CannotCheck(f"{file}:{error}; give a CRD manifest such as eks-a-components.yaml") from error
    if not imported:
        raise CannotCheck(
            f"{source} holds no CustomResourceDefinition; give a CRD manifest such as eks-a-components.yaml"
        )
    for schema in imported:
        target = repository / schema.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(schema.text, encoding="utf-8")
    return sorted({schema.path for schema in imported})


def imported_message(paths: list[str]) -> str:
    """What was written, and when it counts."""
    listed = "".join(f"  {path}\n" for path in paths)
    return (
        f"{listed}{len(paths)} schemas imported into {FOLDER}. They judge clusters of releases that are not shipped, "
        "and clusters without spec.eksaVersion; commit them.\n"
    )


def _find(kind: str, release: str | None) -> catalog.Schema:
    wanted = kind.lower()
    for schema in _all_schemas(release):
        if wanted in (schema.kind.lower(), f"{schema.kind}.{schema.group}".lower()):
            return schema
    from eksa_lint.schema.suggest import similar  # noqa: PLC0415 - only to word an error

    meant = similar(kind, {schema.kind for schema in _all_schemas(release)})
    hint = f"did you mean {meant}?" if meant else "for all of them run: eksa-lint schema list"
    raise CannotCheck(f"no kind {kind} is known{f' in {release}' if release else ''}; {hint}")


def _all_schemas(release: str | None) -> Iterator[catalog.Schema]:
    if release is not None and not catalog.is_known_release(release):
        known = catalog.releases()
        raise CannotCheck(
            f"no release {release} is known, only {known[0]} to {known[-1]}; to add one run: eksa-lint schema import"
        )
    for kind in catalog.kinds(EKSA):
        if schema := catalog.at_release(kind, catalog.release_for(release)):
            yield schema
    for group in catalog.other_groups():
        for kind in catalog.kinds(group):
            for version in catalog.versions(group, kind):
                if schema := catalog.find(group, version, kind):
                    yield schema


def _outline(schema: dict[str, Any], indent: str) -> Iterator[str]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        item, mark = field, "*" if name in required else ""
        while "items" in item:
            item, mark = item["items"], f"{mark}[]"
        yield f"{indent}{name}{mark}: {_type(item)}"
        yield from _outline(item, f"{indent}  ")


def _type(schema: dict[str, Any]) -> str:
    types = schema.get("type", "anything")
    words = [word for word in ([types] if isinstance(types, str) else types) if word != "null"]
    allowed = [json.dumps(value) for value in schema.get("enum", ()) if value is not None]
    bounds = [f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema]
    default = [f"default {json.dumps(schema['default'])}"] if "default" in schema else []
    is_whole_type = schema.get("maximum") == INT32["maximum"]
    return ", ".join(["|".join(allowed) or " or ".join(words), *(() if is_whole_type else bounds), *default])
