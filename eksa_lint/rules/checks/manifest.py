"""What `eksctl anywhere` minds in a file that it is given: it reads one Cluster and all its objects from a single file.

A file that only Flux or kubectl applies may hold several Clusters or none, and its documents are split as YAML says.
Source: pkg/cluster/config_manager.go (unmarshal, buildConfigFromParsed), pkg/api/v1alpha1/cluster.go
(ParseClusterConfigFromContent).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from eksa_lint.finding import Consequence, Refuser, Severity
from eksa_lint.model import fields
from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.schema import catalog
from eksa_lint.syntax import Node
from eksa_lint.syntax.parse import is_template

_RULE: Final = "cluster-manifest"
_DATACENTER: Final = "DatacenterConfig"
_MACHINES: Final = "MachineConfig"
_WITHOUT_MACHINES: Final = "DockerDatacenterConfig"
_CLI: Final[tuple[Refuser, ...]] = ("cli",)
_SEPARATOR: Final = re.compile(r"^---([^\n]*)", re.MULTILINE)


@dataclass(frozen=True)
class _Manifest:
    """A file with objects of EKS Anywhere; `synced` says that Flux applies it."""

    file: File
    synced: bool

    @cached_property
    def objects(self) -> list[Node]:
        """The documents that are mappings, whatever they hold."""
        return [document.root for document in self.file.documents if isinstance(document.root.value, dict)]

    @cached_property
    def clusters(self) -> list[Node]:
        """The documents of kind Cluster, of whatever group: eksctl anywhere only looks at the kind."""
        return [node for node in self.objects if _kind(node) == "Cluster"]

    @cached_property
    def wanted(self) -> list[Node]:
        """What eksctl anywhere looks for before it reads the rest: the Cluster and the datacenter."""
        return [*self.clusters, *(node for node in self.objects if _kind(node).endswith(_DATACENTER))]

    def between(self, start: int, end: int) -> list[Node]:
        """The documents that begin between two offsets."""
        return [node for node in self.objects if start <= node.start < end]

    def resource(self, node: Node) -> Resource | None:
        return next((resource for resource in self.file.resources if resource.node is node), None)

    def draft(self, node: Node, message: str, where: str, **rest: Any) -> Draft:
        name = node.find(("metadata", "name")) or node.find(("kind",)) or node
        return Draft(
            rule=_RULE,
            message=message,
            place=self.file.place(name.start, name.end),
            resource=self.resource(node),
            field=where,
            **rest,
        )


@check("cluster-manifest")
def cluster_manifest(file: File, context: Context) -> Iterator[Draft]:
    text = file.source.text
    if (EKSA not in text and _DATACENTER not in text and _MACHINES not in text) or is_template(text):
        return
    inventory = context.inventory
    if file.path not in inventory.manifests or inventory.way(file.path).patch:
        return
    manifest = _Manifest(file, synced=inventory.layout.root(file.path) != "")
    yield from _without_version(manifest)
    yield from _unseen_separators(manifest)
    if not manifest.synced:
        yield from _second_clusters(manifest)
        yield from _no_cluster(manifest, inventory)


def _without_version(manifest: _Manifest) -> Iterator[Draft]:
    """Documents with a kind and no apiVersion, in files of EKS Anywhere or of a kind that is clearly its own."""
    beside_ours = any(map(_is_ours, manifest.objects))
    for node in manifest.objects:
        kind = _kind(node)
        if kind and not fields.get(node.value, ("apiVersion",)) and (beside_ours or _is_our_kind(kind)):
            yield manifest.draft(
                node,
                f"{_title(node)} has no apiVersion: eksctl anywhere stops at it, and so does the API server",
                f"{_title(node)} apiVersion",
                label=f"apiVersion: {EKSA}/v1alpha1" if _is_our_kind(kind) else "apiVersion is missing",
            )


def _second_clusters(manifest: _Manifest) -> Iterator[Draft]:
    if any(map(_is_ours, manifest.clusters)):
        first, *others = manifest.clusters
        for node in others:
            yield manifest.draft(
                node,
                f"{_title(node)} stands in one file with {_title(first)}: eksctl anywhere takes one Cluster a file, "
                "and refuses it",
                f"{_title(node)} kind",
                label="one Cluster a file",
                refused_by=_CLI,
            )


def _no_cluster(manifest: _Manifest, inventory: Inventory) -> Iterator[Draft]:
    """A datacenter with its machines that no Cluster of the repository uses; a misspelt kind is told as such."""
    ours = [node for node in manifest.objects if _is_ours(node)]
    kinds = {_kind(node) for node in ours}
    if manifest.clusters or kinds - set(catalog.kinds(EKSA)):
        return
    if not any(kind == _WITHOUT_MACHINES or kind.endswith(_MACHINES) for kind in kinds):
        return
    for node in ours:
        resource = manifest.resource(node)
        if _kind(node).endswith(_DATACENTER) and resource and not _is_used(resource, inventory):
            yield manifest.draft(
                node,
                f"no Cluster uses {_title(node)}, and the file holds none: eksctl anywhere refuses it",
                f"{_title(node)} kind",
                severity=Severity.WARNING,
                refused_by=_CLI,
            )


def _is_used(datacenter: Resource, inventory: Inventory) -> bool:
    for other in inventory.mentioning(datacenter.id.name, datacenter.id.root):
        reference = fields.get(other.value, ("spec", "datacenterRef"))
        if other.is_cluster and fields.get(reference, ("name",)) == datacenter.id.name:
            return True
    return False


def _unseen_separators(manifest: _Manifest) -> Iterator[Draft]:
    """The first line that divides documents for YAML and not for eksctl anywhere, which wants three dashes alone.

    What follows such a line is lost up to the next bare one, unless nothing stood before it. Text behind the dashes is
    refused, as long as the Cluster or its datacenter is still to come.
    """
    if not _meets_cli(manifest):
        return
    text = manifest.file.source.text
    marks = list(_SEPARATOR.finditer(text))
    for number, mark in enumerate(marks):
        behind = mark[1].strip()
        if behind and not behind.startswith("#") and any(node.start >= mark.start() for node in manifest.wanted):
            cluster = _title(manifest.clusters[0])
            message = f"{cluster} is refused by eksctl anywhere: text follows the dashes of a separator"
            yield _separator_draft(manifest, mark, message, "text after the dashes")
            return
        before = manifest.between(_bare_before(marks[:number]), mark.start())
        after = manifest.between(mark.start(), _bare_after(marks[number:], len(text)))
        lost = [node for node in after if _is_ours(node)]
        if mark[1] and before and lost:
            what = _title(lost[0]) if len(lost) == 1 else f"{_title(lost[0])} and {len(lost) - 1} more"
            message = f"eksctl anywhere does not read {what}: for it, only three dashes and nothing else part documents"
            label = "a carriage return follows" if mark[1] == "\r" else "three dashes, nothing else"
            yield _separator_draft(manifest, mark, message, label, consequence=Consequence.BREAKS)
            return


def _separator_draft(manifest: _Manifest, mark: re.Match[str], message: str, label: str, **rest: Any) -> Draft:
    return Draft(
        rule=_RULE,
        message=message,
        place=manifest.file.place(mark.start(), mark.start() + len(mark[0].rstrip())),
        resource=manifest.resource(manifest.clusters[0]),
        field="separator",
        label=label,
        refused_by=_CLI,
        **rest,
    )


def _meets_cli(manifest: _Manifest) -> bool:
    """Whether eksctl anywhere reads the file: a loose one, or that of a cluster that manages itself."""
    ours = [node for node in manifest.clusters if _is_ours(node)]
    if not ours:
        return False
    name = fields.get(ours[0].value, ("metadata", "name"))
    manager = fields.get(ours[0].value, ("spec", "managementCluster", "name"))
    return not manifest.synced or manager in (None, "", name)


def _bare_before(marks: list[re.Match[str]]) -> int:
    return next((mark.start() for mark in reversed(marks) if not mark[1]), 0)


def _bare_after(marks: list[re.Match[str]], end: int) -> int:
    return next((mark.start() for mark in marks if not mark[1]), end)


def _kind(node: Node) -> str:
    kind = fields.get(node.value, ("kind",))
    return kind if isinstance(kind, str) else ""


def _is_ours(node: Node) -> bool:
    return str(fields.get(node.value, ("apiVersion",))).startswith(f"{EKSA}/")


def _is_our_kind(kind: str) -> bool:
    return kind.endswith((_DATACENTER, _MACHINES)) and kind in catalog.kinds(EKSA)


def _title(node: Node) -> str:
    return f"{_kind(node)} {fields.get(node.value, ('metadata', 'name')) or 'without a name'}"
