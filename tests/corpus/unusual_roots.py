"""Roots made here, with names that no root of the catalogue has.

`python -m tests.corpus.unusual_roots` makes them anew, with new throw-away keys; then the corpus
must be made anew, too. The keys are not kept.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import NameAttribute as Attribute
from cryptography.x509 import ObjectIdentifier as Oid
from cryptography.x509 import RelativeDistinguishedName as Rdn
from cryptography.x509.oid import NameOID

PEM = Path(__file__).resolve().parent / "odd-roots.pem"
UNNAMED = Oid("1.3.6.1.4.1.99999.7.1")


def _names() -> list[list[list[Attribute[str | bytes]]]]:
    country, org, unit, common = (
        NameOID.COUNTRY_NAME,
        NameOID.ORGANIZATION_NAME,
        NameOID.ORGANIZATIONAL_UNIT_NAME,
        NameOID.COMMON_NAME,
    )
    multi = Attribute(common, "Test Root M1"), Attribute(NameOID.SERIAL_NUMBER, "4711")
    return [
        [[Attribute(country, "XX")], [Attribute(org, "Test Multi")], list(multi)],
        [
            [Attribute(country, "XX")],
            [Attribute(org, "Test Multi"), Attribute(unit, "Two in one + plus")],
            [Attribute(common, "Test Root M2")],
        ],
        [
            [Attribute(country, "XX")],
            [Attribute(org, "Test Empty")],
            [Attribute(common, "", _validate=False)],
        ],
        [
            [Attribute(NameOID.JURISDICTION_COUNTRY_NAME, "XX")],
            [Attribute(NameOID.BUSINESS_CATEGORY, "Private Organization")],
            [Attribute(NameOID.SERIAL_NUMBER, "HRB 12345")],
            [Attribute(country, "XX")],
            [Attribute(org, "Test Jurisdiction, Ltd.")],
            [Attribute(common, "Test Root J1")],
        ],
        [
            [Attribute(country, "XX")],
            [Attribute(org, "Test Unnamed")],
            [Attribute(UNNAMED, "no name for this type")],
            [Attribute(common, "Test Root U1")],
        ],
        [
            [Attribute(country, "XX")],
            [Attribute(org, 'Test "Quoted" <Marks>; Sons')],
            [Attribute(common, "#1 = Test \\ Root")],
        ],
    ]


def _make(name: x509.Name, serial: int) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2038, 1, 1, tzinfo=datetime.UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def main() -> None:
    """Write the roots to `odd-roots.pem`."""
    names = [x509.Name([Rdn(rdn) for rdn in name]) for name in _names()]
    made = [_make(name, serial) for serial, name in enumerate(names, 1)]
    pem = serialization.Encoding.PEM
    PEM.write_bytes(b"".join(certificate.public_bytes(pem) for certificate in made))


if __name__ == "__main__":
    main()
