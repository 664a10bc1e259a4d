"""The question: which phones of an inventory accept some chains, until when, and what helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Engine

from pipeline.catalogue import root_programmes
from pipeline.check.chain import label
from pipeline.check.releases import releases
from pipeline.database.engine import transaction
from pipeline.errors import UsageError
from pipeline.firmware import ReleaseId
from pipeline.moment import moment
from pipeline.questions.fleet import inventory, loads, verdicts
from pipeline.questions.fleet.changes import changes, reasons
from pipeline.questions.fleet.devices import Collection as Collecting
from pipeline.questions.fleet.devices import Fleet, networks
from pipeline.questions.fleet.fixes import Fixes
from pipeline.questions.fleet.fleet_answer import (
    ChainVerdict,
    FleetAnswer,
    FleetChain,
    FleetRelease,
    FleetRoot,
    FleetTrust,
    Inventory,
    TrustedRelease,
    UnusableRow,
)
from pipeline.questions.fleet.running_releases import Running, running
from pipeline.questions.release_names import some_releases
from pipeline.questions.snapshots import incomplete
from pipeline.x509.certificate import Certificate

if TYPE_CHECKING:
    from pipeline.check import Chain
    from pipeline.check.answer import Period
    from pipeline.questions.fleet.inventory import Field
    from pipeline.questions.fleet.verdicts import Needs, Results

A = TypeVar("A")

_SOON: Final = timedelta(days=365)


@dataclass(frozen=True)
class Asked(Generic[A]):
    """An answer, and the phones that it is about.

    ``places`` has for each row of ``phones`` the place of its release in the answer's
    ``releases``; ``loads`` the text for each number in the column ``load``.
    """

    answer: A
    phones: pd.DataFrame
    places: npt.NDArray[np.intp]
    loads: Sequence[str]


def collect(
    sources: Iterable[Path | pd.DataFrame | bytes],
    *,
    columns: Mapping[Field, str] | None = None,
    mra_from: Iterable[str] = (),
    keeps_texts: bool = False,
) -> Fleet:
    """Read inventories, several as one; see `inventory.read` and `devices.Collection`.

    Raises:
        DocumentError: one can't be read, or has no column of names or loads.
        UsageError: ``columns`` has a title that isn't there; ``mra_from`` no network.
    """
    collecting = Collecting(networks(mra_from), keeps_texts=keeps_texts)
    for source in sources:
        if isinstance(source, pd.DataFrame):
            name, batches = "the data frame", inventory.of_frame(source, columns)
        elif isinstance(source, bytes):
            name = "the inventory"
            batches = inventory.of_content(source, columns, collecting.unwanted)
        else:
            name, batches = str(source), inventory.read(source, columns, collecting.unwanted)
        for batch in batches:
            collecting.add(batch, name)
    return collecting.fleet()


def accepting(
    engine: Engine,
    fleet: Fleet,
    chains: Sequence[Chain],
    *,
    on: date | None = None,
    until: date | None = None,
    needs: Needs = "all",
    product_map: Iterable[str] = (),
    certs: Sequence[Path] = (),
    online: bool = False,
    allow_private: bool = False,
) -> Asked[FleetAnswer]:
    """Say which phones accept the chains (all of them, or any) on a day, and what helps the others.

    ``on`` as in `pipeline.moment.moment`; what changes is told up to ``until`` or, without it, as
    long as anything does. ``product_map`` as in `loads.parse_map`; ``certs``, ``online`` and
    ``allow_private`` as in `pipeline.check.check`.

    Raises:
        UsageError: ``until`` is before ``on``; nothing is loaded; a family of phones may be of
            several products.
        DatabaseError: the database can't be used.
    """
    when = moment(on)
    end = None if until is None else moment(until)
    if end and end < when:
        raise UsageError(_is_before(end, when))
    groups, places = _running(engine, fleet, product_map)
    results = verdicts.results(
        engine,
        chains,
        _products(groups),
        on=when,
        certs=certs,
        online=online,
        allow_private=allow_private,
    )
    fixing = Fixes(groups, results, needs, is_mra_known=fleet.is_mra_known)
    fixes = fixing.found()
    periods = [_periods(each, results, needs) for each in groups]
    described = [
        _release(each, when, own, results, chains, needs, fixing.for_release(each, fixes))
        for each, own in zip(groups, periods, strict=True)
    ]
    counted = [
        (each.phones, each.verdict, own) for each, own in zip(described, periods, strict=True)
    ]
    numbers = Counter({"accepted": 0, "refused": 0, "unknown": 0})
    for number, verdict, _ in counted:
        numbers[verdict] += number
    answer = FleetAnswer(
        on=when,
        needs=needs,
        chains=[_chain(each) for each in chains],
        inventory=_inventory(fleet),
        **numbers,
        until=min((each.until for each in described if each.until), default=None),
        releases=described,
        fixes=fixes,
        changes=changes(counted, when, end, reasons(chains, results)),
        gaps=incomplete(engine, _judged_by(groups)),
    )
    return _asked(answer, fleet, places)


def as_frame(asked: Asked[FleetAnswer]) -> pd.DataFrame:
    """Give a row a phone, and the answer itself in ``attrs["answer"]``."""
    codes = asked.phones["load"].to_numpy(dtype=np.intp)
    columns = {"name": asked.phones["name"], "load": np.array(asked.loads, dtype=object)[codes]}
    for each in ("product", "firmware", "judged_as", "verdict", "until", "fix"):
        values = [getattr(release, each) for release in asked.answer.releases]
        columns[each] = np.array(values, dtype=object)[asked.places]
    frame = pd.DataFrame(columns)
    frame.attrs["answer"] = asked.answer
    return frame


def trusting(
    engine: Engine,
    fleet: Fleet,
    *,
    on: date | None = None,
    until: date | None = None,
    product_map: Iterable[str] = (),
) -> Asked[FleetTrust]:
    """Say which roots that phones trust end by a day (in a year), and which all of them trust.

    Raises as `accepting` does.
    """
    when = moment(on)
    end = when + _SOON if until is None else moment(until)
    if end < when:
        raise UsageError(_is_before(end, when))
    groups, places = _running(engine, fleet, product_map)
    lists = {
        each.id: each for product in _products(groups) for each in releases(engine, product=product)
    }
    trusted: dict[str, tuple[Certificate, int]] = {}
    for each in groups:
        for root in lists[each.judged_as].roots.values() if each.judged_as else ():
            before = trusted[root.fingerprint][1] if root.fingerprint in trusted else 0
            trusted[root.fingerprint] = root, before + each.phones
    with transaction(engine) as connection:
        stores = root_programmes.stores(connection)
    roots = [
        FleetRoot(
            each.fingerprint,
            str(each.subject),
            each.not_after,
            phones,
            root_programmes.is_in_a_browser(stores.present(each.fingerprint)),
        )
        for each, phones in trusted.values()
    ]
    known = sum(each.phones for each in groups if each.judged_as)
    answer = FleetTrust(
        on=when,
        until=end,
        inventory=_inventory(fleet),
        unknown=len(fleet.phones) - known,
        releases=[
            TrustedRelease(
                **_identity(each),
                roots=len(lists[each.judged_as].entries) if each.judged_as else None,
            )
            for each in groups
        ],
        expiring=sorted(
            (each for each in roots if when <= each.not_after <= end),
            key=lambda each: (-each.phones, each.not_after, each.fingerprint),
        ),
        trusted_by_all=sorted(
            (each for each in roots if each.phones == known and when < each.not_after),
            key=lambda each: (not each.in_browsers, each.subject, each.fingerprint),
        ),
        gaps=incomplete(engine, _judged_by(groups)),
    )
    return _asked(answer, fleet, places)


def _is_before(end: datetime, when: datetime) -> str:
    return f"--until {end:%Y-%m-%d}: this is before the day asked for, {when:%Y-%m-%d}."


def _running(
    engine: Engine, fleet: Fleet, product_map: Iterable[str]
) -> tuple[list[Running], npt.NDArray[np.intp]]:
    loaded = some_releases(engine)
    products = list(dict.fromkeys(each.product for each in loaded))
    chosen = loads.parse_map(product_map, products)
    return running(fleet, loaded, loads.Products(products, chosen))


def _judged_by(groups: Sequence[Running]) -> list[ReleaseId]:
    return list(dict.fromkeys(each.judged_as for each in groups if each.judged_as))


def _products(groups: Sequence[Running]) -> list[str]:
    return list(dict.fromkeys(each.product for each in _judged_by(groups)))


def _asked(answer: A, fleet: Fleet, places: npt.NDArray[np.intp]) -> Asked[A]:
    of_phones = places[fleet.phones["load"].to_numpy(dtype=np.intp)]
    return Asked(answer, fleet.phones, of_phones, [load for load, _ in fleet.loads])


def _identity(each: Running) -> dict[str, Any]:
    """Give what both answers say of the phones of a release."""
    return {
        "product": each.product,
        "firmware": each.firmware,
        "load": each.load,
        "phones": each.phones,
        "judged_as": each.judged_as.firmware if each.judged_as else None,
        "revision": each.judged_as.revision if each.judged_as else None,
        "is_assumed": each.is_assumed,
        "remark": each.remark,
    }


def _periods(each: Running, results: Sequence[Results], needs: Needs) -> list[Period]:
    release = each.judged_as
    if release is None:
        return []
    return verdicts.periods_of([of_chain[release].accepted for of_chain in results], needs)


def _release(
    each: Running,
    when: datetime,
    periods: Sequence[Period],
    results: Sequence[Results],
    chains: Sequence[Chain],
    needs: Needs,
    fix: str,
) -> FleetRelease:
    found = [of_chain[each.judged_as] for of_chain in results] if each.judged_as else []
    verdict = verdicts.verdict_of([one.verdict for one in found], needs) if found else "unknown"
    decisive = [one.reason for one in found if one.verdict == verdict]
    return FleetRelease(
        **_identity(each),
        over_mra=each.over_mra,
        verdict=verdict,
        until=verdicts.end_of(when, periods) if verdict == "accepted" else None,
        reason="; ".join(dict.fromkeys(decisive)) if found else each.remark,
        chains=[
            ChainVerdict(chain.source, one.verdict, one.until, one.reason)
            for chain, one in zip(chains, found, strict=bool(found))
        ],
        fix=fix if verdict == "refused" else "",
    )


def _chain(chain: Chain) -> FleetChain:
    target = chain.target
    host = chain.source.rpartition(":")[0].strip("[]") if chain.is_served else ""
    return FleetChain(chain.source, host or label(target), target.not_after)


def _inventory(fleet: Fleet) -> Inventory:
    return Inventory(
        sources=list(fleet.sources),
        rows=fleet.rows,
        phones=len(fleet.phones),
        others=dict(fleet.others),
        repeated=fleet.repeated,
        unusable=fleet.unusable,
        unusable_rows=[UnusableRow(source, *each) for source, each in fleet.shown],
        pinned=fleet.pinned,
        over_mra=int(fleet.phones["is_over_mra"].sum()) if fleet.is_mra_known else None,
        remarks=list(fleet.remarks),
    )
