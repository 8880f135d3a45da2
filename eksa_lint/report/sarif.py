"""For code scanning: SARIF 2.1.0, within what GitHub takes.

GitHub refuses a whole file for one result without a location, shows a line only of a file that exists, and
opens an alert for a suppressed result as for any other. So every result has a location: its own place, for
what is gone a related place that is still there (see `anchor`), and `.eksa-lint.yaml` for what has no place.
Suppressed findings are left out unless asked for; what an allowance accepts is told as a notification.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from eksa_lint import HOME, __version__
from eksa_lint.clean import clean, inert_json
from eksa_lint.finding import Consequence, Finding, Fix, Report, Severity, Side, Suppressed
from eksa_lint.report.anchor import anchor
from eksa_lint.report.phrases import accepted, allowed
from eksa_lint.rules.rule import Rule
from eksa_lint.syntax.source import Span

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT: Final = "eksaLint/v1"
"""Ours. GitHub computes `primaryLocationLineHash` itself, and warns where a tool brings another one."""

_ROOT: Final = "%SRCROOT%"
_NO_PLACE: Final = ".eksa-lint.yaml"

# GitHub: above 9.0 critical, from 7.0 high, from 4.0 medium.
_DANGER: Final = {
    Consequence.DESTROYS: 9.3,
    Consequence.LEAKS: 9.3,
    Consequence.GRANTS: 8.5,
    Consequence.WEAKENS: 6.5,
}
_AT_MOST: Final = {Severity.ERROR: 10.0, Severity.WARNING: 6.9, Severity.NOTE: 3.9}

# A viewer makes a link of `[text](target)` in a message, so the bracket that would begin one is escaped.
_LINK: Final = re.compile(r"\[(?=[^\[\]]*\]\()")


def render(report: Report, rules: Mapping[str, Rule], *, suppressed: bool = False) -> str:
    """`suppressed` adds the findings that do not count, with the reason."""
    findings = [finding for finding in report.findings if suppressed or finding.suppressed is None]
    descriptors = _descriptors(findings, rules)
    index = {descriptor["id"]: number for number, descriptor in enumerate(descriptors)}
    run = {
        "tool": {
            "driver": {
                "name": "eksa-lint",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": HOME,
                "rules": descriptors,
            }
        },
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository"}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[clean(finding.rule)]) for finding in findings],
    }
    return inert_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _invocation(report: Report) -> dict[str, Any]:
    invocation: dict[str, Any] = {"executionSuccessful": True}
    dangers = [
        f"{finding.message} ({accepted(finding.suppressed)})" for finding in allowed(report) if finding.suppressed
    ]
    if sentences := [*report.compared.left_out, *dangers]:
        invocation["toolExecutionNotifications"] = [
            {"level": "note", "message": _message(sentence)} for sentence in sentences
        ]
    return invocation


def _descriptors(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """Every rule, and the name alone of one that was found and is not known."""
    found = {finding.rule: finding for finding in findings}
    known = [_descriptor(rule) for rule in rules.values()]
    unknown = [{"id": clean(name), "shortDescription": {"text": clean(name)}} for name in found.keys() - rules.keys()]
    return sorted([*known, *unknown], key=lambda descriptor: str(descriptor["id"]))


def _descriptor(rule: Rule) -> dict[str, Any]:
    severity = Severity.NOTE if rule.status == "preview" else rule.severity
    properties: dict[str, Any] = {"tags": [rule.consequence.value]}
    if danger := _DANGER.get(rule.consequence):
        properties["tags"].append("security")
        properties["security-severity"] = f"{min(danger, _AT_MOST[severity]):.1f}"
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": clean(rule.title)},
        "fullDescription": {"text": f"{clean(rule.summary(rule.consequence))}."},
        "help": {"text": _help(rule, heading="{}"), "markdown": _help(rule, heading="**{}**")},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": severity.value},
        "properties": properties,
    }


def _help(rule: Rule, heading: str) -> str:
    parts = [
        (heading.format("What happens"), _clean_lines(rule.why)),
        (heading.format("What to do"), _clean_lines(rule.fix)),
    ]
    if rule.references:
        parts.append((heading.format("Read more"), "\n".join(f"- {clean(link)}" for link in rule.references)))
    return "\n\n".join(f"{title}\n\n{text}" for title, text in parts)


def _clean_lines(text: str) -> str:
    return "\n".join(map(clean, text.strip().split("\n")))


def _result(finding: Finding, rule_index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": clean(finding.rule),
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": _message(finding.message),
        "locations": [_location(finding)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {"consequence": finding.consequence.value, "side": finding.side},
    }
    if related := _related_locations(finding):
        result["relatedLocations"] = related
    if finding.fix:
        result["fixes"] = [_fix(finding.fix)]
    if finding.suppressed:
        result["suppressions"] = [_suppression(finding.suppressed)]
    return result


def _fix(fix: Fix) -> dict[str, Any]:
    replacements: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        replacements.setdefault(edit.path, []).append(replacement)
    changes = [{"artifactLocation": _artifact(path), "replacements": made} for path, made in replacements.items()]
    return {"description": _message(fix.title), "artifactChanges": changes}


def _location(finding: Finding) -> dict[str, Any]:
    place = anchor(finding)
    physical = _physical(place.path, place.span) if place else _physical(_NO_PLACE, Span(1, 1, 1, 1))
    location: dict[str, Any] = {"physicalLocation": physical}
    if resource := finding.resource:
        name = [resource.root, resource.namespace, resource.kind, resource.name]
        location["logicalLocations"] = [
            {
                "name": clean(resource.name),
                "fullyQualifiedName": "/".join(clean(part) for part in name if part),
                "kind": "resource",
            }
        ]
    return location


def _related_locations(finding: Finding) -> list[dict[str, Any]]:
    """The related places, and first of all the finding's own where another one stands for it."""
    places = [(related.message, related.side, related.path, related.span) for related in finding.related]
    place = anchor(finding)
    if place and place.moved and finding.path is not None and finding.span is not None:
        places.insert(0, ("", "before", finding.path, finding.span))
    return [
        {
            "id": number,
            "message": _message(_related_message(message, side)),
            "physicalLocation": _physical(path, span),
        }
        for number, (message, side, path, span) in enumerate(places, start=1)
    ]


def _related_message(message: str, side: Side) -> str:
    if side == "before":
        return f"{message} (before)" if message else "was here before"
    return message or "see also"


def _physical(path: str, span: Span) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path), "region": _region(span)}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(_file_name(path)), "uriBaseId": _ROOT}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _file_name(path: str) -> bytes:
    """The bytes of the name on disk, which need not be UTF-8."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return clean(path).encode()


def _message(text: str) -> dict[str, str]:
    return {"text": _LINK.sub(r"\\[", clean(text))}


def _suppression(suppressed: Suppressed) -> dict[str, str]:
    who = [f"owner {suppressed.owner}"] if suppressed.owner else []
    when = [f"until {suppressed.until}"] if suppressed.until else []
    parts = [suppressed.by, *who, *when]
    return {
        "kind": "inSource" if suppressed.by == "comment" else "external",
        "status": "accepted",
        "justification": clean(f"{suppressed.reason} ({', '.join(parts)})".lstrip()),
    }
