"""Files with their objects, and the findings of the checks in a form that tests can read."""

from collections.abc import Iterator
from typing import Any

from eksa_lint.model.file import File
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.rules.checks.secrets import kubeconfig, secret_object, token_shapes
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax import Node, Source, parse


def file_of(text: str, path: str = "file.yaml") -> File:
    stream = parse(text.encode())
    resources = tuple(
        _resource(node, path, stream.source) for document in stream.documents for node in _objects(document.root)
    )
    return File("after", path, stream.source, stream.documents, stream.problems, resources)


def drafts(file: File) -> list[Draft]:
    found = [*token_shapes(file, None), *kubeconfig(file, None)]
    found += [draft for resource in file.resources for draft in secret_object(resource, None)]
    return found


def findings(text: str, path: str = "file.yaml") -> list[tuple[int, str, str]]:
    """Line, rule and message of everything found, sorted."""
    return sorted(
        (draft.place.span.line, draft.rule, draft.message) for draft in drafts(file_of(text, path)) if draft.place
    )


def lines(text: str, path: str = "file.yaml") -> list[tuple[int, str]]:
    return [(line, rule) for line, rule, _ in findings(text, path)]


def _objects(node: Node) -> Iterator[Node]:
    if node.entries is None or "kind" not in node.entries:
        return
    items = node.find(("items",))
    if node.entries["kind"].node.value == "List" and items:
        for item in items.items or ():
            yield from _objects(item)
    else:
        yield node


def _resource(node: Node, path: str, source: Source) -> Resource:
    def text(*steps: str, default: str = "") -> str:
        found: Any = node.find(steps)
        return str(found.value) if found else default

    group, _, version = text("apiVersion", default="v1").rpartition("/")
    namespace = text("metadata", "namespace", default="default")
    identity = ResourceId("", group, text("kind"), namespace, text("metadata", "name"))
    return Resource(identity, version, "after", path, source, node)
