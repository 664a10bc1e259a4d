"""A text such as ``12.7`` or ``12.7(1)@2`` -> the loaded release that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, Engine, func, select

from pipeline.database.engine import transaction
from pipeline.errors import UsageError
from pipeline.firmware import Firmware, InvalidFirmware, ReleaseId, stand_in
from pipeline.questions.snapshots import (
    SnapshotInfo,
    check_documents,
    check_number,
    infos,
    span,
)
from pipeline.questions.trust_list import is_of
from schemas import tables

_SNAPSHOT: Final = tables.snapshots.c

LATEST: Final = "latest"
"""Names the newest release of a product."""
_MOST_NAMED: Final = 20  # releases or products in one message
_NOTHING: Final = "Nothing is loaded; run `trustlist ingest` first."


def release(engine: Engine, text: str, product: str | None = None) -> SnapshotInfo:
    """Find the snapshot that ``text`` names.

    ``12.7(1)`` is a release, ``12.7`` the only one of its family that is loaded, ``latest`` the
    newest of a product; a load's name will do, too. Each means the newest revision, ``12.7(1)@2``
    the second. ``product`` is needed if several have the release.

    Raises:
        UsageError: ``text`` names no release, one that isn't loaded, or several.
        DatabaseError: entries of it are missing.
    """
    name, _, revision = text.partition("@")
    with transaction(engine) as connection:
        found = _named_by(connection, name, product)
        if not found:
            raise UsageError(_not_loaded(connection, name, product))
        snapshot = _snapshot(connection, _only(found, name), revision)
        rows = select(func.count()).select_from(tables.trust_list).where(is_of(snapshot.id))
        check_number(connection, snapshot.id, connection.scalar(rows) or 0, snapshot.entries)
    return snapshot


def release_or_stand_in(
    engine: Engine, text: str, product: str | None = None
) -> tuple[SnapshotInfo, str]:
    """Find the snapshot that ``text`` names as `release` does, or else the best guess at its list.

    The second value says which that is (see `pipeline.firmware.stand_in`), and is empty if the
    release itself is loaded.

    Raises:
        UsageError: ``text`` names no release, several, or one for which no other can stand in.
    """
    name, _, revision = text.partition("@")
    if not revision and name.strip().casefold() != LATEST:
        wanted = _firmware(name)
        with transaction(engine) as connection:
            if not _matches(connection, wanted, product):
                found = _matches(connection, wanted.family, product)
                near = stand_in(wanted, [Firmware.parse(firmware) for _, firmware, _ in found])
                if near:
                    chosen = [each for each in found if each[1] == str(near)]
                    remark = (
                        f"{wanted} is not loaded; its list is assumed to be that of {near}, which "
                        "differs by a service release only."
                    )
                    return _snapshot(connection, _only(chosen, str(near)), ""), remark
    return release(engine, text, product), ""


def latest_releases(engine: Engine, product: str | None = None) -> list[ReleaseId]:
    """List each loaded release (of a product) in its newest revision, by product and age."""
    newest = tables.latest_revisions.c
    statement = select(newest.product, newest.firmware, newest.revision)
    ordered = statement.order_by(newest.product, newest.firmware_order)
    with transaction(engine) as connection:
        check_documents(connection)
        rows = connection.execute(ordered).all()
    return [ReleaseId(*row) for row in rows if product in (None, row.product)]


def some_releases(engine: Engine, product: str | None = None) -> list[ReleaseId]:
    """Give `latest_releases`.

    Raises:
        UsageError: there are none.
    """
    found = latest_releases(engine, product)
    if not found:
        what = "Nothing" if product is None else f"Nothing of {product}"
        raise UsageError(f"{what} is loaded; run `trustlist snapshots` to see what is.")
    return found


def loaded_firmware(engine: Engine, text: str) -> str:
    """Give the release that ``text`` names as `release` does, of one product or more.

    Raises:
        UsageError: it names no release, one that isn't loaded, or several.
    """
    with transaction(engine) as connection:
        found = _named_by(connection, text, None)
        if not found:
            raise UsageError(_not_loaded(connection, text, None))
    return _only_release(found, text)


def loaded_product(engine: Engine, product: str) -> str:
    """Give ``product`` back.

    Raises:
        UsageError: nothing of it is loaded.
    """
    with transaction(engine) as connection:
        products = connection.scalars(select(_SNAPSHOT.product).distinct()).all()
    if not products:
        raise UsageError(_NOTHING)
    if product not in products:
        raise UsageError(_no_product(product, products))
    return product


def _firmware(text: str) -> Firmware:
    try:
        return Firmware.parse(text)
    except InvalidFirmware as error:
        raise UsageError(str(error)) from None


def _named_by(connection: Connection, name: str, product: str | None) -> list[tuple[str, str, int]]:
    if name.strip().casefold() != LATEST:
        return _matches(connection, _firmware(name), product)
    newest = tables.latest_revisions.c
    statement = select(newest.product, newest.firmware, newest.revision)
    rows = connection.execute(statement.order_by(newest.firmware_order)).all()
    by_product = {row.product: row for row in rows if product in (None, row.product)}
    return [(row.product, row.firmware, row.revision) for row in by_product.values()]


def _matches(
    connection: Connection, wanted: Firmware, product: str | None
) -> list[tuple[str, str, int]]:
    """List (product, firmware, newest revision) of the release or, if there is none, the family."""
    # naming the products lets the index serve that is sorted by product, then release
    products = [product] if product is not None else select(_SNAPSHOT.product).distinct()
    statement = (
        select(
            _SNAPSHOT.product,
            _SNAPSHOT.firmware,
            func.max(_SNAPSHOT.revision),
        )
        .where(
            _SNAPSHOT.product.in_(products),
            _SNAPSHOT.firmware_order.between(*span(wanted)),
        )
        .group_by(
            _SNAPSHOT.product,
            _SNAPSHOT.firmware,
            _SNAPSHOT.firmware_order,
        )
        .order_by(_SNAPSHOT.product, _SNAPSHOT.firmware_order)
    )
    rows = connection.execute(statement).all()
    found = [
        (product_, firmware, revision)
        for product_, firmware, revision in rows
        if wanted.covers(Firmware.parse(firmware))
    ]
    return [row for row in found if row[1] == str(wanted)] or found


def _only_release(found: list[tuple[str, str, int]], name: str) -> str:
    releases = dict.fromkeys(firmware for _, firmware, _ in found)
    if len(releases) > 1:
        raise UsageError(f"{name} names several releases; give one: {_named(releases)}.")
    return found[0][1]


def _only(found: list[tuple[str, str, int]], name: str) -> tuple[str, str, int]:
    _only_release(found, name)
    if len(found) > 1:
        products = [product for product, _, _ in found]
        raise UsageError(f"{name} is of several products; give --product: {_named(products)}.")
    return found[0]


def _not_loaded(connection: Connection, name: str, product: str | None) -> str:
    newest = func.max(_SNAPSHOT.firmware_order).desc()
    releases = select(_SNAPSHOT.firmware).group_by(_SNAPSHOT.firmware).order_by(newest)
    if product is not None:
        of_product = connection.scalars(releases.where(_SNAPSHOT.product == product)).all()
        if of_product:
            return f"{name} of {product} is not loaded; these are: {_named(of_product)}."
        products = connection.scalars(select(_SNAPSHOT.product).distinct()).all()
        if products:
            return _no_product(product, products)
    loaded = connection.scalars(releases).all()
    if loaded:
        return f"{name} is not loaded; these are: {_named(loaded)}."
    return _NOTHING


def _no_product(product: str, loaded: Iterable[str]) -> str:
    return f"Nothing of {product} is loaded, only of: {_named(sorted(loaded))}."


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more


def _snapshot(connection: Connection, found: tuple[str, str, int], revision: str) -> SnapshotInfo:
    product, firmware, newest = found
    if revision and not re.fullmatch("[0-9]{1,9}", revision):
        raise UsageError(f"{firmware}@{revision}: a revision is a number, from 1 to {newest}.")
    number = int(revision or newest)
    statement = infos().where(
        _SNAPSHOT.product == product,
        _SNAPSHOT.firmware == firmware,
        _SNAPSHOT.revision == number,
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        check_documents(connection)
        raise UsageError(f"{firmware}@{number} is not loaded; its revisions are 1 to {newest}.")
    return SnapshotInfo(*row)
