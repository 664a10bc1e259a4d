"""Files of certificates: DER, PEM and PKCS #7, also within one another or among other text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.extract import trust_words, vocabulary
from pipeline.extract.fingerprints import digits_of
from pipeline.extract.formats import Certificates, FormatError, Reported
from pipeline.extract.vocabulary import FINGERPRINTS
from pipeline.x509 import bundle
from pipeline.x509.certificate import read as read_certificate

_PEM: Final = re.compile(r"-----BEGIN [^-\n]+-----[^-]*(?:-----END [^-\n]+-----)?")
_DIGITS: Final = re.compile(
    r"(?<![\w:])(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}"
    r"|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){19}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31})(?![\w:])"
)
_KEY: Final = re.compile(r"\b(?:PrivateKey|SecretKey|key)Entry\b")
"""What keytool calls an entry that is no trusted certificate's."""
_LONGEST: Final = 100
_MARKS: Final = " \t#;>*-/|"
_OTHER_DIGEST: Final = "This is the fingerprint of no certificate in this file; it is not taken."
_DENIED: Final = (
    "This says that something is not trusted for servers. The certificates beside it are taken: "
    "look which one is meant, and take it out."
)
_REJECTED: Final = "Its own trust settings say that it is not trusted for servers; it is not taken."


def read(data: bytes) -> Certificates | None:
    """The certificates of a bundle, or of PEM in any text, and what that text says besides.

    Raises:
        FormatError: all of them are damaged, or a signature doesn't hold.
    """
    data = bundle.unwrapped(data)
    try:
        certificates = bundle.certificates_in(data)
    except bundle.BadSignatureError as error:
        raise FormatError(f"{error} Download it again.") from error
    if certificates:
        blocks = bundle.damaged_blocks(data)
        signers = [str(read_certificate(der).subject) for der, _ in bundle.signers_in(data)]
        damaged = [f"block {number} of PEM" for number in blocks]
        rejected = bundle.rejected_for_servers(data)
        told = [_rejected(der) for der in certificates if der in rejected]
        if b"-----BEGIN " in data:
            told += _told(_PEM.sub("", data.decode("utf-8", "replace")), certificates)
        kept = [der for der in certificates if der not in rejected]
        return Certificates(kept, damaged, reported=told, signers=signers)
    if bundle.damaged_blocks(data) or bundle.is_damaged_der(data):
        raise FormatError("the certificates in this file are damaged. Download it again.")
    return None


def _rejected(der: bytes) -> Reported:
    return Reported("unaccounted-text", str(read_certificate(der).subject), _REJECTED)


def _told(text: str, certificates: Sequence[bytes]) -> Iterator[Reported]:
    """What stands between PEM, and would be lost: other fingerprints, and words of distrust."""
    own = {hashlib.sha256(der).hexdigest() for der in certificates}
    own |= {hashlib.sha1(der, usedforsecurity=False).hexdigest() for der in certificates}
    for line in text.splitlines():
        shown = " ".join(line.split())[:_LONGEST]
        for match in _DIGITS.finditer(line):
            label = vocabulary.role_of_title(line[: match.start()].strip(_MARKS + ":="))
            if label in FINGERPRINTS and digits_of(match[0]).lower() not in own:
                yield Reported("unaccounted-text", shown, _OTHER_DIGEST, is_kept=True)
        title, _, value = line.strip(_MARKS).partition(":")
        is_field = trust_words.is_title(title) and trust_words.says_untrusted(title, value)
        is_mark = trust_words.says_untrusted_alone(line.strip(_MARKS)) and "=" not in line
        if is_field or is_mark or _KEY.search(line):
            yield Reported("unaccounted-text", shown, _DENIED, is_kept=True)
