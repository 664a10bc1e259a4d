"""A trust store as a PKCS #7 message of certificates only (RFC 5652, RFC 8551 section 3.8), DER."""

from __future__ import annotations

from asn1crypto import cms, x509

from pipeline.questions.export import TrustStore


def render(store: TrustStore) -> bytes:
    """Give the message. Its certificates are a set: DER (X.690 section 11.6) orders it.

    It is asn1crypto that writes it, since what it reads and cryptography refuses is in store, too.
    """
    certificates = [
        cms.CertificateChoices("certificate", x509.Certificate.load(root.certificate))
        for root in store.roots
        if root.certificate is not None
    ]
    content = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": {"content_type": "data"},
        "certificates": certificates,
        "signer_infos": [],
    }
    message = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)})
    return bytes(message.dump())
