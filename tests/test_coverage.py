"""Every check that EKS Anywhere makes is enforced, or it is said why files cannot show it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from generate_coverage import COVERAGE, FACTS, coverage, render
from update_coverage import update_coverage

needs_shared = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not part of the repository")


@needs_shared
def test_no_check_is_forgotten() -> None:
    assert coverage(FACTS).missing == []


@needs_shared
def test_nothing_is_explained_away_that_is_enforced() -> None:
    known = coverage(FACTS)
    assert sorted(known.enforced.keys() & known.undecided.keys()) == []


@needs_shared
def test_no_rule_or_reason_speaks_of_a_check_that_is_not_there() -> None:
    known = coverage(FACTS)
    speaking = {*known.enforced, *known.undecided}
    assert sorted(speaking - known.facts) == []


@needs_shared
def test_no_effect_of_an_update_is_forgotten() -> None:
    assert update_coverage(FACTS).missing == []


@needs_shared
def test_no_row_or_reason_speaks_of_an_update_that_is_not_there() -> None:
    known = update_coverage(FACTS)
    assert known.needless == []
    assert {row.entry for row in known.rows} <= {fact["id"] for fact in known.facts}


@needs_shared
def test_the_page_is_current() -> None:
    if coverage(FACTS).missing:
        pytest.fail("there are checks that are neither enforced nor explained")
    assert COVERAGE.read_text(encoding="utf-8") == render(coverage(FACTS), update_coverage(FACTS))
