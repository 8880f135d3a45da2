"""What a wheel carries in place of `rules/` and `schemas/`: the JSON Schemas, and all YAML as one JSON file.

YAML takes 84 ms to read, JSON 3. An editable installation gets nothing: it reads the folders beside the
package, and a copy made at some earlier time would hide them.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface[BuilderConfig]):
    """Adds `eksa_lint/_data` to a wheel; a rule that cannot be used stops the build, with file and line."""

    _folder: TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":
            return
        root = Path(self.root)
        _import_from(root)
        wrong = rule_problems(root)
        if wrong:
            self.app.abort("\n".join(wrong))
        self._folder = TemporaryDirectory()
        content, examples = bundle(root)
        build_data["force_include"] |= {
            self._written("bundle.json", content): "eksa_lint/_data/bundle.json",
            self._written("examples.json", examples): "eksa_lint/_data/examples.json",
            **{str(root / path): f"eksa_lint/_data/{path}" for path in _below(root, "schemas", ".json")},
        }

    def _written(self, name: str, content: dict[str, Any]) -> str:
        assert self._folder is not None  # noqa: S101 - made before anything is written
        file = Path(self._folder.name, name)
        file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        return str(file)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if self._folder is not None:
            self._folder.cleanup()


def bundle(root: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rules by file and tables by name, as `eksa_lint.data` reads them from a wheel, and the examples apart.

    Examples are four fifths of the text, and only `explain` needs them.
    """
    from eksa_lint.data import read_yaml  # noqa: PLC0415 - importable once the source tree is on the path

    rules, tables = _below(root, "rules", ".yaml"), _below(root, "schemas/tables", ".yaml")
    read = {path.removeprefix("rules/"): read_yaml(root / path) for path in rules}
    examples = {file: rule.pop("examples") for file, rule in read.items()}
    return {"rules": read, "tables": {Path(path).stem: read_yaml(root / path) for path in tables}}, examples


def rule_problems(root: Path) -> list[str]:
    """What keeps rule files from being rules: `file:line:column: what`, files relative to the source tree."""
    from eksa_lint.rules.loader import problems  # noqa: PLC0415 - importable once the source tree is on the path

    files = [root / path for path in _below(root, "rules", ".yaml")]
    return [problem.removeprefix(f"{root}/") for file in files for problem in problems(file)]


def _below(root: Path, folder: str, ending: str) -> list[str]:
    return sorted(file.relative_to(root).as_posix() for file in (root / folder).rglob(f"*{ending}"))


def _import_from(root: Path) -> None:
    """Make the package of this very source tree importable, without leaving compiled files in it."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(root))
