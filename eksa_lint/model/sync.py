"""A Flux `Kustomization`, or *sync*: the folder that it applies, and from where."""

from dataclasses import dataclass, field
from posixpath import normpath
from typing import TYPE_CHECKING, Any, Final

from eksa_lint.model import fields
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.syntax import Node, Source

if TYPE_CHECKING:
    from eksa_lint.model.inventory import Inventory

FLUX: Final = "kustomize.toolkit.fluxcd.io"
SOURCE: Final = "source.toolkit.fluxcd.io"
BOOTSTRAPPED: Final = "flux-system"
"""What `flux bootstrap`, and so eksctl anywhere, calls the source of the repository that it writes to."""


@dataclass(frozen=True, slots=True)
class Sync:
    """A Flux `Kustomization`: the folder that it applies and where it stands."""

    folder: str
    file: str
    name: str
    value: dict[str, Any] = field(repr=False, compare=False)
    source: Source = field(repr=False, compare=False)
    node: Node = field(repr=False, compare=False)

    @property
    def spec(self) -> dict[str, Any]:
        spec = self.value.get("spec")
        return spec if isinstance(spec, dict) else {}

    @property
    def namespace(self) -> str:
        return str(fields.get(self.value, ("metadata", "namespace")) or "default")

    @property
    def namespaced_name(self) -> str:
        """What Flux labels the objects with that it applies for it."""
        return f"{self.namespace}/{self.name}"

    @property
    def target_namespace(self) -> str | None:
        namespace = self.spec.get("targetNamespace")
        return namespace if isinstance(namespace, str) and namespace else None

    @property
    def lands_elsewhere(self) -> bool:
        """Whether its objects go to the cluster of a kubeconfig, and not to the one that it stands in."""
        return bool(self.spec.get("kubeConfig"))

    @property
    def source_name(self) -> str:
        return str(fields.get(self.spec, ("sourceRef", "name")) or "")

    @property
    def prunes(self) -> bool:
        return self.spec.get("prune") is True

    @property
    def is_suspended(self) -> bool:
        return self.spec.get("suspend") is True


def sync_of(file: str, source: Source, node: Node) -> Sync | None:
    """The Flux `Kustomization` that a document is, if it is one."""
    value = node.value
    if not isinstance(value, dict) or value.get("kind") != "Kustomization":
        return None
    spec = value.get("spec")
    if not str(value.get("apiVersion")).startswith(f"{FLUX}/") or not isinstance(spec, dict):
        return None
    name = str(fields.get(value, ("metadata", "name")) or "")
    return Sync(synced_folder(spec), file, name, value, source, node)


def synced_folder(spec: dict[str, Any]) -> str:
    """The folder that the spec of a Flux `Kustomization` names, as snapshots name it."""
    return as_folder(str(spec.get("path") or ""))


def as_folder(path: str) -> str:
    """A folder as Flux names it (`./clusters/prod/`), as snapshots do; empty for the top."""
    folder = normpath(path.strip("/") or ".")
    return "" if folder == "." else folder


def root_of(folder: str) -> str:
    """The root that a synced folder is, which has a name for the top too: the empty root is that of no sync."""
    return folder or "."


def is_sync(resource: Resource) -> bool:
    """Whether an object is a Flux `Kustomization`."""
    return resource.id.group_kind == (FLUX, "Kustomization") and not resource.patch


def source_of(sync: Resource) -> ResourceId | None:
    """The object that names the repository of a Flux `Kustomization`."""
    reference = fields.get(sync.value, ("spec", "sourceRef"))
    kind, name = (fields.get(reference, (field,)) for field in ("kind", "name"))
    if not isinstance(kind, str) or not isinstance(name, str):
        return None
    namespace = str(fields.get(reference, ("namespace",)) or sync.id.namespace)
    return ResourceId(sync.id.root, SOURCE, kind, namespace, name)


def is_source(value: Any, name: str) -> bool:
    """Whether an object is a source of a name."""
    group = str(fields.get(value, ("apiVersion",))).rpartition("/")[0]
    return group == SOURCE and fields.get(value, ("metadata", "name")) == name


def place_of(url: str) -> str:
    """Where a URL leads, on whichever way: without the scheme, the user, and what may stand at the end."""
    place = (url.partition("://")[2] or url.replace(":", "/", 1)).rpartition("@")[2]
    return place.rstrip("/").removesuffix(".git").lower()


def object_of(sync: Sync, inventory: "Inventory") -> Resource | None:
    """The object that a sync is, in the state that it was read from."""
    return next((each for each in inventory.resources_in(sync.file) if each.node is sync.node and is_sync(each)), None)
