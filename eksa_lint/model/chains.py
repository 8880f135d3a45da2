"""The kustomizations that take in a file, one over the other, and those that leave it out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from posixpath import basename, dirname
from typing import Final, TypeAlias

from eksa_lint.model.kustomize import (
    KUSTOMIZATION_NAMES,
    Entry,
    Kustomization,
    is_kustomization,
    is_within,
    read_kustomization,
)
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.search import as_bytes

Links: TypeAlias = tuple[Kustomization, ...]

_MOST_CHAINS: Final = 2000
_MOST_CHAINS_IN_ALL: Final = 5000
_MOST_LEVELS: Final = 8
"""How many chains begin at one file and at all, and how often one reaches out; more are not meant to be built."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The kustomizations that take in a file, from the inside out.

    `end` is the folder of the outermost one, or of the file. `left_out_by` is one above that does not include what is
    below it; nothing is applied then.
    """

    links: Links
    end: str
    left_out_by: Kustomization | None = None


class Kustomizations:
    """The kustomize files of one snapshot; those around a file of interest are parsed.

    `top` gives the folder that Flux applies a folder with, None where it applies none.
    """

    def __init__(self, manifests: Manifests, top: Callable[[str], str | None]) -> None:
        self._manifests = manifests
        self._top = top
        self._read: dict[str, Kustomization | None] = {}
        self._chains: dict[str, list[Chain]] = {}
        self._left = _MOST_CHAINS_IN_ALL

    def at(self, folder: str) -> Kustomization | None:
        """The kustomization of a folder."""
        if folder not in self._read:
            names = (f"{folder}/{name}" if folder else name for name in KUSTOMIZATION_NAMES)
            file = next((name for name in names if name in self._manifests), None)
            self._read[folder] = read_kustomization(file, folder, self._manifests.stream(file)) if file else None
        return self._read[folder]

    def chains(self, path: str) -> list[Chain]:
        """All by which a file is applied; where there is none, the one that comes closest, alone."""
        if path not in self._chains:
            self._chains[path] = self._find_chains(path)
        return self._chains[path]

    def _find_chains(self, path: str) -> list[Chain]:
        if is_kustomization(path):
            return [Chain((), dirname(path))]
        return self._applied(self._climb(path, dirname(path), (), frozenset()))

    def chains_of_made(self, kustomization: Kustomization) -> list[Chain]:
        """Those of the objects that a kustomization makes itself."""
        here = kustomization.folder
        return self._applied(self._climb(here, here, (kustomization,), frozenset((kustomization.file,))))

    def _applied(self, climb: Iterator[Chain]) -> list[Chain]:
        """The chains that lead to a cluster: the direct one comes first, and counts where Flux applies it."""
        direct, *others = islice(climb, min(_MOST_CHAINS, 1 + self._left))
        self._left -= min(self._left, len(others))
        applied = self._outermost([chain for chain in others if chain.left_out_by is None])
        if direct.left_out_by is not None or self._top(direct.end) is None:
            return applied or [direct]
        return [direct, *applied]

    def _outermost(self, chains: list[Chain]) -> list[Chain]:
        """Without those that end at a base of another one, unless Flux applies that base by itself."""
        files = [tuple(kustomization.file for kustomization in chain.links) for chain in chains]
        inner = {names[:length] for names in files for length in range(1, len(names))}
        return [
            chain
            for chain, names in zip(chains, files, strict=True)
            if names not in inner or self._top(chain.end) is not None
        ]

    def ends(self, path: str) -> list[str]:
        """The folders in which the chains of a file end. Where none reaches out, nothing is read for it."""
        return [chain.end for chain in self.chains(path)] if self._reaching_out else [dirname(path)]

    def is_patch(self, path: str) -> bool:
        """Whether a file only holds parts of objects that are merged into others."""
        return not is_kustomization(path) and bool(self.patched_by(path))

    def patched_by(self, path: str) -> list[Kustomization]:
        """The kustomizations that merge a file into objects."""
        here = [one for one in self._above(dirname(path), "") if path in one.patch_files]
        return [*here, *self._patched_outward.get(path, ())]

    def naming(self, path: str) -> list[Kustomization]:
        """The kustomizations that may name a file, or that did before it went."""
        name = as_bytes(basename(path))
        near = [one for one in self._above(dirname(path), "") if name in self._manifests.content(one.file)]
        return [*near, *(one for one in self._reaching_out if name in self._manifests.content(one.file))]

    def namespace_of(self, kustomization: Kustomization, levels: int = 3) -> str | None:
        """The namespace that a kustomization, or else one of its components, sets for all it takes in.

        `levels` is how deep components of components are followed.
        """
        if "transformers" in kustomization.value and (set_last := self._namespace_set_last(kustomization)):
            return set_last
        own = kustomization.value.get("namespace")
        if isinstance(own, str) and own:
            return own
        components = [entry.target for entry in kustomization.includes if entry.is_component] if levels else []
        used = (self.at(folder) for folder in reversed(components))
        return next((name for one in used if one and (name := self.namespace_of(one, levels - 1))), None)

    def _namespace_set_last(self, kustomization: Kustomization) -> str:
        """The namespace that a transformer sets."""
        from eksa_lint.model.transformers import Configs, namespace_of  # noqa: PLC0415 - few list any

        configs = Configs(self._manifests, self.at).of(kustomization)
        return next(filter(None, (namespace_of(config) for config in reversed(list(configs)))), "")

    def fed_by(self, path: str) -> set[str]:
        """The folders of kustomizations that may put values of a file into others."""
        chains = (chain.links for chain in self.chains(path))
        marks = ("replacements", "transformers")
        return {each.folder for links in chains for each in links if any(mark in each.value for mark in marks)}

    def reach(self, *folders: str) -> set[str]:
        """Folders and files whose objects kustomizations may shape; those of their users where they are components."""
        found: set[str] = set()
        waiting = list(folders)
        while waiting:
            here = waiting.pop()
            if here in found:
                continue
            found.add(here)
            kustomization = self.at(here)
            if kustomization is not None:
                waiting.extend(entry.target for entry in kustomization.includes if not is_within(entry.target, here))
            waiting.extend(user.folder for user in self._users_of_component(here))
        return found

    def _users_of_component(self, folder: str) -> Iterator[Kustomization]:
        """The kustomizations that name a folder as a component."""
        yield from (user for user, entry in self._outward.get(folder, ()) if entry.is_component)
        for user in self._above(dirname(folder), "") if folder else ():
            if any(entry.is_component and entry.target == folder for entry in user.includes):
                yield user

    def _climb(self, item: str, folder: str, links: Links, seen: frozenset[str]) -> Iterator[Chain]:
        """The chain straight up first, then those over kustomizations that reach out to something on it."""
        chain, passed = self._straight_up(item, folder, links)
        yield chain
        for target, inner in passed:
            for kustomization, entry in self._outward.get(target, ()):
                if kustomization.file not in seen and len(seen) < _MOST_LEVELS:
                    here, outer = kustomization.folder, _joined(inner, kustomization, entry)
                    yield from self._climb(here, here, outer, seen | {kustomization.file})

    def _straight_up(self, item: str, folder: str, links: Links) -> tuple[Chain, list[tuple[str, Links]]]:
        """The chain over the folders above, and all that is on it, each with the links below it."""
        top = self._top(folder)
        included, left_out_by, blocked = item, None, ""
        passed = [(item, links)]
        above = dirname(folder) if item == folder else folder
        for kustomization in self._above(above, top or "") if item else ():
            entry = kustomization.entry_for(included, blocked)
            if kustomization.value and entry is None:
                left_out_by = left_out_by or kustomization
                blocked = blocked or kustomization.folder
                if top is not None:
                    break
                continue
            if entry is not None:
                links = _joined(links, kustomization, entry)
            included, blocked = kustomization.folder, ""
            passed.append((included, links))
        return Chain(links, folder, left_out_by), passed

    @cached_property
    def _outward(self) -> dict[str, list[tuple[Kustomization, Entry]]]:
        """The kustomizations that take in something from outside their folder, by what they take in."""
        found: dict[str, list[tuple[Kustomization, Entry]]] = {}
        for kustomization in self._reaching_out:
            for entry in kustomization.includes:
                if not is_within(entry.target, kustomization.folder):
                    found.setdefault(entry.target, []).append((kustomization, entry))
        return found

    @cached_property
    def _patched_outward(self) -> dict[str, list[Kustomization]]:
        """The same kustomizations by the files that they merge into objects."""
        found: dict[str, list[Kustomization]] = {}
        for kustomization in self._reaching_out:
            for path in kustomization.patch_files:
                found.setdefault(path, []).append(kustomization)
        return found

    @cached_property
    def _reaching_out(self) -> tuple[Kustomization, ...]:
        """The kustomizations that speak of folders above their own; no other one is parsed for it."""
        return tuple(one for folder in self.folders_holding((b"../",)) if (one := self.at(folder)))

    def folders_holding(self, marks: tuple[bytes, ...]) -> list[str]:
        """The folders whose kustomization holds one of some texts; none is parsed for it."""
        holds: dict[str, bool] = {}
        found = []
        for file in self._files:
            blob = self._manifests[file].id  # most are the same few lines
            if blob not in holds:
                content = self._manifests.content(file)
                holds[blob] = any(mark in content for mark in marks)
            if holds[blob]:
                found.append(dirname(file))
        return found

    @cached_property
    def _files(self) -> list[str]:
        return sorted(file for file in self._manifests if is_kustomization(file))

    def _above(self, folder: str, top: str) -> Iterator[Kustomization]:
        """The kustomizations of a folder and of those above it up to the top, nearest first."""
        while is_within(folder, top):
            kustomization = self.at(folder)
            if kustomization:
                yield kustomization
            if not folder:
                return
            folder = dirname(folder)


def _joined(links: Links, outer: Kustomization, entry: Entry) -> Links:
    """What a component does is done to all that its user takes in, and so is part of the user."""
    inner = links[:-1] if entry.is_component and links and links[-1].folder == entry.target else links
    return (*inner, outer)
