"""How OpenSSL finds a path from a server's certificate to an anchor: before 1.1.0, and now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.check.openssl.anchors import StoreIndex, best_issuer, first_issuer
from pipeline.check.openssl.codes import Code, Fault
from pipeline.check.openssl.issuing import is_self_signed, issued
from pipeline.check.openssl.link import Link

_DEPTH: Final = 100  # OpenSSL's default limit
_LONGEST: Final = _DEPTH + 1


class Built(NamedTuple):
    """A path, as far as it could be built, from the target up."""

    path: list[Link]
    untrusted: int
    """How many links of it, from the target up, didn't come from the anchors."""
    fault: Fault | None

    @property
    def sent(self) -> list[Link]:
        """What of it didn't come from the anchors."""
        return self.path[: self.untrusted]


def build(
    target: Link, untrusted: Sequence[Link], store: StoreIndex, at: int, *, is_trusted_first: bool
) -> Built:
    """Build a path as the version that reads the target does."""
    is_new = target.openssl.asks_store_at_each_link
    builder = _build_since_1_1_0 if is_new else _build_before_1_1_0
    return builder(target, untrusted, store, at, is_trusted_first=is_trusted_first)


# --- OpenSSL 1.0.2 ---------------------------------------------------------------------------


def _build_before_1_1_0(
    target: Link, untrusted: Sequence[Link], store: StoreIndex, at: int, *, is_trusted_first: bool
) -> Built:
    """Build as OpenSSL 1.0.2: follow what was sent as far as it goes, then the anchors.

    If that ends at no anchor, the links that were sent are dropped, the last first, until an
    anchor has issued the link below; whether anything has expired doesn't matter here.
    """
    path = _follow_sent(target, untrusted, store, at, is_trusted_first=is_trusted_first)
    sent = tried = len(path)
    dropped: Link | None = None
    while True:
        if is_self_signed(path[-1]):
            if len(path) == 1:
                return _alone(target, store, at)
            dropped = path.pop()
            sent, tried = sent - 1, tried - 1
        _follow_store(path, store, at)
        if any(is_self_signed(link) for link in path[sent:]):
            return Built(path, sent, None)
        if is_trusted_first:
            break
        shorter = range(tried - 1, 0, -1)
        tried = next((n for n in shorter if store.issuer_of(path[n - 1], at)), 0)
        if not tried:
            break
        del path[tried:]
        sent = tried
    if dropped is not None and issued(dropped, path[-1]):
        path.append(dropped)
        return Built(path, len(path), Fault(Code.SELF_SIGNED_CERT_IN_CHAIN, len(path) - 1))
    code = (
        Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        if sent >= len(path)
        else Code.UNABLE_TO_GET_ISSUER_CERT
    )
    return Built(path, sent, Fault(code, len(path) - 1))


def _follow_sent(
    target: Link, untrusted: Sequence[Link], store: StoreIndex, at: int, *, is_trusted_first: bool
) -> list[Link]:
    path, left = [target], list(untrusted)
    while len(path) <= _DEPTH and not is_self_signed(path[-1]):
        if is_trusted_first and store.issuer_of(path[-1], at):
            break
        issuer = first_issuer(left, path[-1])
        if issuer is None:
            break
        path.append(issuer)
        left.remove(issuer)
    return path


def _follow_store(path: list[Link], store: StoreIndex, at: int) -> None:
    while len(path) <= _DEPTH and not is_self_signed(path[-1]):
        issuer = store.issuer_of(path[-1], at)
        if issuer is None:
            break
        path.append(issuer)


def _alone(target: Link, store: StoreIndex, at: int) -> Built:
    """A self-signed certificate is accepted only if it is itself the first anchor that fits."""
    if store.issuer_of(target, at) == target:
        return Built([target], 0, None)
    return Built([target], 1, Fault(Code.DEPTH_ZERO_SELF_SIGNED_CERT, 0))


# --- OpenSSL 1.1.0 and later, as 3 has it ----------------------------------------------------


def _build_since_1_1_0(
    target: Link, untrusted: Sequence[Link], store: StoreIndex, at: int, *, is_trusted_first: bool
) -> Built:
    """Build as OpenSSL 3: at each link, ask the anchors first, then what was sent.

    Once an anchor was taken, only anchors follow. Unless `is_trusted_first`, what was sent is
    followed as far as it goes; if that ends at no anchor, shorter paths are tried.
    """
    path, sent, left = [target], 1, list(untrusted)
    look_below, look_above = bool(untrusted), is_trusted_first or not untrusted
    may_shorten, shorter = not look_above, 0
    while look_below or look_above:
        if look_above:
            below = path[shorter - 1] if shorter else path[-1]
            issuer = store.issuer_of(below, at) if len(path) <= _LONGEST else None
            if issuer is not None and not below.has_key:
                return Built(path, sent, Fault(Code.UNSPECIFIED, len(path) - 1))
            if issuer is not None and shorter:
                del path[shorter:]
                sent, shorter = shorter, 0
            if issuer is not None and (not is_self_signed(below) or issuer == below):
                if is_self_signed(below):
                    sent -= 1
                else:
                    path.append(issuer)
                if is_self_signed(issuer):
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


def _sent_issuer(path: list[Link], left: Sequence[Link], at: int) -> Link | None:
    last = path[-1]
    if is_self_signed(last) or len(path) > _LONGEST:
        return None
    may_repeat = last.is_self_issued and len(path) == 1
    return best_issuer((each for each in left if may_repeat or each not in path), last, at)


def _dead_end(path: list[Link], sent: int) -> Code:
    if len(path) > _LONGEST:
        return Code.CERT_CHAIN_TOO_LONG
    if is_self_signed(path[-1]):
        is_alone = len(path) == 1
        return Code.DEPTH_ZERO_SELF_SIGNED_CERT if is_alone else Code.SELF_SIGNED_CERT_IN_CHAIN
    if sent < len(path):
        return Code.UNABLE_TO_GET_ISSUER_CERT
    return Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
