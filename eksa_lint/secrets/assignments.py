"""Credentials that a text gives to a name: scripts, settings, Dockerfiles, Terraform, documents, comments.

Variables that EKS Anywhere and its tools know are found in every text; other names only where a line `name = value` is
a setting: in files of settings, and in the values of what was parsed.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from eksa_lint.secrets.given import Value, value_after
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.lookalikes import is_lookalike, names_entry
from eksa_lint.secrets.manifests import value_spans
from eksa_lint.secrets.names import Name, known_name
from eksa_lint.secrets.places import places
from eksa_lint.secrets.styles import Style, is_settings_file
from eksa_lint.secrets.values import looks_like_password
from eksa_lint.secrets.variables import Variable, known_variable

_MOST: Final = 1_000
"""Names of a file that are looked at; nobody writes more, and each may have a long value."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place where a name that is of a credential is about to get a value."""

    place: re.Match[str]
    name: str
    kind: Variable | Name

    def leak(self, text: Text, value: Value) -> Leak:
        if isinstance(self.kind, Variable):
            return self.kind.leak(self.name, text, value.start, value.end)
        message = f"{self.name} in {text.name} is a {self.kind.what} that anybody can read"
        return Leak("literal-credential", message, value.start, value.end, self.name)


def find(text: Text) -> Iterator[Leak]:
    content = text.source.text
    style = Style.of(text.name)
    told = range(0)
    for candidate in islice(_candidates(text, style), _MOST):
        if candidate.place.start() not in told:
            value = value_after(content, candidate.place, style)
            if value is not None and _is_credential(text, style, candidate, value):
                told = range(value.start, value.end)
                yield candidate.leak(text, value)


def _candidates(text: Text, style: Style) -> Iterator[_Candidate]:
    """Of `a.b.c` the last part counts."""
    is_setting = _settings(text, style)
    for place in places(text.source.text, style):
        name = place["name"].rpartition(".")[2] or place["name"]
        kind = known_variable(name) or known_name(name)
        if isinstance(kind, Variable) or (kind is not None and is_setting(place.start("name"))):
            yield _Candidate(place, name, kind)


def _is_credential(text: Text, style: Style, candidate: _Candidate, value: Value) -> bool:
    content, kind = text.source.text, candidate.kind
    if is_lookalike(content, candidate.place, value, style):
        return False
    is_in_code_or_prose = (style.prose or style.code) and not text.documents
    is_guessed = value.guessed or (isinstance(kind, Name) and is_in_code_or_prose)
    if is_guessed and not looks_like_password(value.text):
        return False
    if not kind.counts(value.text, candidate.name):
        return False
    return isinstance(kind, Name) or not names_entry(content, candidate.place.start())


def _settings(text: Text, style: Style) -> Callable[[int], bool]:
    """Whether an unknown name at an offset is a setting: in values where the text was parsed, not in comments."""
    if not text.documents:
        only_comments = text.name.endswith((".yaml", ".yml")) and not text.broken
        is_setting = not only_comments and (style.prose or style.code or is_settings_file(text.name))
        return lambda _: is_setting
    spans = value_spans(text.documents)
    parsed_until = max(document.root.end for document in text.documents)

    def is_inside(offset: int) -> bool:
        if text.broken and offset >= parsed_until:
            return True
        index = bisect_right(spans, (offset, len(text.source.text)))
        return index > 0 and offset < spans[index - 1][1]

    return is_inside
