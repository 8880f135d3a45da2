"""Certificates for the machines' trust store: their names, and whether they are certificates at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from eksa_lint.model import fields
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at
from eksa_lint.rules.x509 import PEM_BLOCK, Certificate, read_certificate
from eksa_lint.syntax.later import is_filled_in_later

_BUNDLES: Final = fields.parse_pattern("spec.hostOSConfiguration.certBundles[*]")
_ENCRYPTED: Final = "ENC["
"""How SOPS begins a value; Flux decrypts it before it applies the object."""

_TRUSTED: Final = {
    "Cluster": (fields.parse_pattern("spec.registryMirrorConfiguration.caCertContent"), "its registry mirror"),
    "NutanixDatacenterConfig": (fields.parse_pattern("spec.additionalTrustBundle"), "Prism Central"),
    "VSphereMachineConfig": ((*_BUNDLES, "data"), "its machines"),
    "SnowMachineConfig": ((*_BUNDLES, "data"), "its machines"),
    "TinkerbellMachineConfig": ((*_BUNDLES, "data"), "its machines"),
}
"""Where a kind holds certificates that something is to trust, and what."""


@check("certificate-bundles")
def certificate_bundles(resource: Resource, _: Context) -> Iterator[Draft]:
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
    blocks = PEM_BLOCK.findall(text)
    if not blocks:
        return "holds no certificate in PEM form"
    if any(kind != "CERTIFICATE" or read_certificate(body) is None for kind, body in blocks):
        return "holds a PEM block that is no certificate, or is cut short"
    return ""


def _draft(resource: Resource, path: fields.Path, message: str) -> Draft:
    return draft_at("certificate-bundle", resource, path, f"{message}; eksctl anywhere and the webhook refuse it")


@check("trusted-certificates")
def trusted_certificates(resource: Resource, _: Context) -> Iterator[Draft]:
    """Certificates that are to be trusted and cannot be: past their end, of nobody who may sign, on a broken hash."""
    pattern, holder = _TRUSTED[resource.kind]
    if resource.patch:
        return
    for path, text in fields.select(resource.value, pattern):
        if not isinstance(text, str) or not text or is_filled_in_later(text) or text.startswith(_ENCRYPTED):
            continue
        blocks = PEM_BLOCK.findall(text)
        certificates = [read_certificate(body) for kind, body in blocks if kind == "CERTIFICATE"]
        if resource.is_cluster and (not blocks or None in certificates):
            yield _doubt(resource, path, f"is no certificate in PEM form: connections to {holder} fail")
        for number, certificate in enumerate(certificates, 1):
            which = f" (number {number})" if len(certificates) > 1 else ""
            for doubt in _doubts(certificate) if certificate else ():
                yield _doubt(resource, path, f"{doubt}{which}, for {holder}")


def _doubts(certificate: Certificate) -> Iterator[str]:
    if certificate.until is not None and certificate.until < datetime.now(UTC):
        yield f"ended on {certificate.until:%Y-%m-%d}"
    if not certificate.is_authority and not certificate.is_own_issuer:
        yield "is of no authority, so that it vouches for nothing but itself"
    if certificate.broken_hash:
        yield f"is signed over {certificate.broken_hash}, which can be forged"


def _doubt(resource: Resource, path: fields.Path, doubt: str) -> Draft:
    message = f"the certificate in {path[-1]} of {resource.title} {doubt}"
    return draft_at("trusted-certificate", resource, path, message, values=(doubt,))
