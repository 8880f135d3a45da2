"""Passwords in URLs: proxies, registries, Git servers, Helm repositories, vCenter."""

import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets import prefilter
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.placeholders import is_placeholder
from eksa_lint.secrets.values import stands_for_nothing

_BEFORE_HOST: Final = r"(?P<password>[^\s/\"'<>`\\]{1,200})@"
_HOST: Final = r"[A-Za-z0-9][^\s/\"'<>`\\@:]{0,100}"
# A password may hold `@` and `:` although it should not: the last `@` before the path ends it, so that no rest of it
# is left to be seen. A user of vCenter has its domain behind an `@` of its own. Every repeat is bounded, and the time
# linear.
_USER_INFO: Final = re.compile(
    r"://(?P<user>[^\s/:@?#\"'<>`\\]{0,200}(?:@[A-Za-z0-9.-]{1,100})?):"
    rf"{_BEFORE_HOST}(?P<host>\[[0-9a-fA-F:]{{2,45}}\]|[A-Za-z0-9$%{{][^\s/\"'<>`\\@:]{{0,100}})"
)
# A token in the place of the user: the 40 digits of older Git servers, or whatever stands before their constant.
_TOKEN_USER: Final = re.compile(
    r"://(?P<password>[0-9a-f]{40}(?=@)|[A-Za-z0-9_-]{20,200}(?=:x-oauth-basic@))(?::x-oauth-basic)?"
    rf"@(?P<host>{_HOST})"
)
# The settings of proxies and of govc, where an address needs no scheme.
_NO_SCHEME: Final = re.compile(
    r"(?i:\b(?:https?_?proxy|all_proxy|govc_url)|\bgovc\b[^\n]{0,60}[ \t]-u)[\"']?[ \t]{0,3}[:= \t][ \t]{0,3}[\"']?"
    r"(?P<user>[^\s/:@?#\"'<>`\\]{1,200}(?:@[A-Za-z0-9.-]{1,100})?):"
    rf"{_BEFORE_HOST}(?P<host>{_HOST})"
)
_DIGEST: Final = re.compile(r"@sha(?:256|384|512):")
_PORT: Final = re.compile(r"[0-9]{2,5},")
_WORDS: Final = frozenset(("pass", "passwd", "password", "secret", "token", "pw", "pwd", "x-oauth-basic"))
_GIT_HOST: Final = re.compile(r".*(?:git|bitbucket)", re.IGNORECASE)
_GIT_PATH: Final = re.compile(r"[^\s\"']{1,300}\.git\b")


def find(text: Text) -> Iterator[Leak]:
    """URLs whose user information has a password that is one."""
    content = text.source.text
    for match in _matches(content):
        user, password, host = match.groupdict().get("user"), match["password"], match["host"]
        if user is not None and _is_no_password(user, password):
            continue
        if is_placeholder(host) and "." not in host:
            continue
        what = "Git URL" if _GIT_HOST.match(host) or _GIT_PATH.match(content, match.end()) else "URL"
        shown = f" of {host}" if "$" not in host and "{" not in host else ""
        message = f"password in the {what}{shown}: whoever reads it may do what its user may"
        yield Leak("credential-in-url", message, *match.span("password"), f"url[{host}]")


def masked(text: str) -> str:
    """The text without the passwords of URLs, placeholders among them."""
    return _USER_INFO.sub(_hidden, text)


def _hidden(match: re.Match[str]) -> str:
    password = match["password"]
    shown = password if _is_no_password(match["user"], password) else f"…({len(password)} characters)"
    return f"://{match['user']}:{shown}@{match['host']}"


def _matches(text: str) -> Iterator[re.Match[str]]:
    if "://" in text:
        yield from _USER_INFO.finditer(text)
        yield from _TOKEN_USER.finditer(text)
    if any(word in text for word in prefilter.NO_SCHEME):
        yield from _NO_SCHEME.finditer(text)


def _is_no_password(user: str, password: str) -> bool:
    if _DIGEST.search(f"@{password}") or _PORT.match(password):  # an image name:tag@sha256, a list of servers
        return True
    return password == user or password.casefold() in _WORDS or stands_for_nothing(password, "")
