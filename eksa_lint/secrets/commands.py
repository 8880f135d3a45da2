"""Passwords given to commands as arguments: scripts, Makefiles, CI steps, runbooks, shell blocks in any file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.values import is_prose, stands_for_nothing


@dataclass(frozen=True, slots=True)
class _Argument:
    """A way to give a password to a command: words of which one must be there, and the expression.

    `sign` is what stands between the name and the value, `key` the key of a `key=value`.
    """

    words: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, words: tuple[str, ...], *pattern: str) -> "_Argument":
        return cls(words, re.compile("".join(pattern)))


_VALUE: Final = r"(?P<value>\\?\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'`;&|<>()\\-][^\s\"'`;&|\\]*)"
_SHORT_FLAG: Final = r"(?P<sign>[ \t]{1,3}|=)"
_FLAGS: Final = "docker-password|registry-password|bearer-token|secret-key|access-token|passphrase|password|token"
_LOGIN: Final = r"(?P<name>(?:docker|podman|nerdctl|helm[ \t]+registry|crane|oras|skopeo)[ \t]+(?:auth[ \t]+)?login)\b"
_ARGUMENTS: Final = (
    _Argument.of(
        ("-password", "-token", "-secret-key", "--passphrase"),
        rf"(?P<name>--(?:{_FLAGS}))(?P<sign>=|[ \t]{{1,3}}|[\"'],[ \t]*)",
        _VALUE,
    ),
    _Argument.of(
        ("--from-literal",),
        r"(?P<name>--from-literal)[= ]\\?[\"']?(?P<key>[A-Za-z0-9_.-]{1,80})(?P<sign>=)",
        _VALUE,
    ),
    _Argument.of(("sshpass",), r"(?P<name>sshpass)[ \t]+-p(?P<sign>[ \t]{0,3})", _VALUE),
    _Argument.of((" login",), _LOGIN, rf"[^\n]{{0,200}}?[ \t]-p{_SHORT_FLAG}", _VALUE),
    _Argument.of(
        ("setup user",),
        rf"(?P<name>exp vsphere setup user)\b[^\n]{{0,200}}?[ \t](?:--password|-p){_SHORT_FLAG}",
        _VALUE,
    ),
    _Argument.of(
        ("machine ",),
        r"(?P<name>machine)[ \t]+\S{1,200}\s{1,20}login\s{1,20}\S{1,200}\s{1,20}password(?P<sign>\s{1,20})",
        _VALUE,
    ),
    _Argument.of(
        ("curl ", "wget "),
        r"(?P<name>curl|wget)\b[^\n]{0,120}?[ \t](?:-u|--user)[= \t][ \t]{0,3}[\"']?",
        r"[^\s\"':$<{][^\s\"':]{0,100}:(?P<sign>)(?P<value>[^\s\"'$<{][^\s\"']*)",
    ),
)
_BEFORE: Final = frozenset(" \t\r\n\"'`,[(;&|@")
_SECRET_KEY: Final = re.compile(
    r".*(?:pass|token|secret|private|api[_.-]?key|access[_.-]?key|credential).*", re.IGNORECASE
)
_USAGE: Final = re.compile(r"[A-Za-z]+")


def find(text: Text) -> Iterator[Leak]:
    content = text.source.text
    for argument in _ARGUMENTS:
        if any(word in content for word in argument.words):
            for match in argument.pattern.finditer(content):
                if match.start() == 0 or content[match.start() - 1] in _BEFORE:
                    yield from _judge(text, match)


def _judge(text: Text, match: re.Match[str]) -> Iterator[Leak]:
    start, end = match.span("value")
    value = match["value"]
    quoted = value.startswith(('"', "'", '\\"'))
    if quoted:
        start, end = start + 1 + value.startswith("\\"), end - 1
    value = text.source.text[start:end].rstrip("\\")
    key = match.groupdict().get("key") or ""
    if value and (not key or _SECRET_KEY.fullmatch(key)) and _counts(value, key, match["sign"], quoted=quoted):
        said = "is given a credential as an argument, which process lists and shell histories show too"
        yield Leak(
            "credential-in-command", f"{match['name']} in {text.name} {said}", start, start + len(value), match["name"]
        )


def _counts(value: str, key: str, sign: str, *, quoted: bool) -> bool:
    """A word after a blank is a line about usage: `--password string`; one after a comma is a variable of a program."""
    if stands_for_nothing(value, key) or value.startswith(("-", "$", "%")):
        return False
    if quoted:
        return not is_prose(value) or " " not in value
    if "," in sign:
        return False
    return not (sign.isspace() and _USAGE.fullmatch(value)) and not is_prose(value)
