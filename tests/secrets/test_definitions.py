"""Definitions of kinds describe fields; a token is one there too."""

from hypothesis import given
from hypothesis import strategies as st
from made_up import fill

from eksa_lint.secrets.definitions import with_blanks_for_definitions, without_definitions
from eksa_lint.secrets.leaks import leaks_in

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clusters.example.org}
spec:
  description: |
    password: hunter2-is-a-good-one, or https://bob:hunter2-again@example.org
    TOKEN
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec: {password: "hunter2-is-a-good-one"}
"""


def found(text: str) -> list[str]:
    return [text[leak.start : leak.end] for leak in leaks_in("a.yaml", text.encode())]


def test_what_a_definition_says_of_fields_gives_nothing_away() -> None:
    assert found(f"{DEFINITION}---\n{DEPLOYMENT}--- # next\n{DEFINITION}") == ["hunter2-is-a-good-one"]


def test_a_token_in_a_definition_is_one() -> None:
    token = fill("<<made-up:github-classic>>", 1)
    assert found(f"{DEPLOYMENT}---\n{DEFINITION.replace('TOKEN', token)}") == ["hunter2-is-a-good-one", token]


@given(st.lists(st.sampled_from((DEFINITION, DEPLOYMENT, "# nothing\n", "---\n", "--- # more\n", "---x\n", "\n"))))
def test_everything_else_stays_where_it_is(parts: list[str]) -> None:
    text = "".join(parts)
    kept = with_blanks_for_definitions(text)
    assert len(kept) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, kept, strict=True))
    assert "kind: CustomResourceDefinition" not in kept
    assert without_definitions(text).split() == kept.split()
