"""How OpenSSL finds a path from a server's certificate to an anchor: before 1.1.0, and now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from pipeline.check.openssl.anchors import Anchors, best_issuer, first
from pipeline.check.openssl.faults import Code, Fault
from pipeline.check.openssl.link import Link, issued_before

_DEPTH: Final = 100  # OpenSSL's default limit
_LONGEST: Final = _DEPTH + 1


class Built(NamedTuple):
    """A path, as far as it could be built, from the target up."""

    path: list[Link]
    untrusted: int
    """How many links of it, from the target up, didn't come from the anchors."""
    fault: Fault | None


# --- OpenSSL 1.0.2 ---------------------------------------------------------------------------


def build_before(
    target: Link, untrusted: Sequence[Link], anchors: Anchors, *, trusted_first: bool = False
) -> Built:
    """Build as OpenSSL 1.0.2: follow what was sent as far as it goes, then the anchors.

    If that ends at no anchor, the links that were sent are dropped, the last first, until an
    anchor has issued the link below; whether anything has expired doesn't matter here.
    """
    path = _follow_sent(target, untrusted, anchors, trusted_first=trusted_first)
    sent = tried = len(path)
    dropped: Link | None = None
    while True:
        if path[-1].is_self_signed_before:
            if len(path) == 1:
                return _alone_before(target, anchors)
            dropped = path.pop()
            sent, tried = sent - 1, tried - 1
        _follow_anchors(path, anchors)
        if any(link.is_self_signed_before for link in path[sent:]):
            return Built(path, sent, None)
        if trusted_first:
            break
        tried = next((n for n in range(tried - 1, 0, -1) if anchors.issuer_before(path[n - 1])), 0)
        if not tried:
            break
        del path[tried:]
        sent = tried
    if dropped is not None and issued_before(dropped, path[-1]):
        path.append(dropped)
        return Built(path, len(path), Fault(Code.SELF_SIGNED_CERT_IN_CHAIN, len(path) - 1))
    code = (
        Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        if sent >= len(path)
        else Code.UNABLE_TO_GET_ISSUER_CERT
    )
    return Built(path, sent, Fault(code, len(path) - 1))


def _follow_sent(
    target: Link, untrusted: Sequence[Link], anchors: Anchors, *, trusted_first: bool
) -> list[Link]:
    path, left = [target], list(untrusted)
    while len(path) <= _DEPTH and not path[-1].is_self_signed_before:
        if trusted_first and anchors.issuer_before(path[-1]):
            break
        issuer = first(issued_before, left, path[-1])
        if issuer is None:
            break
        path.append(issuer)
        left.remove(issuer)
    return path


def _follow_anchors(path: list[Link], anchors: Anchors) -> None:
    while len(path) <= _DEPTH and not path[-1].is_self_signed_before:
        issuer = anchors.issuer_before(path[-1])
        if issuer is None:
            break
        path.append(issuer)


def _alone_before(target: Link, anchors: Anchors) -> Built:
    """A self-signed certificate is accepted only if it is itself the first anchor that fits."""
    if anchors.issuer_before(target) == target:
        return Built([target], 0, None)
    return Built([target], 1, Fault(Code.DEPTH_ZERO_SELF_SIGNED_CERT, 0))


# --- OpenSSL 1.1.0 and later, as 3 has it ----------------------------------------------------


def build_now(
    target: Link,
    untrusted: Sequence[Link],
    anchors: Anchors,
    at: datetime,
    *,
    trusted_first: bool = True,
) -> Built:
    """Build as OpenSSL 3: at each link, ask the anchors first, then what was sent.

    Once an anchor was taken, only anchors follow. Without `trusted_first`, what was sent is
    followed as far as it goes; if that ends at no anchor, shorter paths are tried.
    """
    path, sent, left = [target], 1, list(untrusted)
    look_below, look_above = bool(untrusted), trusted_first or not untrusted
    may_shorten, shorter = not look_above, 0
    while look_below or look_above:
        if look_above:
            below = path[shorter - 1] if shorter else path[-1]
            issuer = anchors.issuer_of(below, at) if len(path) <= _LONGEST else None
            if issuer is not None and not below.has_key:
                return Built(path, sent, Fault(Code.UNSPECIFIED, len(path) - 1))
            if issuer is not None and shorter:
                del path[shorter:]
                sent, shorter = shorter, 0
            if issuer is not None and (not below.is_self_signed or issuer == below):
                if below.is_self_signed:
                    sent -= 1
                else:
                    path.append(issuer)
                if issuer.is_self_signed:
                    return Built(path, sent, None)
                look_below = False
                continue
            if not look_below:
                if shorter:
                    shorter -= 1
                elif may_shorten:
                    shorter = sent - 1
                if not shorter:
                    break
        if look_below:
            issuer = _sent_issuer(path, left, at)
            if issuer is None:
                look_below, look_above = False, True
            else:
                path.append(issuer)
                left.remove(issuer)
                sent += 1
    return Built(path, sent, Fault(_dead_end(path, sent), len(path) - 1))


def _sent_issuer(path: list[Link], left: Sequence[Link], at: datetime) -> Link | None:
    last = path[-1]
    if last.is_self_signed or len(path) > _LONGEST:
        return None
    may_repeat = last.is_self_issued and len(path) == 1
    return best_issuer((each for each in left if may_repeat or each not in path), last, at)


def _dead_end(path: list[Link], sent: int) -> Code:
    if len(path) > _LONGEST:
        return Code.CERT_CHAIN_TOO_LONG
    if path[-1].is_self_signed:
        is_alone = len(path) == 1
        return Code.DEPTH_ZERO_SELF_SIGNED_CERT if is_alone else Code.SELF_SIGNED_CERT_IN_CHAIN
    if sent < len(path):
        return Code.UNABLE_TO_GET_ISSUER_CERT
    return Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
