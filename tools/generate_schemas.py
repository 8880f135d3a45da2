"""Makes `schemas/eks-anywhere/` and `schemas/flux/` from the object structure that the CRDs declare.

`schemas/kubernetes/` comes from `structures/kubernetes.yaml` beside this file, for kinds that no CRD declares.

A shape is stored once, under the first release that has it; `index.json` says which file a release uses.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

REPOSITORY: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from eksa_lint import data  # noqa: E402 - a script of the repository, which need not be installed
from eksa_lint.schema.convert import Conversion, Json, render  # noqa: E402
from eksa_lint.syntax import parse  # noqa: E402

SCHEMAS: Final = REPOSITORY / "schemas"
FACTS: Final = REPOSITORY.parent / "shared" / "facts" / "crds"
EKS_ANYWHERE: Final = "eks-anywhere"
FLUX: Final = "flux"
KUBERNETES: Final = "kubernetes"
STRUCTURES: Final = Path(__file__).resolve().parent / "structures" / "kubernetes.yaml"

Table: TypeAlias = list[dict[str, str]]


def generate(facts: Path, table: Table) -> dict[str, str]:
    """Every file below `schemas/` by its path, with its text."""
    return dict(sorted((*_eks_anywhere(facts / EKS_ANYWHERE, table), *_flux(facts / FLUX), *_kubernetes(STRUCTURES))))


def _eks_anywhere(folder: Path, table: Table) -> Iterator[tuple[str, str]]:
    shapes: dict[tuple[str, str], str] = {}
    releases: dict[str, dict[str, str]] = {}
    met: dict[str, set[str]] = {}
    group = version = ""
    for release in sorted(folder.iterdir(), key=_minor):
        releases[release.name] = {}
        for file in sorted(release.glob("*.json")):
            crd = json.loads(file.read_bytes())
            group, version, kind = crd["group"], crd["version"], crd["kind"]
            fields = frozenset(entry["field"] for entry in table if entry["kind"] == kind)
            conversion = Conversion(fields, null_items=True, met=met.setdefault(kind, set()))
            shape = json.dumps(conversion.root(crd["schema"], ""), sort_keys=True)
            if (kind, shape) not in shapes:
                path = f"{kind}/{release.name}.json"
                shapes[kind, shape] = path
                title = f"{kind} of EKS Anywhere since {release.name}"
                yield f"{EKS_ANYWHERE}/{path}", render(conversion.root(crd["schema"], title))
            releases[release.name][kind] = shapes[kind, shape]
    for entry in table:
        if entry["field"] not in met.get(entry["kind"], set()):
            raise SystemExit(f"not-required.yaml: no release requires {entry['kind']} {entry['field']}")
    yield f"{EKS_ANYWHERE}/index.json", render({"group": group, "version": version, "releases": releases})


def _flux(folder: Path) -> Iterator[tuple[str, str]]:
    """The newest structure of each version of each kind."""
    newest: dict[tuple[str, str, str], tuple[Json, str]] = {}
    for release in sorted(folder.iterdir(), key=_minor):
        for file in sorted(release.glob("*.json")):
            crd = json.loads(file.read_bytes())
            newest[crd["group"], crd["kind"], crd["version"]] = crd["schema"], release.name
    groups: dict[str, dict[str, dict[str, str]]] = {}
    for (group, kind, version), (structure, release_name) in sorted(newest.items()):
        path = f"{kind}/{version}.json"
        groups.setdefault(group, {}).setdefault(kind, {})[version] = path
        conversion = Conversion(frozenset(), null_items=False, met=set())
        title = f"{kind} {version} of Flux {release_name.removeprefix('flux-')}"
        yield f"{FLUX}/{path}", render(conversion.root(structure, title))
    yield f"{FLUX}/index.json", render({"groups": groups})


def _kubernetes(file: Path) -> Iterator[tuple[str, str]]:
    groups: dict[str, dict[str, dict[str, str]]] = {}
    structures: Any = parse(file.read_bytes()).documents[0].root.value
    for structure in structures:
        nameless = structure.get("nameless", False)
        conversion = Conversion(frozenset(), null_items=True, nameless=nameless)
        for row in structure["kinds"]:
            group, version, kind = row["group"], row["version"], row["kind"]
            path = f"{kind}/{version}.json"
            groups.setdefault(group, {}).setdefault(kind, {})[version] = path
            title = f"{kind} {version} of {'kustomize' if nameless else 'Kubernetes'}"
            yield f"{KUBERNETES}/{path}", render(conversion.root(structure, title))
    yield f"{KUBERNETES}/index.json", render({"groups": groups})


def _minor(folder: Path) -> tuple[int, ...]:
    return tuple(map(int, re.findall("[0-9]+", folder.name)))


def differences(files: dict[str, str], schemas: Path) -> list[str]:
    """The paths that are missing, left over or not what they would be."""
    stored = {
        file.relative_to(schemas).as_posix(): file.read_text(encoding="utf-8")
        for folder in (EKS_ANYWHERE, FLUX, KUBERNETES)
        for file in (schemas / folder).rglob("*.json")
    }
    return sorted(path for path in files.keys() | stored.keys() if files.get(path) != stored.get(path))


def write(files: dict[str, str], schemas: Path) -> None:
    for path in differences(files, schemas):
        file = schemas / path
        if path in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(files[path], encoding="utf-8")
        else:
            file.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the JSON Schemas from the structure of the CRDs.")
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder with eks-anywhere/ and flux/")
    parser.add_argument("--check", action="store_true", help="change nothing; say what is not current")
    arguments = parser.parse_args()
    files = generate(arguments.facts, data.table("not-required"))
    if arguments.check:
        changed = differences(files, SCHEMAS)
        for path in changed:
            print(f"schemas/{path} is not current")
        return 1 if changed else 0
    write(files, SCHEMAS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
