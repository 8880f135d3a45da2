"""What a kustomization names beside it: kustomize stops where that is not there, or is something else."""

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename
from typing import Final

from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import (
    Entry,
    Kustomization,
    beside,
    is_inline,
    is_kustomization,
    is_remote,
    is_within_any,
)
from eksa_lint.rules.checks.kustomization_secrets import looks_like_file
from eksa_lint.syntax import Node
from eksa_lint.syntax.later import is_filled_in_later

_FILES: Final = {
    "patches": ("path",),
    "patchesJson6902": ("path",),
    "patchesStrategicMerge": (),
    "replacements": ("path",),
    "crds": (),
    "configurations": (),
    "transformers": (),
    "generators": (),
    "validators": (),
    "configMapGenerator": ("files", "envs", "env"),
    "secretGenerator": ("files", "envs", "env"),
}
"""The lists that name files: in each item itself, or below one of these keys."""
_WRITTEN_BY_FLUX: Final = frozenset(("gotk-components.yaml", "gotk-sync.yaml"))
"""What `flux bootstrap` adds in later commits than the one that lists it."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Where kustomize stops in a kustomization, what the file does there, and what makes that one differ.

    `only_by_flux`: somebody else may make what is not there yet, or let kustomize start programs.
    """

    node: Node
    does: str
    key: str
    only_by_flux: bool = False


def missing(kustomization: Kustomization, inventory: Inventory, before: Inventory | None) -> Iterator[Misfit]:
    """The entries that name what is not there, or a folder that is no kustomization.

    One that lists the file of an object is told with the object where both go together.
    """
    for entry in kustomization.includes:
        if (fault := _fault_of(entry, inventory)) and (before is None or _fault_of(entry, before)):
            yield Misfit(entry.node, f"lists {entry.node.value}, {fault}", entry.target, only_by_flux=True)
    for node, path, is_secret in _named_files(kustomization):
        if _is_missing(path, inventory):
            is_removed = before is not None and not _is_missing(path, before)
            said = ("still names", "removed") if is_removed else ("names", "not there")
            shown = "a file for a Secret" if is_secret else path
            yield Misfit(node, f"{said[0]} {shown}, which is {said[1]}", shown, not is_removed)


def misplaced(kustomization: Kustomization, inventory: Inventory) -> Iterator[Misfit]:
    """The entries that name what does not belong there."""
    listed: set[str] = set()
    for entry in kustomization.includes:
        if fault := _out_of_place(entry, kustomization, listed, inventory):
            yield Misfit(entry.node, f"lists {entry.node.value}, {fault}", entry.target)
        listed.add(entry.target)


def _fault_of(entry: Entry, inventory: Inventory) -> str:
    """Why kustomize cannot take in an entry; empty where it can, or where that is not to be seen."""
    target, blobs = entry.target, inventory.snapshot.blobs
    if target in blobs or target.startswith("..") or is_filled_in_later(entry.node.value):
        return ""
    if basename(target) in _WRITTEN_BY_FLUX or is_within_any(target, blobs):  # below a link
        return ""
    if inventory.layout.kustomizations.at(target) is not None:
        return ""
    from eksa_lint.model.outcome import is_folder_missing  # noqa: PLC0415 - nearly every entry names something

    return "which is not there" if is_folder_missing(target, inventory) else "a folder without a kustomization.yaml"


def _out_of_place(entry: Entry, kustomization: Kustomization, listed: set[str], inventory: Inventory) -> str:
    """Why kustomize does not take in an entry there, though it is something."""
    target = entry.target
    if is_kustomization(target):
        return "a kustomization, which is listed by its folder"
    if entry.is_component and target in inventory.snapshot.blobs:
        return "a file, among its components"
    inner = inventory.layout.kustomizations.at(target) if target not in inventory.snapshot.blobs else None
    if inner is None or not inner.value:
        return "for the second time" if target in listed else ""
    is_component = inner.value.get("kind") == "Component"
    if is_component != entry.is_component:
        return "a Component, among its resources" if is_component else "no Component, among its components"
    if kustomization.folder in _folders_below(inner, inventory):
        return "which takes it in again"
    return "for the second time" if target in listed and not is_component else ""


def _folders_below(kustomization: Kustomization, inventory: Inventory) -> set[str]:
    """The folder of a kustomization, and those of all that it takes in."""
    found: set[str] = set()
    waiting = [kustomization]
    while waiting:
        here = waiting.pop()
        if here.folder not in found:
            found.add(here.folder)
            below = (inventory.layout.kustomizations.at(entry.target) for entry in here.includes)
            waiting += [each for each in below if each is not None]
    return found


def _named_files(kustomization: Kustomization) -> Iterator[tuple[Node, str, bool]]:
    """The files that it names beside what it takes in, in their places, and whether one may be a secret."""
    for name, keys in _FILES.items():
        for item in kustomization.items(name):
            for node in _texts(item, keys):
                text = str(node.value)
                text = text.rpartition("=")[2] if keys[:1] == ("files",) else text
                if text and not is_remote(text) and not is_inline(text):
                    is_secret = name == "secretGenerator" and not looks_like_file(text)
                    yield node, beside(kustomization.folder, text), is_secret
    openapi = kustomization.node.find(("openapi", "path")) if kustomization.node else None
    if openapi is not None and isinstance(openapi.value, str):
        yield openapi, beside(kustomization.folder, openapi.value), False


def _texts(item: Node, keys: tuple[str, ...]) -> Iterator[Node]:
    found = [below for key in keys if (below := item.find((key,))) is not None] if keys else [item]
    for node in found:
        yield from (each for each in (node.items or [node]) if isinstance(each.value, str))


def _is_missing(path: str, inventory: Inventory) -> bool:
    blobs = inventory.snapshot.blobs
    is_elsewhere = path.startswith("..") or is_filled_in_later(path) or is_within_any(path, blobs)
    return not is_elsewhere and path not in blobs and inventory.layout.kustomizations.at(path) is None
