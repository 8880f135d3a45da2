"""Objects whose name or namespace holds text that is still to be filled in, so that which object it is is not known."""

import re
from typing import Final

from eksa_lint.model.layout import Way
from eksa_lint.model.resource import ResourceId
from eksa_lint.syntax.later import LATER_MARKS, is_filled_in_later

_LATER: Final = re.compile(rf"(?:{'|'.join(map(re.escape, LATER_MARKS))})(?:.*(?:[)}}]|%>)|.*)", re.DOTALL)
"""From where the first text that is filled in begins to where the last one ends, or to the end of all."""

_VARIABLE: Final = re.compile(r"\$\{#?(\w+)")


def is_unknown(identity: ResourceId) -> bool:
    """Whether a name or namespace is still to be filled in."""
    return is_filled_in_later(identity.name) or is_filled_in_later(identity.namespace)


def may_be(identity: ResourceId, other: ResourceId) -> bool:
    """Whether two identities, one of them not known, may be those of one object: all that is known of them agrees."""
    is_same_kind = (identity.root, *identity.group_kind) == (other.root, *other.group_kind)
    return is_same_kind and _may_be(identity.namespace, other.namespace) and _may_be(identity.name, other.name)


def _may_be(text: str, other: str) -> bool:
    if not is_filled_in_later(text):
        text, other = other, text
    if not is_filled_in_later(text):
        return text == other
    start, end = _ends(text)
    if not is_filled_in_later(other):
        return other.startswith(start) and other.endswith(end) and len(other) >= len(start) + len(end)
    other_start, other_end = _ends(other)
    starts, ends = sorted((start, other_start), key=len), sorted((end, other_end), key=len)
    return starts[1].startswith(starts[0]) and ends[1].endswith(ends[0])


def _ends(text: str) -> tuple[str, str]:
    """What stands before and after all that is filled in."""
    start, end = _LATER.split(text, maxsplit=1)
    return start, end


def why_unknown(identity: ResourceId, way: Way) -> str:
    """Why an identity is not known, as `whose name or namespace …`; empty where it is."""
    text = identity.name if is_filled_in_later(identity.name) else identity.namespace
    if not is_filled_in_later(text):
        return ""
    what = "name" if text == identity.name else "namespace"
    variable = _VARIABLE.search(text)
    sync = way.sync
    if variable is None or sync is None:
        return f"whose {what} something fills in that is not in these files"
    substitution = next((step.substitution for step in reversed(way.steps) if step.substitution), None)
    if substitution is None:
        return f"whose {what} holds ${{{variable[1]}}}, which {sync.file} does not fill in"
    if not substitution.elsewhere:
        return f"whose {what} holds ${{{variable[1]}}}, which Flux leaves as it is"
    sources = " or ".join(substitution.elsewhere)
    return f"whose {what} holds ${{{variable[1]}}} from {sources}, which is not read here"
