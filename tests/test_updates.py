"""Every fact about what an update does: one field of a valid cluster changes, and the plan says exactly that.

The tables in `updates/` say what changes in a configuration of `configurations/`; `docs/coverage.md` lists them.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_mutations import RULES, SYNC, change, dump

from eksa_lint import data
from eksa_lint.check import Scope, check
from eksa_lint.data import read_yaml
from eksa_lint.finding import Consequence, Report
from eksa_lint.model.effects import COMPARISONS, CONDITIONS
from eksa_lint.plan import Effect, Plan, Step
from eksa_lint.policy import Policy
from eksa_lint.snapshot.folder import folder_snapshot

HERE = Path(__file__).parent
_RULES = {"control-plane": "control-plane-rollout", "etcd": "etcd-rollout", "worker-group": "worker-rollout"}


@dataclass(frozen=True, slots=True)
class Update:
    """What changes in one configuration, and all that the plan must say of it.

    `cluster` is set in the Cluster and `before` in the document named, on both sides; `set` and `remove` are the
    change, or the document is `gone`. `beside` names files of `updates/beside/` that are there on both sides.
    """

    entry: str
    base: str
    expect: frozenset[str]
    document: str = "Cluster"
    beside: tuple[str, ...] = ()
    cluster: dict[str, Any] | None = None
    before: dict[str, Any] | None = None
    set: dict[str, Any] | None = None
    remove: tuple[str, ...] = ()
    gone: bool = False
    synced: bool = False

    def sides(self) -> Iterator[str]:
        """The text of both sides."""
        documents = list(yaml.safe_load_all(self._text()))
        change(documents, "Cluster", deepcopy(self.cluster or {}), ())
        change(documents, self.document, deepcopy(self.before or {}), ())
        yield dump(documents)
        change(documents, self.document, deepcopy(self.set or {}), self.remove)
        kind, _, name = self.document.partition("/")
        kept = [each for each in documents if each["kind"] != kind or name not in {"", each["metadata"]["name"]}]
        yield dump(kept if self.gone else documents)

    def _text(self) -> str:
        files = [f"configurations/{self.base}.yaml", *(f"updates/beside/{name}.yaml" for name in self.beside)]
        return "---\n".join((HERE / file).read_text() for file in files)


def updates() -> list[Any]:
    parameters = []
    for file in sorted((HERE / "updates").glob("*.yaml")):
        for number, row in enumerate(read_yaml(file), start=1):
            bases = row["base"] if isinstance(row["base"], list) else [row["base"]]
            parameters += [pytest.param(_update(row, base), id=f"{row['entry']}-{number}-{base}") for base in bases]
    return parameters


def _update(row: dict[str, Any], base: str) -> Update:
    lists: dict[str, Any] = {key: tuple(row.get(key, ())) for key in ("beside", "remove")}
    return Update(**{**row, **lists, "base": base, "expect": frozenset(row["expect"])})


@pytest.mark.parametrize("update", updates())
def test_an_update_does_what_eks_anywhere_does(update: Update, tmp_path: Path) -> None:
    report = report_of(update, tmp_path)
    assert report.plan is not None
    assert effects(report.plan) == update.expect, told(report.plan)
    rolling = {finding.rule for finding in report.findings if finding.consequence is Consequence.ROLLS}
    assert rolling == {_RULES[step.part] for step in _steps(report.plan) if step.part and _is_rollout(step)}


@pytest.mark.parametrize("name", ["update-effects", "quiet-updates", "immutable-fields"])
def test_every_row_of_a_table_is_proven_by_an_update(name: str) -> None:
    proven = {parameter.values[0].entry for parameter in updates()}
    for kind, rows in data.table(name).items():
        for row in rows:
            assert set(row["source"].split(", ")) <= proven, (kind, row)


def test_rows_name_comparisons_and_conditions_that_there_are() -> None:
    rows = [row for rows in data.table("update-effects").values() for row in rows]
    assert {row["compare"] for row in rows if "compare" in row} == COMPARISONS.keys() - {"value"}
    assert {row["when"] for row in rows if "when" in row} == CONDITIONS.keys()


def report_of(update: Update, folder: Path) -> Report:
    snapshots = []
    for side, text in zip(("before", "after"), update.sides(), strict=True):
        (folder / side / "flux").mkdir(parents=True)
        (folder / side / "eksa-cluster.yaml").write_text(text)
        if update.synced:
            (folder / side / "flux/gotk-sync.yaml").write_text(SYNC)
        snapshots.append(folder_snapshot(folder / side, side))
    return check(snapshots[0], snapshots[1], Policy(), RULES, Scope(planned=True))


def effects(plan: Plan) -> set[str]:
    """Each effect, with the part whose machines are replaced; who gains access is not what this is about."""
    return {_effect(step) for step in _steps(plan) if step.effect is not Effect.ACCESS}


def _effect(step: Step) -> str:
    return f"{step.effect} {step.part}" if _is_rollout(step) else str(step.effect)


def _is_rollout(step: Step) -> bool:
    return step.part is not None and step.effect in {Effect.ROLLS, Effect.IN_PLACE}


def _steps(plan: Plan) -> list[Step]:
    return [step for steps in (*(cluster.steps for cluster in plan.clusters), plan.elsewhere) for step in steps]


def told(plan: Plan) -> list[str]:
    return [f"{step.effect} {step.part or ''}: {step.says}" for step in _steps(plan)]
