"""Secrets in everything that was ever committed: each content is read once, by the name that it first had."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eksa_lint.audit import CommittedSecret, Standing
from eksa_lint.finding import Consequence, Finding
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.policy import Policy
from eksa_lint.rules.context import Context
from eksa_lint.rules.engine import Engine
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.publish import publish
from eksa_lint.rules.state import State
from eksa_lint.rules.suppress import suppress
from eksa_lint.snapshot import TOO_LARGE, Blob, Withheld
from eksa_lint.snapshot.commit import FILES
from eksa_lint.snapshot.git import Git
from eksa_lint.snapshot.log import Commit
from eksa_lint.syntax.source import decode


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """A content, and the commit and path that it first came with."""

    blob: Blob
    commit: Commit


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A secret in one content. `value` is the secret itself: it stays in memory, and only to know it again."""

    seen: FirstSeen
    finding: Finding
    value: str


class OneFile:
    """A snapshot of nothing but one content."""

    label = "a file of history"

    def __init__(self, git: Git, blob: Blob, content: bytes | Withheld) -> None:
        self.blobs: Mapping[str, Blob] = {blob.path: blob}
        self._git, self._content = git, content

    def read(self, blobs: Iterable[Blob], largest: int) -> Iterator[tuple[Blob, bytes | Withheld]]:
        for blob in blobs:
            too_large = isinstance(self._content, bytes) and len(self._content) > largest
            yield blob, TOO_LARGE if too_large else self._content

    def windows(self, blob: Blob) -> Iterator[bytes]:
        return self._git.windows(blob.id)


class SecretJudge:
    """Runs the rules about secrets over one content at a time."""

    def __init__(self, git: Git, rules: RuleSet) -> None:
        self._git = git
        self._rules = rules
        leaks = (rule for rule in rules.values() if rule.consequence is Consequence.LEAKS)
        self._about_secrets = [rule for rule in leaks if rule.status != "retired"]

    def judge(self, seen: FirstSeen, content: bytes | Withheld) -> list[Occurrence]:
        """The secrets of a content."""
        occurrences = list(self._occurrences(seen, content))
        gc.collect(0)  # the program runs without the collector; what was read is let go by now, and is a circle
        return occurrences

    def _occurrences(self, seen: FirstSeen, content: bytes | Withheld) -> Iterator[Occurrence]:
        snapshot = OneFile(self._git, seen.blob, content)
        inventory = Inventory(snapshot, Library(), "after")
        engine = Engine(self._about_secrets, Context(inventory, None, None))
        state = State(inventory, engine, snapshot.blobs.values())
        findings = publish(state.judge(state.resources()), self._rules, Policy())
        for finding, _ in suppress(findings, state.comments, {}):
            yield Occurrence(seen, replace(finding, excerpt=None, fix=None), _value(finding, content))


def ever_committed(git: Git, commits: Sequence[Commit]) -> Iterator[FirstSeen]:
    """Every content once. Commits come parents first, so that what a merge takes over was seen in its own commit."""
    known = set()
    for commit, differences in zip(commits, git.differences(commits), strict=True):
        for _, new in differences:
            if new.mode in FILES and new.id not in known:
                known.add(new.id)
                yield FirstSeen(Blob(new.path, new.id), commit)


def distinct(occurrences: Iterable[Occurrence], head: Iterable[Blob]) -> Iterator[CommittedSecret]:
    """Each secret once, in the order in which they first came, and whether HEAD still holds it."""
    found: dict[tuple[str, str], list[Occurrence]] = {}
    for occurrence in occurrences:
        found.setdefault((occurrence.finding.rule, occurrence.value), []).append(occurrence)
    standing: dict[str, list[str]] = {}
    for blob in head:
        standing.setdefault(blob.id, []).append(blob.path)
    for same in found.values():
        first = next((one for one in same if one.finding.suppressed is None), same[0])
        yield CommittedSecret(
            finding=first.finding,
            commit=first.seen.commit,
            paths=tuple(dict.fromkeys(one.seen.blob.path for one in same)),
            standing=tuple(
                Standing(path, one.finding.span)
                for one in same
                if one.finding.span
                for path in standing.get(one.seen.blob.id, ())
            ),
        )


def _value(finding: Finding, content: bytes | Withheld) -> str:
    """What is written where a finding points; the place itself where the text is too large to be held."""
    span = finding.span
    if span is None or isinstance(content, Withheld):
        return f"{finding.path} {span}"
    source, _ = decode(content)
    start = source.offset(span.line) + span.column - 1
    return source.text[start : source.offset(span.end_line) + span.end_column - 1]
