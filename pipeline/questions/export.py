"""The question what exactly a release trusts: its rows, and the certificates themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, select

from pipeline.database.engine import transaction
from pipeline.questions.release_names import release
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.questions.trust_list import ListedRoot, is_of
from schemas import tables


@dataclass(frozen=True)
class StoredRoot(ListedRoot):
    """A row of the view `trust_list`, and its certificate (DER) if that is known. Times are UTC."""

    certificate: bytes | None


@dataclass(frozen=True)
class TrustStore:
    """The trust store of a release, in the document's order."""

    snapshot: SnapshotInfo
    roots: list[StoredRoot]

    @property
    def gaps(self) -> list[SnapshotInfo]:
        """The snapshot itself, if it may lack roots."""
        return [self.snapshot] if self.snapshot.problems else []

    @property
    def missing(self) -> list[StoredRoot]:
        """The rows whose certificate is not known."""
        return [root for root in self.roots if root.certificate is None]


def export(engine: Engine, text: str, *, product: str | None = None) -> TrustStore:
    """Give the trust store of the release that ``text`` names, also what of it has expired.

    Raises UsageError as `release_names.release` does.
    """
    snapshot = release(engine, text, product)
    view = tables.trust_list
    statement = (
        select(*view.c, tables.certificates.c.der.label("certificate"))
        .outerjoin(tables.certificates, tables.certificates.c.fingerprint == view.c.fingerprint)
        .where(is_of(snapshot.id))
        .order_by(view.c.position)
    )
    with transaction(engine) as connection:
        roots = [StoredRoot(**row._mapping) for row in connection.execute(statement)]
    return TrustStore(snapshot, roots)
