"""Clusters that pass from one Flux `Kustomization` to another."""

from collections.abc import Iterator

from eksa_lint.model.changes import Change
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft


@check("changing-hands")
def changing_hands(change: Change, context: Context) -> Iterator[Draft]:
    """Clusters that one Flux `Kustomization` hands to another."""
    if context.before is None or change.handed_over is None or change.before is None or change.after is None:
        return
    from eksa_lint.model.departure import may_not_prune  # noqa: PLC0415 - hardly any change does it
    from eksa_lint.model.fate import count_machines  # noqa: PLC0415
    from eksa_lint.rules.checks.deletions import its_machines  # noqa: PLC0415

    sync = context.before.way_of(change.before).sync
    if sync is None or may_not_prune(change.before, sync):
        return
    old, new = (sync_name.rpartition("/")[2] for sync_name in change.handed_over)
    yield Draft(
        rule="cluster-changes-hands",
        message=f"{change.after.title} passes from Kustomization {old} to {new}: where {old} runs first, it deletes it "
        f"with {its_machines(count_machines(change.old))}",
        place=change.after.place(),
        resource=change.after,
        values=change.handed_over,
    )
