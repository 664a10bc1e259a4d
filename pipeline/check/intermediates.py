"""Certificates that a server could send besides: those known, and where others are to be had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from asn1crypto import x509
from sqlalchemy import Engine, select

from pipeline import catalogue
from pipeline.check.chain import Chain
from pipeline.check.fetch import fetch
from pipeline.check.openssl.link import readable
from pipeline.check.releases import name_key
from pipeline.database.engine import transaction
from pipeline.errors import SourceError
from pipeline.x509.certificate import Certificate, UnreadableCertificateError, read
from pipeline.x509.names import Name
from schemas import tables


class Pool:
    """The certificates that are known from files, chains and the database.

    If it is ``online``, it also fetches an issuer that nobody knows from where the certificate says
    it is, unless that is no public address and ``allow_private`` isn't given; ``failures`` says
    what came in between.
    """

    def __init__(
        self,
        engine: Engine,
        certs: Iterable[Certificate] = (),
        chains: Iterable[Chain] = (),
        *,
        online: bool = False,
        allow_private: bool = False,
    ) -> None:
        """Have these at hand; the others are read when they are asked for."""
        self._engine = engine
        self._given = [*certs, *(each for chain in chains for each in chain.others)]
        self._online = online
        self._allow_private = allow_private
        self._fetched: dict[str, list[Certificate]] = {}
        self.failures: dict[str, str] = {}

    def issuers_of(self, certificate: Certificate) -> Sequence[Certificate]:
        """Give those that have its issuer's name, but for roots: to send one never helps.

        What no OpenSSL could read is left out, too.
        """
        return [each for each in self._issuers_of(certificate) if readable(each.der)]

    def _issuers_of(self, certificate: Certificate) -> Sequence[Certificate]:
        issuer = certificate.issuer
        known = self._by_subject.get(name_key(issuer), ())
        if known or not self._online or certificate.is_self_signed or self.has_root(issuer):
            return known
        found = (each for url in issuer_urls(certificate) for each in self._fetch(url))
        return [each for each in found if name_key(each.subject) == name_key(issuer)]

    def has_root(self, subject: Name) -> bool:
        """Whether a root of this name is known."""
        return name_key(subject) in self._roots

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

    @cached_property
    def _by_subject(self) -> dict[str, list[Certificate]]:
        index: dict[str, list[Certificate]] = {}
        for each in dict.fromkeys([*self._given, *self._stored]):
            if not each.is_self_signed:
                index.setdefault(name_key(each.subject), []).append(each)
        return index

    @cached_property
    def _stored(self) -> list[Certificate]:
        """Those that are self-signed nowhere: cross-certificates and CAs below roots."""
        table = tables.CertificateRow
        with transaction(self._engine) as connection:
            ders = list(connection.scalars(select(table.der).where(table.self_signed.is_(False))))
        return list(map(read, ders))

    @cached_property
    def _roots(self) -> frozenset[str]:
        return frozenset(map(name_key, catalogue.subjects().values()))


def issuer_urls(certificate: Certificate) -> list[str]:
    """Give the addresses where the issuer's certificate should be (RFC 5280 section 4.2.2.1)."""
    try:
        access = x509.Certificate.load(certificate.der).authority_information_access_value or ()
        return [
            each["access_location"].native
            for each in access
            if each["access_method"].native == "ca_issuers"
            and each["access_location"].name == "uniform_resource_identifier"
        ]
    except (ValueError, TypeError, KeyError):  # asn1crypto raises whatever it stumbles over
        return []
