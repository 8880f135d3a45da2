"""The lines that a finding shows: secrets hidden, control characters visible, the caret still under its word."""

from collections.abc import Iterator
from dataclasses import dataclass

from eksa_lint.clean import clean
from eksa_lint.finding import Excerpt, ExcerptLine, Place, Sign
from eksa_lint.rules.concealed import Concealed, Spans
from eksa_lint.rules.draft import Draft
from eksa_lint.secrets.masking import conceal, mask


def excerpt(draft: Draft, concealed: Concealed) -> Excerpt | None:
    """The line of the draft's place, below the same line before the change where that is known."""
    place, old = draft.place, draft.old_place
    if place is None or not place.source.text:
        return None
    line = _line(place, concealed)
    lines = []
    if old is not None and old.source.text and _text(old) != _text(place):
        lines.append(ExcerptLine(old.span.line, "-", _line(old, concealed).shown))
    sign: Sign = "-" if place.side == "before" else "+" if lines else " "
    lines.append(ExcerptLine(place.span.line, sign, line.shown))
    span = place.span
    last = span.end_column if span.end_line == span.line else len(line.text.rstrip()) + 1
    start, end = line.column(span.column), line.column(last)
    return Excerpt(tuple(lines), start, max(end, start + 1), clean(mask(concealed.text(draft.label))))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a line as it is shown; a hidden part cannot be pointed into."""

    start: int
    end: int
    shown: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    pieces: tuple[_Piece, ...]

    @property
    def shown(self) -> str:
        return "".join(piece.shown for piece in self.pieces)

    def column(self, column: int) -> int:
        """Where a column of the file is among what is shown; both count from 1."""
        shown = 1
        for piece in self.pieces:
            if column - 1 < piece.end:
                return shown if piece.hidden else shown + len(clean(self.text[piece.start : column - 1]))
            shown += len(piece.shown)
        return shown


def _line(place: Place, concealed: Concealed) -> _Line:
    text = _text(place)
    begin = place.source.offset(place.span.line)
    hidden = _within(begin, begin + len(text), concealed.spans(place.source))
    return _Line(text, tuple(_pieces(text, hidden)))


def _text(place: Place) -> str:
    return place.source.line(place.span.line)


def _pieces(text: str, hidden: Spans) -> Iterator[_Piece]:
    at = 0
    for start, end in [*hidden, (len(text), len(text))]:
        plain = text[at:start]
        masked = mask(plain)
        if plain:
            yield _Piece(at, start, clean(masked), hidden=masked != plain)
        if start < end:
            yield _Piece(start, end, conceal(text[start:end]), hidden=True)
        at = end


def _within(begin: int, end: int, spans: Spans) -> Spans:
    """The parts of a line that the spans cover, as offsets in the line, without overlaps."""
    covered: Spans = []
    for start, stop in spans:
        first, last = max(start, begin) - begin, min(stop, end) - begin
        if first < last and covered and first <= covered[-1][1]:
            covered[-1] = covered[-1][0], max(covered[-1][1], last)
        elif first < last:
            covered.append((first, last))
    return covered
