"""Hostile input: every limit ends the reading with one problem, quickly and in little memory."""

import tracemalloc
from time import process_time

import pytest
from yaml_support import only_value

from eksa_lint.snapshot.contents import LARGEST_READ
from eksa_lint.syntax import find_directives, parse

BOMB = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % (name - 1)] * 10)) for name in b"bcdefghi"
)
MEGABYTE = 1_000_000


def problem_of(data: bytes) -> tuple[str, str, tuple[int, int]]:
    stream = parse(data)
    assert stream.broken
    assert len(stream.problems) == 1
    problem = stream.problems[0]
    return problem.kind, problem.message, stream.source.position(problem.start)


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        pytest.param(BOMB, "more than 100,000 values in one document, aliases written out", (5, 36), id="alias bomb"),
        pytest.param(
            b"a: &a [" + b"x, " * 96 + b"]\n" + b"".join(b"m%d: {k: *a}\n" % i for i in range(2000)),
            "more than 100,000 values in one document, aliases written out",
            (991, 11),
            id="used again and again",
        ),
        pytest.param(b"a: &a [*a]", "the alias *a stands inside its own anchor", (1, 8), id="alias cycle"),
        pytest.param(
            b"a: &a\n  b: {c: *a}", "the alias *a stands inside its own anchor", (2, 10), id="deep alias cycle"
        ),
        pytest.param(b"- x\n" * 100_001, "more than 100,000 values in one document", (100_000, 3), id="many values"),
        pytest.param(
            b"{" + b"".join(b"k%05d: 1, " % i for i in range(50_001)) + b"}",
            "more than 100,000 values in one document",
            (1, 549_999),
            id="many keys",
        ),
        pytest.param(b"- " * 10_000 + b"x", "nested more than 100 levels deep", (1, 201), id="10,000 levels of lists"),
        pytest.param(
            b"".join(b" " * i + b"a:\n" for i in range(200)),
            "nested more than 100 levels deep",
            (101, 101),
            id="200 levels of mappings",
        ),
        pytest.param(
            b"[" * 200 + b"]" * 200, "nested more than 100 levels deep", (1, 101), id="200 levels of flow lists"
        ),
        # libyaml has a limit of its own, and meets it first.
        pytest.param(
            b"[" * 10_000,
            "exceeded maximum nesting depth, while increasing flow level",
            (1, 1001),
            id="10,000 levels of flow lists",
        ),
        pytest.param(b"a: " + b"x" * 1_000_001, "a value of more than 1,000,000 characters", (1, 4), id="a long value"),
        pytest.param(
            b"a: |\n" + b"  xxxxxxxxx\n" * 100_001,
            "a value of more than 1,000,000 characters",
            (1, 4),
            id="a long block",
        ),
        pytest.param(b"x: y\n" * 2_000_001, "the file has more than 10 MB", (1, 1), id="a large file"),
    ],
)
def test_a_limit_is_told_where_it_is_passed(data: bytes, message: str, place: tuple[int, int]) -> None:
    assert problem_of(data) == ("too-complex", message, place)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        pytest.param("a: " + "x" * 1_000_000, 1_000_000, id="a value of 1,000,000 characters"),
        pytest.param("a: [" + "x," * 99_997 + "]", 99_997, id="100,000 values"),
    ],
)
def test_what_is_just_within_a_limit_is_read(data: str, size: int) -> None:
    value = only_value(data)
    assert isinstance(value, dict)
    assert len(value["a"]) == size


def test_a_hundred_levels_and_an_alias_that_is_used_often_are_within_the_limits() -> None:
    assert only_value("- " * 100 + "x")
    assert only_value("a: &a {b: 1}\nc: [" + "*a, " * 20_000 + "]")


def test_each_document_has_limits_of_its_own() -> None:
    stream = parse((b"- x\n" * 60_000 + b"---\n") * 3)
    assert stream.problems == []
    assert len(stream.documents) == 3


def test_a_file_of_exactly_the_largest_size_is_read() -> None:
    data = b"a: 1\n".ljust(LARGEST_READ, b"\n")
    assert parse(data).documents[0].root.value == {"a": 1}
    assert parse(data + b"\n").broken


def test_documents_above_a_limit_are_kept() -> None:
    stream = parse(b"a: 1\n---\nb: &b [*b]\n---\nc: 1\n")
    assert [document.root.value for document in stream.documents] == [{"a": 1}]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(BOMB, id="alias bomb"),
        pytest.param(b"[" * 9 * MEGABYTE, id="open brackets"),
        pytest.param(b"{" * 9 * MEGABYTE, id="open braces"),
        pytest.param(b"- " * 4 * MEGABYTE, id="dashes"),
        pytest.param(b"? " * 4 * MEGABYTE, id="question marks"),
        pytest.param(b"a: " * 3 * MEGABYTE, id="colons"),
        pytest.param(b"'" * 9 * MEGABYTE, id="quotes"),
        pytest.param(b"x" * 9 * MEGABYTE, id="one word"),
        pytest.param(b"x " * 4 * MEGABYTE, id="words"),
        pytest.param(b"&a " * 3 * MEGABYTE, id="anchors"),
        pytest.param(b"#" * 9 * MEGABYTE, id="a comment"),
        pytest.param(b" " * 9 * MEGABYTE, id="blanks"),
        pytest.param(b"a: [\n" * MEGABYTE, id="lists that never end"),
        pytest.param(b'"' + b"\\u0041" * MEGABYTE + b'"', id="escapes"),
    ],
)
def test_hostile_input_costs_little_time_and_memory(data: bytes) -> None:
    began = process_time()
    stream = parse(data)
    assert find_directives(stream) == []
    assert process_time() - began < 3
    tracemalloc.start()
    try:
        parse(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(data) + 30 * MEGABYTE


def test_many_directives_are_read_in_linear_time() -> None:
    line = b"# eksa-lint: ignore[some-rule] reason\n"
    few, many = (parse(line * count + b"a: [" + b"x, " * 50_000 + b"]\n") for count in (10_000, 40_000))
    times = []
    for stream in (few, many):
        began = process_time()
        directives = find_directives(stream)
        times.append(process_time() - began)
        assert {directive.target for directive in directives} == {len(directives) + 1}
    assert times[1] < 12 * times[0] + 0.5
