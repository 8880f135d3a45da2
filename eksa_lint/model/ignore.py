"""Which files the patterns of a `.sourceignore` leave out of what Flux reads; they are those of `.gitignore`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from posixpath import dirname
from typing import Final

SOURCE_IGNORE: Final = ".sourceignore"
_DEFAULT: Final = """\
.git/
.github/
.circleci/
.travis.yml
.gitlab-ci.yml
appveyor.yml
.drone.yml
cloudbuild.yaml
codeship-services.yml
codeship-steps.yml
.goreleaser.yml
.sops.yaml
.flux.yaml
"""
"""What Flux leaves out by itself (fluxcd/source-controller, docs/spec/v1/gitrepositories.md)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: where it stands in the text, what it matches, and whether it takes files in again."""

    start: int
    end: int
    matches: re.Pattern[str]
    is_negated: bool


def patterns_of(text: str) -> list[Pattern]:
    """The patterns of a file, in their order."""
    found, at = [], 0
    for line in text.splitlines(keepends=True):
        pattern = line.strip()
        start = at + line.find(pattern)
        at += len(line)
        if not pattern or pattern.startswith("#"):
            continue
        is_negated = pattern.startswith("!")
        body = pattern.removeprefix("!").removeprefix("\\")
        found.append(Pattern(start, start + len(pattern), re.compile(_expression(body)), is_negated))
    return found


def leaving_out(path: str, patterns: list[Pattern]) -> Pattern | None:
    """The pattern that leaves out a file, itself or with a folder above it; None where it is taken."""
    decided: Pattern | None = None
    steps = path.split("/")
    for depth in range(1, len(steps) + 1):
        here = "/".join(steps[:depth]) + ("/" if depth < len(steps) else "")
        for pattern in patterns:
            if pattern.matches.fullmatch(here):
                decided = None if pattern.is_negated else pattern
        if decided is not None:
            return decided
    return decided


def is_left_out(path: str, ignore_files: Mapping[str, str], of_sources: Iterable[str]) -> bool:
    """Whether Flux does not read a file: by a `.sourceignore`, or by what a source says in place of the default."""
    texts = list(of_sources) or [_DEFAULT]
    if any(leaving_out(path, patterns_of(text)) for text in texts):
        return True
    return any(
        leaving_out(path.removeprefix(file.removesuffix(SOURCE_IGNORE)), patterns_of(text)) is not None
        for file, text in ignore_files.items()
        if is_below(path, file)
    )


def is_below(path: str, ignore_file: str) -> bool:
    """Whether the patterns of a file speak of a path: those of its own folder and below."""
    folder = dirname(ignore_file)
    return not folder or path.startswith(f"{folder}/")


def _expression(pattern: str) -> str:
    """The pattern as an expression over paths, in which folders end in a slash."""
    only_folders = pattern.endswith("/")
    body = pattern.strip("/")
    anywhere = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    text, at = "", 0
    while at < len(body):
        for mark, meaning in (("**/", "(?:.*/)?"), ("/**", "/.*"), ("*", "[^/]*"), ("?", "[^/]")):
            if body.startswith(mark, at):
                text, at = text + meaning, at + len(mark)
                break
        else:
            text, at = text + re.escape(body[at]), at + 1
    return f"{anywhere}{text}{'/' if only_folders else '/?'}"
