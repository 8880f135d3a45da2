"""What must not be shown of the files that drafts speak of, whichever rules ran.

A finding of any rule shows a line, and names values, of a file that may hold a credential; that the rules about secrets
were not selected, or a comment allows the line, makes no difference.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

from eksa_lint.finding import Consequence, Place
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.loader import RuleSet
from eksa_lint.secrets.leaks import hidden
from eksa_lint.secrets.masking import conceal
from eksa_lint.syntax import Source

Spans: TypeAlias = list[tuple[int, int]]

_SHORTEST: Final = 6
"""Characters; a shorter text stands in too many words to be hidden wherever it stands."""


class Concealed:
    """The secret offsets of every source that a draft has a place in."""

    def __init__(self, drafts: Iterable[Draft], rules: RuleSet) -> None:
        self._spans: dict[int, Spans] = {}
        self._texts: dict[str, None] = {}
        for draft in drafts:
            places = [
                place for place in (draft.place, draft.old_place, *(place for _, place in draft.related)) if place
            ]
            for place in places:
                self._search(place)
            if draft.place:
                spans = self._spans[id(draft.place.source)]
                spans.extend(draft.secret)
                if not draft.secret and (draft.consequence or rules[draft.rule].consequence) is Consequence.LEAKS:
                    spans.append((draft.place.start, draft.place.end))
        for spans in self._spans.values():
            spans.sort()

    def spans(self, source: Source) -> Spans:
        return self._spans.get(id(source), [])

    def text(self, text: str) -> str:
        """A text without the credentials of any of the files."""
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, conceal(secret))
        return text

    def touches(self, place: Place) -> bool:
        """Whether some of a place must not be shown."""
        self._search(place)
        return any(start < place.end and place.start < end for start, end in self.spans(place.source))

    def _search(self, place: Place) -> None:
        if id(place.source) in self._spans:
            return
        spans = self._spans[id(place.source)] = sorted(hidden(place.path, place.source.text))
        texts = (place.source.text[start:end] for start, end in spans)
        self._texts.update(dict.fromkeys(text for text in texts if len(text) >= _SHORTEST and "\n" not in text))
