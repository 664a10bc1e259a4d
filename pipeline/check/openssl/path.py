"""Will OpenSSL accept this server: two builders, the checks on the path, the first error.

`untrusted-first` is OpenSSL 1.0.2 by default, `trusted-first` the current OpenSSL (3) by default,
each with everything that goes with it: the versions differ in more than the order in which they
look for issuers. 3 also checks the anchors' extensions, holds common names against name
constraints, prefers an issuer that is valid at the time, and looks at signatures before names.
Both are asked as a TLS client asks (purpose ``ssl_server``), without revocation, policies and
the security level that the ``ssl`` library adds. Where they can be had, the real libraries judge
this module: `tests/check/test_against_openssl.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from pipeline.check.openssl import signature
from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.builders import Built, build_before, build_now
from pipeline.check.openssl.constraints import violated, violated_by_common_name
from pipeline.check.openssl.extensions import (
    DIGITAL_SIGNATURE,
    DNS,
    KEY_AGREEMENT,
    KEY_CERT_SIGN,
    KEY_ENCIPHERMENT,
    NETSCAPE_ANY_CA,
    NETSCAPE_SSL_CA,
    NETSCAPE_SSL_SERVER,
)
from pipeline.check.openssl.faults import WORDS, Code, Fault
from pipeline.check.openssl.link import Link, issued_before, link, may_use, supposed_server

__all__ = [
    "BUILDERS",
    "Anchors",
    "BuilderName",
    "Code",
    "Link",
    "Outcome",
    "Purpose",
    "link",
    "verify",
]

BuilderName = Literal["untrusted-first", "trusted-first"]
Purpose = Literal["server", "issuer"]

BUILDERS: Final[tuple[BuilderName, ...]] = ("untrusted-first", "trusted-first")
_TLS: Final = DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT


@dataclass(frozen=True, slots=True)
class Outcome:
    """What OpenSSL says: `X509_verify_cert` with its error, its depth and the path it built."""

    ok: bool
    error: str
    """OpenSSL's words; empty if `ok`."""
    code: int
    """``X509_V_ERR_*`` of OpenSSL 3; 0 if `ok`."""
    depth: int | None
    """Where in `path` the error is, 0 for the target; None if `ok`."""
    path: tuple[Link, ...]
    """From the target up: to the anchor if one was reached, else as far as it could be built."""


def verify(
    target: Link,
    untrusted: Sequence[Link],
    anchors: Anchors,
    at: datetime,
    builder: BuilderName,
    *,
    purpose: Purpose = "server",
) -> Outcome:
    """Say whether OpenSSL accepts the target at that time, with that release's anchors.

    A TLS client gives as ``untrusted`` all that the server sent in its order, the target among
    it. ``at`` has a time zone; OpenSSL counts whole seconds, and takes a certificate as expired
    from the second of its notAfter on.

    The purpose ``issuer`` is for a target that is a CA itself: would a server's certificate that it
    issues, with nothing amiss, be accepted? `path` then begins with that certificate's issuer.
    """
    judge = as_openssl_1_0_2 if builder == "untrusted-first" else as_openssl_3
    if purpose == "server":
        return judge(target, untrusted, anchors, at)
    sent = untrusted if target in untrusted else (target, *untrusted)
    below = judge(supposed_server(target), sent, anchors, at)
    depth = None if below.depth is None else max(below.depth - 1, 0)
    return replace(below, depth=depth, path=below.path[1:] or (target,))


def as_openssl_1_0_2(
    target: Link,
    untrusted: Sequence[Link],
    anchors: Anchors,
    at: datetime,
    *,
    trusted_first: bool = False,
) -> Outcome:
    """Verify as OpenSSL 1.0.2, by default with its default order."""
    at = _second(at)
    built = build_before(target, untrusted, anchors, trusted_first=trusted_first)
    fault = (
        built.fault
        or _fault_in_extensions_before(built)
        or _fault_in_names(built.path, is_old=True)
        or _fault_in_signatures_before(built.path, at)
    )
    return _outcome(built.path, fault)


def as_openssl_3(
    target: Link,
    untrusted: Sequence[Link],
    anchors: Anchors,
    at: datetime,
    *,
    trusted_first: bool = True,
) -> Outcome:
    """Verify as OpenSSL 3, by default with its default order."""
    at = _second(at)
    built = build_now(target, untrusted, anchors, at, trusted_first=trusted_first)
    fault = (
        built.fault
        or _fault_in_extensions(built.path)
        or _fault_in_signatures(built.path, at)
        or _fault_in_names(built.path, is_old=False)
    )
    return _outcome(built.path, fault)


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _outcome(path: Sequence[Link], fault: Fault | None) -> Outcome:
    if fault is None:
        return Outcome(True, "", 0, None, tuple(path))
    return Outcome(False, WORDS[fault.code], int(fault.code), fault.depth, tuple(path))


# --- extensions ------------------------------------------------------------------------------


