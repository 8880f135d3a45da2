"""Passwords given to commands as arguments: scripts, Makefiles, CI steps, runbooks, shell blocks in any file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from eksa_lint.secrets.given import glued_word
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.objects import is_setting
from eksa_lint.secrets.values import is_prose, looks_like_password, stands_for_nothing


@dataclass(frozen=True, slots=True)
class _Argument:
    """A way to give a password to a command: words of which one must be there, and the expression.

    `sign` is what stands between the name and the value, `key` the key of a `key=value`. `guessed` says that only how
    random a value looks tells it from something else, `setting` that no command is run but a file is read.
    """

    words: tuple[str, ...]
    pattern: str
    guessed: bool = False
    setting: bool = False

    @classmethod
    def of(cls, words: tuple[str, ...], *pattern: str, guessed: bool = False, setting: bool = False) -> "_Argument":
        return cls(words, "".join(pattern), guessed, setting)


_VALUE: Final = r"(?P<value>\\?\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'`;&|<>()\\-][^\s\"'`;&|\\]*)"
_SHORT_FLAG: Final = r"(?P<sign>[ \t]{1,3}|=)"
_FLAGS: Final = "docker-password|registry-password|bearer-token|secret-key|access-token|passphrase|password|token"
_LOGIN: Final = (
    r"(?P<name>(?:docker|podman|nerdctl|buildah|helm[ \t]+registry|crane|oras|skopeo|regctl|az|oc)"
    r"[ \t]+(?:auth[ \t]+)?login)\b"
)
_LIST: Final = r"(?P<sign>[\"'],[ \t]*|[\"']?\r?\n[ \t]*-[ \t]+|[ \t]{1,3})"
_PAIR: Final = r"[\"']?[^\s\"':$<{/]{1,100}:(?P<sign>)(?P<value>[^\s\"'$<{/][^\s\"']*)"
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
    _Argument.of(
        ("-password", "-token", "-passphrase", "-api-key"),
        r"(?P<name>--[a-z][a-z0-9-]{0,40}-(?:password|passphrase|token|api-key)|--(?:password|token|passphrase|api-key)(?=[\"']?\r?\n))",
        _LIST,
        _VALUE,
        guessed=True,
    ),
    _Argument.of((" login",), _LOGIN, r"[^\n]{0,200}?[ \t]-p(?P<sign>[ \t]{1,3}|=|(?=[\"']))", _VALUE),
    _Argument.of(("-creds ", "-creds="), r"(?P<name>--(?:src-|dest-)?creds)[ =]", _PAIR),
    _Argument.of(("--basic-auth",), r"(?P<name>--basic-auth)[ =]", _PAIR),
    _Argument.of(("ctr ",), r"(?P<name>ctr)\b[^\n]{0,120}?[ \t](?:-u|--user)[ =]", _PAIR),
    _Argument.of(("ipmitool ",), rf"(?P<name>ipmitool)\b[^\n]{{0,200}}?[ \t]-P{_SHORT_FLAG}", _VALUE),
    _Argument.of(("racadm ",), rf"(?P<name>racadm)\b[^\n]{{0,200}}?[ \t]-p{_SHORT_FLAG}", _VALUE),
    _Argument.of(
        ("mysql -",),
        r"(?P<name>mysql)\b[^\n]{0,200}?[ \t]-p(?P<sign>)(?=\S)",
        _VALUE,
    ),
    _Argument.of(
        ("SecureString",), r"(?P<name>ConvertTo-SecureString)(?:[ \t]+-String)?(?P<sign>[ \t]{1,3})(?=[\"'])", _VALUE
    ),
    _Argument.of(("-Password ",), r"(?P<name>-Password)(?P<sign>[ \t]{1,3})(?=[\"'])", _VALUE),
    _Argument.of(
        ("put-parameter",),
        rf"(?P<name>put-parameter)(?=[^\n]{{0,300}}SecureString)[^\n]{{0,300}}?[ \t]--value{_SHORT_FLAG}",
        _VALUE,
    ),
    _Argument.of(
        ("secret set ",),
        rf"(?P<name>(?:gh|keyvault)[ \t]+secret[ \t]+set)\b[^\n]{{0,200}}?[ \t](?:--body|--value|-b){_SHORT_FLAG}",
        _VALUE,
    ),
    _Argument.of(
        ("IDENTIFIED BY ", "PASSWORD '"),
        r"(?P<name>IDENTIFIED[ \t]+BY|(?:WITH|ENCRYPTED|USER[ \t]+\S{1,80})[ \t]+PASSWORD)(?P<sign>[ \t]+)(?=')",
        _VALUE,
        setting=True,
    ),
    _Argument.of(
        ("requirepass ", "rootpw ", "insecure-password "),
        r"(?P<name>requirepass|rootpw(?:[ \t]+--plaintext)?|insecure-password)(?P<sign>[ \t]+)",
        _VALUE,
        setting=True,
    ),
    _Argument.of(("--secret-string",), rf"(?P<name>--secret-string){_SHORT_FLAG}(?![\"']?\{{)", _VALUE),
    _Argument.of(
        ("setup user",),
        rf"(?P<name>exp vsphere setup user)\b[^\n]{{0,200}}?[ \t](?:--password|-p){_SHORT_FLAG}",
        _VALUE,
    ),
    _Argument.of(
        ("machine ", "default "),
        r"(?P<name>machine[ \t]+\S{1,200}|default)(?:\s{1,20}(?:login|account)\s{1,20}\S{1,200}){1,2}",
        r"\s{1,20}password(?P<sign>\s{1,20})",
        _VALUE,
        setting=True,
    ),
    _Argument.of(
        ("curl ", "wget "),
        r"(?P<name>curl|wget)\b[^\n]{0,120}?[ \t](?:-[A-Za-z]{0,8}u|--user)[= \t][ \t]{0,3}[\"']?",
        r"[^\s\"':$<{][^\s\"':]{0,100}:(?P<sign>)(?P<value>[^\s\"'$<{][^\s\"']*)",
    ),
    _Argument.of(
        (":5432:", ":*:"),
        r"(?m:^)[ \t]{0,40}(?P<name>[\w.*-]{1,200}:(?:5432|\*):[\w.*-]{1,60}:[\w.*-]{1,60}):(?P<sign>)",
        r"(?P<value>[^\s:#][^\s]{0,400})(?m:$)",
        setting=True,
    ),
)
_BEFORE: Final = frozenset(" \t\r\n\"'`,[(;&|@!")
_SECRET_KEY: Final = re.compile(
    r".*(?:pass|token|secret|private|api[_.-]?key|access[_.-]?key|credential).*", re.IGNORECASE
)
_LONGEST_COMMAND: Final = 400
_USAGE: Final = re.compile(r"[A-Za-z]+")


def find(text: Text) -> Iterator[Leak]:
    content = text.source.text
    for argument in _ARGUMENTS:
        if any(word in content for word in argument.words):
            for match in re.finditer(argument.pattern, content):  # compiled where it is first needed, and kept
                if match.start() == 0 or content[match.start() - 1] in _BEFORE:
                    yield from _judge(text, match, argument)


def _judge(text: Text, match: re.Match[str], argument: _Argument) -> Iterator[Leak]:
    content, key = text.source.text, match.groupdict().get("key") or ""
    guessed = argument.guessed
    if key and not _SECRET_KEY.fullmatch(key):
        command = content[max(0, match.start() - _LONGEST_COMMAND) : match.start()].rpartition(" create ")[2]
        if is_setting(key) or not command.startswith("secret"):
            return
        guessed = True
    start, end = match.span("value")
    if (word := glued_word(content, match.start("name"), start, end)) is not None:
        guessed = guessed or word.guessed
        if not stands_for_nothing(word.text, key) and (not guessed or looks_like_password(word.text)):
            yield _leak(text, match, argument, word.start, word.end)
        return
    quoted = match["value"].startswith(('"', "'", '\\"'))
    if quoted:
        start, end = start + 1 + match["value"].startswith("\\"), end - 1
    value = content[start:end].rstrip("\\")
    if not value or (guessed and not looks_like_password(value)):
        return
    if _counts(value, key, match["sign"], quoted=quoted):
        yield _leak(text, match, argument, start, start + len(value))


def _leak(text: Text, match: re.Match[str], argument: _Argument, start: int, end: int) -> Leak:
    name = match["name"].split()[0] if match["name"].startswith("machine") else match["name"]
    said = "is given a credential as an argument, which process lists and shell histories show too"
    if argument.setting:
        said = "is given a credential that anybody can read"
    return Leak("credential-in-command", f"{name} in {text.name} {said}", start, end, name)


def _counts(value: str, key: str, sign: str, *, quoted: bool) -> bool:
    """A word after a blank is a line about usage: `--password string`; one after a comma is a variable of a program."""
    if stands_for_nothing(value, key) or value.startswith(("-", "$", "%")):
        return False
    if quoted:
        return not is_prose(value) or " " not in value
    if "," in sign:
        return False
    return not (sign.isspace() and _USAGE.fullmatch(value)) and not is_prose(value)
