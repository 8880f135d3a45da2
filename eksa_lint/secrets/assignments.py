"""Credentials that a line of text gives to a name: scripts, settings, Dockerfiles, Terraform, documents, comments.

Variables that EKS Anywhere and its tools know are found in every text; other names only where the caller says that a
line `name = value` is a setting.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final

from eksa_lint import data
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.manifests import value_spans
from eksa_lint.secrets.prefilter import LAST_WORD, STEMS
from eksa_lint.secrets.values import Name, is_prose, looks_random, named, stands_for_nothing

_STEM: Final = re.compile(rf"{'|'.join(STEMS)}|{LAST_WORD}(?![a-z0-9_.-])")
_NAME: Final = r"(?<![A-Za-z0-9_])(?<!\$\{)(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,80})"
_ASSIGNED: Final = re.compile(
    rf"{_NAME}(?:\\?[\"'])?\]?[ \t]{{0,8}}(?P<sign>:=|\?=|\+=|=>|=(?!=)|:(?!//)|,)[ \t]{{0,8}}"
)
_DIRECTIVE: Final = re.compile(rf"(?m:^|[ \t])(?:ENV|setenv|set[ \t]+-[gUx]+)[ \t]+{_NAME}(?P<sign>[ \t]+)(?!=)")
_NAMED_ITEM: Final = re.compile(
    rf"[nN]ame(?:\\?[\"'])?[ \t]*[:=][ \t]*(?:\\?[\"'])?{_NAME}(?:\\?[\"'])?,?\s{{1,120}}(?:#[^\n]*\s+)?"
    r"(?:\\?[\"'])?value(?:\\?[\"'])?[ \t]*(?P<sign>[:=])[ \t]*"
)
_TERRAFORM_DEFAULT: Final = re.compile(
    rf"variable[ \t]+\"{_NAME}\"[ \t]*\{{[^}}]{{0,2000}}?\bdefault[ \t]*(?P<sign>=)[ \t]*"
)
_VALUE: Final = re.compile(
    r"\\\"(?P<escaped>[^\"\\\n]{0,4000})\\\""
    r"|\"(?P<double>(?:[^\"\\\n]|\\.){0,4000})\""
    r"|'(?P<single>[^'\n]{0,4000})'"
    r"|(?P<plain>(?:\$\([^)\n]{0,500}\)?|\$?\{\{[^}\n]{0,500}\}\}|\$\{[^}\n]{0,500}\}|<[^>\n]{0,500}>"
    r"|[^\s\"';&|`\\]|\\[^\s\"'nrt]){1,4000})"
)
_COMMENT: Final = re.compile(r"(?m:^|[ \t])(?:#|//|--|REM\b)")
_FOLLOWING_WORD: Final = re.compile(r"[ \t]+[A-Za-z][a-z]*(?![A-Za-z0-9_]*[=:/])")
_CODE: Final = re.compile(
    r"(?:read|cat)\b.*|(?:env|var|local|data|module|process\.env|os|sys)\..*|[A-Za-z_][\w.]*\(.*|\.[A-Za-z]\w*(?:\.\w+)*.*"
)
_FOR_OPENSSL: Final = re.compile(r"-pass(?:in|out)?[ \t]+[\"']?\Z")
_FLOW_END: Final = re.compile(r"[,}\]].*")
_REST: Final = re.compile(r"(?:[^\s\"'\\]|[ \t]{1,20}(?![ \t#])){0,2000}")
_LINE: Final = re.compile(r"[^\r\n]*")
_LONGEST_LINE: Final = 20_000
_LONGEST_COMMENT: Final = 400
_MOST: Final = 1_000
"""Names of a file that are looked at; nobody writes more, and each may have a long value."""
_FARTHEST_KEY: Final = 400
"""Lines above in which the key is looked for that an entry stands below."""


@dataclass(frozen=True, slots=True)
class Variable:
    """An entry of `schemas/tables/credential-variables.yaml`, which says what each field means."""

    what: str
    opens: str
    shape: re.Pattern[str] | None
    weak: bool


def find(text: Text) -> Iterator[Leak]:
    content = text.source.text
    style = _Style.of(text.name)
    told = range(0)
    for match, name, kind in islice(_candidates(content, _settings(text)), _MOST):
        value = _VALUE.match(content, match.end()) if match.start() not in told else None
        if value is None:
            continue
        start, end = _span(content, value, match["sign"], style)
        written = content[start:end]
        if style.is_expression(value) or _is_other(content, match, value, written, style):
            continue
        if counts(kind, name, written) and not (isinstance(kind, Variable) and _is_entry(content, match.start())):
            told = range(start, end)
            yield leak_of(kind, name, text, start, end)


def _candidates(
    content: str, is_setting: Callable[[int], bool]
) -> Iterator[tuple[re.Match[str], str, Variable | Name]]:
    """The places where a name that is of a credential is about to get a value; of `a.b.c` the last part counts."""
    for match in _places(content):
        name = match["name"].rpartition(".")[2] or match["name"]
        kind = known_variable(name) or named(name)
        if kind is not None and (isinstance(kind, Variable) or is_setting(match.start("name"))):
            yield match, name, kind


def _settings(text: Text) -> Callable[[int], bool]:
    """Whether an unknown name at an offset is a setting: in values where the text was parsed, not in comments."""
    if not text.documents:
        only_comments = text.name.endswith((".yaml", ".yml")) and not text.broken
        is_file = not only_comments and file_pattern("setting_files").fullmatch(text.name) is not None
        return lambda _: is_file
    spans = value_spans(text.documents)
    parsed_until = max(document.root.end for document in text.documents)

    def is_inside(offset: int) -> bool:
        if text.broken and offset >= parsed_until:
            return True
        index = bisect_right(spans, (offset, len(text.source.text)))
        return index > 0 and offset < spans[index - 1][1]

    return is_inside


def known_variable(name: str) -> Variable | None:
    """The variable of a name; Terraform and others spell it with a prefix or in lower case."""
    return _variables().get(name.removeprefix("TF_VAR_").upper())


def counts(kind: Variable | Name, name: str, written: str) -> bool:
    if isinstance(kind, Name):
        return kind.names(written, name)
    if kind.shape is not None:
        return kind.shape.fullmatch(written) is not None
    return not stands_for_nothing(written, name)


def leak_of(kind: Variable | Name, name: str, text: Text, start: int, end: int) -> Leak:
    if isinstance(kind, Variable):
        message = f"{name} in {text.name} holds the {kind.what}, which opens {kind.opens}"
        return Leak("credential-variable", message, start, end, name, kind.weak)
    return Leak("literal-credential", f"{name} in {text.name} is a {kind.what} that anybody can read", start, end, name)


@dataclass(frozen=True, slots=True)
class _Style:
    """How values are written in a file: for people, or with quotes around every text."""

    prose: bool
    quoted: bool

    @classmethod
    def of(cls, name: str) -> "_Style":
        return cls(
            file_pattern("prose_files").fullmatch(name) is not None, bool(file_pattern("quoted_files").fullmatch(name))
        )

    def is_expression(self, value: re.Match[str]) -> bool:
        return self.quoted and value["plain"] is not None


@cache
def file_pattern(name: str) -> re.Pattern[str]:
    return re.compile(data.table("credential-names")[name])


def _places(content: str) -> Iterator[re.Match[str]]:
    """Where a name that may be of a credential is about to get a value."""
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
        yield from _ASSIGNED.finditer(content, start, done)
        yield from _DIRECTIVE.finditer(content, start, done)
    if "alue" in content:
        yield from _NAMED_ITEM.finditer(content)
    if "variable" in content:
        yield from _TERRAFORM_DEFAULT.finditer(content)


def _span(content: str, value: re.Match[str], sign: str, style: "_Style") -> tuple[int, int]:
    """Where the value stands, without its quotes; one of YAML without quotes goes on to the end of its line."""
    for group in ("escaped", "double", "single"):
        if value[group] is not None:
            return value.span(group)
    start, end = value.span("plain")
    if sign == ":" and not style.prose and (rest := _REST.match(content, end)):
        end = rest.end()
    if sign == ":" and not content.startswith(("{", "[", "${", "$(", "<"), start):
        cut = _FLOW_END.search(content, start, end)
        end = cut.start() if cut else end
    return start, start + len(content[start:end].rstrip(",) "))


def _is_other(content: str, match: re.Match[str], value: re.Match[str], written: str, style: _Style) -> bool:
    """Prose, code that reads the value from elsewhere, and a quoted name in code that gives nothing."""
    if _is_no_password_for_openssl(content, match):
        return True
    if not written or (written.startswith((" ", "!")) and is_prose(written.lstrip("! "))):
        return True
    if match["sign"].endswith(",") and "env" not in content[max(0, match.start() - 40) : match.start()].lower():
        return True
    if " " in written and is_prose(written):
        return True
    if value["plain"] is None:
        return False
    if _CODE.fullmatch(written) or (match["sign"] == ":=" and content.startswith("$", max(0, match.start() - 1))):
        return True
    if looks_random(written):
        return False
    farthest = max(0, match.start() - _LONGEST_COMMENT)
    line_start = max(farthest, content.rfind("\n", farthest, match.start()) + 1)
    in_prose = style.prose or _COMMENT.search(content, line_start, match.start()) is not None
    if not in_prose:
        return False
    return is_prose(written) or _FOLLOWING_WORD.match(content, value.end()) is not None


def _is_no_password_for_openssl(content: str, match: re.Match[str]) -> bool:
    """Whether a line goes on after the empty password of `-passin pass:`."""
    name, after = match.start("name"), match.end("sign")
    is_empty = content[after : after + 1].isspace()
    return is_empty and _FOR_OPENSSL.search(content, max(0, name - 20), name) is not None


def _is_entry(content: str, offset: int) -> bool:
    """Whether a key above, by its indentation, says that names of entries elsewhere stand below."""
    start = content.rfind("\n", 0, offset) + 1
    indent = offset - start
    below = data.table("credential-names")["below"]
    for _ in range(_FARTHEST_KEY):
        if start == 0 or indent == 0:
            return False
        end = start - 1
        start = content.rfind("\n", 0, end) + 1
        line = content[start:end]
        own = len(line) - len(line.lstrip(" -"))
        if line.strip() and own < indent:
            indent = own
            if line.strip(" -\"'\r").partition(":")[0].strip("\"'") in below:
                return True
    return False


@cache
def _variables() -> dict[str, Variable]:
    entries: list[dict[str, Any]] = data.table("credential-variables")
    return {
        name: Variable(
            entry["what"],
            entry["opens"],
            re.compile(entry["shape"]) if "shape" in entry else None,
            entry.get("weak", False),
        )
        for entry in entries
        for name in entry["names"]
    }
