"""What a rule found: the vocabulary that rules, policy and reports share."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from eksa_lint.syntax.source import Source, Span

if TYPE_CHECKING:
    from eksa_lint.plan import Plan

Side: TypeAlias = Literal["before", "after"]
Refuser: TypeAlias = Literal["cli", "webhook", "crd", "controller"]
"""Who refuses: `eksctl anywhere`, an admission webhook, the API server's schema, or the reconciler."""


Sign: TypeAlias = Literal[" ", "-", "+"]


class Severity(StrEnum):
    """`error` must not be merged as it is, a reviewer looks at `warning`, `note` is for what one may like to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return _RANKS[self]

    def at_least(self, other: "Severity") -> bool:
        return self.rank <= other.rank


_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


class Consequence(StrEnum):
    """What happens to the clusters if nobody stops it."""

    DESTROYS = "destroys"
    ROLLS = "rolls"
    REJECTED = "rejected"
    GRANTS = "grants"
    LEAKS = "leaks"
    WEAKENS = "weakens"
    BREAKS = "breaks"
    STYLE = "style"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: offsets into a source, which become a span only when it is reported.

    `fixed` is the span itself, for a text that is too large to be held as a source.
    """

    side: Side
    path: str
    source: Source
    start: int
    end: int
    fixed: Span | None = None

    @property
    def span(self) -> Span:
        return self.fixed or self.source.span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a finding speaks of."""

    message: str
    side: Side
    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Why a finding does not count."""

    by: Literal["comment", "config", "baseline", "allowance"]
    reason: str
    owner: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceName:
    """An identity as reports spell it."""

    root: str
    group: str
    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """A line of a file as it is shown; `sign` is `-` or `+` where two sides are shown, else a blank."""

    number: int
    sign: Sign
    text: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines around a finding, already masked and cleaned.

    The caret runs under the last line, from `start` to `end` (columns from 1, exclusive); `label` stands behind it.
    """

    lines: tuple[ExcerptLine, ...]
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Text in place of what stands at a span of a file."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that is certain to be what was meant, such as `put it in quotes`; its edits are made together."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it is reported: plain text and numbers, masked, with nothing left to look up.

    `path` and `span` are None together where there is no place.
    """

    rule: str
    severity: Severity
    consequence: Consequence
    message: str
    side: Side = "after"
    path: str | None = None
    span: Span | None = None
    resource: ResourceName | None = None
    fingerprint: str = ""
    related: tuple[Related, ...] = ()
    excerpt: Excerpt | None = None
    fix: Fix | None = None
    suppressed: Suppressed | None = None
    secret: bytes = field(default=b"", repr=False)
    """Tells the credentials of a run apart, and says nothing outside of it: no report has it."""

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        line, column = (self.span.line, self.span.column) if self.span else (0, 0)
        return self.path or "", line, column, self.rule, self.message


@dataclass(frozen=True, slots=True)
class Compared:
    """What was looked at, so that green means something.

    `before` is None where nothing was compared. `changed_files` and `changed_clusters` count what differs.
    """

    before: str | None
    after: str
    files: int
    resources: int
    clusters: int
    changed_files: int = 0
    changed_resources: int = 0
    changed_clusters: int = 0
    left_out: tuple[str, ...] = ()
    """What was asked for and not judged, each in a sentence."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one check; `findings` are sorted by place."""

    compared: Compared
    findings: tuple[Finding, ...] = field(default=())
    seconds: float = 0.0
    prefix: str = ""
    """What leads from the current folder to the paths of the findings; empty or ending in a slash."""

    plan: "Plan | None" = None
    """What happens to each cluster, where that was asked for and something was compared."""

    def counted(self) -> Iterable[Finding]:
        """The findings that are not suppressed."""
        return (finding for finding in self.findings if finding.suppressed is None)

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.counted())
