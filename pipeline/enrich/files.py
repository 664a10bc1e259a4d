"""The user's own certificates as sources: PEM, DER and PKCS #7 files, and directories of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms, core, pem, x509

from pipeline.errors import UsageError

_BEGIN: Final = b"-----BEGIN "
_KINDS: Final = "PEM, DER or PKCS #7 (.pem .crt .cer .der .p7b)"


@dataclass(frozen=True)
class File:
    """A file's certificates, by their SHA-1 fingerprint."""

    name: str
    certificates: dict[str, bytes]

    def find(self, fingerprints: Collection[str]) -> dict[str, bytes]:
        """Give the DER of each certificate the file holds among these."""
        return {each: self.certificates[each] for each in fingerprints if each in self.certificates}


def files(paths: Iterable[Path]) -> list[File]:
    """Read files of certificates, and the files right in directories; each becomes a source.

    In a directory, files without certificates are passed over.

    Raises `UsageError` if a path can't be read or holds no certificate.
    """
    return [file for path in paths for file in _files(path)]


def certificates_in(data: bytes) -> list[bytes]:
    """Give the DER of the certificates in the content of a file, in its order.

    It may be DER or PEM (also OpenSSL's ``TRUSTED CERTIFICATE``), hold certificates or PKCS #7
    messages (RFC 5652). A signed message whose content is itself PKCS #7, as in Cisco's
    ``ios_core.p7b``, stands for its content, not for its signer's certificates.
    """
    if (found := _certificates(data)) or _BEGIN not in data:
        return found
    try:
        blocks = [der for _, _, der in pem.unarmor(data, multiple=True)]
    except ValueError:
        return []
    return [certificate for block in blocks for certificate in _certificates(block)]


def _files(path: Path) -> Sequence[File]:
    try:
        if not path.is_dir():
            found = [_file(path)]
        else:
            found = [_file(each) for each in sorted(path.iterdir()) if each.is_file()]
    except OSError as error:
        raise UsageError(f"{error.filename}: can't be read: {error.strerror}.") from error
    with_any = [file for file in found if file.certificates]
    if not with_any:
        raise UsageError(f"{path}: holds no certificate. Give a file in {_KINDS}, or a directory.")
    return with_any


def _file(path: Path) -> File:
    ders = certificates_in(path.read_bytes())
    by_fingerprint = {hashlib.sha1(der, usedforsecurity=False).hexdigest(): der for der in ders}
    return File(f"file:{path.name}", by_fingerprint)


def _certificates(der: bytes) -> list[bytes]:
    """Tell by its first element what this is: a certificate's is a SEQUENCE, a message's an OID."""
    try:
        outer = core.Sequence.load(der)
        match outer[0]:
            case core.ObjectIdentifier():
                return list(_of_message(cms.ContentInfo.load(der)["content"]))
            case core.Sequence():
                certificate = x509.Certificate.load(der)
                _ = certificate["tbs_certificate"]["validity"]["not_after"].native
                return [certificate.dump()]  # without the trust settings that OpenSSL appends
    except (ValueError, TypeError, KeyError, IndexError):
        pass
    return []


def _of_message(message: Any) -> Iterator[bytes]:
    if not isinstance(message, cms.SignedData):
        return
    content = message["encap_content_info"]["content"]
    is_detached = isinstance(content, core.Void)
    if not is_detached and (inner := certificates_in(bytes(content))):
        yield from inner
        return
    for certificate in message["certificates"]:
        if certificate.name == "certificate":
            yield certificate.chosen.dump()
