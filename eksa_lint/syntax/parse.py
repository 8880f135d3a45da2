"""Bytes to a `Stream`: every outcome has an answer, nothing raises."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from eksa_lint.snapshot.contents import LARGEST_READ
from eksa_lint.syntax import scalars
from eksa_lint.syntax.compose import Composer
from eksa_lint.syntax.document import Document, Problem, Stream
from eksa_lint.syntax.events import PARSER_ERRORS, CannotRead, events, explain
from eksa_lint.syntax.source import Source, decode, is_utf_16

_TEMPLATE: Final = re.compile(r"\{\{|\{%|<%")


def parse(data: bytes, *, core: bool = False) -> Stream:
    """Read every document of a file; a problem ends the reading, keeps what came before, and is told.

    With `core` words are read as YAML 1.2 does, for our own files; else as Kubernetes does.
    """
    if len(data) > LARGEST_READ:
        return too_large()
    source, bad = decode(data)
    if bad is not None:
        return unread(Problem("yaml-syntax", "the text is not valid UTF-8", bad, bad + 1), source)
    stream = compose(source, events(source.text), scalars.resolve_core if core else scalars.resolve_plain)
    return _only_first(stream) if is_utf_16(data) and len(stream.documents) > 1 else stream


def too_large() -> Stream:
    """What stands for a file that is only searched for secrets."""
    return unread(Problem("too-complex", f"the file has more than {LARGEST_READ // 1_000_000} MB", 0, 0))


def unread(problem: Problem, source: Source | None = None) -> Stream:
    """What stands for a file of which nothing can be parsed."""
    return Stream(source or Source(""), problems=[problem], broken=True)


def _only_first(stream: Stream) -> Stream:
    """What kustomize and eksctl read of UTF-16: they look for `---` as UTF-8 writes it, and find none."""
    start = stream.documents[1].root.start
    reason = "it is UTF-16, of which Flux and eksctl read the first document only; save it as UTF-8"
    problems = [*stream.problems, Problem("too-complex", reason, start, start + 1)]
    return Stream(stream.source, stream.documents[:1], problems, stream.broken)


def compose(
    source: Source,
    stream: Iterator[Any],
    resolve_plain: Callable[[str], scalars.Scalar] = scalars.resolve_plain,
) -> Stream:
    composer = Composer(source.text, stream, resolve_plain)
    documents: list[Document] = []
    broken = None
    try:
        documents.extend(composer.documents())
    except PARSER_ERRORS as error:
        broken = explain(error, source.text).problem
    except CannotRead as error:
        broken = error.problem
    problems = [*composer.problems, broken] if broken else composer.problems
    return Stream(source, documents, problems, broken is not None)


def is_template(text: str) -> bool:
    """Whether the text holds Helm, Jinja or ERB markup, which makes YAML of it only once it is rendered."""
    return _TEMPLATE.search(text) is not None
