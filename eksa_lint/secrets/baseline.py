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

BASELINE_FILE: Final = ".secrets.baseline"

Known: TypeAlias = dict[str, frozenset[str]]
"""The SHA-1 hashes of known secrets by the path of their file."""

_PEM_HEADER: Final = re.compile(r"-----(BEGIN [A-Z0-9 ]{3,60})-----")


def read_baseline(content: bytes) -> Known:
    """What a baseline knows; nothing where it cannot be read, so that a broken one hides nothing."""
    try:
        results = json.loads(content)["results"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    if not isinstance(results, dict):
        return {}
    return {path: frozenset(_hashes(entries)) for path, entries in results.items() if isinstance(entries, list)}


def is_known(known: Known, path: str, written: str) -> bool:
    """Whether a secret as it is written, or what its base64 says, is known in a file."""
    hashes = known.get(path)
    return hashes is not None and any(_hash(spelling) in hashes for spelling in _spellings(written))


def _hashes(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("hashed_secret"), str):
            yield entry["hashed_secret"]


def _spellings(written: str) -> Iterator[str]:
    yield written
    if header := _PEM_HEADER.match(written):
        yield header[1]  # all that detect-secrets takes of a private key
    decoded = decode_base64(written)
    if decoded:
        yield decoded.decode("utf-8", "replace").strip()


def _hash(secret: str) -> str:
    return hashlib.sha1(secret.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
