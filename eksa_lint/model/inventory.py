"""The objects of one snapshot, found without reading more than is asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from posixpath import dirname
from typing import TYPE_CHECKING, Any, Final

from eksa_lint.finding import Place, Side
from eksa_lint.model import fields
from eksa_lint.model.kustomize import KUSTOMIZE, is_within_any
from eksa_lint.model.layout import Layout, Way
from eksa_lint.model.library import Library
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.objects import identify, is_named, objects_of
from eksa_lint.model.references import references_of
from eksa_lint.model.resource import Borrowed, Resource, ResourceId
from eksa_lint.model.search import as_bytes, may_define
from eksa_lint.snapshot import Snapshot
from eksa_lint.syntax import Node, Source
from eksa_lint.syntax.later import LATER_MARKS

if TYPE_CHECKING:
    from eksa_lint.model.dependencies import Dependencies

_LOCAL: Final = ("metadata", "annotations", "config.kubernetes.io/local-config")


class Inventory:
    """Maps an identity to one or more resources, lazily: what may use a name is found by searching bytes."""

    def __init__(self, snapshot: Snapshot, library: Library, side: Side) -> None:
        self.snapshot = snapshot
        self.side: Side = side
        self.manifests = Manifests(snapshot, library)
        self._resources: dict[str, tuple[Resource, ...]] = {}
        self._ways: dict[str, tuple[Way, ...]] = {}
        self._patched_away: dict[ResourceId, Place] = {}
        self._indexes: dict[str, _FileIndex] = {}
        self._complete: dict[ResourceId, list[Resource]] | None = None

    @cached_property
    def layout(self) -> Layout:
        return Layout(self.manifests)

    @cached_property
    def dependencies(self) -> "Dependencies":
        from eksa_lint.model.dependencies import Dependencies  # noqa: PLC0415 - few syncs wait for another

        return Dependencies(self)

    @cached_property
    def folders(self) -> frozenset[str]:
        """The folders of the snapshot; Git knows no empty ones."""
        found: set[str] = set()
        for path in self.snapshot.blobs:
            folder = dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = dirname(folder)
        return frozenset(found)

    def way(self, path: str) -> Way:
        """The first way on which a file is applied, or that comes closest."""
        return self.ways(path)[0]

    def ways(self, path: str) -> tuple[Way, ...]:
        """Each way on which a file is applied; where there is none, the one that comes closest, alone."""
        if path not in self._ways:
            self._ways[path] = self.layout.ways(path)
        return self._ways[path]

    def resources_in(self, path: str) -> tuple[Resource, ...]:
        """The objects of one file as they are applied, patches too, in the order of its text.

        What several kustomizations take in from outside is there once for each.
        """
        if path not in self.manifests:
            return ()
        if path not in self._resources:
            self._resources[path] = tuple(self._extract(path))
        return self._resources[path]

    def get(self, identity: ResourceId) -> list[Resource]:
        """The resources with an identity: none, one, or several that stand in each other's way."""
        if self._complete is not None:
            return self._complete.get(identity, [])
        own_path = identity.name.rpartition("#")[0] or identity.name  # of a document that is known by its path
        paths = dict.fromkeys([*self._files_defining(identity), *([own_path] if own_path in self.manifests else ())])
        return [resource for path in paths for resource in self._index(path).by_identity.get(identity, ())]

    def may_hold(self, identity: ResourceId) -> bool:
        """Whether a file that could not be read to its end speaks of the name."""
        return any(self.manifests.stream(path).broken for path in self._files_mentioning(identity.name, identity.root))

    def may_be_named(self, identity: ResourceId) -> bool:
        """Whether an object whose name is still to be filled in may be the one with an identity."""
        from eksa_lint.model.unknown import is_unknown, may_be  # noqa: PLC0415 - asked for what is missing

        paths = dict.fromkeys(path for mark in LATER_MARKS for path in self.manifests.holding(mark.encode()))
        here = (path for path in paths if identity.root in self.layout.roots(path))
        found = (resource.id for path in here for resource in self.resources_in(path) if not resource.patch)
        return any(is_unknown(other) and may_be(identity, other) for other in found)

    def referring(self, identity: ResourceId) -> list[Resource]:
        """The resources that name an identity."""
        if self._complete is not None:
            return self._referrers.get(identity, [])
        paths = self._files_mentioning(identity.name, identity.root)
        return [resource for path in paths for resource in self._index(path).by_target.get(identity, ())]

    @cached_property
    def _referrers(self) -> dict[ResourceId, list[Resource]]:
        """Who names whom, once every file was read."""
        found: dict[ResourceId, list[Resource]] = {}
        for resource in (each for path in self.manifests for each in self.resources_in(path)):
            for target in {reference.target for reference in references_of(resource)}:
                found.setdefault(target, []).append(resource)
        return found

    def parse_all(self) -> None:
        """Read every file, after which nothing is searched for any more."""
        found: dict[ResourceId, list[Resource]] = {}
        for path in self.manifests:
            for resource in self.resources_in(path):
                if not resource.patch:
                    found.setdefault(resource.id, []).append(resource)
        self._complete = found

    def everything(self) -> Iterator[Source | Resource]:
        """Every source and every object."""
        for path in self.manifests:
            yield self.manifests.stream(path).source
            yield from self.resources_in(path)

    def mentioning(self, text: str, root: str) -> Iterator[Resource]:
        """Every object of the files in a root whose bytes hold a text, which is no name: see `named`."""
        for path in self.manifests.holding(as_bytes(text)):
            if root in self.layout.roots(path):
                yield from self.resources_in(path)

    def named(self, name: str, root: str) -> Iterator[Resource]:
        """Every object of the files in a root that say a name."""
        for path in self._files_mentioning(name, root):
            yield from self.resources_in(path)

    def _files_defining(self, identity: ResourceId) -> list[str]:
        """The files that may hold an object; most of those that mention it only refer to it, and need not be read."""
        name = as_bytes(identity.name)
        return [
            path
            for path in self._files_mentioning(identity.name, identity.root)
            if path in self._indexes
            or path in self._renamed_files
            or self.layout.may_make(path)
            or may_define(self.manifests.content(path), name)
        ]

    def _files_mentioning(self, name: str, root: str) -> list[str]:
        here = [path for path in self.manifests.naming(name) if root in self.layout.roots(path)]
        return [*here, *(path for path in self._renamed_files if path not in here)]

    @cached_property
    def _renamed_files(self) -> dict[str, None]:
        """The files whose objects are applied under other names than they are written with."""
        below = self.layout.renaming_folders()
        paths = (path for path in self.manifests if is_within_any(path, below)) if below else ()
        return {path: None for path in paths if any(step.renames for way in self.ways(path) for step in way.steps)}

    def _index(self, path: str) -> "_FileIndex":
        if path not in self._indexes:
            self._indexes[path] = _FileIndex(self.resources_in(path))
        return self._indexes[path]

    def _extract(self, path: str) -> Iterator[Resource]:
        for node, position in self._written_in(path):
            for way in self.ways(path) if is_named(node.value) else self.ways(path)[:1]:
                yield from self._apply(way, node, path, position)
        yield from self.made_by(path)

    def _written_in(self, path: str) -> Iterator[tuple[Node, str]]:
        """The objects of a file as it holds them, each with the number of its document and its own in that."""
        for document in self.manifests.stream(path).documents:
            for position, node in enumerate(objects_of(document.root)):
                yield node, f"{document.index}.{position}"

    def made_by(self, path: str) -> Iterator[Resource]:
        """The objects that a kustomization makes itself, as they are applied."""
        for way, nodes in self.layout.made_by(path):
            for position, node in enumerate(nodes):
                yield from self._apply(way, node, path, f"made.{position}")

    def ways_of_made(self, path: str) -> tuple[Way, ...]:
        """Each way on which the objects are applied that a kustomization makes itself."""
        return tuple(way for way, _ in self.layout.made_by(path))

    def applied_in(self, way: Way, path: str) -> Iterator[Resource]:
        """The objects of a file on one way to a cluster."""
        for node, position in self._written_in(path):
            yield from self._apply(way, node, path, position)

    def way_of(self, resource: Resource) -> Way:
        """The way on which an object of this state is applied, or that comes closest."""
        ways = self._ways_of(resource)
        here = [way for way in ways if (way.root, way.sync_name) == (resource.id.root, resource.sync_name)]
        for way in here if len(here) > 1 else ():
            if any(other.id == resource.id for other in self.applied_in(way, resource.path)):
                return way
        return (here or ways)[0]

    def is_applied(self, resource: Resource) -> bool:
        """Whether something applies an object of this state: its file is taken in, and it is a whole object."""
        ways = [way for way in self._ways_of(resource) if way.root == resource.id.root]
        return not resource.patch and any(not way.left_out_by or way.sync is None for way in ways)

    def _ways_of(self, resource: Resource) -> tuple[Way, ...]:
        """Each way of the file of an object; what a kustomization makes itself goes other ways than its file."""
        made = self.ways_of_made(resource.path) if resource.group != KUSTOMIZE else ()
        return made or self.ways(resource.path)

    def patched_away(self, identity: ResourceId, path: str) -> Place | None:
        """The patch or annotation that takes an object of a file out of what is applied."""
        self.resources_in(path)
        return self._patched_away.get(identity)

    def _apply(self, way: Way, node: Node, path: str, position: str) -> Iterator[Resource]:
        """The object as it is applied on one way; nothing where a patch deletes it."""
        source = self.manifests.stream(path).source
        place = path if position == "0.0" else f"{path}#{position}"
        identity, version = identify(node.value, way, place)
        found = Resource(identity, version, self.side, path, source, node, way.patch, sync_name=way.sync_name)
        if way.steps and is_named(node.value):
            from eksa_lint.model.build import build  # noqa: PLC0415 - most files go through no steps

            built = build(node, way.steps, Borrowed(node, path, source), self.side)
            if isinstance(built, Place):
                self._patched_away[identity] = built
                return
            name, version = identify(built.node.value, way, place)
            found = replace(found, id=name, version=version, built=built.node, unfit=built.unfit)
        if way.is_built and not found.patch and _is_local(found.value):
            self._patched_away[identity] = found.place(_LOCAL)
        else:
            yield found


def _is_local(value: Any) -> bool:
    """Whether kustomize drops an object from what it gives."""
    return fields.get(value, _LOCAL) not in (None, "false")


class _FileIndex:
    """The objects of one file by what they are and by whom they name, so that a file of thousands costs one pass."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.by_identity: dict[ResourceId, list[Resource]] = {}
        self.by_target: dict[ResourceId, list[Resource]] = {}
        for resource in resources:
            if not resource.patch:
                self.by_identity.setdefault(resource.id, []).append(resource)
            for target in {reference.target for reference in references_of(resource)}:
                self.by_target.setdefault(target, []).append(resource)
