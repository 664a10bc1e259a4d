"""One root whole: which releases trust it, since when and until when, and who else does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, select

from pipeline import catalogue
from pipeline.catalogue import authorities, cross_certificates, root_programmes
from pipeline.catalogue.cross_certificates import CrossCertificate
from pipeline.database.engine import batches, transaction
from pipeline.errors import UsageError
from pipeline.firmware import ReleaseId
from pipeline.moment import moment
from pipeline.questions.release_names import latest_releases
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo, incomplete
from pipeline.questions.trust_list import Status, status_of
from pipeline.x509 import names
from pipeline.x509.names import InvalidName
from schemas import tables

_SNAPSHOT: Final = tables.snapshots.c
_PRINTED: Final = tables.printed_rows.c
_CERTIFICATE: Final = tables.certificates.c

_SEPARATORS: Final = re.compile(r"[\s:.-]+")
_PREFIX: Final = re.compile("[0-9a-f]{4,64}")
_WORD: Final = re.compile(r"\w+")
_FEWEST_WORDS: Final = 2


class _Kin(NamedTuple):
    """A root's twin, before it is known who trusts that."""

    fingerprint: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class Trust:
    """How the loaded releases of a product (the newest revision of each) trust a root.

    ``before_first`` is the release before the first that trusts it, ``missing`` are those between
    the first and the last that don't, ``latest_firmware`` is the newest that is loaded.
    """

    product: str
    first_firmware: str
    last_firmware: str
    in_latest: bool
    latest_firmware: str
    before_first: str | None
    missing: list[str]


@dataclass(frozen=True)
class Twin:
    """Another certificate of a root's name and key: who trusts it, trusts what the root issues."""

    fingerprint: str
    not_before: datetime
    not_after: datetime
    releases: list[Trust]


@dataclass(frozen=True)
class KnownCross:
    """A cross-certificate of a root's name and key, and the root that has issued it.

    ``releases`` say who trusts ``issuer`` (SHA-1).
    """

    fingerprint: str
    fingerprint_sha256: str
    issuer: str
    issuer_subject: str
    not_before: datetime
    not_after: datetime
    releases: list[Trust]


@dataclass(frozen=True)
class FoundRoot:
    """A root and all that is known of it. Times are UTC; None is for what is not known.

    ``twins`` are its re-issues, ``cross_certificates`` what other roots have issued for it.

    ``broken_digest`` and ``weak_key`` as in `pipeline.catalogue.root_programmes`.
    """

    fingerprint: str
    fingerprint_sha256: str | None
    spki_sha256: str | None
    subject: str
    issuer: str | None
    serial_number: str | None
    not_before: datetime | None
    not_after: datetime | None
    status: Status
    key_type: str | None
    key_bits: int | None
    weak_key: bool
    signature_algorithm: str | None
    broken_digest: str
    self_signed: bool | None
    certificate_source: str | None
    parser: str | None
    releases: list[Trust]
    programmes: list[root_programmes.Stay]
    twins: list[Twin]
    cross_certificates: list[KnownCross]

    @property
    def identity(self) -> str:
        """What tells the root from others: its SHA-1 or, while that is not known, its SHA-256."""
        return self.fingerprint or self.fingerprint_sha256 or ""


@dataclass(frozen=True)
class Found:
    """The roots that ``text`` names, by subject. ``gaps`` are the releases that may lack roots.

    ``not_found`` are those of several names in it that are no root's.
    """

    text: str
    as_of: datetime
    newest_bundles: dict[str, date]
    roots: list[FoundRoot]
    not_found: list[str] = field(default_factory=list)
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)


