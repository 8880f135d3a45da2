"""Reports in files: whole or not at all."""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from eksa_lint.clean import clean

_DEVICES: Final = ("/dev/", "/proc/")


def write(text: str, file: Path) -> None:
    """Replace the file in one step, and leave nothing behind where that fails."""
    write_bytes(text.encode(), file)


def write_bytes(data: bytes, file: Path) -> None:
    """Replace the file in one step, its permissions kept, and leave nothing behind where that fails.

    A link is replaced, never followed: a repository must not choose which file is written. Devices and pipes
    (`/dev/stdout`) are written to, as replacing them would break the machine.
    """
    try:
        if _is_device(file):
            file.write_bytes(data)
        else:
            _replace(file, data)
    except OSError as error:
        raise OSError(f"cannot write {clean(str(file))}: {error.strerror or error}") from error


def _replace(file: Path, data: bytes) -> None:
    temporary = file.with_name(f".{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - a Path does not open a descriptor
            stream.write(data)
            if file.is_file() and not file.is_symlink():
                os.fchmod(descriptor, stat.S_IMODE(file.stat().st_mode))
        temporary.replace(file)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _is_device(file: Path) -> bool:
    if str(file.absolute()).startswith(_DEVICES):
        return True
    try:
        mode = file.stat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)
