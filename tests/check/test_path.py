"""What each builder makes of small PKIs, and OpenSSL of the same.

Expectations are written by hand: an error and its depth, or the certificates of the path that
was accepted. The real libraries are held to them, too, where they can be had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

import pytest

from pipeline.check.openssl import verify
from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.codes import Code
from pipeline.check.openssl.link import link, seconds
from pipeline.check.openssl.outcome import BUILDERS, VERSIONS, BuilderName
from pipeline.check.openssl.outcome import verify as verify_certificates
from pipeline.check.openssl.path import Verified, verified
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509.certificate import UnreadableCertificateError, read
from tests.check.judging import LIBRARIES, Library, in_our_numbers, question
from tests.check.libcrypto import Judge
from tests.check.pki import (
    BROKEN,
    DSA,
    ED25519,
    EXPLICIT,
    NOW,
    PSS,
    RSA,
    UNKNOWN,
    Pki,
    Recipe,
    build,
    chain,
)

EXPIRED = "210831235959Z"

Expected = tuple[int, ...] | tuple[Code, int]
"""Indices of the certificates of a path, or an error and where it is."""


def leaf(**more: Any) -> Recipe:
    usual = {
        "subject": "CN=www.site.example",
        "issuer": "CN=Inter",
        "key": 9,
        "signer": 1,
        "serial": 9,
        "ca": None,
        "key_usage": 0xA0,
        "extended": ("server",),
        "names": ("DNS:www.site.example",),
    }
    return Recipe(**(usual | more))


def inter(**more: Any) -> Recipe:
    return Recipe(**({"subject": "CN=Inter", "key": 1, "serial": 2} | more))


def root(**more: Any) -> Recipe:
    return Recipe(**more)


def old_root(**more: Any) -> Recipe:
    return Recipe(**({"subject": "CN=Old", "issuer": "CN=Old", "key": 5, "signer": 5} | more))


def cross(**more: Any) -> Recipe:
    """The root's name and key, certified by the old root."""
    return Recipe(**({"issuer": "CN=Old", "signer": 5, "serial": 7} | more))


@dataclass(frozen=True)
class Case:
    name: str
    pki: Pki
    untrusted_first: Expected
    trusted_first: Expected

    def __str__(self) -> str:
        return self.name


def alike(name: str, pki: Pki, expected: Expected) -> Case:
    return Case(name, pki, expected, expected)


def with_target(name: str, expected: Expected, **more: Any) -> Case:
    return alike(name, chain(leaf(**more), inter(), root()), expected)


GOOD = chain(leaf(), inter(), root())
CROSSED = Pki((leaf(), inter(), cross(), root(), old_root()), (0, 1, 2), (3, 4))
OLD_ENDED = replace(CROSSED, recipes=(*CROSSED.recipes[:4], old_root(not_after=EXPIRED)))

OUT = Code.EXCLUDED_VIOLATION, 0
SYNTAX = Code.UNSUPPORTED_NAME_SYNTAX, 0
UNKNOWN_KIND = Code.UNSUPPORTED_CONSTRAINT_TYPE, 0

