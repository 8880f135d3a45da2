"""What a check may look at beside its subject."""

from dataclasses import dataclass, field

from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.schema.imported import Imported


@dataclass(frozen=True, slots=True)
class Context:
    """What a Python check may look at: the side that is judged, and the other one where there is one."""

    inventory: Inventory
    before: Inventory | None
    eksa_version: str | None
    changes: tuple[Change, ...] = ()
    imported: Imported = field(default_factory=dict)
