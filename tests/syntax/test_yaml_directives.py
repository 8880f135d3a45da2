"""`# eksa-lint: …`: only a comment is one, on its own line for the content below, else for its line."""

import pytest

from eksa_lint.syntax import find_directives, parse

MARK = "# eksa-lint: ignore[some-rule] a reason"


def found(text: str) -> list[tuple[int, int, tuple[str, ...], str]]:
    return [
        (directive.line, directive.target, directive.rules, directive.reason)
        for directive in find_directives(parse(text.encode()))
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a: 1  {MARK}\n", (1, 1)),
        (f"{MARK}\na: 1\n", (1, 2)),
        (f"{MARK}\n\n# another comment\n\na: 1\n", (1, 5)),
        (f"a:\n  {MARK}\n  b: 1\n", (2, 3)),
        (f"a:\n- x\n\t{MARK}\n- z\n", (3, 4)),
        (f"a: 1\r\n{MARK}\r\nb: 2\r\n", (2, 3)),
        (f"\ufeff{MARK}\na: 1\n", (1, 2)),
        (f"a: 'x'  {MARK}\n", (1, 1)),
        (f"a: [x,  {MARK}\n  z]\n", (1, 1)),
        # Behind the sign that begins a block of text.
        (f"a: |  {MARK}\n  text\n", (1, 1)),
        (f"a: >-  {MARK}\n  text\n", (1, 1)),
        (f"--- {MARK}\na: 1\n", (1, 1)),
        # Nothing stands below: it is about itself.
        (f"a: 1\n{MARK}\n", (2, 2)),
        (f"{MARK}\n", (1, 1)),
        # Below the last line of a block scalar, and left of it.
        (f"a: |\n  text\n{MARK}\nb: 1\n", (3, 4)),
        ("a: 1 #eksa-lint:ignore[some-rule]   a reason  \n", (1, 1)),
        ("a: 1 #   eksa-lint:   ignore[ some-rule ] a reason\n", (1, 1)),
    ],
)
def test_a_comment_is_about_its_line_or_the_content_below(text: str, expected: tuple[int, int]) -> None:
    assert found(text) == [(*expected, ("some-rule",), "a reason")]


@pytest.mark.parametrize(
    "text",
    [
        f"a: |\n  {MARK}\n",
        f"a: |\n  x\n  {MARK}\n  z\nb: 1\n",
        f"a: >-\n  x {MARK}\n",
        f"a: '{MARK}'\n",
        f'a: "x {MARK}"\n',
        f"a: 'x\n  {MARK}\n  z'\n",
        f"'x {MARK}': 1\n",
        f"? |\n  {MARK}\n: 1\n",
        f"- |\n {MARK}\n- >\n {MARK}\n",
        f"a: &x |\n  {MARK}\nb: *x\n",
        # Joined to a word, it is a part of that word.
        f"a: b{MARK}\n",
        "a: 1 # eksa-linter: ignore[x] y\n",
        "a: 1\n",
    ],
)
def test_what_stands_in_a_value_is_no_comment(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("comment", "rules", "reason"),
    [
        ("ignore[a, b] both", ("a", "b"), "both"),
        ("ignore[a,b]both", ("a", "b"), "both"),
        ("ignore[a]", ("a",), ""),
        ("ignore[] why", (), "why"),
        ("ignore a", (), ""),
        ("disable", (), ""),
        ("", (), ""),
        ("Ignore[a] x", (), ""),
        ("ignore[a] because # of that", ("a",), "because # of that"),
        ("ignore[[a]] x", ("[a",), "] x"),
    ],
)
def test_rules_and_reason_are_read_and_what_cannot_be_understood_names_no_rule(
    comment: str, rules: tuple[str, ...], reason: str
) -> None:
    assert found(f"a: 1 # eksa-lint: {comment}\n") == [(1, 1, rules, reason)]


def test_several_comments_come_in_the_order_of_the_text_and_share_their_target() -> None:
    text = f"{MARK} 1\n{MARK} 2\n\na: 1  {MARK} 3\n{MARK} 4\nb: 2\n"
    assert [(line, target, reason[-1]) for line, target, _, reason in found(text)] == [
        (1, 4, "1"),
        (2, 4, "2"),
        (4, 4, "3"),
        (5, 6, "4"),
    ]


def test_the_place_of_a_comment_is_from_its_sign_to_the_end_of_the_line() -> None:
    stream = parse(f"a: 'ä'  {MARK}\r\nb: 1".encode())
    (directive,) = find_directives(stream)
    assert stream.source.text[directive.start : directive.end] == MARK


def test_comments_above_a_broken_place_are_still_found() -> None:
    assert found(f"a: 1  {MARK}\n---\nb: [\n") == [(1, 1, ("some-rule",), "a reason")]
