"""The configurations that `transformers:` lists, and those of kustomize's own that are evaluated.

Source: kubernetes-sigs/kustomize, api/internal/target and plugin/builtin: they run after all that the fields of the
kustomization do, those that are written in it first, then those of files.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.embedded import embedded
from eksa_lint.model.field_specs import Does, FieldSpec, Setting, specs_of
from eksa_lint.model.images import CHANGES, IMAGE_PATHS, JOB_IMAGE_PATHS
from eksa_lint.model.kustomize import Kustomization, beside, is_inline
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.patches import borrow
from eksa_lint.model.resource import Borrowed
from eksa_lint.syntax import Node

_BUILTIN: Final = "builtin"
_NAMESPACE: Final = ("metadata", "namespace")
WITHOUT_EFFECT: Final = frozenset(("HashTransformer", "SortOrderTransformer"))
"""What changes nothing that matters here."""


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration, and the entry of the kustomization that brings it. One that cannot be read has no node."""

    entry: Node
    node: Borrowed | None = None

    @property
    def value(self) -> Any:
        return self.node.value if self.node else None

    @property
    def kind(self) -> str:
        """The kind of one of kustomize's own; empty for that of another program."""
        is_builtin = fields.get(self.value, ("apiVersion",)) == _BUILTIN
        return str(fields.get(self.value, ("kind",))) if is_builtin else ""


class Configs:
    """Reads what kustomizations list as transformers."""

    def __init__(self, manifests: Manifests, at: Callable[[str], Kustomization | None]) -> None:
        self._manifests, self._at = manifests, at

    def of(self, kustomization: Kustomization) -> Iterator[Config]:
        """The configurations in the order in which they run."""
        entries = [(entry, str(entry.value)) for entry in kustomization.items("transformers")]
        for entry, text in entries:
            if is_inline(text):
                documents, shift = embedded(entry, kustomization.source)
                for document in documents:
                    yield Config(entry, borrow(document.root, kustomization.file, kustomization.source, shift))
        for entry, text in entries:
            if not is_inline(text):
                yield from self._from_path(entry, beside(kustomization.folder, text))

    def _from_path(self, entry: Node, path: str) -> Iterator[Config]:
        if path in self._manifests:
            stream = self._manifests.stream(path)
            for document in stream.documents:
                yield Config(entry, borrow(document.root, path, stream.source))
            return
        folder = self._at(path)
        if folder is None or folder.value.keys() - {"apiVersion", "kind", "metadata", "resources"}:
            yield Config(entry)
            return
        for inner in folder.includes:
            yield from self._from_path(entry, inner.target) if inner.target in self._manifests else (Config(entry),)


def namespace_of(config: Config) -> str:
    """The namespace that a configuration sets for all objects; empty where it does not."""
    if config.kind != "NamespaceTransformer" or fields.get(config.value, ("unsetOnly",)) is True:
        return ""
    specs = fields.get(config.value, ("fieldSpecs",))
    plain = FieldSpec(_NAMESPACE, create=True)
    namespace = fields.get(config.value, _NAMESPACE)
    is_plain = specs is None or plain in (specs_of(specs) or ())
    return namespace if isinstance(namespace, str) and is_plain else ""


def setting_of(config: Config) -> Setting | None:
    """What a configuration does to fields; None for one that does something else, or that cannot be read."""
    value, node = config.value, config.node
    specs = specs_of(fields.get(value, ("fieldSpecs",)))
    if node is None:
        return None
    match config.kind:
        case "PrefixTransformer" if specs is not None:
            return Setting("affix", specs, prefix=str(fields.get(value, ("prefix",)) or ""))
        case "SuffixTransformer" if specs is not None:
            return Setting("affix", specs, suffix=str(fields.get(value, ("suffix",)) or ""))
        case "LabelTransformer":
            return _setting("merge", specs or (), node.find(("labels",)))
        case "AnnotationsTransformer":
            return _setting("merge", specs or (), node.find(("annotations",)))
        case "ReplicaCountTransformer" if specs is not None:
            name = str(fields.get(value, ("replica", "name")) or "")
            return _setting("set", specs, node.find(("replica", "count")), name) if name else None
        case "NamespaceTransformer" if fields.get(value, ("unsetOnly",)) is True and specs is None:
            return _setting("fill", (FieldSpec(_NAMESPACE, create=True),), node.find(_NAMESPACE))
        case "ImageTagTransformer" if specs is None:
            return image_setting(node.find(("imageTag",)))
    return None


def image_setting(entry: Node | None) -> Setting | None:
    """What one entry of `images` does; None where it names no image or changes none."""
    name = fields.get(entry.value, ("name",)) if entry is not None else None
    if entry is None or not isinstance(name, str) or not name:
        return None
    written = next((node for key in CHANGES if (node := entry.find((key,))) is not None and node.value), None)
    specs = (
        *(FieldSpec(path) for path in IMAGE_PATHS),
        *(FieldSpec(path, if_there=True) for path in JOB_IMAGE_PATHS),
    )
    return Setting("image", specs, content=entry.value, node=written) if written is not None else None


def _setting(does: Does, specs: tuple[FieldSpec, ...], node: Node | None, name: str = "") -> Setting | None:
    return Setting(does, specs, content=node.value, node=node, name=name) if node is not None else None
