"""What a root is worth, from facts only: how strong its key is, and who has it in store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from sqlalchemy import Connection

Programme = Literal["mozilla", "microsoft", "apple", "aosp", "openjdk", "oracle"]

PROGRAMMES: Final[Mapping[str, str]] = {
    "mozilla": "Mozilla",
    "microsoft": "Microsoft",
    "apple": "Apple",
    "aosp": "Android",
    "openjdk": "OpenJDK",
    "oracle": "Oracle's Java",
}
"""What people call the programmes."""

BROWSERS: Final[tuple[Programme, ...]] = ("mozilla", "microsoft", "apple", "aosp")
"""The programmes whose stores browsers use."""

LEAST_RSA_BITS: Final = 2048
"""An RSA key with fewer bits is weak (NIST SP 800-131A Rev. 2, section 3)."""

# by OpenSSL's names: sha1WithRSAEncryption, dsaWithSHA1, ecdsa-with-SHA1
_BROKEN_DIGESTS: Final = {"md2": "MD2", "md5": "MD5", "sha1": "SHA-1"}

_Sighting = tuple[str, str, date, date, str]


@dataclass(frozen=True)
class Stay:
    """A root's time in a programme's store: the first and the last bundle it was seen in.

    Between them it may have been away. ``last_source`` names the package of the last bundle;
    ``present_now`` tells whether that is the newest one known of the programme.
    """

    programme: str
    first_seen: date
    last_seen: date
    last_source: str
    present_now: bool


@dataclass(frozen=True)
class Stores:
    """The stores of all programmes, as far as they are known.

    ``newest`` has the date of each programme's newest bundle.
    """

    newest: Mapping[str, date]
    _sightings: Mapping[str, Sequence[_Sighting]]

    def stays(self, fingerprint: str) -> list[Stay]:
        """Give the stays of a root, by programme; none if it was never in any."""
        return [
            Stay(
                programme,
                first_seen,
                last_seen,
                source.rpartition(" to ")[2],
                present_now=last_seen == self.newest[programme],
            )
            for _, programme, first_seen, last_seen, source in self._sightings.get(fingerprint, ())
        ]

    def present(self, fingerprint: str) -> list[str]:
        """Name the programmes that have the root now."""
        return [stay.programme for stay in self.stays(fingerprint) if stay.present_now]


def stores(connection: Connection) -> Stores:
    """Read the sightings in the database."""
    from sqlalchemy import select

    from schemas import tables

    sighting = tables.sightings.c
    columns = (
        *(sighting.fingerprint, sighting.programme),
        *(sighting.first_seen, sighting.last_seen, sighting.source),
    )
    ordered = select(*columns).order_by(sighting.fingerprint, sighting.programme)
    return stores_of(connection.execute(ordered))


def stores_of(sightings: Iterable[_Sighting]) -> Stores:
    """Sum up sightings: fingerprint, programme, first and last day, source."""
    newest: dict[str, date] = {}
    of_root: dict[str, list[_Sighting]] = {}
    for sighting in sightings:
        fingerprint, programme, _, last_seen, _ = sighting
        newest[programme] = max(last_seen, newest.get(programme, last_seen))
        of_root.setdefault(fingerprint, []).append(sighting)
    return Stores(newest, of_root)


def is_in_a_browser(programmes: Iterable[str]) -> bool:
    """Whether one of these programmes is a browser's."""
    return not set(BROWSERS).isdisjoint(programmes)


def has_weak_key(key_type: str | None, key_bits: int | None) -> bool:
    """Whether this is an RSA key of fewer bits than `LEAST_RSA_BITS`."""
    return key_type == "RSA" and key_bits is not None and key_bits < LEAST_RSA_BITS


def broken_digest(signature_algorithm: str) -> str:
    """Name the digest of a signature if collisions of it can be made: MD2, MD5, SHA-1; or ``""``.

    On a self-signed root it is a fact and no weakness: a root is trusted because it is in the
    store, and its own signature isn't verified (RFC 5280 section 6.1).
    """
    name = signature_algorithm.lower()
    return next((digest for key, digest in _BROKEN_DIGESTS.items() if key in name), "")
