"""Static rules over one state: the files that are looked at, what stands in them, and the comments addressed to us."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Final

from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import Resource
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.engine import Engine
from eksa_lint.rules.suppress import Comments
from eksa_lint.secrets.allowlist import MARK
from eksa_lint.secrets.prefilter import may_be_kubeconfig
from eksa_lint.snapshot import Blob
from eksa_lint.snapshot.contents import LARGEST_READ
from eksa_lint.syntax import Problem, Stream, find_directives, parse
from eksa_lint.syntax.source import Source, decode

MANY: Final = 1000
"""Objects from which on a second process pays for its start."""


class State:
    """One inventory, the files of it that are judged, and the rules."""

    def __init__(self, inventory: Inventory, engine: Engine, blobs: Iterable[Blob]) -> None:
        self._inventory = inventory
        self._engine = engine
        self.blobs = tuple(blobs)
        self.comments: dict[str, Comments] = {}
        """The comments of the files that were judged, by path."""

        self.with_pragmas: list[File] = []
        """The files that were judged and hold comments of detect-secrets."""

    def resources(self) -> Iterator[Resource]:
        """The objects of the files."""
        for blob in self.blobs:
            yield from self._inventory.resources_in(blob.path)

    def judge(self, resources: Iterable[Resource], known: Iterable[Resource] = ()) -> Iterator[Draft]:
        """The files, the objects given, and what is around the `known` ones, which are as they were before a change."""
        here, elsewhere = self._share(list(resources))
        for file in self._files():
            yield from self._engine.judge_file(file)
            self._note_comments(file)
        for resource in here:
            yield from self._engine.judge_resource(resource)
        for resource in known:
            yield from self._engine.judge_resource(resource, is_known=True)
        yield from elsewhere()

    def _share(self, resources: list[Resource]) -> tuple[Sequence[Resource], Callable[[], list[Draft]]]:
        """What is judged here, and how to get the drafts of what another process judges meanwhile."""
        if len(resources) < MANY:
            return resources, list
        from eksa_lint.rules.halves import split  # noqa: PLC0415 - a commit changes few

        return split(resources, self._engine.judge_resource, self._inventory.everything)

    def read_comments(self) -> None:
        """Find the comments of the files without judging them."""
        for file in self._files():
            self._note_comments(file)

    def comments_in(self, paths: Iterable[str]) -> dict[str, Comments]:
        """The comments of manifests, and of those only, that are looked at because an object of them is."""
        judged = {blob.path for blob in self.blobs}
        others = [self._inventory.manifests.get(path) for path in dict.fromkeys(paths) if path not in judged]
        files = (self._manifest(blob) for blob in others if blob is not None)
        return {file.path: Comments(file, tuple(found)) for file in files if (found := find_directives(file))}

    def _note_comments(self, file: File) -> None:
        if MARK in file.source.text:
            self.with_pragmas.append(file)
        directives = find_directives(file)
        if directives:
            self.comments[file.path] = Comments(file, tuple(directives))

    def _files(self) -> Iterator[File]:
        others = []
        for blob in self.blobs:
            if blob.path in self._inventory.manifests:
                yield self._manifest(blob)
            else:
                others.append(blob)
        for blob, content in self._inventory.snapshot.read(others, LARGEST_READ):
            if isinstance(content, bytes):
                yield self._other(blob, content)
            elif content.large:
                yield self._large(blob)
            else:
                unread = partial(_unread, content.reason)
                yield File(self._inventory.side, blob.path, Source(""), read=unread)

    def _manifest(self, blob: Blob) -> File:
        inventory, path = self._inventory, blob.path
        manifests = inventory.manifests
        return File(
            inventory.side,
            path,
            manifests.source(path),
            read=partial(manifests.stream, path),
            extract=partial(inventory.resources_in, path),
            windows=partial(inventory.snapshot.windows, blob) if manifests.is_too_large(path) else None,
        )

    def _other(self, blob: Blob, content: bytes) -> File:
        """A file that is no manifest by its name; a kubeconfig has any name, and is read as the YAML that it is."""
        source, _ = decode(content)
        read = cache(partial(parse, content)) if may_be_kubeconfig(source.text) else None
        return File(self._inventory.side, blob.path, source, read=read)

    def _large(self, blob: Blob) -> File:
        windows = partial(self._inventory.snapshot.windows, blob)
        return File(self._inventory.side, blob.path, Source(""), windows=windows)


def _unread(reason: str) -> Stream:
    """What stands for a file that cannot be read."""
    return Stream(Source(""), problems=[Problem("unreadable-file", reason, 0, 0)], broken=True)
