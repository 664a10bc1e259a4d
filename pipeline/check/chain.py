"""Chains of certificates as servers send them: reading them, and what is odd about them."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from pipeline import inputs
from pipeline.check.answer import Finding
from pipeline.check.openssl.outcome import can_be_read, dns_names, says_ca
from pipeline.errors import DocumentError
from pipeline.inputs import STANDARD_INPUT, is_directory, unreadable
from pipeline.x509.bundle import BadSignatureError, certificates_in, unwrapped
from pipeline.x509.certificate import Certificate, UnreadableCertificateError, read
from pipeline.x509.names import same

MOST_CERTIFICATES: Final = 100
"""A chain of more is a store. OpenSSL takes 100 KiB of certificates from a server, some 60."""
MOST_BYTES: Final = 1 << 20
"""A file that is larger holds no chain."""

SUFFIXES: Final = (".pem", ".crt", ".cer", ".der", ".p7b")
"""What files of certificates end in."""

_BEGIN: Final = b"-----BEGIN "
_CERTIFICATE: Final = (b"CERTIFICATE-----", b"X509 CERTIFICATE-----", b"TRUSTED CERTIFICATE-----")
_PACKED: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How spreadsheets begin: text in them is none of the file's own."""
_PRIVATE_KEY: Final = b"PRIVATE KEY-----"


@dataclass(frozen=True)
class Chain:
    """The certificates that a server sends, in its order, each once; it may be any of disorder.

    ``target`` is the one whose acceptance is asked for, ``source`` names the file or server. If it
    ``is_served``, the target is the server's own certificate, even if it is a CA's; ``server`` is
    the name that it is called by, if that is known.
    """

    source: str
    sent: tuple[Certificate, ...]
    target: Certificate
    findings: tuple[Finding, ...]
    is_served: bool = False
    server: str | None = None

    @property
    def others(self) -> tuple[Certificate, ...]:
        """What is sent beside the target."""
        return tuple(each for each in self.sent if each is not self.target)


def read_chain(path: Path) -> Chain:
    """Read a chain from a file of PEM, DER or PKCS #7; ``-`` is standard input.

    The server's own certificate should stand first. If a CA's does, the first that is no CA's is
    taken for it or, if there is none, the lowest CA of the chain.

    Raises:
        DocumentError: it can't be read, has no certificate, one that is damaged, or too many.
    """
    source = "standard input" if path == STANDARD_INPUT else str(path)
    return chain_in(source, _content(path, source))


def read_chains(paths: Iterable[Path]) -> Iterator[Chain]:
    """Read a chain from each file, and from each file of certificates right in a directory.

    Those are the ones that end in `SUFFIXES`; those among them that hold nothing but a key or the
    like are passed over. Raises DocumentError as `read_chain` does, also for a directory without
    chains.
    """
    for path in paths:
        if not is_directory(path):
            yield read_chain(path)
            continue
        found = False
        for file in _files_in(path):
            if file.suffix.lower() in SUFFIXES and file.is_file():
                source, content = str(file), _content(file, str(file))
                if _has_certificates(content):
                    found = True
                    yield chain_in(source, content)
        if not found:
            names = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
            raise DocumentError(f"{path}: no file of certificates is in it that ends in {names}.")


def _files_in(directory: Path) -> list[Path]:
    try:
        return sorted(directory.iterdir())
    except OSError as error:
        raise DocumentError(f"{directory}: {unreadable(error)}.") from error


def chain_of(source: str, ders: Sequence[bytes], *, is_served: bool = False) -> Chain:
    """Make a chain of certificates (DER), in the order of a file or, ``is_served``, of a server.

    Raises:
        DocumentError: there is no certificate, one that is damaged, or too many.
    """
    if not ders:
        raise DocumentError(f"{source}: there is no certificate in it; give PEM, DER or PKCS #7.")
    if len(ders) > MOST_CERTIFICATES:
        raise DocumentError(
            f"{source}: {len(ders):,} certificates are no chain; give those that the server sends, "
            f"{MOST_CERTIFICATES} at most."
        )
    everything = [_read(source, number, der) for number, der in enumerate(ders, 1)]
    sent = tuple(dict.fromkeys(everything))
    target = sent[0] if is_served else _target(sent)
    findings = (
        *_duplicates(everything),
        *_about_target(sent, target, is_served=is_served),
        *_about_order(sent, target),
        *_about_others(sent, target),
    )
    return Chain(source, sent, target, findings, is_served)


@lru_cache(maxsize=4096)
def is_ca(certificate: Certificate) -> bool:
    """Whether its basic constraints say that it is a CA's (RFC 5280 section 4.2.1.9)."""
    return says_ca(certificate)


def has_issued(issuer: Certificate, certificate: Certificate) -> bool:
    """Whether a certificate names the other as its issuer."""
    return same(issuer.subject, certificate.issuer)


def named(certificate: Certificate, sent: Sequence[Certificate]) -> str:
    """Name a certificate and its place in the chain: ``certificate 2 (Sectigo RSA …)``."""
    return f"certificate {sent.index(certificate) + 1} ({label(certificate)})"


def label(certificate: Certificate) -> str:
    """Give what people call its holder; servers have their names only in extensions at times."""
    if certificate.subject.rdns:
        return certificate.subject.label
    return next(iter(dns_names(certificate)), "a certificate without a name")


