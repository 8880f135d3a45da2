"""One credential that a text gives away, and the text it stands in."""

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass

from eksa_lint.syntax import Document, Node, Source, Stream


@dataclass(frozen=True, slots=True)
class Text:
    """A file to be searched. `read` parses it, as often as it is asked; None where it is no YAML."""

    path: str
    source: Source
    read: Callable[[], Stream] | None = None

    @property
    def documents(self) -> list[Document]:
        """What was parsed; empty where the file is no YAML."""
        return self.read().documents if self.read else []

    @property
    def broken(self) -> bool:
        """Whether the parse did not reach the end."""
        return self.read is not None and self.read().broken

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Leak:
    """A credential: the rule that reports it, what is said about it, and where it stands.

    `field` tells leaks of one file or object apart in a fingerprint. `weak` says that it opens little by itself or
    needs something else too. Nothing here holds the credential.
    """

    rule: str
    message: str
    start: int
    end: int
    field: str
    weak: bool = False


class Spans:
    """Places that were spoken of, none over another."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def free(self, start: int, end: int) -> bool:
        index = bisect_left(self._spans, (end, 0))
        return index == 0 or self._spans[index - 1][1] <= start

    def take(self, start: int, end: int) -> bool:
        """Take a place; False where another already covers some of it."""
        if not self.free(start, end):
            return False
        insort(self._spans, (start, end))
        return True


def within_quotes(source: Source, node: Node) -> tuple[int, int]:
    """The offsets of a scalar without its quotes."""
    quoted = node.end - node.start > 1 and source.text[node.start] in "\"'" and node.items is None
    return (node.start + 1, node.end - 1) if quoted else (node.start, node.end)


def place_in(source: Source, node: Node, *spellings: str) -> tuple[int, int]:
    """Where a credential stands inside a value as written; the whole value where no spelling can be seen there."""
    start, end = within_quotes(source, node)
    for spelling in spellings:
        at = source.text.find(spelling, start, end) if spelling and "\n" not in spelling else -1
        if at >= 0:
            return at, at + len(spelling)
    return start, end
