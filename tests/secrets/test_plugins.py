"""Our plugins are plugins: detect-secrets itself loads and runs them."""

from pathlib import Path
from typing import Any

import pytest
from detect_secrets.core.plugins.util import get_plugins_from_file
from detect_secrets.util.code_snippet import get_code_snippet
from made_up import fill

from eksa_lint.secrets import plugins
from eksa_lint.secrets.shapes import shapes


def test_detect_secrets_finds_them_in_the_file() -> None:
    loaded: list[Any] = list(get_plugins_from_file(str(Path(plugins.__file__))))
    assert {plugin.secret_type for plugin in loaded} == {"GitHub Token", "AWS Access Key", "Private Key"}


def test_every_shape_has_a_detector() -> None:
    assert {shape.rule for shape in shapes()} == {detector.rule for detector in plugins.detectors()}


@pytest.mark.parametrize(
    ("text", "line", "kinds"),
    [
        ("token: <<made-up:github-fine-grained>>", 1, {"GitHub Token"}),
        ("a: 1\n<<made-up:private-key>>", 2, {"Private Key"}),
        ("a: 1\n<<made-up:private-key>>", 1, set()),
        ("-----BEGIN PRIVATE KEY-----", 1, set()),
        ("id: <<made-up:aws-access-key>>", 1, {"AWS Access Key"}),
    ],
)
def test_line_by_line_with_the_lines_around(text: str, line: int, kinds: set[str]) -> None:
    lines = fill(text, 1).split("\n")
    snippet = get_code_snippet(lines, line)
    found = {
        secret.type
        for detector in plugins.detectors()
        for secret in detector.analyze_line("file", lines[line - 1], line, snippet)
    }
    assert found == kinds


def test_strings() -> None:
    token = fill("<<made-up:github-classic>>", 2)
    assert [found for detector in plugins.detectors() for found in detector.analyze_string(f"a {token}")] == [token]