# --- files -----------------------------------------------------------------------------------


def _content(path: Path, source: str) -> bytes:
    try:
        return inputs.read(path, MOST_BYTES)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise DocumentError(
                f"{source}: it is larger than 1 MiB, which is no chain; give a chain."
            ) from None
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise DocumentError(f"{source}: it can't be read: {reason}.") from error


def _has_certificates(data: bytes) -> bool:
    """Whether there is any, damaged ones included."""
    return b"CERTIFICATE-----" in data or bool(certificates_in(data))


def chain_in(source: str, data: bytes) -> Chain:
    """Read a chain from the content of a file, which ``source`` names; as `read_chain` does."""
    data = unwrapped(data)
    try:
        chain = chain_of(source, list(_ders(source, data)))
    except BadSignatureError as error:
        raise DocumentError(f"{source}: {error} Download it again.") from error
    if _PRIVATE_KEY not in data:
        return chain
    text = "The file holds a private key, too; it isn't looked at. Keep it where nobody reads it."
    return Chain(source, chain.sent, chain.target, (*chain.findings, Finding("private-key", text)))


def _ders(source: str, data: bytes) -> Iterator[bytes]:
    if _BEGIN not in data or data.startswith(_PACKED):
        yield from _of_container(source, data) or certificates_in(data)
        return
    blocks = [_BEGIN + block for block in data.split(_BEGIN)[1:]]
    number = 0
    for block in blocks:
        found = certificates_in(block)
        if block.removeprefix(_BEGIN).startswith(_CERTIFICATE):
            number += 1
            if not found:
                raise DocumentError(
                    f"{source}: certificate {number} is damaged and can't be read; copy it again."
                )
        yield from found


def _of_container(source: str, data: bytes) -> list[bytes]:
    """The certificates of a spreadsheet or key store: those of its key first, as servers send."""
    from pipeline.extract import formats  # most chains are PEM, and need none of it

    try:
        content = formats.container_of(data)
    except formats.FormatError as error:
        raise DocumentError(f"{source}: {error}") from error
    return [*content.own, *content.ders] if content else []


def _read(source: str, number: int, der: bytes) -> Certificate:
    try:
        certificate = read(der)
    except UnreadableCertificateError as error:
        raise DocumentError(f"{source}: certificate {number} is {error}.") from error
    if not can_be_read(certificate):
        raise DocumentError(f"{source}: certificate {number} can't be decoded by any OpenSSL.")
    return certificate


# --- what is odd about a chain ---------------------------------------------------------------


def _target(sent: Sequence[Certificate]) -> Certificate:
    servers = (each for each in sent if not is_ca(each))
    lowest = (
        each
        for each in sent
        if not any(has_issued(each, other) for other in sent if other is not each)
    )
    return next(servers, next(lowest, sent[0]))


def _duplicates(everything: Sequence[Certificate]) -> Iterator[Finding]:
    for place, certificate in enumerate(everything):
        if (first := everything.index(certificate)) < place:
            text = (
                f"Certificate {place + 1} of what was given is certificate {first + 1} once more; "
                "it is needed once."
            )
            yield Finding("duplicate", text)


def _about_target(
    sent: Sequence[Certificate], target: Certificate, *, is_served: bool
) -> Iterator[Finding]:
    if is_ca(target) and is_served:
        text = f"The server's own certificate, {named(target, sent)}, is a CA's."
        yield Finding("starts-with-ca", text)
    elif is_ca(target):
        text = (
            f"No server's certificate stands at its start: {named(target, sent)} is a CA's, "
            "and the check starts from there."
        )
        yield Finding("starts-with-ca", text)


def _about_order(sent: Sequence[Certificate], target: Certificate) -> Iterator[Finding]:
    """Find what stands before a certificate that it issued (RFC 5246 section 7.4.2)."""
    if target is not sent[0]:
        text = (
            f"Wrong order: {named(target, sent)} is the server's, which has to stand first; "
            "the check takes it so."
        )
        yield Finding("wrong-order", text)
        return
    for place, issuer in enumerate(sent):
        if issuer.is_self_signed:  # it can be left out, which `_about_others` says
            continue
        for later in sent[place + 1 :]:
            if has_issued(issuer, later) and not has_issued(later, issuer):
                text = (
                    f"Wrong order: {named(issuer, sent)} stands before {named(later, sent)}, which "
                    "it has issued. Not every client puts that right."
                )
                yield Finding("wrong-order", text)
                return


def _about_others(sent: Sequence[Certificate], target: Certificate) -> Iterator[Finding]:
    on_the_way = _on_the_way(sent, target)
    for certificate in sent:
        if certificate is target:
            continue
        if certificate not in on_the_way:
            text = f"Not needed: {named(certificate, sent)} has issued nothing that is sent."
            yield Finding("unneeded", text)
        elif certificate.is_self_signed:
            text = (
                f"A root is sent along, {named(certificate, sent)}; a client uses its own, "
                "so it can be left out."
            )
            yield Finding("root-sent", text)


def _on_the_way(sent: Sequence[Certificate], target: Certificate) -> set[Certificate]:
    """Find the target's issuers, theirs, and so on."""
    found = {target}
    waiting = [target]
    while waiting:
        certificate = waiting.pop()
        issuers = {each for each in sent if has_issued(each, certificate)} - found
        found |= issuers
        waiting += issuers
    return found
