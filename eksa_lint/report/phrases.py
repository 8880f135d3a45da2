"""The sentences that several formats share."""

from collections.abc import Iterable
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Compared, Finding, Report, Severity, Suppressed
from eksa_lint.secrets.masking import mask

HIDDEN_NOTES: Final = " (shown with --verbose)"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def shown(text: str) -> str:
    """Text that people wrote beside the files (a commit's subject, a branch): clean, and any token in it hidden."""
    return clean(mask(text))


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """The most severe first, by place within."""
    return sorted(findings, key=lambda finding: (finding.severity.rank, finding.sort_key))


def suppressed(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.suppressed]


def allowed(report: Report) -> list[Finding]:
    """What the team accepts for now: dangers that are named wherever a report is read."""
    return [finding for finding in suppressed(report) if _is_allowed(finding)]


def silenced(report: Report) -> list[Finding]:
    """What does not count for another reason than an allowance."""
    return [finding for finding in suppressed(report) if not _is_allowed(finding)]


def _is_allowed(finding: Finding) -> bool:
    return finding.suppressed is not None and finding.suppressed.by == "allowance"


def counts(report: Report, *, hidden_notes: bool = False) -> str:
    """`1 error, 2 notes, 3 suppressed`; empty where there is nothing to count."""
    parts = [plural(count, severity.value) for severity in Severity if (count := report.count(severity))]
    if hidden_notes and report.count(Severity.NOTE):
        parts[-1] += HIDDEN_NOTES
    if count := len(suppressed(report)):
        parts.append(f"{count:,} suppressed")
    return ", ".join(parts)


def looked_at(compared: Compared) -> str:
    """`Compared A with B`, the beginning of a sentence that `extent` ends."""
    if compared.before is None:
        return f"Checked {clean(compared.after)}; nothing was compared, so no change was judged"
    return f"Compared {clean(compared.before)} with {clean(compared.after)}"


def extent(compared: Compared) -> str:
    """How much was looked at, so that green means something."""
    resources = plural(compared.resources, "resource")
    if compared.before is None:
        clusters = f"{plural(compared.clusters, 'cluster')}, " if compared.clusters else ""
        return f"{clusters}{resources} in {plural(compared.files, 'file')}"
    if not compared.changed_resources:
        return f"0 resources compared ({plural(compared.changed_files, 'file')} changed)"
    if not compared.clusters:
        return f"{plural(compared.changed_resources, 'resource')} changed of {compared.resources:,}"
    return f"{plural(compared.changed_clusters, 'cluster')} changed of {compared.clusters:,}, {resources}"


def verdict(report: Report) -> str:
    """The whole result in one line: `No findings. Compared A with B: 1 cluster changed of 41, …`."""
    found = counts(report)
    if not any(True for _ in report.counted()):
        found = f"No findings, {found}" if found else "No findings"
    compared = report.compared
    return f"{found}. {looked_at(compared)}: {extent(compared)}, {report.seconds:.2f} s"


def accepted(suppression: Suppressed) -> str:
    """`allowance of platform until 2026-12-31: moved to another region`."""
    owner = f" of {clean(suppression.owner)}" if suppression.owner else ""
    until = f" until {clean(suppression.until)}" if suppression.until else ""
    reason = f": {clean(suppression.reason)}" if suppression.reason else ""
    return f"{suppression.by}{owner}{until}{reason}"
