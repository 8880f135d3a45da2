"""Definitions of kinds, which describe fields and give none a value: only a token is a credential there.

They are nine tenths of what Flux is installed from, a third of a megabyte in nearly every repository.
"""

from collections.abc import Iterator
from typing import Final

_DEFINITION: Final = "\nkind: CustomResourceDefinition\n"
_DIVIDER: Final = "\n---"


def without_definitions(text: str) -> str:
    """The other documents of a text; the text itself where it defines no kind."""
    return "".join("\n" if is_definition else text[start:end] for start, end, is_definition in _parts(text))


def with_blanks_for_definitions(text: str) -> str:
    """The same text with blanks in place of the documents that define a kind, so that all else stays where it is."""
    parts = _parts(text)
    return "".join(" " * (end - start) if is_definition else text[start:end] for start, end, is_definition in parts)


def _parts(text: str) -> Iterator[tuple[int, int, bool]]:
    """The documents, each without the dashes before it, and those dashes."""
    at = 0
    if _DEFINITION in text:
        while (divider := text.find(_DIVIDER, at)) >= 0:
            yield at, divider, text.find(_DEFINITION, at, divider + 1) >= 0
            at = divider + len(_DIVIDER)
            yield divider, at, False
    yield at, len(text), text.find(_DEFINITION, at) >= 0
