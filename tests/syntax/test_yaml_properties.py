"""Whatever the bytes are: nothing raises, all that is read is JSON that CEL takes, and every place is where it says."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from yaml_support import spans, stream_of

from eksa_lint.rules.cel import Evaluator
from eksa_lint.syntax import Node, Source, Stream, find_directives, parse

EVALUATOR = Evaluator()
SPECIAL = [
    "a",
    "b",
    "yes",
    "~",
    "1",
    "1.30",
    "0777",
    "1e400",
    "9223372036854775808",
    ".nan",
    "<<",
    "é",
    "\U0001f600",
    "\u2028",
    "\x85",
    ": ",
    ":",
    "- ",
    "-",
    "? ",
    "\n",
    "\r\n",
    "\n  ",
    "\n    ",
    " ",
    "\t",
    "#",
    " # c",
    " # eksa-lint: ignore[x] y",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "&a ",
    "*a",
    "!!int ",
    "!!binary ",
    "!x ",
    "|\n",
    ">-\n",
    "'",
    '"',
    "\\",
    "\\ud800",
    "\\x41",
    "---",
    "...",
    "%YAML 1.1\n",
    "{{",
    "}}",
    "${X}",
    "\ufeff",
    "\0",
    "=",
]
FRAGMENTS = st.lists(st.sampled_from(SPECIAL), max_size=40).map("".join)
TEXT = FRAGMENTS | st.text(max_size=60)
WORDS = st.sampled_from(
    ["a", "b", "c", "yes", "1", "1.30", "0777", "~", "x y", "2026-01-01", "é\U0001f600", "a:b", "#", ""]
)
VALUES = st.recursive(
    WORDS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(WORDS, below, max_size=4),
    max_leaves=12,
)


def write(value: Any, indent: str, style: str) -> str:
    """YAML of a value, in one of several ways."""
    if isinstance(value, dict | list) and (not value or style == "flow"):
        return flow(value)
    if isinstance(value, dict):
        return "".join(
            f"\n{indent}{quoted(key, style)}: {write(below, indent + '  ', style)}" for key, below in value.items()
        )
    if isinstance(value, list):
        return "".join(f"\n{indent}- {write(below, indent + '  ', style)}" for below in value)
    if style == "literal" and value.strip():
        return f"|-\n{indent}  {value}"
    return quoted(value, style)


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key, 'double')}: {flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return quoted(value, "double")


def quoted(word: str, style: str) -> str:
    if style == "plain" and word not in ("", "#"):
        return word
    return f"'{word}'" if style == "single" else f'"{word}"'


DOCUMENTS = st.builds(
    lambda value, style, end: f"--- {write(value, '', style)}\n".replace("\n", end),
    VALUES,
    st.sampled_from(["plain", "single", "double", "literal", "flow"]),
    st.sampled_from(["\n", "\r\n"]),
)


def hold_promises(stream: Stream) -> None:
    for problem in stream.problems:
        assert 0 <= problem.start <= len(stream.source.text)
        stream.source.span(problem.start, problem.end)
    for document in stream.documents:
        assert_plain(document.root.value)
        assert json.loads(json.dumps(document.root.value)) == document.root.value
        activation = EVALUATOR.activation({"object": document.root.value})
        assert EVALUATOR.judge("object == object || true", activation) is True
        assert_inside(document.root, stream.source)


def assert_plain(value: Any) -> None:
    assert type(value) in (dict, list, str, int, float, bool, type(None))
    if isinstance(value, int):
        assert -(2**63) <= value < 2**63
    elif isinstance(value, str):
        value.encode()
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        assert_plain(below)
    for key in value if isinstance(value, dict) else ():
        assert type(key) is str


def assert_inside(node: Node, source: Source) -> None:
    """Every place is in the text, and line and column lead back to the offset."""
    for offset in (node.start, node.end):
        assert 0 <= offset <= len(source.text)
        line, column = source.position(offset)
        assert source.offset(line) + column - 1 == offset
    assert node.start <= node.end
    for entry in (node.entries or {}).values():
        assert entry.key_start <= entry.key_end <= len(source.text)
        assert_inside(entry.node, source)
    for item in node.items or ():
        assert_inside(item, source)


@given(
    st.binary(max_size=200)
    | TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | TEXT.map(lambda text: text.encode("utf-16", "surrogatepass"))
)
@example(b'"\\U00110000"')
@example(b"a: 1" + b"0" * 310)
@example(b"a: 0x" + b"f" * 390)
@settings(max_examples=200)
def test_no_bytes_raise_and_what_is_read_is_json_that_cel_takes(data: bytes) -> None:
    stream = parse(data)
    hold_promises(stream)
    for directive in find_directives(stream):
        assert stream.source.text[directive.start] == "#"
        assert 1 <= directive.line <= directive.target <= stream.source.line_count


@given(DOCUMENTS)
@settings(max_examples=200)
def test_both_parsers_read_the_same_documents_at_the_same_places(text: str) -> None:
    fast, pure = (stream_of(text.encode(), pure=pure) for pure in (False, True))
    assert [document.root.value for document in fast.documents] == [document.root.value for document in pure.documents]
    assert spans(fast) == spans(pure)
    assert [(problem.kind, problem.start) for problem in fast.problems if not fast.broken] == [
        (problem.kind, problem.start) for problem in pure.problems if not pure.broken
    ]


@given(TEXT)
@settings(max_examples=100)
def test_the_pure_parser_does_not_raise_either(text: str) -> None:
    hold_promises(stream_of(text.encode("utf-8", "surrogatepass"), pure=True))


@given(DOCUMENTS)
@settings(max_examples=100)
def test_the_place_of_a_quoted_value_holds_its_text(text: str) -> None:
    stream = parse(text.encode())

    def look(node: Node) -> None:
        written = stream.source.text[node.start : node.end]
        if isinstance(node.value, str) and written[:1] in ("'", '"'):
            assert written[1:-1] == node.value
        for entry in (node.entries or {}).values():
            look(entry.node)
        for item in node.items or ():
            look(item)

    for document in stream.documents:
        look(document.root)


@given(st.text("aé\U0001f600\n\r\t\u2028\x85", max_size=30))
def test_positions_lead_there_and_back(text: str) -> None:
    source = Source(text)
    lines = [source.line(number) for number in range(1, source.line_count + 1)]
    assert "".join(lines) == text.replace("\r", "").replace("\n", "")
    for offset in range(len(text) + 1):
        line, column = source.position(offset)
        assert source.offset(line) + column - 1 == offset
    assert source.line(source.line_count + 1) == ""
    assert source.offset(source.line_count + 1) == len(text)


@pytest.mark.parametrize("text", ["a: x\ty", "a:\tb", "a: b\t# c", "a: 1\n", "---\ttext"])
def test_the_pure_parser_never_reads_something_else(text: str) -> None:
    """It refuses tabs that libyaml takes, and says so."""
    fast, pure = (stream_of(text.encode(), pure=pure) for pure in (False, True))
    assert not fast.broken
    assert pure.broken or spans(pure) == spans(fast)
