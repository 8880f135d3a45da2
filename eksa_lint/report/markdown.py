"""For a pull request comment and a step summary: the verdict, then tables that a reviewer reads top down."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Finding, Report, Severity
from eksa_lint.report.phrases import accepted, by_severity, counts, extent, looked_at, plural, suppressed
from eksa_lint.rules.rule import Rule

LIMIT: Final = 65_000
"""GitHub takes 65,536 characters in a comment."""

_RESERVE: Final = 300
"""Room for the sentence that says what was cut."""
_LONGEST: Final = 300
"""Characters of one text; a longer one is cut."""
_LEFT_OUT: Final = 5

_LINK: Final = re.compile(r"https://[\w./-]+")
_STRUCTURE: Final = re.compile(r"[\\`*_{}\[\]()<>&|~!\"'$#@]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def render(report: Report, rules: Mapping[str, Rule]) -> str:
    head = _head(report)
    sections = [*_severities(report, rules), *_accepted(report)]
    parts, cut = _fill(sections, LIMIT - _RESERVE - len(head))
    if cut:
        parts.append(f"\n{plural(cut, 'more finding')} cut here to stay below {LIMIT:,} characters. ")
        parts.append("The log and `eksa-lint check --format json` have all of them.\n")
    return head + "".join(parts)


@dataclass(frozen=True, slots=True)
class _Section:
    opening: str
    rows: tuple[str, ...]
    closing: str = ""


def _fill(sections: Iterable[_Section], room: int) -> tuple[list[str], int]:
    """What fits, in order, and how many rows do not: after the first that does not, none is shown."""
    parts: list[str] = []
    cut = 0
    for section in sections:
        room -= len(section.opening) + len(section.closing)
        kept: list[str] = []
        for row in section.rows:
            room -= len(row)
            if room < 0:
                break
            kept.append(row)
        cut += len(section.rows) - len(kept)
        if kept:
            parts += [section.opening, *kept, section.closing]
    return parts, cut


def _head(report: Report) -> str:
    compared = report.compared
    found = counts(report) if any(True for _ in report.counted()) else "no findings"
    lines = [f"### eksa-lint: {found}", "", f"{escape(looked_at(compared))}: {extent(compared)}.", ""]
    lines += [f"- {escape(sentence)}" for sentence in compared.left_out[:_LEFT_OUT]]
    if len(compared.left_out) > _LEFT_OUT:
        lines.append(f"- {len(compared.left_out) - _LEFT_OUT:,} more of this kind")
    return "\n".join(lines).rstrip() + "\n"


def _severities(report: Report, rules: Mapping[str, Rule]) -> Iterable[_Section]:
    findings = by_severity(report.counted())
    for severity in Severity:
        rows = tuple(_row(item, rules.get(item.rule)) for item in findings if item.severity is severity)
        title = plural(len(rows), severity.value)
        table = "| Where | What happens | Rule |\n| :-- | :-- | :-- |\n"
        if severity is Severity.NOTE:
            yield _Section(_details(title, table), rows, "\n</details>\n")
        else:
            yield _Section(f"\n#### {title}\n\n{table}", rows)


def _accepted(report: Report) -> Iterable[_Section]:
    rows = tuple(
        _cells(_where(finding), escape(finding.message), escape(accepted(finding.suppressed)))
        for finding in by_severity(suppressed(report))
        if finding.suppressed
    )
    table = "| Where | What happens | Accepted by |\n| :-- | :-- | :-- |\n"
    yield _Section(_details(f"{plural(len(rows), 'finding')} suppressed", table), rows, "\n</details>\n")


def _details(title: str, table: str) -> str:
    return f"\n<details>\n<summary>{title}</summary>\n\n{table}"


def _row(finding: Finding, rule: Rule | None) -> str:
    consequence = finding.consequence.value
    if rule:
        consequence += f": {escape(rule.summary)}"
    return _cells(_where(finding), f"{escape(finding.message)}<br><sub>{consequence}</sub>", _name(finding, rule))


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _where(finding: Finding) -> str:
    if finding.path is None:
        return "the repository"
    line = f":{finding.span.line}" if finding.span else ""
    return code(finding.path, line) + (" (before)" if finding.side == "before" else "")


def _name(finding: Finding, rule: Rule | None) -> str:
    if rule and _LINK.fullmatch(rule.url):
        return f"[{escape(rule.id)}]({rule.url})"
    return code(finding.rule)


def escape(text: str) -> str:
    """Text as it reads, with nothing in it that marks, links, embeds or calls anybody."""
    return _STRUCTURE.sub(_reference, _shorten(text))


def code(text: str, behind: str = "") -> str:
    """Text in a fixed font, as inert as `escape`; `behind` is kept when it is cut."""
    inner = _STRUCTURE.sub(lambda match: f"&#{ord(match[0])};", _shorten(text) + behind)
    return f"<code>{inner}</code>"


def _reference(match: re.Match[str]) -> str:
    """A character reference is no markup. Mentions and issue numbers are found later, but not in code."""
    reference = f"&#{ord(match[0])};"
    return f"<code>{reference}</code>" if match[0] in "@#" else reference


def _shorten(text: str) -> str:
    text = clean(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
