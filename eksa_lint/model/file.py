"""One file of a snapshot, whether it holds objects or not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from eksa_lint.finding import Place, Side
from eksa_lint.model.resource import Resource
from eksa_lint.syntax import Document, Problem, Source


@dataclass(frozen=True, slots=True)
class File:
    """The text of a file and what was read from it; `documents` is empty where it is no manifest.

    `windows` gives the bytes piece by piece where the file is too large to be held, and `source` is empty then.
    """

    side: Side
    path: str
    source: Source = field(repr=False)
    documents: list[Document] = field(default_factory=list, repr=False)
    problems: list[Problem] = field(default_factory=list)
    resources: tuple[Resource, ...] = field(default=(), repr=False)
    windows: Callable[[], Iterator[bytes]] | None = None

    def place(self, start: int, end: int) -> Place:
        return Place(self.side, self.path, self.source, start, end)
