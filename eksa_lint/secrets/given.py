"""What a name is given in a text, in the languages that people write settings in, and where that value ends."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from eksa_lint.secrets.shell_words import glued_word, is_inside_quotes
from eksa_lint.secrets.styles import Style

_VALUE: Final = re.compile(
    r"\\\"(?P<escaped>[^\"\\\n]{0,4000})\\\""
    r"|\"\"\"(?P<triple>[^\"\n]{1,4000})\"\"\""
    r"|\"(?P<double>(?:[^\"\\\n]|\\.){0,4000})\""
    r"|'(?P<single>[^'\n]{0,4000})'"
    r"|(?P<plain>(?:\$\([^)\n]{0,500}\)?|\$?\{\{[^}\n]{0,500}\}\}|\$\{[^}\n]{0,500}\}|<[^>\n]{0,500}>"
    r"|\([A-Za-z][^)\n]{0,500}\)|[^\s\"';&|`\\]|\\[^\s\"'nrt]){1,4000})"
)
_QUOTED: Final = ("escaped", "triple", "double", "single")
_MARKUP: Final = re.compile(r"(?:[*_]{2}[ \t]{0,4})?`{0,3}")
# A literal in an expression of a template: what is taken where nothing else is given.
_TEMPLATE_LITERAL: Final = re.compile(
    r"\{\{(?:[^{}\n]{0,400}?\bdefault[ \t]*\(?|-?)[ \t]*[\"'](?P<literal>[^\"'\n{}]{8,200})[\"'][^{}\n]{0,200}\}\}"
)
_REST_OF_LINE: Final = re.compile(r"(?:[^\s\"'\\]|[ \t]{1,20}(?![ \t#])){0,2000}")
_END_IN_FLOW_STYLE: Final = re.compile(r"[,}\]]")
_HEREDOC: Final = re.compile(r"<<[-~]?[ \t]*(\w{1,40})[ \t]*\r?\n(?:.*\n){0,400}?[ \t]*\1\b")


@dataclass(frozen=True, slots=True)
class Value:
    """What a name is given: the offsets of all that must not be shown, and the text that they spell.

    `plain` says that no quotes are around it, `guessed` that only how random it looks tells it from something else.
    """

    start: int
    end: int
    text: str
    plain: bool
    guessed: bool


def value_after(content: str, place: re.Match[str], style: Style) -> Value | None:
    """What the name of a place is given; None where nothing follows, or code that gives it elsewhere."""
    sign, at = place["sign"], place.end()
    if sign == ">":
        end = content.index("<", at)
        return Value(at, end, content[at:end].strip(), plain=True, guessed=False)
    if style.prose and (markup := _MARKUP.match(content, at)):
        at = markup.end()
    written = _VALUE.match(content, at)
    if written is None or _is_expression(content, place, written, style):
        return None
    if not style.quoted and sign.strip() in ("=", ""):
        word = glued_word(content, place.start("name"), *written.span())
        if word is not None:
            return Value(word.start, word.end, word.text, plain=False, guessed=word.refers)
    start, end = _span(content, place, written, style)
    if literal := _TEMPLATE_LITERAL.search(content, start, end):
        return Value(*literal.span("literal"), literal["literal"], plain=False, guessed=True)
    plain = written["plain"] is not None
    return Value(start, end, content[start:end], plain, (plain and style.quoted) or _is_guess(content, place))


def _is_expression(content: str, place: re.Match[str], written: re.Match[str], style: Style) -> bool:
    """Whether a value without quotes stands where texts have them: neither in a string nor in a heredoc."""
    is_bare = style.quoted and written["plain"] is not None
    return (
        is_bare
        and not is_inside_quotes(content, place.start("name"))
        and not any(start < written.start() < end for start, end in _heredocs(content))
    )


@lru_cache(maxsize=1)
def _heredocs(content: str) -> list[tuple[int, int]]:
    return [match.span() for match in _HEREDOC.finditer(content)] if "<<" in content else []


def _is_guess(content: str, place: re.Match[str]) -> bool:
    """Whether something else may stand in the place: in a cell, in a sentence, as the default of a shell."""
    return place["sign"].strip() in ("|", "is", "was") or _is_shell_default(content, place)


def _is_shell_default(content: str, place: re.Match[str]) -> bool:
    """Whether a shell takes the value where the variable has none; no other name follows `${` at once."""
    return content.endswith("${", 0, place.start("name"))


def _span(content: str, place: re.Match[str], written: re.Match[str], style: Style) -> tuple[int, int]:
    """Where a value stands, without its quotes."""
    for group in _QUOTED:
        if written[group] is not None:
            return written.span(group)
    start, end = written.span("plain")
    if _is_shell_default(content, place):
        return start, content.index("}", start)
    if place["sign"] == ":":
        end = _plain_end(content, start, end, style)
    return start, start + len(content[start:end].rstrip(", " if content.startswith("(", start) else ",) "))


def _plain_end(content: str, start: int, end: int, style: Style) -> int:
    """Where a value of YAML without quotes ends: with its line, or with its item in a list or mapping in one line."""
    if not style.prose and (rest := _REST_OF_LINE.match(content, end)):
        end = rest.end()
    if content.startswith(("{", "[", "${", "$(", "<"), start):
        return end
    item_end = _END_IN_FLOW_STYLE.search(content, start, end)
    return item_end.start() if item_end else end
