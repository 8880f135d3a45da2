"""What a change does to the policy itself: to the configuration, the baseline and the imported schemas.

What lets more pass is a warning, what lets less pass a note. None of it is in force for the change that brings it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from eksa_lint.config import (
    BASELINE_FILE,
    CONFIG_FILE,
    KNOWN_SECRETS,
    BadConfig,
    Path,
    configuration_of,
)
from eksa_lint.finding import Place, Severity, Side
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.wording import first_of
from eksa_lint.schema.imported import FOLDER
from eksa_lint.secrets.baseline import read_baseline
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.contents import content_of
from eksa_lint.syntax.source import decode

if TYPE_CHECKING:
    from eksa_lint.baseline import Entry

_RANKS: Final = ("note", "warning", "error", "never")
"""From what stops most changes to what stops none."""


@dataclass(frozen=True, slots=True)
class _Difference:
    """One setting that differs, at its place in the state after, or before where it is gone."""

    path: Path
    message: str
    loosens: bool
    side: Side = "after"


_Differences: TypeAlias = Iterator[_Difference]


def policy_changes(before: Snapshot, after: Snapshot, rules: RuleSet) -> Iterator[Draft]:
    """Drafts about files of the policy that differ."""
    if before.blobs.get(CONFIG_FILE) != after.blobs.get(CONFIG_FILE):
        yield from _configuration_changes(before, after, rules)
    if before.blobs.get(BASELINE_FILE) != after.blobs.get(BASELINE_FILE):
        yield from _baseline_changes(before, after)
    if before.blobs.get(KNOWN_SECRETS) != after.blobs.get(KNOWN_SECRETS):
        yield from _known_secrets(before, after)
    for path in sorted(before.blobs.keys() | after.blobs.keys()):
        if path.startswith(f"{FOLDER}/") and before.blobs.get(path) != after.blobs.get(path):
            yield _schema_change(path, before, after)


def _known_secrets(before: Snapshot, after: Snapshot) -> Iterator[Draft]:
    """Secrets that detect-secrets' baseline makes known, by their number: it names none."""
    old, new = (set(_hashes_in(state)) for state in (before, after))
    added, dropped = len(new - old), len(old - new)
    if added or dropped:
        side: Side = "after" if KNOWN_SECRETS in after.blobs else "before"
        source, _ = decode(content_of(after if side == "after" else before, KNOWN_SECRETS))
        place = Place(side, KNOWN_SECRETS, source, 0, len(source.line(1)))
        more = f"detect-secrets' baseline has {added} more that are no longer told, from the next change on"
        less = f"detect-secrets' baseline has {dropped} less, which count again"
        yield _changed(more if added else less, place, loosens=bool(added))


def _hashes_in(state: Snapshot) -> Iterator[tuple[str, str]]:
    if KNOWN_SECRETS in state.blobs:
        for path, hashes in read_baseline(content_of(state, KNOWN_SECRETS)).items():
            yield from ((path, digest) for digest in hashes)


def _configuration_changes(before: Snapshot, after: Snapshot, rules: RuleSet) -> Iterator[Draft]:
    try:
        new = configuration_of(after, rules)
    except BadConfig as error:
        yield _invalid(error, "configuration")
        return
    try:
        old = configuration_of(before, rules)
    except BadConfig:
        return  # the defaults were in force, and the report says so
    for difference in _differences(old.data, new.data, rules):
        configuration = new if difference.side == "after" else old
        place = configuration.place(difference.path, difference.side, key=True)
        yield _changed(difference.message, place, loosens=difference.loosens)


def _differences(old: dict[str, Any], new: dict[str, Any], rules: RuleSet) -> _Differences:
    yield from _items(old, new, "ignore", lambda rule: f"{rule} is no longer reported", str)
    yield from _items(old, new, "per-path-ignores", _is_ignored, _below_paths)
    yield from _items(old, new, "allow", _is_allowed, lambda entry: f"{entry['rule']} of {entry['resource']}")
    yield from _selected(old.get("select", []), new.get("select", []))
    yield from _severities(old.get("severity", {}), new.get("severity", {}), rules)
    yield from _fail_on(old.get("fail-on", "error"), new.get("fail-on", "error"), is_written="fail-on" in new)
    first, second = old.get("eksa-version"), new.get("eksa-version")
    if first != second:
        message = f"clusters that do not say their release are taken for {second or 'the newest'}, not {first or 'it'}"
        yield _Difference(("eksa-version",), message, loosens=True, side="after" if second else "before")


