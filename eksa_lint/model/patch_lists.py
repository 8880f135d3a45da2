"""The patches that a file lists: as names of files, as text, or as mappings with a target."""

from collections.abc import Iterator

from eksa_lint.model.build import Patch
from eksa_lint.model.embedded import embedded
from eksa_lint.model.kustomize import beside
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.patches import borrow
from eksa_lint.model.resource import Borrowed
from eksa_lint.model.selector import Target, of_object, of_selector
from eksa_lint.syntax import Entry, Node, Source


class PatchReader:
    """Reads what one file lists; the names of files are those beside a kustomization."""

    def __init__(self, folder: str, file: str, source: Source, manifests: Manifests) -> None:
        self._folder, self._file, self._source, self._manifests = folder, file, source, manifests

    def patches(self, root: Node, name: str) -> Iterator[Patch]:
        """The patches of a list: file names, texts, or mappings with a target."""
        for item in root.items_of(name):
            yield from self.patch(item)

    def patch(self, item: Node) -> Iterator[Patch]:
        """The patches of one entry, or of the configuration of a transformer."""
        target = item.find(("target",))
        names = ("path", "patch", "jsonOp")
        written = next(filter(None, (item.find((name,)) for name in names)), item if item.entries is None else None)
        rename = item.find(("options", "allowNameChange"))
        for body in self.bodies(written) if written else ():
            yield from self._patch(body, target, renames=rename is not None and rename.value in (True, "true"))

    def parts(self, item: Node, name: str) -> Iterator[Patch]:
        """The patches of one text."""
        written = item.find((name,))
        for body in self.bodies(written) if written else ():
            yield from self._patch(body, None, renames=False)

    def own(self, node: Node) -> Borrowed:
        """A node of the file itself."""
        return node if isinstance(node, Borrowed) else borrow(node, self._file, self._source)

    def common_metadata(self, root: Node) -> Iterator[Patch]:
        """The labels and annotations that a kustomization gives to everything."""
        pairs = [item.find(("pairs",)) for item in root.items_of("labels")]
        for node in (*pairs, root.find(("commonLabels",))):
            yield from self.metadata("labels", node)
        yield from self.metadata("annotations", root.find(("commonAnnotations",)))

    def metadata(self, name: str, node: Node | None) -> Iterator[Patch]:
        """Labels or annotations as a part of every object."""
        if node is None or not node.entries:
            return
        start = node.start
        metadata = Node(start, start, {name: node.value}, {name: Entry(start, start, node)})
        part = Node(start, start, {"metadata": metadata.value}, {"metadata": Entry(start, start, metadata)})
        yield Patch(Target(), part.value, False, self.own(part))

    def bodies(self, written: Node) -> Iterator[Borrowed]:
        """The documents of a patch, in their own places."""
        text = written.value
        path = beside(self._folder, text) if isinstance(text, str) and "\n" not in text else ""
        if path in self._manifests:
            stream = self._manifests.stream(path)
            for document in stream.documents:
                yield borrow(document.root, path, stream.source)
        elif isinstance(text, str):
            documents, shift = embedded(written, self._source)
            for document in documents:
                yield borrow(document.root, self._file, self._source, shift)

    def _patch(self, body: Borrowed, target: Node | None, *, renames: bool) -> Iterator[Patch]:
        selector = of_selector(target.value) if target is not None else of_object(body.value)
        if selector is not None and (body.items is not None or body.entries is not None):
            yield Patch(selector, body.value, renames or body.items is not None, body)
