"""Certificates of any bytes: an answer, never an exception."""

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from eksa_lint.rules.ssh_keys import read_ssh_key
from eksa_lint.rules.x509 import read_certificate


@given(st.binary(max_size=300))
def test_bytes_that_are_no_certificate_give_none(content: bytes) -> None:
    assert read_certificate(b64encode(content).decode()) is None


@given(st.text(alphabet="ssh-rsa AAAABxyz0=+/\"',\n", max_size=200), st.binary(max_size=80))
def test_any_text_has_an_answer_as_an_ssh_key(text: str, blob: bytes) -> None:
    key = read_ssh_key(f"{text} ssh-rsa {b64encode(blob).decode()}")
    assert key is None or key.fingerprint.startswith("SHA256:")
