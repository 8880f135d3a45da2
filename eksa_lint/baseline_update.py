"""Writes the baseline anew: what is found now is known from now on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eksa_lint.baseline import Entry, entry_of, read_baseline, write_baseline
from eksa_lint.config import BASELINE_FILE, BadConfig
from eksa_lint.finding import Consequence, Report
from eksa_lint.report.output import write
from eksa_lint.report.phrases import plural
from eksa_lint.rules.loader import RuleSet
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.contents import content_of


@dataclass(frozen=True, slots=True)
class Update:
    """What a baseline holds before and after it is written anew."""

    old: frozenset[Entry]
    new: frozenset[Entry]

    def lines(self, rules: RuleSet) -> Iterator[str]:
        """What became of each entry that is not in both, and the sum."""
        if not self.old and not self.new:
            yield "Nothing is found, so there is nothing to accept."
            return
        yield from (f"no longer found: {entry.title}" for entry in sorted(self.old - self.new))
        added = sorted(self.new - self.old)
        yield from (f"accepted: {entry.title}" for entry in added)
        leaks = sum(rules[entry.rule].consequence is Consequence.LEAKS for entry in added)
        if leaks:
            verb = "gives" if leaks == 1 else "give"
            yield f"{leaks:,} of the accepted findings {verb} a secret away: revoke it, the baseline only hides it"
        dropped = len(self.old - self.new)
        known = plural(len(self.new), "known finding")
        yield f"{BASELINE_FILE}: {known}, {len(added):,} added, {dropped:,} dropped"

    def save(self, folder: Path) -> None:
        """Write the file below a folder, or remove it where nothing is known any more.

        Raises:
            OSError: it cannot be written.
        """
        file = folder / BASELINE_FILE
        if self.new:
            write(write_baseline(self.new), file)
        else:
            file.unlink(missing_ok=True)


def update(snapshot: Snapshot, report: Report, rules: RuleSet, *, prune: bool) -> Update:
    """The baseline of a snapshot brought to what a report of it found; with `prune` nothing new is accepted.

    Raises:
        BadConfig: a baseline that is to be pruned cannot be read.
    """
    try:
        old = read_baseline(content_of(snapshot, BASELINE_FILE)).entries
    except BadConfig:
        if prune:
            raise
        old = frozenset()
    found = _entries_of(report, rules)
    return Update(old, old & found if prune else found)


def _entries_of(report: Report, rules: RuleSet) -> frozenset[Entry]:
    """What a baseline of a state holds: all that counts, but for what is about the policy or could not be judged."""
    return frozenset(entry_of(finding) for finding in report.counted() if rules[finding.rule].check != "engine")