def suggestions(engine: Engine, text: str, most: int) -> list[tuple[str, str]]:
    """Give subject and fingerprint of loaded roots that have this in either, by subject."""
    row = tables.trust_list.c
    digits = _SEPARATORS.sub("", text).lower()
    is_meant = row.subject.icontains(text, autoescape=True)
    if _PREFIX.fullmatch(digits):
        is_meant |= row.fingerprint.startswith(digits, autoescape=True)
    statement = select(row.subject, tables.identity(row)).distinct().where(is_meant)
    with transaction(engine) as connection:
        found = connection.execute(statement.order_by(row.subject).limit(most))
        return [(subject, fingerprint) for subject, fingerprint in found]


def find(engine: Engine, text: str, *, as_of: date | None = None) -> Found:
    """Find roots in the releases, the certificates of the database, and the catalogue.

    ``text`` is part of a subject, in upper or lower case, with accents or without and in any usual
    spelling of names; of what Mozilla or Microsoft calls a root; the name under which a CA sells
    (``Let's Encrypt``: see `pipeline.catalogue.authorities`); or the
    beginning of a fingerprint (SHA-1 or SHA-256, from 4 digits on, with or without separators).
    It may be several of these, with ``;`` between them. ``as_of`` as in `pipeline.moment.moment`.

    Raises:
        UsageError: ``text`` is empty.
    """
    wanted = " ".join(text.split())
    if not wanted:
        raise UsageError("Nothing to find; give part of a subject, or of a fingerprint.")
    when = moment(as_of)
    newest = latest_releases(engine)
    with transaction(engine) as connection:
        meant = {each: _meant(connection, each) for each in _several(wanted)}
        fingerprints = list(dict.fromkeys(chain.from_iterable(meant.values())))
        known = root_programmes.stores(connection)
        facts = _facts(connection, fingerprints)
        kin = {each: _kin(connection, facts[each]) for each in fingerprints}
        crosses = cross_certificates.of_roots()
        issuers = (e.issuers[0] for each in fingerprints for e in crosses.get(each, ()))
        twins = (each.fingerprint for twins in kin.values() for each in twins)
        asked = list(dict.fromkeys([*fingerprints, *twins, *issuers]))
        trusts = _trusts(connection, asked, newest)
    roots = [
        _root(
            facts[fingerprint],
            when,
            trusts.get(fingerprint, []),
            known,
            [Twin(*each, trusts.get(each.fingerprint, [])) for each in kin[fingerprint]],
            [_cross(each, trusts) for each in crosses.get(fingerprint, ())],
        )
        for fingerprint in fingerprints
    ]
    roots.sort(key=lambda root: (root.subject.casefold(), root.identity))
    bundles = dict(sorted(known.newest.items()))
    missing = [each for each in meant if not meant[each]] if len(meant) > 1 else []
    return Found(text, when, bundles, roots, missing, incomplete(engine))


# --- which roots are meant -------------------------------------------------------------------


def _several(text: str) -> list[str]:
    return [part for each in text.split(";") if (part := each.strip())] or [text]


def _meant(connection: Connection, text: str) -> list[str]:
    """Give the fingerprints of the roots that ``text`` names.

    If none has it as it is, they are those that have all its words: ``Go Daddy G2``.
    """
    parts, digits = _spellings(text), _SEPARATORS.sub("", text).lower()
    is_prefix = _PREFIX.fullmatch(digits) is not None
    branded = _branded(text)
    every = list(_all(connection))
    called = {root: _called(root, subject) for root, _, subject in every}
    found = (
        fingerprint
        for fingerprint, sha256, _ in every
        if any(part in called[fingerprint] for part in parts)
        or fingerprint in branded
        or (is_prefix and (fingerprint.startswith(digits) or (sha256 or "").startswith(digits)))
    )
    return list(dict.fromkeys(found)) or _by_words(text, called)


def _by_words(text: str, called: Mapping[str, str]) -> list[str]:
    """Give the roots that are called by all words of a text, which are two at least."""
    words = set(_WORD.findall(_folded(text)))
    if len(words) < _FEWEST_WORDS:
        return []
    return [root for root, name in called.items() if words <= set(_WORD.findall(name))]


