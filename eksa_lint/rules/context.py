"""What a check may look at beside its subject: the side that is judged, and the other one where there is one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import ResourceId
from eksa_lint.schema.imported import Imported

if TYPE_CHECKING:
    from eksa_lint.model.secret_files import Generated


@dataclass(frozen=True)
class Context:
    inventory: Inventory
    before: Inventory | None
    eksa_version: str | None
    """The release that the configuration names for objects that name none themselves."""

    changes: tuple[Change, ...] = ()
    imported: Imported = field(default_factory=dict)
    """The schemas that the team imported."""

    committed: Inventory | None = None
    """What HEAD holds, where a state is judged alone and it matters what is new in it."""

    @property
    def earlier(self) -> Inventory | None:
        """What was there before, whether it is compared or not; None where nobody knows."""
        return self.before or self.committed

    @cached_property
    def generated_secrets(self) -> "dict[str, Generated]":
        """The files that a kustomization makes Secrets of, by path."""
        from eksa_lint.model.secret_files import generated_secrets  # noqa: PLC0415 - few repositories have any

        return generated_secrets(self.inventory)

    @cached_property
    def is_encrypted_when_committed(self) -> Callable[[str], bool]:
        """Whether Git encrypts a path of a work tree before anybody else sees it."""
        from eksa_lint.model.git_filters import encrypted_when_committed  # noqa: PLC0415 - asked of files with a leak

        return encrypted_when_committed(self.inventory.snapshot)

    @cached_property
    def added(self) -> frozenset[ResourceId]:
        """The objects that the change adds."""
        return frozenset(change.resource.id for change in self.changes if change.event == "added")
