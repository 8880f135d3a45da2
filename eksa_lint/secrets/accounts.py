"""Passwords of the users of machines: what `chpasswd` reads in scripts, and lists in user data of cloud-init."""

import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.values import stands_for_nothing

_PAIR: Final = r"(?P<user>[A-Za-z_][\w.-]{0,40}):(?P<password>[^\s\"'\\|<>]{4,400})"
_PIPED: Final = re.compile(
    rf"(?:echo|printf)[ \t]+(?:-[neE]+[ \t]+)?\\?[\"']?{_PAIR}\\?[\"']?[ \t]*\|[^\n|]{{0,80}}\bchpasswd\b"
)
_GIVEN: Final = re.compile(rf"\bchpasswd\b[^\n]{{0,80}}<<<[ \t]*[\"']?{_PAIR}")
_LIST: Final = re.compile(
    r"(?m:^)(?P<indent>[ \t]*)(?:-[ \t]+)?chpasswd:[ \t]*\r?\n"
    r"(?P<block>(?:(?P=indent)[ \t]+\S.*(?:\n|\Z)|[ \t]*\r?\n)+)"
)
_LINE: Final = re.compile(rf"(?m:^)[ \t]+(?:-[ \t]+)?[\"']?{_PAIR}[\"']?[ \t\r]*(?m:$)")
_MADE_UP_LATER: Final = frozenset(("RANDOM", "R"))
"""What cloud-init takes for the wish to make one up."""


def find(text: Text) -> Iterator[Leak]:
    for user, start, end in _pairs(text.source.text):
        password = text.source.text[start:end]
        if not (password in _MADE_UP_LATER or password.startswith("$") or stands_for_nothing(password, user)):
            message = f"{text.name} sets the password of {user}, with which whoever reads it logs in"
            yield Leak("literal-credential", message, start, end, f"chpasswd.{user}")


def _pairs(content: str) -> Iterator[tuple[str, int, int]]:
    """Users, and where their passwords stand."""
    for pattern in (_PIPED, _GIVEN):
        for match in pattern.finditer(content):
            yield match["user"], *match.span("password")
    for block in _LIST.finditer(content):
        if "list:" in block["block"]:
            for match in _LINE.finditer(content, *block.span("block")):
                yield match["user"], *match.span("password")
