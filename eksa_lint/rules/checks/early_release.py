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
    if change.before is None or change.after is None:
        return
    if change.after.kind == "Cluster" and fields.get(change.before.value, _EARLY) is None:
        return
    rows = {row["field"]: row for row in data.table("early-kinds").get(change.after.kind, ())}
    for difference in change.fields:
        row = rows.get(".".join(map(str, difference.path[:2])))
        if row is not None and _counts(difference):
            yield from _told(change, difference, row)


def _counts(difference: FieldChange) -> bool:
    """Text where a number stands now was refused, so that nothing was made from it."""
    return isinstance(difference.old, str) == isinstance(difference.new, str) or None in (
        difference.old,
        difference.new,
    )


def _told(change: Change, difference: FieldChange, row: Mapping[str, str]) -> Iterator[Draft]:
    after, before = change.after, change.before
    assert after is not None  # noqa: S101 - looked at above
    assert before is not None  # noqa: S101
    name = str(difference.path[1])
    old, new = (_shown(value) for value in (difference.old, difference.new))
    text, severity, consequence = f"{name} of {after.title} goes from {old} to {new}", None, Consequence.ROLLS
    match row["effect"]:
        case "rolls":
            text += f", which replaces {row['machines']} machines as {row['now']} does today"
        case "rejected":
            text += f", which is refused as for {row['now']} today"
            consequence = Consequence.REJECTED
        case _:
            if not isinstance(difference.old, int) or not isinstance(difference.new, int):
                return
            if difference.new >= difference.old:
                return
            text += f" {row['machines']} machines"
            consequence = Consequence.DESTROYS if difference.new == 0 else Consequence.WEAKENS
            severity = Severity.ERROR if difference.new == 0 else None
    yield draft_at(
        "early-release-changed",
        after,
        difference.path,
        text,
        values=(old, new),
        severity=severity,
        consequence=consequence,
        old_place=before.place(difference.old_path) if difference.old_path and difference.old is not None else None,
    )


def _shown(value: object) -> str:
    return "nothing" if value is None else value if isinstance(value, str) else json.dumps(value)
