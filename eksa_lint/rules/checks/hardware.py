"""The hardware CSV that eksctl anywhere makes bare metal machines from: one row a machine.

What is refused, and in which form a cell is read, is that of pkg/providers/tinkerbell/hardware (csv.go, validator.go)
in the eks-anywhere repository: Go's encoding/csv gives the cells as they stand, blanks included.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from eksa_lint.finding import Severity
from eksa_lint.model.file import File
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.functions import is_ip, is_label_key, is_label_value, is_subdomain
from eksa_lint.syntax.cells import Cell, cell_rows, visible
from eksa_lint.syntax.later import is_filled_in_later

_REQUIRED: Final = ("hostname", "ip_address", "netmask", "gateway", "nameservers", "mac", "disk", "labels")
_BMC: Final = ("bmc_ip", "bmc_username", "bmc_password")
_TELLING: Final = frozenset(("labels", "disk", "bmc_ip"))
"""Columns that an inventory for another purpose seldom has; the header must hold one of them."""

_FEWEST: Final = 6
"""Of the required columns that a header must have for the file to be a hardware CSV with some of them missing."""

_REFUSED: Final = "eksctl anywhere refuses the file"
_DISK: Final = re.compile(r"(?:/dev/[A-Za-z0-9_-]+)+\Z")
_VLAN: Final = re.compile(r"[+-]?[0-9]{1,9}\Z")
_VLANS: Final = range(1, 4095)
_MAC_OCTETS: Final = (6, 8, 20)
_MAC: Final = re.compile(r"[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2})*\Z|[0-9a-f]{4}(?:\.[0-9a-f]{4})+\Z")


@dataclass(frozen=True, slots=True)
class _Machine:
    """A row, and its cells by the names of their columns."""

    title: str
    cells: dict[str, Cell] = field(repr=False)

    def text(self, column: str) -> str:
        return self.cells[column].text

    @property
    def has_bmc(self) -> bool:
        return any(self.cells[column].text for column in _BMC if column in self.cells)

    @property
    def lacks_credentials(self) -> bool:
        """A BMC with its address alone, which the RPC options of the command make do with."""
        filled = [column for column in _BMC if column in self.cells and self.cells[column].text]
        return filled == ["bmc_ip"]


@check("hardware-csv")
def hardware_csv(file: File, _: Context) -> Iterator[Draft]:
    if not _may_be_hardware(file.source.text):
        return
    try:
        rows = list(cell_rows(file.source.text))
    except csv.Error:
        return  # nothing that could be told apart into cells
    header = [visible(cell.text) for cell in rows[0]]
    if not _is_hardware(header):
        return
    passwords = header.index("bmc_password") if "bmc_password" in header else len(header)
    secret = tuple((row[passwords].start, row[passwords].end) for row in rows[1:] if passwords < len(row))
    for draft in _judge(file, header, rows):
        yield replace(draft, secret=secret)


def _may_be_hardware(text: str) -> bool:
    """By the first line only: every file that holds no objects comes by here."""
    first = text[: text.find("\n")] if "\n" in text else text
    return first.count(",") >= _FEWEST - 1 and "mac" in first


def _is_hardware(header: list[str]) -> bool:
    return sum(column in header for column in _REQUIRED) >= _FEWEST and not _TELLING.isdisjoint(header)


def _judge(file: File, header: list[str], rows: list[list[Cell]]) -> Iterator[Draft]:
    missing = [column for column in _REQUIRED if column not in header]
    if missing:
        named = f"the column {missing[0]}" if len(missing) == 1 else f"the columns {', '.join(missing)}"
        place = file.place(rows[0][0].start, rows[0][-1].end)
        yield Draft(
            rule="hardware-csv",
            message=f"the hardware CSV lacks {named}; {_REFUSED}",
            place=place,
            field="header",
            values=tuple(missing),
        )
    seen: dict[tuple[str, str], Cell] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            if not any(is_filled_in_later(cell.text) for cell in row):  # a loop over the machines, or one of its rows
                yield _uneven(file, number, header, row)
            continue
        cells = dict(zip(reversed(header), reversed(row), strict=True))
        hostname = cells["hostname"].text if "hostname" in cells else ""
        machine = _Machine(hostname or f"the machine in row {number}", cells)
        for column, message in _faults(machine):
            yield _draft(file, machine, column, message)
        if machine.lacks_credentials:
            refusal = f"unless BMC RPC options are given, {_REFUSED}"
            draft = _draft(file, machine, "bmc_ip", "comes without bmc_username and bmc_password", refusal)
            yield replace(draft, severity=Severity.WARNING)
        yield from _repeated(file, machine, seen)


def _uneven(file: File, number: int, header: list[str], row: list[Cell]) -> Draft:
    return Draft(
        rule="hardware-csv",
        message=f"row {number} of the hardware CSV has {len(row)} cells and the header {len(header)}; "
        "eksctl anywhere cannot read the file",
        place=file.place(row[0].start, row[-1].end),
        field=f"row[{row[0].text}]",
        values=(str(len(row)),),
    )


def _draft(file: File, machine: _Machine, column: str, message: str, refusal: str = _REFUSED) -> Draft:
    cell = machine.cells[column]
    return Draft(
        rule="hardware-csv",
        message=f"{column} of {machine.title} {message}; {refusal}",
        place=file.place(cell.start, cell.end),
        field=f"[{machine.title}].{column}",
        values=(cell.text if column != "bmc_password" else "", message),
    )


def _faults(machine: _Machine) -> Iterator[tuple[str, str]]:
    """The columns whose cells are refused, and why. What is filled in later is not judged."""
    for column, cell in machine.cells.items():
        if not is_filled_in_later(cell.text) and (fault := _fault(column, cell.text)):
            yield column, fault
    if machine.has_bmc and not machine.lacks_credentials:
        yield from _bmc_faults(machine)


def _fault(column: str, text: str) -> str:
    """Why a cell is refused by itself; empty where it is not."""
    if not text:
        return "is empty" if column in _REQUIRED and column != "labels" else ""
    if column == "labels":
        return _labels_fault(text)
    fits, wrong = _CELLS.get(column, (bool, ""))
    return "" if fits(text) else wrong.format(text)


def _labels_fault(text: str) -> str:
    for label in text.split("|"):
        key, equals, value = (part.strip() for part in label.partition("="))
        if not equals or "=" in value:
            return f"has {label or 'an empty entry'}: labels are key=value, separated by |"
        if not is_label_key(key):
            return f"has the key {key or 'of no letters'}, which is no label name"
        if not is_label_value(value):
            return f"has the value {value} for {key}, which is no label value"
    return ""


def _bmc_faults(machine: _Machine) -> Iterator[tuple[str, str]]:
    """Where one of the three is set, the others must be."""
    filled = next(column for column in _BMC if column in machine.cells and machine.text(column))
    for column in _BMC:
        if column not in machine.cells:
            yield filled, f"is set, but the hardware CSV has no column {column}"
        elif not machine.text(column):
            yield column, "is empty, but the machine has a BMC"


def _repeated(file: File, machine: _Machine, seen: dict[tuple[str, str], Cell]) -> Iterator[Draft]:
    """What another machine has as well: each column must tell the machines apart."""
    for column in ("ip_address", "mac", "hostname", "bmc_ip"):
        cell = machine.cells.get(column)
        if cell is None or not cell.text or is_filled_in_later(cell.text):
            continue
        text = cell.text.lower() if column == "mac" else cell.text
        first = seen.setdefault((column, text), cell)
        if first is not cell:
            place = file.place(first.start, first.end)
            line = place.span.line
            draft = _draft(file, machine, column, f"is {cell.text}, as in line {line} already")
            yield replace(draft, values=(cell.text, "repeated"), related=(("first here", place),))


def _is_mac(text: str) -> bool:
    """What Go's net.ParseMAC takes: 6, 8 or 20 octets in pairs, or in groups of four digits."""
    lowered = text.lower()
    digits = sum(char not in ":-." for char in lowered)
    return _MAC.match(lowered) is not None and digits / 2 in _MAC_OCTETS


def _is_vlan(text: str) -> bool:
    return _VLAN.match(text) is not None and int(text) in _VLANS


_CELLS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "ip_address": (is_ip, "is {}, which is no IP address"),
    "gateway": (is_ip, "is {}, which is no IP address"),
    "bmc_ip": (is_ip, "is {}, which is no IP address"),
    "nameservers": (lambda text: all(text.split("|")), "has an empty entry"),
    "mac": (_is_mac, "is {}, which is no MAC address"),
    "hostname": (is_subdomain, "is {}, which is no name of lower case letters, digits, - and ."),
    "disk": (_DISK.match, "is {}, which is no device such as /dev/sda (paths below it such as by-id are not taken)"),
    "vlan_id": (_is_vlan, "is {}; it is a number from 1 to 4094 or empty"),
}
"""What the text of a cell must be, by its column, and how a message says that it is not."""
