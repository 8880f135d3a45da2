"""Where kustomize stops in a kustomization: in what it names, patches, makes, or has other programs do."""

from collections.abc import Iterator
from functools import cache, partial
from posixpath import dirname
from typing import Final

from eksa_lint.finding import Place
from eksa_lint.model.file import File
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.resource import Resource
from eksa_lint.model.taken_in import TakenIn
from eksa_lint.rules.checks.flux_stops import builders, stops
from eksa_lint.rules.checks.kustomization_entries import Misfit, misplaced, missing
from eksa_lint.rules.checks.kustomization_generators import unmade
from eksa_lint.rules.checks.kustomization_patches import unfit_patches, unmatched
from eksa_lint.rules.checks.kustomization_plugins import not_run
from eksa_lint.rules.checks.kustomization_secrets import given_secrets
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft

_RULE: Final = "flux-build-stops"


def stopped(file: File, context: Context) -> Iterator[Draft]:
    """Where a kustomization that Flux builds stops; without Flux, what only stops since this change."""
    inventory = context.inventory
    kustomization = inventory.layout.kustomizations.at(dirname(file.path))
    if kustomization is None or ".gitmodules" in inventory.snapshot.blobs:
        return
    misfits = list(_misfits(kustomization, file, context))
    syncs = builders(file.path, inventory) if misfits else []
    if not syncs and (inventory.layout.syncs.roots or context.before is None):
        return
    stopping = stops(syncs[0] if syncs else None, inventory)
    hidden = tuple(given_secrets(kustomization.node)) if kustomization.node is not None else ()
    for misfit in misfits:
        if syncs or not misfit.only_by_flux:
            message = f"{file.path} {misfit.does}: {stopping}"
            place = file.place(misfit.node.start, misfit.node.end)
            yield Draft(_RULE, message, place, field=misfit.key, secret=hidden)


def stopped_by_patches(resource: Resource, context: Context) -> Iterator[Draft]:
    """Where kustomize stops at the patches that a Flux `Kustomization` adds."""
    inventory = context.inventory
    sync = next((one for one in inventory.layout.syncs.in_file(resource.path) if one.node is resource.node), None)
    listed = resource.node.find(("spec",))
    for misfit in unfit_patches(listed, sync, inventory.manifests) if sync is not None and listed is not None else ():
        message = f"{resource.title} {misfit.does}: {stops(sync, inventory)}"
        place = Place(resource.side, resource.path, resource.source, misfit.node.start, misfit.node.end)
        yield Draft(_RULE, message, place, resource, field=misfit.key)


def _misfits(kustomization: Kustomization, file: File, context: Context) -> Iterator[Misfit]:
    inventory = context.inventory
    manifests, at = inventory.manifests, inventory.layout.kustomizations.at
    if kustomization.file != file.path:
        for document in file.documents[:1]:
            yield Misfit(document.root, f"is a second kustomization beside {kustomization.file}", "")
        return
    objects = cache(partial(TakenIn(manifests, at).of, kustomization))
    yield from missing(kustomization, inventory, context.before)
    yield from misplaced(kustomization, inventory)
    yield from unmatched(kustomization, manifests, objects)
    yield from unmade(kustomization, objects)
    yield from not_run(kustomization, manifests)
