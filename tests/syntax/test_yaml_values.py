"""Values as Kubernetes reads them. The expected ones were held against go.yaml.in/yaml/v2 below sigs.k8s.io/yaml."""

import json
from typing import Any

import pytest
from yaml_support import only_value

from eksa_lint.syntax import parse

INFINITE = "9" * 400
TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
NULL = ("", "~", "null", "Null", "NULL")
# Not quite words, numbers that are none, times and dates.
TEXTS = (
    *("yEs", "oN", "nO", "tRUE", "nULL", "tru", "yes1", "nan", "inf", "Infinity", "+Inf", ".iNF"),
    *("_1", "0x", "0xG", "0b", "0b2", "0o8", "1e", "1e+", "e3", "1.2.3", "1-1", "++5", "5+", "+", ".", ".."),
    *("._1", ".5_1", ".e1", "0x1p4", "0x1.8", "1:00", "12:30", "190:20:30", "1,000", "٣", "½"),
    *("2026-01-01", "2026-01-01T00:00:00Z", "2026-1-1 12:30", "10.0.0.1", "10.0.0.0/16", "1.30.2", "v1", "=", "="),
    # Beyond the numbers of JSON, and beyond 64 bits in a base that has no floats.
    *("1e309", "-1e309", "1E400", INFINITE, "0x10000000000000000", f"0b{'1' * 65}", f"0x{'f' * 400}"),
    # Go refuses these as numbers of JSON; the text stands for them.
    *(".inf", ".Inf", ".INF", "+.inf", "-.inf", "-.INF", ".nan", ".NaN", ".NAN"),
)
NUMBERS: dict[str, int | float] = {
    "0": 0, "-0": 0, "+0": 0, "00": 0, "+5": 5, "-5": -5, "5.": 5, ".5": 0.5, "-.5": -0.5, "+.5": 0.5,
    "0777": 511, "-0777": -511, "+0777": 511, "0o17": 15, "0O17": 15, "-0o17": -15, "0_7": 7, "07_7": 63,
    # No octal digit: a decimal one after all.
    "08": 8, "09": 9, "08.5": 8.5, "0o0": 0,
    "0x1F": 31, "0X1f": 31, "-0x1F": -31, "0x1_0": 16, "0b1": 1, "0B1": 1, "-0b101": -5, "+0b11": 3,
    "1_000": 1000, "1__0": 10, "1_": 1, "0_": 0, "1_0.5": 10.5, "1_000.5": 1000.5,
    # A version without its zero: what the rule kubernetes-version-unquoted is about.
    "1.30": 1.3, "1.3": 1.3, "1.10": 1.1, "1.0": 1, "3.0": 3, "-3.0": -3, "0.1": 0.1, "-0.0": 0,
    "1e3": 1000, "1E3": 1000, "1e+3": 1000, "1e-3": 0.001, "1.5e3": 1500, "1.e3": 1000, "12e03": 12000,
    "1e1_0": 10**10, "1e18": 10**18, "1e19": 1e19, "1e308": 1e308, "5e-324": 5e-324, "1e-400": 0,
    # Whole, but floats do not hold the last digit.
    "9007199254740993.0": 9007199254740992,
    "9223372036854775807": 2**63 - 1, "-9223372036854775808": -(2**63),
    "9223372036854775808": 2.0**63, "18446744073709551615": 2.0**64, "-9223372036854775809": -(2.0**63),
    "0x7FFFFFFFFFFFFFFF": 2**63 - 1, "0x8000000000000000": 2.0**63, "0xFFFFFFFFFFFFFFFF": 2.0**64,
    # Beyond 64 bits even digits that begin with 0 are decimal.
    "0777777777777777777777777": 777777777777777777777777.0,
    "123456789012345678901234567890": 1.2345678901234568e29,
}  # fmt: skip


@pytest.mark.parametrize("text", TRUE)
def test_a_word_that_means_true_is_true(text: str) -> None:
    assert only_value(f"a: {text}\nb: [{text}]") == {"a": True, "b": [True]}


