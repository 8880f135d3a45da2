"""Standard output and error that take what they can: closed, full, or without a letter."""

import errno
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Final

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def take_streams() -> None:
    """A stream that is closed takes nothing, and one that lacks a letter shows its escape: no reason to stop."""
    if sys.stdout is None:
        sys.stdout = _nowhere()
    elif isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    if sys.stderr is None:
        sys.stderr = _nowhere()


def _nowhere() -> TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")


def say_no_more() -> None:
    """Python must not complain about standard output while it shuts down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def no_room(error: Exception) -> str:
    """What the system says where there is no room for what was written; empty for any other error."""
    return str(error.strerror) if isinstance(error, OSError) and error.errno in _FULL else ""
