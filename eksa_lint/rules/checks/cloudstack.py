"""What CloudStack asks of the keys of a machine config's mappings."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Severity
from eksa_lint.model import fields
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax.later import is_filled_in_later

_PORTABLE: Final = re.compile(r"[a-zA-Z0-9._/-]+")
"""pkg/api/v1alpha1/cloudstackmachineconfig_types.go:SymlinkMaps.Validate"""


@check("cloudstack-reserved-details")
def reserved_details(resource: Resource, _: Any) -> Iterator[Draft]:
    """Details of a machine that EKS Anywhere sets by itself, spelled exactly so."""
    details = resource.spec.get("userCustomDetails")
    for key in details if isinstance(details, dict) else ():
        if key in data.table("cloudstack-reserved-details"):
            message = f"userCustomDetails of {resource.title} sets {key}, which is reserved"
            yield _draft("cloudstack-reserved-detail", resource, ("userCustomDetails", key), message, key=True)


@check("cloudstack-symlinks")
def symlinks(resource: Resource, _: Any) -> Iterator[Draft]:
    """Links whose name or target is no plain absolute path.

    A warning outside of what Flux applies: eksctl anywhere passes them on create and only looks on an upgrade.
    """
    links = resource.spec.get("symlinks")
    for name, target in links.items() if isinstance(links, dict) else ():
        for is_name, path_text in ((True, name), (False, target)):
            problem = "" if is_filled_in_later(path_text) else _problem(path_text)
            if problem:
                what = "name" if is_name else "target"
                message = f"the {what} {path_text} of a symlink of {resource.title} {problem}"
                draft = _draft("cloudstack-symlink", resource, ("symlinks", name), message, key=is_name)
                yield draft if resource.id.root else replace(draft, severity=Severity.WARNING)


def _problem(path_text: Any) -> str:
    if not isinstance(path_text, str):
        return ""
    if not path_text.startswith("/"):
        return "does not begin with a slash"
    if path_text.endswith("/"):
        return "ends with a slash"
    return "" if _PORTABLE.fullmatch(path_text) else "holds more than letters, digits, dots, dashes and underscores"


def _draft(rule: str, resource: Resource, below: Path, message: str, *, key: bool) -> Draft:
    path = ("spec", *below)
    return Draft(
        rule=rule,
        message=f"{message}; the webhook refuses it on apply",
        place=resource.place(path, key=key),
        resource=resource,
        field=fields.spell(path, resource.value, resource.group, resource.kind),
        values=("key" if key else "value",),
    )
