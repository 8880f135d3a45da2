"""Who may use a name is found without parsing: never too few files, and few too many."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eksa_lint.model import fields
from eksa_lint.model.search import TextSearch, may_define
from eksa_lint.syntax import parse

MANY = [str(number) for number in range(20)]
"""As many searches as make an index worth its while."""

names = st.from_regex(r"[a-z][a-z0-9.-]{0,6}", fullmatch=True)
WRITTEN = (
    "metadata: {{name: {0}}}\n",
    "metadata:\n  name: {0}\n",
    "metadata:\n  name:   # the name\n    {0}\n",
    'metadata:\n  name: "{0}"\n',
    "metadata:\n  'name' : '{0}'\n",
    "metadata:\n  ? name\n  : {0}\n",
    '{{"metadata": {{"name":"{0}","labels":{{}}}}}}\n',
    "metadata: {{labels: {{a: b}}, name: {0}, namespace: x}}\n",
    "metadata:\r\n  name: {0}\r\n",
    "other: &it {0}\nmetadata: {{name: *it}}\n",
    "metadata: {{name: &it {0}}}\n",
    "metadata:\n  name: >-\n    {0}\n",
    "metadata:\n  name: !!str {0}\n",
    "ref: {{kind: Cluster, name: {0} }} # used\n",
)

REFERENCES = (
    "spec:\n  managementCluster:\n    name: {0}\n",
    "spec:\n  ref:\n    kind: Cluster\n\n    # the one\n    name: {0}\n",
    "spec:\n  ref: # used\n    name: {0} # it\n",
)


def named(value: Any) -> set[str]:
    """Every text under a key `name`."""
    if isinstance(value, dict):
        own = {value["name"]} if isinstance(value.get("name"), str) else set()
        return own.union(*map(named, value.values()))
    return set().union(*map(named, value)) if isinstance(value, list) else set()


def indexed(contents: list[tuple[str, bytes]]) -> TextSearch:
    search = TextSearch(contents)
    for text in MANY:
        search.holding(text.encode())
    return search


@given(st.lists(st.tuples(st.sampled_from(WRITTEN), names), max_size=8))
def test_every_content_that_says_a_name_is_found(written: list[tuple[str, str]]) -> None:
    contents = [(str(number), form.format(name).encode()) for number, (form, name) in enumerate(written)]
    search = indexed(contents)
    for name in {name for _, name in written}:
        saying = {
            key
            for key, content in contents
            if any(name in named(document.root.value) for document in parse(content).documents)
        }
        assert saying <= set(search.naming(name.encode()))


@given(st.lists(st.tuples(st.sampled_from(WRITTEN[:8]), names), max_size=8), names)
def test_nothing_that_does_not_say_a_plain_name_is_found(written: list[tuple[str, str]], name: str) -> None:
    contents = [(str(number), form.format(said).encode()) for number, (form, said) in enumerate(written)]
    found = indexed(contents).naming(name.encode())
    apart = {str(number) for number, (form, _) in enumerate(written) if "?" in form or "# the" in form}
    assert set(found) - apart <= {str(number) for number, (_, said) in enumerate(written) if said == name}


@pytest.mark.parametrize("name", ["a b", "a,b", 'a"b', "a#b"])
def test_a_name_that_no_index_holds_is_searched_for(name: str) -> None:
    content = f"metadata: {{name: {json.dumps(name)}}}".replace('\\"', '"').encode()
    assert indexed([("it", content)]).naming(name.encode()) == ["it"]


def test_a_content_that_says_a_name_twice_is_found_once_and_in_order() -> None:
    contents = [("b", b"name: x\nname: x\n"), ("a", b"name: x\n"), ("c", b"name: y\n")]
    assert indexed(contents).naming(b"x") == ["b", "a"]


@given(st.lists(st.tuples(st.sampled_from((*WRITTEN, *REFERENCES)), names), max_size=4), names)
def test_a_content_that_defines_an_object_is_never_taken_for_one_that_only_names_it(
    written: list[tuple[str, str]], name: str
) -> None:
    content = "---\n".join(form.format(said) for form, said in written).encode()
    metadata = [fields.get(document.root.value, ("metadata", "name")) for document in parse(content).documents]
    assert may_define(content, name.encode()) or name not in metadata


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_plain_reference_defines_nothing(reference: str) -> None:
    content = reference.format("prod").encode()
    assert not may_define(content, b"prod")
    assert may_define(content + b"---\nmetadata:\n  name: prod\n", b"prod")
