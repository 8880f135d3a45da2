"""Text to documents: plain JSON values, and beside them the exact place of every key and value.

`parse` is the only way from bytes to documents. Nothing here knows Kubernetes, Git or rules.
"""

from eksa_lint.syntax.directives import Directive, find_directives
from eksa_lint.syntax.document import Document, Entry, JsonValue, Node, Problem, Stream
from eksa_lint.syntax.parse import parse
from eksa_lint.syntax.source import Source, Span

__all__ = [
    "Directive",
    "Document",
    "Entry",
    "JsonValue",
    "Node",
    "Problem",
    "Source",
    "Span",
    "Stream",
    "find_directives",
    "parse",
]
