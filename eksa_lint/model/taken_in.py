"""All that a kustomization takes in, by the names under which its patches find it.

kustomize knows an object by its name and namespace of every step. Source: sigs.k8s.io/kustomize/api/resmap
(GetMatchingResourcesByAnyId); held against kustomize 5.5.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.generators import MADE, changes_another
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.objects import objects_of
from eksa_lint.syntax import Node

_NOT_KNOWN: Final = ("generators", "transformers", "replacements", "helmCharts", "helmChartInflationGenerator")
"""Fields that may make objects here, or give them other names."""
_RENAMING: Final = ("allowNameChange", "/metadata/name")
"""What a patch holds that may give an object another name."""
_NAME: Final = ("metadata", "name")
_NAMESPACE: Final = ("metadata", "namespace")
_DEEPEST: Final = 20


@dataclass(frozen=True, slots=True)
class Known:
    """One object by all that it was called on its way."""

    api_version: str
    kind: str
    names: frozenset[str]
    namespaces: frozenset[str]

    def is_meant_by(self, part: Any) -> bool:
        """Whether a part of an object, as a patch without a target writes it, is one of this object."""
        return (
            self.api_version == fields.get(part, ("apiVersion",))
            and self.kind == fields.get(part, ("kind",))
            and str(fields.get(part, _NAME)) in self.names
            and str(fields.get(part, _NAMESPACE) or "default") in self.namespaces
        )


Objects: TypeAlias = Callable[[], list[Known] | None]
"""Gives what a kustomization takes in, where these files show it all; it is read when somebody needs to know."""


class TakenIn:
    """The objects of each kustomization of one snapshot; `at` gives the kustomization of a folder."""

    def __init__(self, manifests: Manifests, at: Callable[[str], Kustomization | None]) -> None:
        self._manifests, self._at = manifests, at

    def of(self, kustomization: Kustomization, depth: int = 0) -> list[Known] | None:
        """As its own patches find them; None where these files do not show them all."""
        value = kustomization.value
        if depth > _DEEPEST or kustomization.remotes or any(name in value for name in _NOT_KNOWN):
            return None
        if depth == 0 and value.get("kind") == "Component":
            return None  # its patches are for the objects of whoever uses it
        found = list(_made(kustomization))
        for entry in kustomization.includes:
            below = self._of_entry(entry.target, depth)
            if below is None:
                return None
            found += below
        return found

    def _of_entry(self, target: str, depth: int) -> list[Known] | None:
        if target in self._manifests:
            stream = self._manifests.stream(target)
            return None if stream.broken else [known for each in stream.documents for known in _written(each.root)]
        inner = self._at(target)
        below = self.of(inner, depth + 1) if inner and not self._renames(inner) else None
        return [_passed_on(known, inner.value) for known in below] if inner and below is not None else None

    def _renames(self, kustomization: Kustomization) -> bool:
        """Whether its patches may give an object another name."""
        written = [str(kustomization.value.get(name)) for name in ("patches", "patchesJson6902")]
        files = [self._manifests.source(path).text for path in kustomization.patch_files if path in self._manifests]
        return any(mark in text for text in (*written, *files) for mark in _RENAMING)


def _made(kustomization: Kustomization) -> Iterator[Known]:
    for field, kind in MADE.items():
        for item in kustomization.items(field):
            if not changes_another(item.value):
                yield _known("v1", kind, item.value, ("name",), ("namespace",))


def _written(node: Node) -> Iterator[Known]:
    for each in objects_of(node):
        version, kind = (str(fields.get(each.value, (part,))) for part in ("apiVersion", "kind"))
        yield _known(version, kind, each.value, _NAME, _NAMESPACE)


def _known(api_version: str, kind: str, value: Any, name: fields.Path, namespace: fields.Path) -> Known:
    names, namespaces = fields.get(value, name), fields.get(value, namespace) or "default"
    return Known(api_version, kind, frozenset((str(names),)), frozenset((str(namespaces),)))


def _passed_on(known: Known, value: Any) -> Known:
    """The object after the kustomization that took it in."""
    prefix, suffix, namespace = (str(value.get(name) or "") for name in ("namePrefix", "nameSuffix", "namespace"))
    names = known.names | {f"{prefix}{name}{suffix}" for name in known.names}
    return replace(known, names=names, namespaces=known.namespaces | ({namespace} if namespace else set()))
