"""Mozilla's certdata.txt: objects of PKCS #11, a certificate and, apart from it, the trust in it.

A root is trusted for servers if CKA_TRUST_SERVER_AUTH of its trust object is
CKT_NSS_TRUSTED_DELEGATOR; the two are brought together by issuer and serial number.
Source: NSS, lib/ckfw/builtins/README and lib/util/pkcs11n.h.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from pipeline.extract.formats import Certificates, FormatError, Reported
from pipeline.extract.formats.certificate_table import distrusted_after

_MARK: Final = re.compile(rb"^CKA_CLASS CK_OBJECT_CLASS CKO_", re.MULTILINE)
_OCTAL: Final = re.compile(r"\\([0-3][0-7]{2})")
_CERTIFICATE: Final = "CKO_CERTIFICATE"
_TRUST: Final = ("CKO_NSS_TRUST", "CKO_NETSCAPE_TRUST")
_TRUSTED: Final = ("CKT_NSS_TRUSTED_DELEGATOR", "CKT_NETSCAPE_TRUSTED_DELEGATOR")
_NOT_FOR_SERVERS: Final = (
    "CKA_TRUST_SERVER_AUTH says that this is not trusted for servers; it is not taken."
)

Object = Mapping[str, str | bytes]
"""The attributes of an object by name: bytes of octal digits, or the words behind the type."""


def read(data: bytes) -> Certificates | None:
    """The certificates that are trusted for servers; the others are reported.

    Raises:
        FormatError: it is cut off, or no certificate in it is trusted for servers.
    """
    if not _MARK.search(data):
        return None
    objects = list(_objects(data.decode("utf-8", "replace")))
    trusted = {
        _identity(each)
        for each in objects
        if each.get("CKA_CLASS") in _TRUST and each.get("CKA_TRUST_SERVER_AUTH") in _TRUSTED
    }
    ders: list[bytes] = []
    told: list[Reported] = []
    for each in objects:
        der = each.get("CKA_VALUE")
        if each.get("CKA_CLASS") != _CERTIFICATE or not isinstance(der, bytes):
            continue
        label = str(each.get("CKA_LABEL", "")).strip('"')
        if _identity(each) not in trusted:
            told.append(Reported("unaccounted-text", label, _NOT_FOR_SERVERS))
            continue
        ders.append(der)
        if day := _distrusted_after(each):
            told.append(distrusted_after(label, day))
    if not ders:
        raise FormatError("no certificate in this certdata.txt is trusted for servers.")
    return Certificates(ders, [], reported=told)


def _identity(each: Object) -> tuple[object, object]:
    return each.get("CKA_ISSUER"), each.get("CKA_SERIAL_NUMBER")


def _distrusted_after(each: Object) -> str:
    """The day after which issued certificates aren't trusted: a UTCTime, where there is one."""
    value = each.get("CKA_NSS_SERVER_DISTRUST_AFTER")
    if not isinstance(value, bytes):
        return ""
    try:
        moment = datetime.strptime(value.decode("ascii"), "%y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return "a day that can't be read"
    return moment.date().isoformat()


def _objects(text: str) -> Iterator[dict[str, str | bytes]]:
    """The objects, each of which begins with its class."""
    current: dict[str, str | bytes] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, rest = line.partition(" ")
        if not name.startswith("CKA_"):
            continue
        if name == "CKA_CLASS":
            if current:
                yield current
            current = {}
        kind, _, value = rest.partition(" ")
        current[name] = _octal(lines) if kind == "MULTILINE_OCTAL" else value.strip()
    if current:
        yield current


def _octal(lines: Iterator[str]) -> bytes:
    """Bytes in octal digits, up to the line that says END."""
    digits: list[str] = []
    for line in lines:
        if line.strip() == "END":
            return bytes(int(each, 8) for each in _OCTAL.findall("".join(digits)))
        digits.append(line)
    raise FormatError("this certdata.txt is cut off. Download it again.")
