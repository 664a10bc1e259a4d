"""Files of certificates: DER, PEM and PKCS #7, also within one another."""

from pipeline.extract.formats import Certificates, FormatError
from pipeline.x509 import bundle


def read(data: bytes) -> Certificates | None:
    """The certificates of a bundle."""
    try:
        certificates = bundle.certificates_in(data)
    except bundle.BadSignatureError as error:
        raise FormatError(f"{error} Download it again.") from error
    if certificates:
        blocks = bundle.damaged_blocks(data)
        return Certificates(certificates, [f"block {number} of PEM" for number in blocks])
    if bundle.damaged_blocks(data) or bundle.is_damaged_der(data):
        raise FormatError("the certificates in this file are damaged. Download it again.")
    return None
