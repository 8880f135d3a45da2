"""The whole way: two snapshots in, a report out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic

from eksa_lint.config import CONFIG_FILE, BadConfig, read_policy
from eksa_lint.finding import Compared, Finding, Place, Report
from eksa_lint.model.affected import (
    affected,
    changed_clusters,
    changed_files,
    count_changed_files,
    counterparts,
)
from eksa_lint.model.changes import Change, compare
from eksa_lint.model.impact import impacts
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.policy import Policy
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.engine import Engine
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.publish import publish
from eksa_lint.rules.state import State
from eksa_lint.rules.suppress import suppress, unused_comments, wrong_comments
from eksa_lint.schema.imported import load_imported
from eksa_lint.snapshot import Snapshot, Withheld
from eksa_lint.snapshot.contents import LARGEST_READ, Contents


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is judged: the paths that are wanted (None: all), and whether standing faults count in a comparison."""

    wants: Callable[[str], bool] | None = None
    everything: bool = False


def check(  # noqa: PLR0913, PLR0917 - all that a check is made of
    before: Snapshot | None,
    after: Snapshot,
    policy: Policy,
    rules: RuleSet,
    scope: Scope = Scope(),
    contents: Contents | None = None,
) -> Report:
    """Judge a state, or a change from one to another.

    With two states a standing fault is only told where the change brought it, unless the scope is everything.
    `contents` is what was read of the snapshots already.
    """
    started = monotonic()
    library = Library(contents)
    old = Inventory(before, library, "before") if before is not None else None
    new = Inventory(after, library, "after")
    changes = compare(old, new) if old is not None else []
    run = _Run(old, new, changes, policy, rules)
    findings = run.whole_state(scope) if old is None or scope.everything else run.what_changed(old)
    if scope.wants is not None:
        findings = [finding for finding in findings if finding.path is None or scope.wants(finding.path)]
    return Report(
        compared=_compared(old, new, changes),
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        seconds=monotonic() - started,
    )


def load_policy(snapshot: Snapshot, rules: RuleSet) -> Policy:
    """The configuration of a snapshot, the defaults where it has none.

    Raises:
        BadConfig: there is one, and it cannot be used.
    """
    blob = snapshot.blobs.get(CONFIG_FILE)
    if blob is None:
        return Policy()
    _, content = next(iter(snapshot.read([blob], LARGEST_READ)))
    return read_policy(b"" if isinstance(content, Withheld) else content, rules)


class _Run:
    """One check: the two states, what differs, and the rules that take part."""

    def __init__(
        self, old: Inventory | None, new: Inventory, changes: list[Change], policy: Policy, rules: RuleSet
    ) -> None:
        self._old, self._new, self._changes = old, new, changes
        self._policy, self._rules = policy, rules
        self._selected = [rule for rule in rules.values() if policy.selects(rule)]
        self._imported = load_imported((old or new).snapshot)
        context = Context(new, old, policy.eksa_version, tuple(changes), self._imported)
        self._engine = Engine(self._selected, context)

    def whole_state(self, scope: Scope) -> list[Finding]:
        """Everything that stands in the state after, and what the change does."""
        self._new.parse_all()
        blobs = self._new.snapshot.blobs.values()
        state = State(self._new, self._engine, [blob for blob in blobs if not scope.wants or scope.wants(blob.path)])
        standing = [*state.judge(state.resources()), *self._engine.judge_repository()]
        return self._silence(self._publish([*self._change_drafts(), *standing]), state, complete=self._old is None)

    def what_changed(self, old: Inventory) -> list[Finding]:
        """What the change does, and the faults that it brought to what it reaches.

        A credential in place of another is a new one, although the fingerprint is the same.
        """
        reached = affected(self._changes, old, self._new)
        state = State(self._new, self._engine, changed_files(old.snapshot, self._new.snapshot))
        done, standing = list(self._change_drafts()), list(state.judge(reached))
        before = self._findings_before(old, state, reached) if standing else []
        known, secrets = {finding.fingerprint for finding in before}, {finding.secret for finding in before}
        published = self._publish([*done, *standing])
        findings = [item for item in published if item.fingerprint not in known or item.secret not in secrets]
        return self._silence(findings, state, complete=False)

    def _change_drafts(self) -> Iterator[Draft]:
        for change in self._changes:
            yield from self._engine.judge_change(change)
        if self._old is not None:
            for impact in impacts(self._changes, self._old, self._new):
                yield from self._engine.judge_impact(impact)
            yield from _policy_drafts(self._old.snapshot, self._new.snapshot, self._rules)

    def _findings_before(self, old: Inventory, state: State, reached: Iterable[Resource]) -> list[Finding]:
        """What the same rules find in the same files and objects before the change."""
        paths = {blob.path for blob in state.blobs}
        context = Context(old, None, self._policy.eksa_version, imported=self._imported)
        engine = self._engine.beside(context)
        blobs = [blob for path, blob in old.snapshot.blobs.items() if path in paths]
        same = [before for resource in reached for before in counterparts(resource, old)]
        return self._publish(State(old, engine, blobs).judge(same))

    def _silence(self, findings: list[Finding], state: State, *, complete: bool) -> list[Finding]:
        """Findings with what takes them out of the count, and faults of the comments that do.

        `complete` says that every rule ran on every file, so that a comment without a finding is of no use.
        """
        used = []
        silenced = []
        for finding, directive in suppress(findings, state.comments):
            by_config = self._policy.suppressed(finding.rule, finding.path)
            silenced.append(replace(finding, suppressed=finding.suppressed or by_config))
            if directive is not None:
                used.append(directive)
        about_comments: list[Draft] = []
        for comments in state.comments.values():
            about_comments += wrong_comments(comments, self._rules)
            if complete:
                about_comments += unused_comments(comments, used, self._rules)
        return [*silenced, *self._publish(about_comments)]

    def _publish(self, drafts: Iterable[Draft]) -> list[Finding]:
        wanted = [draft for draft in drafts if self._policy.selects(self._rules[draft.rule])]
        return publish(wanted, self._rules, self._policy)


def _policy_drafts(before: Snapshot, after: Snapshot, rules: RuleSet) -> Iterator[Draft]:
    """A configuration that the change would break; the one that is in force is the one before the change."""
    if before.blobs.get(CONFIG_FILE) == after.blobs.get(CONFIG_FILE):
        return
    try:
        load_policy(after, rules)
    except BadConfig as error:
        problem = error.problem
        place = Place("after", CONFIG_FILE, problem.source, problem.start, problem.end)
        yield Draft("policy-invalid", f"the configuration cannot be used: {problem.message}", place)


def _is_removed_cluster(change: Change) -> bool:
    return change.event == "removed" and change.resource.kind == "Cluster" and change.resource.group == EKSA


def _compared(old: Inventory | None, new: Inventory, changes: list[Change]) -> Compared:
    inventories = (new,) if old is None else (new, old)
    return Compared(
        before=old.snapshot.label if old else None,
        after=new.snapshot.label,
        files=len(new.snapshot.blobs),
        resources=new.count_objects(),
        clusters=new.count_clusters() + sum(_is_removed_cluster(change) for change in changes),
        changed_files=count_changed_files(old.snapshot, new.snapshot) if old else 0,
        changed_resources=len(changes),
        changed_clusters=len(changed_clusters(changes, *inventories)),
    )
