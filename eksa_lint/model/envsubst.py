"""Text with `${variables}` as Flux reads it: names, defaults, and the operators of a shell that it knows.

Source: fluxcd/pkg, envsubst. `:?`, `:+` and `=` give a default there as `:=` and `:-` do; other forms of a shell, such
as `${list[@]}` or `${name-text}`, stop the run.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

Lookup: TypeAlias = Callable[[str], str | None]
"""The value of a variable: empty for one that is not set, None for one that is not known."""

_DEEPEST: Final = 50
_LONGEST: Final = 1000
"""How deep defaults may stand in each other, and how much text is searched with a pattern; more is not meant."""

_ESCAPED: Final = {"$": ("$",), "\\": ("/", "\\")}
"""What may stand behind a sign that escapes it."""

_NAME: Final = re.compile(r"\w+")
_DEFAULT: Final = re.compile(r":[=?+-]|=")
_CASING: Final = re.compile(r"[,^]{1,2}")
_REMOVAL: Final = re.compile(r"##?|%%?")
_REPLACEMENT: Final = re.compile(r"/[/#%]?")


class BadVariable(ValueError):
    """Text that Flux cannot read; it stops there."""


class _Piece(NamedTuple):
    """Text that a variable gives, or its own text where a value that it needs is not known."""

    text: str
    is_known: bool


def expand(text: str, lookup: Lookup) -> str:
    """The text with its variables filled in; one that is not known stays as it is written.

    Raises:
        BadVariable: Flux does not understand one of them.
    """
    return _Reader(text, lookup).all()


class _Reader:
    def __init__(self, text: str, lookup: Lookup) -> None:
        self._text, self._lookup = text, lookup
        self._at = 0
        self._depth = 0

    def all(self) -> str:
        parts = []
        while self._at < len(self._text):
            parts.append(self._variable().text if self._is_opening else self._run("", escapes="$"))
        return "".join(parts)

    @property
    def _is_opening(self) -> bool:
        return self._text.startswith("${", self._at)

    def _run(self, ends: str, escapes: str = "") -> str:
        """The text up to the next variable or to one of some characters; `$$` is a dollar where that escapes."""
        parts = []
        while self._at < len(self._text) and not self._is_opening:
            char, following = self._text[self._at], self._text[self._at + 1 : self._at + 2]
            if char in escapes and following in _ESCAPED[char]:
                char, self._at = following, self._at + 1
            elif char in ends:
                break
            parts.append(char)
            self._at += 1
        return "".join(parts)

    def _variable(self) -> _Piece:
        start, self._depth = self._at, self._depth + 1
        if self._depth > _DEEPEST:
            raise BadVariable("its defaults stand too deep in each other")
        self._at += 2
        found = self._length() if self._peek == "#" else self._named()
        if found is None or self._peek != "}":
            end = self._text.find("}", start)
            written = self._text[start : end + 1 if end >= 0 else len(self._text)]
            raise BadVariable(f"{written.splitlines()[0]} is no variable that Flux reads")
        self._at += 1
        self._depth -= 1
        return found if found.is_known else _Piece(self._text[start : self._at], is_known=False)

    @property
    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match[0] if match else ""

    def _length(self) -> _Piece | None:
        self._at += 1
        name = self._take(_NAME)
        value = self._lookup(name)
        return _piece(None if value is None else str(len(value.encode()))) if name else None

    def _named(self) -> _Piece | None:
        """A name and what is done with its value, up to the closing brace; None where that cannot be read."""
        name = self._take(_NAME)
        if not name:
            return None
        value = self._lookup(name)
        if self._peek == "}":
            return _piece(value)
        if self._take(_DEFAULT):
            return self._with_default(value)
        if self._peek == ":":
            return self._part(value)
        if operator := self._take(_CASING):
            return _piece(None if value is None else _cased(value, operator))
        if operator := self._take(_REMOVAL):
            pattern = self._argument("}")
            return pattern and _apply(value, [pattern], lambda text, found: _without(text, found[0], operator))
        if operator := self._take(_REPLACEMENT):
            return self._replaced(value, operator)
        return None

    def _argument(self, ends: str, escapes: str = "") -> _Piece | None:
        """One variable, or text up to where it ends; None where there is neither."""
        if self._is_opening:
            return self._variable()
        start = self._at
        text = self._run(ends, escapes)
        return _Piece(text, is_known=True) if self._at > start else None

    def _with_default(self, value: str | None) -> _Piece | None:
        parts: list[_Piece] = []
        while self._peek != "}":
            part = self._argument("}")
            if part is None:
                return None
            parts.append(part)
        if value is None:
            return _piece(None)
        return _piece(value) if value else _Piece("".join(part.text for part in parts), is_known=True)

    def _part(self, value: str | None) -> _Piece | None:
        """`:offset` and `:offset:length`."""
        self._at += 1
        first = self._argument(":}")
        if first is None or self._peek == "}":
            return first and _apply(value, [first], _cut)
        second = self._argument("}") if self._take(re.compile(":+")) else None
        return second and _apply(value, [first, second], _cut)

    def _replaced(self, value: str | None, operator: str) -> _Piece | None:
        pattern = self._argument("/", escapes="$\\")
        if pattern is None or not self._take(re.compile("/+")):
            return None
        if self._peek == "}":
            return _apply(value, [pattern], lambda text, found: _replace(text, found[0], None, operator))
        new = self._argument("}", escapes="$\\")
        return new and _apply(value, [pattern, new], lambda text, found: _replace(text, found[0], found[1], operator))


def _piece(value: str | None) -> _Piece:
    return _Piece(value or "", is_known=value is not None)


def _apply(value: str | None, arguments: Sequence[_Piece], change: Callable[[str, list[str]], str | None]) -> _Piece:
    """A value changed, where it and all that it is changed by are known."""
    if value is None or not all(argument.is_known for argument in arguments):
        return _piece(None)
    return _piece(change(value, [argument.text for argument in arguments]))


def _cased(value: str, operator: str) -> str:
    match operator:
        case ",,":
            return value.lower()
        case "^^":
            return value.upper()
        case "," | "^":
            return _cased(value[:1], operator * 2) + value[1:]
        case _:
            return value


def _cut(value: str, numbers: list[str]) -> str | None:
    """Counted in bytes; what is no number leaves the text as it is."""
    text = value.encode()
    if not all(re.fullmatch(r"[+-]?[0-9]{1,9}", number) for number in numbers):
        return value
    start, *length = map(int, numbers)
    start = max(len(text) + start, 0) if start < 0 else start
    if length and length[0] < 0 and start + length[0] < len(text):
        raise BadVariable("a part of a text has no length below zero")
    return text[start : start + length[0] if length else None].decode("utf-8", "replace")


def _replace(value: str, old: str, new: str | None, operator: str) -> str:
    match operator:
        case "/#":
            return value if new is None or not value.startswith(old) else value.replace(old, new, 1)
        case "/%":
            return value if new is None or not value.endswith(old) else value.removesuffix(old) + new
        case "//":
            return value.replace(old, new or "")
        case _:
            return value.replace(old, new or "", 1)


def _without(value: str, pattern: str, operator: str) -> str | None:
    """The value without the shortest or longest beginning (`#`) or end (`%`) that fits a pattern."""
    if len(value) > _LONGEST or len(pattern) > _LONGEST or re.search(r"[\[\\]", pattern) or not value.isascii():
        return None
    if operator[0] == "%":
        rest = _without(value[::-1], pattern[::-1], "#" * len(operator))
        return None if rest is None else rest[::-1]
    fits = [length for length in range(1, len(value) + 1) if _fits(pattern, value[:length])]
    return value[fits[-1] if len(operator) > 1 else fits[0] :] if fits else value


def _fits(pattern: str, text: str) -> bool:
    """Whether a pattern of literals, `?` and `*` takes a whole text."""
    at, place = 0, 0
    star, mark = -1, 0  # the last star, and where the text after what it takes begins
    while at < len(text):
        if place < len(pattern) and pattern[place] == "*":
            star, mark, place = place, at, place + 1
        elif place < len(pattern) and pattern[place] in ("?", text[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            mark += 1
            at, place = mark, star + 1
        else:
            return False
    return not pattern[place:].strip("*")
