"""Whom an OIDC identity provider lets in to a cluster, when a change brings one or makes it say more."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from eksa_lint.finding import Place, Severity
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.cluster import manages_itself
from eksa_lint.model.effective import effective
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.references import resolve_reference
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.iam_mappings import neighbours, role_of
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import first_of

_ADMITS: Final = ("issuerUrl", "clientId", "requiredClaims")
_NAMES: Final = ("usernameClaim", "usernamePrefix", "groupsClaim", "groupsPrefix")
"""What decides who may log in, and under which user names and groups."""


@check("oidc-grants")
def oidc_grants(change: Change, context: Context) -> Iterator[Draft]:
    after, before = change.after, context.before
    if after is None or change.before is None or before is None:
        return
    if after.kind == "OIDCConfig":
        yield from _changed_config(change.before, after, context.inventory)
        return
    known = [_terms(config) for _, config in oidc_configs(change.before, before)]
    for path, config in oidc_configs(after, context.inventory):
        if _terms(config) not in known:
            place = after.place((*path, "name"))
            yield _draft(after, place, config, after, context.inventory, "the first one" if not known else "a new one")


def _changed_config(before: Resource, after: Resource, inventory: Inventory) -> Iterator[Draft]:
    """Other terms for a provider that was there: told at the first field that differs."""
    old, new = _terms(before), _terms(after)
    differing = [name for name in (*_ADMITS, *_NAMES) if old.get(name) != new.get(name)]
    clusters = [resource for resource in inventory.referring(after.id) if resource.is_cluster]
    if differing and clusters:
        place = after.place(("spec", differing[0]))
        yield _draft(clusters[0], place, after, after, inventory, f"{', '.join(differing)} changed")


def _draft(  # noqa: PLR0913, PLR0917 - the cluster, where it is told, and of which object
    cluster: Resource, place: Place, config: Resource, resource: Resource, inventory: Inventory, label: str
) -> Draft:
    terms = _terms(config)
    issuer = terms.get("issuerUrl") or "an issuer that is not named"
    claims = terms.get("requiredClaims")
    limit = "" if claims else "; no claim limits who that is"
    return Draft(
        rule="oidc-new-issuer",
        message=f"{cluster.title} lets in whom {issuer} vouches for{_as_whom(terms)}{limit}"
        f"{_bound(terms, cluster, inventory)}",
        place=place,
        resource=resource,
        field="spec.identityProviderRefs" if resource.is_cluster else "spec",
        values=tuple(f"{name}={terms.get(name)}" for name in (*_ADMITS, *_NAMES)),
        label=label,
        severity=Severity.WARNING,
    )


def oidc_configs(cluster: Resource, inventory: Inventory) -> Iterator[tuple[Path, Resource]]:
    """The OIDCConfigs that a Cluster refers to, and where it does."""
    for path, reference in fields.select(cluster.value, ("spec", "identityProviderRefs", fields.ANY)):
        if isinstance(reference, dict) and reference.get("kind") == "OIDCConfig":
            for config in resolve_reference(inventory, cluster, reference)[:1]:
                yield path, config


def _terms(config: Resource) -> dict[str, Any]:
    spec = fields.get(effective(config), ("spec",))
    return {name: spec.get(name) for name in (*_ADMITS, *_NAMES)} if isinstance(spec, dict) else {}


def _as_whom(terms: Mapping[str, Any]) -> str:
    if not terms.get("groupsClaim"):
        return ""
    prefix = terms.get("groupsPrefix")
    return f", with groups that begin with {prefix}" if prefix else ", with groups of any name, system:masters too"


def _bound(terms: Mapping[str, Any], cluster: Resource, inventory: Inventory) -> str:
    """The groups in its reach that bindings of the cluster name."""
    if not terms.get("groupsClaim") or not manages_itself(cluster):
        return ""
    prefix = str(terms.get("groupsPrefix") or "")
    bound = neighbours(inventory, cluster.id.root).groups
    names = [name for name in bound if name.startswith(prefix) and (prefix or not name.startswith("system:"))]
    shown = first_of([f"{name} ({role_of(bound[name][0])})" for name in names])
    return f"; bound here: {shown}" if shown else ""
