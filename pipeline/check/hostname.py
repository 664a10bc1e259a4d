"""Whether a server's certificate is for the name that it is reached by (RFC 9525)."""

from __future__ import annotations

import ipaddress
import warnings
from typing import Final

from cryptography import x509
from service_identity import CertificateError, VerificationError
from service_identity.cryptography import (
    verify_certificate_hostname,
    verify_certificate_ip_address,
)
from service_identity.hazmat import DNS_ID

from pipeline.check.answer import NameCheck
from pipeline.errors import UsageError
from pipeline.x509.certificate import Certificate

_LONGEST_NAME: Final = 253  # characters (RFC 1035 section 2.3.4, without the last dot)
_LONGEST_LABEL: Final = 63


def is_ip_address(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address and no name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def ascii_name(name: str) -> str:
    """Write a host's name as DNS and TLS have it: ``xn--bcher-kva.example`` for ``bücher…``.

    Raises:
        UsageError: this is no name of a host.
    """
    try:
        found = DNS_ID(name.lower().removesuffix(".")).hostname.decode()
    except ValueError:
        found = ""
    labels = map(len, found.split("."))
    if len(found) > _LONGEST_NAME or not all(0 < length <= _LONGEST_LABEL for length in labels):
        raise UsageError(f"{name!r} is no name of a host, such as expe.example.com.")
    return found


def check_name(certificate: Certificate, name: str) -> NameCheck:
    """Check a host name or an IP address against the certificate's subject alternative names.

    A ``*`` stands for the leftmost label. The common name isn't looked at (RFC 9525 section 2). A
    certificate that `cryptography` can't read is for no name.

    Raises:
        UsageError: this is no name of a host.
    """
    is_address = is_ip_address(name)
    wanted = name if is_address else ascii_name(name)
    names: list[str] = []
    verify = verify_certificate_ip_address if is_address else verify_certificate_hostname
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is odd in old certificates
            parsed = x509.load_der_x509_certificate(certificate.der)
            names += _names(parsed)
            verify(parsed, wanted)
    except (VerificationError, CertificateError, ValueError):
        return NameCheck(name, False, names)
    return NameCheck(name, True, names)


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = found.get_values_for_type(x509.IPAddress)
    return [*found.get_values_for_type(x509.DNSName), *map(str, addresses)]