@pytest.mark.parametrize("text", FALSE)
def test_a_word_that_means_false_is_false(text: str) -> None:
    assert only_value(f"a: {text}\nb: [{text}]") == {"a": False, "b": [False]}


@pytest.mark.parametrize("text", NULL)
def test_a_word_that_means_nothing_is_null(text: str) -> None:
    assert only_value(f"a: {text}\nb: {{c: {text}}}") == {"a": None, "b": {"c": None}}


@pytest.mark.parametrize("text", TEXTS)
def test_text_that_only_looks_like_something_else_stays_text(text: str) -> None:
    assert only_value(f"a: {text}\nb:\n- {text}") == {"a": text, "b": [text]}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_a_number_has_the_value_and_the_type_that_go_gives_it(text: str, number: float) -> None:
    value: Any = only_value(f"a: {text}")
    assert value == {"a": number}
    assert type(value["a"]) is type(number)


@pytest.mark.parametrize("text", [*TRUE, *FALSE, *NULL, *NUMBERS, "2026-01-01", "<<", "[a]", "# no", "a: b", "*a"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_what_is_quoted_is_text(text: str, quote: str) -> None:
    assert only_value(f"a: {quote}{text}{quote}") == {"a": text}


@pytest.mark.parametrize("text", [*TRUE, *FALSE, *NUMBERS])
def test_a_block_scalar_is_text(text: str) -> None:
    assert only_value(f"a: |-\n  {text}\nb: >-\n  {text}\n") == {"a": text, "b": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 12", "12"),
        ("!!str yes", "yes"),
        ("!!str ~", "~"),
        ("!!str", ""),
        ("!!str 2026-01-01", "2026-01-01"),
        ("!<tag:yaml.org,2002:str> 12", "12"),
        ("!!int 12", 12),
        ('!!int "12"', 12),
        ("!!int '0777'", 511),
        ("!!int 0o17", 15),
        ("!!int 9223372036854775808", 2.0**63),
        ("!<tag:yaml.org,2002:int> 12", 12),
        ("!!float 1", 1),
        ("!!float '1.5'", 1.5),
        ("!!bool yes", True),
        ("!!bool 'off'", False),
        ("!!null", None),
        ("!!null ''", None),
        ("!!binary aGk=", "hi"),
        ("!!binary |\n  aGVs\n  bG8=\n", "hello"),
        ("!!binary ''", ""),
        # No UTF-8: Go writes U+FFFD into JSON.
        ("!!binary /w==", "\ufffd"),
        ("! 12", "12"),
        ("!custom 12", "12"),
        ("!custom {x: 1}", {"x": 1}),
        ("!!map {x: 1}", {"x": 1}),
        ("!!seq [1]", [1]),
        ("!!set {x, z}", {"x": None, "z": None}),
        ("&a !!int '1'", 1),
        ("!!int &a '1'", 1),
    ],
)
def test_a_tag_decides_the_type(text: str, value: object) -> None:
    assert only_value(f"v: {text}") == {"v": value}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("!!int 1.0", "'1.0' is not a value of type !!int"),
        ("!!int 1e3", "'1e3' is not a value of type !!int"),
        ("!!int yes", "'yes' is not a value of type !!int"),
        ("!!int ''", "'' is not a value of type !!int"),
        ("!!float x", "'x' is not a value of type !!float"),
        ("!!float true", "'true' is not a value of type !!float"),
        ("!!bool 1", "'1' is not a value of type !!bool"),
        ("!!null x", "'x' is not a value of type !!null"),
        ("!!binary '!!'", "!!binary text is not base64"),
        ("!!binary aG k=", "!!binary text is not base64"),
        ("!!binary aGk", "!!binary text is not base64"),
    ],
)
def test_a_tag_that_does_not_fit_is_a_problem_and_the_text_stands(text: str, message: str) -> None:
    stream = parse(f"v: {text}\nw: 1\n".encode())
    assert [(problem.kind, problem.message) for problem in stream.problems] == [("yaml-syntax", message)]
    assert not stream.broken
    assert stream.documents[0].root.value == {"v": text.split(" ", 1)[1].strip("'"), "w": 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{<<: {p: 1}}", {"p": 1}),
        ("{!!merge <<: {p: 1}}", {"p": 1}),
        ("{'<<': {p: 1}}", {"<<": {"p": 1}}),
        ("{!!str <<: {p: 1}}", {"<<": {"p": 1}}),
        ("{<<: *x, q: 2}", {"p": 1, "r": 1, "q": 2}),
        # In the order of the text: what comes last counts, the merged value too.
        ("{<<: *x, p: 3}", {"p": 3, "r": 1}),
        ("{p: 3, <<: *x}", {"p": 1, "r": 1}),
        # In a list the earlier one wins.
        ("{<<: [*x, *y]}", {"p": 1, "r": 1, "s": 2}),
        ("{<<: [*y, *x], p: 9}", {"p": 9, "r": 1, "s": 2}),
        ("{<<: [*x, {p: 2, q: 3}], <<: {q: 4}}", {"p": 1, "r": 1, "q": 4}),
        ("{<<: []}", {}),
        # Whole values are taken, nothing is merged below.
        ("{<<: {m: {q: 1}}, m: {r: 1}}", {"m": {"r": 1}}),
        ("{<<: {<<: {m: 1}, p: 2}}", {"m": 1, "p": 2}),
    ],
)
def test_merge_keys_follow_the_order_of_the_text(text: str, value: object) -> None:
    stream = parse(f"x: &x {{p: 1, r: 1}}\ny: &y {{p: 2, s: 2}}\nv: {text}\n".encode())
    assert stream.problems == []
    root: Any = stream.documents[0].root.value
    assert root["v"] == value


