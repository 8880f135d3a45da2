"""Places that look as if a name were given a credential and are something else: prose, code, questions, entries."""

import re
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.given import Value
from eksa_lint.secrets.styles import Style
from eksa_lint.secrets.values import is_prose, looks_random

_COMMENT: Final = re.compile(r"(?m:^|[ \t])(?:#|//|--|REM\b)")
_FOLLOWING_WORD: Final = re.compile(r"[ \t]+[A-Za-z][a-z]*(?![A-Za-z0-9_]*[=:/])")
# A command that reads, a variable of a program or of Terraform, a call, a method.
_CODE: Final = re.compile(
    r"(?:read|cat)\b.*|(?:env|var|local|data|module|process\.env|os|sys)\..*|[A-Za-z_][\w.]*\(.*|\.[A-Za-z]\w*(?:\.\w+)*.*"
)
_WINDOWS_PROMPT: Final = re.compile(r"(?i)\bset[ \t]+/p[ \t]+\"?\Z")
_PROMETHEUS_SELECTOR: Final = re.compile(r"[a-z0-9_:]\{[^{}]*\Z")
_OPENSSL_OPTION: Final = re.compile(r"-pass(?:in|out)?[ \t]+[\"']?\Z")
_LONGEST_OPTION: Final = 20
_LONGEST_CALL: Final = 40
_LONGEST_COMMENT: Final = 400
_FARTHEST_KEY: Final = 400
"""Lines above in which the key is looked for that an entry stands below."""


def is_lookalike(content: str, place: re.Match[str], value: Value, style: Style) -> bool:
    """Whether what a name is given in a place is no value that anybody set."""
    if _is_sentence(value.text) or _is_question(content, place):
        return True
    if _is_empty_for_openssl(content, place) or _is_list_of_arguments(content, place):
        return True
    return value.plain and (_is_code(content, place, value.text) or _is_word_in_prose(content, place, value, style))


def names_entry(content: str, offset: int) -> bool:
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


def _is_sentence(written: str) -> bool:
    """Nothing, several words, or what follows `token !`."""
    return not written or ((" " in written or written.startswith("!")) and is_prose(written.lstrip("! ")))


def _is_question(content: str, place: re.Match[str]) -> bool:
    """What only asks: a comparison of a shell, a prompt, a label of PromQL."""
    before = content[_line_start(content, place) : place.start("name")]
    if before.endswith("$") and content.startswith(('"', "'"), place.end("name")):
        return True
    if _WINDOWS_PROMPT.search(before):
        return True
    return place["sign"] == "=" and _PROMETHEUS_SELECTOR.search(before) is not None


def _is_empty_for_openssl(content: str, place: re.Match[str]) -> bool:
    """Whether a line goes on after the empty password of `-passin pass:`."""
    name, after = place.start("name"), place.end("sign")
    is_empty = content[after : after + 1].isspace()
    return is_empty and _OPENSSL_OPTION.search(content, max(0, name - _LONGEST_OPTION), name) is not None


def _is_list_of_arguments(content: str, place: re.Match[str]) -> bool:
    """Whether a comma gives nothing, since the function before it does not set a variable of the environment."""
    call = content[max(0, place.start() - _LONGEST_CALL) : place.start()]
    return place["sign"].endswith(",") and "env" not in call.lower()


def _is_code(content: str, place: re.Match[str], written: str) -> bool:
    """Whether a value without quotes is an expression, or a mapping of YAML."""
    if place["sign"] == ":" and written.startswith(("{", "[")):
        return True
    is_template_variable = place["sign"] == ":=" and content.startswith("$", max(0, place.start() - 1))
    return is_template_variable or _CODE.fullmatch(written) is not None


def _is_word_in_prose(content: str, place: re.Match[str], value: Value, style: Style) -> bool:
    """Whether a value without quotes is a word of a document or comment, outside of a line of code in it."""
    if looks_random(value.text) or content.startswith("`", max(0, place.start("name") - 1)):
        return False
    if not (style.prose or _COMMENT.search(content, _line_start(content, place), place.start())):
        return False
    return is_prose(value.text) or _FOLLOWING_WORD.match(content, value.end) is not None


def _line_start(content: str, place: re.Match[str]) -> int:
    farthest = max(0, place.start() - _LONGEST_COMMENT)
    return max(farthest, content.rfind("\n", farthest, place.start()) + 1)
