"""Where bytes come from: a commit, the index, the work tree or a plain folder, behind one protocol."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

WINDOW: Final = 1_000_000
"""Bytes of one piece of a file that is too large to be held whole."""

SHORT: Final = 7
"""Characters of a commit's id that people are shown."""


class Blob(NamedTuple):
    """The content of one path. Equal `id`, equal bytes; `path` has slashes, and surrogate escapes for odd bytes."""

    path: str
    id: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Stands for content that is not given: too large to be held whole, or unreadable for the reason given."""

    reason: str
    large: bool = False


TOO_LARGE: Final = Withheld("too large", large=True)


class Snapshot(Protocol):
    """One state of the files. A link is no blob: nothing is read through it."""

    @property
    def label(self) -> str:
        """What a report calls this state: `HEAD`, `the index`, a folder."""

    @property
    def blobs(self) -> Mapping[str, Blob]:
        """Every file by its path."""

    def read(self, blobs: Iterable[Blob], largest: int) -> Iterator[tuple[Blob, bytes | Withheld]]:
        """The bytes of each blob, in the order given; one that has more than `largest` is withheld."""

    def windows(self, blob: Blob) -> Iterator[bytes]:
        """The bytes of a large blob, piece by piece."""
