"""Bytes that are no text, text that is no YAML, and files that hold nothing."""

import pytest

from eksa_lint.syntax import parse


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b"a: \xff\n", "the text is not valid UTF-8", (1, 4)),
        (b"a: 1\nb: \xc3\n", "the text is not valid UTF-8", (2, 4)),
        # Latin-1, an overlong slash, half of a surrogate pair, a sequence that is cut off.
        ("a: ä\n".encode("latin-1"), "the text is not valid UTF-8", (1, 4)),
        (b"ab: \xc0\xaf", "the text is not valid UTF-8", (1, 5)),
        (b"a: \xed\xa0\x80", "the text is not valid UTF-8", (1, 4)),
        ("ä: 😀".encode()[:-1], "the text is not valid UTF-8", (1, 4)),
        (b"\xef\xbb\xbfa: \xff", "the text is not valid UTF-8", (1, 4)),
        (b"\xff\xfea\x00:\x00 \x00\x00", "the text is not valid UTF-8", (1, 4)),
        (b"a: \x00", "the control character U+0000 is not allowed", (1, 4)),
        (b"a: 1\nb: x\x1b[31m", "the control character U+001B is not allowed", (2, 5)),
        (b"a: \x7f", "the control character U+007F is not allowed", (1, 4)),
        (b"# a comment \x08\na: 1", "the control character U+0008 is not allowed", (1, 13)),
        ("a: \u0080".encode(), "the control character U+0080 is not allowed", (1, 4)),
        ("a: \ufffe".encode(), "the control character U+FFFE is not allowed", (1, 4)),
        # UTF-16 without a byte order mark is text with NULs.
        ("a: 1".encode("utf-16-le"), "the control character U+0000 is not allowed", (1, 2)),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "the text is not valid UTF-8", (1, 1)),
        (b"\x1f\x8b\x08\x00", "the text is not valid UTF-8", (1, 2)),
    ],
)
def test_bytes_that_are_no_text_are_a_problem_at_the_first_of_them(
    data: bytes, message: str, place: tuple[int, int]
) -> None:
    stream = parse(data)
    assert stream.broken
    assert stream.documents == []
    assert [(problem.kind, problem.message) for problem in stream.problems] == [("yaml-syntax", message)]
    assert stream.source.position(stream.problems[0].start) == place


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"   \n",
        b"# only a comment\n",
        b"---\n",
        b"---\n---\n---\n",
        b"---\n# nothing\n...\n---\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"--- # nothing\n",
        b"%YAML 1.1\n---\n",
    ],
)
def test_a_file_may_hold_nothing(data: bytes) -> None:
    stream = parse(data)
    assert (stream.documents, stream.problems, stream.broken) == ([], [], False)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a: 1", [0]),
        ("---\na: 1", [0]),
        ("---\n---\na: 1\n---\n---\nb: 1", [1, 3]),
        ("# c\n---\n# c\n---\na: 1", [1]),
        ("--- a", [0]),
        ("--- |\n  x\n--- 'y'\n", [0, 1]),
        ("a: 1\n...\n---\nb: 2\n", [0, 1]),
        ("~\n---\nnull\n---\na: 1", [0, 1, 2]),
        # Three dashes within a value separate nothing.
        ("a: |\n  ---\n  b\n", [0]),
        ("---a: 1", [0]),
    ],
)
def test_documents_are_numbered_as_they_stand(text: str, numbers: list[int]) -> None:
    stream = parse(text.encode())
    assert stream.problems == []
    assert [document.index for document in stream.documents] == numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a: {{ x }}", [{"a": "{{ x }}"}]),
        ("a: {{ .Values.name | quote }}\nb: 1", [{"a": "{{ .Values.name | quote }}", "b": 1}]),
        ("a: '{{ x }}'", [{"a": "{{ x }}"}]),
        ("a: ${NAME}\nb: ${COUNT:=3}", [{"a": "${NAME}", "b": "${COUNT:=3}"}]),
        ("a: $(X)", [{"a": "$(X)"}]),
        ("a: x-{{ y }}-z", [{"a": "x-{{ y }}-z"}]),
        ("{{ x }}", ["{{ x }}"]),
    ],
)
def test_a_template_that_is_yaml_is_text_where_it_is_filled_in(text: str, values: list[object]) -> None:
    stream = parse(text.encode())
    assert stream.problems == []
    assert [document.root.value for document in stream.documents] == values


@pytest.mark.parametrize("text", ["{{- if x }}\na: 1\n{{- end }}\n", "a: {% x %}\n", "{{ range . }}\n- x\n{{ end }}\n"])
def test_a_template_that_is_no_yaml_is_a_problem_and_no_crash(text: str) -> None:
    stream = parse(text.encode())
    assert stream.broken
    assert [problem.kind for problem in stream.problems] == ["yaml-syntax"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a: "\\ud83d"', None),
        ('a: "\\q"', None),
        ('a: "\\U00110000"', None),
        ('a: "\\UFFFFFFFF"', None),
        ('a: "\\x41\\u00e9"', {"a": "Aé"}),
    ],
)
@pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])
def test_an_escape_for_no_character_is_a_problem_and_no_crash(text: str, value: object, *, pure: bool) -> None:
    from yaml_support import stream_of  # noqa: PLC0415 - here alone

    stream = stream_of(text.encode(), pure=pure)
    if value is None and not (pure and "ud83d" in text):  # the pure parser takes half a pair: it is replaced
        assert stream.broken
        assert [problem.kind for problem in stream.problems] == ["yaml-syntax"]
    else:
        assert [document.root.value for document in stream.documents] == [value or {"a": "\ufffd"}]
