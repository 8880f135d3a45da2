"""Words of a shell, glued of pieces: each has quotes of its own or none, and none of them may be shown."""

import re
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(
    r"(?:\$'(?:[^'\\\n]|\\.)*+'|'[^'\n]*+'|\"(?:[^\"\\\n]|\\.)*+\"|\\[^\r\n]|[^\s\"'\\;&|<>()`]){1,4000}+"
)
_QUOTES: Final = re.compile(r"\$?'|\"|\\")
_IN_SINGLE_QUOTES: Final = re.compile(r"\$?'[^'\n]*'")
_REFERENCE: Final = re.compile(r"\$[A-Za-z_0-9]+")
_LONGEST_BEFORE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it spells: without quotes, and without the references to variables where it `refers` to any."""

    start: int
    end: int
    text: str
    refers: bool


def glued_word(content: str, name: int, start: int, end: int) -> Word | None:
    """The word that begins where a value does, where another piece is glued to that value.

    `name` is where the name stands that is given the value: in a string nothing is glued.
    """
    word = _WORD.match(content, start)
    if word is None or word.end() <= end or content[end] in ",}]:/" or is_inside_quotes(content, name):
        return None
    text = _QUOTES.sub("", word[0])
    expanded = _QUOTES.sub("", _IN_SINGLE_QUOTES.sub("", word[0]))
    refers = _REFERENCE.search(expanded) is not None
    return Word(word.start(), word.end(), _REFERENCE.sub("", text) if refers else text, refers)


def is_inside_quotes(content: str, offset: int) -> bool:
    """Whether a string that began on the same line goes on at an offset."""
    farthest = max(0, offset - _LONGEST_BEFORE)
    start = content.rfind("\n", farthest, offset) + 1 or farthest
    open_quote = ""
    for char in content[start:offset].replace("\\\\", "").replace('\\"', ""):
        if char == open_quote:
            open_quote = ""
        elif not open_quote and char in "\"'":
            open_quote = char
    return open_quote != ""
