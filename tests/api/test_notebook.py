"""`import trustlist`: the questions and steps as a notebook asks them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustlist

from pipeline.enrich import Catalogue
from pipeline.firmware import Firmware
from tests.commandline import SAMPLES, fingerprints_of

ADDTRUST = "02faf3e291435468607857694df5e45b68851868"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a database with the samples of 12.7 and 12.8."""
    path = tmp_path_factory.mktemp("notebook") / "trustlist.db"
    for sample in SAMPLES[1:]:
        trustlist.ingest_document(str(sample), path)
    return path


def test_every_name_that_is_offered_is_there() -> None:
    for name in trustlist.__all__:
        assert getattr(trustlist, name)


def test_a_database_is_a_url_a_path_or_an_engine(loaded: Path) -> None:
    engine = trustlist.open_database(loaded)
    for database in (engine, loaded, str(loaded), f"sqlite:///{loaded}"):
        firmware = [each.firmware for each in trustlist.list_snapshots(database)]
        assert firmware == ["12.7(1)", "12.8(1)"]


@pytest.mark.parametrize("release", ["12.7", "12.7(1)@1", Firmware(12, 7), Firmware(12, 7, 1)])
def test_a_release_is_text_or_a_firmware(loaded: Path, release: str | Firmware) -> None:
    shown = [row.fingerprint for row in trustlist.show_release(loaded, release).rows]
    assert shown == fingerprints_of(SAMPLES[1])


@pytest.mark.parametrize(
    "day",
    [
        "2020-06-01",
        "2020-06-01T00:00",
        "2020-06-01T02:00+02:00",
        date(2020, 6, 1),
        datetime(2020, 6, 1, tzinfo=UTC),
    ],
)
def test_a_day_is_text_a_date_or_a_time(loaded: Path, day: str | date) -> None:
    expired = trustlist.show_release(loaded, "12.7", as_of=day, status="expired")
    assert expired.as_of == datetime(2020, 6, 1, tzinfo=UTC)
    assert ADDTRUST in [row.fingerprint for row in expired.rows]


def test_the_questions_give_what_the_documents_say(loaded: Path) -> None:
    diff = trustlist.compare_releases(loaded, "12.7", "12.8")
    old, new = (set(fingerprints_of(sample)) for sample in SAMPLES[1:])
    assert {item.fingerprint for item in diff.removed} == old - new
    (found,) = trustlist.find(loaded, ADDTRUST).roots
    assert found.releases[0].last_firmware == "12.7(1)"
    ending = trustlist.expiring(loaded, "12.7", within="90d", as_of="2020-03-15").roots
    assert ADDTRUST in [root.fingerprint for root in ending]
    stored = trustlist.export(loaded, "12.8").roots
    assert [root.fingerprint for root in stored] == fingerprints_of(SAMPLES[2])


def test_a_query_gives_rows_or_a_data_frame(loaded: Path) -> None:
    sql = "SELECT firmware, count(*) AS roots FROM trust_list GROUP BY firmware ORDER BY firmware"
    result = trustlist.run_query(loaded, sql)
    frame = trustlist.run_query(loaded, sql, as_frame=True)
    assert list(frame.columns) == result.columns == ["firmware", "roots"]
    assert frame.to_numpy().tolist() == result.rows
    assert frame["roots"].sum() == sum(len(fingerprints_of(sample)) for sample in SAMPLES[1:])


def test_a_chain_is_a_path_or_what_was_read(loaded: Path) -> None:
    path = Path(__file__).parent.parent / "check/chains/sectigo-2021-with-addtrust-cross.pem"
    for chain in (path, str(path), trustlist.read_chain(str(path))):
        answer = trustlist.check_chain(loaded, chain, firmware="12.7", on="2021-09-01")
        assert [result.verdict for result in answer.results] == ["refused"]


