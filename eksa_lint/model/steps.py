"""What each kustomization and each Flux `Kustomization` does to the objects that it takes in, read once."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any, Final, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.build import Step, as_source
from eksa_lint.model.field_specs import Setting
from eksa_lint.model.kustomize import Kustomization, beside
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.patch_lists import PatchReader
from eksa_lint.model.replacements import replacements_of
from eksa_lint.model.selector import Target
from eksa_lint.model.substitution import substitution_of
from eksa_lint.model.sync import Sync
from eksa_lint.model.transformers import WITHOUT_EFFECT, Config, Configs, image_setting, namespace_of, setting_of
from eksa_lint.syntax import Node

TakenIn: TypeAlias = Callable[[Kustomization, str], Iterable[tuple[Node, tuple[Kustomization, ...]]]]
"""The objects of files that hold a text, as a kustomization takes them in, and the kustomizations before it."""

_MOST_STEPS: Final = 1000
"""Of the components of one kustomization; more are not meant to be built."""


class Steps:
    """The steps of the kustomizations and Flux objects of one snapshot, each read once."""

    def __init__(
        self,
        manifests: Manifests,
        at: Callable[[str], Kustomization | None],
        data_of: Callable[[Sync, str], dict[str, str] | None],
        objects: TakenIn,
    ) -> None:
        self._manifests, self._at, self._data_of, self._objects = manifests, at, data_of, objects
        self._configs = Configs(manifests, at)
        self._not_evaluated: dict[str, list[tuple[Node, str]]] = {}
        self._read: dict[str, tuple[Step, ...]] = {}
        self._read_syncs: dict[Sync, tuple[Step, ...]] = {}

    def of(self, kustomization: Kustomization) -> tuple[Step, ...]:
        """What a kustomization does to all that it takes in, its components first."""
        if kustomization.file not in self._read:
            self._read[kustomization.file] = ()  # for one that is a component of itself
            used = [entry.target for entry in kustomization.includes if entry.is_component]
            found = (*self._components(used), *self._own(kustomization))
            found = (*found, *self._replacements(kustomization, found))
            self._read[kustomization.file] = (*found, *self._transformers(kustomization, found))
        return self._read[kustomization.file]

    def not_evaluated(self, kustomization: Kustomization) -> list[tuple[Node, str]]:
        """The entries of a kustomization that are not evaluated, each with the reason."""
        self.of(kustomization)
        return self._not_evaluated.get(kustomization.file, [])

    def _pass_over(self, kustomization: Kustomization, entry: Node, reason: str) -> None:
        self._not_evaluated.setdefault(kustomization.file, []).append((entry, reason))

    def _replacements(self, kustomization: Kustomization, earlier: tuple[Step, ...]) -> Iterator[Step]:
        reader = self._reader(kustomization)
        for entry in kustomization.items("replacements"):
            path = entry.find(("path",))
            bodies = reader.bodies(path) if path else [reader.own(entry)]
            find = partial(self._source, kustomization, earlier)
            found = [each for body in bodies for each in replacements_of(body, find)]
            if not found:
                self._pass_over(kustomization, entry, "a replacement is not understood")
            for replacement in found:
                if not replacement.is_known:
                    reason = f"{replacement.value} is not known here, which a replacement takes for the value of fields"
                    self._pass_over(kustomization, entry, reason)
            earlier = (*earlier, Step(replacements=tuple(found)))
            yield earlier[-1]

    def _source(self, kustomization: Kustomization, earlier: tuple[Step, ...], target: Target) -> Node | None:
        """The one object that is selected, as it is before the replacement."""
        found: list[Node] = []
        for node, chain in self._objects(kustomization, target.mark):
            inner = (step for one in chain for step in self.of(one))
            if (built := as_source(node, (*inner, *earlier), target)) is not None:
                found.append(built)
        return found[0] if len(found) == 1 else None

    def _transformers(self, kustomization: Kustomization, earlier: tuple[Step, ...]) -> Iterator[Step]:
        for config in self._configs.of(kustomization):
            step = self._transformer(kustomization, config, earlier)
            if step is None:
                what = config.kind or ("a transformer of another program" if config.node else config.entry.value)
                self._pass_over(kustomization, config.entry, f"{what} is not run here, and may rename or drop objects")
            else:
                earlier = (*earlier, step)
                yield step

    def _transformer(self, kustomization: Kustomization, config: Config, earlier: tuple[Step, ...]) -> Step | None:
        if config.node is None:
            return None
        if config.kind in WITHOUT_EFFECT or namespace_of(config):
            return Step()
        reader = PatchReader(kustomization.folder, config.node.path, config.node.source, self._manifests)
        match config.kind:
            case "PatchTransformer":
                return Step(patches=tuple(reader.patch(config.node)))
            case "PatchStrategicMergeTransformer":
                return Step(patches=(*reader.patches(config.node, "paths"), *reader.parts(config.node, "patches")))
            case "PatchJson6902Transformer":
                return Step(last_patches=tuple(reader.patch(config.node)))
            case "ReplacementTransformer":
                written = config.node.find(("replacements",))
                return Step(replacements=tuple(replacements_of(written, partial(self._source, kustomization, earlier))))
        setting = setting_of(config)
        return Step(settings=(setting,)) if setting else None

    def _reader(self, kustomization: Kustomization) -> PatchReader:
        return PatchReader(kustomization.folder, kustomization.file, kustomization.source, self._manifests)

    def of_sync(self, sync: Sync) -> tuple[Step, ...]:
        """What a Flux `Kustomization` does to all that it applies."""
        if sync not in self._read_syncs:
            self._read_syncs[sync] = self._of_sync(sync)
        return self._read_syncs[sync]

    def _of_sync(self, sync: Sync) -> tuple[Step, ...]:
        root = sync.node.find(("spec",))
        if root is None:
            return ()
        reader = PatchReader(sync.folder, sync.file, sync.source, self._manifests)
        names = [name for name in fields.as_list(sync.spec.get("components")) if isinstance(name, str)]
        step = Step(
            patches=tuple(reader.patches(root, "patches")),
            prefix=_text(sync.spec.get("namePrefix")),
            suffix=_text(sync.spec.get("nameSuffix")),
            metadata=tuple(
                patch
                for part in ("labels", "annotations")
                for patch in reader.metadata(part, root.find(("commonMetadata", part)))
            ),
            substitution=substitution_of(sync.spec, partial(self._data_of, sync)),
        )
        return (*self._components(beside(sync.folder, name) for name in names), *((step,) if step != Step() else ()))

    def _components(self, folders: Iterable[str]) -> Iterator[Step]:
        used = (self._at(folder) for folder in folders)
        return islice((step for one in used if one for step in self.of(one)), _MOST_STEPS)

    def _own(self, kustomization: Kustomization) -> Iterator[Step]:
        root, value = kustomization.node, kustomization.value
        if root is None:
            return
        reader = self._reader(kustomization)
        step = Step(
            patches=(*reader.patches(root, "patchesStrategicMerge"), *reader.patches(root, "patches")),
            prefix=_text(value.get("namePrefix")),
            suffix=_text(value.get("nameSuffix")),
            last_patches=tuple(reader.patches(root, "patchesJson6902")),
            metadata=tuple(reader.common_metadata(root)),
            settings=tuple(_images(root, reader)),
        )
        if step != Step():
            yield step


def _images(root: Node, reader: PatchReader) -> Iterator[Setting]:
    for entry in root.items_of("images"):
        if setting := image_setting(reader.own(entry)):
            yield setting


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
