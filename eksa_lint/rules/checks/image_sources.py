"""Where the images of what runs a cluster come from: its controllers, and the components of a Bundles object."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.changes import Change
from eksa_lint.model.fields import Path
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.critical_objects import pod_of
from eksa_lint.rules.checks.rbac_graph import graph_of
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.syntax.later import is_filled_in_later

_SCHEME: Final = re.compile(r"(?:https?|oci)://")
_LOCATIONS: Final = frozenset(("uri", "manifest", "manifestUrl"))
"""The fields of a Bundles object that say where something is taken from."""


@check("controller-image")
def controller_image(change: Change, context: Context) -> Iterator[Draft]:
    """A controller with the rights to run clusters that is taken from elsewhere from now on."""
    workload, earlier = change.after, change.before
    if workload is None or earlier is None or workload.patch:
        return
    critical = graph_of(context.inventory, workload.id.root).surroundings.critical(workload.id.namespace)
    if critical is None or not critical.is_vital:
        return
    known = {source_of(image) for _, _, image in _containers(earlier)}
    official = [*data.table("image-sources")["controllers"], *_mirrors(context.inventory, workload.id.root)]
    for path, name, image in _containers(workload):
        source = source_of(image)
        if source not in known and not _is_below(source, official):
            message = (
                f"container {name} of {workload.title} in {workload.id.namespace} comes from {source}"
                f" in place of {', '.join(sorted(known))}"
            )
            yield draft_at("controller-image", workload, path, message)


@check("bundles-source")
def bundles_source(bundles: Resource, context: Context) -> Iterator[Draft]:
    """Each place that components are taken from and that is not where releases are published, once."""
    official = [*data.table("image-sources")["bundles"], *_mirrors(context.inventory, bundles.id.root)]
    first: dict[str, Path] = {}
    count: dict[str, int] = {}
    for path, location in _locations(bundles.spec, ("spec",)):
        source = source_of(location)
        if not _is_below(source, official):
            host = source.partition("/")[0]
            first.setdefault(host, path)
            count[host] = count.get(host, 0) + 1
    for host, path in first.items():
        what = "a component" if count[host] == 1 else f"{count[host]} components"
        message = f"{bundles.title} takes {what} from {host}, where no release is published and which is no mirror"
        yield draft_at("bundles-source", bundles, path, message)


def source_of(image: str) -> str:
    """The registry and the path of an image without its own name; the host of a URL.

    `public.ecr.aws/eks-anywhere` for `public.ecr.aws/eks-anywhere/kind:v1`, `docker.io/library` for `busybox`.
    """
    scheme = _SCHEME.match(image)
    host, slash, path = image[scheme.end() if scheme else 0 :].partition("/")
    if scheme and scheme[0] != "oci://":
        return host
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, path = "docker.io", image if slash else f"library/{image}"
    above = path.rpartition("/")[0]
    return f"{host}/{above}" if above else host


def _is_below(source: str, known: list[str]) -> bool:
    """Whether a source is one of those known, or a part of it."""
    host, _, path = source.partition("/")
    for entry in known:
        known_host, _, known_path = entry.partition("/")
        if fnmatchcase(host, known_host) and f"{path}/".startswith(f"{known_path}/" if known_path else ""):
            return True
    return False


def _mirrors(inventory: Inventory, root: str) -> Iterator[str]:
    """The registry mirrors of the clusters of a root."""
    for cluster in inventory.mentioning("registryMirrorConfiguration", root):
        mirror = cluster.spec.get("registryMirrorConfiguration")
        if cluster.is_cluster and isinstance(mirror, dict) and mirror.get("endpoint"):
            yield str(mirror["endpoint"])
            yield f"{mirror['endpoint']}:{mirror.get('port', 443)}"


def _containers(workload: Resource) -> Iterator[tuple[Path, str, str]]:
    """The path of the image, the name, and the image of each container of a workload."""
    above, pod = pod_of(workload)
    for kind in ("containers", "initContainers"):
        for path, container in fields.select(pod, (kind, fields.ANY)):
            image = container.get("image") if isinstance(container, dict) else None
            if isinstance(image, str) and image and not is_filled_in_later(image):
                yield (*above, *path, "image"), str(container.get("name")), image


def _locations(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            if key in _LOCATIONS and isinstance(below, str) and below and not is_filled_in_later(below):
                yield (*path, key), below
            else:
                yield from _locations(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _locations(below, (*path, index))
