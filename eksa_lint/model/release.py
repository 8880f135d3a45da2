"""Which release of EKS Anywhere an object is written for, and which came first."""

import re
from typing import Final

from eksa_lint.model.resource import EKSA, Resource

_NUMBERS: Final = re.compile(r"v?([0-9]{1,9})\.([0-9]{1,9})(?:\.([0-9]{1,9}))?(?![0-9.]|-dev)")
"""Those of a release: a development build is called v0.0.0-dev or v0.19.0-dev, whatever it was made from."""


def eksa_version_of(resource: Resource, otherwise: str | None) -> str | None:
    """What its `spec.eksaVersion` says, else the version of objects that say none."""
    written = resource.spec.get("eksaVersion") if resource.group == EKSA else None
    return written if isinstance(written, str) else otherwise


def is_before(eksa_version: str | None, release: str) -> bool:
    """Whether a version is certain to be of an earlier release; of `v0.21` alone the first patch is meant.

    A development build, and what cannot be read, is as new as any.
    """
    numbers, wanted = _numbers(eksa_version or ""), _numbers(release)
    return numbers is not None and wanted is not None and numbers < wanted


def _numbers(version: str) -> tuple[int, ...] | None:
    match = _NUMBERS.match(version)
    return tuple(int(number or 0) for number in match.groups()) if match else None
