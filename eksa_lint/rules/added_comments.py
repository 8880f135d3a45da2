"""Suppressions that a change adds, told from those that were there: by what they are about, never by their line."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from eksa_lint.model import fields
from eksa_lint.model.fields import Path
from eksa_lint.model.file import File
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.suppress import Comments
from eksa_lint.secrets.allowlist import allowlist_of
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.contents import content_of
from eksa_lint.syntax import Directive, Node
from eksa_lint.syntax.source import decode

Subject: TypeAlias = tuple[str, ...]
"""What a comment is about: a field of an object, else a file and the text of a line."""

Added: TypeAlias = Mapping[str, tuple[Directive, ...]]
"""Directives by path."""


def added_comments(before: Iterable[Comments], after: Mapping[str, Comments]) -> Added:
    """By path, the suppressions that ignore a rule at a place where it was not ignored before."""
    known = {about for comments in before for directive in comments.directives for about in _about(comments, directive)}
    found = {
        path: tuple(directive for directive in comments.directives if not known.issuperset(_about(comments, directive)))
        for path, comments in after.items()
    }
    return {path: directives for path, directives in found.items() if directives}


def judge_added(added: Added, comments: Mapping[str, Comments], rules: RuleSet) -> Iterator[Draft]:
    """A finding for each suppression that the change adds and that can be followed."""
    for path, directives in added.items():
        for directive in directives:
            ignored = [name for name in directive.rules if name in rules]
            if ignored and directive.reason:
                yield Draft(
                    "suppression-added",
                    f"this change adds a comment to ignore {', '.join(ignored)}; it silences no error of this change",
                    comments[path].file.place(directive.start, directive.end),
                    values=tuple(ignored),
                )


def judge_pragmas(files: Iterable[File], before: Snapshot) -> Iterator[Draft]:
    """A finding for each comment of detect-secrets on a line that did not stand in the file before the change."""
    for file in files:
        known = set(_lines_of(file.path, before))
        for start, end in allowlist_of(file.source).comments():
            number, _ = file.source.position(start)
            if file.source.line(number) not in known:
                yield Draft(
                    "suppression-added",
                    "this change adds a comment by which detect-secrets and eksa-lint pass over a secret",
                    file.place(start, end),
                )


def _lines_of(path: str, snapshot: Snapshot) -> Iterator[str]:
    source, _ = decode(content_of(snapshot, path))
    return (source.line(number) for number in range(1, source.line_count + 1))


def _about(comments: Comments, directive: Directive) -> set[tuple[str, Subject]]:
    subject = _subject(comments.file, directive)
    return {(rule, subject) for rule in directive.rules}


def _subject(file: File, directive: Directive) -> Subject:
    start, end = file.source.offset(directive.target), file.source.offset(directive.target + 1)
    for resource in file.resources:
        if resource.node.start < end and start < resource.node.end:
            path = _first_below(resource.node, start, end)
            return *resource.id, fields.spell(path, resource.value, resource.group, resource.kind)
    text, _, _ = file.source.line(directive.target).partition("#")
    return file.path, text.strip()


def _first_below(node: Node, start: int, end: int) -> Path:
    """The way to the outermost value that begins between two offsets, else to the innermost one around them."""
    steps: Path = ()
    while True:
        below = list(_children(node))
        starting = next((step for step, begin, _ in below if start <= begin < end), None)
        if starting is not None:
            return *steps, starting
        around = next(((step, child) for step, begin, child in below if begin <= start < child.end), None)
        if around is None:
            return steps
        steps, node = (*steps, around[0]), around[1]


def _children(node: Node) -> Iterator[tuple[str | int, int, Node]]:
    """Each key or index below a node, where it begins, and its value."""
    if node.entries is not None:
        for key, entry in node.entries.items():
            yield key, entry.key_start, entry.node
    elif node.items is not None:
        for index, item in enumerate(node.items):
            yield index, item.start, item
