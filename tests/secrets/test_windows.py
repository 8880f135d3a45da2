"""A stream of bytes gives what the whole text gives, however it is cut."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import MadeUp, fill

from eksa_lint.secrets import windows
from eksa_lint.secrets.leak import Text
from eksa_lint.secrets.leaks import reported
from eksa_lint.secrets.windows import scan_windows
from eksa_lint.syntax import Source, Span
from eksa_lint.syntax.source import decode

NAMES = ("gitlab", "github-classic", "github-fine-grained", "aws-access-key", "private-key", "age-key")


def whole(data: bytes) -> list[tuple[str, Span]]:
    source, _ = decode(data)
    return [(leak.message, source.span(leak.start, leak.end)) for leak in reported(Text("log", source))]


def in_windows(chunks: Iterator[bytes]) -> list[tuple[str, Span]]:
    return [(leak.message, span) for leak, span in scan_windows("log", chunks)]


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@given(
    st.lists(
        st.sampled_from([*NAMES, "\n", "\r\n", "\r", "äöü ", "😀 ", "x" * 700 + " ", "# pragma: "]),
        max_size=30,
    ),
    st.integers(1, 4_000),
    st.booleans(),
)
def test_the_same_hits_in_any_cut(parts: list[str], size: int, mark: bool) -> None:
    maker = MadeUp(Random(1))
    text = "".join(f" {maker.make(part)}\n" if part in NAMES else part for part in parts)
    data = text.encode("utf-8-sig" if mark else "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "_WINDOW", 1_500)
        patch.setattr(windows, "_AHEAD", 700)
        patch.setattr(windows, "_BEHIND", 300)
        assert in_windows(cut(data, size)) == whole(data)


def test_a_token_across_the_edge_of_real_windows_is_found_once() -> None:
    token = fill("<<made-up:github-fine-grained>>", 2)
    for shift in (0, 40, 93):
        text = ("y" * 99 + "\n") * 9_999 + "y" * (99 - shift) + f" {token}\n" + "z\n" * 600_000
        ((_, span),) = in_windows(cut(text.encode(), 65_536))
        assert (span.line, span.column) == (10_000, 101 - shift)


def test_wide_characters() -> None:
    data = ("ä: " + fill("<<made-up:github-classic>>", 3)).encode("utf-16")
    ((_, span),) = in_windows(cut(data, 5))
    assert (span.line, span.column) == (1, 4)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_raise(data: bytes, size: int) -> None:
    in_windows(cut(data, size))
    assert Source("").line_count == 1
