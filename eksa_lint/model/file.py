"""One file of a snapshot, whether it holds objects or not."""

from collections.abc import Callable, Iterator

from eksa_lint.finding import Place, Side
from eksa_lint.model.resource import Resource
from eksa_lint.syntax import Document, Problem, Source, Stream


class File:
    """The text of a file; it is parsed when somebody asks for what is in it.

    `read` parses it, and is None where the file is no manifest. `windows` gives the bytes piece by piece where the
    file is too large to be held, and `source` is empty then.
    """

    def __init__(  # noqa: PLR0913 - all that is known of a file
        self,
        side: Side,
        path: str,
        source: Source,
        *,
        read: Callable[[], Stream] | None = None,
        extract: Callable[[], tuple[Resource, ...]] = tuple,
        windows: Callable[[], Iterator[bytes]] | None = None,
    ) -> None:
        self.side: Side = side
        self.path = path
        self.source = source
        self.read = read
        self.windows = windows
        self._extract = extract

    @property
    def documents(self) -> list[Document]:
        """What was parsed; empty where the file is no manifest."""
        return self.read().documents if self.read else []

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the text as YAML."""
        return self.read().problems if self.read else []

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The objects of the file."""
        return self._extract()

    def place(self, start: int, end: int) -> Place:
        return Place(self.side, self.path, self.source, start, end)
