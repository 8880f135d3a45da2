"""Which objects a patch of kustomize is for."""

import re
from dataclasses import dataclass
from typing import Any

from eksa_lint.model import fields


@dataclass(frozen=True, slots=True)
class Target:
    """What an object must be. Each text is a pattern for the whole of a value; an empty one takes any."""

    group: str = ""
    version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    labels: str = ""
    annotations: str = ""

    @property
    def mark(self) -> str:
        """Text that stands in the file of what is selected, where the name is no pattern."""
        return re.sub(r"\\(.)", r"\1", self.name or self.kind)

    def selects(self, value: dict[str, Any], names: set[str]) -> bool:
        """Whether an object is meant, which had these names on its way."""
        group, _, version = str(value.get("apiVersion")).rpartition("/")
        namespace = str(fields.get(value, ("metadata", "namespace")) or "default")
        return (
            _fits(self.kind, str(value.get("kind")))
            and any(_fits(self.name, name) for name in names)
            and _fits(self.group, group)
            and _fits(self.version, version)
            and _fits(self.namespace, namespace)
            and _has(self.labels, fields.get(value, ("metadata", "labels")))
            and _has(self.annotations, fields.get(value, ("metadata", "annotations")))
        )


def of_selector(written: Any) -> Target | None:
    """The target that a kustomization names."""
    if not isinstance(written, dict):
        return None
    names = ("group", "version", "kind", "namespace", "name", "labelSelector", "annotationSelector")
    return Target(*(str(written.get(name) or "") for name in names))


def of_object(part: Any) -> Target | None:
    """The object that a part names itself; None where it names none."""
    if not isinstance(part, dict):
        return None
    kind, name = part.get("kind"), fields.get(part, ("metadata", "name"))
    group = str(part.get("apiVersion")).rpartition("/")[0]
    if not isinstance(kind, str) or not isinstance(name, str):
        return None
    namespace = fields.get(part, ("metadata", "namespace")) or ""
    return Target(*map(re.escape, (group, "", kind, str(namespace), name)))


def _fits(pattern: str, text: str) -> bool:
    """Go's patterns are read as Python's; one that Python does not know only takes itself."""
    if not pattern or pattern == text:
        return True
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return False


def _has(selector: str, labels: Any) -> bool:
    """Whether labels fit a selector such as `a=b,c!=d,e,!f,g in (h, i)`."""
    known = labels if isinstance(labels, dict) else {}
    terms = [term.strip() for term in re.split(r",(?![^()]*\))", selector) if term.strip()]
    return all(_holds(term, known) for term in terms)


def _holds(term: str, labels: dict[str, Any]) -> bool:
    if match := re.fullmatch(r"(\S+)\s+(in|notin)\s*\(([^)]*)\)", term):
        values = [value.strip() for value in match[3].split(",")]
        return (str(labels.get(match[1])) in values) == (match[2] == "in")
    if match := re.fullmatch(r"([^=!\s]+)\s*(!=|==?)\s*(\S*)", term):
        return (labels.get(match[1]) == match[3]) == (match[2] != "!=")
    return (term.removeprefix("!").strip() in labels) == (not term.startswith("!"))
