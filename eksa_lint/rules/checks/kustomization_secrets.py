"""What a kustomization gives for Secrets, of which no line of a report may show anything."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.syntax import Node

_SHOWN: Final = frozenset(("name", "namespace", "behavior", "type", "options"))
"""What an entry of a generator says of the Secret itself."""
_OF_FILES: Final = frozenset(("files", "envs", "env"))


def given_secrets(root: Node) -> Iterator[tuple[int, int]]:
    """The offsets of all that a Secret is to be made of, however it is written; the names of files are none."""
    listed = root.find(("secretGenerator",))
    for item in (listed.items or [listed]) if listed is not None else ():
        fields = item.entries or {}
        for name, entry in fields.items():
            if name not in _SHOWN or entry.node.items is not None:
                yield from _texts(entry.node, may_be_files=name in _OF_FILES)
        if not fields:
            yield from _texts(item, may_be_files=False)


def looks_like_file(text: str) -> bool:
    """What is written as a file for a Secret and does not look like one may be the secret itself."""
    return "." in text or "/" in text


def _texts(node: Node, *, may_be_files: bool) -> Iterator[tuple[int, int]]:
    if node.items is not None:
        for item in node.items:
            yield from _texts(item, may_be_files=may_be_files)
    elif node.entries is not None:
        yield from node.scalars()
    elif not (may_be_files and looks_like_file(str(node.value))):
        yield node.start, node.end
