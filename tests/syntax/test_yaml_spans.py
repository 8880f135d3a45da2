"""Where every key and value stands: lines and columns from 1, ends exclusive, the same from both parsers."""

import pytest
from yaml_support import spans, stream_of

# Each text with the span of every node, in the order of the text.
CASES: dict[str, tuple[str | bytes, list[str]]] = {
    "block": (
        "spec:\n  count: 3\n  name: md-0\n",
        [
            "0: 1:1-3:13",
            "0.spec key: 1:1-1:5",
            "0.spec: 2:3-3:13",
            "0.spec.count key: 2:3-2:8",
            "0.spec.count: 2:10-2:11",
            "0.spec.name key: 3:3-3:7",
            "0.spec.name: 3:9-3:13",
        ],
    ),
    "a mapping ends where its last value ends, not at the next token": (
        "a:\n  b: 1\n\n# comment\n\nc: 2\n",
        [
            "0: 1:1-6:5",
            "0.a key: 1:1-1:2",
            "0.a: 2:3-2:7",
            "0.a.b key: 2:3-2:4",
            "0.a.b: 2:6-2:7",
            "0.c key: 6:1-6:2",
            "0.c: 6:4-6:5",
        ],
    ),
    "block list": (
        "a:\n- x\n-   p: 1\n    z: 2\n",
        [
            "0: 1:1-4:9",
            "0.a key: 1:1-1:2",
            "0.a: 2:1-4:9",
            "0.a[0]: 2:3-2:4",
            "0.a[1]: 3:5-4:9",
            "0.a[1].p key: 3:5-3:6",
            "0.a[1].p: 3:8-3:9",
            "0.a[1].z key: 4:5-4:6",
            "0.a[1].z: 4:8-4:9",
        ],
    ),
    "flow": (
        "a: {b: [1, 2 ], c: 'x' } # end\n",
        [
            "0: 1:1-1:25",
            "0.a key: 1:1-1:2",
            "0.a: 1:4-1:25",
            "0.a.b key: 1:5-1:6",
            "0.a.b: 1:8-1:15",
            "0.a.b[0]: 1:9-1:10",
            "0.a.b[1]: 1:12-1:13",
            "0.a.c key: 1:17-1:18",
            "0.a.c: 1:20-1:23",
        ],
    ),
    "flow over several lines": (
        "a: [\n  b,\n  # c\n  d\n]\n",
        ["0: 1:1-5:2", "0.a key: 1:1-1:2", "0.a: 1:4-5:2", "0.a[0]: 2:3-2:4", "0.a[1]: 4:3-4:4"],
    ),
    "text over several lines": (
        "a: x\n  y\nb: 'p\n  q'\n",
        ["0: 1:1-4:5", "0.a key: 1:1-1:2", "0.a: 1:4-2:4", "0.b key: 3:1-3:2", "0.b: 3:4-4:5"],
    ),
    "block scalars end with their last line that is not blank": (
        "a: |\n  x\n  y\n\n\nb: >-\n\n  z  \n# c\nc: |+\n  w\n\n",
        [
            "0: 1:1-11:4",
            "0.a key: 1:1-1:2",
            "0.a: 1:4-3:4",
            "0.b key: 6:1-6:2",
            "0.b: 6:4-8:4",
            "0.c key: 10:1-10:2",
            "0.c: 10:4-11:4",
        ],
    ),
    "CRLF is one line end": (
        "a: 1\r\nb:\r\n  c: |\r\n    x\r\n    y\r\nd: 2\r\n",
        [
            "0: 1:1-6:5",
            "0.a key: 1:1-1:2",
            "0.a: 1:4-1:5",
            "0.b key: 2:1-2:2",
            "0.b: 3:3-5:6",
            "0.b.c key: 3:3-3:4",
            "0.b.c: 3:6-5:6",
            "0.d key: 6:1-6:2",
            "0.d: 6:4-6:5",
        ],
    ),
    "a carriage return alone is a line end too": (
        "a: 1\rb: 2\r",
        ["0: 1:1-2:5", "0.a key: 1:1-1:2", "0.a: 1:4-1:5", "0.b key: 2:1-2:2", "0.b: 2:4-2:5"],
    ),
    "a byte order mark has no width": (
        b"\xef\xbb\xbfa: 1\n",
        ["0: 1:1-1:5", "0.a key: 1:1-1:2", "0.a: 1:4-1:5"],
    ),
    "UTF-16 little endian": ("\ufeffä: 1\n".encode("utf-16-le"), ["0: 1:1-1:5", "0.ä key: 1:1-1:2", "0.ä: 1:4-1:5"]),
    "UTF-16 big endian": ("\ufeffä: 1\n".encode("utf-16-be"), ["0: 1:1-1:5", "0.ä key: 1:1-1:2", "0.ä: 1:4-1:5"]),
    "columns count code points": (
        "ключ: знач\n\U0001f600: [e\u0301, \U0001f469\u200d\U0001f4bb, x]\n",
        [
            "0: 1:1-2:16",
            "0.ключ key: 1:1-1:5",
            "0.ключ: 1:7-1:11",
            "0.\U0001f600 key: 2:1-2:2",
            "0.\U0001f600: 2:4-2:16",
            "0.\U0001f600[0]: 2:5-2:7",
            "0.\U0001f600[1]: 2:9-2:12",
            "0.\U0001f600[2]: 2:14-2:15",
        ],
    ),
    "anchors and tags are not part of the value": (
        "a: &x !!str 1\nb: *x\nc: &y\n  d: 1\ne: !!map {f: 2}\n",
        [
            "0: 1:1-5:16",
            "0.a key: 1:1-1:2",
            "0.a: 1:13-1:14",
            "0.b key: 2:1-2:2",
            "0.b: 2:4-2:6",
            "0.c key: 3:1-3:2",
            "0.c: 3:4-4:7",
            "0.c.d key: 4:3-4:4",
            "0.c.d: 4:6-4:7",
            "0.e key: 5:1-5:2",
            "0.e: 5:4-5:16",
            "0.e.f key: 5:11-5:12",
            "0.e.f: 5:14-5:15",
        ],
    ),
    "what an alias stands for keeps its own place": (
        "a: &x {b: 1}\nc: *x\n",
        [
            "0: 1:1-2:6",
            "0.a key: 1:1-1:2",
            "0.a: 1:4-1:13",
            "0.a.b key: 1:8-1:9",
            "0.a.b: 1:11-1:12",
            "0.c key: 2:1-2:2",
            "0.c: 2:4-2:6",
            "0.c.b key: 1:8-1:9",
            "0.c.b: 1:11-1:12",
        ],
    ),
    "a merged key stands where it was written": (
        "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n",
        [
            "0: 1:1-4:7",
            "0.a key: 1:1-1:2",
            "0.a: 1:4-1:13",
            "0.a.b key: 1:8-1:9",
            "0.a.b: 1:11-1:12",
            "0.c key: 2:1-2:2",
            "0.c: 3:3-4:7",
            "0.c.b key: 1:8-1:9",
            "0.c.b: 1:11-1:12",
            "0.c.d key: 4:3-4:4",
            "0.c.d: 4:6-4:7",
        ],
    ),
    "quoted keys, and a value on the next line": (
        "'a b':\n  \"c\"\n",
        ["0: 1:1-2:6", "0.a b key: 1:1-1:6", "0.a b: 2:3-2:6"],
    ),
    "several documents": (
        "a: 1\n---\n# nothing\n---\nb: 2\n...\n--- c\n",
        [
            "0: 1:1-1:5",
            "0.a key: 1:1-1:2",
            "0.a: 1:4-1:5",
            "2: 5:1-5:5",
            "2.b key: 5:1-5:2",
            "2.b: 5:4-5:5",
            "3: 7:5-7:6",
        ],
    ),
    "text behind the marker": (
        "--- {a: 1}\n--- |\n  x\n",
        ["0: 1:5-1:11", "0.a key: 1:6-1:7", "0.a: 1:9-1:10", "1: 2:5-3:4"],
    ),
    "empty lists and mappings": (
        "a: []\nb: {}\n",
        ["0: 1:1-2:6", "0.a key: 1:1-1:2", "0.a: 1:4-1:6", "0.b key: 2:1-2:2", "0.b: 2:4-2:6"],
    ),
}


