"""Whether a server's certificate is for the name that it is reached by (RFC 9525)."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from service_identity.hazmat import DNS_ID

from pipeline.check.answer import NameCheck
from pipeline.check.openssl.general_names import DNS, IP, GeneralName
from pipeline.check.openssl.outcome import alternative_names
from pipeline.errors import UsageError
from pipeline.x509.certificate import Certificate

_LONGEST_NAME: Final = 253  # characters (RFC 1035 section 2.3.4, without the last dot)
_LONGEST_LABEL: Final = 63
_ADDRESS_LENGTHS: Final = (4, 16)
_LABEL: Final = rb"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_STAR: Final = re.compile(
    rb"(?!xn--)(?P<before>(?:%b)?)\*(?P<after>(?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.%b){2,})"
    % (_LABEL, _LABEL)
)
_STARRED: Final = re.compile(rb"[A-Za-z0-9-]*|\*")


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

    They are compared as OpenSSL does (``X509_check_host``, ``X509_check_ip``), but for the common
    name, which isn't looked at (RFC 9525 section 2).

    Raises:
        UsageError: this is no name of a host.
    """
    found = alternative_names(certificate)
    shown = [text for each in found.names if (text := _shown(each))]
    if is_ip_address(name):
        wanted = ipaddress.ip_address(name).packed
        ok = any(each.kind == IP and each.value == wanted for each in found.names)
    else:
        host = ascii_name(name).encode()
        ok = any(each.kind == DNS and _is_for(each.value, host) for each in found.names)
    return NameCheck(name, ok, shown, found.damage)


def _shown(name: GeneralName) -> str:
    """Write a name of a host or an address; nothing for another kind of name."""
    if name.kind == DNS:
        return name.value.decode("ascii", "backslashreplace")
    if name.kind == IP and len(name.value) in _ADDRESS_LENGTHS:
        return str(ipaddress.ip_address(name.value))
    return ""


def _is_for(pattern: bytes, host: bytes) -> bool:
    """Whether a name in a certificate stands for a host.

    A star stands for the leftmost label, or for the beginning or end of it, if at least two labels
    follow; where it is only a part, none of the two is an A-label (``xn--…``).
    """
    star = _STAR.fullmatch(pattern)
    if star is None or (star["before"] and not star["after"].startswith(b".")):
        return pattern.lower() == host.lower()
    before, after = star["before"].lower(), star["after"].lower()
    is_long_enough = len(host) >= len(before) + len(after)
    if not is_long_enough or not host.startswith(before) or not host.endswith(after):
        return False
    starred = host[len(before) : len(host) - len(after)]
    if before or not after.startswith(b"."):
        return not starred.startswith(b"xn--") and bool(_STARRED.fullmatch(starred))
    return bool(starred) and bool(_STARRED.fullmatch(starred))
