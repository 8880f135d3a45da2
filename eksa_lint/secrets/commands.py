"""Passwords given to commands as arguments: scripts, Makefiles, CI steps, runbooks, shell blocks in any file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eksa_lint import data
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.secret_keys import is_setting
from eksa_lint.secrets.shell_words import glued_word
from eksa_lint.secrets.values import is_prose, looks_like_password, stands_for_nothing

_BLANK_OR_EQUALS: Final = r"[ \t]{1,3}|="
_QUOTED_OR_WORD: Final = r"\\?\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'`;&|<>()\\-][^\s\"'`;&|\\]*"
_BEFORE_A_WORD: Final = frozenset(" \t\r\n\"'`,[(;&|@!")
_OPENING_QUOTE: Final = re.compile(r"\\?\"|'")
_SECRET_KEY: Final = re.compile(
    r".*(?:pass|token|secret|private|api[_.-]?key|access[_.-]?key|credential).*", re.IGNORECASE
)
_USAGE: Final = re.compile(r"[A-Za-z]+")
_LONGEST_COMMAND: Final = 400


@dataclass(frozen=True, slots=True)
class Command:
    """An entry of `schemas/tables/credential-commands.yaml`, which says what each field means."""

    words: tuple[str, ...]
    expression: str
    guessed: bool
    setting: bool

    @classmethod
    def from_data(cls, entry: dict[str, Any]) -> "Command":
        sign, value = entry.get("sign", _BLANK_OR_EQUALS), entry.get("value", _QUOTED_OR_WORD)
        expression = f"{entry['regex']}(?P<sign>{sign})(?P<value>{value})"
        return cls(tuple(entry["words"]), expression, entry.get("guessed", False), entry.get("setting", False))

    def matches(self, content: str) -> Iterator[re.Match[str]]:
        """Where it is given a value. The expression is compiled where one of its words is, and kept by `re`."""
        if any(word in content for word in self.words):
            yield from re.finditer(self.expression, content)


@cache
def commands() -> tuple[Command, ...]:
    return tuple(Command.from_data(entry) for entry in data.table("credential-commands"))


def find(text: Text) -> Iterator[Leak]:
    content = text.source.text
    for command in commands():
        for match in command.matches(content):
            if match.start() == 0 or content[match.start() - 1] in _BEFORE_A_WORD:
                span = _credential(content, match, command)
                if span is not None:
                    yield _leak(text, match["name"], command, *span)


def _credential(content: str, match: re.Match[str], command: Command) -> tuple[int, int] | None:
    """Where the credential of a match stands, without its quotes; None where it is given none."""
    key = match.groupdict().get("key") or ""
    guessed = command.guessed
    if key and not _SECRET_KEY.fullmatch(key):
        if is_setting(key) or not _creates_secret(content, match.start()):
            return None
        guessed = True
    word = glued_word(content, match.start("name"), *match.span("value"))
    if word is not None:
        is_told = not (guessed or word.refers) or looks_like_password(word.text)
        return (word.start, word.end) if is_told and not stands_for_nothing(word.text, key) else None
    opening = _OPENING_QUOTE.match(match["value"])
    start, end = match.span("value")
    if opening:
        start, end = start + opening.end(), end - 1
    value = content[start:end].rstrip("\\")
    if not value or (guessed and not looks_like_password(value)):
        return None
    is_given = _is_given(value, key, match["sign"], quoted=opening is not None)
    return (start, start + len(value)) if is_given else None


def _creates_secret(content: str, offset: int) -> bool:
    """Whether `kubectl create secret` begins the command that goes on at an offset."""
    return content[max(0, offset - _LONGEST_COMMAND) : offset].rpartition(" create ")[2].startswith("secret")


def _is_given(value: str, key: str, sign: str, *, quoted: bool) -> bool:
    """A word after a blank is a line about usage: `--password string`; one after a comma is a variable of a program."""
    if stands_for_nothing(value, key) or value.startswith(("-", "$", "%")):
        return False
    if quoted:
        return not is_prose(value) or " " not in value
    if "," in sign:
        return False
    return not (sign.isspace() and _USAGE.fullmatch(value)) and not is_prose(value)


def _leak(text: Text, name: str, command: Command, start: int, end: int) -> Leak:
    said = "is given a credential as an argument, which process lists and shell histories show too"
    if command.setting:
        said = "is given a credential that anybody can read"
    return Leak("credential-in-command", f"{name} in {text.name} {said}", start, end, name)
