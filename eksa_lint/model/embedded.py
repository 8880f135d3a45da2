"""YAML that stands as text in another file: read with the places that it has there."""

from bisect import bisect_right
from collections.abc import Callable

from eksa_lint.syntax import Document, Node, Source, parse


def embedded(node: Node, source: Source) -> tuple[list[Document], Callable[[int], int]]:
    """The documents in a text, and the way from their offsets to those of the file around it.

    Only in a block that keeps its lines (`|`) has every part a place of its own; elsewhere it is that of the text.
    """
    text = node.value if isinstance(node.value, str) else ""
    stream = parse(text.encode("utf-8", "replace"))
    documents = [] if stream.broken else stream.documents
    starts = _line_starts(text, node, source)
    if not starts:
        return documents, lambda _: node.start

    def shift(offset: int) -> int:
        line = bisect_right(starts, (offset, len(source.text))) - 1
        inner, outer = starts[max(line, 0)]
        return outer + offset - inner

    return documents, shift


def _line_starts(text: str, node: Node, source: Source) -> list[tuple[int, int]]:
    """Where each line of the text begins, in it and in the file; nothing where it is no block of the same lines."""
    if not source.text.startswith("|", node.start):
        return []
    starts, at = [], 0
    first = source.position(node.start)[0] + 1
    for number, line in enumerate(text.split("\n"), start=first):
        written = source.line(number)
        if line and not written.endswith(line):
            return []
        starts.append((at, source.offset(number) + len(written) - len(line)))
        at += len(line) + 1
    return starts
