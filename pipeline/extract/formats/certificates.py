"""Files of certificates: DER, PEM and PKCS #7, also within one another."""

from pipeline.extract.formats import Certificates, FormatError
from pipeline.x509 import bundle
from pipeline.x509.certificate import read as read_certificate


def read(data: bytes) -> Certificates | None:
    """The certificates of a bundle."""
    try:
        certificates = bundle.certificates_in(data)
    except bundle.BadSignatureError as error:
        raise FormatError(f"{error} Download it again.") from error
    if certificates:
        blocks = bundle.damaged_blocks(data)
        signers = [str(read_certificate(der).subject) for der, _ in bundle.signers_in(data)]
        damaged = [f"block {number} of PEM" for number in blocks]
        return Certificates(certificates, damaged, signers=signers)
    if bundle.damaged_blocks(data) or bundle.is_damaged_der(data):
        raise FormatError("the certificates in this file are damaged. Download it again.")
    return None
