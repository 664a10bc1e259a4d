"""Whether somebody who is trusted has issued the certificate that signed a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeline.enrich import File
from pipeline.inputs import MIB
from pipeline.x509.bundle import signers_in
from pipeline.x509.certificate import Certificate, read

_LARGEST = 64 * MIB


def remarks(path: Path, certs: Sequence[File]) -> list[str]:
    """Say of each signer whether its certificate chains to one of ``certs``, if there are any."""
    if not certs or path.stat().st_size > _LARGEST:
        return []
    trusted = [der for file in certs for der in file.certificates.values()]
    return [_remark(der, others, trusted) for der, others in signers_in(path.read_bytes())]


def _remark(der: bytes, others: Sequence[bytes], trusted: Sequence[bytes]) -> str:
    signer = read(der)
    if _chains(signer, others, trusted):
        return f"its signer, {signer.subject.label}, chains to a certificate of --certs."
    return (
        f"its signer, {signer.subject.label}, chains to no certificate of --certs; it was issued "
        f"by {signer.issuer}."
    )


def _chains(signer: Certificate, others: Sequence[bytes], trusted: Sequence[bytes]) -> bool:
    """Whether OpenSSL finds a way to a trusted certificate, as on the day the signer began."""
    from OpenSSL import crypto

    store = crypto.X509Store()
    store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)
    store.set_time(signer.not_before + timedelta(seconds=1))
    for each in _loaded(trusted):
        store.add_cert(each)
    (own,) = _loaded([signer.der])
    try:
        crypto.X509StoreContext(store, own, list(_loaded(others))).verify_certificate()
    except crypto.X509StoreContextError:
        return False
    return True


def _loaded(ders: Iterable[bytes]) -> Iterator[Any]:
    """What OpenSSL can read of some certificates."""
    from OpenSSL import crypto

    for der in ders:
        try:
            yield crypto.load_certificate(crypto.FILETYPE_ASN1, der)
        except crypto.Error:
            continue
