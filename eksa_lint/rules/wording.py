"""How messages call a field and its values, and tell of several things."""

import json
from collections.abc import Sequence
from typing import Any

from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource


def name_of(path: Path, resource: Resource) -> str:
    """The last words of a field, with the object where that is no Cluster: `template of VSphereMachineConfig cp`."""
    words = [step for step in path if isinstance(step, str) and step not in ("spec", "metadata")]
    if resource.is_cluster:
        return ".".join(words[-2:])
    return f"{'.'.join(words) or 'spec'} of {resource.title}"


def both_values(old: Any, new: Any) -> str:
    """`1.33 -> 1.34`."""
    return f"{shown(old)} -> {shown(new)}"


def difference(old: Any, new: Any) -> str:
    """Both values where they are short; a block or a list entry is only said to be added, removed or changed."""
    if not isinstance(old, dict | list) and not isinstance(new, dict | list):
        return both_values(old, new)
    return "added" if old is None else "removed" if new is None else "changed"


def shown(value: Any, longest: int = 40) -> str:
    """A value in a message; what is not there is `nothing`, and a long value is cut."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def first_of(texts: Sequence[str], most: int = 3, *, joint: str = ", ") -> str:
    """The first of several texts, and how many more there are."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return f"{joint.join(texts[:most])}{more}"
