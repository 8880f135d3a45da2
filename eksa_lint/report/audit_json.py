"""An audit for programs: version 1 of the format that `schemas/audit.json` describes."""

from collections.abc import Mapping
from typing import Any, Final

from eksa_lint import __version__
from eksa_lint.audit import Audit, CommittedSecret, Extent
from eksa_lint.clean import clean, inert_json
from eksa_lint.finding import Finding, Severity
from eksa_lint.report.json_format import finding_data
from eksa_lint.report.phrases import shown
from eksa_lint.rules.rule import Rule
from eksa_lint.snapshot.log import Commit

VERSION: Final = 1


def render(audit: Audit, rules: Mapping[str, Rule]) -> str:
    def found(finding: Finding) -> dict[str, Any]:
        return finding_data(finding, rules.get(finding.rule))

    content = {
        "version": VERSION,
        "tool": {"name": "eksa-lint", "version": __version__},
        "audited": {"subject": audit.subject, **_extent(audit.extent)},
        "commits": [
            {**_commit(judged.commit), "findings": [found(finding) for finding in judged.findings]}
            for judged in audit.commits
        ],
        "secrets": [
            {"commit": _commit(secret.commit), "finding": found(secret.finding), **_places(secret)}
            for secret in audit.secrets
        ],
        "summary": _summary(audit),
    }
    return inert_json(content)


def _extent(extent: Extent) -> dict[str, Any]:
    return {
        "head": extent.head,
        "branch": None if extent.branch is None else shown(extent.branch),
        "since": None if extent.since is None else shown(extent.since),
        "commits": extent.commits,
        "versions": extent.versions,
        "left_out": [shown(sentence) for sentence in extent.left_out],
    }


def _commit(commit: Commit) -> dict[str, str]:
    return {
        "id": commit.id,
        "date": clean(commit.date),
        "author": shown(commit.author),
        "subject": shown(commit.subject),
    }


def _places(secret: CommittedSecret) -> dict[str, Any]:
    return {
        "paths": [clean(path) for path in secret.paths],
        "standing": [
            {
                "path": clean(place.path),
                "line": place.span.line,
                "column": place.span.column,
                "end_line": place.span.end_line,
                "end_column": place.span.end_column,
            }
            for place in secret.standing
        ],
    }


def _summary(audit: Audit) -> dict[str, int]:
    return {
        "commits": len(audit.dangerous),
        "secrets": len(audit.leaked),
        "standing": sum(bool(secret.standing) for secret in audit.leaked),
        **{severity.value: audit.count(severity) for severity in Severity},
        "suppressed": sum(finding.suppressed is not None for finding in audit.findings),
    }
