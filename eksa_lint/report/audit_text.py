"""An audit for people in a terminal: a block for each commit or secret, in the order in which it happened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from eksa_lint.audit import Audit, CommittedSecret, JudgedCommit
from eksa_lint.finding import Finding, Severity
from eksa_lint.report.columns import wrap
from eksa_lint.report.paint import Painter, inert, painter
from eksa_lint.report.phrases import HIDDEN_NOTES, accepted, by_severity, plural, shown
from eksa_lint.snapshot import SHORT
from eksa_lint.snapshot.log import Commit

_NARROWEST: Final = 40
_DAY: Final = len("2026-01-31")
_FIRST_PARENTS: Final = "Each commit was compared with its first parent"
_POLICY: Final = "the policy of HEAD counts for all"
_SECRETS_NEXT: Final = "Secrets were not looked for; for those run: eksa-lint audit --secrets"
_REVOKE: Final = "Revoke what stands above: who has a clone has it, and a line that is removed stays in the history"
_UNREACHABLE: Final = "Every branch, tag and other reference was followed, and no reflog"


def render(audit: Audit, *, color: bool, width: int, verbose: bool) -> str:
    page = _Page(max(width, _NARROWEST), painter(color=color), verbose)
    blocks = [list(_commit_block(page, judged)) for judged in audit.commits if page.shows(judged.findings)]
    blocks += [list(_secret_block(page, secret)) for secret in audit.secrets if page.shows([secret.finding])]
    blocks.append(list(_summary(page, audit)))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    columns: int
    paint: Painter
    verbose: bool

    def shows(self, findings: Iterable[Finding]) -> bool:
        return any(True for _ in self.shown(findings))

    def shown(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Notes and what does not count are for who wants to know all."""
        for finding in by_severity(findings):
            if self.verbose or (finding.suppressed is None and finding.severity is not Severity.NOTE):
                yield finding

    def paragraph(self, text: str, indent: str = "") -> list[str]:
        return [indent + line for line in wrap(inert(text), self.columns - len(indent))]


def _commit_block(page: _Page, judged: JudgedCommit) -> Iterator[str]:
    yield from _commit(page, judged.commit)
    for finding in page.shown(judged.findings):
        yield from _finding(page, finding)
        yield from _place(finding)
        yield from _accepted(page, finding)


def _secret_block(page: _Page, secret: CommittedSecret) -> Iterator[str]:
    yield from _commit(page, secret.commit)
    yield from _finding(page, secret.finding)
    yield from _place(secret.finding)
    others = len(secret.paths) - 1
    if others:
        yield f"    and later in {plural(others, 'other file')}"
    if secret.standing:
        yield f"    {page.paint('still in HEAD', 'error')}:"
        for place in dict.fromkeys((place.path, place.span.line, place.span.column) for place in secret.standing):
            yield inert(f"      {place[0]}:{place[1]}:{place[2]}")
    else:
        yield from page.paragraph("gone from HEAD, and in the history of every clone", " " * 4)
    yield from _accepted(page, secret.finding)


def _commit(page: _Page, commit: Commit) -> Iterator[str]:
    """`4f2c9aa 2026-01-31 Ann Example: Retire the old cluster`."""
    front = f"{commit.id[:SHORT]} {inert(commit.date)[:_DAY]} "
    said = inert(f"{shown(commit.author)}: {shown(commit.subject)}")
    first, *others = wrap(said, page.columns, first=len(front), hanging=" " * len(front))
    yield page.paint(front, "frame") + page.paint(first, "strong")
    yield from (page.paint(line, "strong") for line in others)


def _finding(page: _Page, finding: Finding) -> Iterator[str]:
    head = f"{finding.severity.value}[{inert(finding.rule)}]"
    first, *others = wrap(inert(finding.message), page.columns, first=len(head) + 4, hanging=" " * 4)
    yield f"  {page.paint(head, finding.severity.value)}: {first}".rstrip()
    yield from others


def _place(finding: Finding) -> Iterator[str]:
    """Never broken, so that it can be copied; what is gone stands there in the commit before."""
    if finding.path is not None:
        where = finding.path + (f":{finding.span.line}:{finding.span.column}" if finding.span else "")
        yield inert(f"    {where}") + (" (before)" if finding.side == "before" else "")


def _accepted(page: _Page, finding: Finding) -> Iterator[str]:
    if finding.suppressed is not None:
        yield from page.paragraph(f"suppressed by {accepted(finding.suppressed)}", " " * 4)


def _summary(page: _Page, audit: Audit) -> Iterator[str]:
    for sentence in audit.extent.left_out:
        yield from (page.paint(line, "warning") for line in page.paragraph(shown(sentence)))
    told, hint = _changes(audit) if audit.subject == "changes" else _secrets(audit)
    counted = _counts(audit, hidden_notes=not page.verbose)
    seconds = f"in {audit.seconds:.2f} s."
    yield from (page.paint(line, "strong") for line in page.paragraph(f"{told}." if counted else f"{told}, {seconds}"))
    if counted:
        yield from page.paragraph(f"{counted} {seconds}")
    yield from page.paragraph(hint)


def _changes(audit: Audit) -> tuple[str, str]:
    """What was judged and what came of it, and what else there is to know."""
    extent = audit.extent
    line = shown(extent.branch) if extent.branch else f"HEAD ({extent.head[:SHORT]})"
    since = f" since {shown(extent.since)}" if extent.since else ""
    dangerous = len(audit.dangerous)
    told = f"Audited {plural(extent.commits, 'commit')} of {line}{since}: "
    told += f"{dangerous:,} with dangerous changes" if dangerous else "no dangerous change"
    return told, f"{_FIRST_PARENTS}; {_POLICY}. {_SECRETS_NEXT}"


def _secrets(audit: Audit) -> tuple[str, str]:
    extent = audit.extent
    told = f"Read {plural(extent.versions, 'version')} of files in {plural(extent.commits, 'commit')}: "
    hint = f"{_UNREACHABLE}; {_POLICY}."
    standing = sum(bool(secret.standing) for secret in audit.leaked)
    match len(audit.leaked):
        case 0:
            return f"{told}no secret", hint
        case 1:
            return f"{told}1 secret, {'still in' if standing else 'gone from'} HEAD", f"{_REVOKE}. {hint}"
        case number:
            held = f"{standing:,}" if standing else "none"
            return f"{told}{number:,} secrets, {held} of them still in HEAD", f"{_REVOKE}. {hint}"


def _counts(audit: Audit, *, hidden_notes: bool) -> str:
    parts = [plural(count, severity.value) for severity in Severity if (count := audit.count(severity))]
    if hidden_notes and audit.count(Severity.NOTE):
        parts[-1] += HIDDEN_NOTES
    if count := sum(finding.suppressed is not None for finding in audit.findings):
        parts.append(f"{count:,} suppressed")
    return ", ".join(parts)
