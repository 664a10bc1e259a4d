"""PKCS #12 stores (RFC 7292), as Java and Windows keep certificates."""

from __future__ import annotations

import os
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from pipeline.extract.formats import Certificates, FormatError

PASSWORD: Final = "TRUSTLIST_STORE_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds a store's password."""
_USUAL: Final = (None, "", "changeit")
_VERSION: Final = b"\x02\x01\x03"
"""A PFX begins with its version, 3, where a certificate has a sequence."""


def read(data: bytes) -> Certificates | None:
    """The certificates of a store, without those that belong to a private key.

    Raises:
        FormatError: no password that is known opens it.
    """
    if data[:1] != b"\x30" or _VERSION not in data[1:10]:
        return None
    own = os.environ.get(PASSWORD)
    for password in (*_USUAL, own) if own else _USUAL:
        try:
            store = pkcs12.load_pkcs12(data, None if password is None else password.encode())
        except ValueError:
            continue
        certificates = [each.certificate for each in store.additional_certs]
        return Certificates([each.public_bytes(Encoding.DER) for each in certificates], [])
    raise FormatError(
        f"this PKCS #12 store needs a password, or is damaged. Set {PASSWORD} to its password."
    )
