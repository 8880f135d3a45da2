"""A finding as plain JSON, and back: what a cache keeps of it. What is read back is believed in nothing."""

from dataclasses import astuple
from typing import Any

from eksa_lint.finding import Consequence, Finding, Related, ResourceName, Severity, Side, Suppressed
from eksa_lint.syntax import Span


class BadRecord(ValueError):
    """This is no finding that was kept."""


def to_data(finding: Finding) -> dict[str, Any]:
    """Everything but the excerpt and the fix, which history has no use for."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "consequence": finding.consequence.value,
        "message": finding.message,
        "side": finding.side,
        "path": finding.path,
        "span": astuple(finding.span) if finding.span else None,
        "resource": astuple(finding.resource) if finding.resource else None,
        "fingerprint": finding.fingerprint,
        "related": [
            {"message": related.message, "side": related.side, "path": related.path, "span": astuple(related.span)}
            for related in finding.related
        ],
        "suppressed": finding.suppressed.reason if finding.suppressed else None,
    }


def from_data(data: Any) -> Finding:
    """The finding that was kept.

    Raises:
        BadRecord: it is none.
    """
    try:
        reason = data["suppressed"]
        return Finding(
            rule=_text(data["rule"]),
            severity=Severity(data["severity"]),
            consequence=Consequence(data["consequence"]),
            message=_text(data["message"]),
            side=_side(data["side"]),
            path=None if data["path"] is None else _text(data["path"]),
            span=None if data["span"] is None else _span(data["span"]),
            resource=None if data["resource"] is None else ResourceName(*map(_text, data["resource"])),
            fingerprint=_text(data["fingerprint"]),
            related=tuple(
                Related(_text(item["message"]), _side(item["side"]), _text(item["path"]), _span(item["span"]))
                for item in data["related"]
            ),
            suppressed=None if reason is None else Suppressed("comment", _text(reason)),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadRecord from error


def _span(data: Any) -> Span:
    if not all(type(number) is int and number > 0 for number in data):
        raise BadRecord
    return Span(*data)


def _side(data: Any) -> Side:
    if data == "before":
        return "before"
    if data == "after":
        return "after"
    raise BadRecord


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise BadRecord
    return data