def test_the_steps_one_by_one_give_what_ingest_gives() -> None:
    extraction = trustlist.extract_document(str(SAMPLES[1]))
    entries, problems = trustlist.normalise_rows(extraction.rows)
    enriched = trustlist.enrich_entries(entries, [Catalogue()])
    assert problems == enriched.problems == []
    assert enriched.entries["fingerprint"].tolist() == fingerprints_of(SAMPLES[1])
    document = trustlist.read_document(SAMPLES[1])
    assert [each.subject for each in document.entries] == enriched.entries["subject"].tolist()


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where a server has the samples."""
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(SAMPLES[0].parent))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join(10)


def test_a_document_may_be_at_an_address(address: str, tmp_path: Path) -> None:
    url = f"{address}{SAMPLES[0].name}"
    done = trustlist.ingest_document(url, tmp_path / "own.db", allow_http=True)
    assert done.document == SAMPLES[0].name
    shown = trustlist.show_release(tmp_path / "own.db", "latest")
    assert [row.fingerprint for row in shown.rows] == fingerprints_of(SAMPLES[0])
    read = trustlist.read_document(url, allow_http=True)
    assert [row.fingerprint for row in read.entries] == fingerprints_of(SAMPLES[0])
    with pytest.raises(trustlist.TrustlistError, match="404"):
        trustlist.ingest_document(f"{address}none.pdf", tmp_path / "own.db", allow_http=True)
    with pytest.raises(trustlist.TrustlistError, match="http"):
        trustlist.read_document(url)


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        ("show_release", {"release": "12.7", "as_of": "soon"}, "as_of: 'soon' is no day"),
        ("show_release", {"release": "12.7", "as_of": 2020}, "as_of: 2020 is no day"),
        ("show_release", {"release": 12.7}, "release: 12.7 is no release"),
        ("compare_releases", {"old": "12.7", "new": None}, "new: None is no release"),
        ("expiring", {"as_of": datetime(2020, 6, 1)}, "as_of: 2020-06-01 00:00:00 has no time"),
        ("find", {"text": 7}, "text: 7 is no text"),
        ("check_chain", {"chain": 7}, "chain: 7 is no path"),
        ("check_chain", {"chain": "x.pem", "on": "yesterday"}, "x.pem"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_taken_is_named(
    loaded: Path, function: str, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(trustlist.TrustlistError, match=message):
        getattr(trustlist, function)(loaded, **arguments)


def test_a_database_that_is_neither_is_named() -> None:
    with pytest.raises(trustlist.TrustlistError, match="database: 7 is no path"):
        trustlist.list_snapshots(7)  # type: ignore[arg-type]


def test_a_fleet_is_a_data_frame_with_the_answer(loaded: Path, tmp_path: Path) -> None:
    chains = Path(__file__).resolve().parents[1] / "check" / "chains"
    refused = chains / "sectigo-2021-with-addtrust-cross.pem"
    phones = tmp_path / "phones.csv"
    phones.write_text(
        "Name,Active Load ID\nSEP000000000001,sip88xx.12-7-1-0001-403\n"
        "SEP000000000002,sip88xx.12-8-1-0001-455\n"
    )
    frame = trustlist.fleet(loaded, str(phones), refused, on="2021-09-01")
    assert frame["verdict"].tolist() == ["refused", "accepted"]
    assert frame.attrs["answer"].fixes[0].brings_back == 1
    again = trustlist.fleet(
        str(loaded),
        [frame[["name", "load"]].rename(columns={"load": "runs"})],
        [trustlist.read_chain(refused), refused.with_name("sectigo-2021-without-cross.pem")],
        on=date(2021, 9, 1),
        needs="any",
        columns={"load": "runs"},
    )
    assert again["verdict"].tolist() == ["accepted", "accepted"]
    with pytest.raises(trustlist.TrustlistError, match="chain: 3 is no path"):
        trustlist.fleet(loaded, phones, 3)  # type: ignore[arg-type]
    with pytest.raises(trustlist.TrustlistError, match="phones: None is no path"):
        trustlist.fleet(loaded, None, refused)  # type: ignore[arg-type]
