"""Where a text is about to give a value to a name that may be of a credential."""

import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets.prefilter import LAST_WORD, STEMS
from eksa_lint.secrets.styles import Style

_STEM: Final = re.compile(rf"{'|'.join(STEMS)}|{LAST_WORD}(?![a-z0-9_.-])")
_LINE: Final = re.compile(r"[^\r\n]*")
_LONGEST_LINE: Final = 20_000

# Each ends where the value begins, and has the groups `name` and `sign`, what stands between the two.
_NAME: Final = r"(?<![A-Za-z0-9_])(?<!\$\{)(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,80})"
# NAME=value, NAME: value, "NAME": value, NAME := value, setenv("NAME", value)
_ASSIGNED: Final = re.compile(
    rf"{_NAME}(?:\\?[\"'])?\]?[ \t]{{0,8}}(?P<sign>:=|\?=|\+=|=>|=(?!=)|:(?!//)|,)[ \t]{{0,8}}"
)
# ENV NAME value, set -gx NAME value, setx NAME value, Set-Item env:NAME -Value value
_DIRECTIVE: Final = re.compile(
    r"(?m:^|[ \t\"'])(?:ENV|%env|setenv|set(?:[ \t]+(?:-[gUlx]+|--(?:export|global|universal)))+"
    r"|(?i:setx)(?:[ \t]+/[mM])?|configure[ \t]+set|(?i:Set-(?:Item|Content)[^\n]{0,40}?env:))"
    rf"(?:[ \t]+|(?<=:)){_NAME}[\"']?(?P<sign>[ \t]+(?:-Value[ \t]+)?)(?!=)"
)
# ${env:NAME} = value
_POWERSHELL: Final = re.compile(rf"\$\{{(?i:env):{_NAME}\}}[ \t]*(?P<sign>=)[ \t]*")
# ${NAME:-value}
_SHELL_DEFAULT: Final = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]{1,80})(?P<sign>:?[-=])(?=[^}\s\"']+\})")
# <NAME>value</NAME>
_ELEMENT: Final = re.compile(rf"<{_NAME}(?P<sign>>)(?=[^<>\n]{{1,400}}</)")
# | NAME | value |
_TABLE_CELL: Final = re.compile(rf"\|[ \t]*[`*]{{0,3}}{_NAME}[`*]{{0,3}}[ \t]*(?P<sign>\|)[ \t]*(?=[^|\s]+[ \t]*\|)")
# the password is value
_SENTENCE: Final = re.compile(r"\b(?P<name>(?i:password|passphrase|token))(?P<sign> (?:is|was)(?: now)?:? )")
# name: NAME, and value: value after it
_NAMED_ITEM: Final = re.compile(
    rf"(?:[nN]ame|[kK]ey)(?:\\?[\"'])?[ \t]*[:=][ \t]*(?:\\?[\"'])?{_NAME}(?:\\?[\"'])?,?\s{{1,120}}(?:#[^\n]*\s+)?"
    r"(?:\\?[\"'])?value(?:\\?[\"'])?[ \t]*(?P<sign>[:=])[ \t]*"
)
# path: /spec/NAME, and value: value after it
_JSON_PATCH: Final = re.compile(
    r"path[\"']?[ \t]*:[ \t]*[\"']?/[\w~./-]{0,200}/(?P<name>[\w.-]{2,80})[\"']?,?\s{1,120}"
    r"[\"']?value[\"']?(?P<sign>:)[ \t]*"
)
# variable "NAME" { default = value }
_TERRAFORM_DEFAULT: Final = re.compile(
    rf"variable[ \t]+\"{_NAME}\"[ \t]*\{{"
    r"(?:[^{}\"]|\"(?:[^\"\\\n]|\\.){0,2000}+\"|\{[^{}]{0,2000}+\}){0,2000}?\bdefault[ \t]*(?P<sign>=)[ \t]*"
)


def places(content: str, style: Style) -> Iterator[re.Match[str]]:
    """Each of them, as the groups `name` and `sign`; the same place perhaps more than once."""
    for start, end in _lines(content):
        yield from _ASSIGNED.finditer(content, start, end)
        yield from _DIRECTIVE.finditer(content, start, end)
        if content.find("${", start, end) >= 0:
            yield from _SHELL_DEFAULT.finditer(content, start, end)
            yield from _POWERSHELL.finditer(content, start, end)
        if content.find("</", start, end) >= 0:
            yield from _ELEMENT.finditer(content, start, end)
        if style.prose:
            yield from _TABLE_CELL.finditer(content, start, end)
            yield from _SENTENCE.finditer(content, start, end)
    if "alue" in content:
        yield from _NAMED_ITEM.finditer(content)
        if "path" in content:
            yield from _JSON_PATCH.finditer(content)
    if "variable" in content:
        yield from _TERRAFORM_DEFAULT.finditer(content)


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
