"""Files of certificates: DER, PEM and PKCS #7, also within one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from asn1crypto import cms, core, pem, x509

from pipeline.errors import DocumentError
from pipeline.x509 import signed_message
from pipeline.x509.asn1 import element
from pipeline.x509.certificate import read

_BEGIN: Final = b"-----BEGIN "
_BLOCK: Final = re.compile(
    rb"-----BEGIN (?:(?:X509 |TRUSTED )?CERTIFICATE|PKCS ?#?7|CMS)-----.*?(?=-----BEGIN |\Z)",
    re.DOTALL,
)


class BadSignatureError(DocumentError):
    """A signed message isn't what its signer signed; the text says why."""


def certificates_in(data: bytes) -> list[bytes]:
    """Give the DER of the certificates in the content of a file, in its order.

    It may be DER or PEM (also OpenSSL's ``TRUSTED CERTIFICATE``), hold certificates or PKCS #7
    messages (RFC 5652). A signed message whose content is itself PKCS #7, as in Cisco's
    ``ios_core.p7b``, stands for its content, not for its signer's certificates.

    Raises:
        BadSignatureError: it is such a message, and its signature doesn't hold.
    """
    if (found := _certificates(data)) or _BEGIN not in data:
        return found
    try:
        blocks = [der for _, _, der in pem.unarmor(data, multiple=True)]
    except ValueError:
        return []
    return [certificate for block in blocks for certificate in _certificates(block)]


def signers_in(data: bytes) -> list[tuple[bytes, list[bytes]]]:
    """Give the certificates that signed the message in a file, each with those sent beside it.

    There are none where a file holds certificates only, or several messages, or where what was
    signed isn't in the message.
    """
    try:
        if data.count(_BEGIN) > 1:
            return []
        der = pem.unarmor(data)[2] if _BEGIN in data else data
        message = cms.ContentInfo.load(der)["content"]
        if isinstance(message, cms.SignedData) and not isinstance(
            message["encap_content_info"]["content"], core.Void
        ):
            return signed_message.certificates_of_signers(message)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        pass  # asn1crypto raises whatever it stumbles over
    return []


def message_of(certificates: Iterable[bytes]) -> bytes:
    """Make a PKCS #7 message of certificates only (RFC 8551 section 3.8), DER.

    It is asn1crypto that writes it, since it takes what cryptography refuses, too.
    """
    content = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": {"content_type": "data"},
        "certificates": [
            cms.CertificateChoices("certificate", x509.Certificate.load(der))
            for der in certificates
        ],
        "signer_infos": [],
    }
    message = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)})
    return bytes(message.dump())


def damaged_blocks(data: bytes) -> list[int]:
    """Count from 1 the blocks of PEM that should hold certificates; give those that hold none."""
    blocks = enumerate(_BLOCK.finditer(data), 1)
    return [number for number, block in blocks if not certificates_in(block[0])]


def is_damaged_der(data: bytes) -> bool:
    """Whether this begins as DER does (a SEQUENCE, its length in bytes of its own), but isn't."""
    return (
        data[:1] == b"0" and data[1:2] in (b"\x82", b"\x83", b"\x84") and not certificates_in(data)
    )


def _certificates(der: bytes) -> list[bytes]:
    """Tell what this is: a certificate or, by the OID it begins with, a message."""
    try:
        return [read(element(der).whole).der]  # without the trust settings that OpenSSL appends
    except (ValueError, LookupError, RecursionError):
        pass  # it is a message, if anything
    try:
        if isinstance(core.Sequence.load(der)[0], core.ObjectIdentifier):
            return list(_of_message(cms.ContentInfo.load(der)["content"]))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        pass  # asn1crypto raises whatever it stumbles over
    return []


def _of_message(message: Any) -> Iterator[bytes]:
    if not isinstance(message, cms.SignedData):
        return
    content = message["encap_content_info"]["content"]
    if not isinstance(content, core.Void) and len(message["signer_infos"]):
        if fault := signed_message.fault_of(message):
            raise BadSignatureError(f"the signature of this bundle doesn't hold: {fault}.")
        yield from certificates_in(bytes(content))
        return
    for certificate in message["certificates"]:
        if certificate.name == "certificate":
            yield certificate.chosen.dump()
