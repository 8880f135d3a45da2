"""The baseline of detect-secrets, `.secrets.baseline`: what a team already knows about is not told again.

Only its file names and hashes are read, as JSON: which plugin found a secret makes no difference, since a hash is of
the secret alone, and detect-secrets itself is not needed.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from eksa_lint.secrets.encoded import decode_base64

Known: TypeAlias = dict[str, dict[str, set[int]]]
"""By the path of a file the SHA-1 hashes of its known secrets, and the lines that they stood on."""

_PREFIX: Final = re.compile(r"(gh[pousr]|gl(?:pat|dt|ft|soat|rt))[_-]")
_PEM_HEADER: Final = re.compile(r"-----(BEGIN [A-Z0-9 ]{3,60})-----")


def read_baseline(content: bytes) -> Known:
    """What a baseline knows; nothing where it cannot be read, so that a broken one hides nothing."""
    try:
        results = json.loads(content)["results"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    if not isinstance(results, dict):
        return {}
    return {path: _hashes(entries) for path, entries in results.items() if isinstance(entries, list)}


def is_known(known: Known, path: str, line: int, written: str) -> bool:
    """Whether a secret as it is written, or what its base64 says, is known in a file.

    Of tokens of GitHub and GitLab detect-secrets hashes no more than the prefix: such an entry is good for its line.
    """
    hashes = known.get(path)
    if hashes is None:
        return False
    prefix = _PREFIX.match(written)
    if prefix and line in hashes.get(_hash(prefix[1]), ()):
        return True
    return any(_hash(spelling) in hashes for spelling in _spellings(written))


def _hashes(entries: list[Any]) -> dict[str, set[int]]:
    hashes: dict[str, set[int]] = {}
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("hashed_secret"), str):
            lines = hashes.setdefault(entry["hashed_secret"], set())
            if isinstance(entry.get("line_number"), int):
                lines.add(entry["line_number"])
    return hashes


def _spellings(written: str) -> Iterator[str]:
    yield written
    if header := _PEM_HEADER.match(written):
        yield header[1]  # all that detect-secrets takes of a private key
    decoded = decode_base64(written)
    if decoded:
        yield decoded.decode("utf-8", "replace").strip()


def _hash(secret: str) -> str:
    return hashlib.sha1(secret.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
