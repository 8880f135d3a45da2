"""Inventories from texts, and objects in as few words as can be."""

from collections.abc import Mapping

from conftest import Files

from eksa_lint.model.changes import Change
from eksa_lint.model.compare import compare
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.library import Library
from eksa_lint.model.resource import EKSA, Resource

Texts = Mapping[str, str]


def inventory(files: Texts, library: Library | None = None) -> Inventory:
    return Inventory(Files(files), library or Library(), "after")


def changes(before: Texts, after: Texts) -> list[Change]:
    library = Library()
    old = Inventory(Files(before), library, "before")
    new = Inventory(Files(after), library, "after")
    return compare(old, new)


def resources(files: Texts) -> list[Resource]:
    objects = inventory(files)
    return [resource for path in objects.manifests for resource in objects.resources_in(path)]


def ids(files: Texts) -> list[str]:
    """`root|group|kind|namespace|name` of every object."""
    return ["|".join(resource.id) for resource in resources(files)]


def told(before: Texts, after: Texts) -> list[str]:
    """What differs: `event kind namespace/name path: old -> new`, the path and values where it is changed."""
    lines = []
    for change in changes(before, after):
        identity = change.resource.id
        head = f"{change.event} {identity.kind} {identity.namespace}/{identity.name}"
        if identity.root:
            head += f" in {identity.root}"
        if change.event == "changed":
            lines += [f"{head} {show(field.path)}: {field.old!r} -> {field.new!r}" for field in change.fields]
        else:
            lines.append(head)
    return sorted(lines)


def show(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))


def cluster(name: str = "prod", spec: str = "{}", *, namespace: str | None = None) -> str:
    return thing("Cluster", name, spec, namespace=namespace)


def thing(kind: str, name: str, spec: str = "{}", *, namespace: str | None = None, group: str = EKSA) -> str:
    place = f", namespace: {namespace}" if namespace else ""
    version = f"{group}/v1alpha1" if group else "v1"
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}{place}}}\nspec: {spec}\n"


def sync(path: str, *, name: str = "flux-system", namespace: str | None = None) -> str:
    target = f"\n  targetNamespace: {namespace}" if namespace else ""
    return (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        f"metadata: {{name: {name}, namespace: flux-system}}\nspec:\n  path: {path}\n  prune: true{target}\n"
    )


def kustomization(*resources: str, namespace: str | None = None, patches: tuple[str, ...] = ()) -> str:
    lines = ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization"]
    lines += [f"namespace: {namespace}"] if namespace else []
    lines += ["resources:", *(f"- {name}" for name in resources)] if resources else []
    lines += ["patches:", *(f"- path: {name}" for name in patches)] if patches else []
    return "\n".join(lines) + "\n"
