"""A trust store as a PKCS #7 message of certificates only (RFC 5652, RFC 8551 section 3.8), DER."""

from __future__ import annotations

from pipeline.questions.export import TrustStore
from pipeline.x509.bundle import message_of


def render(store: TrustStore) -> bytes:
    """Give the message. Its certificates are a set: DER (X.690 section 11.6) orders it."""
    return message_of(root.certificate for root in store.roots if root.certificate is not None)
