"""A release against another root store: a programme's, certifi's, or a file of certificates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final, get_args

from sqlalchemy import Connection, Engine, select

from pipeline import catalogue
from pipeline.catalogue.root_programmes import Programme, Stores, stores
from pipeline.check import servers
from pipeline.check.servers import Cover
from pipeline.database.engine import batches, transaction
from pipeline.enrich import files
from pipeline.errors import UsageError
from pipeline.firmware import ReleaseId
from pipeline.inputs import is_there
from pipeline.moment import moment
from pipeline.questions import release_names, trust_list_root
from pipeline.questions.diff import ChangedRoot, compare
from pipeline.questions.diff_reasons import SIDE_BY_SIDE
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo, incomplete
from pipeline.x509.certificate import Certificate, UnreadableCertificateError, read
from schemas import tables

_CERTIFICATE: Final = tables.certificates.c

_PROGRAMMES: Final = get_args(Programme)


@dataclass(frozen=True)
class Store:
    """A root store: what it was called, and where its certificates were read.

    ``newest`` is the day it is of, None if that isn't known. ``not_self_signed`` counts those of
    its certificates that are no roots.
    """

    name: str
    source: str
    newest: date | None
    certificates: int
    not_self_signed: int


@dataclass(frozen=True)
class Against:
    """A release and a store: what only one of the two has.

    ``covers`` says by fingerprint how the release accepts servers under roots that it lacks.
    ``as_of`` and ``gaps`` as in `diff.Diff`.
    """

    release: ReleaseId
    store: Store
    only_in_release: list[ChangedRoot]
    only_in_store: list[ChangedRoot]
    in_both: int
    as_of: datetime
    warnings: list[str]
    covers: dict[str, Cover] = field(default_factory=dict)
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)


def against(
    engine: Engine,
    release: str,
    store: str,
    *,
    product: str | None = None,
    as_of: date | None = None,
) -> Against:
    """Compare a release (see `release_names.release`) with a store.

    ``store`` is a programme of `root_programmes.Programme`, ``certifi``, or the path of a file
    or directory of certificates.

    Raises:
        UsageError: there is no such release or store.
    """
    ours = release_names.release(engine, release, product).id
    when = moment(as_of)
    with transaction(engine) as connection:
        known = stores(connection)
        roots = trust_list_root.of_snapshot(connection, ours, known)
        found = _open(connection, store, known)
    theirs = trust_list_root.of_certificates(found.certificates, known)
    only_there, only_here, _, _ = compare(roots, theirs, when, SIDE_BY_SIDE)
    certificates = {each.fingerprint: each for each in found.certificates}
    return Against(
        ours,
        found.described,
        only_here,
        only_there,
        len(roots) - len(only_here),
        when,
        found.warnings,
        servers.covers(engine, ours, [certificates[each.fingerprint] for each in only_there], when),
        incomplete(engine, [ours]),
    )


# --- the stores ------------------------------------------------------------------------------


class _Open:
    """A store with its certificates, each once."""

    def __init__(self, name: str, source: str, newest: date | None, ders: Iterable[bytes]):
        self.certificates: list[Certificate] = []
        self.warnings: list[str] = []
        for der in dict.fromkeys(ders):
            try:
                self.certificates.append(read(der))
            except UnreadableCertificateError as error:
                self.warnings.append(f"{name}: one certificate is {error}. Ignored.")
        others = sum(not each.is_self_signed for each in self.certificates)
        self.described = Store(name, source, newest, len(self.certificates), others)


def _open(connection: Connection, name: str, known: Stores) -> _Open:
    store = name.lower()
    if store in _PROGRAMMES:
        return _programme(connection, store, known)
    if store == "certifi":
        return _certifi()
    if not is_there(Path(name)):
        raise UsageError(
            f"{name}: there is no such file or store; the stores are certifi, "
            f"{', '.join(_PROGRAMMES)}."
        )
    found = files([Path(name)])
    ders = [der for file in found for der in file.certificates.values()]
    return _Open(name, ", ".join(file.name.removeprefix("file:") for file in found), None, ders)


def _certifi() -> _Open:
    try:
        import certifi
    except ImportError:
        raise UsageError("certifi is not installed; run `pip install certifi`.") from None
    (file,) = files([Path(certifi.where())])
    return _Open("certifi", f"certifi {certifi.__version__}", None, file.certificates.values())


def _programme(connection: Connection, name: str, known: Stores) -> _Open:
    if name not in known.newest:
        raise UsageError(f"Nothing is known of the store of {name}; load a list, then ask again.")
    newest = known.newest[name]
    sighting = tables.sightings.c
    rows = connection.execute(
        select(sighting.fingerprint, sighting.source).where(
            sighting.programme == name, sighting.last_seen == newest
        )
    ).all()
    ders = catalogue.find(row.fingerprint for row in rows)
    for batch in batches(row.fingerprint for row in rows if row.fingerprint not in ders):
        own = select(_CERTIFICATE.fingerprint, _CERTIFICATE.der)
        ders |= dict(connection.execute(own.where(_CERTIFICATE.fingerprint.in_(batch))).all())
    store = _Open(name, rows[0].source.rpartition(" to ")[2], newest, ders.values())
    if missing := len(rows) - len(ders):
        store.warnings.append(f"{name}: {missing} of its certificates are not known. Left out.")
    return store
