import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import ACCEPTED, DELETED, FULL, HOSTILE_REPORT, NOWHERE, ROLLOUT, RULES, report

from eksa_lint import __version__
from eksa_lint.finding import Report
from eksa_lint.report.json_format import render

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "report.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def rendered(judged: Report) -> Any:
    content = json.loads(render(judged, RULES))
    VALIDATOR.validate(content)
    return content


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_finding_in_full() -> None:
    content = rendered(report(DELETED))
    assert content == {
        "version": 1,
        "tool": {"name": "eksa-lint", "version": __version__},
        "compared": {
            "before": "4f2c9aa (merge base of origin/main and HEAD)",
            "after": "HEAD",
            "resources": 1204,
            "files": 2200,
            "clusters": 41,
            "changed_resources": 5,
            "changed_files": 3,
            "changed_clusters": 2,
            "left_out": [],
        },
        "findings": [
            {
                "rule": "cluster-deleted",
                "rule_url": RULES["cluster-deleted"].url,
                "severity": "error",
                "consequence": "destroys",
                "message": "cluster prod-eu is deleted with its 13 machines",
                "side": "before",
                "path": "clusters/prod-eu/kustomization.yaml",
                "line": 4,
                "column": 3,
                "end_line": 4,
                "end_column": 22,
                "resource": {
                    "root": "clusters/mgmt",
                    "group": "anywhere.eks.amazonaws.com",
                    "kind": "Cluster",
                    "namespace": "default",
                    "name": "prod-eu",
                },
                "fingerprint": "v1:0a",
                "related": [
                    {
                        "message": "",
                        "side": "before",
                        "path": "clusters/prod-eu/eksa-cluster.yaml",
                        "line": 2,
                        "column": 1,
                        "end_line": 2,
                        "end_column": 5,
                    },
                    {
                        "message": "Flux prunes clusters/mgmt",
                        "side": "after",
                        "path": "clusters/mgmt/gotk-sync.yaml",
                        "line": 24,
                        "column": 3,
                        "end_line": 24,
                        "end_column": 14,
                    },
                ],
                "fix": None,
                "suppressed": None,
            }
        ],
        "summary": {"error": 1, "warning": 0, "note": 0, "suppressed": 0},
    }


def test_sorted_and_counted_whatever_the_order_and_the_time() -> None:
    content = rendered(FULL)
    assert [item["path"] for item in content["findings"]] == [
        None,
        "clusters/old.yaml",
        "clusters/prod-eu/kustomization.yaml",
        "clusters/prod-us/eksa-cluster.yaml",
    ]
    assert content["summary"] == {"error": 1, "warning": 1, "note": 1, "suppressed": 1}
    other = dataclasses.replace(FULL, findings=FULL.findings[::-1], seconds=9.0)
    assert render(other, RULES) == render(FULL, RULES)


def test_without_a_place_all_is_null() -> None:
    (finding,) = rendered(report(NOWHERE))["findings"]
    assert {finding[name] for name in ("path", "line", "column", "end_line", "end_column")} == {None}


def test_a_suppression_says_why() -> None:
    (finding,) = rendered(report(ACCEPTED))["findings"]
    assert finding["suppressed"] == {
        "by": "allowance",
        "reason": "moved to another region",
        "owner": "platform",
        "until": "2026-12-31",
    }


def test_an_unknown_rule_has_no_address() -> None:
    (finding,) = json.loads(render(report(ROLLOUT), {}))["findings"]
    assert finding["rule_url"] is None


@pytest.mark.parametrize(
    "broken",
    [{"path": None}, {"line": 0}, {"severity": "fatal"}, {"more": 1}, {"column": None}, {"side": "left"}],
)
def test_the_schema_is_closed(broken: dict[str, Any]) -> None:
    content = rendered(report(ROLLOUT))
    content["findings"][0] |= broken
    assert not VALIDATOR.is_valid(content)


def test_hostile_text_is_inert() -> None:
    rendered(HOSTILE_REPORT)
    text = render(HOSTILE_REPORT, RULES)
    assert text.isascii()
    assert "\\u001b" not in text
    assert "\\x1b[31m" in json.loads(text)["findings"][0]["message"]


@given(st.text(st.characters()))
def test_any_message_fits_the_schema(message: str) -> None:
    (finding,) = rendered(report(dataclasses.replace(ROLLOUT, message=message, path=message)))["findings"]
    finding["message"].encode()
