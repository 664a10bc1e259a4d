"""The numbers of a fleet: those of `check` for each phone's release, counted by hand."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pytest
from sqlalchemy import Engine, text

from pipeline.check import Chain, check, read_chain
from pipeline.check.answer import Period
from pipeline.database.engine import open_for_reading
from pipeline.errors import UsageError
from pipeline.ingest.steps import ingest
from pipeline.questions.fleet.asking import accepting, as_frame, collect, trusting
from pipeline.questions.fleet.fleet_answer import FleetAnswer
from pipeline.questions.fleet.loads import Products, family_of_model, parse, parse_map
from pipeline.questions.fleet.verdicts import Needs, periods_of, verdict_of
from tests.commandline import SAMPLES
from tests.make_inventory import LOADS, TITLES, Device, devices

CHAINS: Final = Path(__file__).resolve().parents[2] / "check" / "chains"
WITH_CROSS: Final = CHAINS / "sectigo-2021-with-addtrust-cross.pem"
WITHOUT_CROSS: Final = CHAINS / "sectigo-2021-without-cross.pem"
LEAF: Final = CHAINS / "leaf.pem"
DAY: Final = datetime(2021, 9, 1, tzinfo=UTC)
NUMBER: Final = int(os.environ.get("TRUSTLIST_PHONES", "4000"))
"""How many phones there are; of 1,000,000 it takes some minutes (``--timeout 0``)."""
PHONES: Final = list(devices(NUMBER))
RUNNING: Final = Counter(each.release for each in PHONES if each.release)
AT_HOME: Final = Counter(
    each.release for each in PHONES if each.release and each.cells[8].startswith("192.0.2.")
)
JUDGED_AS: Final = {
    "12.6(1)": "12.6(1)",
    "12.7(1)": "12.7(1)",
    "12.7(1)SR1": "12.7(1)",
    "12.8(1)": "12.8(1)",
    "12.8(1)SR2": "12.8(1)",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    url = f"sqlite:///{tmp_path_factory.mktemp('fleet') / 'trustlist.db'}"
    for sample in SAMPLES:
        ingest(sample, url)
    return open_for_reading(url)


def frame(phones: Sequence[Device] = PHONES) -> pd.DataFrame:
    return pd.DataFrame([each.cells for each in phones], columns=list(TITLES))


def ask(
    engine: Engine, *chains: Path | Chain, phones: pd.DataFrame | None = None, **options: Any
) -> FleetAnswer:
    fleet = collect([frame() if phones is None else phones], mra_from=options.pop("mra_from", ()))
    read = [each if isinstance(each, Chain) else read_chain(each) for each in chains]
    return accepting(engine, fleet, read, **{"on": DAY, **options}).answer


def verdicts(engine: Engine, chain: Path, on: datetime = DAY) -> dict[str, str]:
    """Ask `check` about each release that phones run."""
    results = check(engine, read_chain(chain), on=on).results
    judged = {each.firmware: each.verdict for each in results}
    return {release: judged[as_] for release, as_ in JUDGED_AS.items()}


def numbers(said: dict[str, str]) -> dict[str, int]:
    """Count the phones by what their release says."""
    found = {"accepted": 0, "refused": 0, "unknown": 0}
    for release, verdict in said.items():
        found[verdict] += RUNNING[release]
    return found


def told(answer: FleetAnswer) -> dict[str, int]:
    return {"accepted": answer.accepted, "refused": answer.refused, "unknown": answer.unknown}


# --- the story of document 215573 ------------------------------------------------------------


@pytest.mark.parametrize("chain", [WITH_CROSS, WITHOUT_CROSS, LEAF], ids=lambda path: path.stem)
def test_the_numbers_are_those_of_check_for_each_phone(engine: Engine, chain: Path) -> None:
    answer = ask(engine, chain)
    said = verdicts(engine, chain)
    assert told(answer) == numbers(said)
    assert {each.firmware: each.phones for each in answer.releases} == dict(RUNNING)
    assert {each.firmware: each.verdict for each in answer.releases} == said
    assert {each.firmware: each.judged_as for each in answer.releases} == JUDGED_AS
    for each in answer.releases:
        assert each.is_assumed == ("SR" in str(each.firmware)) == bool(each.remark)


def test_the_rows_of_the_inventory_are_all_accounted_for(engine: Engine) -> None:
    inventory = ask(engine, LEAF).inventory
    assert inventory.rows == len(PHONES)
    assert inventory.phones == NUMBER
    assert sum(inventory.others.values()) == NUMBER // 10
    assert inventory.repeated == NUMBER // 20
    assert inventory.unusable == 0


def test_a_fix_on_the_server_brings_back_as_many_as_accept_the_chain_then(engine: Engine) -> None:
    before, after = ask(engine, WITH_CROSS), ask(engine, WITHOUT_CROSS)
    best = before.fixes[0]
    assert best.summary == "stop sending USERTrust's cross-certificate"
    assert best.is_tested
    assert best.brings_back == after.accepted - before.accepted == before.refused
    assert before.refused == RUNNING["12.6(1)"] + RUNNING["12.7(1)"] + RUNNING["12.7(1)SR1"]
    refusing = [each for each in before.releases if each.verdict == "refused"]
    assert {each.fix for each in refusing} == {best.summary}


def test_an_upgrade_brings_back_as_many_as_accept_the_chain_then(engine: Engine) -> None:
    before = ask(engine, WITH_CROSS, mra_from=["192.0.2.0/24"])
    upgrade = next(each for each in before.fixes if each.kind == "upgrade")
    assert upgrade.summary == "upgrade to 12.8(1)"
    assert (upgrade.brings_back, upgrade.upgrades) == (before.refused, before.refused)
    assert upgrade.over_mra == sum(AT_HOME.values()) > 0
    assert before.inventory.over_mra == sum(AT_HOME.values())
    new = next(load for load, (release, _) in LOADS.items() if release == "12.8(1)")
    upgraded = frame()
    upgraded["Active Load ID"] = upgraded["Active Load ID"].where(
        upgraded["Active Load ID"] == "", new
    )
    assert ask(engine, WITH_CROSS, phones=upgraded).refused == 0


def test_what_is_not_known_of_mra_is_not_counted(engine: Engine) -> None:
    answer = ask(engine, WITH_CROSS)
    assert answer.inventory.over_mra is None
    assert {each.over_mra for each in answer.fixes} == {None}


def test_a_combination_is_offered_where_no_single_fix_helps_all(engine: Engine) -> None:
    # of two servers, one has to stop sending and the other to send; 12.8 needs the second alone
    answer = ask(engine, WITH_CROSS, LEAF, mra_from=["192.0.2.0/24"])
    assert answer.refused == NUMBER
    best, *singles = answer.fixes
    assert best.kind == "combined"
    assert best.brings_back == NUMBER
    assert best.over_mra == 0
    assert "stop sending USERTrust's cross-certificate (chain 1)" in best.steps
    assert any(each.endswith("(chain 2)") for each in best.steps)
    assert all(each.brings_back < NUMBER for each in singles)
    assert all(each.kind != "combined" for each in singles)


# --- several chains, and time ----------------------------------------------------------------


@pytest.mark.parametrize("needs", ["all", "any"])
def test_several_chains_count_as_all_or_any_of_them(engine: Engine, needs: Needs) -> None:
    chains = [WITH_CROSS, WITHOUT_CROSS]
    by_chain = [verdicts(engine, each) for each in chains]
    combine = all if needs == "all" else any
    expected = {
        release: "accepted"
        if combine(said[release] == "accepted" for said in by_chain)
        else "refused"
        for release in RUNNING
    }
    answer = ask(engine, *chains, needs=needs)
    assert told(answer) == numbers(expected)
    for each in answer.releases:
        assert [one.verdict for one in each.chains] == [
            said[str(each.firmware)] for said in by_chain
        ]


@pytest.mark.parametrize(
    ("verdicts", "all_of_them", "any_of_them"),
    [
        (["accepted", "accepted"], "accepted", "accepted"),
        (["accepted", "unknown"], "unknown", "accepted"),
        (["accepted", "refused"], "refused", "accepted"),
        (["unknown", "refused"], "refused", "unknown"),
        (["refused", "refused"], "refused", "refused"),
    ],
)
def test_verdicts_are_put_together(verdicts: list[Any], all_of_them: str, any_of_them: str) -> None:
    for each in (verdicts, verdicts[::-1]):
        assert verdict_of(each, "all") == all_of_them
        assert verdict_of(each, "any") == any_of_them


def test_periods_are_put_together() -> None:
    def period(start: int, end: int) -> Period:
        return Period(DAY + timedelta(days=start), DAY + timedelta(days=end))

    one, other = [period(0, 4), period(6, 9)], [period(2, 7), period(9, 10)]
    assert periods_of([one, other], "all") == [period(2, 4), period(6, 7)]
    assert periods_of([one, other], "any") == [period(0, 10)]
    assert periods_of([one, []], "all") == []
    assert periods_of([[period(0, 1)], [period(2, 3)]], "any") == [period(0, 1), period(2, 3)]


def test_the_changes_are_what_check_says_on_each_day(engine: Engine) -> None:
    begun = datetime(2021, 7, 1, tzinfo=UTC)
    answer = ask(engine, WITHOUT_CROSS, on=begun)
    assert answer.changes[0].at == begun
    assert len(answer.changes) > 1
    ends = [each.at for each in answer.changes[1:]]
    for at, change in zip(ends, answer.changes, strict=False):
        just_before = at - timedelta(seconds=1)
        assert numbers(verdicts(engine, WITHOUT_CROSS, just_before))["accepted"] == change.accepted
    assert answer.until == min(ends)
    assert answer.changes[-1].accepted == 0
    assert answer.changes[-1].why == "*.apache.org ends"
    until = begun + timedelta(days=30)
    assert ask(engine, WITHOUT_CROSS, on=begun, until=until).changes == answer.changes[:1]
    with pytest.raises(UsageError, match="before the day asked for"):
        ask(engine, WITHOUT_CROSS, on=begun, until=begun - timedelta(days=1))


# --- what can't be judged --------------------------------------------------------------------


def phones(*loads: str, model: str = "") -> pd.DataFrame:
    rows = [(f"SEP{at:012X}", load, model) for at, load in enumerate(loads)]
    return pd.DataFrame(rows, columns=["Device Name", "Active Load ID", "Device Type"])


def test_loads_that_name_no_loaded_release_are_unknown_and_told_apart(engine: Engine) -> None:
    loads = [
        "",
        "nonsense",
        "sip69xx.12-8-1-0001-1",
        "sip88xx.14-2-1-0001-9",
        "sip88xx.12-8-2-0001-1",
    ]
    answer = ask(engine, LEAF, phones=phones(*loads, "sip88xx.12-8-1-0001-455"))
    assert told(answer)["unknown"] == 5
    remarks = {each.load: each.remark for each in answer.releases if each.verdict == "unknown"}
    assert set(remarks) == set(loads)
    assert remarks[""] == "No load is stated for these."
    assert "can't be told from the load" in remarks["nonsense"]
    assert "--product-map sip69xx=PRODUCT" in remarks["sip69xx.12-8-1-0001-1"]
    assert "trustlist ingest FILE --firmware '14.2(1)'" in remarks["sip88xx.14-2-1-0001-9"]
    assert answer.accepted + answer.refused + answer.unknown == answer.inventory.phones


def test_many_releases_that_are_not_loaded_become_one_line(engine: Engine) -> None:
    loads = [f"sip88xx.14-{at}-1-0001-1" for at in range(60)]
    answer = ask(engine, LEAF, phones=phones(*loads))
    assert len(answer.releases) == 21
    assert sum(each.phones for each in answer.releases) == answer.unknown == 60


def test_a_product_can_be_said(engine: Engine) -> None:
    inventory = phones("sip69xx.12-8-1-0001-1")
    answer = ask(engine, LEAF, phones=inventory, product_map=["sip69xx=IP Phone 7800/8800"])
    assert answer.unknown == 0
    with pytest.raises(UsageError, match="nothing of Nobody is loaded"):
        ask(engine, LEAF, phones=inventory, product_map=["sip69xx=Nobody"])


@pytest.mark.parametrize(
    ("load", "family", "firmware"),
    [
        ("sip88xx.12-8-1-0001-455", "sip88xx", "12.8(1)"),
        ("SIP78XX.12-7-1-0101-3", "sip78xx", "12.7(1)SR1"),
        ("sip8845_65.12-5-1SR1-4", "sip8845_65", "12.5(1)SR1"),
        ("PHONEOS.3-1-1-0001-36", "phoneos", "3.1(1)"),
        ("12.8(1)", None, "12.8(1)"),
        ("12.8", None, None),
        ("SCCP42.9-4-2SR3-1S", "sccp42", "9.4(2)SR3"),
        ("sip88xx", None, None),
    ],
)
def test_what_a_load_says(load: str, family: str | None, firmware: str | None) -> None:
    found = parse(load)
    assert (found.family, found.firmware and str(found.firmware)) == (family, firmware)


def test_families_belong_to_the_product_that_names_them_best() -> None:
    one = Products(["IP Phone 7800/8800", "Room Kit"], {})
    for family in ("sip78xx", "sip88xx", "sip8845_65", "sip7832", "sip8832"):
        assert one.of(family) == "IP Phone 7800/8800"
    assert one.of("sip8821") is None
    assert one.of("phoneos") is None
    several = Products(
        ["IP Phone 7800/8800", "IP Phone 8832", "Wireless 8821", "SnapshotLoader Phone 9800"], {}
    )
    assert several.of("sip8832") == "IP Phone 8832"
    assert several.of("sip8821") == "Wireless 8821"
    assert several.of("phoneos") == "SnapshotLoader Phone 9800"
    with pytest.raises(UsageError, match="sip88xx may be any of A 8800, B 8800"):
        Products(["A 8800", "B 8800"], {}).of("sip88xx")
    chosen = parse_map(["88xx=B 8800"], ["A 8800", "B 8800"])
    assert Products(["A 8800", "B 8800"], chosen).of("sip88xx") == "B 8800"
    with pytest.raises(UsageError, match="give FAMILY=PRODUCT"):
        parse_map(["88xx"], ["A 8800"])


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("Cisco 8851", "sip88xx"),
        ("Cisco 8865NR", "sip8845_65"),
        ("Cisco IP Phone 7832", "sip7832"),
        ("", None),
    ],
)
def test_the_model_tells_the_family_where_the_load_does_not(model: str, family: str | None) -> None:
    assert family_of_model(model) == family


# --- without a chain, and as a data frame ----------------------------------------------------


def test_what_phones_trust_is_what_sql_says(engine: Engine) -> None:
    on = datetime(2020, 1, 1, tzinfo=UTC)
    answer = trusting(engine, collect([frame()]), on=on).answer
    judged = Counter(JUDGED_AS[release] for release in RUNNING.elements())
    sql = text("SELECT firmware, fingerprint, not_after FROM trust_list")
    with engine.connect() as connection:
        rows = connection.execute(sql).all()
    trusted: Counter[str] = Counter()
    ends = {}
    for firmware, fingerprint, not_after in rows:
        trusted[fingerprint] += judged[firmware]
        ends[fingerprint] = datetime.fromisoformat(str(not_after)).replace(tzinfo=UTC)
    within = {
        fingerprint: number
        for fingerprint, number in trusted.items()
        if on <= ends[fingerprint] <= on + timedelta(days=365)
    }
    assert within
    assert {each.fingerprint: each.phones for each in answer.expiring} == within
    everyone = {each for each, number in trusted.items() if number == NUMBER and ends[each] > on}
    assert {each.fingerprint for each in answer.trusted_by_all} == everyone
    assert {each.firmware: each.phones for each in answer.releases} == dict(RUNNING)


def test_a_data_frame_has_a_row_a_phone(engine: Engine) -> None:
    asked = accepting(engine, collect([frame()]), [read_chain(WITH_CROSS)], on=DAY)
    found = as_frame(asked)
    expected = {each.cells[0]: each.release for each in PHONES if each.release}
    assert dict(zip(found["name"], found["firmware"], strict=True)) == expected
    assert found["verdict"].value_counts().to_dict() == {
        "refused": asked.answer.refused,
        "accepted": asked.answer.accepted,
    }
    assert found.attrs["answer"] is asked.answer


def test_no_phones_are_no_fault(engine: Engine) -> None:
    answer = ask(engine, LEAF, phones=phones())
    assert (answer.inventory.phones, answer.releases, answer.fixes) == (0, [], [])
