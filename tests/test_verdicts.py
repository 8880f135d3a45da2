"""EKS Anywhere's own tests say which of their files it takes and which it refuses: eksa-lint says the same.

`verdicts.yaml` has the words for what a refused file is refused for. A run ends with the table of all of them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import CODE, VERDICT, Lint

from eksa_lint.data import read_yaml

SHARED = CODE.parent / "shared"
CASES = SHARED / "facts" / "oracle-cases.yaml"
FILES = SHARED / "corpus" / "files" / "aws__eks-anywhere"
NAMED = {row["path"]: row for row in read_yaml(Path(__file__).parent / "verdicts.yaml")}
OUT_OF_REACH = {"build": "a release bundle decides it", "live": "the infrastructure decides it"}
UNKNOWN_TO_PRISM = "the UUID is well formed, and only Prism knows that it has no such cluster or subnet"
NOT_IN_THE_FILE = {
    "pkg/providers/nutanix/testdata/datacenterConfig_with_failure_domains_invalid_cluster.yaml": UNKNOWN_TO_PRISM,
    "pkg/providers/nutanix/testdata/datacenterConfig_with_failure_domains_invalid_subnet.yaml": UNKNOWN_TO_PRISM,
    "pkg/providers/vsphere/testdata/cluster_main_121_cp_only.yaml": (
        "its test asks the provider alone; the Cluster's own validation, which the commands and the webhook ask too, "
        "refuses vSphere without workers, as in cluster_invalid_no_worker_node_groups.yaml"
    ),
}
"""Why the verdict of the test cannot be read from the file, or is not that of EKS Anywhere as a whole."""


def cases() -> list[Any]:
    """Those with a verdict on the whole file, and those that are out of reach, to be listed."""
    if not CASES.is_file():
        mark = pytest.mark.skip(reason="the facts and the corpus are not part of the repository")
        return [pytest.param({}, marks=mark, id="no facts")]
    found = [case for case in read_yaml(CASES)["cases"] if case.get("level") in {"validate", *OUT_OF_REACH}]
    return [pytest.param(case, marks=marks(case), id=case["path"]) for case in found]


def marks(case: dict[str, str]) -> list[pytest.MarkDecorator]:
    reason = NOT_IN_THE_FILE.get(case["path"])
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


@pytest.mark.parametrize("case", cases())
def test_eksa_lint_says_what_eks_anywhere_says(
    case: dict[str, str], lint: Lint, record_property: Callable[[str, object], None]
) -> None:
    run = lint("check", str(FILES / case["path"]), "--all", "--format", "json", folder=FILES)
    errors = [finding for finding in run.findings if finding["severity"] == "error"]
    refusals = [finding for finding in errors if finding["consequence"] in {"rejected", "breaks"}]
    verdict = "rejected" if refusals else "accepted"
    note = OUT_OF_REACH.get(case["level"]) or NOT_IN_THE_FILE.get(case["path"]) or case["reason"]
    record_property(VERDICT, (case["path"], case["expected"], verdict, note))
    if case["level"] in OUT_OF_REACH:
        return
    if case["expected"] == "accepted":
        assert errors == []
        return
    assert refusals
    if named := NAMED.get(case["path"]):
        reasons = [finding["message"] for finding in refusals if finding["rule"] == named["rule"]]
        assert any(named["finds"] in message for message in reasons), [finding["message"] for finding in refusals]
