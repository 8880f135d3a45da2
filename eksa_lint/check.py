"""The whole way: two snapshots in, a report out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from time import monotonic
from typing import TYPE_CHECKING

from eksa_lint.config import BASELINE_FILE, KNOWN_SECRETS, OURS, configuration_of
from eksa_lint.finding import Compared, Finding, Report
from eksa_lint.model.affected import (
    affected,
    changed_clusters,
    changed_files,
    count_changed_files,
    counterparts,
    reached_kustomizations,
)
from eksa_lint.model.changes import Change
from eksa_lint.model.compare import compare
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.model.resource import Resource
from eksa_lint.policy import Policy
from eksa_lint.rules.cel import Evaluator
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.engine import Engine, looks_at_objects
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.publish import publish
from eksa_lint.rules.rule import Rule
from eksa_lint.rules.state import State
from eksa_lint.rules.suppress import suppress, unused_comments, wrong_comments
from eksa_lint.schema import catalog
from eksa_lint.schema.imported import load_imported
from eksa_lint.snapshot import Snapshot
from eksa_lint.snapshot.contents import Contents, content_of
from eksa_lint.syntax import Directive

if TYPE_CHECKING:
    from eksa_lint.model.impact import Impact
    from eksa_lint.plan import Plan


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is judged: the paths that are wanted (None: all), and whether standing faults count in a comparison.

    With `planned` the report also says what happens to each cluster. `repository` says that the files are all of a
    repository, so that what is missing in it can be told. `committed` is what a state that is judged alone goes on
    from: some faults can only be mended for certain in what is new.
    """

    wants: Callable[[str], bool] | None = None
    everything: bool = False
    planned: bool = False
    repository: bool = True
    committed: Snapshot | None = None


def check(  # noqa: PLR0913, PLR0917 - all that a check is made of
    before: Snapshot | None,
    after: Snapshot,
    policy: Policy,
    rules: RuleSet,
    scope: Scope = Scope(),
    contents: Contents | None = None,
    today: date | None = None,
) -> Report:
    """Judge a state, or a change from one to another.

    With two states a standing fault is only told where the change brought it, unless the scope is everything.
    `contents` is what was read of the snapshots already, and `today` the day on which allowances must hold: that of
    the clock, in UTC, where none is given.
    """
    started = monotonic()
    evaluator = Evaluator()
    selected = [rule for rule in rules.values() if policy.selects(rule)]
    if contents is not None and contents.is_reading and looks_at_objects(selected):  # there is time for it
        evaluator.prepare()
        catalog.prepare()
    library = Library(contents)
    old = Inventory(before, library, "before") if before is not None else None
    new = Inventory(after, library, "after")
    committed = Inventory(scope.committed, library, "before") if scope.committed is not None else None
    changes = compare(old, new) if old is not None else []
    imported = load_imported((old or new).snapshot)
    context = Context(new, old, policy.eksa_version, tuple(changes), imported, committed)
    run = _Run(context, policy, rules, selected, today or datetime.now(UTC).date(), evaluator)
    findings = run.whole_state(scope) if old is None or scope.everything else run.what_changed(old)
    if scope.wants is not None:
        findings = [finding for finding in findings if finding.path is None or scope.wants(finding.path)]
    compared = _compared(old, new, changes)
    return Report(
        compared=compared,
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        seconds=monotonic() - started,
        plan=run.plan(findings, compared.clusters) if scope.planned else None,
    )


def load_policy(snapshot: Snapshot, rules: RuleSet) -> Policy:
    """The configuration and the baseline of a snapshot, the defaults where it has none.

    Raises:
        BadConfig: there is one, and it cannot be used.
    """
    policy = configuration_of(snapshot, rules).policy
    if BASELINE_FILE not in snapshot.blobs:
        return policy
    from eksa_lint.baseline import read_baseline  # noqa: PLC0415 - only where there is one

    return replace(policy, baseline=read_baseline(content_of(snapshot, BASELINE_FILE)).entries)


