"""`database verify` finds whatever is changed behind the program's back, and says where."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text

from pipeline.database.engine import open_for_reading, transaction
from pipeline.database.verify import DatabaseFault, verify
from pipeline.errors import DatabaseError
from pipeline.load import row_digest
from pipeline.questions.show import show
from schemas import tables
from tests.snapshot_loader import Printed, SnapshotLoader, new_root

A, B = new_root("A"), new_root("B")
OTHER_VALUE = "checksum: a value of this row is not the one that was stored"


@pytest.fixture
def loaded(loader: SnapshotLoader) -> Engine:
    """12.7(1) of two documents, 12.8(1) of one; a row without its certificate."""
    unknown = Printed(new_root("U"), is_known=False)
    loader.load({"12.7(1)": [A, B, unknown]}, document="first")
    loader.load({"12.7(1)": [B, A]}, document="second")
    loader.load({"12.8(1)": [Printed(B, subject="CN=X")]}, document="third")
    return loader.engine


def spoil(engine: Engine, *statements: str, **values: Any) -> list[DatabaseFault]:
    """Change something that no command changes, and give what is found."""
    with transaction(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement), values)
    return verify(engine).faults


def test_nothing_is_wrong_with_what_was_loaded(loaded: Engine) -> None:
    found = verify(loaded)
    assert found.faults == []
    numbers = (found.certificates, found.printed_rows, found.snapshots, found.entries)
    assert numbers == (2, 4, 3, 6)


def test_nothing_is_wrong_with_an_empty_database(engine: Engine) -> None:
    assert verify(engine).faults == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("fingerprint_sha256", "0" * 64),
        ("spki_sha256", "0" * 64),
        ("subject", "CN=Another"),
        ("issuer", "CN=Another"),
        ("serial_number", "10"),
        ("not_before", "2001-01-01 00:00:00"),
        ("not_after", "2041-01-01 00:00:00"),
        ("key_type", "RSA"),
        ("key_bits", 257),
        ("signature_algorithm", "ecdsa-with-SHA384"),
        ("self_signed", False),
        ("parser", "asn1crypto"),
    ],
)
def test_a_fact_that_is_not_the_certificates(loaded: Engine, column: str, value: object) -> None:
    change = f"UPDATE certificates SET {column} = :value WHERE fingerprint = :key"
    faults = spoil(loaded, change, value=value, key=A.fingerprint)
    expected = DatabaseFault(
        "certificates", A.fingerprint, f"{column}: the certificate says otherwise"
    )
    assert expected in faults
    assert {fault.table for fault in faults} <= {"certificates", "printed_rows"}


def test_a_certificate_under_another_fingerprint(loaded: Engine) -> None:
    change = "UPDATE certificates SET der = :der WHERE fingerprint = :key"
    (fault,) = spoil(loaded, change, der=B.record["der"], key=A.fingerprint)
    assert (fault.table, fault.key) == ("certificates", A.fingerprint)
    assert fault.text.startswith("fingerprint, fingerprint_sha256, spki_sha256, subject, issuer")


def test_a_certificate_that_is_none(loaded: Engine) -> None:
    change = "UPDATE certificates SET der = :der WHERE fingerprint = :key"
    assert spoil(loaded, change, der=A.record["der"][:-1], key=A.fingerprint) == [
        DatabaseFault("certificates", A.fingerprint, "der: it is no certificate")
    ]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("digest = :value", b"\0" * 32),
        ("fingerprint_sha256 = :value", "0" * 64),
        ("subject_printed = :value", "CN=Another"),
        ("agreed = :value", False),
    ],
)
def test_a_row_that_says_something_else(loaded: Engine, change: str, value: object) -> None:
    where = "WHERE subject = 'CN=A'"
    faults = spoil(loaded, f"UPDATE printed_rows SET {change} {where}", value=value)
    assert DatabaseFault("printed_rows", "1", "digest: it is that of another row") in faults


def test_a_row_that_claims_to_be_proven(loaded: Engine) -> None:
    # one has no certificate, one another name than its certificate
    for name, rightly in (("U", "NULL"), ("X", "false")):
        change = "UPDATE printed_rows SET subject_matches ="
        faults = spoil(loaded, f"{change} true {where(name)}")
        assert [fault.table for fault in faults] == ["printed_rows"]
        assert "not its certificate's" in faults[0].text
        assert spoil(loaded, f"{change} {rightly} {where(name)}") == []


def test_a_row_that_claims_not_to_be_proven(loaded: Engine) -> None:
    change = "UPDATE printed_rows SET subject_matches = false"
    (fault,) = spoil(loaded, f"{change} {where('A')}")
    assert (fault.table, fault.text) == (
        "printed_rows",
        "subject_matches: it is its certificate's subject",
    )


def test_a_row_with_another_sha_256_is_rightly_not_proven(loaded: Engine) -> None:
    """The name is the certificate's, but the SHA-256 that is printed isn't."""
    printed = row_digest(A.fingerprint, "0" * 64, "CN=A", agreed=True)
    change = "SET subject_matches = false, fingerprint_sha256 = :sha256, digest = :digest"
    faults = spoil(
        loaded,
        f"UPDATE printed_rows {change} {where('A')}",
        sha256="0" * 64,
        digest=printed,
    )
    others = [fault for fault in faults if fault.text != OTHER_VALUE]
    assert {fault.table for fault in others} == {"snapshots"}  # they had another row


def where(name: str) -> str:
    return f"WHERE subject = 'CN={name}'"


def test_a_row_that_was_not_compared(loaded: Engine) -> None:
    (fault,) = spoil(loaded, f"UPDATE printed_rows SET subject_matches = NULL {where('A')}")
    assert "never compared" in fault.text


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            "DELETE FROM entries WHERE snapshot_id = 1 AND position = 2",
            DatabaseFault("snapshots", "8800 12.7(1)@1", "entry_count: 3, but it has 2"),
        ),
        (
            "DELETE FROM entries WHERE snapshot_id = 3",
            DatabaseFault("snapshots", "8800 12.8(1)@1", "entry_count: 1, but it has 0"),
        ),
        (
            "UPDATE entries SET position = 9 WHERE snapshot_id = 2 AND position = 2",
            DatabaseFault(
                "snapshots", "8800 12.7(1)@2", "digest: its entries are not those that were loaded"
            ),
        ),
        (
            "UPDATE entries SET page = 9 WHERE snapshot_id = 2 AND position = 2",
            DatabaseFault(
                "snapshots", "8800 12.7(1)@2", "digest: its entries are not those that were loaded"
            ),
        ),
        (
            "UPDATE entries SET printed_row_id = 3 WHERE snapshot_id = 2 AND position = 2",
            DatabaseFault(
                "snapshots", "8800 12.7(1)@2", "digest: its entries are not those that were loaded"
            ),
        ),
        (
            "UPDATE snapshots SET revision = 3 WHERE id = 2",
            DatabaseFault(
                "snapshots", "8800 12.7(1)", "revision: they go up to 3, but there are 2"
            ),
        ),
        (
            "UPDATE snapshots SET firmware = '12.9(1)' WHERE id = 3",
            DatabaseFault(
                "snapshots",
                "8800 12.9(1)@1",
                "firmware_order: 12000800020000, not 12000900020000",
            ),
        ),
        (
            "UPDATE snapshots SET firmware = 'new' WHERE id = 3",
            DatabaseFault("snapshots", "8800 new@1", "firmware: it is no release"),
        ),
    ],
)
def test_a_snapshot_that_was_changed(loaded: Engine, change: str, fault: DatabaseFault) -> None:
    faults = spoil(loaded, change)
    assert faults[0] == fault
    assert [each.text for each in faults[1:]] in ([], [OTHER_VALUE])


def test_what_is_left_of_a_snapshot(loaded: Engine) -> None:
    deleted = ("DELETE FROM entries WHERE snapshot_id = 3", "DELETE FROM snapshots WHERE id = 3")
    (fault,) = spoil(loaded, *deleted)
    assert (fault.table, fault.text) == ("documents", "it has no snapshot")


def test_what_refers_to_nothing(loaded: Engine, tmp_path: Path) -> None:
    if loaded.dialect.name == "sqlite":
        connection = sqlite3.connect(tmp_path / "trustlist.db")
        connection.execute("DELETE FROM snapshots WHERE id = 3")
        connection.commit()
        connection.close()
        faults = verify(loaded).faults
    else:
        faults = spoil(loaded, "DELETE FROM snapshots WHERE id = 3")
    (entry,) = (fault for fault in faults if fault.table == "entries")
    assert entry.text == "it refers to a row of snapshots that isn't there"
    assert entry.key.split()[0] == "3"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("DROP VIEW root_history", DatabaseFault("root_history", "", "it isn't there")),
        ("DROP TABLE problems", DatabaseFault("problems", "", "it isn't there")),
        ("DROP TABLE sightings CASCADE", DatabaseFault("sightings", "", "it isn't there")),
        (
            "ALTER TABLE certificates RENAME COLUMN parser TO reader",
            DatabaseFault("certificates", "", "the column parser isn't there"),
        ),
        (
            "DROP INDEX ix_snapshots_firmware",
            DatabaseFault("snapshots", "", "the index ix_snapshots_firmware isn't there"),
        ),
    ],
)
def test_what_is_gone_as_a_whole(loaded: Engine, change: str, fault: DatabaseFault) -> None:
    if loaded.dialect.name == "sqlite":
        change = change.removesuffix(" CASCADE")
    assert spoil(loaded, change) == [fault]


def test_what_is_gone_is_said_by_every_command(loaded: Engine, database_url: str) -> None:
    spoil(loaded, "DROP VIEW trust_list")
    with pytest.raises(DatabaseError, match=r"trust_list.*; see `trustlist database verify`\.$"):
        show(open_for_reading(database_url), "12.7", product="8800")


def fill_the_rest(engine: Engine) -> None:
    """Put a row into each table that has none of the documents' own."""
    seen = {"fingerprint": "a" * 40, "programme": "mozilla", "source": "x"}
    days = {"first_seen": date(2020, 1, 1), "last_seen": date(2020, 1, 2)}
    asked = {"fingerprint": "a" * 40, "source": "crt.sh", "asked_at": datetime.now(UTC)}
    problem = {"kind": "duplicate", "page": 1, "text": "text", "hint": "hint"}
    with transaction(engine) as connection:
        connection.execute(insert(tables.sightings), [seen | days])
        connection.execute(insert(tables.lookups), [asked])
        connection.execute(insert(tables.problems), [problem | {"document_id": 1}])


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("documents", "name = 'other.pdf'"),
        ("documents", "title = 'Other'"),
        ("documents", "pages = 7"),
        ("snapshots", "ingested_at = '2020-01-01 00:00:00'"),
        ("snapshots", "product = '7800'"),
        ("printed_rows", "subject = 'CN=Y'"),
        ("certificates", "source = 'file:mine.pem'"),
        ("sightings", "programme = 'apple'"),
        ("sightings", "first_seen = '2019-01-01'"),
        ("sightings", "last_seen = '2021-01-01'"),
        ("sightings", "source = 'y'"),
        ("lookups", "asked_at = '2020-01-01 00:00:00'"),
        ("problems", "kind = 'damaged'"),
        ("problems", "page = 2"),
        ("problems", "text = ''"),
        ("problems", "hint = 'none'"),
        ("problems", "checksum = NULL"),
    ],
)
def test_a_value_that_nothing_else_tells(loaded: Engine, table: str, change: str) -> None:
    fill_the_rest(loaded)
    narrowed = " WHERE subject = 'CN=X'" if table == "printed_rows" else ""
    faults = spoil(loaded, f"UPDATE {table} SET {change}{narrowed}")
    assert {(each.table, each.text) for each in faults} == {(table, OTHER_VALUE)}


