"""Which management cluster a file lands in, under which namespace, and whether Flux applies it at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import dirname
from typing import TYPE_CHECKING, Final

from eksa_lint.model.chains import Chain, Kustomizations
from eksa_lint.model.kustomize import Kustomization, is_kustomization
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.search import as_bytes
from eksa_lint.model.sync import Sync, root_of
from eksa_lint.model.syncs import Syncs
from eksa_lint.syntax import Node

if TYPE_CHECKING:
    from eksa_lint.model.build import Step
    from eksa_lint.model.config_maps import Applied, ConfigMaps
    from eksa_lint.model.steps import Steps

_CONFIG_MAP: Final = re.compile(rb"kind[\"']?[ \t]*:[ \t]*[\"']?ConfigMap\b|configMapGenerator")
_GENERATOR: Final = re.compile(rb"(?:configMap|secret)Generator")
_FIELDS_WITHOUT_STEP: Final = frozenset((
    "apiVersion", "kind", "metadata", "resources", "bases", "namespace",
    "configMapGenerator", "secretGenerator", "generatorOptions", "buildMetadata", "openapi", "crds", "configurations",
    "replicas", "sortOptions", "helmCharts", "helmGlobals", "generators", "validators",
))  # fmt: skip
"""Fields that leave name, presence and the fields that matter here of the objects taken in as they are."""

_FIELDS_WITHOUT_DATA: Final = _FIELDS_WITHOUT_STEP | {"labels", "commonLabels", "commonAnnotations", "images"}
"""Fields that leave what is in an object."""

_MOST_SOURCES: Final = 200
"""Files in which the value of a replacement is looked for."""

_RENAMING: Final = (
    b"namePrefix", b"nameSuffix", b"/metadata/name", b"allowNameChange", b"postBuild", b"transformers", b"replacements",
)  # fmt: skip
"""Text of kustomizations and syncs that may give objects other names."""

_SYNC_FIELDS_WITH_STEP: Final = frozenset(
    ("patches", "namePrefix", "nameSuffix", "commonMetadata", "postBuild", "components")
)
"""Fields of a sync that change the objects."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way on which the objects of a file come into a cluster: where they land, and what is done to them.

    `left_out_by` names the kustomization that does not include the file, so that nothing applies it.
    """

    root: str = ""
    namespace: str | None = None
    """Takes the place of whatever `metadata.namespace` says."""

    patch: bool = False
    left_out_by: str = ""
    steps: "tuple[Step, ...]" = ()
    """What kustomize and Flux do to the objects, in this order."""

    sync_name: str = ""
    """Namespace and name of the Flux `Kustomization` that applies it."""

    sync: Sync | None = field(default=None, compare=False)
    taken_in_by: tuple[Kustomization, ...] = field(default=(), compare=False, repr=False)

    @property
    def applied_by(self) -> Sync | None:
        """The sync that applies the file; None where it is left out."""
        return None if self.left_out_by else self.sync

    @property
    def is_built(self) -> bool:
        """Whether kustomize has a hand in it; Flux writes a kustomization where there is none."""
        return self.sync is not None or bool(self.taken_in_by)


class Layout:
    """The Flux and kustomize files of one snapshot; only those around a file of interest are parsed."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self.syncs = Syncs(manifests)
        self.kustomizations = Kustomizations(manifests, self.syncs.top)

    def root(self, path: str) -> str:
        """The folder of the outermost sync: one that is applied by another lands in the same cluster.

        One with a kubeconfig does not, and begins a root of its own.
        """
        return self._root(self.sync(path))

    def roots(self, path: str) -> set[str]:
        """The roots of all ways on which a file is applied."""
        return {self._root(self.syncs.nearest(end)) for end in self.kustomizations.ends(path)}

    def ways(self, path: str) -> tuple[Way, ...]:
        """Each way on which a file is applied; where there is none, the one that comes closest, alone."""
        return tuple(dict.fromkeys(self.way_of_each_chain(path)))

    def way_of_each_chain(self, path: str) -> Iterator[Way]:
        """The same, where several chains of kustomizations may go one way."""
        is_patch = self.kustomizations.is_patch(path)
        return (self._way(chain, is_patch=is_patch) for chain in self.kustomizations.chains(path))

    def sync(self, path: str) -> Sync | None:
        """The Flux `Kustomization` that applies a file, on the first way on which one does."""
        return next((sync for end in self.kustomizations.ends(path) if (sync := self.syncs.nearest(end))), None)

    def renaming_folders(self) -> set[str]:
        """Folders and files whose objects may be applied under another name than their file says."""
        starts = set(self.kustomizations.folders_holding(_RENAMING))
        for file in self.syncs.files:
            content = self._manifests.content(file)
            if any(mark in content for mark in _RENAMING):
                starts |= self.syncs.folders_of(file)
        return self.kustomizations.reach(*starts)

    def folders_filled_from(self, path: str) -> set[str]:
        """The folders that Flux applies with variables from a ConfigMap of a file."""
        holds_one = _CONFIG_MAP.search(self._manifests.content(path)) is not None
        return self._config_maps.folders_filled_from(path) if holds_one else set()

    def may_make(self, path: str) -> bool:
        """Whether a file is a kustomization that seems to make objects itself, by its text."""
        return is_kustomization(path) and _GENERATOR.search(self._manifests.content(path)) is not None

    def syncs_building(self, folder: str) -> list[Sync]:
        """Those that build the kustomization of a folder, alone or with others."""
        kustomization = self.kustomizations.at(folder)
        chains = self.kustomizations.chains_of_made(kustomization) if kustomization else []
        ends = (chain.end for chain in chains if chain.left_out_by is None)
        return list(dict.fromkeys(sync for end in ends if (sync := self.syncs.nearest(end)) is not None))

    def made_by(self, path: str) -> list[tuple[Way, list[Node]]]:
        """The objects that a kustomization makes itself, on each way to a cluster."""
        if not self.may_make(path):
            return []
        from eksa_lint.model.generators import generated  # noqa: PLC0415 - few make any

        kustomization = self.kustomizations.at(dirname(path))
        if kustomization is None or kustomization.file != path:
            return []
        nodes = list(generated(kustomization))
        chains = self.kustomizations.chains_of_made(kustomization) if nodes else []
        ways = dict.fromkeys(self._way(chain, is_patch=False) for chain in chains if chain.left_out_by is None)
        return [(way, nodes) for way in ways]

    def _way(self, chain: Chain, *, is_patch: bool) -> Way:
        sync = self.syncs.nearest(chain.end)
        return Way(
            root=self._root(sync),
            namespace=self._namespace(chain, sync),
            patch=is_patch,
            left_out_by=chain.left_out_by.file if chain.left_out_by else "",
            steps=() if is_patch else tuple(self._steps_of(chain, sync)),
            sync_name=sync.namespaced_name if sync else "",
            sync=sync,
            taken_in_by=chain.links,
        )

    def _steps_of(self, chain: Chain, sync: Sync | None) -> "Iterator[Step]":
        """What is done to the objects on a way. Most kustomizations only list files, and most syncs change nothing."""
        for kustomization in chain.links:
            if not kustomization.value.keys() <= _FIELDS_WITHOUT_STEP:
                yield from self._steps.of(kustomization)
        if sync is not None and not sync.spec.keys().isdisjoint(_SYNC_FIELDS_WITH_STEP):
            yield from self._steps.of_sync(sync)

    def _namespace(self, chain: Chain, sync: Sync | None) -> str | None:
        namespace = sync.target_namespace if sync else None
        for kustomization in reversed(chain.links):
            namespace = namespace or self.kustomizations.namespace_of(kustomization)
        return namespace

    @cached_property
    def _steps(self) -> "Steps":
        from eksa_lint.model.steps import Steps  # noqa: PLC0415 - most files go through no steps

        return Steps(self._manifests, self.kustomizations.at, self._data_of, self._objects)

    def not_evaluated(self, kustomization: Kustomization) -> list[tuple[Node, str]]:
        """The entries of a kustomization that are not evaluated, each with the reason."""
        return self._steps.not_evaluated(kustomization)

    def _objects(self, kustomization: Kustomization, mark: str) -> Iterator[tuple[Node, tuple[Kustomization, ...]]]:
        """The objects of files that hold a text and that a kustomization takes in, over which others before it."""
        from eksa_lint.model.objects import objects_of  # noqa: PLC0415 - as above

        paths = self._manifests.holding(as_bytes(mark)) if mark else []
        for path in paths[:_MOST_SOURCES]:
            for chain in self.kustomizations.chains(path):
                files = [each.file for each in chain.links]
                if kustomization.file in files and not self.kustomizations.is_patch(path):
                    inner = chain.links[: files.index(kustomization.file)]
                    for document in self._manifests.stream(path).documents:
                        yield from ((node, inner) for node in objects_of(document.root))
                    break

    def _data_of(self, sync: Sync, name: str) -> dict[str, str] | None:
        return self._config_maps.data_of(sync, self._root(sync), name)

    @cached_property
    def _config_maps(self) -> "ConfigMaps":
        from eksa_lint.model.config_maps import ConfigMaps  # noqa: PLC0415 - as above

        return ConfigMaps(self._manifests, self.kustomizations.at, self.syncs, self._applied)

    def _applied(self, path: str) -> "Iterator[Applied]":
        """Where the objects of a file are applied, without what is done to them: that may hang on one of them."""
        from eksa_lint.model.config_maps import Applied  # noqa: PLC0415 - as above

        own = self.kustomizations.at(dirname(path))
        is_made = own is not None and own.file == path
        for chain in self.kustomizations.chains_of_made(own) if own and is_made else self.kustomizations.chains(path):
            sync = self.syncs.nearest(chain.end)
            if sync is not None and chain.left_out_by is None:
                is_changed = not sync.spec.keys().isdisjoint(_SYNC_FIELDS_WITH_STEP - {"commonMetadata", "postBuild"})
                as_written = not is_changed and all(map(_leaves_data, chain.links))
                yield Applied(self._root(sync), self._namespace(chain, sync), as_written)

    def _root(self, sync: Sync | None) -> str:
        seen = set()
        while sync and sync not in seen and not sync.lands_elsewhere:
            seen.add(sync)
            outer = self.sync(sync.file)
            if outer is None or outer == sync:
                break
            sync = outer
        return root_of(sync.folder) if sync else ""


def _leaves_data(kustomization: Kustomization) -> bool:
    """Whether what is in the objects that a kustomization takes in stays as it is."""
    from eksa_lint.model.generators import changes_others  # noqa: PLC0415 - few make any

    return kustomization.value.keys() <= _FIELDS_WITHOUT_DATA and not changes_others(kustomization)
