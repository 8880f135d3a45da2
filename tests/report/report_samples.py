"""Reports and rules as the tests of the formats need them."""

from dataclasses import replace
from typing import Any

from eksa_lint.finding import (
    Compared,
    Consequence,
    Excerpt,
    ExcerptLine,
    Finding,
    Related,
    Report,
    ResourceName,
    Severity,
    Suppressed,
)
from eksa_lint.rules.rule import Rule
from eksa_lint.syntax.source import Span

HOSTILE = "\x1b[31m::error::x%0A%\r\n##[add-mask]a\u202eb\ud800 <script>@team #1 |`[y](https://z) www.z.io"


def rule(name: str, consequence: Consequence, why: str, fix: str, **others: Any) -> Rule:
    values: dict[str, Any] = {
        "title": name.replace("-", " ").capitalize(),
        "severity": Severity.ERROR,
        "since": "0.1.0",
        "status": "stable",
        "subjects": ("change",),
        "kinds": ("Cluster",),
        "events": ("changed",),
        "references": ("https://anywhere.eks.amazonaws.com/docs/",),
    }
    return Rule(id=name, consequence=consequence, why=why, fix=fix, **(values | others))


RULES = {
    sample.id: sample
    for sample in (
        rule(
            "control-plane-rollout",
            Consequence.ROLLS,
            "Machines are replaced one at a time, and the workers follow. Nothing stops it.",
            "Plan a window.",
            severity=Severity.WARNING,
        ),
        rule(
            "cluster-deleted",
            Consequence.DESTROYS,
            "Flux prunes what is no longer listed, and EKS Anywhere removes the machines. Its data\nis lost.",
            "To keep it, restore the entry; to retire it, merge an allowance first. Then delete it.",
        ),
        rule("no-flux", Consequence.BREAKS, "Nothing applies the files.", "Add Flux.", status="preview"),
    )
}

DELETED = Finding(
    rule="cluster-deleted",
    severity=Severity.ERROR,
    consequence=Consequence.DESTROYS,
    message="cluster prod-eu is deleted with its 13 machines",
    side="before",
    path="clusters/prod-eu/kustomization.yaml",
    span=Span(4, 3, 4, 22),
    resource=ResourceName("clusters/mgmt", "anywhere.eks.amazonaws.com", "Cluster", "default", "prod-eu"),
    fingerprint="v1:0a",
    related=(
        Related("", "before", "clusters/prod-eu/eksa-cluster.yaml", Span(2, 1, 2, 5)),
        Related("Flux prunes clusters/mgmt", "after", "clusters/mgmt/gotk-sync.yaml", Span(24, 3, 24, 14)),
    ),
    excerpt=Excerpt(
        (ExcerptLine(3, " ", "resources:"), ExcerptLine(4, "-", "- eksa-cluster.yaml")),
        start=3,
        end=20,
        label="this entry made Flux apply Cluster prod-eu",
    ),
)
ROLLOUT = Finding(
    rule="control-plane-rollout",
    severity=Severity.WARNING,
    consequence=Consequence.ROLLS,
    message="prod-us replaces its 3 control plane machines",
    path="clusters/prod-us/eksa-cluster.yaml",
    span=Span(38, 22, 38, 28),
    fingerprint="v1:0b",
    excerpt=Excerpt(
        (
            ExcerptLine(38, "-", '  kubernetesVersion: "1.33"'),
            ExcerptLine(38, "+", '  kubernetesVersion: "1.34"'),
        ),
        start=22,
        end=28,
        label="1.33 -> 1.34",
    ),
)
NOWHERE = Finding(
    rule="no-flux",
    severity=Severity.NOTE,
    consequence=Consequence.BREAKS,
    message="nothing in this repository says what Flux applies",
    fingerprint="v1:0c",
)
ACCEPTED = Finding(
    rule="cluster-deleted",
    severity=Severity.ERROR,
    consequence=Consequence.DESTROYS,
    message="cluster old is deleted with its 3 machines",
    side="before",
    path="clusters/old.yaml",
    span=Span(2, 1, 2, 5),
    fingerprint="v1:0d",
    suppressed=Suppressed("allowance", "moved to another region", "platform", "2026-12-31"),
)
IGNORED = replace(ROLLOUT, suppressed=Suppressed("comment", "in the window of Sunday"))
HOSTILE_FINDING = Finding(
    rule="team/" + HOSTILE,
    severity=Severity.ERROR,
    consequence=Consequence.LEAKS,
    message=HOSTILE,
    path=f"a,b:c/{HOSTILE}.yaml",
    span=Span(1, 1, 2, 1),
    resource=ResourceName(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    fingerprint="v1:0e",
    related=(Related(HOSTILE, "after", HOSTILE, Span(1, 1, 1, 1)),),
    excerpt=Excerpt((ExcerptLine(1, "+", HOSTILE),), 1, 5, HOSTILE),
)

COMPARED = Compared(
    before="4f2c9aa (merge base of origin/main and HEAD)",
    after="HEAD",
    files=2200,
    resources=1204,
    clusters=41,
    changed_files=3,
    changed_resources=5,
    changed_clusters=2,
)


def report(*findings: Finding, compared: Compared = COMPARED, prefix: str = "") -> Report:
    ordered = tuple(sorted(findings, key=lambda finding: finding.sort_key))
    return Report(compared, ordered, seconds=0.21, prefix=prefix)


FULL = report(DELETED, ROLLOUT, NOWHERE, ACCEPTED)
HOSTILE_REPORT = report(
    HOSTILE_FINDING,
    compared=Compared(HOSTILE, HOSTILE, 1, 1, 1, 1, 1, 1, left_out=(HOSTILE,)),
)
