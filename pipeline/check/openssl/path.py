"""Will OpenSSL accept this server: a path is built and checked; the first error counts.

The versions differ in more than the order in which they look for issuers (`version.OpenSSL`). Both
are asked as a TLS client asks (purpose ``ssl_server``), without revocation, policies and the
security level that the ``ssl`` library adds. Where they can be had, the real libraries judge this
module: `tests/check/test_against_openssl.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.check.openssl.anchors import Anchors, StoreIndex
from pipeline.check.openssl.builders import Built, build
from pipeline.check.openssl.codes import Code, Fault
from pipeline.check.openssl.constraints import violated, violated_by_common_name
from pipeline.check.openssl.extensions import (
    DIGITAL_SIGNATURE,
    KEY_AGREEMENT,
    KEY_CERT_SIGN,
    KEY_ENCIPHERMENT,
    NETSCAPE_ANY_CA,
    NETSCAPE_SSL_CA,
    NETSCAPE_SSL_SERVER,
)
from pipeline.check.openssl.general_names import DNS
from pipeline.check.openssl.issuing import is_self_signed, is_signed_by, issued
from pipeline.check.openssl.link import Link
from pipeline.x509.keys import Dsa
from pipeline.x509.signatures import Uncomputed

_TLS: Final = DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT


@dataclass(frozen=True, slots=True)
class Verified:
    """What a version of OpenSSL makes of a target.

    ``path`` goes from the target up: to the anchor if one was reached, else as far as it could be
    built. ``doubt`` says what can't be computed here and was taken for good. ``damaged`` is a
    certificate that goes no farther, or isn't reached, because an extension of it is damaged.
    """

    path: tuple[Link, ...]
    fault: Fault | None
    doubt: str = ""
    damaged: Link | None = None


def verified(
    target: Link,
    sent: Sequence[Link],
    anchors: Anchors,
    at: int,
    *,
    is_trusted_first: bool | None = None,
) -> Verified:
    """Verify as the version that reads the target does (``X509_verify_cert``).

    ``at`` is in seconds since 1970; the order of looking for issuers is that version's, unless
    said.
    """
    openssl = target.openssl
    if is_trusted_first is None:
        is_trusted_first = openssl.is_trusted_first
    store = anchors.read_by(openssl)
    built = build(target, sent, store, at, is_trusted_first=is_trusted_first)
    path = built.path
    if built.fault:
        return Verified(tuple(path), built.fault, damaged=_damaged(path[-1], sent, store))
    doubts: list[str] = []
    fault = _fault_in_extensions(built)
    if not fault and openssl.checks_names_last:
        fault = _fault_in_signatures(path, at, doubts) or _fault_in_names(path)
        if not fault and path[0].extensions.has_resources:
            doubts.append("whether IP addresses and AS numbers are the CA's to give isn't checked")
    elif not fault:
        fault = _fault_in_names(path) or _fault_in_signatures(path, at, doubts)
    return Verified(tuple(path), fault, "" if fault else "; ".join(dict.fromkeys(doubts)))


def _damaged(end: Link, sent: Sequence[Link], store: StoreIndex) -> Link | None:
    """Find the damage that a path may have come to its end for."""
    if not end.openssl.shuns_damage:
        return None
    issuers = (each for each in sent if each.subject == end.issuer)
    candidates = (end, *issuers, *store.named(end.issuer))
    return next((each for each in candidates if each.extensions.is_invalid), None)


# --- extensions ------------------------------------------------------------------------------


def _fault_in_extensions(built: Built) -> Fault | None:
    """Check what didn't come from the anchors or, by version, all."""
    below, top = 0, len(built.path) - 1
    openssl = built.path[0].openssl
    for depth, each in enumerate(built.path if openssl.checks_anchors else built.sent):
        extensions = each.extensions
        if extensions.unhandled:
            return Fault(Code.UNHANDLED_CRITICAL_EXTENSION, depth)
        if extensions.is_proxy:
            return Fault(Code.PROXY_CERTIFICATES_NOT_ALLOWED, depth)
        kind = _ca_kind(each)
        if depth and (not kind or (kind != 1 and openssl.checks_anchors and depth < top)):
            return Fault(Code.INVALID_CA, depth)
        if openssl.checks_anchors and top and (code := _fault_in_key(each)):
            return Fault(code, depth)
        if not _suits_servers(each, kind if depth else None):
            return Fault(Code.INVALID_PURPOSE, depth)
        length = extensions.path_length
        if depth > 1 and length is not None and below > length:
            return Fault(Code.PATH_LENGTH_EXCEEDED, depth)
        below += bool(depth) and not each.is_self_issued
    return None


