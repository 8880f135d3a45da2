"""For programs: version 1 of the format that `schemas/report.json` describes.

Equal reports give equal bytes, so the time it took is left out.
"""

from collections.abc import Mapping
from typing import Any, Final

from eksa_lint import __version__
from eksa_lint.clean import clean, inert_json
from eksa_lint.finding import Finding, Fix, Report, Severity
from eksa_lint.report.phrases import suppressed
from eksa_lint.rules.rule import Rule
from eksa_lint.syntax.source import Span

VERSION: Final = 1


def render(report: Report, rules: Mapping[str, Rule]) -> str:
    findings = sorted(report.findings, key=lambda finding: (finding.sort_key, finding.side, finding.fingerprint))
    content = {
        "version": VERSION,
        "tool": {"name": "eksa-lint", "version": __version__},
        "compared": compared(report),
        "findings": [finding_data(finding, rules.get(finding.rule)) for finding in findings],
        "summary": {
            **{severity.value: report.count(severity) for severity in Severity},
            "suppressed": len(suppressed(report)),
        },
    }
    return inert_json(content)


def compared(report: Report) -> dict[str, Any]:
    """What was looked at, as every JSON format says it."""
    sides = report.compared
    return {
        "before": _clean(sides.before),
        "after": clean(sides.after),
        "resources": sides.resources,
        "files": sides.files,
        "clusters": sides.clusters,
        "changed_resources": sides.changed_resources,
        "changed_files": sides.changed_files,
        "changed_clusters": sides.changed_clusters,
        "left_out": [clean(sentence) for sentence in sides.left_out],
    }


def finding_data(finding: Finding, rule: Rule | None) -> dict[str, Any]:
    """A finding as every report in JSON has it."""
    return {
        "rule": clean(finding.rule),
        "rule_url": rule.url if rule else None,
        "severity": finding.severity.value,
        "consequence": finding.consequence.value,
        "message": clean(finding.message),
        "side": finding.side,
        **_place(finding.path, finding.span),
        "resource": _resource(finding),
        "fingerprint": finding.fingerprint,
        "related": [
            {"message": clean(related.message), "side": related.side, **_place(related.path, related.span)}
            for related in finding.related
        ],
        "fix": _fix(finding.fix),
        "suppressed": _suppressed(finding),
    }


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits = [
        {
            "path": clean(edit.path),
            "line": edit.span.line,
            "column": edit.span.column,
            "end_line": edit.span.end_line,
            "end_column": edit.span.end_column,
            "text": edit.text,
        }
        for edit in fix.edits
    ]
    return {"title": clean(fix.title), "edits": edits}


def _place(path: str | None, span: Span | None) -> dict[str, Any]:
    """All null together where there is no place."""
    if path is None or span is None:
        return dict.fromkeys(("path", "line", "column", "end_line", "end_column"))
    return {
        "path": clean(path),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _resource(finding: Finding) -> dict[str, str] | None:
    resource = finding.resource
    if resource is None:
        return None
    return {
        "root": clean(resource.root),
        "group": clean(resource.group),
        "kind": clean(resource.kind),
        "namespace": clean(resource.namespace),
        "name": clean(resource.name),
    }


def _suppressed(finding: Finding) -> dict[str, str | None] | None:
    suppression = finding.suppressed
    if suppression is None:
        return None
    return {
        "by": suppression.by,
        "reason": clean(suppression.reason),
        "owner": _clean(suppression.owner),
        "until": _clean(suppression.until),
    }


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)
