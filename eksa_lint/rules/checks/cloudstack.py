"""What CloudStack asks of the keys of a machine config's mappings."""

import re
from collections.abc import Iterator
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later

_REFUSED: Final = "the webhook refuses it on apply"
_PORTABLE: Final = re.compile(r"[a-zA-Z0-9._/-]+")
"""pkg/api/v1alpha1/cloudstackmachineconfig_types.go:SymlinkMaps.Validate"""


@check("cloudstack-reserved-details")
def reserved_details(resource: Resource, _: Context) -> Iterator[Draft]:
    """Details of a machine that EKS Anywhere sets by itself, spelled exactly so."""
    details = resource.spec.get("userCustomDetails")
    for key in details if isinstance(details, dict) else ():
        if key in data.table("cloudstack-reserved-details"):
            message = f"userCustomDetails of {resource.title} sets {key}, which is reserved; {_REFUSED}"
            path = ("spec", "userCustomDetails", key)
            yield draft_at("cloudstack-reserved-detail", resource, path, message, key=True, values=("key",))


@check("cloudstack-symlinks")
def symlinks(resource: Resource, _: Context) -> Iterator[Draft]:
    """Links whose name or target is no plain absolute path.

    A warning outside of what Flux applies: eksctl anywhere passes them on create and only looks on an upgrade.
    """
    severity = None if resource.id.root else Severity.WARNING
    links = resource.spec.get("symlinks")
    for name, target in links.items() if isinstance(links, dict) else ():
        for what, part, written in (("name", "key", name), ("target", "value", target)):
            if problem := _problem(written):
                yield draft_at(
                    "cloudstack-symlink",
                    resource,
                    ("spec", "symlinks", name),
                    f"the {what} {written} of a symlink of {resource.title} {problem}; {_REFUSED}",
                    key=part == "key",
                    values=(part,),
                    severity=severity,
                )


def _problem(path_text: Any) -> str:
    """Why a path is refused; empty where it is not, or is still to be filled in."""
    if not isinstance(path_text, str) or is_filled_in_later(path_text):
        return ""
    if not path_text.startswith("/"):
        return "does not begin with a slash"
    if path_text.endswith("/"):
        return "ends with a slash"
    return "" if _PORTABLE.fullmatch(path_text) else "holds more than letters, digits, dots, dashes and underscores"
