"""Machines that a change replaces, of a Cluster that these files do not show."""

import json
from collections.abc import Iterator
from typing import Final

from eksa_lint.model.changes import Change
from eksa_lint.model.effects import causes
from eksa_lint.model.inventory import Inventory
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.rules.wording import both_values, name_of

_MACHINE_CONFIG: Final = "MachineConfig"
_OF_CLUSTERS: Final = b"controlPlaneConfiguration"
"""What every Cluster has, so that few files are read."""


@check("machines-out-of-sight")
def machines_out_of_sight(change: Change, context: Context) -> Iterator[Draft]:
    """One finding an object, at the first field that replaces machines; where a Cluster is in sight it tells."""
    resource = change.resource
    provider = resource.kind.removesuffix(_MACHINE_CONFIG) if resource.kind.endswith(_MACHINE_CONFIG) else "Tinkerbell"
    found = next((cause for _, cause in causes(change, provider)), None)
    if found is None or context.inventory.referring(resource.id) or _shows_clusters(context.inventory):
        return
    yield draft_at(
        "machines-out-of-sight",
        found.after,
        found.path,
        f"{name_of(found.path, found.after)} {both_values(found.old, found.new)}:"
        " the machines of the Cluster that names it are replaced, which these files do not show",
        values=tuple(json.dumps(value, sort_keys=True) for value in (found.old, found.new)),
        label=both_values(found.old, found.new),
        old_place=found.before.place(found.path) if found.old is not None else None,
    )


def _shows_clusters(inventory: Inventory) -> bool:
    objects = (each for path in inventory.manifests.holding(_OF_CLUSTERS) for each in inventory.resources_in(path))
    return any(each.is_cluster for each in objects)