def _fault_in_key(link: Link) -> Code:
    if not link.has_key:
        return Code.UNSPECIFIED
    return Code.EC_KEY_EXPLICIT_PARAMS if link.key.has_explicit_curve else Code.OK


def _ca_kind(link: Link) -> int:
    """Tell what makes it a CA, by OpenSSL's numbers (``X509_check_ca``); 0 if it is none."""
    extensions = link.extensions
    if not link.may_use(KEY_CERT_SIGN):
        return 0
    if extensions.is_ca is not None:
        return int(extensions.is_ca)
    if link.version == 1 and is_self_signed(link):
        return 3
    if extensions.key_usage is not None:
        return 4
    if extensions.netscape_type is not None and extensions.netscape_type & NETSCAPE_ANY_CA:
        return 5
    return 0


def _suits_servers(link: Link, ca_kind: int | None) -> bool:
    """Whether it may be used for TLS servers: by themselves (None), or for their CA."""
    extensions = link.extensions
    if extensions.is_for_servers is False:
        return False
    netscape = extensions.netscape_type
    if ca_kind is not None:
        return ca_kind not in (0, 5) or (ca_kind == 5 and bool((netscape or 0) & NETSCAPE_SSL_CA))
    return (netscape is None or bool(netscape & NETSCAPE_SSL_SERVER)) and link.may_use(_TLS)


# --- names -----------------------------------------------------------------------------------


def _fault_in_names(path: Sequence[Link]) -> Fault | None:
    """Hold all names, from the anchor down, against the constraints of those above them."""
    for depth in reversed(range(len(path))):
        each = path[depth]
        if depth and each.is_self_issued:
            continue
        if each.extensions.is_proxy and not each.has_proxy_name:
            return Fault(Code.PROXY_SUBJECT_NAME_VIOLATION, depth)
        for above in reversed(path[depth + 1 :]):
            constraints = above.extensions.name_constraints
            if constraints is None:
                continue
            code = violated(each, constraints)
            if not code and not depth and _needs_common_name(each):
                code = violated_by_common_name(each, constraints)
            if code:
                return Fault(code, depth)
    return None


def _needs_common_name(link: Link) -> bool:
    names = link.extensions.alternative_names
    return link.openssl.checks_common_names and all(name.kind != DNS for name in names)


# --- signatures and validity -----------------------------------------------------------------


def _fault_in_signatures(path: Sequence[Link], at: int, doubts: list[str]) -> Fault | None:
    """From the anchor down; the anchor's own signature isn't looked at."""
    openssl, anchor, top = path[0].openssl, path[-1], len(path) - 1
    if openssl.checks_anchors and not path[0].has_key:
        return Fault(Code.UNSPECIFIED, top)
    if issued(anchor, anchor):
        if fault := _fault_in_time(anchor, top, at):
            return fault
    elif not top:
        return Fault(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE, 0)
    keys = _inherited_keys(path)
    for depth in reversed(range(top)):
        if code := _fault_in_signature(path[depth], path[depth + 1], keys.get(depth + 1), doubts):
            return Fault(code, depth)
        if fault := _fault_in_time(path[depth], depth, at):
            return fault
    return None


def _fault_in_signature(link: Link, issuer: Link, inherited: Dsa | None, doubts: list[str]) -> Code:
    if not issuer.has_key:
        return Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY
    try:
        is_signed = is_signed_by(link, issuer, inherited)
    except Uncomputed as reason:
        doubts.append(f"a signature can't be verified here: {reason}")
        return Code.OK
    return Code.OK if is_signed else Code.CERT_SIGNATURE_FAILURE


def _inherited_keys(path: Sequence[Link]) -> dict[int, Dsa]:
    """Give the DSA keys, by depth, that have their parameters from above (RFC 3279 section 2.3.2).

    From the target up, the first key with parameters of its own bequeaths them to all below.
    """
    heirs: dict[int, Dsa] = {}
    for depth, each in enumerate(path):
        match each.key.numbers:
            case Dsa(y, None) if each.openssl.inherits_parameters:
                heirs[depth] = Dsa(y)
            case Dsa(_, p, q, g):
                return {depth: Dsa(heir.y, p, q, g) for depth, heir in heirs.items()}
            case _:
                break
    return {}


def _fault_in_time(link: Link, depth: int, at: int) -> Fault | None:
    if link.not_before is None:
        return Fault(Code.ERROR_IN_CERT_NOT_BEFORE_FIELD, depth)
    if link.not_before > at:
        return Fault(Code.CERT_NOT_YET_VALID, depth)
    if link.not_after is None:
        return Fault(Code.ERROR_IN_CERT_NOT_AFTER_FIELD, depth)
    if link.not_after <= at:
        return Fault(Code.CERT_HAS_EXPIRED, depth)
    return None
