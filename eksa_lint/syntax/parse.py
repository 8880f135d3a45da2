"""Bytes to a `Stream`: every outcome has an answer, nothing raises."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from eksa_lint.syntax import scalars
from eksa_lint.syntax.compose import Composer, TooComplex
from eksa_lint.syntax.document import Document, Problem, Stream
from eksa_lint.syntax.events import PARSER_ERRORS, NotYaml, events, explain
from eksa_lint.syntax.source import Source, decode, is_utf_16

LARGEST_FILE: Final = 10_000_000
"""Bytes; a larger file is not parsed, only searched for secrets."""

_TEMPLATE: Final = re.compile(r"\{\{|\{%|<%")


def parse(data: bytes, *, core: bool = False) -> Stream:
    """Read every document of a file; a problem ends the reading, keeps what came before, and is told.

    With `core` words are read as YAML 1.2 does, for our own files; else as Kubernetes does.
    """
    if len(data) > LARGEST_FILE:
        problem = Problem("too-complex", f"the file has more than {LARGEST_FILE // 1_000_000} MB", 0, 0)
        return Stream(Source(""), problems=[problem], broken=True)
    source, bad = decode(data)
    if bad is not None:
        problem = Problem("yaml-syntax", "the text is not valid UTF-8", bad, bad + 1)
        return Stream(source, problems=[problem], broken=True)
    stream = compose(source, events(source.text), scalars.resolve_core if core else scalars.resolve_plain)
    return _only_first(stream) if is_utf_16(data) and len(stream.documents) > 1 else stream


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
        try:
            documents.extend(composer.documents())
        except PARSER_ERRORS as error:
            raise explain(error, source.text) from error
    except NotYaml as error:
        broken = Problem(
            "too-complex" if error.is_limit else "yaml-syntax", error.reason, error.offset, error.offset + 1
        )
    except TooComplex as error:
        broken = Problem("too-complex", error.reason, error.offset, error.offset + 1)
    problems = [*composer.problems, broken] if broken else composer.problems
    return Stream(source, documents, problems, broken is not None)


def is_template(text: str) -> bool:
    """Whether the text holds Helm, Jinja or ERB markup, which makes YAML of it only once it is rendered."""
    return _TEMPLATE.search(text) is not None
