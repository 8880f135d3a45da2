"""Whether kustomize can read a file of its own: it stops at a field that it does not know and at a wrong type.

The file in the folder that Flux applies is another matter: Flux reads it first, drops what it does not know and writes
the rest anew. Source: sigs.k8s.io/kustomize/api/types (Unmarshal, CheckEmpty), fluxcd/pkg
kustomize/kustomize_generator.go; held against kustomize 5.5.
"""

from collections.abc import Iterator
from dataclasses import replace
from posixpath import dirname
from typing import Any, Final

from eksa_lint.finding import Consequence, Severity
from eksa_lint.model.file import File
from eksa_lint.model.kustomize import IDENTITY, KUSTOMIZE, is_kustomization
from eksa_lint.model.resource import Resource, ResourceId
from eksa_lint.rules.checks import check
from eksa_lint.rules.checks.flux_stops import builders, stops
from eksa_lint.rules.checks.kustomization_secrets import given_secrets
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.schema import catalog

_RULE: Final = "kustomization-invalid"
_VERSIONS: Final = {"Kustomization": "v1beta1", "Component": "v1alpha1"}
"""The kinds, and the version that each has."""


@check("kustomization-files")
def kustomization_files(file: File, context: Context) -> Iterator[Draft]:
    if not is_kustomization(file.path) or not file.documents or file.problems:
        return
    root = file.documents[0].root
    value = root.value
    kind = str((value.get("kind") if isinstance(value, dict) else None) or "Kustomization")
    shape = catalog.find(KUSTOMIZE, _VERSIONS[kind], kind) if kind in _VERSIONS else None
    if shape is not None and _is_read(value, shape):
        return
    identity = ResourceId("", KUSTOMIZE, kind, "", file.path)
    resource = Resource(identity, "", file.side, file.path, file.source, root)
    for draft, is_dropped in _faults(resource, shape):
        said = replace(draft, rule=_RULE, resource=None, refused_by=())
        yield _with_consequence(said, file, context, is_dropped=is_dropped)


def _is_read(value: Any, shape: catalog.Schema) -> bool:
    is_said = isinstance(value, dict) and value.keys() - IDENTITY
    return bool(is_said) and value.get("apiVersion") in (None, "", shape.api_version) and shape.accepts(value)


def _with_consequence(draft: Draft, file: File, context: Context, *, is_dropped: bool) -> Draft:
    """What comes of it depends on who builds the file, and only of Flux that can be seen."""
    inventory, folder = context.inventory, dirname(file.path)
    syncs = builders(file.path, inventory)
    stopping = next((sync for sync in syncs if not (is_dropped and sync.folder == folder)), None)
    if syncs and stopping is None:
        message = f"{draft.message}: Flux passes over it, and kustomize itself stops there"
        return replace(draft, message=message, severity=Severity.WARNING, consequence=Consequence.REJECTED)
    severity = None if syncs else Severity.WARNING
    return replace(draft, message=f"{draft.message}: {stops(stopping, inventory)}", severity=severity)


def _faults(resource: Resource, shape: catalog.Schema | None) -> Iterator[tuple[Draft, bool]]:
    """Each with whether Flux passes over it in the first file that it reads."""
    path, value = resource.path, resource.node.value
    if not isinstance(value, dict):
        yield Draft(_RULE, f"{path} is no mapping of fields", resource.place()), False
    elif not value.keys() - IDENTITY:
        yield Draft(_RULE, f"{path} says nothing, not even `resources: []`", resource.place()), True
    elif shape is None:
        message = f"the kind of {path} must be Kustomization or Component, not {resource.kind}"
        yield Draft(_RULE, message, resource.place(("kind",)), field="kind"), False
    elif value.get("apiVersion") not in (None, "", shape.api_version):
        message = f"the apiVersion of {path} must be {shape.api_version}, not {value['apiVersion']}"
        yield Draft(_RULE, message, resource.place(("apiVersion",)), field="apiVersion"), False
    else:
        yield from _misfits(resource, value, shape)


def _misfits(resource: Resource, value: dict[str, Any], shape: catalog.Schema) -> Iterator[tuple[Draft, bool]]:
    from eksa_lint.rules.checks.schema import draft_of  # noqa: PLC0415 - nearly every file fits, and needs no words
    from eksa_lint.schema.explain import explain  # noqa: PLC0415 - as above

    names = {name.lower() for name in shape.content["properties"]}
    for error in explain(shape, {**value, "kind": shape.kind}):
        is_own = error.rule == "schema-unknown-field" and len(error.path) == 1
        if not (is_own and str(error.path[0]).lower() in names):  # Go reads the names of fields in any letter case
            draft = draft_of(resource, error)
            if error.path[0] == "secretGenerator":
                draft = replace(draft, repair=None, secret=tuple(given_secrets(resource.node)))
                if error.rule == "schema-wrong-type":
                    draft = replace(draft, message=f"{draft.field} is of the wrong type", values=())
            yield draft, is_own
