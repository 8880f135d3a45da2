"""What is different between two inventories: objects added, changed and removed, field by field."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename, dirname
from typing import Any, Literal, NamedTuple, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Keys, Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import KUSTOMIZATION_NAMES, is_within_any
from eksa_lint.model.layout import Way
from eksa_lint.model.pairing import pair_items
from eksa_lint.model.resource import EKSA, Resource, ResourceId
from eksa_lint.model.sync import root_of

Event: TypeAlias = Literal["added", "changed", "removed"]

_RENAMED_SHARE = 0.5
"""Of the objects of a root that must stand under the new one for it to be the same root renamed."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field whose effective value differs. A path is None where the field is in no written parent of that side."""

    old_path: Path | None
    new_path: Path | None
    old: Any
    new: Any

    @property
    def path(self) -> Path:
        path = self.new_path if self.new_path is not None else self.old_path
        return path or ()


class _Lists(NamedTuple):
    """How the lists of a kind are compared: the keys of their items, and those whose order counts."""

    keys: Mapping[str, Keys]
    ordered: frozenset[str]


@dataclass(frozen=True)
class Change:
    """One object on both sides; at least one of them is there."""

    before: Resource | None
    after: Resource | None

    @property
    def event(self) -> Event:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def resource(self) -> Resource:
        """The object as it will be, or as it was where it is gone."""
        resource = self.after or self.before
        assert resource is not None  # noqa: S101 - one side is always there
        return resource

    @property
    def hands(self) -> tuple[str, str] | None:
        """The Flux `Kustomization` objects that a cluster passes between, where it does."""
        old, new = self.before, self.after
        if old is None or new is None or (old.group, old.kind) != (EKSA, "Cluster") or old.owner == new.owner:
            return None
        return (old.owner, new.owner) if old.owner and new.owner else None

    @cached_property
    def old(self) -> dict[str, Any] | None:
        """The effective value before."""
        return effective(self.before) if self.before else None

    @cached_property
    def new(self) -> dict[str, Any] | None:
        """The effective value after."""
        return effective(self.after) if self.after else None

    @cached_property
    def fields(self) -> tuple[FieldChange, ...]:
        """The fields that differ; all of an added or removed object is one change of the whole."""
        kind = self.resource.group, self.resource.kind
        lists = _Lists(fields.list_keys(*kind), fields.ordered_lists(*kind))
        return tuple(_differences(self.old, self.new, (), (), lists))


def compare(before: Inventory, after: Inventory) -> list[Change]:
    """The objects that differ. A moved file, the order of documents or keys, and a comment are no change."""
    paths = _paths_to_compare(before, after)
    old, new = _by_identity(before, after, paths), _by_identity(after, before, paths)
    roots = {**_renamed_roots(before, after, old, new), **_roots_of_moved_paths(before, after, paths)}
    old = _under_new_roots(old, roots) if roots else old
    old = _taken_over(old, new)
    broken = {path for path in paths if path in after.manifests and after.manifests.stream(path).broken}
    changes = []
    for identity in [*new, *(identity for identity in old if identity not in new)]:
        for first, second in _pair_resources(old.get(identity, []), new.get(identity, [])):
            if second is None and first is not None and (first.path in broken or after.may_hold(identity)):
                continue  # Flux stops at the broken file and removes nothing
            if second is None and identity.root and any(after.is_applied(other) for other in after.get(identity)):
                continue  # it was defined twice
            change = Change(first, second)
            if first is None or second is None or change.hands or (not _is_alike(first, second) and change.fields):
                changes.append(change)
    return changes


def _paths_to_compare(before: Inventory, after: Inventory) -> list[str]:
    """Files whose bytes differ, and files that now land in another root or namespace though they do not."""
    changed = [
        path
        for path in sorted(before.manifests.keys() | after.manifests.keys())
        if before.manifests.get(path) != after.manifests.get(path)
    ]
    below = _reached_by(changed, before) | _reached_by(changed, after)
    if not below:
        return changed
    same = (path for path in before.manifests if before.manifests[path] == after.manifests.get(path))
    moved = [path for path in same if is_within_any(path, below) and _is_moved(path, before, after)]
    return sorted([*changed, *moved])


def _is_moved(path: str, before: Inventory, after: Inventory) -> bool:
    if before.ways(path) != after.ways(path):
        return True
    return before.ways_of_made(path) != after.ways_of_made(path)


def _reached_by(changed: Iterable[str], inventory: Inventory) -> set[str]:
    """Folders and files whose objects depend on changed kustomizations, patches and Flux objects."""
    kustomizations, starts = inventory.layout.kustomizations, set()
    for path in changed:
        if basename(path) in KUSTOMIZATION_NAMES:
            starts.add(dirname(path))
        elif path in inventory.manifests:
            starts |= inventory.layout.folders_synced_by(path) | inventory.layout.folders_filled_from(path)
        starts.update(kustomization.folder for kustomization in kustomizations.patched_by(path))
        starts |= kustomizations.fed_by(path) if path in inventory.manifests else set()
    return kustomizations.reach(*starts)


