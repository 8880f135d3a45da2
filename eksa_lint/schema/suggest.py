"""What somebody may have meant who wrote a field or a kind that does not exist."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches
from typing import Any, Final, TypeAlias

from eksa_lint.schema import catalog
from eksa_lint.schema.wording import FieldPath, any_of, general_field

Place: TypeAlias = tuple[str, ...]
"""Where in a schema: names, and `[*]` for the items of a list."""

_ITEM: Final = "[*]"
_SAME_PROVIDER: Final = 4
"""Letters that the names of related kinds begin with, such as `Snow` or `VSphere`."""
_ALIKE: Final = 0.75
_CERTAIN: Final = 0.9
_BESIDE: Final = 2
_LONGEST_WORD: Final = 100
_MOST_PLACES: Final = 2
_TOO_COMMON: Final = 3
"""A field such as `name` stands in so many places that none of them is a hint."""


def similar(word: str, known: Iterable[str]) -> str | None:
    """The known word that this one most likely stands for; letter case counts for nothing."""
    if len(word) > _LONGEST_WORD:
        return None
    by_lower = {name.lower(): name for name in known}
    matches = get_close_matches(word.lower(), by_lower, n=1, cutoff=_ALIKE)
    return by_lower[matches[0]] if matches else None


def for_unknown_field(schema: catalog.Schema, parent: FieldPath, name: str) -> str:
    """The few words behind the caret for a field that `parent` does not have; may be empty."""
    if history := _other_releases(schema, parent, name):
        return history
    if meant := similar(name, _properties_at(schema.content, parent)):
        return f"did you mean {meant}?"
    places = _places_of(schema.content, name, _place(parent))
    if places:
        return f"{any_of([general_field(place) for place in places])} has it"
    return _other_kind(schema, parent, name)


def misspelt(schema: catalog.Schema, parent: FieldPath, name: str) -> str | None:
    """The field of `parent` that is so close to the name that nothing else can be meant."""
    if _other_releases(schema, parent, name):
        return None
    meant = similar(name, _properties_at(schema.content, parent))
    close = meant is not None and SequenceMatcher(None, meant.lower(), name.lower()).ratio() >= _CERTAIN
    return meant if close else None


def _other_releases(schema: catalog.Schema, parent: FieldPath, name: str) -> str:
    """Which release brought the field, or had it last."""
    if not schema.release:
        return ""
    known = catalog.releases()
    current = known.index(schema.release)
    having = [
        index
        for index, release in enumerate(known)
        if (other := catalog.at_release(schema.kind, release)) and name in _properties_at(other.content, parent)
    ]
    if later := [index for index in having if index > current]:
        return f"known since {known[later[0]]}, this is {schema.release}"
    return f"known until {known[having[-1]]}" if having else ""


def _other_kind(schema: catalog.Schema, parent: FieldPath, name: str) -> str:
    """Whether a kind of the same provider has the field at this very place."""
    if not schema.release:
        return ""
    for kind in catalog.kinds(schema.group):
        related = kind != schema.kind and kind[:_SAME_PROVIDER] == schema.kind[:_SAME_PROVIDER]
        other = catalog.at_release(kind, schema.release) if related else None
        if other and name in _properties_at(other.content, parent):
            return f"{kind} has it"
    return ""


def _properties_at(schema: dict[str, Any], path: FieldPath) -> dict[str, Any]:
    """The fields that a schema has at a path of a value."""
    for step in path:
        below = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        if below is None and isinstance(step, str):
            below = schema.get("additionalProperties")
        if not isinstance(below, dict):
            return {}
        schema = below
    properties: dict[str, Any] = schema.get("properties", {})
    return properties


def _place(path: FieldPath) -> Place:
    return tuple(_ITEM if isinstance(step, int) else step for step in path)


def _places_of(schema: dict[str, Any], name: str, wrong: Place) -> list[Place]:
    """Where a schema does have the field, nearest first; none where nobody would have meant any of them."""
    wanted = name.lower()
    found = [
        place
        for place, properties in _all_places(schema, ())
        if place[:1] != ("metadata",) and any(wanted == known.lower() for known in properties)
    ]
    if len(found) > _TOO_COMMON:
        return []
    near = [place for place in found if _is_near(_names(place), _names(wrong))]
    near.sort(key=lambda place: (_distance(_names(place), _names(wrong)), place))
    return near[:_MOST_PLACES]


def _is_near(place: Place, wrong: Place) -> bool:
    """Above, below or beside, as wrong indentation moves a field, or a part of the same name elsewhere."""
    shared = min(len(place), len(wrong))
    return place[:shared] == wrong[:shared] or place[-1:] == wrong[-1:] or _distance(place, wrong) <= _BESIDE


def _all_places(schema: dict[str, Any], place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    properties = schema.get("properties", {})
    if properties:
        yield place, properties
    for name, below in properties.items():
        yield from _all_places(below, (*place, name))
    if "items" in schema:
        yield from _all_places(schema["items"], (*place, _ITEM))


def _names(place: Place) -> Place:
    """Going into a list is no step of its own."""
    return tuple(step for step in place if step != _ITEM)


def _distance(place: Place, other: Place) -> int:
    """Steps up and down from one place to the other."""
    common = 0
    for one, two in zip(place, other, strict=False):
        if one != two:
            break
        common += 1
    return len(place) + len(other) - 2 * common
