"""Repositories of other people that Flux applies as cluster-admin."""

from collections.abc import Iterator

from eksa_lint.finding import Severity
from eksa_lint.model.changes import Change
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.model.sync import FLUX, is_sync, place_of, root_of, source_of, synced_folder
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft


@check("flux-foreign-source")
def flux_foreign_source(subject: Resource | Change, context: Context) -> Iterator[Draft]:
    """A Kustomization of another repository than the one that it stands in, without a ServiceAccount that limits it."""
    sync = subject.after if isinstance(subject, Change) else subject
    if sync is None or sync.patch or not sync.id.root or sync.spec.get("serviceAccountName"):
        return
    own, other = _own_source(sync, context.inventory), source_of(sync)
    if own is None or other is None or own == other:
        return
    urls = [_url(source, context.inventory) for source in (own, other)]
    if urls[0] and place_of(urls[0]) == place_of(urls[1]):
        return
    if isinstance(subject, Change) and subject.before is not None and _is_known(subject.before, other):
        return
    whose = urls[1] or f"{other.kind} {other.namespace}/{other.name}"
    yield Draft(
        rule="flux-foreign-source",
        message=f"whoever can push to {whose} becomes cluster-admin: Kustomization {sync.id.name} applies it without "
        "a ServiceAccount that limits it",
        place=sync.place(("spec", "sourceRef", "name")),
        resource=sync,
        field="spec.sourceRef",
        values=(other.kind, other.namespace, other.name),
        label="new in this change" if isinstance(subject, Change) else "",
        severity=None if isinstance(subject, Change) else Severity.NOTE,
    )


def _is_known(before: Resource, source: ResourceId) -> bool:
    """Whether the same source was applied without a limit already."""
    return not before.spec.get("serviceAccountName") and source_of(before) == source


def _own_source(sync: Resource, inventory: Inventory) -> ResourceId | None:
    """The source of the repository itself: that of the sync which applies the whole root."""
    for resource in inventory.mentioning(FLUX, sync.id.root):
        if is_sync(resource) and root_of(synced_folder(resource.spec)) == sync.id.root:
            return source_of(resource)
    return None


def _url(source: ResourceId, inventory: Inventory) -> str:
    found = inventory.get(source)
    url = found[0].spec.get("url") if found else None
    return without_login(url) if isinstance(url, str) else ""


def without_login(url: str) -> str:
    """A URL without the user and the password that it may hold."""
    scheme, slashes, rest = url.partition("//")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}"
