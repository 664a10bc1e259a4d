"""A judgement in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from pipeline.check.chain import label
from pipeline.check.openssl.outcome import UNDECODABLE
from pipeline.check.verdict import Judgement
from pipeline.x509.certificate import Certificate

_EXPIRED: Final = "certificate has expired"
_NOT_FOUND: Final = "unable to get local issuer certificate"

_SELF_SIGNED: Final = "{it} is self-signed and not in the trust list"
_ROOT: Final = "{it} is a root that is not in the trust list"
_NOT_FOR_SERVERS: Final = "{it} is not for TLS servers"

# by OpenSSL's words; {it} is the certificate that the error is about, {issuer} who issued it
_WORDS: Final = {
    _EXPIRED: "{it} has expired",
    "certificate is not yet valid": "{it} is not valid before {start:%Y-%m-%d %H:%M} UTC",
    _NOT_FOUND: ("{issuer}, which issued {it}, is neither sent nor trusted"),
    "unable to get issuer certificate": "{issuer}, which issued {it}, is neither sent nor trusted",
    "unable to decode issuer public key": (
        "OpenSSL before 1.1.0 can't read the key of {issuer}, which issued {it}"
    ),
    "self-signed certificate": _SELF_SIGNED,
    "self signed certificate": _SELF_SIGNED,
    "self-signed certificate in certificate chain": _ROOT,
    "self signed certificate in certificate chain": _ROOT,
    "certificate signature failure": "the signature of {it} is not {issuer}'s",
    "invalid CA certificate": "{it} has issued a certificate and is no CA's",
    "path length constraint exceeded": "{it} may not have as many CAs below it",
    "unsuitable certificate purpose": _NOT_FOR_SERVERS,
    "unsupported certificate purpose": _NOT_FOR_SERVERS,
    "unhandled critical extension": "{it} has a critical extension that OpenSSL doesn't know",
    "permitted subtree violation": "a CA above {it} may not issue for a name that it has",
    UNDECODABLE: "an OpenSSL can't decode {it}",
    "excluded subtree violation": "a CA above {it} may not issue for a name that it has",
}


class Reason(NamedTuple):
    """Why a release accepts or refuses.

    ``since`` is when what has expired ended or, if that was before, the target began.
    """

    text: str
    since: datetime | None = None


def reason_of(judgement: Judgement, target: Certificate) -> Reason:
    """Say in a clause what the verdict on a target follows from."""
    outcome = judgement.decisive
    path = outcome.path
    if judgement.verdict == "accepted":
        return Reason(f"its root is {label(path[-1])}")
    if judgement.unresolved:
        root = judgement.unresolved
        return Reason(f"the trust list has {root.subject}, but that certificate is not known")
    if outcome.damage:
        it, text = outcome.damage
        return Reason(f"OpenSSL 3 takes {label(it)} for damaged: {text}")
    return _refusal(outcome.error, path, outcome.depth, target)


def _refusal(
    error: str, path: Sequence[Certificate], depth: int | None, target: Certificate
) -> Reason:
    if depth is None or depth >= len(path):
        return Reason(error)
    it = path[depth]
    if error == _NOT_FOUND and it.is_self_signed:  # as OpenSSL 1.0.2 says of one that is no CA's
        error = "self-signed certificate"
    words = _WORDS.get(error, f"{error}: {{it}}")
    text = words.format(it=label(it), issuer=it.issuer.label, start=it.not_before)
    since = max(it.not_after, target.not_before) if error == _EXPIRED else None
    return Reason(text, since)
