"""What a change adds to a binding or a role that was there, as far as no other rule tells it louder."""

from collections.abc import Iterator

from eksa_lint.finding import Severity
from eksa_lint.model.changes import Change
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.rbac import judge_grants, weigh_admin, weigh_critical
from eksa_lint.rules.checks.rbac_danger import weigh_danger
from eksa_lint.rules.checks.rbac_graph import Grant, Surroundings
from eksa_lint.rules.checks.rbac_rights import Role, gives_in_words, in_words
from eksa_lint.rules.checks.rbac_weights import Weighed, is_superuser, is_written_by_flux
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft


@check("rbac-widened")
def rbac_widened(change: Change, context: Context) -> Iterator[Draft]:
    """Further subjects, and further rights of those who were bound before."""
    yield from judge_grants("rbac-widened", _weigh, change, context)


def _weigh(grant: Grant, part: Role, surroundings: Surroundings, new: bool) -> Weighed | None:
    role, wide = grant.role, not grant.namespace
    louder = (weigh_admin, weigh_critical, weigh_danger)
    if (
        is_superuser(grant.subject)
        or is_written_by_flux(grant, surroundings)
        or any(judge(grant, part, surroundings, new) for judge in louder)
    ):
        return None
    telling = next((rule for rule in part.rules or () if rule.resources and rule.verbs), None)
    right = in_words(telling, wide=wide) if telling else ""
    where = " in every namespace" if wide else f" in {grant.namespace}"
    binding, subject = grant.binding.title, grant.subject.title
    return Weighed(
        severity=Severity.NOTE,
        message=f"{binding} gives {subject} the {role.kind} {role.name}{gives_in_words(part, right)}{where}",
        role_message=f"{role.kind} {role.name} lets {subject} also {right}{where} ({binding})",
        label="new in this change",
        place=role.resource.place(telling.path) if role.resource and telling else None,
    )
