"""What each way of building paths comes to, for certificates that are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.codes import Code, words
from pipeline.check.openssl.general_names import DNS, GeneralName
from pipeline.check.openssl.link import (
    Link,
    hypothetical_leaf,
    link,
    readable,
    seconds,
    signed_as_supposed,
)
from pipeline.check.openssl.path import Verified, verified
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509.algorithms import SIGNATURES
from pipeline.x509.certificate import Certificate, read

BuilderName = Literal["untrusted-first", "trusted-first"]
Purpose = Literal["server", "issuer"]

BUILDERS: Final[tuple[BuilderName, ...]] = ("untrusted-first", "trusted-first")
VERSIONS: Final[dict[BuilderName, OpenSSL]] = {
    "untrusted-first": OpenSSL.V1_0_2,
    "trusted-first": OpenSSL.V3,
}
NO_ROOT: Final = frozenset(
    {
        Code.UNABLE_TO_GET_ISSUER_CERT,
        Code.DEPTH_ZERO_SELF_SIGNED_CERT,
        Code.SELF_SIGNED_CERT_IN_CHAIN,
        Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
    }
)
"""What is said of a path that ends in no trusted root."""

UNDECODABLE: Final = "a certificate can't be decoded"
"""Said where a TLS client gives up before it verifies; no words of X509_verify_cert."""

ML_DSA_DOUBT: Final = "OpenSSL 3.5 and later know ML-DSA and accept it, earlier ones refuse it"


_NO_CODE: Final = -1


class Damage(NamedTuple):
    """A certificate with an extension that can't be read, and what is wrong with it."""

    certificate: Certificate
    text: str


@dataclass(frozen=True, slots=True)
class StandIn(Certificate):
    """A known cross-certificate whose bytes aren't at hand, made of what is known of it.

    Its digests are those of the real one. ``signer`` is a certificate (DER) of the root that has
    issued it: that its signature is that root's is taken for granted.
    """

    signer: bytes

    __hash__ = Certificate.__hash__


@dataclass(frozen=True, slots=True)
class Outcome:
    """What OpenSSL says: `X509_verify_cert` with its error, its depth and the path it built."""

    ok: bool
    error: str
    """The words of that version; empty if `ok`. What stands against saying yes, if `is_unknown`."""
    code: int
    """``X509_V_ERR_*`` of OpenSSL 3; 0 if `ok`, -1 if it is none of these."""
    depth: int | None
    """Where in `path` the error is, 0 for the target; None if `ok`."""
    path: tuple[Certificate, ...]
    """From the target up: to the anchor if one was reached, else as far as it could be built."""
    is_unknown: bool = False
    """Whether neither yes nor no can be said."""
    damage: Damage | None = None
    """Why no issuer was found, if it is for an extension that can't be read."""


def verify(
    target: Certificate,
    sent: Sequence[Certificate],
    anchors: Anchors,
    at: datetime,
    builder: BuilderName,
    *,
    purpose: Purpose = "server",
) -> Outcome:
    """Say whether OpenSSL accepts the target at that time, with that release's anchors.

    Of an ``issuer`` it is asked whether a server's certificate that it issued would be accepted;
    depths and path are counted from the issuer then.
    """
    openssl = VERSIONS[builder]
    for each in (target, *sent):
        if readable(each.der, openssl) is None:
            return Outcome(False, UNDECODABLE, _NO_CODE, 0, (each,))
    found = _verified(target, sent, anchors, at, openssl, purpose)
    if found.fault and openssl is OpenSSL.V3 and any(map(_has_ml_dsa, found.path)):
        newer = _verified(target, sent, anchors, at, OpenSSL.V3_5, purpose)
        if newer.fault is None:
            found = replace(newer, doubt=ML_DSA_DOUBT)
    given = {each.der: each for each in sent}
    return _outcome(found, openssl, given | {target.der: target})


def _verified(
    target: Certificate,
    sent: Sequence[Certificate],
    anchors: Anchors,
    at: datetime,
    openssl: OpenSSL,
    purpose: Purpose,
) -> Verified:
    links = [_link(each, openssl) for each in sent]
    first = _link(target, openssl)
    if purpose == "server":
        return verified(first, links, anchors, seconds(at))
    below = links if first in links else [first, *links]
    found = verified(hypothetical_leaf(first), below, anchors, seconds(at))
    fault = found.fault and found.fault._replace(depth=max(found.fault.depth - 1, 0))
    return replace(found, fault=fault, path=found.path[1:] or (first,))


@lru_cache(maxsize=16384)
def _link(certificate: Certificate, openssl: OpenSSL) -> Link:
    found = link(certificate.der, openssl)
    if not isinstance(certificate, StandIn):
        return found
    signer = link(certificate.signer, openssl)
    return signed_as_supposed(found, signer)


def _outcome(found: Verified, openssl: OpenSSL, given: Mapping[bytes, Certificate]) -> Outcome:
    path = tuple(given.get(each.der) or read(each.der) for each in found.path)
    if found.doubt:
        return Outcome(False, found.doubt, _NO_CODE, None, path, is_unknown=True)
    if found.fault is None:
        return Outcome(True, "", 0, None, path)
    code, depth = found.fault
    damage = None
    if found.damaged:
        damage = Damage(read(found.damaged.der), found.damaged.extensions.damage)
    return Outcome(False, words(code, openssl), int(code), depth, path, damage=damage)


def _has_ml_dsa(each: Link) -> bool:
    made = SIGNATURES.get(each.signature_oid)
    return each.key.key_type.startswith("ML-DSA") or bool(made and made.name.startswith("ML-DSA"))


def can_be_read(certificate: Certificate) -> bool:
    """Whether any version of OpenSSL can read it."""
    return any(readable(certificate.der, openssl) for openssl in VERSIONS.values())


class AlternativeNames(NamedTuple):
    """The subject's alternative names, and what is wrong with them, if they can't be read."""

    names: Sequence[GeneralName]
    damage: str = ""


def alternative_names(certificate: Certificate) -> AlternativeNames:
    """Give the subject's alternative names, as OpenSSL 3 reads them (1.0.2, if only that can)."""
    found = _in_any_version(certificate)
    if found is None:
        return AlternativeNames((), "no OpenSSL can decode it")
    return AlternativeNames(found.extensions.alternative_names, found.extensions.names_damage)


def dns_names(certificate: Certificate) -> list[str]:
    """Give the names of hosts among the alternative names."""
    names = alternative_names(certificate).names
    return [name.value.decode("latin-1") for name in names if name.kind == DNS]


def _in_any_version(certificate: Certificate) -> Link | None:
    return readable(certificate.der, OpenSSL.V3) or readable(certificate.der, OpenSSL.V1_0_2)


def says_ca(certificate: Certificate) -> bool:
    """Whether its basic constraints say that it is a CA's."""
    found = _in_any_version(certificate)
    return found is not None and bool(found.extensions.is_ca)


def can_issue(certificate: Certificate) -> bool:
    """Whether it is a CA's that may sign certificates."""
    found = _in_any_version(certificate)
    return found is not None and found.is_issuer


def is_valid(certificate: Certificate, at: datetime) -> bool:
    """Whether OpenSSL takes it as valid at that time: from the first second, not at the last.

    RFC 5280 section 4.1.2.5 has the last second included; OpenSSL hasn't.
    """
    return certificate.not_before <= at < certificate.not_after
