import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksa_lint.clean import clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain text, any: [punctuation] \\ {too}", "plain text, any: [punctuation] \\ {too}"),
        ("Größe 名前 😀 ❤️", "Größe 名前 😀 ❤️"),
        ("a\tb", "a b"),
        ("a\r\nb\x00", "a\\x0d\\x0ab\\x00"),
        ("\x1b[31mred\x7f\x9b", "\\x1b[31mred\\x7f\\x9b"),
        ("a\u202eb\u2066\u200b\ufeff", "a\\u202eb\\u2066\\u200b\\ufeff"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("lone \ud800, tag \U000e0041", "lone \\ud800, tag \\U000e0041"),
        (b"\xff\xfe.yaml".decode("utf-8", "surrogateescape"), "\\xff\\xfe.yaml"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_no_character_of_an_invisible_category_is_left() -> None:
    kept = [
        f"{code:#x}"
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp") and chr(code) in clean(chr(code))
    ]
    assert kept == []


@given(st.text(st.characters()))
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode()
