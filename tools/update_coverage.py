"""What of the facts about updates is proven by the rows of `tests/updates/`, and what files cannot decide."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eksa_lint.data import read_yaml

REPOSITORY: Final = Path(__file__).resolve().parent.parent
ROWS: Final = REPOSITORY / "tests" / "updates"
UNDECIDED: Final = REPOSITORY / "docs" / "undecided-updates.yaml"

_IN_A_PLAN: Final = {
    "rejected": "refused",
    "rollout-control-plane": "rolls control-plane",
    "rollout-workers": "rolls worker-group",
    "rollout-etcd": "rolls etcd",
    "scale": "scales",
    "recreate/delete": "lost",
}
"""How a plan says an effect of the facts; what is in place has the part too where it has one."""

_FEWEST_PROVIDERS: Final = 2


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """A row of `tests/updates/`, as far as coverage goes."""

    entry: str
    bases: tuple[str, ...]
    expect: tuple[str, ...]
    file: str

    def proves(self, effect: str) -> bool:
        """Whether the plan expected says an effect of the facts; no rollout is that nothing is replaced."""
        if effect == "in-place":
            return any(each.startswith("in-place") for each in self.expect)
        if effect == "no-rollout":
            return not any(each.startswith(("rolls", "refused", "lost")) for each in self.expect)
        return _IN_A_PLAN[effect] in self.expect


@dataclass(frozen=True, slots=True)
class UpdateCoverage:
    """The facts, the rows by what they are about, and the reasons why some effects stand in no row."""

    facts: tuple[Mapping[str, Any], ...]
    rows: tuple[UpdateRow, ...]
    undecided: Mapping[str, Mapping[str, str]]

    def rows_of(self, entry: str) -> list[UpdateRow]:
        return [row for row in self.rows if row.entry == entry]

    @property
    def missing(self) -> list[str]:
        """Effects of the facts, and second providers, that no row and no reason is there for."""
        return [missing for fact in self.facts for missing in self._missing(fact)]

    def _missing(self, fact: Mapping[str, Any]) -> Iterator[str]:
        name, rows = fact["id"], self.rows_of(fact["id"])
        reasons = self.undecided.get(name, {})
        yield from (
            f"{name}: {effect}"
            for effect in fact["effect"]
            if effect not in reasons and not any(row.proves(effect) for row in rows)
        )
        providers = {base.partition("-")[0] for row in rows for base in row.bases}
        if fact["provider"] == "all" and rows and len(providers) < _FEWEST_PROVIDERS:
            yield f"{name}: a second provider"

    @property
    def needless(self) -> list[str]:
        """Reasons for what is not in the facts, or is proven by a row."""
        effects = {fact["id"]: fact["effect"] for fact in self.facts}
        return [
            f"{entry}: {effect}"
            for entry, reasons in self.undecided.items()
            for effect in reasons
            if effect not in effects.get(entry, ()) or any(row.proves(effect) for row in self.rows_of(entry))
        ]

    @property
    def counts(self) -> str:
        proven = sum(bool(self.rows_of(fact["id"])) for fact in self.facts)
        effects = sum(map(len, self.undecided.values()))
        return (
            f"{len(self.facts)} updates: {proven} proven by {len(self.rows)} rows, "
            f"{effects} effects of {len(self.undecided)} not decidable from files."
        )

    def render(self) -> Iterator[str]:
        """The section of the page."""
        yield from ("## Updates", "", self.counts, "")
        yield from ("A row of `tests/updates/` is a valid configuration, a change of it, and all that a plan says.", "")
        yield from table(("update", "configurations", "plan says", "proof"), self._proofs())
        yield from ("", "### Not decidable from files", "")
        yield from table(("update", "effect", "why"), self._reasons())

    def _proofs(self) -> Iterator[tuple[str, ...]]:
        for fact in self.facts:
            told: dict[tuple[str, str], dict[str, None]] = {}
            for row in self.rows_of(fact["id"]):
                told.setdefault((", ".join(row.expect), row.file), {}).update(dict.fromkeys(row.bases))
            for (expect, file), bases in told.items():
                yield fact["id"], ", ".join(bases), expect, f"tests/updates/{file}"

    def _reasons(self) -> Iterator[tuple[str, ...]]:
        for entry, reasons in self.undecided.items():
            yield from ((entry, effect, reason) for effect, reason in reasons.items())


def update_coverage(facts: Path) -> UpdateCoverage:
    """What is known of the updates in a folder of facts."""
    rows = [_row(row, file.name) for file in sorted(ROWS.glob("*.yaml")) for row in read_yaml(file)]
    return UpdateCoverage(tuple(read_yaml(facts / "updates.yaml")), tuple(rows), read_yaml(UNDECIDED))


def _row(row: Mapping[str, Any], file: str) -> UpdateRow:
    base = row["base"]
    return UpdateRow(row["entry"], tuple(base if isinstance(base, list) else [base]), tuple(row["expect"]), file)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        cells = [str(cell).replace("|", "\\|") for cell in row]
        yield f"| {' | '.join(cells)} |"
