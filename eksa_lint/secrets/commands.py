"""Passwords given to commands as arguments: scripts, Makefiles, CI steps, runbooks, shell blocks in any file."""

import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.values import is_prose, looks_random, stands_for_nothing

_VALUE: Final = r"(?P<value>\\?\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'`;&|<>()\\-][^\s\"'`;&|\\]*)"
_BEFORE: Final = r"(?:^|(?<=[\s\"'`,\[]))"
_PATTERNS: Final = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"{_BEFORE}(?P<name>--(?:docker-password|registry-password|bearer-token|secret-key|access-token|passphrase|password|token))"
        rf"(?P<sign>=|[ \t]{{1,3}}|[\"'],[ \t]*){_VALUE}",
        rf"(?P<name>--from-literal)[= ]\\?[\"']?(?P<key>[A-Za-z0-9_.-]{{1,80}})(?P<sign>=){_VALUE}",
        rf"{_BEFORE}(?P<name>sshpass)[ \t]+-p(?P<sign>[ \t]{{0,3}}){_VALUE}",
        rf"{_BEFORE}(?P<name>(?:docker|podman|nerdctl|helm[ \t]+registry|crane|oras|skopeo)[ \t]+(?:auth[ \t]+)?login)\b"
        rf"[^\n]{{0,200}}?[ \t]-p(?P<sign>[ \t]{{1,3}}|=){_VALUE}",
        rf"{_BEFORE}(?P<name>machine)[ \t]+\S{{1,200}}\s{{1,20}}login\s{{1,20}}\S{{1,200}}\s{{1,20}}password(?P<sign>\s{{1,20}}){_VALUE}",
        rf"(?P<name>exp vsphere setup user)\b[^\n]{{0,200}}?[ \t](?:--password|-p)(?P<sign>[ \t]{{1,3}}|=){_VALUE}",
        rf"{_BEFORE}(?P<name>curl|wget)\b[^\n]{{0,120}}?[ \t](?:-u|--user)[= \t][ \t]{{0,3}}[\"']?(?P<user>[^\s\"':$<{{][^\s\"':]{{0,100}}):"
        r"(?P<sign>)(?P<value>[^\s\"'$<{][^\s\"']*)",
    )
)
_SECRET_KEY: Final = re.compile(
    r".*(?:pass|token|secret|private|api[_.-]?key|access[_.-]?key|credential).*", re.IGNORECASE
)
_USAGE: Final = re.compile(r"[A-Za-z]*[Pp]assword|[A-Za-z]+")


def find(text: Text) -> Iterator[Leak]:
    content = text.source.text
    for pattern in _PATTERNS:
        for match in pattern.finditer(content):
            groups = match.groupdict()
            start, end = match.span("value")
            quoted = content[start:end].startswith(('"', "'", '\\"'))
            if quoted:
                start, end = start + 1 + content.startswith("\\", start), end - 1
            value = content[start:end].rstrip("\\")
            key = groups.get("key") or ""
            if key and not _SECRET_KEY.fullmatch(key):
                continue
            if value and _counts(value, key, match["sign"].rstrip(" \t") or match["sign"], quoted=quoted):
                yield _leak(text, match["name"], start, start + len(value))


def _counts(value: str, key: str, sign: str, *, quoted: bool) -> bool:
    """A word after a blank is a line about usage: `--password string`; one after a comma is a variable of a program."""
    if stands_for_nothing(value, key) or value.startswith(("-", "$", "%")):
        return False
    if sign.endswith(",") and not quoted:
        return False
    apart = sign.isspace()
    if not quoted and apart and _USAGE.fullmatch(value):
        return False
    return not is_prose(value) or not apart or looks_random(value)


def _leak(text: Text, name: str, start: int, end: int) -> Leak:
    message = (
        f"{name} in {text.name} is given a credential as an argument, which process lists and shell histories show too"
    )
    return Leak("credential-in-command", message, start, end, name)
