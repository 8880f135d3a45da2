"""The shapes of `schemas/tables/token-shapes.yaml`, and where they stand in a text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from eksa_lint import data
from eksa_lint.secrets.proofs import PROOFS, Proof


@dataclass(frozen=True, slots=True)
class Shape:
    """One entry of the table, which says what each field means.

    An expression is compiled where it is first needed, and kept by `re`: most texts hold the words of one shape.
    """

    rule: str
    name: str
    names: Mapping[str, str]
    keywords: str
    expression: str
    group: int
    public: int | None
    proof: Proof
    opens: str
    allow: tuple[str, ...]
    weak: bool

    @property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.expression)

    @classmethod
    def from_data(cls, entry: dict[str, Any]) -> "Shape":
        return cls(
            rule=entry["rule"],
            name=entry["name"],
            names=entry.get("names", {}),
            keywords="|".join(entry["keywords"]),
            expression=entry["regex"],
            group=entry["group"],
            public=entry.get("public"),
            proof=PROOFS[entry["proof"]],
            opens=entry["opens"],
            allow=tuple(entry.get("allow", ())),
            weak=entry.get("weak", False),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A place that has a shape; `real` where the proof holds too and nothing makes it a placeholder.

    Up to `public_end` it is the same for everybody.
    """

    shape: Shape
    name: str
    start: int
    end: int
    public_end: int
    real: bool
    encrypted: bool


@cache
def shapes() -> tuple[Shape, ...]:
    return tuple(Shape.from_data(entry) for entry in data.table("token-shapes"))


def find(text: str, wanted: Iterable[Shape]) -> Iterator[Found]:
    """Every place that has one of the shapes, real or not, shape by shape."""
    for shape in wanted:
        for match in shape.regex.finditer(text) if re.search(shape.keywords, text) else ():
            start, matched_end = match.span(shape.group)
            evidence = shape.proof(text, start, matched_end)
            secret = text[start : evidence.end]
            yield Found(
                shape=shape,
                name=_name(shape, match, encrypted=evidence.encrypted),
                start=start,
                end=evidence.end,
                public_end=matched_end if shape.public is None else start + shape.public,
                real=evidence.real and not any(re.search(pattern, secret) for pattern in shape.allow),
                encrypted=evidence.encrypted,
            )


def apart(found: Iterable[Found]) -> list[Found]:
    """In the order of the text; of two that overlap, the one that begins first, or is longer."""
    kept: list[Found] = []
    for item in sorted(found, key=lambda item: (item.start, -item.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return kept


def _name(shape: Shape, match: re.Match[str], *, encrypted: bool) -> str:
    name = shape.names.get(match[2], shape.name) if shape.names else shape.name
    if not encrypted:
        return name
    word, _, rest = name.partition(" ")
    return f"Encrypted {word.lower() if word.istitle() else word} {rest}"
