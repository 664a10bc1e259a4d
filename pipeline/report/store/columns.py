"""The columns of an exported trust store: what is in them, and their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Final, Literal, get_args, get_origin, get_type_hints

from pipeline.questions.export import StoredRoot

COLUMNS: Final = tuple(field.name for field in fields(StoredRoot))

DESCRIPTIONS: Final[Mapping[str, str]] = {
    "product": "The phones whose firmware it is.",
    "firmware": "The firmware, as Cisco writes it: 12.7(1).",
    "revision": "Number of this list among those loaded for the firmware, from 1.",
    "position": "Place in the list, from 1.",
    "page": "Page of the document, from 1.",
    "fingerprint": "SHA-1 of the certificate, 40 lower-case hex digits.",
    "fingerprint_sha256": "SHA-256 of the certificate, 64 of them.",
    "subject": "Subject in X.509 order, with OpenSSL's short names.",
    "subject_printed": "Subject as the document prints it.",
    "issuer": "Issuer, written as the subject is.",
    "serial_number": "Serial number in hex, as OpenSSL writes it.",
    "not_before": "First second of validity, UTC.",
    "not_after": "Last second of validity, UTC.",
    "key_type": "Kind of key: RSA, EC, DSA, Ed25519, …",
    "key_bits": "Size of the key in bits, where its kind doesn't say it.",
    "signature_algorithm": "OpenSSL's name: sha256WithRSAEncryption.",
    "evidence": (
        "proven: the certificate is known, and its subject is the printed one; agreed: two readers "
        "of the document gave this row; disputed: neither."
    ),
    "certificate_source": "Where the certificate was found.",
    "document_sha256": "SHA-256 of the document, 64 lower-case hex digits.",
    "ingested_at": "When the list was loaded, UTC.",
    "certificate": "The certificate itself, DER; empty: it is not known.",
}


def types() -> dict[str, type]:
    """Give the type of each column: ``str``, ``int``, ``datetime`` or ``bytes``."""
    plain: set[type] = {str, int, datetime, bytes}
    return {
        name: next(iter(plain & {hint, *get_args(hint)}), str)  # a Literal is one of texts
        for name, hint in get_type_hints(StoredRoot).items()
    }


def choices() -> dict[str, list[str]]:
    """Give the values that a column can have, of those that have only a few."""
    hints = get_type_hints(StoredRoot).items()
    return {name: list(get_args(hint)) for name, hint in hints if get_origin(hint) is Literal}