def _items(
    old: dict[str, Any], new: dict[str, Any], setting: str, added: Callable[[Any], str], name: Callable[[Any], str]
) -> _Differences:
    """Entries of a list that lets findings pass: a new one lets more pass, a dropped one less."""
    first, second = old.get(setting, []), new.get(setting, [])
    for index, item in enumerate(second):
        if item not in first:
            yield _Difference((setting, index), added(item), loosens=True)
    for index, item in enumerate(first):
        if item not in second:
            yield _Difference((setting, index), f"{name(item)} counts again", loosens=False, side="before")


def _is_ignored(entry: dict[str, Any]) -> str:
    return f"{_below_paths(entry)} no longer counts: {entry['reason']}"


def _below_paths(entry: dict[str, Any]) -> str:
    return f"{first_of(entry['rules'])} below {first_of(entry['paths'])}"


def _is_allowed(entry: dict[str, Any]) -> str:
    return (
        f"{entry['rule']} of {entry['resource']} is allowed until {entry['until']} by {entry['owner']}, "
        "from the next change on"
    )


def _selected(old: list[str], new: list[str]) -> _Differences:
    """No selection is all rules."""
    gone, come = [rule for rule in old if rule not in new], [rule for rule in new if rule not in old]
    if old and not new:
        yield _Difference(("select",), "all rules are run", loosens=False, side="before")
    elif new and not old:
        yield _Difference(("select",), f"nothing but {first_of(new)} is run", loosens=True)
    elif gone:
        yield _Difference(("select",), f"{first_of(gone)} is no longer run", loosens=True)
    elif come:
        yield _Difference(("select",), f"{first_of(come)} is run too", loosens=False)


def _severities(old: dict[str, str], new: dict[str, str], rules: RuleSet) -> _Differences:
    for rule in dict.fromkeys([*new, *old]):
        first, second = (Severity(settings.get(rule, rules[rule].severity)) for settings in (old, new))
        if first is not second:
            side: Side = "after" if rule in new else "before"
            loosens = second.rank > first.rank
            yield _Difference(("severity", rule), f"{rule} goes from {first} to {second}", loosens, side)


def _fail_on(old: str, new: str, *, is_written: bool) -> _Differences:
    if old != new:
        loosens = _RANKS.index(new) > _RANKS.index(old)
        side: Side = "after" if is_written else "before"
        yield _Difference(("fail-on",), f"fail-on goes from {old} to {new}", loosens, side)


def _baseline_changes(before: Snapshot, after: Snapshot) -> Iterator[Draft]:
    from eksa_lint.baseline import Baseline, read_baseline  # noqa: PLC0415 - only where there is one

    try:
        new = read_baseline(content_of(after, BASELINE_FILE))
    except BadConfig as error:
        yield _invalid(error, "baseline")
        return
    try:
        old = read_baseline(content_of(before, BASELINE_FILE))
    except BadConfig:
        old = Baseline(new.source, {})
    if added := sorted(new.entries - old.entries):
        message = f"the baseline accepts {_first(added)}"
        yield _changed(message, new.place(added[0], "after"), loosens=True)
    if dropped := sorted(old.entries - new.entries):
        message = f"the baseline no longer accepts {_first(dropped)}"
        yield _changed(message, old.place(dropped[0], "before"), loosens=False)


def _first(entries: "list[Entry]") -> str:
    more = f" and {len(entries) - 1:,} more" if len(entries) > 1 else ""
    return f"{entries[0].title}{more}"


def _schema_change(path: str, before: Snapshot, after: Snapshot) -> Draft:
    side: Side = "after" if path in after.blobs else "before"
    source, _ = decode(content_of(after if side == "after" else before, path))
    verb = "is no longer there" if side == "before" else "is another one" if path in before.blobs else "is added"
    kind = path.removeprefix(f"{FOLDER}/").partition(".")[0]
    return _changed(f"the schema that {kind} is held against {verb}", Place(side, path, source, 0, 0), loosens=True)


def _invalid(error: BadConfig, what: str) -> Draft:
    problem = error.problem
    place = Place("after", problem.path, problem.source, problem.start, problem.end)
    return Draft("policy-invalid", f"the {what} cannot be used: {problem.message}", place)


def _changed(message: str, place: Place, *, loosens: bool) -> Draft:
    return Draft("policy-changed", message, place, values=(message,), severity=None if loosens else Severity.NOTE)
