"""Certificates for the machines' trust store: their names, and whether they are certificates at all."""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any, Final

from eksa_lint.model import fields
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax.later import is_filled_in_later

_BUNDLES: Final = fields.parse_pattern("spec.hostOSConfiguration.certBundles[*]")
_PEM_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----")
_ENCRYPTED: Final = "ENC["
"""How SOPS begins a value; Flux decrypts it before it applies the object."""

_REFUSED: Final = "eksctl anywhere and the webhook refuse it"

_INTEGER, _BIT_STRING, _SEQUENCE, _VERSION = 0x02, 0x03, 0x30, 0xA0
_CERTIFICATE: Final = (_SEQUENCE, _SEQUENCE, _BIT_STRING)
_SHORTEST_BODY: Final = (_INTEGER, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE)
"""Serial number, algorithm, issuer, validity, subject and key, after the version where one is given (RFC 5280)."""


@check("certificate-bundles")
def certificate_bundles(resource: Resource, _: Any) -> Iterator[Draft]:
    """What Go's pem.Decode and x509.ParseCertificates refuse (pkg/api/v1alpha1/hostosconfig.go:validateCertBundles)."""
    if resource.patch:
        return
    for path, bundle in fields.select(resource.value, _BUNDLES):
        name, data = fields.get(bundle, ("name",)), fields.get(bundle, ("data",))
        if name == "":
            yield _draft(resource, (*path, "name"), f"a bundle of {resource.title} has an empty name")
        if isinstance(data, str) and (fault := _fault(data)):
            subject = f"bundle {name}" if name else "a bundle"
            yield _draft(resource, (*path, "data"), f"{subject} of {resource.title} {fault}")


def _fault(text: str) -> str:
    """Why a text is no bundle; empty where it is one, or is filled in later. Remarks around the blocks are allowed."""
    if is_filled_in_later(text) or text.startswith(_ENCRYPTED):
        return ""
    blocks = _PEM_BLOCK.findall(text)
    if not blocks:
        return "holds no certificate in PEM form"
    if any(kind != "CERTIFICATE" or not _is_certificate(body) for kind, body in blocks):
        return "holds a PEM block that is no certificate, or is cut short"
    return ""


def _draft(resource: Resource, path: fields.Path, message: str) -> Draft:
    return Draft(
        rule="certificate-bundle",
        message=f"{message}; {_REFUSED}",
        place=resource.place(path),
        resource=resource,
        field=fields.spell(path, resource.value, resource.group, resource.kind),
    )


def _is_certificate(body: str) -> bool:
    """Whether base64 text has the outer structure of an X.509 certificate; signatures and names are not looked at."""
    try:
        whole = _parts(b64decode("".join(body.split()), validate=True))
        certificate = _parts(whole[0][1])
        content = _parts(certificate[0][1])
    except (binascii.Error, ValueError, IndexError):
        return False
    tags = [tag for tag, _ in content]
    if tags and tags[0] == _VERSION:
        tags = tags[1:]
    return (
        [tag for tag, _ in whole] == [_SEQUENCE]
        and tuple(tag for tag, _ in certificate) == _CERTIFICATE
        and tuple(tags[: len(_SHORTEST_BODY)]) == _SHORTEST_BODY
    )


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    """The tags and contents of a run of DER values.

    Raises:
        ValueError, IndexError: the lengths do not add up.
    """
    parts, at = [], 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[at : at + size])
            at += size
        if at + length > len(data):
            raise ValueError("cut short")
        parts.append((tag, data[at : at + length]))
        at += length
    return parts
