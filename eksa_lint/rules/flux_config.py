"""How a GitOpsConfig is written as the FluxConfig that EKS Anywhere would make of it.

What stands below `spec.flux.github` moves: three settings to `spec`, the rest to `spec.github`
(pkg/api/v1alpha1/gitopsconfig_types.go: ConvertToFluxConfig). Lines are moved, never written anew, so that comments,
quotes and the order stay.
"""

from typing import Final

from eksa_lint.finding import Place
from eksa_lint.model.resource import Resource
from eksa_lint.rules.draft import Rewrite
from eksa_lint.syntax import Entry, Node, Source, parse

_RENAMED: Final = {
    "fluxSystemNamespace": "systemNamespace",
    "branch": "branch",
    "clusterConfigPath": "clusterConfigPath",
}
_STAYING: Final = frozenset(("owner", "repository", "personal"))


def as_flux_config(config: Resource) -> tuple[Rewrite, ...]:
    """What to write in a GitOpsConfig, besides in the clusters that name it; nothing where it is not certain."""
    kind = config.node.find(("kind",))
    flux, github = _only_entry(config.node.find(("spec",)), "flux"), None
    if flux is not None:
        github = _only_entry(flux.node, "github")
    if kind is None or flux is None or github is None or config.built is not None:
        return ()
    settings = github.node.entries
    if not settings or settings.keys() - _RENAMED.keys() - _STAYING:
        return ()
    lines = _Lines(config.source, flux, github, settings)
    if not lines.are_plain:
        return ()
    text = lines.moved()
    if not _says(text, settings):
        return ()
    of_kind = Place(config.side, config.path, config.source, kind.start, kind.end)
    of_settings = Place(config.side, config.path, config.source, lines.start, lines.end)
    return Rewrite(of_kind, "FluxConfig"), Rewrite(of_settings, text)


def _only_entry(node: Node | None, key: str) -> Entry | None:
    entries = node.entries if node else None
    return entries.get(key) if entries and len(entries) == 1 else None


def _says(text: str, settings: dict[str, Entry]) -> bool:
    """Whether the text means what the settings mean at their new places."""
    values = {key: entry.node.value for key, entry in settings.items()}
    expected = {_RENAMED[key]: value for key, value in values.items() if key in _RENAMED}
    github = {key: value for key, value in values.items() if key in _STAYING}
    documents = parse(text.encode("utf-8", "surrogateescape")).documents
    return len(documents) == 1 and documents[0].root.value == {**expected, "github": github}


class _Lines:
    """The lines from `flux:` to the last setting, one setting a line."""

    def __init__(self, source: Source, flux: Entry, github: Entry, settings: dict[str, Entry]) -> None:
        self._source = source
        self._flux, self._flux_column = source.position(flux.key_start)
        self._github, self._github_column = source.position(github.key_start)
        self._settings = {source.position(entry.key_start)[0]: key for key, entry in settings.items()}
        self._column = source.position(next(iter(settings.values())).key_start)[1]
        self._ends = [source.position(entry.node.end)[0] for entry in settings.values()]
        self.start = source.offset(self._flux)
        last = max(self._settings)
        self.end = source.offset(last) + len(source.line(last))

    @property
    def are_plain(self) -> bool:
        """Whether every key has a line of its own, and nothing else stands in that of `flux`."""
        in_order = self._flux < self._github < min(self._settings)
        each_on_one = sorted(self._settings) == sorted(self._ends)
        return in_order and each_on_one and self._source.line(self._flux).strip() == "flux:"

    def moved(self) -> str:
        """The settings of `spec` first, then `github` with its own; comments stay above their line."""
        of_spec: list[str] = []
        of_github: list[str] = []
        above: list[str] = []
        for number in range(self._flux + 1, max(self._settings) + 1):
            line = self._source.line(number)
            key = self._settings.get(number)
            if key in _RENAMED:
                width = self._column - self._flux_column
                lines = [*above, line.replace(key, _RENAMED[key], 1)]
                of_spec += (_dedented(each, width) for each in lines)
            elif key is not None or number == self._github:
                width = self._github_column - self._flux_column
                of_github += (_dedented(each, width) for each in [*above, line])
            else:
                above.append(line)
                continue
            above = []
        return self._line_end().join([*of_spec, *of_github])

    def _line_end(self) -> str:
        after = self._source.offset(self._flux) + len(self._source.line(self._flux))
        return self._source.text[after : self._source.offset(self._flux + 1)]


def _dedented(line: str, width: int) -> str:
    return line[min(width, len(line) - len(line.lstrip(" "))) :]
