"""Files that a kustomization makes Secrets of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import beside, is_remote

_SECTIONS: Final = ("files", "envs")


@dataclass(frozen=True, slots=True)
class Generated:
    """What becomes of a file: values of a Secret, the whole text under `key`, or one a line where there is no key."""

    secret: str
    key: str | None
    by: str


def generated_secrets(inventory: Inventory) -> dict[str, Generated]:
    """By the paths of the files."""
    found: dict[str, Generated] = {}
    for path in inventory.manifests.holding(b"secretGenerator"):
        for document in inventory.manifests.stream(path).documents:
            for generator in fields.as_list(fields.get(document.root.value, ("secretGenerator",))):
                if isinstance(generator, dict):
                    found.update(_files(generator, path))
    return found


def _files(generator: dict[str, Any], by: str) -> Iterator[tuple[str, Generated]]:
    name, folder = str(generator.get("name")), by.rpartition("/")[0]
    lists = {section: generator.get(section) for section in _SECTIONS}
    lists["env"] = [generator.get("env")]
    for section, entries in lists.items():
        for entry in fields.as_list(entries):
            if isinstance(entry, str) and not is_remote(entry):
                key, _, file = entry.rpartition("=") if section == "files" else ("", "", entry)
                whole = key or file.rpartition("/")[2]
                yield beside(folder, file), Generated(name, whole if section == "files" else None, by)
