"""Every form in which a credential stands in a file: found at its line, by its rule, and nothing else is.

`forms/` has one file a topic. A key of its `leaks` or `silent` is the path of a file, and its text that file. A line
that must be reported ends in `<<finds rule>>`; no other may be, and of what is silent none. Nothing in them is real:
values are made up when a test runs (`tests/made_up.py`).
"""

import re
import string
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import MadeUp, fill
from secrets_support import leaks, lines

from eksa_lint import data
from eksa_lint.data import read_yaml
from eksa_lint.secrets.commands import Command, commands
from eksa_lint.secrets.leaks import hidden, leaks_in
from eksa_lint.secrets.names import known_name
from eksa_lint.secrets.prefilter import detectors
from eksa_lint.syntax.source import decode

TOPICS = [read_yaml(file) for file in sorted((Path(__file__).parent / "forms").glob("*.yaml"))]
FORMS: dict[str, dict[str, str]] = {
    kind: {path: form for topic in TOPICS for path, form in topic.get(kind, {}).items()} for kind in ("leaks", "silent")
}
MARK = re.compile(r"<<finds ([a-z-]+)>>$", re.MULTILINE)
TOKENS = (
    *("github-classic", "github-oauth", "github-app-user", "github-app", "github-refresh", "github-fine-grained"),
    *("aws-access-key", "aws-temporary-key", "aws-session-token", "gitlab", "slack-bot", "slack-webhook", "vault"),
    *("docker-hub", "npm", "jwt", "licence", "authenticator", "age-key"),
)
# Lines of valid files in which a token can stand as it is: the file before it, and after it.
PLACES = (
    ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  note: ", "\n"),
    ("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  note: |\n    first\n    ", "\n    last\n"),
    ("apiVersion: v1\nkind: Pod\nmetadata:\n  name: c\n  annotations: {a: b}  # ", "\n"),
    ('{"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "', '"}}\n'),
    ('apiVersion: v1\nkind: ConfigMap\ndata:\n  json: \'{"a": ["', "\"]}'\n"),
    ("#!/bin/sh\necho ", " | cat\n"),
    ("[section]\nname = ", "\n"),
    ("# Notes\n\nthe old one was `", "`, now gone\n"),
    ("spec:\n  url: https://", "@git.example.org/fleet\n"),
    ("- a\n- b: [x, ", "]\n"),
)


# How a variable is given a password, whichever one it is.
PASSWORD_PLACES = (
    *("export {}='{}'\n", '{}: "{}"\n', '"{}": "{}",\n', "ENV {}='{}'\n", "ENV A=b {}='{}'\n", "# {}='{}'\n"),
    *("set -gx {} '{}'\n", 'setx {} "{}"\n', "$env:{} = '{}'\n", "Set-Item env:{} -Value '{}'\n", "{} ?= '{}'\n"),
    *('[Environment]::SetEnvironmentVariable("{}", "{}", "User")\n', "<{0}>{1}</{0}>\n"),
)
# How a shell is given one that is glued of pieces.
GLUED_PLACES = (
    *("export EKSA_VSPHERE_PASSWORD={}\n", "GOVC_PASSWORD={} govc about\n", "docker login -u a -p {} r\n"),
    "kubectl create secret generic a --from-literal=password={}\n",
)


def marked(form: str, seed: int) -> tuple[str, set[tuple[int, str]]]:
    """The text of a form, and the line and rule of each mark; a value of many lines is found at its first one."""
    expected = set()
    number = 1
    for line in form.split("\n"):
        if match := MARK.search(line):
            expected.add((number, match[1]))
        number += fill(line, seed).count("\n") + 1
    return fill(MARK.sub("", form), seed), expected


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("path", FORMS["leaks"])
def test_a_credential_is_found_at_its_line(path: str, seed: int) -> None:
    text, expected = marked(FORMS["leaks"][path], seed)
    found = set(lines(text, path))
    assert expected
    assert expected <= found
    assert {line for line, _ in found} == {line for line, _ in expected}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("path", FORMS["silent"])
def test_what_is_no_credential_is_silent(path: str, seed: int) -> None:
    assert lines(fill(FORMS["silent"][path], seed), path) == []


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.words[0].strip())
def test_a_form_proves_every_command_and_each_of_its_words(command: Command) -> None:
    proven = [
        match[0]
        for text, expected in (marked(form, 1) for form in FORMS["leaks"].values())
        for match in command.matches(text)
        if (text.count("\n", 0, match.start("value")) + 1, "credential-in-command") in expected
    ]
    assert [word for word in command.words if not any(word in match for match in proven)] == []


@given(st.sampled_from(TOKENS), st.sampled_from(PLACES), st.integers(0, 2**32), st.booleans())
def test_a_token_in_a_valid_file_is_found_and_hidden(
    name: str, place: tuple[str, str], seed: int, as_manifest: bool
) -> None:
    token = MadeUp(Random(seed)).make(name)
    before, after = place
    if "://" in token or name.startswith("aws-"):  # neither is the user of a URL
        before = before.removesuffix("https://")
    text = f"{before}{token}{after}"
    path = "clusters/a.yaml" if as_manifest else "notes/a.txt"
    (leak,) = leaks(text, path)
    assert len(before) <= leak.start < leak.end <= len(before) + len(token)
    assert token[-16:] not in leak.message
    (span,) = hidden(path, text)
    shown = text[: span[0]] + text[span[1] :]
    assert token[-16:] not in shown


