"""For people in a terminal: what happens, where, and what to do about it."""

from collections.abc import Iterable, Mapping
from typing import Final

from eksa_lint.finding import Excerpt, ExcerptLine, Finding, Related, Report, ResourceName, Severity, Side
from eksa_lint.report.columns import Window, width_of, wrap
from eksa_lint.report.page import Page, page_of
from eksa_lint.report.paint import COMMAND, inert
from eksa_lint.report.phrases import (
    accepted,
    allowed,
    by_severity,
    counts,
    extent,
    looked_at,
    plural,
    silenced,
    verdict,
)
from eksa_lint.rules.rule import Rule

_LABEL: Final = 40
"""The columns that a label needs at least, where it does not fit behind its caret."""


def render(report: Report, rules: Mapping[str, Rule], *, color: bool, width: int, verbose: bool) -> str:
    page = page_of(report, color=color, width=width)
    shown = [finding for finding in report.counted() if verbose or finding.severity is not Severity.NOTE]
    told: set[tuple[str, str]] = set()
    blocks = []
    for finding in by_severity(shown):
        rule = rules.get(finding.rule)
        said = finding.rule, rule.advice(finding.consequence) if rule else ""
        blocks.append(_finding(page, finding, rule, advice="" if said in told else said[1]))
        told.add(said)
    if dangers := allowed(report):
        blocks.append(_suppressed(page, dangers, "allowed"))
    if verbose and (silent := silenced(report)):
        blocks.append(_suppressed(page, silent, "suppressed"))
    blocks.append(_summary(page, report, verbose=verbose))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _finding(page: Page, finding: Finding, rule: Rule | None, *, advice: str) -> list[str]:
    """`advice` is what to do; it is given once, where it is first met."""
    lines = _title(page, finding)
    numbers = [line.number for line in finding.excerpt.lines] if finding.excerpt else []
    gutter = max(2, *(len(str(number)) for number in numbers), 0)
    if finding.path is not None:
        arrow = page.paint(" " * gutter + "-->", "frame")
        lines.append(f"{arrow} {_place(page, finding)}")
    if finding.excerpt and finding.excerpt.lines:
        lines += _excerpt(page, finding.excerpt, finding.severity, gutter)
    lines += _hint(page, gutter, finding.consequence.value, rule.summary(finding.consequence) if rule else "")
    for related in finding.related:
        lines += _related(page, gutter, related)
    if finding.fix:
        lines += _hint(page, gutter, "fixable", f"eksa-lint fix ({finding.fix.title})")
    if rule and advice:
        lines += _hint(page, gutter, "fix", advice)
        lines += _hint(page, gutter, "more", f"eksa-lint explain {rule.id}")
    if rule and finding.severity is Severity.ERROR and finding.resource:
        lines += _allowance(page, gutter, rule, finding.resource)
    return lines


def _allowance(page: Page, gutter: int, rule: Rule, resource: ResourceName) -> list[str]:
    """How an allowance names the resource, where somebody may mean it."""
    from eksa_lint.allowance import is_danger, spell_resource  # noqa: PLC0415 - only for errors

    spelled = spell_resource(resource) if is_danger(rule) else None
    return _hint(page, gutter, "allow as", spelled) if spelled else []


def _title(page: Page, finding: Finding) -> list[str]:
    head = f"{finding.severity.value}[{inert(finding.rule)}]"
    first, *others = wrap(inert(finding.message), page.columns, first=len(head) + 2, hanging=" " * 4)
    first = page.paint(head, finding.severity.value) + page.paint(f": {first}".rstrip(), "strong")
    return [first, *(page.paint(line, "strong") for line in others)]


def _place(page: Page, finding: Finding) -> str:
    """Paths are never broken, so that they can be clicked and copied."""
    where = page.path(finding.path or "")
    if finding.span:
        where += f":{finding.span.line}:{finding.span.column}"
    return where + _when(finding.side)


def _when(side: Side) -> str:
    return " (before)" if side == "before" else ""


