"""How a text gives a value to a name, in the languages that people write settings in, and where that value ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.prefilter import LAST_WORD, STEMS

_STEM: Final = re.compile(rf"{'|'.join(STEMS)}|{LAST_WORD}(?![a-z0-9_.-])")
_NAME: Final = r"(?<![A-Za-z0-9_])(?<!\$\{)(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,80})"
_ASSIGNED: Final = re.compile(
    rf"{_NAME}(?:\\?[\"'])?\]?[ \t]{{0,8}}(?P<sign>:=|\?=|\+=|=>|=(?!=)|:(?!//)|,)[ \t]{{0,8}}"
)
_DIRECTIVE: Final = re.compile(
    r"(?m:^|[ \t\"'])(?:ENV|%env|setenv|set(?:[ \t]+(?:-[gUlx]+|--(?:export|global|universal)))+"
    r"|(?i:setx)(?:[ \t]+/[mM])?|configure[ \t]+set|(?i:Set-(?:Item|Content)[^\n]{0,40}?env:))"
    rf"(?:[ \t]+|(?<=:)){_NAME}[\"']?(?P<sign>[ \t]+(?:-Value[ \t]+)?)(?!=)"
)
_POWERSHELL: Final = re.compile(rf"\$\{{(?i:env):{_NAME}\}}[ \t]*(?P<sign>=)[ \t]*")
_DEFAULT: Final = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]{1,80})(?P<sign>:?[-=])(?=[^}\s\"']+\})")
_ELEMENT: Final = re.compile(rf"<{_NAME}(?P<sign>>)(?=[^<>\n]{{1,400}}</)")
_CELL: Final = re.compile(rf"\|[ \t]*[`*]{{0,3}}{_NAME}[`*]{{0,3}}[ \t]*(?P<sign>\|)[ \t]*(?=[^|\s]+[ \t]*\|)")
_SAID: Final = re.compile(r"\b(?P<name>(?i:password|passphrase|token))(?P<sign> (?:is|was)(?: now)?:? )")
_NAMED_ITEM: Final = re.compile(
    rf"(?:[nN]ame|[kK]ey)(?:\\?[\"'])?[ \t]*[:=][ \t]*(?:\\?[\"'])?{_NAME}(?:\\?[\"'])?,?\s{{1,120}}(?:#[^\n]*\s+)?"
    r"(?:\\?[\"'])?value(?:\\?[\"'])?[ \t]*(?P<sign>[:=])[ \t]*"
)
_PATCHED: Final = re.compile(
    r"path[\"']?[ \t]*:[ \t]*[\"']?/[\w~./-]{0,200}/(?P<name>[\w.-]{2,80})[\"']?,?\s{1,120}"
    r"[\"']?value[\"']?(?P<sign>:)[ \t]*"
)
_TERRAFORM_DEFAULT: Final = re.compile(
    rf"variable[ \t]+\"{_NAME}\"[ \t]*\{{"
    r"(?:[^{}\"]|\"(?:[^\"\\\n]|\\.){0,2000}+\"|\{[^{}]{0,2000}+\}){0,2000}?\bdefault[ \t]*(?P<sign>=)[ \t]*"
)
_VALUE: Final = re.compile(
    r"\\\"(?P<escaped>[^\"\\\n]{0,4000})\\\""
    r"|\"\"\"(?P<triple>[^\"\n]{1,4000})\"\"\""
    r"|\"(?P<double>(?:[^\"\\\n]|\\.){0,4000})\""
    r"|'(?P<single>[^'\n]{0,4000})'"
    r"|(?P<plain>(?:\$\([^)\n]{0,500}\)?|\$?\{\{[^}\n]{0,500}\}\}|\$\{[^}\n]{0,500}\}|<[^>\n]{0,500}>"
    r"|\([A-Za-z][^)\n]{0,500}\)|[^\s\"';&|`\\]|\\[^\s\"'nrt]){1,4000})"
)
_QUOTED: Final = ("escaped", "triple", "double", "single")
_MARKS: Final = re.compile(r"(?:[*_]{2}[ \t]{0,4})?`{0,3}")
# A word of a shell is glued of pieces, each with quotes of its own or without; none of them is shown.
_WORD: Final = re.compile(
    r"(?:\$'(?:[^'\\\n]|\\.)*+'|'[^'\n]*+'|\"(?:[^\"\\\n]|\\.)*+\"|\\[^\r\n]|[^\s\"'\\;&|<>()`]){1,4000}+"
)
# A literal in an expression of a template: what is taken where nothing else is given.
_LITERAL: Final = re.compile(
    r"\{\{(?:[^{}\n]{0,400}?\bdefault[ \t]*\(?|-?)[ \t]*[\"'](?P<literal>[^\"'\n{}]{8,200})[\"'][^{}\n]{0,200}\}\}"
)
_QUOTES: Final = re.compile(r"\$?'|\"|\\")
_REFERENCE: Final = re.compile(r"\$[A-Za-z_0-9]+")
_FLOW_END: Final = re.compile(r"[,}\]].*")
_REST: Final = re.compile(r"(?:[^\s\"'\\]|[ \t]{1,20}(?![ \t#])){0,2000}")
_LINE: Final = re.compile(r"[^\r\n]*")
_HEREDOC: Final = re.compile(r"<<[-~]?[ \t]*(\w{1,40})[ \t]*\r?\n(?:.*\n){0,400}?[ \t]*\1\b")
_LONGEST_LINE: Final = 20_000
_LONGEST_BEFORE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Style:
    """How values are written in a file: for people, with quotes around every text, or in the code of a program."""

    prose: bool
    quoted: bool
    code: bool

    @classmethod
    def of(cls, name: str) -> "Style":
        kinds = "prose_files", "quoted_files", "code_files"
        return cls(*(file_pattern(kind).fullmatch(name) is not None for kind in kinds))


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


@cache
def file_pattern(name: str) -> re.Pattern[str]:
    return re.compile(data.table("credential-names")[name])


def places(content: str, style: Style) -> Iterator[re.Match[str]]:
    """Where a name that may be of a credential is about to get a value, as the groups `name` and `sign`."""
    for start, end in _lines(content):
        yield from _ASSIGNED.finditer(content, start, end)
        yield from _DIRECTIVE.finditer(content, start, end)
        if content.find("${", start, end) >= 0:
            yield from _DEFAULT.finditer(content, start, end)
            yield from _POWERSHELL.finditer(content, start, end)
        if content.find("</", start, end) >= 0:
            yield from _ELEMENT.finditer(content, start, end)
        if style.prose:
            yield from _CELL.finditer(content, start, end)
            yield from _SAID.finditer(content, start, end)
    if "alue" in content:
        yield from _NAMED_ITEM.finditer(content)
        if "path" in content:
            yield from _PATCHED.finditer(content)
    if "variable" in content:
        yield from _TERRAFORM_DEFAULT.finditer(content)


def value_after(content: str, match: re.Match[str], style: Style) -> Value | None:
    """What the name of a place is given; None where nothing follows, or code that gives it elsewhere."""
    sign, at = match["sign"], match.end()
    if sign == ">":
        end = content.index("<", at)
        return Value(at, end, content[at:end].strip(), plain=True, guessed=False)
    if style.prose and (marks := _MARKS.match(content, at)):
        at = marks.end()
    value = _VALUE.match(content, at)
    if value is None:
        return None
    inside = _is_inside_string(content, match.start("name"))
    plain = value["plain"] is not None
    if plain and style.quoted and not inside and not _is_in_heredoc(content, at):
        return None
    guessed = sign == "|" or sign.strip() in ("is", "was") or _is_default(content, match) or (plain and style.quoted)
    is_word = not style.quoted and sign.strip() in ("=", "")
    if is_word and (word := glued_word(content, match.start("name"), *value.span())):
        return word
    start, end = _span(content, match, value, style)
    if literal := _LITERAL.search(content, start, end):
        return Value(*literal.span("literal"), literal["literal"], plain=False, guessed=True)
    return Value(start, end, content[start:end], plain, guessed)


def _lines(content: str) -> Iterator[tuple[int, int]]:
    """The lines that a stem of a name is in, each once; of a very long one what is around the stem."""
    lowered = content.lower()
    if len(lowered) != len(content):  # a letter such as the dotted capital I has no single small one
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in content)
    done = -1
    for stem in _STEM.finditer(lowered):
        if stem.start() < done:
            continue
        start = max(content.rfind("\n", 0, stem.start()), content.rfind("\r", 0, stem.start())) + 1
        line = _LINE.match(content, start)
        done = line.end() if line else len(content)
        if done - start > _LONGEST_LINE:
            start, done = max(start, stem.start() - 200), min(done, stem.start() + _LONGEST_LINE)
        yield start, done


def _is_default(content: str, match: re.Match[str]) -> bool:
    """Whether a shell takes the value where the variable has none; no other name follows `${` at once."""
    return content.endswith("${", 0, match.start("name"))


def _is_inside_string(content: str, offset: int) -> bool:
    """Whether a string that began on the same line goes on at an offset."""
    farthest = max(0, offset - _LONGEST_BEFORE)
    before = (
        content[content.rfind("\n", farthest, offset) + 1 or farthest : offset].replace("\\\\", "").replace('\\"', "")
    )
    open_quote = ""
    for char in before:
        if char == open_quote:
            open_quote = ""
        elif not open_quote and char in "\"'":
            open_quote = char
    return open_quote != ""


def _is_in_heredoc(content: str, offset: int) -> bool:
    return "<<" in content and any(start < offset < end for start, end in _heredocs(content))


@lru_cache(maxsize=1)
def _heredocs(content: str) -> list[tuple[int, int]]:
    return [match.span() for match in _HEREDOC.finditer(content)]


def glued_word(content: str, name: int, start: int, end: int) -> Value | None:
    """The word of a shell that begins where a value does and is longer than that, which another piece is glued to.

    What is left of it without references tells whether it is a credential.
    """
    word = _WORD.match(content, start)
    if word is None or word.end() <= end or content[end] in ",}]:/" or _is_inside_string(content, name):
        return None
    text = _QUOTES.sub("", word[0])
    referring = _REFERENCE.search(_QUOTES.sub("", re.sub(r"\$?'[^'\n]*'", "", word[0]))) is not None
    return Value(
        word.start(), word.end(), _REFERENCE.sub("", text) if referring else text, plain=False, guessed=referring
    )


def _span(content: str, match: re.Match[str], value: re.Match[str], style: Style) -> tuple[int, int]:
    """Where the value stands, without its quotes; one of YAML without quotes goes on to the end of its line."""
    for group in _QUOTED:
        if value[group] is not None:
            return value.span(group)
    start, end = value.span("plain")
    if _is_default(content, match):
        return start, content.index("}", start)
    if match["sign"] == ":" and not style.prose and (rest := _REST.match(content, end)):
        end = rest.end()
    if match["sign"] == ":" and not content.startswith(("{", "[", "${", "$(", "<"), start):
        cut = _FLOW_END.search(content, start, end)
        end = cut.start() if cut else end
    return start, start + len(content[start:end].rstrip(", " if content.startswith("(", start) else ",) "))