def test_what_is_changed_by_us_is_no_damage(loader: SnapshotLoader) -> None:
    """A row gets its certificate later, a root is seen once more."""
    root = new_root("Later")
    first = [(A.fingerprint, "mozilla", date(2015, 1, 1), date(2020, 1, 1), "a")]
    loader.load({"12.7(1)": [A, Printed(root, is_known=False)]}, sightings=first)
    second = [(A.fingerprint, "mozilla", date(2015, 1, 1), date(2021, 1, 1), "a")]
    loader.load({"12.8(1)": [A, root]}, sightings=second)
    assert verify(loader.engine).faults == []
    assert [row.evidence for row in show(loader.engine, "12.7").rows] == ["proven", "proven"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "MAX(n.last_seen)",
            "MIN(n.last_seen)",
            DatabaseFault("programme_status", "", "it is not the view that trustlist makes"),
        ),
        (
            "programme VARCHAR",
            "programme VARCHAS",
            DatabaseFault("sightings", "", "its columns are not those that trustlist makes"),
        ),
    ],
)
def test_a_schema_that_means_something_else(
    loaded: Engine, tmp_path: Path, old: str, new: str, fault: DatabaseFault
) -> None:
    with closing(sqlite3.connect(tmp_path / "trustlist.db")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        changed = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE instr(sql, ?)"
        assert connection.execute(changed, (old, new, old)).rowcount == 1
        connection.commit()
    assert verify(loaded).faults == [fault]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bytes_where_text_should_be(loaded: Engine, database_url: str) -> None:
    change = "UPDATE certificates SET subject = CAST(x'30ff' AS TEXT)"
    assert set(spoil(loaded, change)) == {
        DatabaseFault("certificates", each.fingerprint, "subject: it is no UTF-8")
        for each in (A, B)
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_file(loaded: Engine, tmp_path: Path) -> None:
    path = tmp_path / "trustlist.db"
    whole = path.read_bytes()
    for page in range(1, len(whole) // 4096):
        damaged = bytearray(whole)
        damaged[page * 4096 : page * 4096 + 100] = bytes(100)
        path.write_bytes(damaged)
        assert is_faulty(path), page


def is_faulty(path: Path) -> bool:
    try:
        return bool(verify(open_for_reading(f"sqlite:///{path}")).faults)
    except DatabaseError:
        return True


# --- what no command has put there -----------------------------------------------------------

WRONG = [
    ("certificates", "subject", "x'30'", "subject: it is of the type blob"),
    ("certificates", "not_after", "'soon'", "not_after: it is no date or time"),
    ("certificates", "not_after", "'2041-13-01 00:00:00'", "not_after: it is no date or time"),
    ("certificates", "key_bits", "'many'", "key_bits: it is of the type text"),
    ("certificates", "self_signed", "7", "self_signed: it is no truth value"),
    ("certificates", "der", "'text'", "der: it is of the type text"),
    ("printed_rows", "digest", "id + 0.5", "digest: it is of the type real"),
    ("snapshots", "revision", "revision + 0.5", "revision: it is of the type real"),
    ("snapshots", "firmware", "CAST(x'ff' || firmware AS TEXT)", "firmware: it is no UTF-8"),
    ("documents", "pages", "'all'", "pages: it is of the type text"),
    ("sightings", "last_seen", "20200101", "last_seen: it is of the type integer"),
    ("sightings", "source", "x'00'", "source: it is of the type blob"),
    ("lookups", "asked_at", "''", "asked_at: it is no date or time"),
    ("problems", "page", "x'01'", "page: it is of the type blob"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("table", "column", "value", "found"), WRONG)
def test_values_that_have_no_place_there_are_each_reported(
    loaded: Engine, tmp_path: Path, table: str, column: str, value: str, found: str
) -> None:
    fill_the_rest(loaded)
    assert verify(loaded).faults == []
    with closing(sqlite3.connect(tmp_path / "trustlist.db")) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"UPDATE {table} SET {column} = {value}")
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        connection.commit()
    faults = verify(loaded).faults
    assert [(each.table, each.text) for each in faults if each.table] == [(table, found)] * number
