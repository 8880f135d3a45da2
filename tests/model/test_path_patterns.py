"""Patterns of .gitignore and CODEOWNERS: the answers are those of git check-ignore and of GitHub's documentation."""

import pytest
from conftest import Repository
from hypothesis import given
from hypothesis import strategies as st

from eksa_lint.model.path_patterns import ignore_lines, is_ignored, owner_lines, owners_of

PATHS = (
    "a/prod.kubeconfig",
    "prod/generated/x.yaml",
    "generated",
    "a/b/c.env",
    ".env",
    "x-backup-1/y",
    "a b/c",
    "a/[x",
)


@pytest.mark.parametrize(
    "text",
    [
        "*.kubeconfig",
        "generated/",
        "/generated/",
        "prod/generated",
        "**/generated/*",
        "a/**",
        "a/**/c.env",
        "*.env\n!.env",
        "*\n!*.env",
        "*-backup-?/",
        "[!p]*/*.kubeconfig",
        "# *.env\n\n\\#x",
        "a\\ b/",
        "**/**/**/**/**/x",
        "a/[x",
    ],
)
def test_a_gitignore_says_what_git_says(text: str, repository: Repository) -> None:
    repository.write(".gitignore", text + "\n")
    for path in PATHS:
        repository.write(path + ("/z" if path == "generated" else ""), "")
    git = set(repository.git("ls-files", "--others", "--exclude-standard").splitlines())
    for path in PATHS:
        file = path + ("/z" if path == "generated" else "")
        quoted = f'"{file}"' if '"' in file else file
        assert is_ignored(file, list(ignore_lines(text))) == (quoted not in git), file


@pytest.mark.parametrize(
    ("text", "path", "owners"),
    [
        ("* @all", "a/b.yaml", ("@all",)),
        ("/clusters/ @ops @ann", "clusters/mgmt/prod.yaml", ("@ops", "@ann")),
        ("clusters/* @ops", "clusters/mgmt/prod.yaml", ()),
        ("clusters/** @ops", "clusters/mgmt/prod.yaml", ("@ops",)),
        ("* @all\nclusters/", "clusters/prod.yaml", ()),
        ("*.yaml @ops # a remark", "clusters/prod.yaml", ("@ops",)),
        ("[Section] @no\n/docs @docs", "docs/a", ("@docs",)),
    ],
)
def test_the_last_line_of_codeowners_decides(text: str, path: str, owners: tuple[str, ...]) -> None:
    assert owners_of(path, owner_lines(text)) == owners


@given(st.text(alphabet="ab*?/[]!\\.", max_size=60), st.text(alphabet="ab/.", min_size=1, max_size=80))
def test_any_pattern_has_an_answer(pattern: str, path: str) -> None:
    assert is_ignored(path, list(ignore_lines(pattern))) in (True, False)
    owners_of(path, owner_lines(f"{pattern} @ops"))
