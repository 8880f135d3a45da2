"""What each commit does, judged with what was read and compiled for the ones before."""

import gc
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from eksa_lint.audit.history import Transition
from eksa_lint.finding import Finding
from eksa_lint.model.compare import compare
from eksa_lint.model.impact import impacts
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.policy import Policy
from eksa_lint.rules.cel import Evaluator
from eksa_lint.rules.context import Context
from eksa_lint.rules.engine import Engine
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.publish import publish
from eksa_lint.rules.refusals import judge_changes
from eksa_lint.rules.rule import Rule, Subject
from eksa_lint.rules.state import State
from eksa_lint.rules.suppress import suppress
from eksa_lint.snapshot.contents import Contents, is_manifest

if TYPE_CHECKING:
    from eksa_lint.syntax import Stream

_ABOUT_CHANGES: Final[frozenset[Subject]] = frozenset(("change", "cluster"))


class ChangeJudge:
    """Runs the rules about changes. What it finds depends on the two states and the rules, and on no policy."""

    def __init__(self, rules: RuleSet, eksa_version: str | None) -> None:
        self._rules = rules
        self._eksa_version = eksa_version
        self._about_changes = [rule for rule in rules.values() if _is_about_changes(rule)]
        self._evaluator = Evaluator()
        self._contents = Contents()
        self._streams: dict[str, Stream] = {}

    def judge(self, transition: Transition) -> tuple[Finding, ...]:
        """What the commit does; standing faults are left alone, whoever made them."""
        if not any(is_manifest(path) for path in transition.changed):
            return ()
        library = Library(self._contents, self._streams)
        old, new = Inventory(transition.before, library, "before"), Inventory(transition.after, library, "after")
        changes = compare(old, new)
        context = Context(new, old, self._eksa_version, tuple(changes))
        engine = Engine(self._about_changes, context, self._evaluator)
        drafts, _ = judge_changes(engine, changes, impacts(changes, old, new), self._rules, Policy())
        findings = publish(drafts, self._rules, Policy())
        paths = (finding.path for finding in findings if finding.path is not None and finding.side == "after")
        comments = State(new, engine, ()).comments_in(paths)
        heeded = [finding for finding, _ in suppress(findings, comments, {})]
        return tuple(_bare(finding) for finding in sorted(heeded, key=lambda finding: finding.sort_key))

    def forget(self, transition: Transition) -> None:
        """Let go of what the commit removed, so that memory holds one state and not all of history."""
        gone = transition.gone
        self._contents.forget(gone)
        for identifier in gone:
            self._streams.pop(identifier, None)
        gc.collect(0)  # the program runs without the collector, and states name themselves in circles


def _is_about_changes(rule: Rule) -> bool:
    return rule.status != "retired" and not _ABOUT_CHANGES.isdisjoint(rule.subjects)


def _bare(finding: Finding) -> Finding:
    """Without what only helps to mend it: nobody edits history."""
    return replace(finding, excerpt=None, fix=None)
