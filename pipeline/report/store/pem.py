"""A trust store as PEM (RFC 7468), for OpenSSL, curl, Java and the like.

Lines outside the blocks are comments. Some readers look for ``-----BEGIN`` anywhere in a line, so
no text of a document may hold it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

from pipeline.questions.export import StoredRoot, TrustStore
from pipeline.report.model import iso
from pipeline.report.safe import visible
from pipeline.report.words import count

_WIDTH: Final = 64
"""Characters of a line of Base64 (RFC 7468 section 2)."""


def render(store: TrustStore) -> bytes:
    """Give the certificates in the document's order, each below a comment that names it."""
    return "".join(f"{line}\n" for line in _lines(store)).encode()


def _lines(store: TrustStore) -> Iterator[str]:
    snapshot, missing = store.snapshot, store.missing
    roots = count(len(store.roots), "root")
    yield _comment(
        f"{snapshot.product}, firmware {snapshot.firmware}, revision {snapshot.revision}: {roots}"
    )
    if snapshot.problems:
        lack = count(snapshot.problems, "problem")
        yield _comment(f"without what couldn't be read or believed in {snapshot.document}: {lack}")
    if missing:
        yield _comment(f"not here, since their certificates are not known: {len(missing)}")
        yield from (_comment(f"{root.fingerprint}  {root.subject}") for root in missing)
    for root in store.roots:
        if root.certificate is not None:
            yield ""
            yield _comment(f"{root.subject}; {_facts(root)}")
            yield from _block(root.certificate)


def _facts(root: StoredRoot) -> str:
    start, end = (iso(at) if at else "" for at in (root.not_before, root.not_after))
    return f"SHA-256 {root.fingerprint_sha256}; valid from {start} to {end}"


def _comment(text: str) -> str:
    return f"# {visible(text)}".replace("-----", r"----\x2d")


def _block(der: bytes) -> Iterator[str]:
    digits = base64.b64encode(der).decode()
    yield "-----BEGIN CERTIFICATE-----"
    yield from (digits[at : at + _WIDTH] for at in range(0, len(digits), _WIDTH))
    yield "-----END CERTIFICATE-----"