def _fault_in_extensions_before(built: Built) -> Fault | None:
    """Check what didn't come from the anchors."""
    below = 0
    for depth, each in enumerate(built.path[: built.untrusted]):
        extensions = each.extensions
        if extensions.has_unhandled_before:
            return Fault(Code.UNHANDLED_CRITICAL_EXTENSION, depth)
        if extensions.is_proxy:
            return Fault(Code.PROXY_CERTIFICATES_NOT_ALLOWED, depth)
        kind = _ca_kind(each, is_self_signed=each.is_self_signed_before)
        if depth and not kind:
            return Fault(Code.INVALID_CA, depth)
        if not _suits_servers(each, kind if depth else None):
            return Fault(Code.INVALID_PURPOSE, depth)
        if _is_too_far_down(extensions.path_length_before, depth, below):
            return Fault(Code.PATH_LENGTH_EXCEEDED, depth)
        below += bool(depth) and not each.is_self_issued
    return None


def _fault_in_extensions(path: Sequence[Link]) -> Fault | None:
    """Check all, the anchor among them."""
    below, top = 0, len(path) - 1
    for depth, each in enumerate(path):
        extensions = each.extensions
        if extensions.has_unhandled:
            return Fault(Code.UNHANDLED_CRITICAL_EXTENSION, depth)
        if extensions.is_proxy:
            return Fault(Code.PROXY_CERTIFICATES_NOT_ALLOWED, depth)
        kind = _ca_kind(each, is_self_signed=each.is_self_signed)
        if depth and (not kind or (kind != 1 and depth < top)):
            return Fault(Code.INVALID_CA, depth)
        if top and not each.has_key:
            return Fault(Code.UNSPECIFIED, depth)
        if top and each.key_type == "EC" and each.has_explicit_curve:
            return Fault(Code.EC_KEY_EXPLICIT_PARAMS, depth)
        if not _suits_servers(each, kind if depth else None):
            return Fault(Code.INVALID_PURPOSE, depth)
        if _is_too_far_down(extensions.path_length, depth, below):
            return Fault(Code.PATH_LENGTH_EXCEEDED, depth)
        below += bool(depth) and not each.is_self_issued
    return None


def _ca_kind(link: Link, *, is_self_signed: bool) -> int:
    """Tell what makes it a CA, by OpenSSL's numbers (``X509_check_ca``); 0 if it is none."""
    extensions = link.extensions
    if not may_use(link, KEY_CERT_SIGN):
        return 0
    if extensions.is_ca is not None:
        return int(extensions.is_ca)
    if link.version == 1 and is_self_signed:
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
    return (netscape is None or bool(netscape & NETSCAPE_SSL_SERVER)) and may_use(link, _TLS)


def _is_too_far_down(path_length: int | None, depth: int, below: int) -> bool:
    return depth > 1 and path_length is not None and below > path_length


# --- names -----------------------------------------------------------------------------------


def _fault_in_names(path: Sequence[Link], *, is_old: bool) -> Fault | None:
    """Hold all names, from the anchor down, against the constraints of those above them."""
    if not any(each.extensions.name_constraints for each in path):
        return None
    for depth in reversed(range(len(path))):
        each = path[depth]
        if depth and each.is_self_issued:
            continue
        for above in reversed(path[depth + 1 :]):
            constraints = above.extensions.name_constraints
            if constraints is None:
                continue
            code = violated(each, constraints, is_old=is_old)
            if not code and not depth and not is_old and not _has_dns_name(each):
                code = violated_by_common_name(each, constraints)
            if code:
                return Fault(code, depth)
    return None


def _has_dns_name(link: Link) -> bool:
    return any(name.kind == DNS for name in link.extensions.alternative_names)


# --- signatures and validity -----------------------------------------------------------------


def _fault_in_signatures_before(path: Sequence[Link], at: datetime) -> Fault | None:
    """From the anchor down; the anchor's own signature isn't looked at."""
    anchor = path[-1]
    if not issued_before(anchor, anchor):  # a proxy certificate without the usage for it
        if len(path) == 1:
            return Fault(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE, 0)
    elif fault := _fault_in_time(anchor, len(path) - 1, at):
        return fault
    for depth in reversed(range(len(path) - 1)):
        each, issuer = path[depth], path[depth + 1]
        if not issuer.has_key_before:
            return Fault(Code.UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, depth)
        if not signature.is_signed_by(each, issuer.spki, is_old=True):
            return Fault(Code.CERT_SIGNATURE_FAILURE, depth)
        if fault := _fault_in_time(each, depth, at):
            return fault
    return None


def _fault_in_signatures(path: Sequence[Link], at: datetime) -> Fault | None:
    """From the anchor down; the anchor's own signature isn't looked at."""
    if not path[0].has_key:
        return Fault(Code.UNSPECIFIED, len(path) - 1)
    if fault := _fault_in_time(path[-1], len(path) - 1, at):
        return fault
    for depth in reversed(range(len(path) - 1)):
        each, issuer = path[depth], path[depth + 1]
        if not signature.is_signed_by(each, issuer.spki):
            return Fault(Code.CERT_SIGNATURE_FAILURE, depth)
        if fault := _fault_in_time(each, depth, at):
            return fault
    return None


def _fault_in_time(link: Link, depth: int, at: datetime) -> Fault | None:
    if link.not_before is None:
        return Fault(Code.ERROR_IN_CERT_NOT_BEFORE_FIELD, depth)
    if link.not_before > at:
        return Fault(Code.CERT_NOT_YET_VALID, depth)
    if link.not_after is None:
        return Fault(Code.ERROR_IN_CERT_NOT_AFTER_FIELD, depth)
    if link.not_after <= at:
        return Fault(Code.CERT_HAS_EXPIRED, depth)
    return None
