"""What a change does, less what of it is refused for certain: nobody is told that this replaces machines as well."""

from collections.abc import Iterable
from typing import Final

from eksa_lint.finding import Consequence, Refuser, Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.impact import Impact, RefusedField
from eksa_lint.policy import Policy
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.engine import Engine
from eksa_lint.rules.loader import RuleSet
from eksa_lint.rules.publish import severity_of

_BEFORE_IT_IS_APPLIED: Final[frozenset[Refuser]] = frozenset(("cli", "webhook", "crd"))
"""The controller only fails later, in one of its phases: what it does before that happens."""


def judge_changes(
    engine: Engine, changes: Iterable[Change], reached: Iterable[Impact], rules: RuleSet, policy: Policy
) -> tuple[list[Draft], list[Impact]]:
    """What the rules find in a change, and what is left of its impacts where some of it is refused."""
    drafts = [draft for change in changes for draft in engine.judge_change(change)]
    refused = _refused_fields(drafts, rules, policy)
    impacts = [impact.without(refused) for impact in reached]
    return [*drafts, *(draft for impact in impacts for draft in engine.judge_impact(impact))], impacts


def _refused_fields(drafts: Iterable[Draft], rules: RuleSet, policy: Policy) -> frozenset[RefusedField]:
    """The fields whose change somebody refuses who sees the file."""
    return frozenset(
        (draft.resource.id, draft.field)
        for draft in drafts
        if draft.resource is not None and draft.field and _is_refused(draft, rules, policy)
    )


def _is_refused(draft: Draft, rules: RuleSet, policy: Policy) -> bool:
    rule = rules[draft.rule]
    if (draft.consequence or rule.consequence) is not Consequence.REJECTED:
        return False
    refused_by = _BEFORE_IT_IS_APPLIED & set(draft.refused_by or rule.refused_by)
    return bool(refused_by) and policy.severity_of(rule, severity_of(draft, rule)) is Severity.ERROR
