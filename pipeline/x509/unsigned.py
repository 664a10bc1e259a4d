"""Certificates without a signature (RFC 9925), made of facts about one whose bytes aren't known."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from asn1crypto import x509

UNSIGNED: Final = "1.3.6.1.5.5.7.6.36"
"""id-alg-unsigned (RFC 9925 section 3.1): no key makes such a signature, none verifies it."""


def cross_certificate(
    root: bytes,
    issuer: bytes,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    path_length: int | None,
) -> bytes:
    """Make a CA's certificate (DER) of a root's name and key as another root may have issued it.

    ``root`` and ``issuer`` are the roots' own certificates (DER), whose names are taken over byte
    by byte, with the key identifiers that they have; times are UTC.
    """
    subject_of, issuer_of = (
        x509.Certificate.load(der)["tbs_certificate"] for der in (root, issuer)
    )
    algorithm = {"algorithm": UNSIGNED}
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial,
            "signature": algorithm,
            "issuer": issuer_of["subject"],
            "validity": {"not_before": _time(not_before), "not_after": _time(not_after)},
            "subject": subject_of["subject"],
            "subject_public_key_info": subject_of["subject_public_key_info"],
            "extensions": _extensions(subject_of, issuer_of, path_length),
        }
    )
    return bytes(
        x509.Certificate(
            {"tbs_certificate": tbs, "signature_algorithm": algorithm, "signature_value": b""}
        ).dump()
    )


def _time(value: datetime) -> x509.Time:
    kind = "utc_time" if value.year < 2050 else "general_time"  # RFC 5280 section 4.1.2.5
    return x509.Time({kind: value})


def _extensions(
    subject: x509.TbsCertificate, issuer: x509.TbsCertificate, path_length: int | None
) -> list[dict[str, object]]:
    constraints = {"ca": True, "path_len_constraint": path_length}
    extensions: list[dict[str, object]] = [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": constraints},
        {
            "extn_id": "key_usage",
            "critical": True,
            "extn_value": {"key_cert_sign", "crl_sign"},
        },
    ]
    if own := _key_identifier(subject):
        extensions.append({"extn_id": "key_identifier", "extn_value": own})
    if other := _key_identifier(issuer):
        extensions.append(
            {"extn_id": "authority_key_identifier", "extn_value": {"key_identifier": other}}
        )
    return extensions


def _key_identifier(tbs: x509.TbsCertificate) -> bytes | None:
    for extension in tbs["extensions"]:
        if extension["extn_id"].native == "key_identifier":
            found: bytes = extension["extn_value"].parsed.native
            return found
    return None
