"""Labels that a Cluster gives to its machines."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from eksa_lint.model import fields
from eksa_lint.model.fields import Path
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.rules.functions import is_label_key, is_label_value
from eksa_lint.syntax.later import is_filled_in_later

_LABELS: Final = (
    fields.parse_pattern("spec.controlPlaneConfiguration.labels"),
    fields.parse_pattern("spec.workerNodeGroupConfigurations[*].labels"),
)
_REFUSED: Final = "is refused by eksctl anywhere and the webhook"
_ALLOWED: Final = "at most 63 letters, digits, dashes, underscores and dots, with a letter or digit at both ends"
_LONGEST: Final = 40


@check("node-labels")
def node_labels(resource: Resource, _: Context) -> Iterator[Draft]:
    """Keys and values, as Kubernetes takes them (pkg/api/v1alpha1/cluster.go:validateNodeLabels)."""
    for path, labels in chain.from_iterable(fields.select(resource.value, pattern) for pattern in _LABELS):
        for key, value in labels.items() if isinstance(labels, dict) else ():
            if not is_filled_in_later(key) and not is_label_key(key):
                yield _draft(resource, (*path, key), f"label key {_short(key)}", at_key=True)
            elif isinstance(value, str) and not is_filled_in_later(value) and not is_label_value(value):
                yield _draft(resource, (*path, key), f"label value {_short(value)} of {key}", at_key=False)


def _draft(resource: Resource, path: Path, what: str, *, at_key: bool) -> Draft:
    prefix = ", perhaps behind a domain name and a slash" if at_key else ""
    message = f"{what} of {resource.title} {_REFUSED}: it takes {_ALLOWED}{prefix}"
    return draft_at("node-label-invalid", resource, path, message, key=at_key, values=(what,))


def _short(text: str) -> str:
    """A text as it is quoted in a message."""
    return f'"{text}"' if len(text) <= _LONGEST else f'"{text[: _LONGEST - 1]}…"'
