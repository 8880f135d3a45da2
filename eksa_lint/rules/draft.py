"""What a rule hands over: still with nodes and offsets, not yet lines and masked text."""

from dataclasses import dataclass

from eksa_lint.finding import Consequence, Place, Refuser, Severity
from eksa_lint.model import fields
from eksa_lint.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Another text for what stands at a place."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What would mend it for certain: one rewrite, or several that only make sense together."""

    title: str
    rewrites: tuple[Rewrite, ...]


def in_quotes(place: Place) -> Repair:
    """The same text as a string."""
    written = place.source.text[place.start : place.end]
    return Repair("put it in quotes", (Rewrite(place, f'"{written}"'),))


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding before it is placed, masked and numbered.

    `field` is the field path with list keys instead of indexes and `values` what makes this finding differ from
    another at the same field; both only serve the fingerprint. `secret` marks the offsets of the place's source
    that must never be shown (the place itself where nothing else is named, for a consequence of `leaks`).
    `refused_by` names who refuses it, in place of what the rule says. `old_place` is the same field before the
    change, shown above it with a minus.
    """

    rule: str
    message: str
    place: Place | None = None
    resource: Resource | None = None
    field: str = ""
    values: tuple[str, ...] = ()
    label: str = ""
    severity: Severity | None = None
    consequence: Consequence | None = None
    refused_by: tuple[Refuser, ...] = ()
    old_place: Place | None = None
    related: tuple[tuple[str, Place], ...] = ()
    secret: tuple[tuple[int, int], ...] = ()
    repair: Repair | None = None


def draft_at(  # noqa: PLR0913 - what a draft is made of
    rule: str,
    resource: Resource,
    path: fields.Path,
    message: str,
    *,
    key: bool = False,
    values: tuple[str, ...] = (),
    label: str = "",
    severity: Severity | None = None,
    consequence: Consequence | None = None,
    refused_by: tuple[Refuser, ...] = (),
    old_place: Place | None = None,
    related: tuple[tuple[str, Place], ...] = (),
) -> Draft:
    """What a rule says of one field of an object; with `key` of the field's name instead of its value."""
    field = fields.spell(path, resource.value, resource.group, resource.kind)
    place = resource.place(path, key=key)
    return Draft(
        rule, message, place, resource, field, values, label, severity, consequence, refused_by, old_place, related
    )
