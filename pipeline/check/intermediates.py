"""Certificates that a server could send besides: those known, and where others are to be had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, select

from pipeline import catalogue
from pipeline.catalogue import cross_certificates
from pipeline.catalogue.cross_certificates import CrossCertificate
from pipeline.check.chain import Chain
from pipeline.check.fetch import fetch
from pipeline.check.name_key import name_key
from pipeline.check.openssl.outcome import StandIn, can_be_read
from pipeline.database.engine import transaction
from pipeline.errors import SourceError
from pipeline.x509 import details
from pipeline.x509.certificate import Certificate, UnreadableCertificateError, read
from pipeline.x509.names import Name
from schemas import tables

if TYPE_CHECKING:
    from pipeline.enrich.crtsh import Service

_MOST_CANDIDATES: Final = 100


class Pool:
    """The certificates that are known from files, chains, the database and the catalogue.

    If it is ``online``, it also fetches an issuer that nobody has a valid certificate of from where
    the certificate says it is, unless that is no public address and ``allow_private`` isn't given,
    and what stands in for a known cross-certificate from crt.sh or the mirror ``service``;
    ``failures`` says what came in between, by address or SHA-1. ``on`` is the day asked for.
    """

    def __init__(
        self,
        engine: Engine,
        on: datetime,
        certs: Iterable[Certificate] = (),
        chains: Iterable[Chain] = (),
        *,
        online: bool = False,
        allow_private: bool = False,
        service: Service | None = None,
    ) -> None:
        """Have these at hand; the others are read when they are asked for."""
        self._engine = engine
        self._on = on
        self._given = [*certs, *(each for chain in chains for each in chain.others)]
        self._online = online
        self._allow_private = allow_private
        self._service = service
        self._fetched: dict[str, list[Certificate]] = {}
        self._sought: set[str] = set()
        self._stand_ins: dict[str, list[StandIn]] = {}
        self.failures: dict[str, str] = {}

    def candidates(self, sent: Iterable[Certificate]) -> list[Certificate]:
        """Give all that may be in a path above what is sent, the nearest first.

        None of it is sent already, nor is a root: to send one never helps.
        """
        waiting = list(sent)
        seen = {each.fingerprint for each in waiting}
        found: list[Certificate] = []
        for certificate in waiting:
            for each in self.issuers_of(certificate):
                if each.fingerprint not in seen and len(found) < _MOST_CANDIDATES:
                    seen.add(each.fingerprint)
                    found.append(each)
                    waiting.append(each)
        return found

    def crosses_of(self, root: Certificate) -> Sequence[Certificate]:
        """Give those that have a root's name, at hand or standing in; of whatever key."""
        key = name_key(root.subject)
        known = self._by_subject.get(key, ())
        at_hand = {each.fingerprint for each in known}
        return [*known, *(e for e in self._standing_in(key) if e.fingerprint not in at_hand)]

    def issuers_of(self, certificate: Certificate) -> Sequence[Certificate]:
        """Give those that have its issuer's name, but for roots, and for what OpenSSL can't read.

        Of a cross-certificate that isn't at hand there is a `StandIn`.
        """
        if certificate.is_self_signed:
            return ()
        key = name_key(certificate.issuer)
        known = self._by_subject.get(key, ())
        if self._online and not any(each.not_before <= self._on < each.not_after for each in known):
            known = [*known, *self._fetched_issuers(certificate, key)]
        at_hand = {each.fingerprint for each in known}
        return [*known, *(e for e in self._standing_in(key) if e.fingerprint not in at_hand)]

    def fetch_stand_ins(self, wanted: Iterable[StandIn]) -> bool:
        """Fetch the real certificates from crt.sh; say whether there is any now."""
        sought = [each for each in wanted if each.fingerprint not in self._sought]
        if not self._online or not sought:
            return False
        from pipeline.enrich.crtsh import CrtSh
        from pipeline.enrich.source import IncompleteError

        self._sought |= {each.fingerprint for each in sought}
        trouble = ""
        try:
            found = CrtSh(self._service).find([each.fingerprint for each in sought])
        except IncompleteError as error:
            found, trouble = dict(error.found), str(error)
        for each in sought:
            if each.fingerprint not in found:
                none = f"crt.sh: there is no certificate with SHA-1 {each.fingerprint}."
                self.failures[each.fingerprint] = trouble or none
        real = {each.fingerprint_sha256: each for each in map(read, found.values())}
        for digest in (stand_in.fingerprint_sha256 for stand_in in sought):
            if digest in real:
                key = name_key(real[digest].subject)
                self._by_subject.setdefault(key, []).append(real[digest])
        return bool(found)

    def has_root(self, subject: Name) -> bool:
        """Whether a root of this name is known: to the catalogue, or of any release loaded."""
        key = name_key(subject)
        return key in self._roots or key in self._listed

    def is_of_a_public_ca(self, name: Name) -> bool:
        """Whether a root of the same organisation is known."""
        return bool(name.owner) and name.owner.casefold() in catalogue.owners()

    def _fetched_issuers(self, certificate: Certificate, key: str) -> list[Certificate]:
        found = (each for url in issuer_urls(certificate) for each in self._fetch(url))
        return [
            each
            for each in found
            if name_key(each.subject) == key and not each.is_self_signed and can_be_read(each)
        ]

    def _fetch(self, url: str) -> list[Certificate]:
        """Fetch what is at an address, but once."""
        if url not in self._fetched:
            self._fetched[url] = []
            try:
                self._fetched[url] = [
                    read(der) for der in fetch(url, allow_private=self._allow_private)
                ]
            except (SourceError, UnreadableCertificateError) as error:
                self.failures[url] = str(error)
        return self._fetched[url]

    def _standing_in(self, key: str) -> Sequence[StandIn]:
        if key not in self._stand_ins:
            self._stand_ins[key] = [
                stand_in(cross)
                for root in self._roots.get(key, ())
                for cross in cross_certificates.of_roots().get(root, ())
            ]
        return self._stand_ins[key]

    @cached_property
    def _by_subject(self) -> dict[str, list[Certificate]]:
        index: dict[str, list[Certificate]] = {}
        for each in dict.fromkeys([*self._given, *self._stored]):
            if not each.is_self_signed and can_be_read(each):
                index.setdefault(name_key(each.subject), []).append(each)
        return index

    @cached_property
    def _stored(self) -> list[Certificate]:
        """Those that are self-signed nowhere: cross-certificates and CAs below roots."""
        table = tables.certificates.c
        with transaction(self._engine) as connection:
            ders = list(connection.scalars(select(table.der).where(table.self_signed.is_(False))))
        return list(map(read, ders))

    @cached_property
    def _listed(self) -> frozenset[str]:
        """The names that documents print, and those of the certificates that they mean."""
        printed = select(tables.printed_rows.c.subject)
        certified = select(tables.certificates.c.subject).where(tables.certificates.c.self_signed)
        with transaction(self._engine) as connection:
            subjects = [*connection.scalars(printed), *connection.scalars(certified)]
        return frozenset(map(name_key, subjects))

    @cached_property
    def _roots(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for fingerprint, subject in catalogue.subjects().items():
            index.setdefault(name_key(subject), []).append(fingerprint)
        return index


def stand_in(cross: CrossCertificate) -> StandIn:
    """Make what stands in for a known cross-certificate."""
    made = read(cross_certificates.stand_in(cross))
    values = {each.name: getattr(made, each.name) for each in fields(made)}
    values["fingerprint"] = cross.fingerprint
    values["fingerprint_sha256"] = cross.fingerprint_sha256
    (signer,) = catalogue.find(cross.issuers[:1]).values()
    return StandIn(**values, signer=signer)


def issuer_urls(certificate: Certificate) -> list[str]:
    """Give the addresses where the issuer's certificate should be (RFC 5280 section 4.2.2.1)."""
    return details.issuer_urls(certificate.der)
