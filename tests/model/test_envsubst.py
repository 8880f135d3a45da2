"""Variables as Flux reads them: each row is what fluxcd/pkg's envsubst gives for the same text and values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksa_lint.model.envsubst import BadVariable, expand

VALUES = {"a": "prod-eu-1", "empty": "", "mixed": "Ab/cd.Ab", "n": "2", "wide": "ü-Ä"}


def expanded(text: str) -> str:
    return expand(text, lambda name: VALUES.get(name, ""))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("${a}", "prod-eu-1"),
        ("x${missing}y", "xy"),
        ("$a $ $(a) {a}", "$a $ $(a) {a}"),
        ("$${a} $$ $$$", "${a} $ $$"),
        ("${empty:=x}${empty:-y}${empty=z}${empty:?v}${empty:+w}", "xyzvw"),
        ("${a:=x}${missing:=}", "prod-eu-1"),
        ("${missing:=${empty:-${n}}-z}", "2-z"),
        ("${missing:=a b: {c}}", "a b: {c}"),
        ("${#a}${#missing}${#wide}", "905"),
        ("${mixed,} ${mixed,,} ${mixed^} ${mixed^^} ${mixed,^}", "ab/cd.Ab ab/cd.ab Ab/cd.Ab AB/CD.AB Ab/cd.Ab"),
        ("${a:5} ${a:-2} ${a:0:4} ${a:5:2} ${a:20} ${a:x}", "eu-1 prod-eu-1 prod eu  prod-eu-1"),
        ("${a: -2}", "prod-eu-1"),
        ("${a#*-} ${a##*-} ${a%-*} ${a%%-*} ${a#x}", "eu-1 1 prod-eu prod prod-eu-1"),
        ("${a#p?o} ${a%?}", "d-eu-1 prod-eu-"),
        ("${mixed/Ab/x} ${mixed//Ab/x} ${mixed/#Ab/x} ${mixed/%Ab/x}", "x/cd.Ab x/cd.x x/cd.Ab Ab/cd.x"),
        ("${mixed//Ab/} ${mixed/#Ab/} ${mixed/\\//-}", "/cd. Ab/cd.Ab Ab-cd.Ab"),
        ("${1}", ""),
    ],
)
def test_a_variable_is_filled_in(text: str, result: str) -> None:
    assert expanded(text) == result


@pytest.mark.parametrize(
    "text",
    [
        *("${", "${}", "${a", "${list[@]}", "${a.b}", "${a-x}", "${a+x}", "${ a}", "${!a}", "${a/b}", "${a/}", "${a#}"),
        *("${#}", "${a,,,}", "${a:}", "${a:0:}", "${a:2:-1}", "${a:=${b}", "${a:${b}c}", "$${a ${b[0]}"),
    ],
)
def test_other_forms_stop_the_run(text: str) -> None:
    with pytest.raises(BadVariable):
        expanded(text)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("${x}-${a}", "${x}-prod-eu-1"),
        ("${x:=y}", "${x:=y}"),
        ("${a:=${x}}", "prod-eu-1"),
        ("${empty:=${x}-1}", "${x}-1"),
        ("${a#${x}}", "${a#${x}}"),
        ("${#x} ${x^^} ${x:0:2} ${x/a/b}", "${#x} ${x^^} ${x:0:2} ${x/a/b}"),
        ("${a%[0-9]} ${wide%?}", "${a%[0-9]} ${wide%?}"),
    ],
)
def test_what_is_not_known_stays(text: str, result: str) -> None:
    assert expand(text, lambda name: None if name == "x" else VALUES.get(name, "")) == result


@given(st.text(alphabet="ab${}$$:=-/#%^,*?\\ü\n", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for lookup in (lambda name: {"a": "b*a"}.get(name, ""), lambda _: None):
        try:
            result = expand(text, lookup)
        except BadVariable:
            assert "${" in text
        else:
            assert result == text or "$" in text


def test_what_stands_too_deep_is_refused() -> None:
    with pytest.raises(BadVariable):
        expanded("${b:=" * 1000 + "}" * 1000)
