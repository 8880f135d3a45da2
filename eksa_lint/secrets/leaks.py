"""Every credential that a file gives away, each once.

The one way in for whoever has a path and bytes: `leaks_in`. Where two detectors speak of the same place, the first in
the order below is heard: it has the most to say.
"""

from collections.abc import Iterator
from functools import cache, partial
from importlib import import_module

from eksa_lint.secrets import prefilter
from eksa_lint.secrets.definitions import with_blanks_for_definitions, without_definitions
from eksa_lint.secrets.leak import Leak, Spans, Text
from eksa_lint.secrets.prefilter import may_be_kubeconfig
from eksa_lint.snapshot.contents import is_manifest
from eksa_lint.syntax import parse
from eksa_lint.syntax.source import Source, decode, is_git_crypt


def leaks_in(path: str, content: bytes) -> list[Leak]:
    """The credentials of one blob, in the order of its text; what a comment allows is left out.

    Nothing but the path and the bytes is looked at: no inventory, no baseline. `path` has slashes.
    """
    return reported(read(path, content))


def read(path: str, content: bytes) -> Text:
    """The text of a blob, which can be parsed where it may hold objects."""
    source, _ = decode(content)
    return Text(path, source, cache(partial(parse, content)) if _is_parsed(path, source.text) else None)


def reported(text: Text, *, by_path: bool = True) -> list[Leak]:
    """The credentials that are to be told: without those on lines that a comment allows."""
    found = leaks_of(text)
    if not found:
        return told_by_path(text) if by_path else []
    from eksa_lint.secrets.allowlist import Allowlist  # noqa: PLC0415 - nearly no file has a leak

    allowlist = Allowlist(text.source)
    return [leak for leak in found if not allowlist.covers(leak.start)]


def leaks_of(text: Text) -> list[Leak]:
    """Every credential, allowed or not, in the order of the text."""
    taken = Spans()
    found = [leak for leak in _all(text) if taken.take(leak.start, leak.end)]
    return sorted(found, key=lambda leak: leak.start)


def hidden(path: str, text: str) -> list[tuple[int, int]]:
    """The offsets of a file's text that must not be shown: every credential, allowed or not."""
    parsed = _is_parsed(path, text)
    if not prefilter.detectors(text, without_definitions(text) if parsed else text, parsed=parsed):
        return []
    whole = read(path, text.encode("utf-8", "replace")) if parsed else Text(path, Source(text))
    return [(leak.start, leak.end) for leak in leaks_of(whole)]


def told_by_path(text: Text) -> list[Leak]:
    """What the path alone tells of a file in which nothing was found."""
    if is_git_crypt(text.source.text) or not any(part in text.path for part in prefilter.PATH_PARTS):
        return []
    from eksa_lint.secrets.generated import find  # noqa: PLC0415 - of a hook, only files without a leak come here

    return list(find(text.path, text.source.text))


def _all(text: Text) -> Iterator[Leak]:
    content = text.source.text
    values = without_definitions(content) if text.read else content
    wanted = prefilter.detectors(content, values, parsed=text.read is not None)
    given = text if len(values) == len(content) or not wanted else _without_definitions(text)
    for name in wanted:
        searched = text if name in prefilter.BY_SHAPE else given
        yield from import_module(f"eksa_lint.secrets.{name}").find(searched)


def _without_definitions(text: Text) -> Text:
    blanked = with_blanks_for_definitions(text.source.text)
    return Text(text.path, Source(blanked), cache(partial(parse, blanked.encode("utf-8", "surrogatepass"))))


def _is_parsed(path: str, text: str) -> bool:
    """As the inventory reads files; and a kubeconfig has any name."""
    if may_be_kubeconfig(text):
        return True
    return is_manifest(path) and (not path.endswith(".json") or ('"apiVersion"' in text and '"kind"' in text))
