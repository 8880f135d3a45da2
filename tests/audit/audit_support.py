"""Histories for the tests of audits."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from audit_schema import VALIDATOR
from conftest import Lint, Repository

PATH: Final = "clusters/prod.yaml"


def cluster(count: int = 3, name: str = "prod", comment: str = "") -> str:
    """A Cluster with one worker group; its count stands on line 10, column 12."""
    return f"""\
apiVersion: anywhere.eks.amazonaws.com/v1alpha1
kind: Cluster
metadata:
  name: {name}
spec:
  kubernetesVersion: "1.33"
  controlPlaneConfiguration: {{count: 3}}
  workerNodeGroupConfigurations:
  - name: md-0
    count: {count}{comment}
"""


def commit(
    repository: Repository,
    subject: str,
    files: Mapping[str, str | bytes] | None = None,
    remove: Iterable[str] = (),
    **person: str,
) -> str:
    """One commit of the real git; gives its id."""
    for path in remove:
        (repository.folder / path).unlink()
    repository.add(files)
    repository.git("commit", "-q", "--allow-empty", "--no-verify", "-m", subject, **person)
    return repository.git("rev-parse", "HEAD")


def audited(lint: Lint, repository: Repository, *arguments: str, code: int | None = None) -> dict[str, Any]:
    """What an audit reports in JSON."""
    run = lint("audit", "--format", "json", *arguments, folder=repository.folder)
    assert run.err == ""
    assert code is None or run.code == code
    content: dict[str, Any] = json.loads(run.out)
    VALIDATOR.validate(content)
    return content


def rules_by_commit(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """The rules that found something, by the commit."""
    return {one["id"]: [finding["rule"] for finding in one["findings"]] for one in content["commits"]}
