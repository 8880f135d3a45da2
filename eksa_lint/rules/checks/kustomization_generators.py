"""ConfigMaps and Secrets that kustomize is to make of something that it does not take: it stops there."""

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename

from eksa_lint.model import fields
from eksa_lint.model.generators import MADE, changes_another
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.taken_in import Known, Objects
from eksa_lint.rules.checks.kustomization_entries import Misfit
from eksa_lint.syntax import Node


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an entry of a generator is to make, or, where something of that name is there, to change."""

    item: Node
    kind: str
    name: str
    namespace: str
    is_change: bool

    @property
    def title(self) -> str:
        return f"{self.kind} {self.name}"

    def is_like(self, other: "_Wanted") -> bool:
        return (self.kind, self.name, self.namespace) == (other.kind, other.name, other.namespace)

    def may_be(self, known: Known) -> bool:
        return self.kind == known.kind and self.name in known.names and self.namespace in known.namespaces


def unmade(kustomization: Kustomization, objects: Objects) -> Iterator[Misfit]:
    """The entries of generators that give no object. Values may be secret and are never repeated."""
    wanted = []
    for field, kind in MADE.items():
        for item in kustomization.items(field):
            name, namespace = (fields.get(item.value, (part,)) for part in ("name", "namespace"))
            if isinstance(name, str) and name:
                wanted.append(_Wanted(item, kind, name, str(namespace or "default"), changes_another(item.value)))
            else:
                yield Misfit(item, f"makes a {kind} without a name", field)
    for position, one in enumerate(wanted):
        yield from _data(one.item, one.title)
        others = [other for other in wanted if one.is_like(other) and not other.is_change]
        if does := _clash(one, others, wanted[:position], objects()):
            yield Misfit(one.item, does, one.title)


def _clash(one: _Wanted, made: list[_Wanted], before: list[_Wanted], objects: list[Known] | None) -> str:
    """Why it cannot be made or changed; `made` are all of its name that are made here, itself among them."""
    alike = [known for known in objects or () if one.may_be(known)]
    if one.is_change:
        return f"changes {one.title}, and takes in none of that name" if objects is not None and not alike else ""
    if any(other in before for other in made):
        return f"makes {one.title} twice"
    is_there = sum(len(known.names) == len(known.namespaces) == 1 for known in alike) > len(made)
    return f"makes {one.title}, and takes in one of that name" if is_there else ""


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
