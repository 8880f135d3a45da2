"""Which files of its repository Flux does not read: by a `.sourceignore`, or by what a source says itself."""

from collections.abc import Iterator
from posixpath import dirname
from typing import Final

from eksa_lint.model.inventory import Inventory
from eksa_lint.model.path_patterns import ignore_lines, is_ignored
from eksa_lint.snapshot.contents import LARGEST_READ

SOURCE_IGNORE: Final = ".sourceignore"
_DEFAULT: Final = """\
.git/
.github/
.circleci/
.travis.yml
.gitlab-ci.yml
appveyor.yml
.drone.yml
cloudbuild.yaml
codeship-services.yml
codeship-steps.yml
.goreleaser.yml
.sops.yaml
.flux.yaml
"""
"""What Flux leaves out by itself (fluxcd/source-controller, docs/spec/v1/gitrepositories.md)."""


def is_left_out_of_source(path: str, inventory: Inventory) -> bool:
    """Whether Flux does not read a file of its repository."""
    if any(is_ignored(path, list(ignore_lines(text))) for text in list(_of_sources(inventory)) or [_DEFAULT]):
        return True
    return any(
        is_ignored(path.removeprefix(file.removesuffix(SOURCE_IGNORE)), list(ignore_lines(text)))
        for file, text in _ignore_files(inventory)
        if is_below(path, file)
    )


def _of_sources(inventory: Inventory) -> Iterator[str]:
    """What sources say in place of the default."""
    for file in inventory.manifests.holding(b"source.toolkit.fluxcd.io/v"):
        for resource in inventory.resources_in(file):
            if resource.kind == "GitRepository" and resource.spec.get("ignore"):
                yield str(resource.spec["ignore"])


def _ignore_files(inventory: Inventory) -> Iterator[tuple[str, str]]:
    snapshot = inventory.snapshot
    blobs = [blob for path, blob in snapshot.blobs.items() if path.endswith(SOURCE_IGNORE)]
    for blob, content in snapshot.read(blobs, LARGEST_READ) if blobs else ():
        if isinstance(content, bytes):
            yield blob.path, content.decode("utf-8", "replace")


def is_below(path: str, ignore_file: str) -> bool:
    """Whether the patterns of a file speak of a path: those of its own folder and below."""
    folder = dirname(ignore_file)
    return not folder or path.startswith(f"{folder}/")
