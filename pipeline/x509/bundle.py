"""Files of certificates: DER, PEM and PKCS #7, also within one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from asn1crypto import cms, core, pem, x509

from pipeline.errors import DocumentError
from pipeline.x509 import signed_message
from pipeline.x509.asn1 import element
from pipeline.x509.certificate import read

_BEGIN: Final = b"-----BEGIN "
_BEGIN_UTF_16: Final = _BEGIN.decode().encode("utf-16-le")
_LOOKED_AT: Final = 1 << 16
"""So many bytes tell how a text is encoded."""
_BLOCK: Final = re.compile(
    rb"-----BEGIN (?:(?:X509 |TRUSTED )?CERTIFICATE|PKCS ?#?7|CMS)-----.*?(?=-----BEGIN |\Z)",
    re.DOTALL,
)


_ARMOURED: Final = re.compile(
    rb"-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE|PKCS ?#?7|CMS)-----"
    rb"([^-]*(?:-(?!----)[^-]*)*)-----END \1-----"  # no search goes beyond the next dashes
)
_BASE64: Final = re.compile(rb"\s*(?:[A-Za-z0-9+/]{1,76}={0,2}\r?\n)+")
"""What stands between the two lines of PEM, as it should be (RFC 7468)."""
_TRUSTED: Final = re.compile(
    rb"-----BEGIN TRUSTED CERTIFICATE-----[^-]*-----END TRUSTED CERTIFICATE-----"
)
_FOR_SERVERS: Final = frozenset({"1.3.6.1.5.5.7.3.1", "2.5.29.37.0"})
"""serverAuth and anyExtendedKeyUsage (RFC 5280 section 4.2.1.12)."""
_ESCAPED: Final = {
    rb"\/": b"/",
    rb"\u002B": b"+",
    rb"\u002b": b"+",
    rb"\u003D": b"=",
    rb"\u003d": b"=",
}
_AROUND: Final = re.compile(rb"\\+[rn]|<[^<>]{0,99}>|^[ \t>|*#]+|\s+", re.MULTILINE)
"""What another format puts between the characters of PEM: escapes, tags, marks of quotes."""


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


def unwrapped(data: bytes) -> bytes:
    """Give a file's content with its PEM as RFC 7468 has it, whatever it is written in.

    That may be text in UTF-16, or quoted in a mail, a cell, a page of HTML or a string of JSON.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or _BEGIN_UTF_16 in data[:_LOOKED_AT]:
        data = _decoded(data).encode()
    is_text = _BEGIN in data and b"\0" not in data[:_LOOKED_AT]
    return _ARMOURED.sub(_unwrapped, data) if is_text else data


def _decoded(data: bytes) -> str:
    has_mark = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if has_mark else "utf-16-le", "replace")


def _unwrapped(block: re.Match[bytes]) -> bytes:
    """A block of PEM on lines of its own."""
    before = block.string[block.start() - 1 : block.start()] if block.start() else b"\n"
    if before == b"\n" and _BASE64.fullmatch(block[2]):
        return block[0]
    text = block[2]
    for escaped, char in _ESCAPED.items():
        text = text.replace(escaped, char)
    text = _AROUND.sub(b"", text)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    label = block[1]
    return b"\n".join([b"\n-----BEGIN %b-----" % label, *lines, b"-----END %b-----\n" % label])


def rejected_for_servers(data: bytes) -> set[bytes]:
    """Give those certificates (DER) whose trust settings say that they aren't for TLS servers.

    OpenSSL appends such settings to a ``TRUSTED CERTIFICATE`` (X509_CERT_AUX, see
    openssl-x509(1), -addtrust and -addreject): uses that are trusted, if any is, and rejected.
    """
    found: set[bytes] = set()
    for block in _TRUSTED.finditer(data):
        try:
            der = pem.unarmor(block[0])[2]
            own = element(der).whole
            settings = _Settings.load(der[len(own) :])
            trusted, rejected = (_uses(settings[name]) for name in ("trust", "reject"))
            if rejected & _FOR_SERVERS or (trusted and not trusted & _FOR_SERVERS):
                found.add(own)
        except (ValueError, TypeError, KeyError, IndexError, LookupError):
            continue  # there are no settings, or none that can be read
    return found


def _uses(purposes: Any) -> set[str]:
    return set() if isinstance(purposes, core.Void) else {each.dotted for each in purposes}


class _Uses(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.ObjectIdentifier


class _Settings(core.Sequence):  # type: ignore[misc]
    """X509_CERT_AUX, as far as it is of use here."""

    _fields: ClassVar = [
        ("trust", _Uses, {"optional": True}),
        ("reject", _Uses, {"implicit": 0, "optional": True}),
        ("alias", core.UTF8String, {"optional": True}),
        ("keyid", core.OctetString, {"optional": True}),
        ("other", core.Any, {"implicit": 1, "optional": True}),
    ]


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
