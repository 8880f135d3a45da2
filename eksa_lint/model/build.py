"""What kustomize and Flux do to the objects that they take in: patches, name prefixes, annotations, variables.

A `Step` is one kustomization's part of it, or that of a Flux `Kustomization`; an object goes through the steps of
its way from the inside out. Order and matching are those of kustomize 5.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Final

from eksa_lint.finding import Place, Side
from eksa_lint.model.embedded import embedded
from eksa_lint.model.kustomize import Kustomization, beside
from eksa_lint.model.layout import Sync
from eksa_lint.model.patches import CannotApply, apply_operations, borrow, merge, with_text
from eksa_lint.model.resource import Borrowed, Unfit
from eksa_lint.model.selector import Target, of_object, of_selector
from eksa_lint.model.substitution import Substitution, substituted, substitution_of
from eksa_lint.syntax import Node, Source, Stream

_MOST_STEPS: Final = 1000
"""Of the components of one kustomization; more are not meant to be built."""

_KEEP_NAME: Final = frozenset(("CustomResourceDefinition", "APIService", "Namespace"))
"""Kinds whose names kustomize gives no prefix and no suffix."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of an object, or a list of JSON 6902 operations, and the objects that it is for."""

    target: Target
    content: Any = field(hash=False)
    renames: bool
    """Whether it may change the name, as operations can."""

    file: str = field(compare=False)
    source: Source = field(repr=False, compare=False)
    node: Node = field(repr=False, compare=False)

    @property
    def is_operations(self) -> bool:
        return self.node.items is not None


@dataclass(frozen=True, slots=True)
class Step:
    """What one kustomization does to all that it takes in."""

    patches: tuple[Patch, ...] = ()
    prefix: str = ""
    suffix: str = ""
    last_patches: tuple[Patch, ...] = ()
    """The ones that come after the names were changed."""

    metadata: Patch | None = None
    """Labels and annotations for everything."""

    substitution: Substitution | None = None

    @property
    def renames(self) -> bool:
        """Whether an object may have another name afterwards than its file says."""
        patches = any(patch.renames for patch in (*self.patches, *self.last_patches))
        return bool(self.prefix or self.suffix or patches or self.substitution)


@dataclass(frozen=True, slots=True)
class Built:
    """An object after all steps; without a node where a patch deletes it. `by` is that patch, `unfit` what failed."""

    node: Node | None
    by: Place | None = None
    unfit: tuple[Unfit, ...] = ()


def build(node: Node, steps: tuple[Step, ...], home: Borrowed, side: Side) -> Built:
    """What the steps make of an object, whose own file `home` knows."""
    work = _Work(node, home, side)
    deleting = next(work.run(steps), None)
    if deleting is not None:
        return Built(None, _place(deleting, deleting.node.find(("$patch",)), side))
    return Built(work.node, None, tuple(work.unfit))


def _place(patch: Patch, node: Node | None, side: Side) -> Place:
    at = node or patch.node
    return Place(side, patch.file, patch.source, at.start, at.end)


class Steps:
    """The steps of the kustomizations and Flux objects of one snapshot, each read once."""

    def __init__(
        self,
        known: Container[str],
        stream: Callable[[str], Stream],
        at: Callable[[str], Kustomization | None],
        settings: Callable[[Sync, str], dict[str, str] | None],
    ) -> None:
        self._known, self._stream, self._at, self._settings = known, stream, at, settings
        self._read: dict[str, tuple[Step, ...]] = {}
        self._read_syncs: dict[Sync, tuple[Step, ...]] = {}

    def of(self, kustomization: Kustomization) -> tuple[Step, ...]:
        """What a kustomization does to all that it takes in, its components first."""
        if kustomization.file not in self._read:
            self._read[kustomization.file] = ()  # for one that is a component of itself
            used = [entry.target for entry in kustomization.includes if entry.is_component]
            self._read[kustomization.file] = (*self._components(used), *self._own(kustomization))
        return self._read[kustomization.file]

    def of_sync(self, sync: Sync) -> tuple[Step, ...]:
        """What a Flux `Kustomization` does to all that it applies."""
        if sync not in self._read_syncs:
            self._read_syncs[sync] = self._of_sync(sync)
        return self._read_syncs[sync]

    def _of_sync(self, sync: Sync) -> tuple[Step, ...]:
        root = sync.node.find(("spec",)) if sync.node else None
        if root is None:
            return ()
        reader = _Reader(sync.folder, sync.file, sync.source, self._known, self._stream)
        listed = sync.spec.get("components")
        names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
        step = Step(
            patches=tuple(reader.patches(root, "patches")),
            prefix=_text(sync.spec.get("namePrefix")),
            suffix=_text(sync.spec.get("nameSuffix")),
            metadata=reader.metadata({part: root.find(("commonMetadata", part)) for part in ("labels", "annotations")}),
            substitution=substitution_of(sync.spec, partial(self._settings, sync)),
        )
        return (*self._components(beside(sync.folder, name) for name in names), *((step,) if step != Step() else ()))

    def _components(self, folders: Iterable[str]) -> Iterator[Step]:
        used = (self._at(folder) for folder in folders)
        return islice((step for one in used if one for step in self.of(one)), _MOST_STEPS)

    def _own(self, kustomization: Kustomization) -> Iterator[Step]:
        root, value = kustomization.node, kustomization.value
        if root is None:
            return
        reader = _Reader(kustomization.folder, kustomization.file, kustomization.source, self._known, self._stream)
        step = Step(
            patches=(*reader.patches(root, "patchesStrategicMerge"), *reader.patches(root, "patches")),
            prefix=_text(value.get("namePrefix")),
            suffix=_text(value.get("nameSuffix")),
            last_patches=tuple(reader.patches(root, "patchesJson6902")),
            metadata=reader.metadata({"annotations": root.find(("commonAnnotations",))}),
        )
        if step != Step():
            yield step


