"""Makes `docs/coverage.md`: every check that EKS Anywhere makes and files can show, with the rule and the proof.

A check is enforced by a rule (`covers` in the rule file) and proven by a mutation of `tests/mutations/` or by an
example of the rule; or the reason why files cannot decide it stands in `docs/undecided/`. What updates do is proven by
`tests/updates/` (see `update_coverage.py`).
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from update_coverage import UpdateCoverage, table, update_coverage  # noqa: E402 - reads the package too

from eksa_lint.data import read_yaml  # noqa: E402 - a script of the repository, which need not be installed
from eksa_lint.rules.loader import load_rules  # noqa: E402
from eksa_lint.rules.rule import Rule  # noqa: E402

FACTS: Final = REPOSITORY.parent / "shared" / "facts"
COVERAGE: Final = REPOSITORY / "docs" / "coverage.md"
_FILES: Final = ("validations.yaml", "iam.yaml")
_INTRODUCTION: Final = """\
# What is enforced

Every check of EKS Anywhere (revision aebd9a0) and of aws-iam-authenticator that the files alone can show, with the
rule that makes it and what proves that: a row of `tests/mutations/` (a valid configuration broken in just that one
thing) or an example in the rule file. Made by `tools/generate_coverage.py`; a test fails when a check is in neither
list.
"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of each check, by its id."""

    checks: tuple[str, ...]
    facts: frozenset[str]
    """The ids of all facts, also of those that no file shows."""

    enforced: dict[str, tuple[str, str]]
    """The rule, and its proof."""

    undecided: dict[str, str]

    @property
    def missing(self) -> list[str]:
        return [check for check in self.checks if check not in self.enforced and check not in self.undecided]

    @property
    def counts(self) -> str:
        enforced = sum(check in self.enforced for check in self.checks)
        rest = len(self.checks) - enforced
        return f"{len(self.checks)} checks: {enforced} enforced, {rest} not decidable from files."


def coverage(facts: Path) -> Coverage:
    """What the rules, mutations and reasons say of the checks in the facts."""
    proofs: dict[str, tuple[str, str]] = {}
    for rule in load_rules().values():
        for check in _covered(rule):
            proofs.setdefault(check, (rule.id, f"example in rules/{rule.file}"))
    for file in sorted((REPOSITORY / "tests" / "mutations").glob("*.yaml")):
        for row in read_yaml(file):
            proofs[row["entry"]] = row["rule"], f"tests/mutations/{file.name}"
    undecided: dict[str, str] = {}
    for file in sorted((REPOSITORY / "docs" / "undecided").glob("*.yaml")):
        undecided |= read_yaml(file) or {}
    return Coverage(tuple(_checks(facts)), frozenset(_facts(facts)), proofs, undecided)


def render(known: Coverage, updates: UpdateCoverage) -> str:
    """The page."""
    enforced = [(check, *known.enforced[check]) for check in known.checks if check in known.enforced]
    undecided = [(check, known.undecided[check]) for check in known.checks if check not in known.enforced]
    return "\n".join([
        _INTRODUCTION, known.counts, "", "## Enforced", "", *table(("check", "rule", "proof"), enforced),
        "", "## Not decidable from files", "", *table(("check", "why"), undecided), "",
        *updates.render(), "",
    ])  # fmt: skip


def _checks(facts: Path) -> Iterator[str]:
    yield from (entry["id"] for entry in read_yaml(facts / "validations.yaml") if entry["static"])
    yield from (entry["id"] for entry in read_yaml(facts / "iam.yaml")["entries"] if "detect" in entry)


def _facts(facts: Path) -> Iterator[str]:
    yield from (entry["id"] for entry in read_yaml(facts / "validations.yaml"))
    yield from (entry["id"] for entry in read_yaml(facts / "iam.yaml")["entries"])
    yield from (entry["id"] for entry in read_yaml(facts / "updates.yaml"))


def _covered(rule: Rule) -> Iterable[str]:
    return {*rule.covers, *(check for validation in rule.validations for check in validation.covers)}


def main() -> int:
    parser = argparse.ArgumentParser(description="Make docs/coverage.md from the facts, rules and mutations.")
    parser.add_argument("--facts", type=Path, default=FACTS)
    parser.add_argument("--check", action="store_true", help="change nothing; say what is not current")
    arguments = parser.parse_args()
    known, updates = coverage(arguments.facts), update_coverage(arguments.facts)
    if missing := [*known.missing, *updates.missing]:
        print(f"neither enforced nor explained: {', '.join(missing)}")
        return 1
    print(known.counts, updates.counts, sep="\n")
    text = render(known, updates)
    if arguments.check and (not COVERAGE.is_file() or COVERAGE.read_text(encoding="utf-8") != text):
        print("docs/coverage.md is not current")
        return 1
    if not arguments.check:
        COVERAGE.parent.mkdir(exist_ok=True)
        COVERAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
