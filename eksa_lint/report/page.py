"""A terminal page of a report: how wide it is, its colours, and what leads to its paths."""

from dataclasses import dataclass
from typing import Final

from eksa_lint.finding import Report
from eksa_lint.report.paint import Painter, inert, painter

_NARROWEST: Final = 40


@dataclass(frozen=True, slots=True)
class Page:
    columns: int
    paint: Painter
    prefix: str
    """What leads from the current folder to the paths of a report."""

    def path(self, path: str) -> str:
        return inert(self.prefix + path)


def page_of(report: Report, *, color: bool, width: int) -> Page:
    """The page that a report is printed on."""
    return Page(columns=max(width, _NARROWEST), paint=painter(color=color), prefix=report.prefix)
