"""For a pull request comment and a step summary: the verdict, then tables that a reviewer reads top down."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from eksa_lint.finding import Finding, Report, Severity
from eksa_lint.report.markup import LIMIT, Section, cells, code, details, escape, fill
from eksa_lint.report.phrases import accepted, allowed, by_severity, counts, extent, looked_at, plural, silenced
from eksa_lint.rules.rule import Rule

_RESERVE: Final = 300
"""Room for the sentence that says what was cut."""
_LEFT_OUT: Final = 5

_ACCEPTED: Final = "| Where | What happens | Accepted by |\n| :-- | :-- | :-- |\n"
_LINK: Final = re.compile(r"https://[\w./-]+")


def render(report: Report, rules: Mapping[str, Rule]) -> str:
    head = _head(report) + _plan(report)
    *urgent, notes = _severities(report, rules)
    sections = [*urgent, _allowed(report), notes, _silenced(report)]
    parts, cut = fill(sections, LIMIT - _RESERVE - len(head))
    if cut:
        parts.append(f"\n{plural(cut, 'more finding')} cut here to stay below {LIMIT:,} characters. ")
        parts.append("The log and `eksa-lint check --format json` have all of them.\n")
    return head + "".join(parts)


def _head(report: Report) -> str:
    compared = report.compared
    found = counts(report) if any(True for _ in report.counted()) else "no findings"
    lines = [f"### eksa-lint: {found}", "", f"{escape(looked_at(compared))}: {extent(compared)}.", ""]
    lines += [f"- {escape(sentence)}" for sentence in compared.left_out[:_LEFT_OUT]]
    if len(compared.left_out) > _LEFT_OUT:
        lines.append(f"- {len(compared.left_out) - _LEFT_OUT:,} more of this kind")
    return "\n".join(lines).rstrip() + "\n"


def _plan(report: Report) -> str:
    """What happens to the clusters, in at most half of the room."""
    if report.plan is None:
        return ""
    from eksa_lint.report.plan_markdown import table  # noqa: PLC0415 - only where a plan was made

    return "".join(table(report.plan, LIMIT // 2))


def _severities(report: Report, rules: Mapping[str, Rule]) -> Iterable[Section]:
    findings = by_severity(report.counted())
    for severity in Severity:
        rows = tuple(_row(item, rules.get(item.rule)) for item in findings if item.severity is severity)
        title = plural(len(rows), severity.value)
        table = "| Where | What happens | Rule |\n| :-- | :-- | :-- |\n"
        if severity is Severity.NOTE:
            yield Section(details(title, table), rows, "\n</details>\n")
        else:
            yield Section(f"\n#### {title}\n\n{table}", rows)


def _allowed(report: Report) -> Section:
    """For all to see, as a danger that is accepted is still one."""
    rows = tuple(_accepted_row(finding) for finding in by_severity(allowed(report)))
    return Section(f"\n#### {len(rows):,} allowed\n\n{_ACCEPTED}", rows)


def _silenced(report: Report) -> Section:
    rows = tuple(_accepted_row(finding) for finding in by_severity(silenced(report)))
    return Section(details(f"{plural(len(rows), 'finding')} suppressed", _ACCEPTED), rows, "\n</details>\n")


def _accepted_row(finding: Finding) -> str:
    by = escape(accepted(finding.suppressed)) if finding.suppressed else ""
    return cells(_where(finding), escape(finding.message), by)


def _row(finding: Finding, rule: Rule | None) -> str:
    consequence = finding.consequence.value
    if rule:
        consequence += f": {escape(rule.summary(finding.consequence))}"
    return cells(_where(finding), f"{escape(finding.message)}<br><sub>{consequence}</sub>", _name(finding, rule))


def _where(finding: Finding) -> str:
    if finding.path is None:
        return "the repository"
    line = f":{finding.span.line}" if finding.span else ""
    return code(finding.path, line) + (" (before)" if finding.side == "before" else "")


def _name(finding: Finding, rule: Rule | None) -> str:
    if rule and _LINK.fullmatch(rule.url):
        return f"[{escape(rule.id)}]({rule.url})"
    return code(finding.rule)
