"""Every fact about what EKS Anywhere refuses: one configuration that breaks just that, caught by just its rule.

The tables in `mutations/` say how a valid configuration of `configurations/` is broken; `docs/coverage.md` lists them.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from eksa_lint.check import check
from eksa_lint.data import read_yaml
from eksa_lint.finding import Finding, Severity
from eksa_lint.model.fields import parse_pattern
from eksa_lint.policy import Policy
from eksa_lint.rules.loader import load_rules
from eksa_lint.snapshot.folder import folder_snapshot

HERE = Path(__file__).parent
RULES = load_rules()
SYNC = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 10m0s, path: ./, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""


@dataclass(frozen=True, slots=True)
class Mutation:
    """`set` and `remove` change the document named by kind (and name).

    With `before`, which is set first, a change from there is judged. `append` is more text of the same file, and
    `files` are further ones.
    """

    entry: str
    rule: str
    base: str
    finds: str
    document: str = "Cluster"
    set: dict[str, Any] | None = None
    remove: tuple[str, ...] = ()
    before: dict[str, Any] | None = None
    append: str = ""
    files: dict[str, str] | None = None
    synced: bool = False
    severity: str = "error"
    also: tuple[str, ...] = ()
    """Rules that cannot but find something too, such as a schema on the same value."""

    @property
    def is_update(self) -> bool:
        return self.before is not None


def mutations() -> list[Mutation]:
    rows = [row for file in sorted((HERE / "mutations").glob("*.yaml")) for row in read_yaml(file)]
    return [mutation_of(row) for row in rows]


def mutation_of(row: dict[str, Any]) -> Mutation:
    lists: dict[str, Any] = {key: tuple(row.get(key, ())) for key in ("remove", "also")}
    return Mutation(**{**row, **lists})


CONFIGURATIONS = sorted(file.stem for file in (HERE / "configurations").glob("*.yaml"))


@pytest.mark.parametrize("synced", [False, True], ids=["loose", "synced"])
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_valid_configuration_of_every_provider_is_silent(name: str, synced: bool, tmp_path: Path) -> None:
    text = (HERE / "configurations" / f"{name}.yaml").read_text()
    assert loud(judge(tmp_path, None, {"eksa-cluster.yaml": text}, synced=synced)) == []


@pytest.mark.parametrize("mutation", mutations(), ids=lambda mutation: f"{mutation.entry}-{mutation.base}")
def test_breaking_one_thing_is_caught_by_its_rule_alone(mutation: Mutation, tmp_path: Path) -> None:
    base = (HERE / "configurations" / f"{mutation.base}.yaml").read_text()
    documents = list(yaml.safe_load_all(base))
    before = None
    if mutation.is_update:
        change(documents, mutation.document, mutation.before or {}, ())
        before = {"eksa-cluster.yaml": dump(documents)}
    change(documents, mutation.document, mutation.set or {}, mutation.remove)
    after = {"eksa-cluster.yaml": dump(documents) + mutation.append, **(mutation.files or {})}
    found = loud(judge(tmp_path, before, after, synced=mutation.synced))
    own = [finding for finding in found if finding.rule == mutation.rule]
    assert any(mutation.finds in finding.message for finding in own), [finding.message for finding in found]
    assert own[0].severity == Severity(mutation.severity)
    assert {finding.rule for finding in found} <= {mutation.rule, *mutation.also}, [f.message for f in found]


def judge(folder: Path, before: dict[str, str] | None, after: dict[str, str], *, synced: bool) -> tuple[Finding, ...]:
    sides = []
    for name, files in (("before", before), ("after", after)):
        side = folder / name
        side.mkdir()
        for path, text in {**(files or {}), **({"flux/gotk-sync.yaml": SYNC} if synced else {})}.items():
            (side / path).parent.mkdir(parents=True, exist_ok=True)
            (side / path).write_text(text)
        sides.append(folder_snapshot(side, name))
    return check(sides[0] if before is not None else None, sides[1], Policy(), RULES).findings


def loud(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is not Severity.NOTE]


def change(documents: list[Any], which: str, values: dict[str, Any], removed: tuple[str, ...]) -> None:
    kind, _, name = which.partition("/")
    document = next(
        document for document in documents if document["kind"] == kind and name in ("", document["metadata"]["name"])
    )
    for field, value in values.items():
        *parents, last = parse_pattern(field)
        parent: Any = document
        for step in parents:
            parent = parent.setdefault(step, {}) if isinstance(parent, dict) else parent[step]
        if isinstance(parent, list) and last == len(parent):
            parent.append(value)
        else:
            parent[last] = value
    for field in removed:
        *parents, last = parse_pattern(field)
        parent = document
        for step in parents:
            parent = parent[step]
        del parent[last]


def dump(documents: list[Any]) -> str:
    return str(yaml.safe_dump_all(documents, sort_keys=False))
