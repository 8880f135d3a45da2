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
from eksa_lint.secrets.given import Style, Value, file_pattern, places, value_after
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.manifests import value_spans
from eksa_lint.secrets.values import Name, is_prose, looks_like_password, looks_random, named, stands_for_nothing

_COMMENT: Final = re.compile(r"(?m:^|[ \t])(?:#|//|--|REM\b)")
_FOLLOWING_WORD: Final = re.compile(r"[ \t]+[A-Za-z][a-z]*(?![A-Za-z0-9_]*[=:/])")
_CODE: Final = re.compile(
    r"(?:read|cat)\b.*|(?:env|var|local|data|module|process\.env|os|sys)\..*|[A-Za-z_][\w.]*\(.*|\.[A-Za-z]\w*(?:\.\w+)*.*"
)
_PROMPT: Final = re.compile(r"(?i)\bset[ \t]+/p[ \t]+\"?\Z")
_SELECTOR: Final = re.compile(r"[a-z0-9_:]\{[^{}]*\Z")
_FOR_OPENSSL: Final = re.compile(r"-pass(?:in|out)?[ \t]+[\"']?\Z")
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
    style = Style.of(text.name)
    told = range(0)
    for match, name, kind in islice(_candidates(content, style, _settings(text, style)), _MOST):
        value = value_after(content, match, style) if match.start() not in told else None
        if value is None or _is_other(content, match, value, style):
            continue
        guessed = value.guessed or (isinstance(kind, Name) and not text.documents and (style.prose or style.code))
        if guessed and not looks_like_password(value.text):
            continue
        if counts(kind, name, value.text) and not (isinstance(kind, Variable) and _is_entry(content, match.start())):
            told = range(value.start, value.end)
            yield leak_of(kind, name, text, value.start, value.end)


def _candidates(
    content: str, style: Style, is_setting: Callable[[int], bool]
) -> Iterator[tuple[re.Match[str], str, Variable | Name]]:
    """The places where a name that is of a credential is about to get a value; of `a.b.c` the last part counts."""
    for match in places(content, style):
        name = match["name"].rpartition(".")[2] or match["name"]
        kind = known_variable(name) or named(name)
        if kind is not None and (isinstance(kind, Variable) or is_setting(match.start("name"))):
            yield match, name, kind


def _settings(text: Text, style: Style) -> Callable[[int], bool]:
    """Whether an unknown name at an offset is a setting: in values where the text was parsed, not in comments."""
    if not text.documents:
        only_comments = text.name.endswith((".yaml", ".yml")) and not text.broken
        is_file = style.prose or style.code or file_pattern("setting_files").fullmatch(text.name) is not None
        return lambda _: is_file and not only_comments
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


def _is_other(content: str, match: re.Match[str], value: Value, style: Style) -> bool:
    """Prose, code that reads the value from elsewhere, and a quoted name in code that gives nothing."""
    written = value.text
    if not written or (written.startswith((" ", "!")) and is_prose(written.lstrip("! "))):
        return True
    if _is_no_password_for_openssl(content, match) or _is_question(content, match):
        return True
    if match["sign"].endswith(",") and "env" not in content[max(0, match.start() - 40) : match.start()].lower():
        return True
    if " " in written and is_prose(written):
        return True
    if not value.plain:
        return False
    if match["sign"] == ":" and written.startswith(("{", "[")):
        return True
    if _CODE.fullmatch(written) or (match["sign"] == ":=" and content.startswith("$", max(0, match.start() - 1))):
        return True
    is_line_of_code = content.startswith("`", max(0, match.start("name") - 1))  # in a document
    if looks_random(written) or is_line_of_code:
        return False
    if not (style.prose or _COMMENT.search(content, _line_start(content, match), match.start())):
        return False
    return is_prose(written) or _FOLLOWING_WORD.match(content, value.end) is not None


def _is_question(content: str, match: re.Match[str]) -> bool:
    """What only asks: a comparison of a shell, a prompt, a label of PromQL."""
    before = content[_line_start(content, match) : match.start("name")]
    if before.endswith("$") and content.startswith(('"', "'"), match.end("name")):
        return True
    return _PROMPT.search(before) is not None or (match["sign"] == "=" and _SELECTOR.search(before) is not None)


def _line_start(content: str, match: re.Match[str]) -> int:
    farthest = max(0, match.start() - _LONGEST_COMMENT)
    return max(farthest, content.rfind("\n", farthest, match.start()) + 1)


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
