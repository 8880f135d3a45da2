"""Documents by blob id: what is equal on both sides is parsed once."""

from collections.abc import Iterable
from functools import cached_property

from eksa_lint.model.search import TextSearch
from eksa_lint.snapshot import Blob, Snapshot, Withheld
from eksa_lint.snapshot.contents import Contents
from eksa_lint.syntax import Problem, Source, Stream, parse
from eksa_lint.syntax.parse import too_large, unread
from eksa_lint.syntax.source import as_utf_8, decode


class Library:
    """Shared by the inventories of one check. `streams` are the documents that an earlier one has read."""

    def __init__(self, contents: Contents | None = None, streams: dict[str, Stream] | None = None) -> None:
        self._contents = contents or Contents()
        self._streams = {} if streams is None else streams
        self._manifests: dict[str, None] = {}

    def load(self, snapshot: Snapshot, blobs: Iterable[Blob]) -> None:
        """Read what is not known yet, in one go. All sides are loaded before anything is searched."""
        wanted = list(blobs)
        self._contents.load(snapshot, wanted)
        self._manifests.update(dict.fromkeys(blob.id for blob in wanted))

    def content(self, identifier: str) -> bytes:
        """The text of a loaded blob as UTF-8, to search in; nothing for one that is withheld."""
        content = self._contents.of(identifier)
        return b"" if isinstance(content, Withheld) else as_utf_8(content)

    def is_too_large(self, identifier: str) -> bool:
        """Whether a loaded blob was withheld for its size."""
        content = self._contents.of(identifier)
        return isinstance(content, Withheld) and content.large

    @cached_property
    def search(self) -> TextSearch:
        """Searches all manifests that were loaded, of both sides, by blob id."""
        contents = ((identifier, self.content(identifier)) for identifier in self._manifests)
        return TextSearch(contents)

    def source(self, identifier: str) -> Source:
        """The text of a loaded blob; none of one that is withheld."""
        stream = self._streams.get(identifier)
        return stream.source if stream else decode(self.content(identifier))[0]

    def stream(self, identifier: str) -> Stream:
        """The documents of a loaded blob."""
        stream = self._streams.get(identifier)
        if stream is None:
            stream = self._streams[identifier] = _read(self._contents.of(identifier))
        return stream


def _read(content: bytes | Withheld) -> Stream:
    if not isinstance(content, Withheld):
        return parse(content)
    return too_large() if content.large else unread(Problem("unreadable-file", content.reason, 0, 0))
