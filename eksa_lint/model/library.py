"""Contents and documents by blob id: what is equal on both sides is read and parsed once."""

from collections.abc import Iterable

from eksa_lint.snapshot import Blob, Snapshot, Withheld
from eksa_lint.syntax import Problem, Source, Stream, parse
from eksa_lint.syntax.parse import LARGEST_FILE


class Library:
    """Shared by the inventories of one check."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes | Withheld] = {}
        self._streams: dict[str, Stream] = {}

    def load(self, snapshot: Snapshot, blobs: Iterable[Blob]) -> None:
        """Read what is not known yet, in one go."""
        missing = {blob.id: blob for blob in blobs if blob.id not in self._contents}
        for blob, content in snapshot.read(missing.values(), LARGEST_FILE):
            self._contents[blob.id] = content

    def content(self, blob: Blob) -> bytes:
        """The bytes of a loaded blob; nothing for one that is withheld."""
        content = self._contents[blob.id]
        return b"" if isinstance(content, Withheld) else content

    def is_too_large(self, blob: Blob) -> bool:
        """Whether a loaded blob was withheld for its size."""
        content = self._contents[blob.id]
        return isinstance(content, Withheld) and content.large

    def stream(self, blob: Blob) -> Stream:
        """The documents of a loaded blob."""
        stream = self._streams.get(blob.id)
        if stream is None:
            stream = self._streams[blob.id] = _read(self._contents[blob.id])
        return stream


def _read(content: bytes | Withheld) -> Stream:
    if not isinstance(content, Withheld):
        return parse(content)
    if content.large:
        problem = Problem("too-complex", f"the file has more than {LARGEST_FILE // 1_000_000} MB", 0, 0)
    else:
        problem = Problem("yaml-syntax", f"the file cannot be read: {content.reason}", 0, 0)
    return Stream(Source(""), problems=[problem], broken=True)
