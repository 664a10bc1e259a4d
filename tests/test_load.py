"""Documents become snapshots: wholly or not at all, once, and for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from pipeline.database.engine import open_for_writing, transaction
from pipeline.extract.document import Document, Problem
from pipeline.load import LoadedSnapshot, attach, load
from schemas import frames, tables
from tests.snapshot_loader import Printed, SnapshotLoader, certificates, new_root

NOON = datetime(2021, 9, 1, 12, tzinfo=UTC)


def ask(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    with transaction(engine) as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def everything(engine: Engine) -> dict[str, set[tuple[Any, ...]]]:
    """All that the tables hold."""
    with transaction(engine) as connection:
        return {
            table.name: {tuple(row) for row in connection.execute(select(table))}
            for table in tables.metadata.sorted_tables
        }


# --- snapshots -------------------------------------------------------------------------------


def test_a_document_becomes_a_trust_list(loader: SnapshotLoader) -> None:
    a, b = new_root("A", datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC)), new_root("B")
    loaded = loader.load({"12.7(1)": [a, Printed(b, is_known=False)]}, ingested_at=NOON)
    assert loaded.snapshots == [LoadedSnapshot("8800", "12.7(1)", 1, 2, is_new=True)]
    assert loaded.certificates == 1
    with transaction(loader.engine) as connection:
        first, second = connection.execute(
            select(tables.trust_list).order_by(tables.trust_list.c.position)
        ).mappings()
    assert first == {
        "product": "8800",
        "firmware": "12.7(1)",
        "revision": 1,
        "position": 1,
        "page": 1,
        "fingerprint": a.fingerprint,
        "fingerprint_sha256": a.record["fingerprint_sha256"],
        "subject": "CN=A",
        "subject_printed": "CN=A",
        "issuer": "CN=A",
        "serial_number": "0f",
        "not_before": datetime(2000, 1, 1, tzinfo=UTC),
        "not_after": datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC),
        "key_type": "EC",
        "key_bits": 256,
        "signature_algorithm": "ecdsa-with-SHA256",
        "evidence": "proven",
        "certificate_source": "catalogue",
        # printf '12.7(1)' | sha256sum
        "document_sha256": "7871ddc7e8ec22fdf71bb1af5556d13de6ae58dacf3773834baed39e42197fd1",
        "ingested_at": NOON,
    }
    known_of_second = {name: value for name, value in second.items() if value is not None}
    assert known_of_second.keys() == {
        "product",
        "firmware",
        "revision",
        "position",
        "page",
        "fingerprint",
        "subject",
        "subject_printed",
        "evidence",
        "document_sha256",
        "ingested_at",
    }
    assert second["evidence"] == "agreed"


def test_the_same_document_again_changes_nothing(loader: SnapshotLoader) -> None:
    roots = [new_root("A"), Printed(new_root("B"), subject="CN=X")]
    problems = [Problem("duplicate", 2, "A", "Left out.")]
    sightings = [(roots[0].fingerprint, "mozilla", date(2016, 1, 1), date(2020, 1, 1), "certifi")]
    loader.load({"12.7(1)": roots}, problems=problems, sightings=sightings)
    before = everything(loader.engine)
    again = loader.load({"12.7(1)": roots}, problems=problems, sightings=sightings)
    assert again.snapshots == [LoadedSnapshot("8800", "12.7(1)", 1, 2, is_new=False)]
    assert (again.certificates, again.attached) == (0, 0)
    assert everything(loader.engine) == before


def test_a_document_may_state_several_releases(loader: SnapshotLoader) -> None:
    a, b = new_root("A"), new_root("B")
    loaded = loader.load({"12.7(1)": [a, b], "12.8(1)": [b]})
    assert [(each.firmware, each.entries) for each in loaded.snapshots] == [
        ("12.7(1)", 2),
        ("12.8(1)", 1),
    ]
    assert ask(
        loader.engine, "SELECT firmware, position, subject FROM trust_list ORDER BY 1, 2"
    ) == [
        ("12.7(1)", 1, "CN=A"),
        ("12.7(1)", 2, "CN=B"),
        ("12.8(1)", 1, "CN=B"),
    ]
    assert ask(loader.engine, "SELECT count(*) FROM documents") == [(1,)]


def test_another_document_for_a_release_is_its_next_revision(loader: SnapshotLoader) -> None:
    a, b = new_root("A"), new_root("B")
    loader.load({"12.7(1)": [a]}, document="first")
    loaded = loader.load({"12.7(1)": [a, b]}, document="second")
    assert loaded.snapshots == [LoadedSnapshot("8800", "12.7(1)", 2, 2, is_new=True)]
    assert ask(loader.engine, "SELECT revision, subject FROM trust_list ORDER BY 1, position") == [
        (1, "CN=A"),
        (2, "CN=A"),
        (2, "CN=B"),
    ]


def test_a_document_may_be_loaded_for_several_products(loader: SnapshotLoader) -> None:
    for product in ("7800", "8800"):
        loaded = loader.load({"12.7(1)": [new_root("A")]}, document="one", product=product)
        assert loaded.snapshots == [LoadedSnapshot(product, "12.7(1)", 1, 1, is_new=True)]
    assert ask(loader.engine, "SELECT count(*) FROM documents") == [(1,)]


def test_spellings_of_a_release_are_one_release(loader: SnapshotLoader) -> None:
    loader.load({"12.7.1": [new_root("A")]})
    loaded = loader.load({"12.7(1)": [new_root("A")]})
    assert [(each.firmware, each.revision) for each in loaded.snapshots] == [("12.7(1)", 2)]


def test_problems_are_kept_with_the_document(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [new_root("A")]}, problems=[Problem("duplicate", 2, "text", "hint")])
    assert ask(
        loader.engine,
        "SELECT d.name, p.kind, p.page, p.text, p.hint"
        " FROM problems AS p JOIN documents AS d ON d.id = p.document_id",
    ) == [("12.7(1).pdf", "duplicate", 2, "text", "hint")]


def test_what_no_database_takes_is_replaced(loader: SnapshotLoader) -> None:
    root = Printed(new_root("A"), subject="CN=\0\ud800é")
    loader.load({"12.7(1)": [root]}, document="doc", problems=[Problem("duplicate", 1, "\0")])
    assert ask(loader.engine, "SELECT subject_printed FROM trust_list") == [("CN=\ufffd\ufffdé",)]
    assert ask(loader.engine, "SELECT text FROM problems") == [("\ufffd",)]


def test_a_load_that_fails_leaves_nothing(loader: SnapshotLoader) -> None:
    loader.load({"12.6(1)": [new_root("A")]})
    before = everything(loader.engine)
    root = new_root("B")
    turned_round = (root.fingerprint, "mozilla", date(2020, 1, 1), date(2016, 1, 1), "certifi")
    with pytest.raises(IntegrityError):  # sightings are stored last
        loader.load({"12.7(1)": [root], "12.8(1)": [root]}, sightings=[turned_round])
    assert everything(loader.engine) == before


def test_many_load_at_once(database_url: str) -> None:
    roots = [new_root(f"{number}") for number in range(20)]
    desks = [SnapshotLoader(open_for_writing(database_url)) for _ in range(8)]

    def load_two(number: int) -> None:
        own = [*roots[number:], *roots[:number]]
        desks[number].load({"12.7(1)": own}, document=f"document {number}")
        desks[number].load({"12.8(1)": roots}, document="the same for all")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(load_two, range(8)))
    snapshots = "SELECT firmware, revision, count(*) FROM trust_list GROUP BY 1, 2 ORDER BY 1, 2"
    assert ask(desks[0].engine, snapshots) == [
        *(("12.7(1)", revision, 20) for revision in range(1, 9)),
        ("12.8(1)", 1, 20),
    ]
    assert ask(desks[0].engine, "SELECT count(*) FROM certificates") == [(20,)]


def test_what_breaks_a_contract_is_refused(engine: Engine) -> None:
    document = Document("list.pdf", "a" * 64, 1, "")
    nothing = frames.make([], frames.CERTIFICATES)
    entry = (1, 1, "12.7(1)", "a" * 40, "", "CN=A", "CN=A", True, "proven")
    proven = frames.make([entry], frames.EVIDENT_ENTRIES)
    with pytest.raises(ValueError, match="no entries"):
        load(engine, document, proven[:0], nothing, product="8800")
    with pytest.raises(ValueError, match="the columns are"):
        load(engine, document, proven.drop(columns="evidence"), nothing, product="8800")
    with pytest.raises(ValueError, match="proven by a certificate that isn't there"):
        load(engine, document, proven, nothing, product="8800")
    twice = proven.loc[[0, 0]].assign(position=[1, 2])
    with pytest.raises(ValueError, match="a fingerprint twice"):
        load(engine, document, twice, nothing, product="8800")
    nameless = proven.assign(release="", evidence="agreed")
    with pytest.raises(ValueError, match="no firmware release"):
        load(engine, document, nameless, nothing, product="8800")
    assert ask(engine, "SELECT count(*) FROM documents") == [(0,)]


# --- certificates and evidence ---------------------------------------------------------------

EVIDENCE = "SELECT firmware, subject, evidence, issuer FROM trust_list ORDER BY firmware, position"


def test_evidence_is_drawn_from_certificate_and_readers(loader: SnapshotLoader) -> None:
    a, b = new_root("A"), new_root("B")
    loader.load(
        {
            "12.7(1)": [Printed(a, agreed=False), Printed(b, subject="CN=X")],
            "12.8(1)": [Printed(b, subject="CN=X", agreed=False)],
        }
    )
    assert ask(loader.engine, EVIDENCE) == [
        ("12.7(1)", "CN=A", "proven", "CN=A"),
        ("12.7(1)", "CN=X", "agreed", "CN=B"),
        ("12.8(1)", "CN=X", "disputed", "CN=B"),
    ]


def test_a_certificate_found_later_proves_what_is_there(loader: SnapshotLoader) -> None:
    a, b = new_root("A"), new_root("B")
    unknown = [
        Printed(a, subject="/CN=A", is_known=False),
        Printed(b, subject="CN=X", is_known=False),
    ]
    loader.load({"12.7(1)": unknown})
    before = everything(loader.engine)
    assert attach(loader.engine, certificates([a, b])) == 2
    after = everything(loader.engine)
    assert ask(loader.engine, EVIDENCE) == [
        ("12.7(1)", "CN=A", "proven", "CN=A"),
        ("12.7(1)", "CN=X", "agreed", "CN=B"),
    ]
    assert ask(loader.engine, "SELECT subject_printed FROM trust_list ORDER BY 1") == [
        ("/CN=A",),
        ("CN=X",),
    ]
    assert (before["entries"], before["snapshots"]) == (after["entries"], after["snapshots"])
    assert attach(loader.engine, certificates([a, b])) == 0


def test_the_same_document_again_may_bring_a_certificate(loader: SnapshotLoader) -> None:
    root = new_root("A")
    loader.load({"12.7(1)": [Printed(root, is_known=False)]})
    again = loader.load({"12.7(1)": [root]})
    assert (again.snapshots[0].is_new, again.certificates, again.attached) == (False, 1, 1)
    assert ask(loader.engine, EVIDENCE) == [("12.7(1)", "CN=A", "proven", "CN=A")]


def test_a_document_is_proven_by_a_certificate_that_another_brought(loader: SnapshotLoader) -> None:
    root = new_root("A")
    loader.load({"12.7(1)": [root]})
    loader.load({"12.8(1)": [Printed(root, subject="/CN=A", is_known=False)]})
    assert ask(loader.engine, EVIDENCE) == [
        ("12.7(1)", "CN=A", "proven", "CN=A"),
        ("12.8(1)", "CN=A", "proven", "CN=A"),
    ]


def test_a_printed_sha256_has_to_be_the_certificates(loader: SnapshotLoader) -> None:
    root = new_root("A")
    loader.load({"12.7(1)": [Printed(root, fingerprint_sha256="b" * 64, is_known=False)]})
    shown = "SELECT fingerprint_sha256, evidence FROM trust_list"
    assert ask(loader.engine, shown) == [("b" * 64, "agreed")]
    attach(loader.engine, certificates([root]))
    assert ask(loader.engine, shown) == [(root.record["fingerprint_sha256"], "agreed")]


def test_a_certificate_is_stored_once(loader: SnapshotLoader) -> None:
    root = new_root("A")
    loader.load({"12.6(1)": [root]})
    elsewhere = root._replace(record={**root.record, "source": "crt.sh"})
    assert loader.load({"12.7(1)": [elsewhere]}).certificates == 0
    assert ask(loader.engine, "SELECT fingerprint, source FROM certificates") == [
        (root.fingerprint, "catalogue")
    ]


def test_times_compare_with_dates_in_sql(loader: SnapshotLoader) -> None:
    ends = {
        "old": datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC),
        "new": datetime(2020, 6, 1, 0, 0, 0, tzinfo=UTC),
        "endless": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    }
    loader.load({"12.7(1)": [new_root(name, end) for name, end in ends.items()]})
    expired = "SELECT subject FROM trust_list WHERE not_after < '2020-06-01'"
    assert ask(loader.engine, expired) == [("CN=old",)]
    with transaction(loader.engine) as connection:
        found = connection.scalars(select(tables.certificates.c.not_after)).all()
    assert set(found) == set(ends.values())


# --- history ---------------------------------------------------------------------------------


@pytest.fixture
def history(loader: SnapshotLoader) -> SnapshotLoader:
    """12.6(1): A B. 12.7(1): at first A C, then A B C. 12.10(1): A, with another name, and C."""
    a, b, c = (new_root(name) for name in "ABC")
    loader.load({"12.10(1)": [Printed(a, subject="CN=X"), c]})
    loader.load({"12.6(1)": [a, b]})
    loader.load({"12.7(1)": [a, c]}, document="first")
    loader.load({"12.7(1)": [a, b, c]}, document="second")
    return loader


def test_changes_are_between_neighbouring_releases(history: SnapshotLoader) -> None:
    changes = "SELECT product, from_firmware, to_firmware, change, subject FROM changes"
    assert set(ask(history.engine, changes)) == {
        ("8800", "12.6(1)", "12.7(1)", "added", "CN=C"),
        ("8800", "12.7(1)", "12.10(1)", "removed", "CN=B"),
        ("8800", "12.7(1)", "12.10(1)", "changed", "CN=X"),
    }


def test_history_tells_since_when_and_until_when(history: SnapshotLoader) -> None:
    roots = "SELECT subject, first_firmware, last_firmware, in_latest FROM root_history"
    assert set(ask(history.engine, roots)) == {
        ("CN=A", "12.6(1)", "12.10(1)", True),
        ("CN=B", "12.6(1)", "12.7(1)", False),
        ("CN=C", "12.7(1)", "12.10(1)", True),
    }


def test_products_have_their_own_history(history: SnapshotLoader) -> None:
    history.load({"12.8(1)": [new_root("D")]}, product="7800")
    assert len(ask(history.engine, "SELECT * FROM changes")) == 3
    assert ask(
        history.engine, "SELECT first_firmware, in_latest FROM root_history WHERE product = '7800'"
    ) == [("12.8(1)", True)]


# --- sightings -------------------------------------------------------------------------------

A, B = "a" * 40, "b" * 40
STATUS = "SELECT fingerprint, last_seen, present_now FROM programme_status ORDER BY 1"


def test_a_root_is_present_if_it_is_in_the_newest_bundle(loader: SnapshotLoader) -> None:
    root = new_root("A")
    early, late, later = date(2016, 1, 1), date(2019, 11, 28), date(2020, 6, 20)
    loader.load(
        {"12.7(1)": [root]},
        sightings=[
            (A, "mozilla", early, late, "certifi"),
            (B, "mozilla", early, later, "certifi"),
            (A, "apple", early, late, "sslyze"),
        ],
    )
    present = "SELECT fingerprint, programme FROM programme_status WHERE present_now"
    assert set(ask(loader.engine, present)) == {(B, "mozilla"), (A, "apple")}


def test_sightings_grow_and_never_shrink(loader: SnapshotLoader) -> None:
    root = new_root("A")
    old = [(A, "mozilla", date(2016, 1, 1), date(2019, 1, 1), "certifi 2016 to certifi 2019")]
    new = [(A, "mozilla", date(2016, 1, 1), date(2020, 1, 1), "certifi 2016 to certifi 2020")]
    longer = [(A, "mozilla", date(2015, 1, 1), date(2020, 1, 1), "certifi 2015 to certifi 2020")]
    steps = ((old, old), (new, new), (old, new), (longer, longer), (new, longer))
    for sightings, expected in steps:
        loader.load({"12.7(1)": [root]}, sightings=sightings)
        with transaction(loader.engine) as connection:
            found = connection.execute(select(tables.sightings)).all()
        assert [row[:-1] for row in found] == expected  # the last is the checksum