@pytest.mark.parametrize("text", ["{<<: 1}", "{<<: [1]}", "{<<: }", "{<<: [[{p: 1}]]}", "{<<: '<<'}"])
def test_only_mappings_can_be_merged(text: str) -> None:
    stream = parse(f"v: {text}\nw: 1\n".encode())
    assert [problem.message for problem in stream.problems] == ["<< can only merge mappings"]
    assert stream.documents[0].root.value == {"v": {}, "w": 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &x 1\nb: *x", {"a": 1, "b": 1}),
        # An anchor may be given again; what stands above keeps its value.
        ("a: &x 1\nb: *x\nc: &x 2\nd: *x", {"a": 1, "b": 1, "c": 2, "d": 2}),
        ("a: &x [1]\nb: {c: *x}", {"a": [1], "b": {"c": [1]}}),
        ("&k a: 1\nb: *k", {"a": 1, "b": "a"}),
        ("a: &k k\n*k : 1", {"a": "k", "k": 1}),
        ("a: &x\nb: *x", {"a": None, "b": None}),
    ],
)
def test_an_alias_stands_for_its_anchor(text: str, value: object) -> None:
    assert only_value(text) == value


@pytest.mark.parametrize("text", ["a: *x", "a: 1\n--- \nb: *x", "a: &x 1\n---\nb: *x"])
def test_an_alias_without_an_anchor_in_its_document_ends_the_reading(text: str) -> None:
    stream = parse(text.encode())
    assert stream.broken
    assert [problem.message for problem in stream.problems] == ["the alias *x has no anchor"]
    assert stream.source.text[stream.problems[0].start] == "*"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("1: v", "1"),
        ("0x10: v", "16"),
        ("1.5: v", "1.5"),
        ("1.30: v", "1.3"),
        ("3.0: v", "3"),
        ("-0: v", "0"),
        ("yes: v", "true"),
        ("off: v", "false"),
        (".inf: v", ".inf"),
        ("2026-01-01: v", "2026-01-01"),
        ("'1': v", "1"),
        ("!!str 1: v", "1"),
        ("!!binary aGk=: v", "hi"),
        ("key with space: v", "key with space"),
        ('"q\\nk": v', "q\nk"),
        ("? |\n  x\n: v", "x\n"),
        ("? a\n: v", "a"),
        ("'': v", ""),
    ],
)
def test_keys_are_text(text: str, key: str) -> None:
    assert only_value(text) == {key: "v"}


