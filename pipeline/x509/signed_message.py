"""Whether the signatures of a signed CMS message hold over its content (RFC 5652, section 5.6)."""

from __future__ import annotations

import hashlib
from typing import Any

from asn1crypto import cms

from pipeline.x509.asn1 import element
from pipeline.x509.certificate import read
from pipeline.x509.keys import read_key
from pipeline.x509.signatures import Signed, Uncomputed, is_made_with

_RSA = {
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
"""A signer may name the key's algorithm alone: rsaEncryption with a digest is one of these."""


def fault_of(message: cms.SignedData) -> str:
    """What is wrong with the signatures of a message that holds its content, or ``""``.

    Each signer's certificate has to be in the message. Whether anybody trusts the signer is
    another question.
    """
    signers = list(message["signer_infos"])
    if not signers:
        return "nobody signed it"
    faults = (_fault(message, signer) for signer in signers)
    return next((fault for fault in faults if fault), "")


def certificates_of_signers(message: cms.SignedData) -> list[tuple[bytes, list[bytes]]]:
    """The certificate of each signer, and the others that the message has beside it; DER."""
    all_ = [each.chosen.dump() for each in message["certificates"] if each.name == "certificate"]
    found = (_certificate_of(message, signer) for signer in message["signer_infos"])
    return [
        (own := each.dump(), [other for other in all_ if other != own])
        for each in found
        if each is not None
    ]


def _fault(message: cms.SignedData, signer: Any) -> str:
    certificate = _certificate_of(message, signer)
    if certificate is None:
        return "the signer's certificate is missing"
    name = str(read(certificate.dump()).subject.label)
    content = bytes(message["encap_content_info"]["content"])
    digest = signer["digest_algorithm"]["algorithm"].native
    if digest not in _RSA:
        return f"{name} signed it with a digest that isn't known: {digest}"
    signed = content
    if attributes := signer["signed_attrs"]:
        if _attribute(attributes, "message_digest") != hashlib.new(digest, content).digest():
            return f"its content isn't what {name} signed"
        kind = message["encap_content_info"]["content_type"].native
        if _attribute(attributes, "content_type") != kind:
            return f"its content isn't of the type that {name} signed"
        signed = attributes.untag().dump(force=True)  # as a SET OF (section 5.4)
    return "" if _holds(certificate, signer, digest, signed) else f"{name} did not sign this"


def _holds(certificate: Any, signer: Any, digest: str, signed: bytes) -> bool:
    algorithm = signer["signature_algorithm"]
    if algorithm["algorithm"].native in ("rsassa_pkcs1v15", "rsa"):
        whole = cms.SignedDigestAlgorithm({"algorithm": _RSA[digest]})
    else:
        whole = algorithm
    key = read_key(element(certificate.public_key.dump()).whole)
    try:
        return is_made_with(key, Signed(whole.dump(), signed, signer["signature"].native))
    except Uncomputed:
        return False


def _attribute(attributes: Any, kind: str) -> object:
    found = [each["values"].native for each in attributes if each["type"].native == kind]
    return found[0][0] if len(found) == 1 and len(found[0]) == 1 else None


def _certificate_of(message: cms.SignedData, signer: Any) -> Any:
    """The certificate that a SignerIdentifier names, None if it isn't there (section 5.3)."""
    wanted = signer["sid"]
    for each in message["certificates"]:
        if each.name != "certificate":
            continue
        certificate = each.chosen
        if wanted.name == "subject_key_identifier":
            if certificate.key_identifier == wanted.native:
                return certificate
        elif (certificate.issuer, certificate.serial_number) == (
            wanted.chosen["issuer"],
            wanted.chosen["serial_number"].native,
        ):
            return certificate
    return None
