"""Passwords of machines' BMCs in hardware CSV files."""

import csv
import re
from collections.abc import Iterator
from typing import Final

from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.placeholders import is_placeholder
from eksa_lint.syntax.cells import Cell, cell_rows

_COLUMN: Final = "bmc_password"
_ZERO_WIDTH: Final = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_LONGEST_HEADER: Final = 4_000


def find(text: Text) -> Iterator[Leak]:
    """One leak a machine: any file whose first row names the column, in whatever order."""
    content = text.source.text
    if _COLUMN not in content[:_LONGEST_HEADER]:
        return
    try:
        rows = list(cell_rows(content))
    except csv.Error:
        return
    header = [_name(cell) for cell in rows[0]] if rows else []
    if _COLUMN not in header or len(header) == 1:
        return
    column = header.index(_COLUMN)
    host = header.index("hostname") if "hostname" in header else None
    for row in rows[1:]:
        password = row[column].text.strip() if column < len(row) else ""
        if password and not is_placeholder(password, _COLUMN):
            machine = row[host].text.strip() if host is not None and host < len(row) else ""
            yield _leak(row[column], machine)


def _leak(cell: Cell, machine: str) -> Leak:
    of = f"of {machine}" if machine else "of a machine"
    message = f"hardware CSV holds the BMC password {of}, which switches the machine off and boots whatever it is given"
    return Leak("bmc-password", message, cell.start, cell.end, f"{machine}.{_COLUMN}")


def _name(cell: Cell) -> str:
    return _ZERO_WIDTH.sub("", cell.text).strip().strip('"').casefold()
