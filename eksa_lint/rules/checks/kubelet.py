"""`kubeletConfiguration` of a Cluster, judged as the webhook and eksctl anywhere decode it: strictly, into one Go type.

The type is in `schemas/tables/kubelet-configuration.yaml`; it is the same for every version that a cluster runs.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.rules.functions import is_duration, is_quantity
from eksa_lint.schema.suggest import similar
from eksa_lint.schema.wording import described
from eksa_lint.syntax.later import is_filled_in_later

_WHOLE: Final = "KubeletConfiguration"
_FORBIDDEN: Final = "providerID"
_REFUSED: Final = "eksctl anywhere and the webhook refuse it"
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
)


@dataclass(frozen=True, slots=True)
class _Fault:
    path: Path
    message: str
    label: str
    at_key: bool = False


@check("kubelet-config")
def kubelet_config(resource: Resource, _: Context) -> Iterator[Draft]:
    for path, owner in _owners(resource):
        configuration = fields.get(resource.value, path)
        if not isinstance(configuration, dict):
            continue  # nothing, or what the schema refuses
        for fault in _faults(configuration, partial=resource.patch):
            where = (*path, *fault.path)
            message = f"kubeletConfiguration of {owner} {fault.message}"
            values = (fault.message,)
            yield draft_at(
                "kubelet-config", resource, where, message, key=fault.at_key, values=values, label=fault.label
            )


def _owners(resource: Resource) -> Iterator[tuple[Path, str]]:
    """Where a kubelet is configured, and how messages call whose it is."""
    yield ("spec", "controlPlaneConfiguration", "kubeletConfiguration"), f"the control plane of {resource.title}"
    for index, group in enumerate(fields.as_list(resource.spec.get("workerNodeGroupConfigurations"))):
        name = fields.get(group, ("name",)) or ("md-0" if index == 0 else index)
        path = ("spec", "workerNodeGroupConfigurations", index, "kubeletConfiguration")
        yield path, f"worker group {name} of {resource.title}"


def _faults(configuration: dict[str, Any], *, partial: bool) -> Iterator[_Fault]:
    """A configuration without a kind is not even decoded, and the rest of the faults is not reached then."""
    kind = configuration.get("kind")
    if (not isinstance(kind, str) or not kind) and not partial:
        message = f"has no kind, and is not decoded without one; {_REFUSED}"
        yield _Fault(("kind",), message, f"kind: {_WHOLE}", at_key="kind" not in configuration)
        return
    yield from _struct_faults(configuration, _WHOLE, ())
    if _FORBIDDEN in configuration:
        message = f"sets {_FORBIDDEN}, which EKS Anywhere sets itself; {_REFUSED}"
        yield _Fault((_FORBIDDEN,), message, "set by EKS Anywhere", at_key=True)


def _struct_faults(value: Any, name: str, path: Path) -> Iterator[_Fault]:
    if not isinstance(value, dict):
        yield _wrong(path, "a mapping", value)
        return
    known: dict[str, str] = data.table("kubelet-configuration")[name]
    by_lower = {field.lower(): wanted for field, wanted in known.items()}  # letter case does not count
    for field, below in value.items():
        wanted = by_lower.get(field.lower())
        if wanted is not None:
            yield from _value_faults(below, wanted, (*path, field))
        elif not is_filled_in_later(field):
            meant = similar(field, known)
            message = f"has no field {_spelled((*path, field))} in EKS Anywhere, which knows those of Kubernetes 1.29"
            yield _Fault(
                (*path, field), f"{message}; {_REFUSED}", f"did you mean {meant}?" if meant else "", at_key=True
            )


def _value_faults(value: Any, wanted: str, path: Path) -> Iterator[_Fault]:
    outer, _, inner = wanted.partition(" ")
    if value is None or (isinstance(value, str) and is_filled_in_later(value)):
        return
    if outer[0].isupper():
        yield from _struct_faults(value, outer, path)
    elif outer == "map":
        if not isinstance(value, dict):
            yield _wrong(path, "a mapping", value)
            return
        for key, below in value.items():
            yield from _value_faults(below, inner, (*path, key))
    elif outer == "list":
        if not isinstance(value, list):
            yield _wrong(path, "a list", value)
            return
        for index, below in enumerate(value):
            yield from _value_faults(below, inner, (*path, index))
    else:
        holds, words = _SCALARS[outer]
        if not holds(value):
            yield _wrong(path, words, value)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    """A number or a truth value becomes text on the way."""
    return isinstance(value, str | int | float)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(low: int, high: int) -> Callable[[Any], bool]:
    def holds(value: Any) -> bool:
        whole = value.is_integer() if isinstance(value, float) else _is_number(value)
        return whole and low <= value <= high

    return holds


def _is_duration(value: Any) -> bool:
    return isinstance(value, str) and is_duration(value)


def _is_nanoseconds(value: Any) -> bool:
    return _is_duration(value) if isinstance(value, str) else _SCALARS["int64"][0](value)


def _is_quantity(value: Any) -> bool:
    return _is_number(value) or (isinstance(value, str) and is_quantity(value))


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.match(value) is not None


_SCALARS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "text": (_is_text, "text"),
    "truth": (_is_truth, "true or false"),
    "number": (_is_number, "a number"),
    "int32": (_is_whole(-(2**31), 2**31 - 1), "a whole number"),
    "int64": (_is_whole(-(2**63), 2**63 - 1), "a whole number"),
    "uint32": (_is_whole(0, 2**32 - 1), "a whole number, 0 or more"),
    "duration": (_is_duration, "a duration such as 10s or 1h30m"),
    "nanoseconds": (_is_nanoseconds, "a duration such as 5s"),
    "quantity": (_is_quantity, "a quantity such as 1Gi"),
    "moment": (_is_moment, "a date and time such as 2026-01-31T12:00:00Z"),
}
"""What each scalar type of the table takes, and how messages call it."""


def _wrong(path: Path, wanted: str, value: Any) -> _Fault:
    at_key = isinstance(value, dict | list)
    return _Fault(
        path, f"has {described(value)} for {_spelled(path)}, which must be {wanted}; {_REFUSED}", wanted, at_key
    )


def _spelled(path: Path) -> str:
    return fields.spell(path, None, "", "")