def _by_identity(inventory: Inventory, other: Inventory, paths: Iterable[str]) -> dict[ResourceId, list[Resource]]:
    """The objects of files that are applied. Of a file that is the same, only what is applied in another way."""
    found: dict[ResourceId, list[Resource]] = {}
    for path in paths:
        blob = inventory.manifests.get(path)
        if blob is None:
            continue
        others = other.ways(path) if path in other.manifests else ()
        same = frozenset(others) if other.manifests.get(path) == blob else frozenset()
        for way in inventory.ways(path):
            if way not in same and not _is_left_out(way, others):
                for resource in inventory.applied_in(way, path):
                    if not resource.patch:
                        found.setdefault(resource.id, []).append(resource)
        for resource in inventory.made_by(path):
            found.setdefault(resource.id, []).append(resource)
    return found


def _is_left_out(way: Way, others: tuple[Way, ...]) -> bool:
    """Whether a file is not applied. Where no Flux is seen, what is listed nowhere may still be applied by its name."""
    if not way.left_out_by:
        return False
    return way.sync is not None or any(other.taken_in_by and not other.left_out_by for other in others)


def _renamed_roots(
    before: Inventory,
    after: Inventory,
    old: dict[ResourceId, list[Resource]],
    new: dict[ResourceId, list[Resource]],
) -> dict[str, str]:
    """Roots that are gone and whose objects stand under one that was not there before."""
    gone = {identity.root for identity in old} - {root_of(folder) for folder in after.layout.sync_folders} - {""}
    come = {identity.root for identity in new} - {root_of(folder) for folder in before.layout.sync_folders} - {""}
    renamed = {}
    for root in sorted(gone):
        objects = {identity[1:] for identity in old if identity.root == root}
        for candidate in sorted(come):
            shared = objects & {identity[1:] for identity in new if identity.root == candidate}
            if len(shared) > _RENAMED_SHARE * len(objects):
                renamed[root] = candidate
                come.discard(candidate)
                break
    return renamed


def _taken_over(
    old: dict[ResourceId, list[Resource]], new: dict[ResourceId, list[Resource]]
) -> dict[ResourceId, list[Resource]]:
    """Objects that no sync applied before stand under the root that takes them over: nobody removes them anywhere.

    It is how EKS Anywhere sets Flux up: the cluster's file is there before the sync is.
    """
    loose = {identity[1:]: identity for identity in old if not identity.root and identity not in new}
    taken: dict[ResourceId, ResourceId] = {}
    for identity in new if loose else ():
        if identity.root and identity not in old and identity[1:] in loose:
            taken.setdefault(loose[identity[1:]], identity)
    return {taken.get(identity, identity): resources for identity, resources in old.items()} if taken else old


def _roots_of_moved_paths(before: Inventory, after: Inventory, paths: Iterable[str]) -> dict[str, str]:
    """Roots whose Flux `Kustomization` is the same one and applies another folder: the same management cluster."""
    renamed = {}
    for path in paths:
        if path in before.manifests and path in after.manifests and before.layout.folders_synced_by(path):
            later = {sync.owner: sync for sync in after.layout.syncs_in(path)}
            for sync in before.layout.syncs_in(path):
                moved = later.get(sync.owner)
                is_outermost = before.layout.root(path) in ("", root_of(sync.folder))
                if moved and moved.folder != sync.folder and is_outermost:
                    renamed[root_of(sync.folder)] = root_of(moved.folder)
    return renamed


def _under_new_roots(
    old: Mapping[ResourceId, list[Resource]], roots: Mapping[str, str]
) -> dict[ResourceId, list[Resource]]:
    moved: dict[ResourceId, list[Resource]] = {}
    for identity, resources in old.items():
        root = roots.get(identity.root, identity.root)
        moved.setdefault(identity._replace(root=root), []).extend(resources)
    return moved


def _pair_resources(old: list[Resource], new: list[Resource]) -> Iterator[tuple[Resource | None, Resource | None]]:
    """Where an identity has several resources, those in the same file belong together."""
    left = list(old)
    for resource in new:
        partner = next((other for other in left if other.path == resource.path), left[0] if left else None)
        if partner:
            left.remove(partner)
        yield partner, resource
    for resource in left:
        yield resource, None


def _is_alike(first: Resource, second: Resource) -> bool:
    """Whether both are the same text, which then says the same: only an alias can mean something written elsewhere."""
    if first.applied is second.applied:
        return True
    if first.applied is not first.node or second.applied is not second.node:
        return False
    texts = [resource.source.text[resource.node.start : resource.node.end] for resource in (first, second)]
    return texts[0] == texts[1] and "*" not in texts[0]


def _differences(
    old: Any, new: Any, old_path: Path | None, new_path: Path | None, lists: _Lists
) -> Iterator[FieldChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *(name for name in old if name not in new)]:
            yield from _differences(old.get(name), new.get(name), _below(old_path, name), _below(new_path, name), lists)
    elif isinstance(old, list) and isinstance(new, list):
        pattern = fields.pattern_of(new_path if new_path is not None else old_path or ())
        differs = False
        for first, second in pair_items(old, new, lists.keys.get(pattern)):
            for difference in _differences(
                None if first is None else old[first],
                None if second is None else new[second],
                None if first is None else _below(old_path, first),
                None if second is None else _below(new_path, second),
                lists,
            ):
                differs = True
                yield difference
        if not differs and old != new and pattern in lists.ordered:
            yield FieldChange(old_path, new_path, old, new)
    elif old != new or type(old) is not type(new):  # Python holds True and 1 for the same
        yield FieldChange(old_path, new_path, old, new)


def _below(path: Path | None, step: str | int) -> Path | None:
    return None if path is None else (*path, step)