class _Work:
    """One object on its way through the steps."""

    def __init__(self, node: Node, home: Borrowed, side: Side) -> None:
        self.node = node
        self.names = {_name(node)}
        self.unfit: list[Unfit] = []
        self._home = home
        self._side: Side = side

    def run(self, steps: tuple[Step, ...]) -> Iterator[Patch]:
        """Take the steps; gives the patch that deletes the object, and then nothing more is to be done."""
        for step in steps:
            for patch in step.patches:
                yield from self._patch(patch)
            if (step.prefix or step.suffix) and self._kind not in _KEEP_NAME:
                self._rename(f"{step.prefix}{_name(self.node)}{step.suffix}")
            for patch in (*step.last_patches, *((step.metadata,) if step.metadata else ())):
                yield from self._patch(patch)
            if step.substitution:
                self._fill_in(step.substitution)

    def _fill_in(self, substitution: Substitution) -> None:
        self.node, problems = substituted(self.node, substitution)
        self.names.add(_name(self.node))
        for problem in problems:
            at = problem.node or self.node
            home = at if isinstance(at, Borrowed) else self._home
            place = Place(self._side, home.path, home.source, at.start, at.end)
            self.unfit.append(Unfit(str(problem), place, is_variable=True))

    def _patch(self, patch: Patch) -> Iterator[Patch]:
        value = self.node.value
        if not isinstance(value, dict) or not patch.target.selects(value, self.names):
            return
        name = _name(self.node)
        try:
            patched = apply_operations(self.node, patch.node) if patch.is_operations else merge(self.node, patch.node)
        except CannotApply as problem:
            self.unfit.append(Unfit(str(problem), _place(patch, problem.node, self._side)))
            return
        if patched is None:
            yield patch
        elif isinstance(patched.value, dict):
            self.node = patched
            if not patch.renames and _name(patched) != name:
                self._rename(name)  # kustomize keeps the name that a merged part does not agree with
            self.names.add(_name(self.node))

    def _rename(self, name: str) -> None:
        self.node = with_text(self.node, ("metadata", "name"), name)
        self.names.add(name)

    @property
    def _kind(self) -> str:
        return str(self.node.value.get("kind")) if isinstance(self.node.value, dict) else ""


class _Reader:
    """Reads the patches that one file lists."""

    def __init__(
        self, folder: str, file: str, source: Source, known: Container[str], stream: Callable[[str], Stream]
    ) -> None:
        self._folder, self._file, self._source = folder, file, source
        self._known, self._stream = known, stream

    def patches(self, root: Node, name: str) -> Iterator[Patch]:
        """The patches of a list: file names, texts, or mappings with a target."""
        listed = root.find((name,))
        for item in (listed.items or ()) if listed else ():
            target = item.find(("target",))
            written = item.find(("path",)) or item.find(("patch",)) or (item if item.entries is None else None)
            rename = item.find(("options", "allowNameChange"))
            for body in self._bodies(written) if written else ():
                yield from self._patch(body, target, renames=rename is not None and rename.value in (True, "true"))

    def metadata(self, parts: dict[str, Node | None]) -> Patch | None:
        """Labels and annotations as one part of every object."""
        from eksa_lint.syntax import Entry  # noqa: PLC0415 - few files have them

        found = {name: node for name, node in parts.items() if node is not None and node.entries}
        if not found:
            return None
        start = next(iter(found.values())).start
        inner = {name: Entry(node.start, node.start, node) for name, node in found.items()}
        metadata = Node(start, start, {name: node.value for name, node in found.items()}, inner)
        part = Node(start, start, {"metadata": metadata.value}, {"metadata": Entry(start, start, metadata)})
        node = borrow(part, self._file, self._source)
        return Patch(Target(), part.value, False, self._file, self._source, node)

    def _bodies(self, written: Node) -> Iterator[tuple[str, Source, Node]]:
        """The documents of a patch, in their own places."""
        text = written.value
        path = beside(self._folder, text) if isinstance(text, str) and "\n" not in text else ""
        if path in self._known:
            stream = self._stream(path)
            for document in stream.documents:
                yield path, stream.source, borrow(document.root, path, stream.source)
        elif isinstance(text, str):
            documents, shift = embedded(written, self._source)
            for document in documents:
                yield self._file, self._source, borrow(document.root, self._file, self._source, shift)

    def _patch(self, body: tuple[str, Source, Node], target: Node | None, *, renames: bool) -> Iterator[Patch]:
        file, source, node = body
        selector = of_selector(target.value) if target is not None else of_object(node.value)
        if selector is not None and (node.items is not None or node.entries is not None):
            yield Patch(selector, node.value, renames or node.items is not None, file, source, node)


def _name(node: Node) -> str:
    found = node.find(("metadata", "name"))
    return str(found.value) if found is not None else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
