"""Power over a cluster that no role gives: SSH keys on its machines, and the repositories that Flux applies to it."""

from collections.abc import Iterator
from typing import Any

from eksa_lint.model import fields
from eksa_lint.model.cluster import Part, cluster_of
from eksa_lint.model.effective import effective
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.model.sync import root_of, source_of, synced_folder
from eksa_lint.rules.access import Access, Power, Principal, Step
from eksa_lint.rules.access_rights import Bound, syncs_to
from eksa_lint.rules.checks.flux_sources import without_login
from eksa_lint.rules.checks.ssh import login_of, machines_in_words


def keys_of(inventory: Inventory, cluster: Resource) -> Iterator[Access]:
    """The one key of each machine config that is honoured: its user has sudo without a password."""
    parts: dict[tuple[str, int], tuple[Part, ...]] = {}
    configs: dict[tuple[str, int], Resource] = {}
    for part in cluster_of(cluster, inventory).parts:
        if part.config is not None:
            key = part.config.path, part.config.node.start
            parts[key] = (*parts.get(key, ()), part)
            configs[key] = part.config
    for key, config in configs.items():
        login = login_of(config)
        if login is not None:
            user = fields.get(effective(config), ("spec", "users", 0, "name"))
            step = Step(f"user {user} of {config.title}" if user else config.title, config.place(login.path))
            what = f"be root on {machines_in_words(parts[key])}"
            yield Access(cluster.id, Principal("ssh-key", login.name), Power.ROOT, "", what, (step,))


def repositories_of(inventory: Inventory, cluster: Resource, bound: Bound) -> Iterator[Access]:
    """Whoever can push what Flux applies to the cluster, as the account that applies it."""
    for sync in syncs_to(inventory, cluster):
        principal = _source(inventory, sync)
        account = sync.spec.get("serviceAccountName")
        step = Step(f"Flux Kustomization {sync.id.name} ({root_of(synced_folder(sync.spec))})", sync.place())
        if not account:
            yield Access(cluster.id, principal, Power.ADMIN, "", "do anything: Flux is cluster-admin", (step,))
            continue
        title = f"ServiceAccount {sync.id.namespace}/{account}"
        for grant in bound.grants.get(title, ()):
            yield from bound.access(principal, grant, [step, Step(title, sync.place(("spec", "serviceAccountName")))])


def _source(inventory: Inventory, sync: Resource) -> Principal:
    """The repository that a sync takes its files from, by URL and branch; by name where its object is in no file."""
    source = source_of(sync)
    if source is None:
        return Principal("git", "a source that is not named")
    found = inventory.get(source)
    url = found[0].spec.get("url") if found else None
    if not isinstance(url, str):
        return Principal("git", f"{source.kind} {source.namespace}/{source.name}")
    ref: Any = fields.get(found[0].value, ("spec", "ref"))
    pinned = [f"{key} {value}" for key, value in ref.items()] if isinstance(ref, dict) else []
    return Principal("git", " ".join([without_login(url), *pinned[:1]]))
