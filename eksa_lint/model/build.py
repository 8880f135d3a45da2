"""What kustomize and Flux do to the objects that they take in: patches, name prefixes, annotations, variables.

A `Step` is one kustomization's part of it, or that of a Flux `Kustomization`; an object goes through the steps of
its way from the inside out. Order and matching are those of kustomize 5.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from eksa_lint.finding import Place, Side
from eksa_lint.model import fields
from eksa_lint.model.field_specs import Setting
from eksa_lint.model.patches import CannotApply, apply_operations, merge, with_text
from eksa_lint.model.replacements import Replacement
from eksa_lint.model.resource import Borrowed, Unfit
from eksa_lint.model.selector import Target
from eksa_lint.model.substitution import Substitution, substituted
from eksa_lint.syntax import Node, Source

_KEEP_NAME: Final = frozenset(("CustomResourceDefinition", "APIService", "Namespace"))
"""Kinds whose names kustomize gives no prefix and no suffix."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A part of an object, or a list of JSON 6902 operations, and the objects that it is for."""

    target: Target
    content: Any = field(hash=False)
    renames: bool
    """Whether it may change the name, as operations can."""

    node: Borrowed = field(repr=False, compare=False)

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

    metadata: tuple[Patch, ...] = ()
    """Labels and annotations for everything."""

    replacements: tuple[Replacement, ...] = ()
    settings: tuple[Setting, ...] = ()
    """What a transformer does that the kustomization lists."""

    substitution: Substitution | None = None

    @property
    def renames(self) -> bool:
        """Whether an object may have another name afterwards than its file says."""
        if self.prefix or self.suffix or self.substitution:
            return True
        patches = any(patch.renames for patch in (*self.patches, *self.last_patches))
        return patches or any(each.renames for each in self.replacements) or any(each.renames for each in self.settings)


@dataclass(frozen=True, slots=True)
class Built:
    """An object after all steps, and what failed on the way."""

    node: Node
    unfit: tuple[Unfit, ...]


def build(node: Node, steps: tuple[Step, ...], home: Borrowed, side: Side) -> Built | Place:
    """What the steps make of an object, whose own file `home` knows; the place of the patch where one deletes it."""
    work = _Work(node, home, side)
    deleting = next(work.run(steps), None)
    if deleting is not None:
        return work.place(deleting.node.find(("$patch",)) or deleting.node)
    return Built(work.node, tuple(work.unfit))


def as_source(node: Node, steps: tuple[Step, ...], target: Target) -> Node | None:
    """The object after the steps, where it is there and is the one that is meant."""
    work = _Work(node, Borrowed(node, "", Source("")), "after")
    is_there = next(work.run(steps), None) is None
    return work.node if is_there and work.is_meant(target) else None


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
            for patch in (*step.metadata, *step.last_patches):
                yield from self._patch(patch)
            for replacement in step.replacements:
                self._replace(replacement)
            for setting in step.settings:
                self._set(setting)
            if step.substitution:
                self._fill_in(step.substitution)

    def _replace(self, replacement: Replacement) -> None:
        try:
            self.node = replacement.applied_to(self.node, self.names)
            self.names.add(_name(self.node))
        except CannotApply as problem:
            self.unfit.append(Unfit("replacement", str(problem), self.place(problem.node or replacement.written)))

    def _set(self, setting: Setting) -> None:
        try:
            self.node = setting.applied_to(self.node, self.names, keeps_name=self._kind in _KEEP_NAME)
            self.names.add(_name(self.node))
        except CannotApply as problem:
            at = self.place(problem.node or self.node)
            self.unfit.append(Unfit("change of images" if setting.does == "image" else "transformer", str(problem), at))

    def _fill_in(self, substitution: Substitution) -> None:
        self.node, problems = substituted(self.node, substitution)
        self.names.add(_name(self.node))
        for problem in problems:
            self.unfit.append(Unfit("variable", str(problem), self.place(problem.node or self.node)))

    def place(self, node: Node) -> Place:
        home = node if isinstance(node, Borrowed) else self._home
        return Place(self._side, home.path, home.source, node.start, node.end)

    def _patch(self, patch: Patch) -> Iterator[Patch]:
        if not self.is_meant(patch.target):
            return
        name = _name(self.node)
        try:
            patched = apply_operations(self.node, patch.node) if patch.is_operations else merge(self.node, patch.node)
        except CannotApply as problem:
            self.unfit.append(Unfit("patch", str(problem), self.place(problem.node or patch.node)))
            return
        if patched is None:
            yield patch
        elif missing := _missing(patched.value):
            self.unfit.append(Unfit("patch", f"it takes away the {missing}", self.place(patch.node)))
        else:
            self.node = patched
            if not patch.renames and _name(patched) != name:
                self._rename(name)  # kustomize keeps the name that a merged part does not agree with
            self.names.add(_name(self.node))

    def is_meant(self, target: Target) -> bool:
        return isinstance(self.node.value, dict) and target.selects(self.node.value, self.names)

    def _rename(self, name: str) -> None:
        self.node = with_text(self.node, ("metadata", "name"), name)
        self.names.add(name)

    @property
    def _kind(self) -> str:
        return str(self.node.value.get("kind")) if isinstance(self.node.value, dict) else ""


def _missing(value: Any) -> str:
    """What an object lacks to be one."""
    for word in ("apiVersion", "kind"):
        if not isinstance(fields.get(value, (word,)), str):
            return word
    return "metadata.name" if fields.get(value, ("metadata", "name")) in (None, "") else ""


def _name(node: Node) -> str:
    found = node.find(("metadata", "name"))
    return str(found.value) if found is not None else ""
