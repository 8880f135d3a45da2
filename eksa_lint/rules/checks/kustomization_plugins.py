"""What kustomize runs other programs for, which Flux does not let it: it stops there.

Source: fluxcd/pkg, kustomize/kustomize_generator.go (Build, DisabledPluginConfig).
"""

from collections.abc import Iterator
from typing import Final

from eksa_lint.model import fields
from eksa_lint.model.kustomize import Kustomization
from eksa_lint.model.manifests import Manifests
from eksa_lint.model.patch_lists import PatchReader
from eksa_lint.rules.checks.kustomization_entries import Misfit

_CHARTS: Final = ("helmCharts", "helmChartInflationGenerator")
_PLUGINS: Final = ("generators", "transformers", "validators")
_BUILTIN: Final = "builtin"


def not_run(kustomization: Kustomization, manifests: Manifests) -> Iterator[Misfit]:
    """The charts and programs that a kustomization asks for."""
    for name in _CHARTS:
        for item in kustomization.items(name):
            yield Misfit(
                item, "asks for a Helm chart, which Flux does not let kustomize render", name, only_by_flux=True
            )
    reader = PatchReader(kustomization.folder, kustomization.file, kustomization.source, manifests)
    for item in (item for name in _PLUGINS for item in kustomization.items(name)):
        for node in reader.bodies(item):
            kind, version = (fields.get(node.value, (part,)) for part in ("kind", "apiVersion"))
            if isinstance(kind, str) and isinstance(version, str) and version != _BUILTIN:
                does = f"runs {kind} of {version}, and Flux lets kustomize start no program"
                yield Misfit(item, does, kind, only_by_flux=True)
