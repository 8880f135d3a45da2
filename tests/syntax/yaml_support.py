"""Streams in a form that tests can compare: positions instead of offsets, one line a node."""

from collections.abc import Iterator

from eksa_lint.syntax import Node, Source, Stream, parse
from eksa_lint.syntax.events import events
from eksa_lint.syntax.parse import compose
from eksa_lint.syntax.source import decode


def stream_of(data: bytes, *, pure: bool) -> Stream:
    """What `parse` gives, with the event source chosen."""
    source, _ = decode(data)
    return compose(source, events(source.text, pure=pure))


def only_value(text: str) -> object:
    """The value of a text that is one document without problems."""
    stream = parse(text.encode())
    assert stream.problems == []
    assert len(stream.documents) == 1
    return stream.documents[0].root.value


def spans(stream: Stream) -> list[str]:
    """`path: line:column-line:column` of every key and value."""
    return [line for document in stream.documents for line in _spans(document.root, str(document.index), stream.source)]


def _spans(node: Node, path: str, source: Source) -> Iterator[str]:
    yield f"{path}: {show(source, node.start, node.end)}"
    for name, entry in (node.entries or {}).items():
        yield f"{path}.{name} key: {show(source, entry.key_start, entry.key_end)}"
        yield from _spans(entry.node, f"{path}.{name}", source)
    for index, item in enumerate(node.items or ()):
        yield from _spans(item, f"{path}[{index}]", source)


def show(source: Source, start: int, end: int) -> str:
    span = source.span(start, end)
    return f"{span.line}:{span.column}-{span.end_line}:{span.end_column}"
