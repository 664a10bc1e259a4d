"""PKCS #12 stores (RFC 7292), as Java and Windows keep certificates."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from pipeline.extract.formats import Certificates, FormatError
from pipeline.extract.formats.passwords import HOW, candidates

_VERSION: Final = b"\x02\x01\x03"
"""A PFX begins with its version, 3, where a certificate has a sequence."""


def read(data: bytes) -> Certificates | None:
    """The certificates of a store, apart from the one that belongs to a private key.

    Raises:
        FormatError: no password that is known opens it.
    """
    if data[:1] != b"\x30" or _VERSION not in data[1:10]:
        return None
    for password in (None, *candidates()):
        try:
            store = pkcs12.load_pkcs12(data, None if password is None else password.encode())
        except ValueError:
            continue
        own = [store.cert] if store.cert else []
        return Certificates(_ders(store.additional_certs), [], _ders(own))
    raise FormatError(f"this PKCS #12 store needs a password, or is damaged. {HOW}")


def _ders(certificates: list[pkcs12.PKCS12Certificate]) -> list[bytes]:
    return [each.certificate.public_bytes(Encoding.DER) for each in certificates]