def _excerpt(page: Page, excerpt: Excerpt, severity: Severity, gutter: int) -> list[str]:
    bar = page.paint(" " * gutter + " |", "frame")
    signs = any(line.sign != " " for line in excerpt.lines)
    indent = 2 if signs else 0
    last = excerpt.lines[-1].text
    window = Window.around(last, excerpt.start, excerpt.end, page.columns - gutter - 3 - indent)
    lines = [bar]
    previous: ExcerptLine | None = None
    for line in excerpt.lines:
        if previous and previous.sign == line.sign == " " and line.number > previous.number + 1:
            lines.append(page.paint("...", "frame"))
        lines.append(_source_line(page, line, window, gutter, signs=signs))
        previous = line
    start, end = window.mark(last, excerpt.start, excerpt.end)
    marked = _caret(start, end, inert(excerpt.label), window.columns)
    lines += [f"{bar} {' ' * indent}{_indented(page, line, severity)}" for line in marked]
    return [*lines, bar]


def _source_line(page: Page, line: ExcerptLine, window: Window, gutter: int, *, signs: bool) -> str:
    # What follows the bracket is part of no command, so the excerpt keeps its columns.
    shown = COMMAND.sub(lambda match: "(" if match[0] == "[" else match[0], window.show(line.text))
    if signs:
        shown = f"{line.sign} {shown}".rstrip()
    if line.sign != " ":
        shown = page.paint(shown, "removed" if line.sign == "-" else "added")
    front = page.paint(f"{line.number:>{gutter}} |", "frame")
    return f"{front} {shown}".rstrip()


def _caret(start: int, end: int, label: str, columns: int) -> list[str]:
    """The caret, and its label behind it or below it."""
    caret = " " * start + "^" * (end - start)
    if not label:
        return [caret]
    if end + 1 + width_of(label) <= columns:
        return [f"{caret} {label}"]
    indent = " " * min(start, max(columns - _LABEL, 0))
    return [caret, *(indent + line for line in wrap(label, columns - len(indent)))]


def _indented(page: Page, text: str, severity: Severity) -> str:
    bare = text.lstrip(" ")
    return text[: len(text) - len(bare)] + page.paint(bare, severity.value)


def _hint(page: Page, gutter: int, name: str, text: str) -> list[str]:
    """`= name: text`, hanging below the gutter."""
    front = " " * gutter + " = "
    said = f"{name}: {inert(text)}" if text else name
    first, *others = wrap(said, page.columns, first=len(front), hanging=" " * len(front))
    word, colon, rest = first.partition(":")
    return [f"{page.paint(front.rstrip(), 'frame')} {page.paint(word + colon, 'strong')}{rest}", *others]


def _related(page: Page, gutter: int, related: Related) -> list[str]:
    """The message, then the place in one piece: on the same line where it fits."""
    place = f"{page.path(related.path)}:{related.span.line}"
    name = inert(related.message) or ("was at" if related.side == "before" else "see")
    place += _when(related.side) if related.message else ""
    hanging = " " * (gutter + 3)
    first, *others = wrap(f"{name}:", page.columns, first=len(hanging), hanging=hanging)
    used = width_of(others[-1] if others else hanging + first)
    lines = [f"{page.paint(' ' * gutter + ' =', 'frame')} {first}", *others]
    if used + 1 + width_of(place) <= page.columns:
        lines[-1] += f" {place}"
    else:
        lines.append(hanging + place)
    return lines


def _suppressed(page: Page, findings: Iterable[Finding], how: str) -> list[str]:
    findings = by_severity(findings)
    lines = [page.paint(f"{plural(len(findings), 'finding')} {how}:", "strong")]
    for finding in findings:
        place = f"{_place(page, finding)}: " if finding.path is not None else ""
        lines.append(f"  {place}{inert(finding.rule)}")
        lines += _paragraph(page, finding.message)
        if finding.suppressed:
            lines += _paragraph(page, accepted(finding.suppressed))
    return lines


def _paragraph(page: Page, text: str) -> list[str]:
    return [" " * 4 + line for line in wrap(inert(text), page.columns - 4)]


def _summary(page: Page, report: Report, *, verbose: bool) -> list[str]:
    """What was looked at and what came of it; one line where nothing was found."""
    compared = report.compared
    lines = []
    for sentence in compared.left_out:
        lines += [page.paint(line, "warning") for line in wrap(inert(sentence), page.columns)]
    if not any(True for _ in report.counted()):
        return [*lines, inert(verdict(report))]
    lines += wrap(inert(f"{looked_at(compared)}:"), page.columns)
    lines += wrap(f"{extent(compared)}.", page.columns)
    total = f"{counts(report, hidden_notes=not verbose)} in {report.seconds:.2f} s"
    return [*lines, *(page.paint(line, "strong") for line in wrap(total, page.columns))]
