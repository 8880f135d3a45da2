"""What history holds: dangerous changes commit by commit, and secrets that were ever committed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from eksa_lint.finding import Finding, Severity
from eksa_lint.snapshot.log import Commit
from eksa_lint.syntax import Span

Subject: TypeAlias = Literal["changes", "secrets"]


@dataclass(frozen=True, slots=True)
class JudgedCommit:
    """A commit and what it does, against its first parent."""

    commit: Commit
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where HEAD still holds a secret."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class CommittedSecret:
    """A secret, however many versions of however many files held it.

    `finding` is the place where it first came, with `commit`; `paths` are all that ever held it.
    """

    finding: Finding
    commit: Commit
    paths: tuple[str, ...]
    standing: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """What was looked at: the commits from `since` (None: the first) to `head`.

    `versions` counts the versions of files in which secrets were looked for. `left_out` says in sentences what was
    asked for and not judged.
    """

    head: str
    branch: str | None
    since: str | None
    commits: int
    versions: int = 0
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """The result. Commits without findings are left out; all is in the order in which it happened."""

    subject: Subject
    extent: Extent
    commits: tuple[JudgedCommit, ...] = ()
    secrets: tuple[CommittedSecret, ...] = ()
    seconds: float = 0.0

    @property
    def findings(self) -> Iterator[Finding]:
        for judged in self.commits:
            yield from judged.findings
        for secret in self.secrets:
            yield secret.finding

    def counted(self) -> Iterator[Finding]:
        """The findings that are not suppressed."""
        return (finding for finding in self.findings if finding.suppressed is None)

    @property
    def dangerous(self) -> list[JudgedCommit]:
        """The commits with more than a note that counts."""
        return [judged for judged in self.commits if any(map(_is_danger, judged.findings))]

    @property
    def leaked(self) -> list[CommittedSecret]:
        """The secrets that count."""
        return [secret for secret in self.secrets if secret.finding.suppressed is None]

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.counted())


def _is_danger(finding: Finding) -> bool:
    return finding.suppressed is None and finding.severity is not Severity.NOTE
