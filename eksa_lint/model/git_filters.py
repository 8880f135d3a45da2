"""Files that Git encrypts when they are committed, though the work tree has them readable: git-crypt, transcrypt."""

from collections.abc import Callable, Iterator
from typing import Final

from eksa_lint.model.path_patterns import Line, ignore_lines
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.folder import FolderSnapshot

_ATTRIBUTES: Final = ".gitattributes"
_LARGEST: Final = 1_000_000
_ENCRYPTING: Final = ("filter=git-crypt", "filter=crypt")


def encrypted_when_committed(snapshot: Snapshot) -> Callable[[str], bool]:
    """Whether a path is, by the attributes of its folders. What a commit or the index holds is judged as it stands."""
    if not isinstance(snapshot, FolderSnapshot):
        return lambda _: False
    blobs = [blob for path, blob in snapshot.blobs.items() if path.rpartition("/")[2] == _ATTRIBUTES]
    patterns = {
        blob.path.removesuffix(_ATTRIBUTES): _patterns(content.decode("utf-8", "replace"))
        for blob, content in snapshot.read(blobs, _LARGEST)
        if isinstance(content, bytes) and b"crypt" in content
    }
    return lambda path: any(
        path.startswith(folder) and _is_encrypted(path.removeprefix(folder), encrypted)
        for folder, encrypted in patterns.items()
    )


def _is_encrypted(path: str, patterns: list[Line]) -> bool:
    """Whether the last pattern of a path encrypts it; unlike ignored ones, folders have no attributes."""
    matching = [pattern for pattern in patterns if pattern.matches(path)]
    return bool(matching) and not matching[-1].is_negated


def _patterns(text: str) -> list[Line]:
    """Those of the files that a filter encrypts, in the spelling of `.gitignore`, which Git shares between the two."""
    return list(ignore_lines("\n".join(_encrypting(text))))


def _encrypting(text: str) -> Iterator[str]:
    for line in text.splitlines():
        pattern, *attributes = line.split() or ["#"]
        if pattern.startswith("#"):
            continue
        if any(attribute.startswith(_ENCRYPTING) for attribute in attributes):
            yield pattern
        elif any(attribute.lstrip("!-").partition("=")[0] == "filter" for attribute in attributes):
            yield f"!{pattern}"
