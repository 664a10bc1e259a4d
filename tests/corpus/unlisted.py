"""Plain roots made here, which no catalogue has: what holds for known roots must hold for these.

Their names hold words that also label fields. `python -m tests.corpus.unlisted` makes them anew,
with new throw-away keys; then the corpus must be made anew too. The keys are not kept.
"""

from __future__ import annotations

import datetime
import random
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = Path(__file__).resolve().parent / "unlisted-roots.pem"

_TYPES = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
}
_NAMES = (
    "C=US|O=Acme Trust|CN=Acme Valid Root CA",
    "C=US|O=Acme Trust|CN=Acme Issued Root CA",
    "C=HU|L=Budapest|O=Zafír Kft.|OU=PKI|CN=Zafír Gyökér Tanúsítvány 2",
    "C=DE|O=Serial Systems GmbH|CN=Serial Number Services Root R1",
    "C=GB|O=Harbour Signing, Ltd.|OU=Certification Authority|CN=Harbour Signing Root CA - G2",
    "C=FR|O=Société Lumière|OU=0002 123456789|CN=Lumière Racine",
    "C=US|ST=Texas|L=Austin|O=Lone Pine Holding, Inc.|CN=Lone Pine Subject CA 2048",
    "C=JP|O=Kestrel Trust Co., Ltd.|OU=Kestrel Root CA 1",
    "C=NL|O=Umbra B.V.|OU=Trust Services|OU=Expires 2038|CN=Umbra Public Root",
    "C=SE|O=Björk & Son AB|CN=Björk Server Root 01",
    "C=US|O=Removed Stone Corporation|CN=Removed Stone Global Root",
    "C=AT|O=Fingerprint Technik GmbH|CN=Fingerprint Technik ECC Root X1",
)


def _make(name: str, chance: random.Random) -> x509.Certificate:
    pairs = (pair.split("=", 1) for pair in name.split("|"))
    subject = x509.Name([x509.NameAttribute(_TYPES[type_], value) for type_, value in pairs])
    key = ec.generate_private_key(ec.SECP256R1())
    begin = datetime.datetime(2012, 3, 4, tzinfo=datetime.UTC)
    begin += datetime.timedelta(seconds=chance.randrange(10**8))
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(b"\x2f" + chance.randbytes(chance.choice((7, 15, 19)))))
        .not_valid_before(begin)
        .not_valid_after(begin.replace(year=begin.year + 20))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(authority, critical=False)
        .sign(key, hashes.SHA256())
    )


def main() -> None:
    """Write the roots to `unlisted-roots.pem`."""
    chance = random.Random(12)
    made = [_make(name, chance) for name in _NAMES]
    pem = serialization.Encoding.PEM
    PEM.write_bytes(b"".join(certificate.public_bytes(pem) for certificate in made))


if __name__ == "__main__":
    main()
