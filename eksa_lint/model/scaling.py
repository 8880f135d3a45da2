"""Machines that come and go because of a count, and not because they are replaced."""

from collections.abc import Iterator
from dataclasses import dataclass

from eksa_lint.model.cluster import Part
from eksa_lint.model.impact import Impact


@dataclass(frozen=True, slots=True)
class Scaling:
    """One part of a cluster that gets more or fewer machines; a side is None where the part is new or gone."""

    before: Part | None
    after: Part | None

    @property
    def part(self) -> Part:
        """The part as it will be, or as it was where it is gone."""
        part = self.after or self.before
        assert part is not None  # noqa: S101 - one side is always there
        return part

    @property
    def old(self) -> int:
        return self.before.machines if self.before else 0

    @property
    def new(self) -> int:
        return self.after.machines if self.after else 0


def scalings(impact: Impact) -> Iterator[Scaling]:
    """The parts whose number of machines the change sets, of a cluster that is there on both sides.

    Where an autoscaler owns a group after the change, it decides, and nothing is set.
    """
    if impact.before is None or impact.after is None:
        return
    old, new = ({part.key: part for part in cluster.parts} for cluster in (impact.before, impact.after))
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key), new.get(key)
        if before and after and (after.autoscaled or before.machines == after.machines):
            continue
        yield Scaling(before, after)