@pytest.mark.parametrize("pure", [False, True], ids=["libyaml", "pure"])
@pytest.mark.parametrize("name", CASES)
def test_every_key_and_value_has_its_exact_place(name: str, pure: bool) -> None:
    text, expected = CASES[name]
    stream = stream_of(text.encode() if isinstance(text, str) else text, pure=pure)
    assert stream.problems == []
    assert spans(stream) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A value that is not written has no width and stands behind the colon.
        ("a:\nb: 1\n", ["0: 1:1-2:5", "0.a key: 1:1-1:2", "0.a: 1:3-1:3", "0.b key: 2:1-2:2", "0.b: 2:4-2:5"]),
        # libyaml alone takes tabs between tokens; each is one column.
        ("a:\tb\t# c\n\td: e\n", None),
        (
            "a:\tb\t# c\nd: x\ty\n",
            ["0: 1:1-2:7", "0.a key: 1:1-1:2", "0.a: 1:4-1:5", "0.d key: 2:1-2:2", "0.d: 2:4-2:7"],
        ),
    ],
)
def test_blanks_and_tabs_have_their_width(text: str, expected: list[str] | None) -> None:
    stream = stream_of(text.encode(), pure=False)
    if expected is None:
        assert [problem.kind for problem in stream.problems] == ["yaml-syntax"]
        assert stream.source.position(stream.problems[0].start)[0] == 2
    else:
        assert spans(stream) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1\nb: 2\n", (2, 2)),
        ("a: 'x\n", (2, 1)),
        ("a: 1\n b: 2\n", (2, 3)),
        ("a:\n\tb: 1\n", (2, 1)),
        ("a: ]\n", (1, 4)),
        ("a: @x\n", (1, 4)),
        ("ok: 1\n---\na: %x\n", (3, 4)),
    ],
)
def test_what_is_no_yaml_is_told_where_it_stops_to_be(text: str, place: tuple[int, int]) -> None:
    stream = stream_of(text.encode(), pure=False)
    assert stream.broken
    assert [problem.kind for problem in stream.problems] == ["yaml-syntax"]
    assert stream.source.position(stream.problems[0].start) == place
    assert len(stream.documents) == text.count("ok: 1")


def test_documents_before_the_broken_one_are_kept_with_their_numbers() -> None:
    stream = stream_of(b"a: 1\n---\n---\nb: 2\n---\nc: [\n", pure=False)
    assert [(document.index, document.root.value) for document in stream.documents] == [(0, {"a": 1}), (2, {"b": 2})]
    assert stream.broken
