"""What keeps secrets out of the repository and careless merges away: .gitignore and CODEOWNERS.

Told of whole repositories that hold clusters, and of these two files when they change or go.
"""

from collections.abc import Iterable, Iterator, Sequence
from posixpath import basename, dirname
from typing import Final

from eksa_lint import data
from eksa_lint.config import CONFIG_FILE
from eksa_lint.finding import Place
from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.path_patterns import Line, ignore_lines, is_ignored, owner_lines, owners_of
from eksa_lint.model.resource import EKSA, Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.rules.wording import first_of
from eksa_lint.snapshot.contents import content_of

_GITIGNORE: Final = ".gitignore"
_CODEOWNERS: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the hosts look for it, in this order."""


@check("gitignore")
def gitignore(subject: File | Context, context: Context | None = None) -> Iterator[Draft]:
    """Files that eksctl anywhere writes and Git would take: told at .gitignore, else at the first Cluster."""
    if isinstance(subject, File):
        if context is not None and subject.path == _GITIGNORE and (cluster := _first_cluster(context.inventory)):
            yield from _gaps(context.inventory, cluster, subject.place(0, len(subject.source.text.partition("\n")[0])))
        return
    if not _lacks(subject, (_GITIGNORE,)):
        return
    if cluster := _first_cluster(subject.inventory):
        yield from _gaps(subject.inventory, cluster, cluster.place(("metadata", "name")))


def _gaps(inventory: Inventory, cluster: Resource, place: Place) -> Iterator[Draft]:
    folder = dirname(cluster.path)
    entries: list[dict[str, str]] = data.table("never-committed")["files"]
    missing = [entry for entry in entries if not _stays_out(f"{folder}/{entry['sample']}".lstrip("/"), inventory)]
    if missing:
        shown = first_of([f"{entry['pattern']} ({entry['what']})" for entry in missing])
        subject = _GITIGNORE if _GITIGNORE in inventory.snapshot.blobs else "no .gitignore"
        verb = "lets in" if subject == _GITIGNORE else "keeps out"
        yield Draft(
            rule="gitignore-gap",
            message=f"{subject} {verb} what must never be committed: {shown}",
            place=place,
            field=_GITIGNORE,
            values=tuple(entry["pattern"] for entry in missing),
        )


def _stays_out(path: str, inventory: Inventory) -> bool:
    """Whether one of the .gitignore files in the folders above a path keeps it out."""
    parts = path.split("/")
    for depth in range(len(parts)):
        above = "/".join(parts[:depth])
        text = content_of(inventory.snapshot, f"{above}/{_GITIGNORE}".lstrip("/")).decode("utf-8", "replace")
        if text and is_ignored("/".join(parts[depth:]), list(ignore_lines(text))):
            return True
    return False


@check("codeowners")
def codeowners(subject: File | Context, context: Context | None = None) -> Iterator[Draft]:
    """Clusters and the policy of this program that nobody in particular must approve changes of."""
    if isinstance(subject, File):
        if context is not None and subject.path == _owners_file(context.inventory):
            place = subject.place(0, len(subject.source.text.partition("\n")[0]))
            yield from _unowned(context.inventory, list(owner_lines(subject.source.text)), place)
        return
    if _lacks(subject, _CODEOWNERS) and (cluster := _first_cluster(subject.inventory)):
        yield Draft(
            rule="codeowners-gap",
            message="no CODEOWNERS says who must approve a change of clusters: whoever may merge can delete them",
            place=cluster.place(("metadata", "name")),
            field="CODEOWNERS",
        )


def _lacks(context: Context, paths: Iterable[str]) -> bool:
    """Whether none of the files is there; where two states are compared, whether one was there before."""
    here = context.inventory.snapshot.blobs
    was = context.before.snapshot.blobs if context.before is not None else None
    return not any(path in here for path in paths) and (was is None or any(path in was for path in paths))


def _owners_file(inventory: Inventory) -> str | None:
    return next((path for path in _CODEOWNERS if path in inventory.snapshot.blobs), None)


def _unowned(inventory: Inventory, lines: Sequence[Line], place: Place) -> Iterator[Draft]:
    clusters = _cluster_files(inventory)
    without = [path for path in clusters if not owners_of(path, lines)]
    own = (CONFIG_FILE, place.path)
    policy = [path for path in own if path in inventory.snapshot.blobs and not owners_of(path, lines)]
    if not clusters or not (without or policy):
        return
    of_clusters = [f"{without[0]} ({len(without)} of {len(clusters)} clusters' files)"] if without else []
    yield Draft(
        rule="codeowners-gap",
        message=f"{basename(place.path)} names nobody for {', '.join([*of_clusters, *policy])}",
        place=place,
        field="CODEOWNERS",
        values=(*without[:1], *policy),
    )


def _cluster_files(inventory: Inventory) -> list[str]:
    """Files that seem to hold a Cluster, by their text."""
    manifests = inventory.manifests
    contents = ((path, b"\n" + manifests.content(path)) for path in manifests.holding(EKSA.encode()))
    return [path for path, content in contents if b"\nkind: Cluster\n" in content.replace(b"\r", b"")]


def _first_cluster(inventory: Inventory) -> Resource | None:
    found = (
        resource
        for path in _cluster_files(inventory)
        for resource in inventory.resources_in(path)
        if resource.is_cluster and not resource.patch
    )
    return next(found, None)
