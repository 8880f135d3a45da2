"""The objects that hold AWS mappings: AWSIamConfigs that are wrong or of no effect, and ConfigMaps written by hand."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final

from eksa_lint import data
from eksa_lint.finding import Consequence, Severity
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks.iam_mappings import (
    AUTHENTICATOR,
    clusters_of,
    configs_of,
    is_aws_auth,
    lands_beside,
    own_configs,
)
from eksa_lint.rules.checks.iam_scene import Scene, partition_of
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later, known_text

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+\Z")
_ZONE: Final = re.compile(r"([a-z]{2,4}(?:-[a-z]+)+-\d+)[a-z]\Z")


def judge_holder(resource: Resource, inventory: Inventory, scene: Scene) -> Iterator[Draft]:
    """What is wrong with an object that holds mappings, or with a Cluster that shares one."""
    match resource.kind:
        case "Cluster":
            yield from _shared_configs(resource, inventory)
        case "ConfigMap":
            yield from _aws_auth(resource, inventory)
        case "AWSIamConfig":
            yield from _partition(resource)
            yield from _region(resource)
            yield from _without_effect(resource, inventory, scene)


def _partition(config: Resource) -> Iterator[Draft]:
    table = data.table("iam-partitions")
    partition = known_text(config.spec.get("partition"))
    if not partition or partition in table["partitions"]:
        return
    meant = table["slips"].get(partition.lower()) or partition.lower().strip()
    close = [meant] if meant in table["partitions"] else get_close_matches(meant, table["partitions"], n=1)
    message = f"{partition} of {config.title} is no partition of AWS: the authenticator exits, and nobody logs in"
    label = f"did you mean {close[0]}?" if close else "one of " + ", ".join(table["partitions"])
    yield draft_at("iam-partition", config, ("spec", "partition"), message, values=(partition,), label=label)


def _region(config: Resource) -> Iterator[Draft]:
    region, partition = known_text(config.spec.get("awsRegion")), partition_of(config)
    known = data.table("iam-partitions")["partitions"]
    if not region:
        return
    zone = _ZONE.match(region)
    if not _REGION.match(region):
        reason, label = "is no region of AWS", f"{zone[1]} has this availability zone" if zone else ""
    elif partition in known and not re.fullmatch(known[partition]["regions"], region):
        own = [name for name, entry in known.items() if re.fullmatch(entry["regions"], region)]
        unset = "" if config.spec.get("partition") else ", which counts where no partition is written"
        reason = f"is no region of partition {partition}{unset}"
        label = f"it is one of {own[0]}" if own else ""
    else:
        return
    yield draft_at(
        "iam-partition",
        config,
        ("spec", "awsRegion"),
        f"{region} of {config.title} {reason}",
        values=(region, partition),
        label=label,
        severity=Severity.WARNING,
    )


def _without_effect(config: Resource, inventory: Inventory, scene: Scene) -> Iterator[Draft]:
    if _is_orphan(config, inventory):
        message = f"no Cluster refers to {config.title}, so that nobody logs in by it"
        yield draft_at("iam-config-without-effect", config, ("metadata", "name"), message)
    modes = config.spec.get("backendMode")
    root = config.id.root
    if not isinstance(modes, list) or "CRD" not in modes or not root or not lands_beside(config, inventory):
        return
    if not scene.near.identities and not any(
        _is_mapping_crd(found) for found in inventory.mentioning(AUTHENTICATOR, root)
    ):
        yield Draft(
            rule="iam-config-without-effect",
            message=f"mode CRD of {config.title}: no IAMIdentityMapping and no CRD of it is in {root}, "
            "and EKS Anywhere brings none",
            place=config.place(("spec", "backendMode", modes.index("CRD"))),
            resource=config,
            field="spec.backendMode",
            severity=Severity.NOTE,
        )


def _is_mapping_crd(resource: Resource) -> bool:
    return resource.kind == "IAMIdentityMapping" or (
        resource.kind == "CustomResourceDefinition" and resource.id.name.endswith(AUTHENTICATOR)
    )


def _is_orphan(config: Resource, inventory: Inventory) -> bool:
    """Silent where no Cluster could refer to it: none is here, or the file is a base that Flux reads from elsewhere."""
    if is_filled_in_later(config.id.name) or clusters_of(config, inventory):
        return False
    if not inventory.manifests.count_clusters():
        return False
    if not config.id.root and inventory.layout.syncs.roots:
        return False
    near = inventory.mentioning(config.id.name, config.id.root)
    return not any(_names(resource, config.id.name) for resource in near)


def _names(resource: Resource, name: str) -> bool:
    """Whether a Cluster, or a patch of one, names an AWSIamConfig in whatever namespace."""
    return resource.is_cluster and any(target.name == name for _, target in configs_of(resource))


def _shared_configs(cluster: Resource, inventory: Inventory) -> Iterator[Draft]:
    for path, target in configs_of(cluster):
        configs = inventory.get(target)
        if len(configs) != 1 or is_filled_in_later(target.name):
            continue
        sharing = clusters_of(configs[0], inventory)
        if all(other.id != cluster.id for other in sharing):
            sharing.append(cluster)
        others = [other for other in sharing if other.id != cluster.id]
        if others and sharing[0].id != cluster.id:
            yield Draft(
                rule="iam-shared-config",
                message=f"{cluster.title} and {others[0].title} share AWSIamConfig {target.name}: "
                "when one of them drops it, it is deleted for both",
                place=cluster.place((*path, "name")),
                resource=cluster,
                field="spec.identityProviderRefs",
                values=(target.name,),
                related=(("the other one", others[0].place()),),
            )


def _aws_auth(resource: Resource, inventory: Inventory) -> Iterator[Draft]:
    """The ConfigMaps that EKS Anywhere writes, written by hand as well."""
    identity = resource.id
    if identity.namespace != "kube-system" or identity.name not in ("aws-auth", "aws-iam-authenticator"):
        return
    configs = own_configs(inventory, identity.root)
    if not configs:
        return
    config = configs[0]
    fought = [key for key in _keys(resource) if not is_aws_auth(resource) or config.spec.get(key)]
    if fought:
        yield Draft(
            rule="iam-aws-auth",
            message=f"{', '.join(fought)} of {resource.title}: "
            f"the controller puts what {config.title} says in its place each time",
            place=resource.place(("data", fought[0]), key=True),
            resource=resource,
            field="data",
            values=tuple(fought),
            severity=Severity.ERROR if identity.root else Severity.WARNING,
            related=(("what counts", config.place()),),
        )
    for key in ("mapRoles", "mapUsers", "mapAccounts") if is_aws_auth(resource) else ():
        if key in _keys(resource) and key not in fought:
            yield _beside(resource, key, config)


def _beside(resource: Resource, key: str, config: Resource) -> Draft:
    message = f"{key} of {resource.title} counts beside {config.title}, where nobody looks for it"
    if key == "mapAccounts":
        message = f"mapAccounts of {resource.title} lets in every identity of these accounts, without groups"
    consequence = Consequence.GRANTS if key == "mapAccounts" else None
    path = ("data", key)
    return draft_at(
        "iam-aws-auth", resource, path, message, key=True, severity=Severity.WARNING, consequence=consequence
    )


def _keys(resource: Resource) -> list[str]:
    """The keys of the data that say something."""
    written: Any = resource.value.get("data")
    items = written.items() if isinstance(written, dict) else ()
    return [key for key, value in items if value and str(value).strip() != "[]"]
