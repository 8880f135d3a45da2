"""Where a service that only knows the newest files shows a finding."""

from dataclasses import dataclass

from eksa_lint.finding import Finding
from eksa_lint.syntax.source import Span


@dataclass(frozen=True, slots=True)
class Anchor:
    """`moved` says that the finding itself stands elsewhere: at its own path, before the change."""

    path: str
    span: Span
    moved: bool = False


def anchor(finding: Finding) -> Anchor | None:
    """The finding's own place; for what is gone a related place that remains, in the same file at best.

    GitHub shows a line only of a file that exists: the list that no longer names a deleted file is such a
    place. Where there is none the old place stays: a path that tells something is worth more than a line
    that tells nothing. None for a finding without a place.
    """
    if finding.side == "before":
        remaining = [related for related in finding.related if related.side == "after"]
        remaining.sort(key=lambda related: related.path != finding.path)
        if remaining:
            return Anchor(remaining[0].path, remaining[0].span, moved=finding.path is not None)
    if finding.path is None or finding.span is None:
        return None
    return Anchor(finding.path, finding.span)