@given(
    st.text(alphabet=string.ascii_letters + string.digits + "!@%^*+=_-.~", min_size=8, max_size=40),
    st.sampled_from(["EKSA_VSPHERE_PASSWORD", "GOVC_PASSWORD", "REGISTRY_PASSWORD", "EKSA_NUTANIX_PASSWORD"]),
    st.sampled_from(PASSWORD_PLACES),
)
def test_a_password_is_found_and_hidden_as_a_whole(middle: str, variable: str, form: str) -> None:
    password = f"Vq7{middle}9Kz"
    text = form.format(variable, password)
    (leak,) = leaks(text, "a.sh")
    assert text[leak.start : leak.end] == password
    assert password not in leak.message


def test_no_form_takes_the_place_of_another() -> None:
    names = [(kind, path) for topic in TOPICS for kind in topic for path in topic[kind]]
    assert len(names) == len(set(names))


@given(
    st.lists(
        st.text(alphabet=string.ascii_letters + string.digits + "!@%^*+=_-.~#", min_size=2, max_size=12),
        min_size=2,
        max_size=5,
    ),
    st.lists(st.sampled_from(["'{}'", '"{}"', "{}", "$'{}'"]), min_size=5, max_size=5),
    st.sampled_from(GLUED_PLACES),
)
def test_a_word_glued_of_pieces_is_hidden_as_a_whole(pieces: list[str], quotes: list[str], form: str) -> None:
    first, *rest = pieces
    glued = [quote.format(piece) for quote, piece in zip(quotes, [f"Vq7{first}", *rest], strict=False)]
    text = form.format("".join(glued)) + "…\n"
    ((start, end),) = hidden("a.sh", text)
    shown = text[:start] + text[end:]
    assert not [piece for piece in pieces if len(piece) > 3 and piece in shown and piece not in form]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "path", ["scripts/glued.sh", "hardware/quoted.csv", "hardware/tab.tsv", "secrets/folded.yaml", "scripts/env.ps1"]
)
def test_a_form_is_found_in_every_encoding(path: str, line_end: str, encoding: str) -> None:
    text, expected = marked(FORMS["leaks"][path], 1)
    content = text.replace("\n", line_end).encode(encoding)
    source, _ = decode(content)
    found = {source.position(leak.start)[0] for leak in leaks_in(path, content)}
    assert found == {line for line, _ in expected}


def test_a_key_in_base64_that_goes_on_over_lines_is_hidden_to_its_end() -> None:
    encoded = fill("<<made-up:base64 private-key>>", 1)
    lines = [encoded[at : at + 76] for at in range(0, len(encoded), 76)]
    text = "key: |\n" + "".join(f"  {line}\n" for line in lines) + "other: a\n"
    ((start, end),) = hidden("a.yaml", text)
    shown = text[:start] + text[end:]
    assert not [line for line in lines if line in shown]
    assert shown.endswith("other: a\n")


@given(st.text(max_size=200), st.sampled_from(["a.yaml", "a.sh", "a.csv", "a.tf", ".env", "a.json", "eksa-cli-logs/a"]))
def test_no_text_raises(text: str, path: str) -> None:
    leaks(f"password: {text}\nEKSA_VSPHERE_PASSWORD={text}\nhttps://a:{text}@b\nbmc_password,{text}\n", path)


HOSTILE = (
    "password=" * 40_000,
    "EKSA_VSPHERE_PASSWORD=" * 20_000,
    "://a:" * 60_000,
    "://" + "a" * 100_000 + ":" + "b" * 100_000 + "@",
    "--password " * 40_000,
    "curl -u " * 40_000,
    "docker login " + "-p" * 100_000,
    "name: VAULT_TOKEN\n" * 20_000,
    'variable "password" {' * 15_000,
    "eyJ" + "a" * 400_000 + ".ey",
    "$6$" * 100_000,
    "bmc_password,a\n" + '"' * 200_000,
    "machine a login " * 20_000,
    "_" + "A" * 400_000,
    "password: {" * 30_000,
    "export EKSA_VSPHERE_PASSWORD=" + "a'b'" * 60_000,
    "EKSA_VSPHERE_PASSWORD=<<A\n" * 10_000,
    "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt\n" * 8_000,
    "chpasswd:\n  list: |\n" * 10_000,
    "echo a:b" * 40_000 + "chpasswd",
    "<password>" * 30_000,
    'variable "password" { {"a" ' * 10_000 + "default",
    "| password |" * 30_000,
    "--password\n- " * 30_000,
    "password,a\n" + "a;" * 100_000,
    "password: &a b\nc: *a\n" * 5_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_costs_linear_time(text: str) -> None:
    """Any of these takes minutes where the work is quadratic."""
    leaks(text, "a.sh")
    leaks(text, "a.yaml")


def names_in(section: str) -> st.SearchStrategy[str]:
    """Names that a section of the table knows."""
    patterns = [entry["name"] for entry in data.table("credential-names")[section]]
    return st.sampled_from(patterns).flatmap(lambda pattern: st.from_regex(pattern, fullmatch=True))


VARIABLES = [name for entry in data.table("credential-variables") for name in entry["names"]]


@given(st.sampled_from(VARIABLES) | names_in("endings").filter(known_name))
def test_every_known_name_passes_the_prefilter(name: str) -> None:
    for form in ("{}=x", "{}: x", '"{}": "x"', "- name: {}\n  value: x", 'variable "{}" {{'):
        text = form.format(name)
        assert "assignments" in detectors(text, text, parsed=False), text


@given(names_in("columns").map(lambda name: name[-60:]))
def test_every_known_column_passes_the_prefilter(name: str) -> None:
    for form in ("{},host", 'host;"{}"', "a\t{} \tb", "a|b|{}\r\n1|2|3"):
        for text in (form.format(name), form.format(name.upper())):
            assert "columns" in detectors(text, text, parsed=False), text
