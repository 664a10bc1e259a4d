"""Who can have issued a certificate, and whether it was signed by them."""

from __future__ import annotations

from functools import lru_cache

from pipeline.check.openssl.extensions import DIGITAL_SIGNATURE, KEY_CERT_SIGN
from pipeline.check.openssl.link import Link
from pipeline.x509.keys import Dsa
from pipeline.x509.signatures import is_made_with, makes


def issued(issuer: Link, subject: Link) -> bool:
    """Whether OpenSSL takes one for the issuer of the other.

    Names and identifiers have to fit; then, by version, the type of the key or its usage.
    """
    if issuer.subject != subject.issuer or not _is_identified(issuer, subject):
        return False
    openssl = subject.openssl
    if openssl.shuns_damage and (issuer.extensions.is_invalid or subject.extensions.is_invalid):
        return False
    return _has_right_key(issuer, subject) if openssl.matches_key_types else _may(issuer, subject)


@lru_cache(maxsize=65536)
def is_self_signed(link: Link) -> bool:
    """Whether it names itself as its issuer; its signature isn't looked at."""
    if not link.openssl.matches_key_types:
        return link.is_self_issued and _is_identified(link, link) and link.may_use(KEY_CERT_SIGN)
    return issued(link, link)


def _is_identified(issuer: Link, subject: Link) -> bool:
    """Whether the subject's authority key identifier is of this issuer, as far as it goes."""
    wanted = subject.extensions.authority_key_id
    if wanted is None:
        return True
    key_id = issuer.extensions.subject_key_id
    return (
        (wanted.key_id is None or key_id is None or wanted.key_id == key_id)
        and (wanted.serial is None or wanted.serial == issuer.serial)
        and (wanted.issuer is None or wanted.issuer == issuer.issuer)
    )


def _has_right_key(issuer: Link, subject: Link) -> bool:
    made = subject.signature_algorithm
    return made is not None and issuer.has_key and makes(issuer.key.key_type, made)


def _may(issuer: Link, subject: Link) -> bool:
    return issuer.may_use(DIGITAL_SIGNATURE if subject.extensions.is_proxy else KEY_CERT_SIGN)


@lru_cache(maxsize=65536)
def is_signed_by(subject: Link, issuer: Link, inherited: Dsa | None = None) -> bool:
    """Whether a certificate's signature was made with another's key, as OpenSSL verifies it.

    ``inherited`` is that key with the parameters that it hasn't itself.

    Raises:
        Uncomputed: it can't be said here.
    """
    if subject.supposed_signer is not None:
        return issuer.spki == subject.supposed_signer
    made = subject.signature_algorithm
    if made is None or not subject.is_signature_sound:
        return False
    if made.digest and not subject.openssl.computes(made.digest):
        return False
    key = issuer.key._replace(numbers=inherited) if inherited else issuer.key
    may_lack_null = subject.openssl.lets_digests_lack_null
    return is_made_with(key, subject.signed, may_lack_null=may_lack_null)
