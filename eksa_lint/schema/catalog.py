"""Which JSON Schema a resource is judged by: of its kind, and of the EKS Anywhere release it is written for.

Nothing is read before it is asked for, and the validator is imported with the first resource that needs one.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from eksa_lint.data import schemas_folder
from eksa_lint.model.resource import EKSA

_RELEASE: Final = re.compile(r"v?([0-9]+)\.([0-9]+)(?![0-9])")
_NO_RELEASE: Final = (0, 0)
"""What development builds say, which are called v0.0.0-dev; it stands for text that says nothing as well."""

_OTHER_FOLDERS: Final = ("flux", "kubernetes")
_WITHOUT_SCHEMA: Final = frozenset({"Release"})
"""Kinds of the group that no CRD describes: the published manifest that lists all releases."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The shape of one kind; `release` is empty where the kind does not go with EKS Anywhere's releases."""

    group: str
    version: str
    kind: str
    release: str
    file: str
    """Below `schemas/`; for an imported one, in the repository that is judged."""

    text: str = field(default="", repr=False)
    """The schema itself, where it is an imported one."""

    @property
    def api_version(self) -> str:
        """As objects write it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def content(self) -> dict[str, Any]:
        return _parse(self.text) if self.text else _read(self.file)

    def accepts(self, value: Any) -> bool:
        """Whether the value fits; the gate that nearly every resource passes."""
        accepted: bool = _validator(self.file, self.text).is_valid(value)
        return accepted


def holds_secrets(group: str, kind: str) -> bool:
    """Whether no value of a kind may be shown."""
    return (group, kind) == ("", "Secret")


def find(group: str, version: str, kind: str, eksa_version: str | None = None) -> Schema | None:
    """The schema for a resource, None where there is none.

    `eksa_version` is what `spec.eksaVersion` says, such as v0.22.3. A release not known yet is judged as the
    newest, one before the first known as that.
    """
    if group != EKSA:
        file = _others().get(group, {}).get(kind, {}).get(version)
        return Schema(group, version, kind, "", file) if file else None
    if version not in versions(group, kind):
        return None
    return at_release(kind, release_for(eksa_version))


def is_known_release(eksa_version: str | None) -> bool:
    """Whether a version is of a release whose schemas are shipped."""
    return _minor(eksa_version) in map(_minor, releases())


def at_release(kind: str, release: str) -> Schema | None:
    """The schema of an EKS Anywhere kind in exactly this release."""
    index = _eks_anywhere_index()
    file = index["releases"][release].get(kind)
    return Schema(EKSA, index["version"], kind, release, f"eks-anywhere/{file}") if file else None


def releases() -> tuple[str, ...]:
    """The known releases of EKS Anywhere, the oldest first."""
    return tuple(_eks_anywhere_index()["releases"])


def release_for(eksa_version: str | None) -> str:
    """The known release nearest to a version; the newest where nothing can be read from it."""
    known, wanted = releases(), _minor(eksa_version)
    if wanted == _NO_RELEASE:
        return known[-1]
    not_later = [release for release in known if _minor(release) <= wanted]
    return not_later[-1] if not_later else known[0]


def kinds(group: str) -> tuple[str, ...]:
    """The kinds a group has in any release."""
    if group != EKSA:
        return tuple(_others().get(group, ()))
    by_release = _eks_anywhere_index()["releases"].values()
    return tuple(sorted(_WITHOUT_SCHEMA.union(*by_release)))


def other_groups() -> tuple[str, ...]:
    """The groups beside EKS Anywhere's own whose kinds are known."""
    return tuple(_others())


def versions(group: str, kind: str) -> tuple[str, ...]:
    """The API versions that serve a kind."""
    if group != EKSA:
        return tuple(_others().get(group, {}).get(kind, ()))
    return (_eks_anywhere_index()["version"],)


def releases_of(kind: str) -> tuple[str, ...]:
    """The releases that have an EKS Anywhere kind, the oldest first."""
    return tuple(release for release, files in _eks_anywhere_index()["releases"].items() if kind in files)


@cache
def _minor(version: str | None) -> tuple[int, int]:
    match = _RELEASE.match(version or "")
    return (int(match[1]), int(match[2])) if match else _NO_RELEASE


@cache
def _read(file: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((schemas_folder() / file).read_bytes())
    return content


def _eks_anywhere_index() -> dict[str, Any]:
    return _read("eks-anywhere/index.json")


@cache
def _others() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Flux's and Kubernetes' own: files by group, kind and version."""
    return {
        group: {kind: {version: f"{folder}/{file}" for version, file in files.items()} for kind, files in kinds.items()}
        for folder in _OTHER_FOLDERS
        for group, kinds in _read(f"{folder}/index.json")["groups"].items()
    }


@cache
def _parse(text: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text)
    return content


def prepare() -> None:
    """Load what the first object would have to wait for."""
    import jsonschema_rs  # noqa: F401, PLC0415 - only to have it


@cache
def _validator(file: str, text: str) -> Any:
    from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 - 25 ms, only where a resource needs it

    return Draft202012Validator(_parse(text) if text else _read(file))