@pytest.mark.parametrize(("text", "at"), [("null: 1", 0), ("a: 2\n~: 1", 5), ("{x: 2, NULL: 1}", 7)])
def test_a_key_that_is_null_is_a_problem(text: str, at: int) -> None:
    stream = parse(text.encode())
    assert [(problem.kind, problem.message, problem.start) for problem in stream.problems] == [
        ("yaml-syntax", "a key must not be null", at)
    ]
    entry = stream.documents[0].root.find(("null",))
    assert entry
    assert entry.value == 1


@pytest.mark.parametrize("text", ["? [a, b]\n: 1\nc: 2", "? {a: b}\n: 1\nc: 2", "{[]: 1, c: 2}", "{ {}: 1, c: 2}"])
def test_a_key_that_is_no_scalar_is_a_problem_and_left_out(text: str) -> None:
    stream = parse(text.encode())
    assert [problem.message for problem in stream.problems] == ["a key must be text"]
    assert stream.documents[0].root.value == {"c": 2}


@pytest.mark.parametrize(
    ("text", "name", "start"),
    [
        ("a: 1\na: 2", "a", 5),
        ("a: 1\n'a': 2", "a", 5),
        ("x: {a: 1, b: 2, a: 3}", "a", 16),
        ("- a: 1\n  a: 2", "a", 9),
        # Different in YAML, one key in JSON.
        ("1: 1\n'1': 2", "1", 5),
        ("1: 1\n1.0: 2", "1", 5),
        ("yes: 1\ntrue: 2", "true", 7),
    ],
)
def test_a_key_given_twice_is_told_at_the_second_one(text: str, name: str, start: int) -> None:
    stream = parse(text.encode())
    assert [(problem.kind, problem.message, problem.start) for problem in stream.problems] == [
        ("duplicate-key", name, start)
    ]
    assert not stream.broken


def test_of_a_key_given_three_times_the_last_value_counts_and_two_problems_are_told() -> None:
    stream = parse(b"a: 1\na: 2\na: 3\n")
    assert [problem.start for problem in stream.problems] == [5, 10]
    assert stream.documents[0].root.value == {"a": 3}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: |\n  x # y\n  z\n", "x # y\nz\n"),
        ("a: |-\n  x\n", "x"),
        ("a: |+\n  x\n\n\n", "x\n\n\n"),
        ("a: |2\n    x\n", "  x\n"),
        ("a: >\n  x\n  y\n\n  z\n", "x y\nz\n"),
        ("a: x\n  y\n  z", "x y z"),
        ("a: 'it''s'", "it's"),
        ('a: "x\\\n  y"', "xy"),
        ('a: "\\u00e9\\x41\\0"', "éA\0"),
        ('a: "\\U0001f600"', "😀"),
        ("a: b#c", "b#c"),
        ("a: http://h:80/p", "http://h:80/p"),
        ("a: b\tc", "b\tc"),
    ],
)
def test_text_is_folded_and_escaped_as_yaml_says(text: str, value: str) -> None:
    assert only_value(text) == {"a": value}


@pytest.mark.parametrize("text", ["[system:masters]", "[ system:masters ]", "[a:b:c, system:masters]"])
def test_a_colon_within_a_word_of_a_flow_list_is_text(text: str) -> None:
    value: Any = only_value(f"groups: {text}")
    assert value["groups"][-1] == "system:masters"


def test_values_are_plain_json_without_subclasses() -> None:
    value: Any = only_value("a: {b: [1, 1.5, yes, ~, x, '', 2026-01-01, !!binary aGk=, !!set {q}]}")
    assert type(value) is dict
    assert [type(item) for item in value["a"]["b"]] == [int, float, bool, type(None), str, str, str, str, dict]
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[on, yes, y, no, off, n]", ["on", "yes", "y", "no", "off", "n"]),
        ("[true, False, null, ~, 1, 0777]", [True, False, None, None, 1, 511]),
    ],
)
def test_our_own_files_read_words_as_yaml_1_2_does(text: str, value: object) -> None:
    assert parse(text.encode(), core=True).documents[0].root.value == value
