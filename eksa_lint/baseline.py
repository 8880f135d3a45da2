"""What was there before the tool was: findings that are known, in a file that people review and Git merges.

One entry a line, sorted, and nothing in it that changes by itself, such as a line number or a date: two branches that
mend different things meet in no line. No text of a finding is in it, and no value.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eksa_lint.allowance import spell_resource
from eksa_lint.config import BASELINE_FILE, BadConfig, ConfigProblem
from eksa_lint.finding import Finding, Place, Side
from eksa_lint.secrets.masking import mask
from eksa_lint.syntax import Source
from eksa_lint.syntax.source import decode

_REPAIR = "; to write the file anew run: eksa-lint baseline"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A known finding. `subject` is the resource as an allowance spells it, else the path."""

    subject: str
    rule: str
    fingerprint: str

    @property
    def title(self) -> str:
        return f"{self.rule} of {self.subject}"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a file, each with the number of its line."""

    source: Source
    lines: dict[Entry, int]

    @property
    def entries(self) -> frozenset[Entry]:
        return frozenset(self.lines)

    def place(self, entry: Entry, side: Side) -> Place:
        """The line of an entry."""
        start = self.source.offset(self.lines[entry])
        return Place(side, BASELINE_FILE, self.source, start, start + len(self.source.line(self.lines[entry])))


def entry_of(finding: Finding) -> Entry:
    """The entry that stands for a finding."""
    resource = finding.resource
    subject = mask(finding.path or "")
    if resource is not None:
        subject = spell_resource(resource) or f"{resource.kind} {resource.name}"
    return Entry(subject, finding.rule, finding.fingerprint)


def write_baseline(entries: Iterable[Entry]) -> str:
    """The text of a baseline file."""
    return "".join(f"{_line(entry)}\n" for entry in sorted(entries))


def read_baseline(content: bytes) -> Baseline:
    """The entries of a baseline file, in whatever order a merge left them.

    Raises:
        BadConfig: a line is no entry.
    """
    source, bad = decode(content)
    if bad is not None:
        raise BadConfig(_problem("the text is not valid UTF-8", source, bad, bad + 1))
    return Baseline(source, dict(_entries(source)))


def _entries(source: Source) -> Iterator[tuple[Entry, int]]:
    for number in range(1, source.line_count + 1):
        line = source.line(number)
        if not line.strip():
            continue
        entry = _entry(line)
        if entry is None:
            start = source.offset(number)
            raise BadConfig(_problem("this line is no entry of a baseline", source, start, start + len(line)))
        yield entry, number


def _entry(line: str) -> Entry | None:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(item, dict) or item.keys() != {"of", "rule", "fingerprint"}:
        return None
    if not all(isinstance(value, str) for value in item.values()):
        return None
    entry = Entry(item["of"], item["rule"], item["fingerprint"])
    return entry if line.strip() == _line(entry) else None  # nothing is in it that a reader would not see


def _line(entry: Entry) -> str:
    return json.dumps({"of": entry.subject, "rule": entry.rule, "fingerprint": entry.fingerprint})


def _problem(message: str, source: Source, start: int, end: int) -> ConfigProblem:
    return ConfigProblem(f"{message}{_REPAIR}", source, start, end, BASELINE_FILE)
