"""Certificates that a server could send besides: those known, and where others are to be had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from asn1crypto import x509
from sqlalchemy import Engine, select

from pipeline import catalogue
from pipeline.certificate import Certificate, read
from pipeline.check.chain import Chain
from pipeline.check.releases import name_key
from pipeline.database import transaction
from pipeline.names import Name
from schemas import tables


class Pool:
    """The certificates that are known from files, chains, the database and the catalogue."""

    def __init__(
        self, engine: Engine, certs: Iterable[Certificate] = (), chains: Iterable[Chain] = ()
    ) -> None:
        """Have these at hand; the others are read when they are asked for."""
        self._engine = engine
        self._given = [*certs, *(each for chain in chains for each in chain.others)]

    def named(self, subject: Name) -> Sequence[Certificate]:
        """Give the certificates of a name, but for self-signed ones: to send a root never helps."""
        return self._by_subject.get(name_key(subject), ())

    def has_root(self, subject: Name) -> bool:
        """Whether a root of this name is known."""
        return name_key(subject) in self._roots

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
        table = tables.Certificate
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
