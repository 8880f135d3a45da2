"""How much a grant weighs: whom it names, and how far that is from who should have it."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from eksa_lint.finding import Place, Severity
from eksa_lint.rules.checks.rbac_graph import Grant, Subject, Surroundings
from eksa_lint.rules.checks.rbac_rights import names_in_table, rbac_table

SERVICE_ACCOUNTS_OF: Final = "system:serviceaccounts:"


class Who(StrEnum):
    EVERYBODY = "everybody"
    PERSON = "person"
    PODS = "pods"
    """The pods of a namespace, whichever they are."""
    FOREIGN = "foreign"
    """A ServiceAccount of a namespace that is less critical."""
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a rule says about a grant: in the words of the binding, and in those of a role that opens more."""

    severity: Severity
    message: str
    role_message: str
    label: str
    place: Place | None
    """Where the role says so."""


def weigh(severity: Severity, level: Severity, who: Who, *, new: bool) -> Severity:
    capped = max(severity, level, key=lambda one: one.rank)
    if new or who in (Who.EVERYBODY, Who.PODS):
        return capped
    return one_less(capped)


def one_less(severity: Severity) -> Severity:
    return Severity.WARNING if severity is Severity.ERROR else Severity.NOTE


def who_of(grant: Grant, surroundings: Surroundings, level: Severity) -> Who:
    subject = grant.subject
    if subject.kind == "ServiceAccount":
        if subject.name == "default":
            return Who.PODS
        is_at_home = grant.namespace != "" and subject.namespace == grant.namespace
        return Who.OWN if is_at_home or surroundings.trusts(subject.namespace, level) else Who.FOREIGN
    if subject.name in rbac_table("everybody"):
        return Who.EVERYBODY
    if subject.name in names_in_table("controllers") or is_superuser(subject):
        return Who.OWN
    if subject.name.startswith(SERVICE_ACCOUNTS_OF):
        own = grant.namespace in ("", subject.name.removeprefix(SERVICE_ACCOUNTS_OF))
        return Who.PODS if own else Who.EVERYBODY
    return Who.PERSON


def is_superuser(subject: Subject) -> bool:
    """Whether RBAC gives it nothing, because it may do anything: what `iam-system-masters` reports."""
    return subject.kind == "Group" and subject.name in names_in_table("superusers")


def meaning_of(subject: Subject) -> str:
    """Whom a subject means whose name does not say it."""
    if subject.kind == "ServiceAccount" and subject.name == "default":
        return f"every pod of {subject.namespace} that names no other ServiceAccount"
    return str(rbac_table("everybody").get(subject.name, ""))


def is_written_by_flux(grant: Grant, surroundings: Surroundings) -> bool:
    """What the Flux CLI binds to cluster-admin: its controllers, and the tenants it makes."""
    flux, subject = rbac_table("flux"), grant.subject
    if grant.namespace:
        return subject.name == flux["tenant"].format(namespace=grant.namespace) and subject.kind == "User"
    named = fnmatchcase(grant.binding.id.name, flux["binding"]) and subject.name in flux["accounts"]
    return bool(named) and subject.kind == "ServiceAccount" and subject.namespace in surroundings.flux