def _called(root: str, subject: str) -> str:
    """Give all that a root is called: its subject, and what programmes call it."""
    return "\n".join(map(_folded, (subject, *catalogue.nicknames().get(root, ()))))


def _folded(text: str) -> str:
    """Give a text without case and accents, and with apostrophes as typewriters have them."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.replace("\u2019", "'").casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def _branded(text: str) -> set[str]:
    """Give the fingerprints of the roots of a CA by the name that it sells under."""
    brand = _brand(text)
    sold = {name: roots for name, roots in authorities.brands().items() if _brand(name) == brand}
    found = set(chain.from_iterable(sold.values()))
    if brand in {_brand(each.name) for each in authorities.known()}:
        found |= {root for root, each in authorities.roots().items() if _brand(each.name) == brand}
    return found


def _brand(text: str) -> str:
    return "".join(filter(str.isalnum, _folded(text)))


def _spellings(text: str) -> set[str]:
    """Give a text as it is and, if it is a name as OpenSSL and others write it, as subjects are."""
    spellings = {_folded(text)}
    with suppress(InvalidName):
        spellings.add(_folded(str(names.parse(text))))
    return spellings


def _all(connection: Connection) -> Iterable[tuple[str, str | None, str]]:
    """Give fingerprint, SHA-256 and subject of each root; of some more than once."""
    for table in (tables.certificates, tables.printed_rows):
        rows = select(tables.identity(table.c), table.c.fingerprint_sha256, table.c.subject)
        yield from connection.execute(rows)
    subjects = catalogue.subjects()
    for fingerprint, sha256 in catalogue.fingerprints().items():
        yield fingerprint, sha256, subjects[fingerprint]


# --- what is known of them -------------------------------------------------------------------


def _facts(connection: Connection, fingerprints: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Give the facts by fingerprint: the certificate's or, if that is unknown, what is printed."""
    facts: dict[str, dict[str, Any]] = {}
    for batch in batches(fingerprints):
        printed = select(
            _PRINTED.fingerprint,
            _PRINTED.fingerprint_sha256,
            _PRINTED.subject,
        )
        for row in connection.execute(printed.where(tables.is_one_of(batch))):
            facts[row.fingerprint or row.fingerprint_sha256] = row._asdict()
        certificates = select(*tables.certificates.columns)
        for row in connection.execute(certificates.where(_CERTIFICATE.fingerprint.in_(batch))):
            facts[row.fingerprint] = row._asdict()
    unknown = [each for each in fingerprints if "der" not in facts.get(each, ())]
    for each in _read(catalogue.find(unknown)):
        facts[each["fingerprint"]] = each | {"source": "catalogue"}
    return facts


def _kin(connection: Connection, facts: Mapping[str, Any]) -> list[_Kin]:
    """Give the other self-signed certificates of a root's name and key, by when they begin."""
    if "spki_sha256" not in facts:
        return []
    subject, key, own = facts["subject"], facts["spki_sha256"], facts["fingerprint"]
    stored = select(_CERTIFICATE.fingerprint, _CERTIFICATE.not_before, _CERTIFICATE.not_after)
    is_kin = (_CERTIFICATE.spki_sha256 == key) & (_CERTIFICATE.subject == subject)
    rows = connection.execute(stored.where(is_kin, _CERTIFICATE.self_signed))
    found = {row.fingerprint: _Kin(*row) for row in rows}
    same_name = [each for each, name in catalogue.subjects().items() if name == subject]
    for each in _read(catalogue.find({*same_name} - {own, *found})):
        if each["self_signed"] and (each["subject"], each["spki_sha256"]) == (subject, key):
            kin = _Kin(each["fingerprint"], each["not_before"], each["not_after"])
            found[kin.fingerprint] = kin
    found.pop(own, None)
    return sorted(found.values(), key=lambda each: each.not_before)


