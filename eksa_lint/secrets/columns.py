"""Credentials in the columns of tables: BMC passwords of hardware CSV files, keys that AWS hands out, inventories."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from eksa_lint import data
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.placeholders import is_placeholder
from eksa_lint.secrets.values import stands_for_nothing
from eksa_lint.syntax.cells import Cell, cell_rows

_ZERO_WIDTH: Final = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_LONGEST_HEADER: Final = 4_000
_DELIMITERS: Final = ",;\t|"
_TABLES: Final = (".csv", ".tsv", ".psv")
_BMC: Final = "bmc-password"


@dataclass(frozen=True, slots=True)
class _Column:
    """An entry of the columns in `schemas/tables/credential-names.yaml`, which says what each field means."""

    rule: str
    what: str
    any_file: bool


def find(text: Text) -> Iterator[Leak]:
    """One leak a row: the first row that is no comment names the columns, in whatever order."""
    content = text.source.text
    header_line = next((line for line in content[:_LONGEST_HEADER].splitlines() if _names_columns(line)), "")
    is_table = text.name.lower().endswith(_TABLES)
    if not any(column.any_file or is_table for column in _columns_of(header_line.replace("\t", ","))):
        return
    try:
        rows = [row for row in cell_rows(content, max(_DELIMITERS, key=header_line.count)) if not _is_comment(row)]
    except csv.Error:
        return
    header = [_name(cell) for cell in rows[0]] if rows else []
    if len(header) == 1 and not is_table:
        return
    host = next((index for index, name in enumerate(header) if name in ("hostname", "host", "name")), None)
    for index, name in enumerate(header):
        column = _column(name)
        if column is not None and (column.any_file or is_table):
            for row in rows[1:]:
                if index < len(row) and _counts(row[index].text.strip(), name, column):
                    machine = row[host].text.strip() if host is not None and host < len(row) else ""
                    yield _leak(text, column, row[index], name, machine)


def _leak(text: Text, column: _Column, cell: Cell, name: str, machine: str) -> Leak:
    if column.rule == _BMC:
        of = f"of {machine}" if machine else "of a machine"
        does = "which switches the machine off and boots whatever it is given"
        message = f"hardware CSV holds the BMC password {of}, {does}"
    else:
        message = f"column {name} of {text.name} holds a {column.what} that anybody can read"
    return Leak(column.rule, message, cell.start, cell.end, f"{machine}.{name}")


def _counts(value: str, name: str, column: _Column) -> bool:
    if column.rule == _BMC:
        return value != "" and not is_placeholder(value, name)
    return not stands_for_nothing(value, name)


def _is_comment(row: list[Cell]) -> bool:
    return row[0].text.lstrip().startswith("#")


def _names_columns(line: str) -> bool:
    return line.strip() != "" and not line.lstrip().startswith("#")


def _columns_of(line: str) -> list[_Column]:
    names = (name.strip().strip('"').casefold() for name in re.split("[,;|]", _ZERO_WIDTH.sub("", line)))
    return [column for name in names if (column := _column(name)) is not None]


def _name(cell: Cell) -> str:
    return _ZERO_WIDTH.sub("", cell.text).strip().strip('"').casefold()


def _column(name: str) -> _Column | None:
    return next((column for pattern, column in _columns() if pattern.fullmatch(name)), None)


@cache
def _columns() -> list[tuple[re.Pattern[str], _Column]]:
    return [
        (re.compile(entry["name"]), _Column(entry["rule"], entry["what"], entry["any_file"]))
        for entry in data.table("credential-names")["columns"]
    ]
