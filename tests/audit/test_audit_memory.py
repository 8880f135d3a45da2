"""The program runs without the collector of cycles, and a history is long."""

import gc

import pytest
from audit_support import PATH, cluster, commit
from conftest import Lint, Repository

from eksa_lint.model.inventory import Inventory


@pytest.mark.parametrize("options", [(), ("--secrets",)])
def test_the_states_of_earlier_commits_are_let_go(options: tuple[str, ...], repository: Repository, lint: Lint) -> None:
    for count in range(10):
        commit(repository, "Scale", {PATH: cluster(count)})
    gc.collect()
    gc.disable()
    try:
        assert lint("audit", "--fail-on", "never", *options, folder=repository.folder).code == 0
        alive = sum(isinstance(thing, Inventory) for thing in gc.get_objects())
    finally:
        gc.enable()
    assert alive <= 2
