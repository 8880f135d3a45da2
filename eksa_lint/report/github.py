"""For GitHub Actions: annotations on the lines of the pull request, and the step summary."""

from collections.abc import Iterable, Mapping
from typing import Final

from eksa_lint.clean import clean
from eksa_lint.finding import Finding, Report, Severity, Suppressed
from eksa_lint.report import markdown
from eksa_lint.report.anchor import anchor
from eksa_lint.report.phrases import accepted, allowed, by_severity, verdict
from eksa_lint.rules.rule import Rule

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report, rules: Mapping[str, Rule], *, verbose: bool = False) -> str:
    """A workflow command a finding, errors first as GitHub shows ten of a kind a step; what is allowed; the verdict.

    Notes are annotations only where `verbose`; the step summary always has them.
    """
    shown = [finding for finding in report.counted() if verbose or finding.severity is not Severity.NOTE]
    lines = [_annotation(finding, rules.get(finding.rule)) for finding in by_severity(shown)]
    lines += [_allowed(finding, finding.suppressed) for finding in allowed(report) if finding.suppressed]
    lines += [_log_line(sentence) for sentence in (*report.compared.left_out, verdict(report))]
    return "\n".join(lines) + "\n"


def step_summary(report: Report, rules: Mapping[str, Rule]) -> str:
    """What belongs into the file that `GITHUB_STEP_SUMMARY` names."""
    return markdown.render(report, rules)


def _annotation(finding: Finding, rule: Rule | None) -> str:
    properties = [*_place(finding), ("title", clean(finding.rule))]
    message = "\n".join(_message(finding, rule))
    return f"::{_COMMANDS[finding.severity]} {_written(properties)}::{message.translate(_DATA)}"


def _written(properties: Iterable[tuple[str, str]]) -> str:
    return ",".join(f"{name}={value.translate(_PROPERTY)}" for name, value in properties)


def _allowed(finding: Finding, suppressed: Suppressed) -> str:
    properties = [*_place(finding), ("title", f"allowed: {clean(finding.rule)}")]
    message = f"{clean(finding.message)}\n{accepted(suppressed)}"
    return f"::notice {_written(properties)}::{message.translate(_DATA)}"


def _place(finding: Finding) -> Iterable[tuple[str, str]]:
    """GitHub takes columns only where they are on one line."""
    place = anchor(finding)
    if place is None:
        return
    yield "file", clean(place.path)
    yield "line", str(place.span.line)
    yield "endLine", str(place.span.end_line)
    if place.span.line == place.span.end_line:
        yield "col", str(place.span.column)
        yield "endColumn", str(place.span.end_column)


def _message(finding: Finding, rule: Rule | None) -> Iterable[str]:
    yield clean(finding.message)
    if rule:
        yield f"{finding.consequence.value}: {clean(rule.summary(finding.consequence))}"
    if finding.side == "before" and finding.path is not None and finding.span is not None:
        yield f"was at: {clean(finding.path)}:{finding.span.line}"


def _log_line(text: str) -> str:
    """Plain text that the runner does not take for a command: neither of `::name::` nor of `##[name]`."""
    return clean(text).replace("::", ":\\x3a").replace("##[", "##\\x5b")
