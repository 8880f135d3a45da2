"""The ConfigMaps and Secrets that a kustomization makes itself.

Their names are those that others name them by: the hash that kustomize may add goes into every reference as well. What
a Secret holds is left out.
"""

from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.patches import entry_of, with_entries, with_scalar
from eksa_lint.syntax import Node

MADE: Final = {"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"}
"""The generators, and the kind of object that each makes."""
_FILES: Final = ("files", "envs", "env")
UNREAD: Final = "${files}"
"""What stands for values that are taken from other files."""


def generated(kustomization: Kustomization) -> Iterator[Node]:
    """The objects that it makes, each in the place of its entry."""
    options = fields.get(kustomization.value, ("generatorOptions",))
    for entry, kind in _entries(kustomization):
        if not changes_another(entry.value):
            yield _object(entry, kind, options)


def is_hashed(kustomization: Kustomization, name: str) -> bool:
    """Whether the name of a ConfigMap has a hash in the cluster."""
    options = fields.get(kustomization.value, ("generatorOptions",))
    written = (entry.value for entry, _ in _entries(kustomization))
    own = [fields.get(value, ("options",)) for value in written if fields.get(value, ("name",)) == name]
    return not any(fields.get(each, ("disableNameSuffixHash",)) is True for each in (options, *own))


def changes_others(kustomization: Kustomization) -> bool:
    """Whether it puts values into ConfigMaps that it takes in."""
    return any(changes_another(entry.value) for entry, _ in _entries(kustomization))


def _entries(kustomization: Kustomization) -> Iterator[tuple[Node, str]]:
    for name, kind in MADE.items():
        for entry in kustomization.items(name):
            if isinstance(fields.get(entry.value, ("name",)), str):
                yield entry, kind


def changes_another(value: Any) -> bool:
    return fields.get(value, ("behavior",)) in ("merge", "replace")


def _object(entry: Node, kind: str, options: Any) -> Node:
    at = entry.find(("name",)) or entry
    parts: dict[str, Node] = {part: node for part in ("name", "namespace") if (node := entry.find((part,)))}
    for part in ("labels", "annotations"):
        texts = {**_mapping(fields.get(options, (part,))), **_mapping(fields.get(entry.value, ("options", part)))}
        if texts:
            parts[part] = _whole(at, {name: with_scalar(at, text) for name, text in texts.items()})
    made = {
        "apiVersion": with_scalar(at, "v1"),
        "kind": with_scalar(at, kind),
        "metadata": _whole(at, parts),
    }
    if kind == "ConfigMap":
        made["data"] = _whole(at, _data(entry))
    return _whole(entry, made)


def _data(entry: Node) -> dict[str, Node]:
    data = {}
    for item in entry.items_of("literals"):
        name, equals, text = str(item.value).partition("=")
        if equals:
            data[name] = with_scalar(item, text.strip("\"'"))
    for name in _FILES:
        if node := entry.find((name,)):
            data[name] = with_scalar(node, UNREAD)
    return data


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _whole(at: Node, parts: dict[str, Node]) -> Node:
    return with_entries(at, {name: entry_of(node) for name, node in parts.items()})
