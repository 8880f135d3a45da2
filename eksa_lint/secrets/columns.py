"""Credentials in the columns of tables: BMC passwords of hardware CSV files, keys that AWS hands out, inventories."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from eksa_lint import data
from eksa_lint.secrets.leak import Leak, Text
from eksa_lint.secrets.placeholders import is_placeholder
from eksa_lint.secrets.values import stands_for_nothing
from eksa_lint.syntax.cells import Cell, cell_rows, visible

Row: TypeAlias = list[Cell]

_DELIMITERS: Final = ",;\t|"
_DELIMITER: Final = re.compile(rf"[{_DELIMITERS}]")
_LONGEST_HEADER: Final = 4_000
_TABLES: Final = (".csv", ".tsv", ".psv")
_HOSTS: Final = ("hostname", "host", "name")
_BMC: Final = "bmc-password"


@dataclass(frozen=True, slots=True)
class Column:
    """An entry of the columns in `schemas/tables/credential-names.yaml`, which says what each field means."""

    rule: str
    what: str
    any_file: bool

    def counts(self, value: str, name: str) -> bool:
        if self.rule == _BMC:
            return value != "" and not is_placeholder(value, name)
        return not stands_for_nothing(value, name)


def find(text: Text) -> Iterator[Leak]:
    """The first row that is no comment names the columns, in whatever order."""
    is_table = text.name.lower().endswith(_TABLES)
    header, *rows = _rows(text.source.text, is_table=is_table) or [[]]
    names = [_name(cell.text) for cell in header]
    host = next((index for index, name in enumerate(names) if name in _HOSTS), len(names))
    for index, name in enumerate(names):
        column = _column(name, is_table=is_table)
        if column is None:
            continue
        for row in rows:
            if index < len(row) and column.counts(row[index].text.strip(), name):
                machine = row[host].text.strip() if host < len(row) else ""
                yield _leak(text, column, row[index], name, machine)


def _rows(content: str, *, is_table: bool) -> list[Row]:
    """The rows of a table with a column of credentials, without comments; none where a text is no such table."""
    header = next((line for line in content[:_LONGEST_HEADER].splitlines() if _names_columns(line)), "")
    if not any(_column(_name(name), is_table=is_table) for name in _DELIMITER.split(header)):
        return []
    try:
        rows = [row for row in cell_rows(content, max(_DELIMITERS, key=header.count)) if not _is_comment(row)]
    except csv.Error:
        return []
    return rows if is_table or not rows or len(rows[0]) > 1 else []


def _names_columns(line: str) -> bool:
    return line.strip() != "" and not line.lstrip().startswith("#")


def _is_comment(row: Row) -> bool:
    return row[0].text.lstrip().startswith("#")


def _name(text: str) -> str:
    return visible(text).strip('"').casefold()


def _column(name: str, *, is_table: bool) -> Column | None:
    column = next((column for pattern, column in _columns() if pattern.fullmatch(name)), None)
    return column if column and (column.any_file or is_table) else None


def _leak(text: Text, column: Column, cell: Cell, name: str, machine: str) -> Leak:
    if column.rule == _BMC:
        of = f"of {machine}" if machine else "of a machine"
        does = "which switches the machine off and boots whatever it is given"
        message = f"hardware CSV holds the BMC password {of}, {does}"
    else:
        message = f"column {name} of {text.name} holds a {column.what} that anybody can read"
    return Leak(column.rule, message, cell.start, cell.end, f"{machine}.{name}")


@cache
def _columns() -> list[tuple[re.Pattern[str], Column]]:
    return [
        (re.compile(entry["name"]), Column(entry["rule"], entry["what"], entry["any_file"]))
        for entry in data.table("credential-names")["columns"]
    ]
