"""GitOpsConfig, which FluxConfig replaces."""

from collections.abc import Iterator

from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, Repair, Rewrite
from eksa_lint.rules.flux_config import as_flux_config


@check("gitops-config-deprecated")
def gitops_config_deprecated(config: Resource, context: Context) -> Iterator[Draft]:
    """That it is deprecated, and how it is written today where no cluster exists that already names it."""
    message = f"{config.title} is deprecated since EKS Anywhere v0.11: FluxConfig replaces it"
    place = config.place(("kind",))
    yield Draft("gitops-config-deprecated", message, place, config, "kind", repair=_repair(config, context))


def _repair(config: Resource, context: Context) -> Repair | None:
    """None where it may be in use: once gitOpsRef is set, eksctl anywhere refuses another one."""
    earlier = context.earlier
    if earlier is None or earlier.get(config.id) or earlier.referring(config.id):
        return None
    inventory = context.inventory
    if inventory.get(config.id) != [config] or inventory.get(config.id._replace(kind="FluxConfig")):
        return None
    rewrites = as_flux_config(config)
    references = [_reference(cluster) for cluster in inventory.referring(config.id)]
    if not rewrites or None in references:
        return None
    return Repair("write it as a FluxConfig", (*rewrites, *(each for each in references if each is not None)))


def _reference(cluster: Resource) -> Rewrite | None:
    """The kind in the reference of a cluster; None where a patch has put it there."""
    path = ("spec", "gitOpsRef", "kind")
    if not cluster.is_cluster or cluster.built is not None or cluster.node.find(path) is None:
        return None
    return Rewrite(cluster.place(path), "FluxConfig")
