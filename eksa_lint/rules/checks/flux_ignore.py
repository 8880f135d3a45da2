"""Patterns of `.sourceignore` that take clusters out of what Flux reads."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import first_of
from eksa_lint.snapshot.contents import content_of

_SOURCE_IGNORE: Final = ".sourceignore"


@check("flux-ignore")
def ignored_clusters(file: File, context: Context) -> Iterator[Draft]:
    """The patterns that are new; what was left out before was never applied."""
    if file.path.rpartition("/")[2] != _SOURCE_IGNORE or context.before is None:
        return
    from eksa_lint.model.path_patterns import Line, ignore_lines, ignoring, is_ignored  # noqa: PLC0415 - few repositories have one
    from eksa_lint.model.source_ignore import is_below  # noqa: PLC0415 - as above

    known = list(ignore_lines(content_of(context.before.snapshot, file.path).decode("utf-8", "replace")))
    patterns = list(ignore_lines(file.source.text))
    folder = file.path[: -len(_SOURCE_IGNORE)]
    lost: dict[int, tuple[Line, list[Resource]]] = {}
    for path in context.inventory.manifests.holding(EKSA.encode()):
        inner = path.removeprefix(folder)
        pattern = ignoring(inner, patterns) if is_below(path, file.path) else None
        if pattern is not None and not is_ignored(inner, known):
            lost.setdefault(pattern.start, (pattern, []))[1].extend(_clusters(path, context.before))
    for pattern, clusters in lost.values():
        if clusters:
            yield Draft(
                rule="flux-ignore-changed",
                message=f"this pattern takes {_names(clusters)} out of what Flux reads: its machines are deleted, or "
                "Flux stops where a kustomization lists the file",
                place=file.place(pattern.start, pattern.start + len(pattern.pattern)),
                field=pattern.pattern,
            )


def _clusters(path: str, before: Inventory) -> Iterator[Resource]:
    """The clusters of a file that Flux applied."""
    for resource in before.resources_in(path):
        if resource.is_cluster and resource.sync_name and before.is_applied(resource):
            yield resource


def _names(clusters: list[Resource]) -> str:
    return f"Cluster {first_of(list(dict.fromkeys(cluster.id.name for cluster in clusters)))}"
