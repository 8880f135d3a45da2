"""What a kustomization does that the comparison cannot see."""

from collections.abc import Iterator
from posixpath import dirname
from typing import Final

from eksa_lint.model.file import File
from eksa_lint.model.inventory import Inventory
from eksa_lint.model.kustomize import is_kustomization, is_remote
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax import Node

_NOT_EVALUATED: Final = {
    "generators": "generators are not run here",
    "validators": "validators are not run here",
    "vars": "variables of kustomize are not filled in here",
    "helmCharts": "Helm charts are not rendered here",
    "helmChartInflationGenerator": "Helm charts are not rendered here",
}


@check("kustomizations-not-evaluated")
def not_evaluated(file: File, context: Context) -> Iterator[Draft]:
    if not is_kustomization(file.path) or not file.documents:
        return
    root = file.documents[0].root
    for field, reason in _NOT_EVALUATED.items():
        if (node := root.find((field,))) is not None and node.value:
            entry = (root.entries or {})[field]
            yield Draft(
                "kustomization-not-evaluated", f"{reason}: what becomes of the objects of {file.path} is not known",
                file.place(entry.key_start, entry.key_end), field=field,
            )  # fmt: skip
    for node, reason in _passed_over(root, file.path, context.inventory):
        message = f"{reason}: what becomes of the objects of {file.path} is not known"
        yield Draft("kustomization-not-evaluated", message, file.place(node.start, node.end), field=reason)
    for field in ("resources", "bases", "components"):
        for item in root.items_of(field):
            if isinstance(item.value, str) and is_remote(item.value):
                message = f"{item.value} is not read here: which objects come from it, or go with it, is not known"
                yield Draft("kustomization-not-evaluated", message, file.place(item.start, item.end), field=item.value)


def _passed_over(root: Node, path: str, inventory: Inventory) -> list[tuple[Node, str]]:
    """The transformers and replacements that are not evaluated, each with the reason."""
    layout = inventory.layout
    has_any = root.find(("transformers",)) or root.find(("replacements",))
    kustomization = layout.kustomizations.at(dirname(path)) if has_any else None
    return layout.not_evaluated(kustomization) if kustomization and kustomization.file == path else []
