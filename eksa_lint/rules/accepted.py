"""What the team accepts for nothing: allowances that have ended or meet nothing, and what the baseline has too many."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from eksa_lint.allowance import Allowance, spell_resource
from eksa_lint.baseline import entry_of, read_baseline
from eksa_lint.config import BASELINE_FILE, CONFIG_FILE, BadConfig, Configuration, configuration_of
from eksa_lint.finding import Finding, ResourceName, Severity, Side
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import ResourceId
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.rule import Rule
from eksa_lint.snapshot.contents import content_of


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged, and on which day: the states, and all that was found in them.

    `complete` says that every one of the `run` rules saw all of the state after.
    """

    new: Inventory
    old: Inventory | None
    findings: Sequence[Finding]
    rules: RuleSet
    run: frozenset[str]
    today: date
    complete: bool


def judge_allowances(judged: Judged) -> Iterator[Draft]:
    """Every allowance of a state."""
    configuration = _readable(judged.new, judged.rules)
    if configuration is None:
        return
    for index, allowance in enumerate(configuration.policy.allowances):
        fault = _fault(configuration, index, judged)
        if fault is not None:
            yield fault
        elif _finds_nothing(allowance, judged):
            message = f"{allowance.rule} finds nothing in {spell_resource(allowance.resource)}"
            yield _draft("allowance-unused", message, configuration, index, severity=Severity.NOTE)


def judge_baseline(judged: Judged) -> Iterator[Draft]:
    """The entries of a baseline that no longer occur, in one finding."""
    if not judged.complete:
        return
    baseline = read_baseline(content_of(judged.new.snapshot, BASELINE_FILE))
    is_run = {entry for entry in baseline.entries if entry.rule in judged.run or entry.rule not in judged.rules}
    gone = sorted(is_run - set(map(entry_of, judged.findings)))
    if gone:
        more = f" and {len(gone) - 1:,} more of the baseline are" if len(gone) > 1 else " of the baseline is"
        message = f"{gone[0].title}{more} found no longer; to drop what is gone run: eksa-lint baseline --prune"
        yield Draft("baseline-unused", message, baseline.place(gone[0], "after"), values=(gone[0].fingerprint,))


def judge_change(judged: Judged, before: Inventory) -> Iterator[Draft]:
    """The allowances that a change adds, and those before it that ended too early for it.

    One that waits for its change is of no use yet. One whose change is done is told where the state is judged.
    """
    old, new = _readable(before, judged.rules), _readable(judged.new, judged.rules)
    known = old.policy.allowances if old else ()
    if old is not None:
        yield from _ended_too_early(old, judged, before)
    for index, allowance in enumerate(new.policy.allowances if new else ()):
        if new is not None and allowance not in known:
            fault = _fault(new, index, judged)
            if fault is not None:
                yield fault


def _ended_too_early(configuration: Configuration, judged: Judged, before: Inventory) -> Iterator[Draft]:
    is_same = before.snapshot.blobs.get(CONFIG_FILE) == judged.new.snapshot.blobs.get(CONFIG_FILE)
    counted = [finding for finding in judged.findings if finding.suppressed is None]
    for index, allowance in enumerate(configuration.policy.allowances):
        if allowance.has_ended(judged.today) and any(map(allowance.covers, counted)):
            yield _ended(configuration, index, "after" if is_same else "before")


def _readable(state: Inventory, rules: RuleSet) -> Configuration | None:
    try:
        return configuration_of(state.snapshot, rules)
    except BadConfig:
        return None


def _fault(configuration: Configuration, index: int, judged: Judged) -> Draft | None:
    allowance = configuration.policy.allowances[index]
    if allowance.has_ended(judged.today):
        return _ended(configuration, index, "after")
    spelled = spell_resource(allowance.resource)
    states = [state for state in (judged.new, judged.old) if state is not None]
    if any(state.get(_identity(allowance.resource)) for state in states):
        return None
    message = f"there is no {spelled} (any more)"
    if namesakes := _namesakes(allowance.resource, states):
        message = f"there is no {spelled}; did you mean {namesakes[0]}?"
    elif not _needs_it_to_exist(judged.rules[allowance.rule]):
        return None
    return _draft("allowance-unused", message, configuration, index)


def _ended(configuration: Configuration, index: int, side: Side) -> Draft:
    allowance = configuration.policy.allowances[index]
    message = f"the allowance of {allowance.owner} for {allowance.title} ended on {allowance.until.isoformat()}"
    return _draft("allowance-expired", message, configuration, index, "until", side=side)


def _finds_nothing(allowance: Allowance, judged: Judged) -> bool:
    """Whether a rule was run that needs no change to find what it looks for, and did not."""
    is_static = not {"change", "cluster"}.intersection(judged.rules[allowance.rule].subjects)
    was_run = judged.complete and allowance.rule in judged.run
    return is_static and was_run and not any(map(allowance.covers, judged.findings))


def _needs_it_to_exist(rule: Rule) -> bool:
    """Whether a rule only speaks of what is there before a change."""
    is_of_change = {"change", "cluster"}.issuperset(rule.subjects)
    return is_of_change and not ("change" in rule.subjects and "added" in rule.events)


def _namesakes(wanted: ResourceName, states: Iterable[Inventory]) -> list[str]:
    """The resources that an allowance may mean which leaves out their root, namespace or group, as it would spell them.

    A name or root that is only alike is no guess to make: prod-eu and prod-us are two clusters.
    """
    found = {
        spell_resource(ResourceName(*resource.id))
        for state in states
        for path in state.manifests.holding(wanted.name.encode("utf-8", "surrogateescape"))
        for resource in state.resources_in(path)
        if _may_be_meant(wanted, resource.id) and not resource.patch
    }
    return sorted(spelled for spelled in found if spelled is not None)


def _may_be_meant(wanted: ResourceName, known: ResourceId) -> bool:
    is_named = (wanted.kind, wanted.name) == (known.kind, known.name)
    is_in_root = wanted.root in {"", known.root}
    return is_named and is_in_root and wanted.namespace in {"", "default", known.namespace}


def _identity(resource: ResourceName) -> ResourceId:
    return ResourceId(resource.root, resource.group, resource.kind, resource.namespace, resource.name)


def _draft(  # noqa: PLR0913, PLR0917 - what a draft is made of
    rule: str,
    message: str,
    configuration: Configuration,
    index: int,
    setting: str = "resource",
    side: Side = "after",
    severity: Severity | None = None,
) -> Draft:
    place = configuration.place(("allow", index, setting), side)
    return Draft(rule, message, place, values=(message,), severity=severity)
