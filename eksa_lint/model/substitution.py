"""Variables that Flux fills in after the build: `${name}`, with a default as `${name:=text}` or `${name:-text}`."""

import re
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.patches import map_scalars
from eksa_lint.syntax import Node
from eksa_lint.syntax.scalars import resolve_plain

_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::[=-]([^${}]*))?\}")
_EXEMPT: Final = ("kustomize.toolkit.fluxcd.io/substitute", "disabled")


@dataclass(frozen=True, slots=True)
class Substitution:
    """The variables that Git shows. More may come from objects in the cluster unless `complete`."""

    values: tuple[tuple[str, str], ...]
    complete: bool


def substitution_of(spec: dict[str, Any]) -> Substitution | None:
    """What the `postBuild` of a Flux `Kustomization` fills in; None where it has none."""
    written = fields.get(spec, ("postBuild", "substitute"))
    others = fields.get(spec, ("postBuild", "substituteFrom"))
    values = {name: str(value) for name, value in written.items()} if isinstance(written, dict) else {}
    if not values and not others:
        return None
    return Substitution(tuple(sorted(values.items())), complete=not others)


def substituted(node: Node, substitution: Substitution) -> Node:
    """The object with its variables filled in, each at its old place. An unknown one stays where more may come."""
    for part in ("labels", "annotations"):
        if fields.get(node.value, ("metadata", part, _EXEMPT[0])) == _EXEMPT[1]:
            return node
    values = dict(substitution.values)

    def fill(match: re.Match[str]) -> str:
        known = values.get(match[1])
        if known is None and not substitution.complete:
            return match[0]
        return known or match[2] or ""

    def change(scalar: Node) -> Any:
        if not isinstance(scalar.value, str) or "${" not in scalar.value:
            return scalar.value
        text = _VARIABLE.sub(fill, scalar.value)
        return resolve_plain(text) if "\n" not in text else text  # the build has lost the quotes of the file

    return map_scalars(node, change)
