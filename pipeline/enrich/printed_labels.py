"""What a list calls a certificate where it prints no full subject: a common name, an alias.

Anybody may call a certificate anything, so a label proves nothing. But one that is plainly the
name of another certificate tells of a misprint, and of a fingerprint in the wrong row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from pipeline import catalogue
from pipeline.x509 import names
from pipeline.x509.certificate import Certificate

_WORD: Final = re.compile(r"[^\W_]+")
_GENERATION: Final = re.compile(r"[a-z]?\d{1,4}|[ivx]+")
"""A word that tells one root of an owner from the next: ``X1``, ``G2``, ``2015``, ``III``."""

NamedCertificates = Mapping[str, frozenset[str]]
"""The SHA-1 of certificates by what they are called, as `words` of it joined by spaces."""


def named(certificates: Iterable[Certificate]) -> NamedCertificates:
    """Certificates by their common name, or what stands for it."""
    found: dict[str, set[str]] = {}
    for each in certificates:
        found.setdefault(_key(each.subject.label), set()).add(each.fingerprint)
    return {key: frozenset(each) for key, each in found.items()}


def whose(label: str, certificate: Certificate, others: NamedCertificates) -> str:
    """The SHA-1 of the certificate whose name a label plainly is, or ``""``.

    It is ``""`` as well where the label may be that of ``certificate``. ``others`` are those of
    the same document; those of the catalogue are looked at, too. If the label names another
    generation of the same root, that is the answer: ``-`` where its certificate is not known.
    """
    key = _key(label)
    if not key or _is_own(key, certificate):
        return ""
    known = others.get(key, frozenset()) | _catalogued().get(key, frozenset())
    if certificate.fingerprint in known:
        return ""
    if known:
        return min(known)
    return "-" if _is_other_generation(key, certificate) else ""


def _is_own(key: str, certificate: Certificate) -> bool:
    own = [value for _, value in certificate.subject.attributes]
    own += catalogue.nicknames().get(certificate.fingerprint, ())
    return key in map(_key, own)


def _is_other_generation(key: str, certificate: Certificate) -> bool:
    """Whether a label differs from the certificate's own in a word such as ``G2``, and only so."""
    own = _key(certificate.subject.label).split()
    said = key.split()
    return len(said) == len(own) > 1 and all(
        a == b or (_is_generation(a) and _is_generation(b)) for a, b in zip(said, own, strict=True)
    )


def _is_generation(word: str) -> bool:
    return _GENERATION.fullmatch(word) is not None


def _key(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(_WORD.findall(plain))


@cache
def _catalogued() -> NamedCertificates:
    found: dict[str, set[str]] = {}
    for fingerprint, subject in catalogue.subjects().items():
        found.setdefault(_key(names.label(subject)), set()).add(fingerprint)
    return {key: frozenset(each) for key, each in found.items()}
