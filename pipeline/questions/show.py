"""What a release trusts: its rows with their status, and what there is to know of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import Engine, select
from sqlalchemy.engine import Row

from pipeline.catalogue.root_programmes import (
    Programme,
    Stores,
    has_weak_key,
    is_in_a_browser,
    stores,
)
from pipeline.database.engine import transaction
from pipeline.moment import moment
from pipeline.questions.release_names import release
from pipeline.questions.snapshots import LoadedProblem, SnapshotInfo, problems
from pipeline.questions.trust_list import ListedRoot, Status, is_of, status_of
from schemas import tables

StoreName = Literal[Programme, "browsers"]


@dataclass(frozen=True)
class TrustListRow(ListedRoot):
    """A row of the view `trust_list`, with its status. Times are UTC.

    ``weak_key`` as in `root_programmes.has_weak_key`; ``present_in`` are the programmes that have
    the root now.
    """

    status: Status
    weak_key: bool
    present_in: list[str]


@dataclass(frozen=True)
class TrustList:
    """What a release trusts. The numbers are of all rows, also when ``rows`` are only some.

    ``in_no_browser`` counts the roots that no browser has in store now; None if nothing is known
    of the stores. ``newest_bundles`` has the date of the newest bundle known of each programme.
    ``problems`` are those that were accepted with the document: what they are about is not in it.
    """

    snapshot: SnapshotInfo
    as_of: datetime
    counts: dict[Status, int]
    weak_keys: int
    in_no_browser: int | None
    newest_bundles: dict[str, date]
    problems: list[LoadedProblem]
    rows: list[TrustListRow]

    @property
    def gaps(self) -> list[SnapshotInfo]:
        """The snapshot itself, if it may lack roots."""
        return [self.snapshot] if self.problems else []


def show(
    engine: Engine,
    text: str,
    *,
    product: str | None = None,
    status: Status | None = None,
    store: StoreName | None = None,
    absent: bool = False,
    as_of: date | None = None,
) -> TrustList:
    """Give the trust list of the release that ``text`` names, or some of its rows.

    Those are the rows of one status, those that ``store`` (``browsers`` is any of them) has now
    or, if ``absent``, those it hasn't. ``as_of`` as in `moment`; the stores are those of today.
    Raises UsageError as `release` does.
    """
    snapshot = release(engine, text, product)
    when = moment(as_of)
    view = tables.trust_list
    statement = select(view).where(is_of(snapshot.id)).order_by(view.c.position)
    with transaction(engine) as connection:
        known = stores(connection)
        rows = [_row(row, when, known) for row in connection.execute(statement)]
    numbers = Counter(row.status for row in rows)
    outside = sum(not is_in_a_browser(row.present_in) for row in rows)
    return TrustList(
        snapshot,
        when,
        counts={each: numbers[each] for each in get_args(Status)},
        weak_keys=sum(row.weak_key for row in rows),
        in_no_browser=outside if known.newest else None,
        newest_bundles=dict(sorted(known.newest.items())),
        problems=problems(engine, snapshot.document_sha256) if snapshot.problems else [],
        rows=[
            row
            for row in rows
            if status in (None, row.status)
            and (store is None or _is_in(row.present_in, store) is not absent)
        ],
    )


def _row(row: Row[Any], when: datetime, known: Stores) -> TrustListRow:
    return TrustListRow(
        **row._mapping,
        status=status_of(row.not_after, when),
        weak_key=has_weak_key(row.key_type, row.key_bits),
        present_in=known.present(row.fingerprint),
    )


def _is_in(programmes: Sequence[str], store: StoreName) -> bool:
    return is_in_a_browser(programmes) if store == "browsers" else store in programmes
