"""Variables that Flux fills in after the build, from its `postBuild` and from the ConfigMaps that this names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.envsubst import BadVariable, expand
from eksa_lint.model.patches import CannotApply, map_scalars
from eksa_lint.syntax import Node
from eksa_lint.syntax.scalars import resolve_plain

DataOf: TypeAlias = Callable[[str], dict[str, str] | None]
"""The data of a ConfigMap beside the Flux `Kustomization`; None where these files do not say what it holds."""

_EXEMPT: Final = ("kustomize.toolkit.fluxcd.io/substitute", "disabled")


@dataclass(frozen=True, slots=True)
class Substitution:
    """The variables that Git shows; more may come from what `elsewhere` names."""

    values: tuple[tuple[str, str], ...]
    elsewhere: tuple[str, ...] = ()

    is_sure: bool = True
    """Whether Flux fills in anything at all: without a single variable it leaves all text as it is."""


def substitution_of(spec: dict[str, Any], data_of: DataOf) -> Substitution | None:
    """What the `postBuild` of a Flux `Kustomization` fills in; None where it has none."""
    written = fields.get(spec, ("postBuild", "substitute"))
    own = {name: _line(value) for name, value in written.items()} if isinstance(written, dict) else {}
    values: dict[str, str] = {}
    elsewhere: list[str] = []
    for kind, name, found in _sources(spec, data_of):
        if found is None:
            values.clear()  # whatever is there may stand over what comes before it
            elsewhere.append(f"{kind} {name}")
        else:
            values.update(found)
    values.update(own)
    is_always = fields.get(spec, ("postBuild", "substituteStrategy")) == "Always"
    if not values and not elsewhere and not is_always:
        return None
    return Substitution(tuple(sorted(values.items())), tuple(elsewhere), is_sure=bool(values) or is_always)


def _sources(spec: dict[str, Any], data_of: DataOf) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    """Kind, name and variables of what is named, the last of which wins. What a Secret holds is not looked at."""
    for source in fields.as_list(fields.get(spec, ("postBuild", "substituteFrom"))):
        if isinstance(source, dict):
            kind, name = str(source.get("kind")), str(source.get("name"))
            found = data_of(name) if kind == "ConfigMap" else None
            yield kind, name, None if found is None else {key: _line(value) for key, value in found.items()}


def _line(value: object) -> str:
    return str(value).replace("\n", "")


def substituted(node: Node, substitution: Substitution) -> tuple[Node, list[CannotApply]]:
    """The object with its variables filled in, each at its old place, and those that Flux cannot read.

    An unknown one stays where more may come.
    """
    problems: list[CannotApply] = []
    for part in ("labels", "annotations"):
        if fields.get(node.value, ("metadata", part, _EXEMPT[0])) == _EXEMPT[1]:
            return node, problems
    values = dict(substitution.values)
    missing = None if substitution.elsewhere else ""

    def change(scalar: Node) -> Any:
        if not isinstance(scalar.value, str) or "$" not in scalar.value:
            return scalar.value
        try:
            text = expand(scalar.value, lambda name: values.get(name, missing))
        except BadVariable as problem:
            problems.append(CannotApply(str(problem), scalar))
            return scalar.value
        if text == scalar.value:
            return text
        return resolve_plain(text) if "\n" not in text else text  # the build has lost the quotes of the file

    filled = map_scalars(node, change)
    return filled, problems if substitution.is_sure else []
