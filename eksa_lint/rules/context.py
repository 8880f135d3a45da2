"""What a check may look at beside its subject."""

from dataclasses import dataclass, field
from functools import cached_property

from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import ResourceId
from eksa_lint.schema.imported import Imported


@dataclass(frozen=True)
class Context:
    """What a Python check may look at: the side that is judged, and the other one where there is one."""

    inventory: Inventory
    before: Inventory | None
    eksa_version: str | None
    changes: tuple[Change, ...] = ()
    imported: Imported = field(default_factory=dict)
    committed: Inventory | None = None
    """What HEAD holds, where a state is judged alone and it matters what is new in it."""

    @property
    def earlier(self) -> Inventory | None:
        """What was there before, whether it is compared or not; None where nobody knows."""
        return self.before or self.committed

    @cached_property
    def added(self) -> frozenset[ResourceId]:
        """The objects that the change adds."""
        return frozenset(change.resource.id for change in self.changes if change.event == "added")