CASES = [
    alike("a full chain", GOOD, (0, 1, 2)),
    alike(
        "a server's certificate by a root", chain(leaf(issuer="CN=Root", signer=0), root()), (0, 1)
    ),
    alike("the root is sent along", replace(GOOD, sent=(0, 1, 2)), (0, 1, 2)),
    alike("in the wrong order", replace(GOOD, sent=(2, 1, 0)), (0, 1, 2)),
    alike("twice the same", replace(GOOD, sent=(0, 1, 1, 0, 1)), (0, 1, 2)),
    alike(
        "no intermediate",
        replace(GOOD, sent=(0,)),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    alike("no root", replace(GOOD, store=()), (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 1)),
    alike(
        "a root that is sent but isn't trusted",
        replace(GOOD, sent=(0, 1, 2), store=()),
        (Code.SELF_SIGNED_CERT_IN_CHAIN, 2),
    ),
    alike(
        "and is sent twice",
        replace(GOOD, sent=(0, 1, 2, 2), store=()),
        (Code.SELF_SIGNED_CERT_IN_CHAIN, 2),
    ),
    alike(
        "a self-signed server",
        chain(leaf(issuer="CN=www.site.example", signer=9, key_usage=None), root()),
        (Code.DEPTH_ZERO_SELF_SIGNED_CERT, 0),
    ),
    alike(
        "a self-signed server in the store",
        Pki((leaf(issuer="CN=www.site.example", signer=9, key_usage=None),), (0,), (0,)),
        (0,),
    ),
    Case(
        "a self-signed server that may not sign",
        Pki((leaf(issuer="CN=www.site.example", signer=9),), (0,), (0,)),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
        (0,),
    ),
    Case(
        "or that is signed as its type of key doesn't",
        Pki(
            (leaf(issuer="CN=www.site.example", signer=9, key_usage=None, algorithm="rsa-sha256"),),
            (0,),
            (0,),
        ),
        (0,),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    Case(
        "or that has an extension that can't be read",
        Pki(
            (
                leaf(
                    issuer="CN=www.site.example",
                    signer=9,
                    key_usage=None,
                    more=("broken extended",),
                ),
            ),
            (0,),
            (0,),
        ),
        (0,),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    alike(
        "an intermediate in the store is no anchor",
        Pki((leaf(), inter()), (0,), (1,)),
        (Code.UNABLE_TO_GET_ISSUER_CERT, 1),
    ),
    alike(
        "an intermediate that is only in the store", replace(GOOD, sent=(), store=(1, 2)), (0, 1, 2)
    ),
    # --- the order, and alternatives -----------------------------------------------------
    Case("a cross-certificate leads on", CROSSED, (0, 1, 2, 4), (0, 1, 3)),
    Case("to a root that has expired", OLD_ENDED, (Code.CERT_HAS_EXPIRED, 3), (0, 1, 3)),
    Case(
        "and that the store doesn't have: a shorter path is tried",
        replace(CROSSED, store=(3,)),
        (0, 1, 3),
        (0, 1, 3),
    ),
    Case(
        "an expired cross-certificate is followed all the same",
        replace(
            CROSSED, recipes=(*CROSSED.recipes[:2], cross(not_after=EXPIRED), *CROSSED.recipes[3:])
        ),
        (Code.CERT_HAS_EXPIRED, 2),
        (0, 1, 3),
    ),
    Case(
        "of two roots of one name and key, the valid one",
        Pki((leaf(), inter(), root(not_after=EXPIRED), root(serial=3)), (0, 1), (2, 3)),
        (Code.CERT_HAS_EXPIRED, 2),
        (0, 1, 3),
    ),
    Case(
        "of two that have expired, the one that ended last",
        Pki(
            (leaf(), inter(), root(not_after="190101000000Z"), root(serial=3, not_after=EXPIRED)),
            (0, 1),
            (2, 3),
        ),
        (Code.CERT_HAS_EXPIRED, 2),
        (Code.CERT_HAS_EXPIRED, 2),
    ),
    *(
        alike(
            f"of two of which one has expired, and the other {how}",
            Pki((leaf(), inter(), *roots), (0, 1), (2, 3)),
            (code, 2),
        )
        for how, roots, code in (
            (
                "before it and is no CA's",
                (root(ca=False, not_after="190101000000Z"), root(serial=3, not_after=EXPIRED)),
                Code.CERT_HAS_EXPIRED,
            ),
            (
                "before it, in the other order",
                (root(not_after=EXPIRED), root(ca=False, not_after="190101000000Z")),
                Code.CERT_HAS_EXPIRED,
            ),
            (
                "at the same time",
                (root(not_after=EXPIRED), root(ca=False, not_after=EXPIRED)),
                Code.CERT_HAS_EXPIRED,
            ),
            (
                "has no time",
                (root(not_after=EXPIRED), root(ca=False, not_after="21083x235959Z")),
                Code.CERT_HAS_EXPIRED,
            ),
            (
                "has no time, in the other order",
                (root(not_after="21083x235959Z"), root(ca=False, not_after=EXPIRED)),
                Code.ERROR_IN_CERT_NOT_AFTER_FIELD,
            ),
        )
    ),
    Case(
        "of two of which one ends in this second, the other",
        Pki((leaf(), inter(), root(not_after="210901000000Z"), root(serial=3)), (0, 1), (2, 3)),
        (Code.CERT_HAS_EXPIRED, 2),
        (0, 1, 3),
    ),
    alike(
        "of two of which one begins in this second, the first all the same",
        Pki((leaf(), inter(), root(not_before="210901000000Z"), root(serial=3)), (0, 1), (2, 3)),
        (0, 1, 2),
    ),
    alike(
        "of two that are valid, the first, also if it ends sooner",
        Pki((leaf(), inter(), root(not_after="220101000000Z"), root(serial=3)), (0, 1), (2, 3)),
        (0, 1, 2),
    ),
    Case(
        "and not one that isn't valid yet, even if it ends later",
        Pki(
            (
                leaf(),
                inter(),
                root(not_before="220101000000Z", not_after="400101000000Z"),
                root(serial=3),
            ),
            (0, 1),
            (2, 3),
        ),
        (Code.CERT_NOT_YET_VALID, 2),
        (0, 1, 3),
    ),
    Case(
        "of two intermediates sent, the valid one",
        Pki((leaf(), inter(not_after=EXPIRED), inter(serial=3), root()), (0, 1, 2), (3,)),
        (Code.CERT_HAS_EXPIRED, 1),
        (0, 2, 3),
    ),
    alike(
        "two that certify each other",
        Pki(
            (
                leaf(),
                inter(issuer="CN=Other", signer=2),
                Recipe(subject="CN=Other", issuer="CN=Inter", key=2, signer=1),
            ),
            (0, 1, 2),
            (),
        ),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 2),
    ),
    Case(
        "two in the store that certify each other",
        Pki(
            (
                leaf(),
                inter(issuer="CN=Other", signer=2),
                Recipe(subject="CN=Other", issuer="CN=Inter", key=2, signer=1),
            ),
            (0,),
            (1, 2),
        ),
        (Code.UNABLE_TO_GET_ISSUER_CERT, 100),
        (Code.CERT_CHAIN_TOO_LONG, 101),
    ),
    # --- which is the issuer -------------------------------------------------------------
    alike(
        "the wrong key identifier",
        chain(leaf(authority_key_id="wrong"), inter(), root()),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    alike(
        "no key identifiers",
        chain(leaf(authority_key_id=None), inter(subject_key_id=None), root()),
        (0, 1, 2),
    ),
    alike(
        "the issuer by its issuer and serial number",
        chain(leaf(authority_issuer="CN=ROOT", authority_serial=2), inter(), root()),
        (0, 1, 2),
    ),
    alike(
        "another serial number of the issuer",
        chain(leaf(authority_issuer="CN=Root", authority_serial=3), inter(), root()),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    alike(
        "another issuer of the issuer",
        chain(leaf(authority_issuer="CN=Other"), inter(), root()),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    alike(
        "names in other spellings",
        chain(
            leaf(issuer_spelling="shouted"),
            inter(subject_spelling="bmp", issuer_spelling="spaced"),
            root(),
        ),
        (0, 1, 2),
    ),
    *(
        alike(
            f"a name as {spelling}",
            chain(leaf(issuer_spelling=spelling), inter(), root()),
            (0, 1, 2),
        )
        for spelling in ("printable", "t61", "universal", "bmp")
    ),
    *(
        Case(
            f"an issuer with the usage {usage:#04x}",
            chain(leaf(), inter(key_usage=usage), root()),
            (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
            (Code.INVALID_CA, 1),
        )
        for usage in (0x01, 0x02, 0x08)
    ),
    alike(
        "names that aren't compared as text",
        chain(leaf(issuer_spelling="numeric"), inter(), root()),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    Case(
        "an issuer that may not sign",
        chain(leaf(), inter(key_usage=0x80), root()),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
        (Code.INVALID_CA, 1),
    ),
    Case(
        "a signature that the issuer's type of key doesn't make",
        chain(leaf(algorithm="rsa-sha256"), inter(), root()),
        (Code.CERT_SIGNATURE_FAILURE, 0),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    # --- validity ------------------------------------------------------------------------
    with_target("an expired server", (Code.CERT_HAS_EXPIRED, 0), not_after=EXPIRED),
    with_target("in the last second", (Code.CERT_HAS_EXPIRED, 0), not_after="210901000000Z"),
    with_target("in the second before", (0, 1, 2), not_after="210901000001Z"),
    with_target("in the first second", (0, 1, 2), not_before="210901000000Z"),
    with_target("too early", (Code.CERT_NOT_YET_VALID, 0), not_before="210901000001Z"),
    with_target("a year of four digits", (0, 1, 2), not_after="99991231235959Z"),
    with_target(
        "a time with a fraction",
        (Code.ERROR_IN_CERT_NOT_AFTER_FIELD, 0),
        not_after="20300101000000.5Z",
    ),
    with_target(
        "a time in a zone",
        (Code.ERROR_IN_CERT_NOT_BEFORE_FIELD, 0),
        not_before="20200101000000+0100",
    ),
    with_target(
        "a day that doesn't exist",
        (Code.ERROR_IN_CERT_NOT_BEFORE_FIELD, 0),
        not_before="20200100000000Z",
    ),
    with_target("a year of two digits below 50", (0, 1, 2), not_after="491231235959Z"),
    with_target(
        "and from 50 on, in the last century", (Code.CERT_HAS_EXPIRED, 0), not_after="500101000000Z"
    ),
    alike(
        "a CA's without a time that it begins",
        chain(leaf(), inter(not_before="2001xx000000Z"), root()),
        (Code.ERROR_IN_CERT_NOT_BEFORE_FIELD, 1),
    ),
    alike(
        "a CA's without a time that it ends",
        chain(leaf(), inter(not_after="3001xx000000Z"), root()),
        (Code.ERROR_IN_CERT_NOT_AFTER_FIELD, 1),
    ),
    alike(
        "from the root down, the first that has expired",
        chain(leaf(not_after=EXPIRED), inter(not_after=EXPIRED), root()),
        (Code.CERT_HAS_EXPIRED, 1),
    ),
    # --- signatures ----------------------------------------------------------------------
    with_target("a damaged signature", (Code.CERT_SIGNATURE_FAILURE, 0), spoilt="flipped"),
    with_target("one not of whole octets", (Code.CERT_SIGNATURE_FAILURE, 0), spoilt="bits"),
    with_target(
        "by another key", (Code.CERT_SIGNATURE_FAILURE, 0), signer=3, authority_key_id=None
    ),
    with_target(
        "another algorithm outside than inside",
        (Code.CERT_SIGNATURE_FAILURE, 0),
        outer_algorithm="ecdsa-sha384",
    ),
    alike(
        "a damaged signature of the root doesn't matter",
        chain(leaf(), inter(), root(spoilt="flipped")),
        (0, 1, 2),
    ),
    alike(
        "the signature counts before the time",
        chain(leaf(spoilt="flipped", not_after=EXPIRED), inter(), root()),
        (Code.CERT_SIGNATURE_FAILURE, 0),
    ),
    *(
        alike(
            f"signed with {algorithm}",
            chain(leaf(signer=RSA, algorithm=algorithm), inter(key=RSA), root()),
            (0, 1, 2),
        )
        for algorithm in ("rsa-md5", "rsa-sha1", "rsa-sha256", "pss-sha256")
    ),
    alike(
        "signed with MD2, which is no longer computed",
        chain(leaf(signer=RSA, algorithm="rsa-md2"), inter(key=RSA), root()),
        (Code.CERT_SIGNATURE_FAILURE, 0),
    ),
    Case(
        "signed with Ed25519",
        chain(leaf(signer=ED25519), inter(key=ED25519), root()),
        (Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, 0),
        (0, 1, 2),
    ),
    alike("signed with DSA", chain(leaf(signer=DSA), inter(key=DSA), root()), (0, 1, 2)),
    Case(
        "signed by a key that is for RSASSA-PSS only",
        chain(leaf(signer=PSS), inter(key=PSS), root()),
        (Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, 0),
        (0, 1, 2),
    ),
    Case(
        "and by the same another signature",
        chain(leaf(signer=PSS, algorithm="rsa-sha256"), inter(key=PSS), root()),
        (Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, 0),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    # --- keys ----------------------------------------------------------------------------
    Case(
        "a key of an unknown type",
        chain(leaf(key=UNKNOWN), inter(), root()),
        (0, 1, 2),
        (Code.UNSPECIFIED, 0),
    ),
    Case(
        "a key that is no point of its curve",
        chain(leaf(key=BROKEN), inter(), root()),
        (0, 1, 2),
        (Code.UNSPECIFIED, 0),
    ),
    Case(
        "a CA's key that is no point of its curve",
        chain(leaf(signer=BROKEN), inter(key=BROKEN), root()),
        (Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, 0),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    Case(
        "a curve by its parameters",
        chain(leaf(key=EXPLICIT), inter(), root()),
        (0, 1, 2),
        (Code.EC_KEY_EXPLICIT_PARAMS, 0),
    ),
    alike(
        "and of one that stands alone",
        Pki((root(key=EXPLICIT, signer=EXPLICIT, key_usage=None),), (0,), (0,)),
        (0,),
    ),
    # --- extensions ----------------------------------------------------------------------
    with_target("an unknown extension", (0, 1, 2), more=("unknown",)),
    with_target(
        "an unknown critical extension",
        (Code.UNHANDLED_CRITICAL_EXTENSION, 0),
        more=("unknown",),
        critical=("unknown",),
    ),
    Case(
        "the same of the root",
        chain(leaf(), inter(), root(more=("unknown",), critical=("unknown",))),
        (0, 1, 2),
        (Code.UNHANDLED_CRITICAL_EXTENSION, 2),
    ),
    Case(
        "ocspNoCheck, critical",
        chain(leaf(more=("ocsp-no-check",), critical=("ocsp-no-check",)), inter(), root()),
        (Code.UNHANDLED_CRITICAL_EXTENSION, 0),
        (0, 1, 2),
    ),
    alike(
        "a proxy certificate",
        chain(leaf(names=None, more=("proxy",)), inter(key_usage=0x86), root()),
        (Code.PROXY_CERTIFICATES_NOT_ALLOWED, 0),
    ),
    Case(
        "the same extension twice",
        chain(leaf(more=("twice extended",)), inter(), root()),
        (0, 1, 2),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    Case(
        "an extension that can't be read",
        chain(leaf(more=("broken extended",)), inter(), root()),
        (0, 1, 2),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    with_target("what follows an extension is ignored", (0, 1, 2), more=("trailing names",)),
    Case(
        "bits of usage that are marked as unused",
        chain(leaf(), inter(key_usage=None, more=("key_usage-padded",)), root()),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
        (Code.INVALID_CA, 1),
    ),
    Case(
        "usage of no bit string",
        chain(leaf(), inter(key_usage=None, more=("key_usage-empty",)), root()),
        (0, 1, 2),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    alike(
        "a CA by any number but 0",
        chain(leaf(), inter(ca=None, more=("ca-one",)), root()),
        (0, 1, 2),
    ),
    Case(
        "parts of the authority's identifier in the wrong order",
        chain(leaf(authority_key_id=None, more=("authority_key_id-odd",)), inter(), root()),
        (0, 1, 2),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    Case(
        "a revocation list that is nowhere",
        chain(leaf(more=("crl-nowhere",)), inter(), root()),
        (0, 1, 2),
        (Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0),
    ),
    # --- is it a CA ----------------------------------------------------------------------
    alike("a server as a CA", chain(leaf(), inter(ca=False), root()), (Code.INVALID_CA, 1)),
    alike(
        "no basic constraints nor usage",
        chain(leaf(), inter(ca=None, key_usage=None), root()),
        (Code.INVALID_CA, 1),
    ),
    Case(
        "usage without basic constraints",
        chain(leaf(), inter(ca=None), root()),
        (0, 1, 2),
        (Code.INVALID_CA, 1),
    ),
    alike(
        "a root of version 1",
        chain(
            leaf(),
            inter(),
            root(version=1, ca=None, key_usage=None, subject_key_id=None, authority_key_id=None),
        ),
        (0, 1, 2),
    ),
    alike(
        "an intermediate of version 1",
        chain(leaf(), inter(version=1, ca=None, key_usage=None), root()),
        (Code.INVALID_CA, 1),
    ),
    Case(
        "a root that says it is none",
        chain(leaf(), inter(), root(ca=False)),
        (0, 1, 2),
        (Code.INVALID_CA, 2),
    ),
    Case(
        "Netscape's type makes a CA",
        chain(leaf(), inter(ca=None, key_usage=None, netscape=0x04), root()),
        (0, 1, 2),
        (Code.INVALID_CA, 1),
    ),
    Case(
        "but a CA for signing code isn't one for servers",
        chain(leaf(), inter(ca=None, key_usage=None, netscape=0x01), root()),
        (Code.INVALID_PURPOSE, 1),
        (Code.INVALID_CA, 1),
    ),
    # --- path length ---------------------------------------------------------------------
    alike(
        "a path length of 0 above a server", chain(leaf(), inter(path_length=0), root()), (0, 1, 2)
    ),
    Case(
        "a path length of 0 in the root",
        chain(leaf(), inter(), root(path_length=0)),
        (0, 1, 2),
        (Code.PATH_LENGTH_EXCEEDED, 2),
    ),
    alike(
        "a path length that is exceeded",
        chain(
            leaf(),
            inter(issuer="CN=Middle", signer=2),
            Recipe(subject="CN=Middle", key=2, path_length=0),
            root(),
        ),
        (Code.PATH_LENGTH_EXCEEDED, 2),
    ),
    alike(
        "but for one that is issued to itself",
        chain(
            leaf(signer=3),
            inter(issuer="CN=Inter", key=3, signer=1, serial=5),
            inter(path_length=0),
            root(),
        ),
        (0, 1, 2, 3),
    ),
    # --- purpose -------------------------------------------------------------------------
    with_target("for clients only", (Code.INVALID_PURPOSE, 0), extended=("client",)),
    with_target("for any use isn't for servers", (Code.INVALID_PURPOSE, 0), extended=("any",)),
    with_target("for Microsoft's server gated cryptography", (0, 1, 2), extended=("microsoft",)),
    with_target("for nothing said", (0, 1, 2), extended=None),
    with_target("to sign certificates", (Code.INVALID_PURPOSE, 0), key_usage=0x04),
    *(
        with_target(f"with the usage {usage:#04x}", expected, key_usage=usage)
        for usage, expected in (
            (0x80, (0, 1, 2)),  # digitalSignature
            (0x20, (0, 1, 2)),  # keyEncipherment
            (0x08, (0, 1, 2)),  # keyAgreement
            (0x40, (Code.INVALID_PURPOSE, 0)),
            (0x10, (Code.INVALID_PURPOSE, 0)),
            (0x02, (Code.INVALID_PURPOSE, 0)),
            (0x01, (Code.INVALID_PURPOSE, 0)),
        )
    ),
    with_target("of Netscape's type for servers", (0, 1, 2), netscape=0x40),
    with_target("of Netscape's type for servers' CAs", (Code.INVALID_PURPOSE, 0), netscape=0x05),
    with_target("of Netscape's type for clients", (Code.INVALID_PURPOSE, 0), netscape=0x80),
    alike(
        "a CA for clients only",
        chain(leaf(), inter(extended=("client",)), root()),
        (Code.INVALID_PURPOSE, 1),
    ),
    Case(
        "a root for clients only",
        chain(leaf(), inter(), root(extended=("client",))),
        (0, 1, 2),
        (Code.INVALID_PURPOSE, 2),
    ),
    # --- name constraints ----------------------------------------------------------------
    alike(
        "a permitted name", chain(leaf(), inter(permitted=("DNS:site.example",)), root()), (0, 1, 2)
    ),
    alike(
        "a name outside",
        chain(leaf(), inter(permitted=("DNS:other.example",)), root()),
        (Code.PERMITTED_VIOLATION, 0),
    ),
    alike(
        "an excluded name",
        chain(leaf(), inter(excluded=("DNS:.EXAMPLE",)), root()),
        (Code.EXCLUDED_VIOLATION, 0),
    ),
    alike(
        "constraints of the root",
        chain(leaf(), inter(), root(permitted=("DNS:other.example",))),
        (Code.PERMITTED_VIOLATION, 0),
    ),
    Case(
        "a common name outside, without alternative names",
        chain(leaf(names=None), inter(permitted=("DNS:other.example",)), root()),
        (0, 1, 2),
        (Code.PERMITTED_VIOLATION, 0),
    ),
    *(
        Case(
            f"the common name {common_name!r} outside",
            chain(
                leaf(subject=f"CN={common_name}", names=None),
                inter(permitted=("DNS:other.example",)),
                root(),
            ),
            (0, 1, 2),
            expected,
        )
        for common_name, expected in (
            ("a.b", (Code.PERMITTED_VIOLATION, 0)),
            ("_a.site-1.example", (Code.PERMITTED_VIOLATION, 0)),
            ("www.site.example\0", (Code.PERMITTED_VIOLATION, 0)),
            ("www.other.example\0", (0, 1, 2)),
            ("www.other.example\0.site.example", (Code.UNSUPPORTED_NAME_SYNTAX, 0)),
            ("site", (0, 1, 2)),
            ("www site.example", (0, 1, 2)),
            ("www..example", (0, 1, 2)),
            ("www-.example", (0, 1, 2)),
            ("www.-site.example", (0, 1, 2)),
            ("-www.site.example", (0, 1, 2)),
            ("www.site.example-", (0, 1, 2)),
        )
    ),
    alike(
        "one of two permitted names",
        chain(leaf(), inter(permitted=("DNS:site.example", "DNS:other.example")), root()),
        (0, 1, 2),
    ),
    alike(
        "and another constraint with a maximum",
        chain(leaf(), inter(permitted=("DNS:site.example", "DNS:other.example max=2")), root()),
        (Code.SUBTREE_MINMAX, 0),
    ),
    alike(
        "the other of two permitted names",
        chain(leaf(), inter(permitted=("DNS:other.example", "DNS:site.example")), root()),
        (0, 1, 2),
    ),
    alike(
        "a permitted name that is excluded, too",
        chain(leaf(), inter(permitted=("DNS:example",), excluded=("DNS:site.example",)), root()),
        (Code.EXCLUDED_VIOLATION, 0),
    ),
    alike(
        "an excluded name with a maximum",
        chain(leaf(), inter(excluded=("DNS:other.example max=2",)), root()),
        (Code.SUBTREE_MINMAX, 0),
    ),
    Case(
        "a minimum of 0, which is usual",
        chain(leaf(), inter(permitted=("DNS:site.example min=0",)), root()),
        (Code.SUBTREE_MINMAX, 0),
        (0, 1, 2),
    ),
    alike(
        "a minimum of 1",
        chain(leaf(), inter(permitted=("DNS:site.example min=1",)), root()),
        (Code.SUBTREE_MINMAX, 0),
    ),
    alike(
        "an organisation that looks like a host",
        chain(
            leaf(subject="O=www.site.example/CN=x", names=None),
            inter(permitted=("DNS:other.example",)),
            root(),
        ),
        (0, 1, 2),
    ),
    *(
        Case(
            f"{name} and the excluded {base}",
            chain(leaf(names=(name,)), inter(excluded=(base,)), root()),
            before,
            now,
        )
        for name, base, before, now in (
            ("DNS:site.example", "DNS:", OUT, OUT),
            ("DNS:SITE.example", "DNS:site.EXAMPLE", OUT, OUT),
            ("DNS:mysite.example", "DNS:site.example", (0, 1, 2), (0, 1, 2)),
            ("DNS:example", "DNS:site.example", (0, 1, 2), (0, 1, 2)),
            ("email:a@site.example", "email:site.example", OUT, OUT),
            ("email:a@SITE.example", "email:a@site.EXAMPLE", OUT, OUT),
            ("email:b@site.example", "email:a@site.example", (0, 1, 2), (0, 1, 2)),
            ("email:A@site.example", "email:a@site.example", (0, 1, 2), (0, 1, 2)),
            ("email:a@www.site.example", "email:site.example", (0, 1, 2), (0, 1, 2)),
            ("email:a@www.SITE.example", "email:.site.EXAMPLE", OUT, OUT),
            ("email:a@site.example", "email:.site.example", (0, 1, 2), (0, 1, 2)),
            ("email:site.example", "email:site.example", SYNTAX, SYNTAX),
            ("URI:http://site.example/a", "URI:site.example", OUT, OUT),
            ("URI:http://SITE.example:80/a", "URI:site.EXAMPLE", OUT, OUT),
            ("URI:http://www.site.example/", "URI:site.example", (0, 1, 2), (0, 1, 2)),
            ("URI:http://www.site.example/", "URI:.site.example", OUT, OUT),
            ("URI:http://site.example/", "URI:.site.example", (0, 1, 2), (0, 1, 2)),
            ("URI:mailto:a@site.example", "URI:site.example", SYNTAX, SYNTAX),
            ("IP:0a000001", "IP:0a000000ff000000", UNKNOWN_KIND, OUT),
            ("IP:0b000001", "IP:0a000000ff000000", UNKNOWN_KIND, (0, 1, 2)),
            ("IP:0a0001", "IP:0a000000ff000000", UNKNOWN_KIND, SYNTAX),
            ("IP:0a000001", "IP:0a0000ff0000", UNKNOWN_KIND, SYNTAX),
            ("IP:" + "20" * 16, "IP:0a000000ff000000", UNKNOWN_KIND, (0, 1, 2)),
            ("IP:" + "20" * 16, "IP:" + "20" * 16 + "ff" * 16, UNKNOWN_KIND, OUT),
        )
    ),
    alike(
        "no subject at all, where directory names are constrained",
        chain(leaf(subject=""), inter(permitted=("dir:O=Elsewhere",)), root()),
        (0, 1, 2),
    ),
    Case(
        "an address in the network",
        chain(leaf(names=("IP:0a000001",)), inter(permitted=("IP:0a000000ff000000",)), root()),
        (Code.UNSUPPORTED_CONSTRAINT_TYPE, 0),
        (0, 1, 2),
    ),
    alike(
        "a directory name outside",
        chain(leaf(), inter(permitted=("dir:O=Elsewhere",)), root()),
        (Code.PERMITTED_VIOLATION, 0),
    ),
    alike(
        "an e-mail address in the subject",
        chain(
            leaf(subject="CN=x/emailAddress=a@other.example"),
            inter(excluded=("email:other.example",)),
            root(),
        ),
        (Code.EXCLUDED_VIOLATION, 0),
    ),
    alike(
        "an e-mail address in the subject that is no IA5String",
        chain(
            leaf(subject="CN=x/emailAddress=a@site.example", subject_spelling="mail-utf8"),
            inter(excluded=("email:other.example",)),
            root(),
        ),
        (Code.UNSUPPORTED_NAME_SYNTAX, 0),
    ),
    alike(
        "a constraint with a maximum",
        chain(leaf(), inter(permitted=("DNS:example max=2",)), root()),
        (Code.SUBTREE_MINMAX, 0),
    ),
    Case(
        "a constraint on names of an unknown kind",
        chain(leaf(names=("other:x",)), inter(excluded=("other:y",)), root()),
        (Code.UNSUPPORTED_CONSTRAINT_TYPE, 0),
        (Code.UNSUPPORTED_CONSTRAINT_TYPE, 0),
    ),
    Case(
        "names count before the signature, or after it",
        chain(leaf(spoilt="flipped"), inter(permitted=("DNS:other.example",)), root()),
        (Code.PERMITTED_VIOLATION, 0),
        (Code.CERT_SIGNATURE_FAILURE, 0),
    ),
]


def outcome(pki: Pki, builder: BuilderName, at: datetime | None = None) -> Verified:
    openssl = VERSIONS[builder]
    target, *sent = [link(der, openssl) for der in (pki.target_der, *pki.sent_ders)]
    return verified(target, sent, Anchors(pki.store_ders), seconds(at or pki.at))


def expected_path(pki: Pki, expected: Expected) -> list[bytes] | None:
    if isinstance(expected[0], Code):
        return None
    return [build(pki.recipes[i]) for i in expected]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("builder", BUILDERS)
def test_each_builder_does_as_expected(case: Case, builder: BuilderName) -> None:
    expected = case.untrusted_first if builder == "untrusted-first" else case.trusted_first
    found = outcome(case.pki, builder)
    if path := expected_path(case.pki, expected):
        assert (found.fault, found.doubt) == (None, "")
        assert [each.der for each in found.path] == path
    else:
        assert found.fault == expected


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_openssl_does_as_expected(library: Library) -> None:
    trusted_first = library.series != "1.0.2"
    with Judge(library.path_or_skip()) as judge:
        verdicts = judge.ask(question(case.pki, trusted_first=trusted_first) for case in CASES)
    for case, verdict in zip(CASES, verdicts, strict=True):
        expected = case.trusted_first if trusted_first else case.untrusted_first
        found = in_our_numbers(verdict, library.series)
        if path := expected_path(case.pki, expected):
            assert (found.error, list(found.path)) == (0, path), case.name
        else:
            assert (found.error, found.depth) == expected, case.name


@pytest.mark.parametrize("builder", BUILDERS)
def test_time_zones_and_parts_of_a_second_make_no_difference(builder: BuilderName) -> None:
    pki = chain(leaf(not_after="210901000001Z"), inter(), root())
    late = NOW + timedelta(microseconds=999_999)
    assert not outcome(pki, builder, late).fault
    elsewhere = late.astimezone(timezone(timedelta(hours=-7)))
    assert not outcome(pki, builder, elsewhere).fault
    ended = outcome(pki, builder, NOW + timedelta(seconds=1))
    assert ended.fault == (Code.CERT_HAS_EXPIRED, 0)


@pytest.mark.parametrize(
    ("version", "error"), [("1.0.2", "self signed certificate"), ("3", "self-signed certificate")]
)
def test_der_is_asked_about_in_each_versions_words(
    version: Literal["1.0.2", "3"], error: str
) -> None:
    good = verify(GOOD.sent_ders, GOOD.store_ders, NOW, version)
    path = tuple(map(build, GOOD.recipes))
    assert good == (True, "", None, path)
    alone = build(leaf(issuer="CN=www.site.example", signer=9, key_usage=None))
    assert verify([alone], [], NOW, version) == (False, error, 0, (alone,))


def test_der_that_cant_be_read_is_named() -> None:
    with pytest.raises(ValueError, match="certificate 2 of what is sent"):
        verify([build(leaf()), b"nothing"], [], NOW, "3")
    with pytest.raises(ValueError, match="nothing is sent"):
        verify([], [], NOW, "3")


def test_roots_that_cant_be_read_count_for_nothing() -> None:
    answer = verify(GOOD.sent_ders, [b"nothing", *GOOD.store_ders], NOW, "3")
    assert answer.ok


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_ca_is_verified_for_what_it_issues(builder: BuilderName) -> None:
    def code(*recipes: Recipe) -> int:
        target, *others = [read(build(each)) for each in recipes]
        anchors, sent = Anchors([others[-1].der]), (target, *others[:-1])
        return verify_certificates(target, sent, anchors, NOW, builder, purpose="issuer").code

    below = inter(issuer="CN=Middle", signer=2)
    middle = Recipe(subject="CN=Middle", key=2, serial=3)
    assert code(inter(), root()) == Code.OK
    assert code(below, middle, root()) == Code.OK
    assert code(inter(extended=("client",)), root()) == Code.INVALID_PURPOSE
    assert code(below, replace(middle, path_length=1), root()) == Code.OK
    assert code(below, replace(middle, path_length=0), root()) == Code.PATH_LENGTH_EXCEEDED


@pytest.mark.parametrize(
    ("more", "is_issuer"),
    [
        ({}, True),
        ({"key_usage": None}, True),
        ({"key_usage": 0x80}, False),
        ({"ca": False}, False),
        ({"ca": None}, False),
    ],
)
def test_an_issuer_is_a_ca_that_may_sign_certificates(
    more: dict[str, Any], is_issuer: bool
) -> None:
    """RFC 5280 sections 4.2.1.3 and 4.2.1.9."""
    assert link(build(inter(**more)), OpenSSL.V3).is_issuer is is_issuer


def test_a_certificate_is_read_once() -> None:
    der = build(root())
    read_once = link(der, OpenSSL.V3)
    assert read_once is link(bytes(bytearray(der)), OpenSSL.V3)
    assert read_once != link(build(inter()), OpenSSL.V3)
    assert read_once != link(der, OpenSSL.V1_0_2)


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x03\x02\x01\x01", build(root())[:-1]])
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(UnreadableCertificateError):
        link(der, OpenSSL.V3)


def test_anchors_leave_out_what_is_no_certificate_and_the_same_again() -> None:
    anchors = Anchors([build(root()), b"nothing", build(root()), build(old_root())])
    store = anchors.read_by(OpenSSL.V3)
    issuer = link(build(inter()), OpenSSL.V3).issuer
    assert [each.der for each in store.named(issuer)] == [build(root())]


def test_times_are_utc() -> None:
    found = link(build(root()), OpenSSL.V3)
    assert found.not_before == datetime(2020, 1, 1, tzinfo=UTC).timestamp()
    assert found.not_after == datetime(2030, 1, 1, tzinfo=UTC).timestamp()