def _read(ders: Mapping[str, bytes]) -> Iterator[dict[str, Any]]:
    """Give what certificates of the catalogue say of themselves."""
    if not ders:
        return
    from pipeline.x509 import certificate  # most roots are in the database: don't wait for it

    for der in ders.values():
        yield certificate.facts(certificate.read(der))


def _cross(cross: CrossCertificate, trusts: Mapping[str, list[Trust]]) -> KnownCross:
    issuer = cross.issuers[0]
    return KnownCross(
        cross.fingerprint,
        cross.fingerprint_sha256,
        issuer,
        catalogue.subjects()[issuer],
        cross.not_before,
        cross.not_after,
        trusts.get(issuer, []),
    )


def _root(
    facts: Mapping[str, Any],
    when: datetime,
    releases: list[Trust],
    known: root_programmes.Stores,
    twins: list[Twin],
    crosses: list[KnownCross],
) -> FoundRoot:
    signature_algorithm = facts.get("signature_algorithm")
    not_after = facts.get("not_after")
    key_type, key_bits = facts.get("key_type"), facts.get("key_bits")
    return FoundRoot(
        fingerprint=facts["fingerprint"],
        fingerprint_sha256=facts["fingerprint_sha256"],
        spki_sha256=facts.get("spki_sha256"),
        subject=facts["subject"],
        issuer=facts.get("issuer"),
        serial_number=facts.get("serial_number"),
        not_before=facts.get("not_before"),
        not_after=not_after,
        status=status_of(not_after, when),
        key_type=key_type,
        key_bits=key_bits,
        weak_key=root_programmes.has_weak_key(key_type, key_bits),
        signature_algorithm=signature_algorithm,
        broken_digest=root_programmes.broken_digest(signature_algorithm or ""),
        self_signed=facts.get("self_signed"),
        certificate_source=facts.get("source"),
        parser=facts.get("parser"),
        releases=releases,
        programmes=known.stays(facts["fingerprint"]),
        twins=twins,
        cross_certificates=crosses,
    )


# --- which releases trust them ---------------------------------------------------------------


def _trusts(
    connection: Connection, fingerprints: Sequence[str], newest: Sequence[ReleaseId]
) -> dict[str, list[Trust]]:
    """Give by fingerprint how the ``newest`` lists trust the root, of products that ever did."""
    releases: dict[str, list[str]] = {}
    for each in newest:
        releases.setdefault(each.product, []).append(each.firmware)
    counted = frozenset(newest)
    trusting: dict[str, dict[str, set[str]]] = {}
    rows = (
        select(
            tables.identity(),
            _SNAPSHOT.product,
            _SNAPSHOT.firmware,
            _SNAPSHOT.revision,
        )
        .join(tables.entries, tables.entries.c.printed_row_id == _PRINTED.id)
        .join(tables.snapshots, _SNAPSHOT.id == tables.entries.c.snapshot_id)
    )
    for batch in batches(fingerprints):
        found = connection.execute(rows.where(tables.is_one_of(batch)))
        for fingerprint, product, firmware, revision in found:
            if ReleaseId(product, firmware, revision) in counted:
                products = trusting.setdefault(fingerprint, {})
                products.setdefault(product, set()).add(firmware)
    return {
        fingerprint: [
            trust_of(product, releases[product], products[product]) for product in sorted(products)
        ]
        for fingerprint, products in trusting.items()
    }


def trust_of(product: str, releases: Sequence[str], trusting: Collection[str]) -> Trust:
    """Sum up which of a product's releases, oldest first, trust a root; at least one does."""
    places = [place for place, release in enumerate(releases) if release in trusting]
    first, last = places[0], places[-1]
    return Trust(
        product,
        releases[first],
        releases[last],
        in_latest=last == len(releases) - 1,
        latest_firmware=releases[-1],
        before_first=releases[first - 1] if first else None,
        missing=[each for each in releases[first:last] if each not in trusting],
    )
