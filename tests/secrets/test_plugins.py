"""Our plugins are plugins: detect-secrets itself loads and runs them."""

from pathlib import Path
from typing import Any

import pytest
from detect_secrets.core.plugins.util import get_plugins_from_file
from detect_secrets.util.code_snippet import get_code_snippet
from made_up import fill

from eksa_lint.secrets import plugins
from eksa_lint.secrets.shapes import shapes

CLASSES: list[Any] = list(get_plugins_from_file(str(Path(plugins.__file__))))
LOADED: list[Any] = [plugin() for plugin in CLASSES]


def test_detect_secrets_finds_them_in_the_file() -> None:
    assert {plugin.secret_type for plugin in LOADED} == {
        *("GitHub Token", "AWS Access Key", "Private Key", "Access Token", "Password Hash"),
        *("Credential Variable", "Basic Auth Credentials", "Credential in a Command"),
    }


def test_every_shape_has_a_detector() -> None:
    assert {shape.rule for shape in shapes()} == {detector.rule for detector in plugins.ShapeDetector.__subclasses__()}


@pytest.mark.parametrize(
    ("text", "line", "kinds"),
    [
        ("token: <<made-up:github-fine-grained>>", 1, {"GitHub Token"}),
        ("a: 1\n<<made-up:private-key>>", 2, {"Private Key"}),
        ("a: 1\n<<made-up:private-key>>", 1, set()),
        ("-----BEGIN PRIVATE KEY-----", 1, set()),
        ("id: <<made-up:aws-access-key>>", 1, {"AWS Access Key"}),
        ("<<made-up:gitlab>>", 1, {"Access Token"}),
        ("export EKSA_VSPHERE_PASSWORD=<<made-up:password>>", 1, {"Credential Variable"}),
        ("url: https://a:<<made-up:password>>@example.org", 1, {"Basic Auth Credentials"}),
        ("sshpass -p <<made-up:password>> ssh a", 1, {"Credential in a Command"}),
    ],
)
def test_line_by_line_with_the_lines_around(text: str, line: int, kinds: set[str]) -> None:
    lines = fill(text, 1).split("\n")
    snippet = get_code_snippet(lines, line)
    found = {
        secret.type for detector in LOADED for secret in detector.analyze_line("file", lines[line - 1], line, snippet)
    }
    assert found == kinds


def test_strings() -> None:
    token = fill("<<made-up:github-classic>>", 2)
    detectors = [detector() for detector in plugins.ShapeDetector.__subclasses__()]
    assert [found for detector in detectors for found in detector.analyze_string(f"a {token}")] == [token]
