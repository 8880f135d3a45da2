"""Changes of clusters that are written as a preview of EKS Anywhere had them, from the table `early-kinds.yaml`."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from eksa_lint import data
from eksa_lint.finding import Consequence, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change, FieldChange
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at

_EARLY: Final = ("spec", "infrastructureRef")


@check("early-release")
def early_release(change: Change, _: Context) -> Iterator[Draft]:
    before, after = change.before, change.after
    if before is None or after is None:
        return
    if after.is_cluster and fields.get(before.value, _EARLY) is None:
        return
    rows = {row["field"]: row for row in data.table("early-kinds").get(after.kind, ())}
    for difference in change.fields:
        row = rows.get(".".join(map(str, difference.path[:2])))
        effect = _effect(row, difference) if row is not None and _counts(difference) else None
        if effect is not None:
            what, severity, consequence = effect
            values = _shown(difference.old), _shown(difference.new)
            old_path = difference.old_path if difference.old is not None else None
            yield draft_at(
                "early-release-changed",
                after,
                difference.path,
                f"{difference.path[1]} of {after.title} goes from {values[0]} to {values[1]}{what}",
                values=values,
                severity=severity,
                consequence=consequence,
                old_place=before.place(old_path) if old_path else None,
            )


def _counts(difference: FieldChange) -> bool:
    """Text where a number stands now was refused, so that nothing was made from it."""
    old, new = difference.old, difference.new
    return old is None or new is None or isinstance(old, str) == isinstance(new, str)


def _effect(row: Mapping[str, str], difference: FieldChange) -> tuple[str, Severity | None, Consequence] | None:
    """What a change of a field does, in words and by its weight; None where it takes nothing away."""
    match row["effect"]:
        case "rolls":
            return f", which replaces {row['machines']} machines as {row['now']} does today", None, Consequence.ROLLS
        case "rejected":
            return f", which is refused as for {row['now']} today", None, Consequence.REJECTED
    old, new = difference.old, difference.new
    if not isinstance(old, int) or not isinstance(new, int) or new >= old:
        return None
    what = f" {row['machines']} machines"
    return (what, None, Consequence.WEAKENS) if new else (what, Severity.ERROR, Consequence.DESTROYS)


def _shown(value: object) -> str:
    return "nothing" if value is None else value if isinstance(value, str) else json.dumps(value)
