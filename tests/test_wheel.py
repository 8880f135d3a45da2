"""What a wheel carries: the same rules and tables as the files, and nothing where a rule cannot be used."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from test_hook import ship

from eksa_lint.data import read_yaml


def build(source: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Build with the packages that are installed here, which spares an environment of its own."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(source)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def files_of(folder: Path) -> list[Path]:
    """All but what Python keeps of a module that it imported: the build hook is one."""
    return sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return ship(tmp_path / "source")


def test_a_wheel_holds_every_rule_and_table_and_leaves_the_source_as_it_is(source: Path, tmp_path: Path) -> None:
    before = files_of(source)
    done = build(source, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert files_of(source) == before
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        bundle = json.loads(wheel.read("eksa_lint/_data/bundle.json"))
        examples = json.loads(wheel.read("eksa_lint/_data/examples.json"))
        names = set(wheel.namelist())
    rules, tables = source / "rules", source / "schemas" / "tables"
    whole = {file: {**rule, "examples": examples[file]} for file, rule in bundle["rules"].items()}
    assert whole == {file.relative_to(rules).as_posix(): read_yaml(file) for file in rules.rglob("*.yaml")}
    assert bundle["tables"] == {file.stem: read_yaml(file) for file in tables.glob("*.yaml")}
    for file in (source / "schemas").rglob("*.json"):
        assert f"eksa_lint/_data/{file.relative_to(source).as_posix()}" in names


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("severity: error", "severity: fatal", ":3:11: 'fatal' is not one of"),
        ("- expression: '", "- expression: '(", "does not compile"),
        ("title: ", "title: [", "while parsing a flow sequence"),
    ],
)
def test_a_rule_that_cannot_be_used_stops_the_build(
    source: Path, tmp_path: Path, old: str, new: str, problem: str
) -> None:
    file = source / "rules" / "update" / "scale-to-zero.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    done = build(source, tmp_path)
    assert done.returncode != 0
    assert "\nrules/update/scale-to-zero.yaml:" in done.stdout + done.stderr
    assert problem in done.stdout + done.stderr
    assert list(tmp_path.glob("*.whl")) == []
