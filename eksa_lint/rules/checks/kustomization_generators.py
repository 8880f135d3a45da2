"""ConfigMaps and Secrets that kustomize is to make of something that it does not take: it stops there."""

from collections.abc import Iterator
from posixpath import basename
from typing import Final

from eksa_lint.model import fields
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.taken_in import MADE, Known, Objects
from eksa_lint.rules.checks.kustomization_entries import Misfit
from eksa_lint.syntax import Node

_CHANGING: Final = ("merge", "replace")


def unmade(kustomization: Kustomization, objects: Objects) -> Iterator[Misfit]:
    """The entries of generators that give no object. Values may be secret and are never repeated."""
    made: set[tuple[str, str, str]] = set()
    for field, kind in MADE.items():
        for item in kustomization.items(field):
            name = fields.get(item.value, ("name",))
            if not isinstance(name, str) or not name:
                yield Misfit(item, f"makes a {kind} without a name", field)
                continue
            yield from _data(item, f"{kind} {name}")
            namespace = str(fields.get(item.value, ("namespace",)) or "default")
            if fields.get(item.value, ("behavior",)) in _CHANGING:
                known = objects()
                if known is not None and not any(_is(each, kind, name, namespace) for each in known):
                    yield Misfit(item, f"changes {kind} {name}, and takes in none of that name", f"{kind} {name}")
            elif (kind, name, namespace) in made:
                yield Misfit(item, f"makes {kind} {name} twice", f"{kind} {name}")
            else:
                made.add((kind, name, namespace))


def _is(known: Known, kind: str, name: str, namespace: str) -> bool:
    return known.kind == kind and name in known.names and namespace in known.namespaces


def _data(item: Node, title: str) -> Iterator[Misfit]:
    keys: set[str] = set()
    for name in ("files", "literals"):
        for node in item.items_of(name):
            text = node.value
            if not isinstance(text, str):
                continue
            key, sign, _ = text.partition("=")
            if name == "literals" and (not sign or not key):
                yield Misfit(node, f"makes {title} of a literal that is no key=value", "literals")
                continue
            key = key if sign else basename(text)
            if key in keys:
                yield Misfit(node, f"gives {title} the key {key} twice", key)
            keys.add(key)