class _Run:
    """One check: the two states, what differs, and the rules that take part."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that a check is made of
        self,
        context: Context,
        policy: Policy,
        rules: RuleSet,
        selected: Sequence[Rule],
        today: date,
        evaluator: Evaluator,
    ) -> None:
        self._old, self._new = context.before, context.inventory
        self._changes, self._imported = list(context.changes), context.imported
        self._policy, self._rules, self._selected, self._today = policy, rules, selected, today
        self._impacts: list[Impact] = []
        self._engine = Engine(self._selected, context, evaluator)

    def whole_state(self, scope: Scope) -> list[Finding]:
        """Everything that stands in the state after, and what the change does."""
        blobs = self._new.snapshot.blobs.values()
        state = State(self._new, self._engine, [blob for blob in blobs if not scope.wants or scope.wants(blob.path)])
        if looks_at_objects(self._selected):
            self._new.parse_all()
            standing = list(state.judge(state.resources()))
        else:  # a search for secrets alone parses only the files that may hold one
            standing = list(state.judge(()))
        if scope.repository and scope.wants is None:
            standing += self._engine.judge_repository()
        findings = self._publish([*self._change_drafts(), *standing])
        return self._accept(findings, state, complete=self._old is None)

    def what_changed(self, old: Inventory) -> list[Finding]:
        """What the change does, and the faults that it brought to what it reaches.

        A credential in place of another is a new one, although the fingerprint is the same.
        """
        reached = affected(self._changes, old, self._new)
        changed = {id(change.after.node) for change in self._changes if change.after}
        new = [resource for resource in reached if resource.patch or id(resource.node) in changed]
        same = [resource for resource in reached if not resource.patch and id(resource.node) not in changed]
        files = {blob.path: blob for blob in changed_files(old.snapshot, self._new.snapshot)}
        for path in reached_kustomizations(self._changes, old, self._new):
            files[path] = self._new.snapshot.blobs[path]
        state = State(self._new, self._engine, files.values())
        done, standing = self._change_drafts(), list(state.judge(new, same))
        if old.snapshot.blobs.keys() - self._new.snapshot.blobs.keys():
            done += self._engine.judge_repository()  # what it lacks may have gone with them
        before = self._findings_before(old, state, reached) if standing else []
        known, secrets = {finding.fingerprint for finding in before}, {finding.secret for finding in before}
        published = self._publish([*done, *standing])
        findings = [item for item in published if item.fingerprint not in known or item.secret not in secrets]
        return self._accept(findings, state, complete=False)

    def plan(self, findings: Iterable[Finding], clusters: int) -> "Plan | None":
        """What happens to each cluster; None where nothing was compared."""
        if self._old is None:
            return None
        from eksa_lint.planning import Comparison, make_plan  # noqa: PLC0415 - most checks do without

        return make_plan(Comparison(self._old, self._new, self._changes, self._impacts), findings, clusters)

    def _change_drafts(self) -> list[Draft]:
        if self._old is None:
            return []
        from eksa_lint.model.impact import impacts  # noqa: PLC0415 - a state by itself does nothing to a cluster
        from eksa_lint.rules.refusals import judge_changes  # noqa: PLC0415

        reached = impacts(self._changes, self._old, self._new)
        drafts, self._impacts = judge_changes(self._engine, self._changes, reached, self._rules, self._policy)
        return drafts

    def _findings_before(self, old: Inventory, state: State, reached: Iterable[Resource]) -> list[Finding]:
        """What the same rules find in the same files and objects before the change."""
        paths = {blob.path for blob in state.blobs}
        context = Context(old, None, self._policy.eksa_version, imported=self._imported)
        engine = self._engine.beside(context)
        blobs = [blob for path, blob in old.snapshot.blobs.items() if path in paths]
        same = [before for resource in reached for before in counterparts(resource, old)]
        return self._publish(State(old, engine, blobs).judge(same))

    def _accept(self, findings: list[Finding], state: State, *, complete: bool) -> list[Finding]:
        """Findings with what takes them out of the count, and what is to be said about that.

        `complete` says that every rule ran on every file, so that what silences nothing is of no use.
        """
        added = self._added_comments(state)
        used: dict[str, list[Directive]] = {}
        judged = []
        standing = [finding.path for finding in findings if finding.path is not None and finding.side == "after"]
        comments_of = {**state.comments, **state.comments_in(standing)}
        for finding, directive in suppress(findings, comments_of, added):
            accepted = finding.suppressed or self._policy.suppressed(
                finding, self._today, is_change=self._old is not None
            )
            judged.append(replace(finding, suppressed=accepted))
            if directive is not None and finding.path is not None:
                used.setdefault(finding.path, []).append(directive)
        drafts: list[Draft] = []
        for path, comments in state.comments.items():
            drafts += wrong_comments(comments, self._rules)
            if complete:
                drafts += unused_comments(comments, used.get(path, ()), self._rules)
        if added:
            from eksa_lint.rules.added_comments import judge_added  # noqa: PLC0415 - seldom

            drafts += judge_added(added, state.comments, self._rules)
        if self._old is not None and state.with_pragmas:
            from eksa_lint.rules.added_comments import judge_pragmas  # noqa: PLC0415 - seldom

            drafts += judge_pragmas(state.with_pragmas, self._old.snapshot)
        is_whole = len(state.blobs) == len(self._new.snapshot.blobs)
        drafts += self._judge_policy(judged, complete=complete and is_whole)
        return [*judged, *self._publish(drafts)]

    def _added_comments(self, state: State) -> Mapping[str, tuple[Directive, ...]]:
        """The suppressions that the change adds, by path; none where there was nothing before it."""
        if self._old is None or not self._old.snapshot.blobs or not state.comments:
            return {}
        from eksa_lint.rules.added_comments import added_comments  # noqa: PLC0415 - seldom

        now = self._new.snapshot.blobs
        blobs = [blob for path, blob in self._old.snapshot.blobs.items() if path in state.comments or path not in now]
        before = State(self._old, self._engine, blobs)
        before.read_comments()
        return added_comments(before.comments.values(), state.comments)

    def _judge_policy(self, findings: list[Finding], *, complete: bool) -> Iterator[Draft]:
        """What is wrong with the policy of a state, or what a change does to it. No comment silences that."""
        if self._old is not None and self._is_policy_changed(self._old):
            from eksa_lint.rules.policy_changes import policy_changes  # noqa: PLC0415 - seldom

            yield from policy_changes(self._old.snapshot, self._new.snapshot, self._rules)
        elif not self._policy.allowances and not self._policy.baseline:
            return
        from eksa_lint.rules import accepted  # noqa: PLC0415 - seldom

        run = frozenset(rule.id for rule in self._selected)
        judged = accepted.Judged(self._new, self._old, findings, self._rules, run, self._today, complete)
        if self._old is None:
            yield from accepted.judge_allowances(judged)
            yield from accepted.judge_baseline(judged)
        else:
            yield from accepted.judge_change(judged, self._old)

    def _is_policy_changed(self, old: Inventory) -> bool:
        before, after = old.snapshot.blobs, self._new.snapshot.blobs
        ours = [path for path in (*before, *after) if path.startswith(OURS) or path == KNOWN_SECRETS]
        return bool(before) and any(before.get(path) != after.get(path) for path in ours)

    def _publish(self, drafts: Iterable[Draft]) -> list[Finding]:
        wanted = [draft for draft in drafts if self._policy.selects(self._rules[draft.rule])]
        return publish(wanted, self._rules, self._policy)


def _is_removed_cluster(change: Change) -> bool:
    return change.event == "removed" and change.resource.is_cluster


def _compared(old: Inventory | None, new: Inventory, changes: list[Change]) -> Compared:
    inventories = (new,) if old is None else (new, old)
    return Compared(
        before=old.snapshot.label if old else None,
        after=new.snapshot.label,
        files=len(new.snapshot.blobs),
        resources=new.manifests.count_objects(),
        clusters=new.manifests.count_clusters() + sum(_is_removed_cluster(change) for change in changes),
        changed_files=count_changed_files(old.snapshot, new.snapshot) if old else 0,
        changed_resources=len(changes),
        changed_clusters=len(changed_clusters(changes, *inventories)),
    )
