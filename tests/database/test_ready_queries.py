"""The queries that are ready: their comments, and what each answers, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from pipeline.database import sql
from pipeline.database.engine import open_for_reading
from pipeline.database.sql import canned
from pipeline.errors import UsageError
from tests.snapshot_loader import Printed, Root, SnapshotLoader, new_root

OLD, NEW = date(2020, 4, 5), date(2026, 10, 18)
DAY = date(2021, 1, 1)
SUBJECT = "C=US, O=Entrust, Inc., OU=a, b = c, CN=weak"


def root(name: str, end: datetime, **facts: object) -> Root:
    made = new_root(name, end)
    made.record.update(facts)
    return made


@pytest.fixture
def roots() -> dict[str, Root]:
    """Named by what is special about each."""
    end = datetime(2030, 1, 1, tzinfo=UTC)
    return {
        "ended": root(
            "ended", datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC), subject="C=SE, O=A AB, CN=ended"
        ),
        "weak": root(
            *("weak", end),
            subject=SUBJECT,
            key_type="RSA",
            key_bits=1024,
        ),
        "java": root(
            "java", datetime(2021, 12, 31, tzinfo=UTC), subject="CN=java, O=Entrust, Inc."
        ),
        "own": root("own", end, subject="CN=C=NL"),
        "again": root(
            *("again", datetime(2035, 1, 1, tzinfo=UTC)),
            subject=SUBJECT,
            key_type="RSA",
            key_bits=2048,
        ),
        "misprinted": root("misprinted", end, subject="C=SE, O=A AB, CN=misprinted"),
        "unknown": root("unknown", end, subject="C=DE, CN=unknown"),
    }


@pytest.fixture
def loaded(loader: SnapshotLoader, database_url: str, roots: dict[str, Root]) -> Engine:
    def sha1(name: str) -> str:
        return roots[name].fingerprint

    sightings = [
        (sha1("ended"), "mozilla", OLD, OLD, "certifi 1"),
        (sha1("weak"), "mozilla", OLD, NEW, "certifi 1 to certifi 2"),
        (sha1("weak"), "openjdk", OLD, NEW, "openjdk 1 to openjdk 2"),
        (sha1("java"), "openjdk", OLD, NEW, "openjdk 1 to openjdk 2"),
        (sha1("java"), "apple", OLD, OLD, "sslyze 1"),
        (sha1("again"), "apple", OLD, NEW, "sslyze 1 to sslyze 2"),
    ]
    misprinted = Printed(roots["misprinted"], "C=SE, O=Someone, CN=else")
    unknown = Printed(roots["unknown"], agreed=False, is_known=False)
    loader.load({"12.7(1)": [roots["own"]]}, document="superseded")  # by a newer revision
    loader.load({"12.6(1)": [roots["ended"], roots["weak"]]})
    loader.load({"12.7(1)": [roots["ended"], roots["weak"], roots["java"], misprinted]})
    loader.load(
        {"12.10(1)": [roots["weak"], roots["java"], roots["own"], roots["again"], unknown]},
        sightings=sightings,
    )
    loader.load({"12.6(1)": [roots["ended"]]}, document="other", product="7800")
    return open_for_reading(database_url)


def ask(engine: Engine, query: str, **given: str) -> list[dict[str, object]]:
    found = canned.query(query)
    result = sql.run(engine, found.sql, canned.values(found, given, DAY))
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def picked(rows: Sequence[dict[str, object]], *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


HISTORY = ("product", "first_firmware", "last_firmware")


def test_expired_roots(loaded: Engine, roots: dict[str, Root]) -> None:
    rows = ask(loaded, "expired-roots")
    assert picked(rows, *HISTORY) == [
        ("7800", "12.6(1)", "12.6(1)"),
        ("8800", "12.6(1)", "12.7(1)"),
    ]
    assert picked(rows[:1], "not_after", "fingerprint", "subject") == [
        ("2020-05-30 10:48:38", roots["ended"].fingerprint, "C=SE, O=A AB, CN=ended")
    ]
    assert ask(loaded, "expired-roots", as_of="2020-05-30") == []
    assert len(ask(loaded, "expired-roots", as_of="2020-05-31")) == 2
    assert len(ask(loaded, "expired-roots", as_of="2021-12-31")) == 2  # one ends at midnight
    assert len(ask(loaded, "expired-roots", as_of="2022-01-01")) == 3


def test_expiring_roots(loaded: Engine) -> None:
    rows = ask(loaded, "expiring-roots")
    assert picked(rows, *HISTORY, "not_after", "subject") == [
        ("8800", "12.7(1)", "12.10(1)", "2021-12-31 00:00:00", "CN=java, O=Entrust, Inc.")
    ]
    assert ask(loaded, "expiring-roots", until="2021-12-31") == []
    assert len(ask(loaded, "expiring-roots", as_of="2020-01-01", until="2020-06-01")) == 2


def test_weak_keys(loaded: Engine, roots: dict[str, Root]) -> None:
    (row,) = ask(loaded, "weak-keys")
    assert picked([row], *HISTORY, "key_bits", "fingerprint") == [
        ("8800", "12.6(1)", "12.10(1)", 1024, roots["weak"].fingerprint)
    ]
    assert picked(ask(loaded, "weak-keys", bits="4096"), "key_bits") == [(1024,), (2048,)]


def test_not_in_browsers(loaded: Engine) -> None:
    rows = ask(loaded, "not-in-browsers")
    assert picked(rows, "product", "firmware", "subject", "last_seen") == [
        ("7800", "12.6(1)", "C=SE, O=A AB, CN=ended", str(OLD)),
        ("8800", "12.10(1)", "CN=java, O=Entrust, Inc.", str(OLD)),
        ("8800", "12.10(1)", "CN=C=NL", None),
        ("8800", "12.10(1)", "C=DE, CN=unknown", None),
    ]
    rows = ask(loaded, "not-in-browsers", firmware="12.7(1)")
    assert picked(rows, "subject") == [
        ("C=SE, O=A AB, CN=ended",),
        ("CN=java, O=Entrust, Inc.",),
        ("C=SE, O=Someone, CN=else",),
    ]


def test_trusted_by_nobody_else(loaded: Engine) -> None:
    rows = ask(loaded, "trusted-by-nobody-else")
    assert picked(rows, "product", "subject", "not_after", "last_seen") == [
        ("7800", "C=SE, O=A AB, CN=ended", "2020-05-30 10:48:38", str(OLD)),
        ("8800", "CN=C=NL", "2030-01-01 00:00:00", None),
        ("8800", "C=DE, CN=unknown", None, None),
    ]


def test_programme_coverage(loaded: Engine) -> None:
    rows = ask(loaded, "programme-coverage")
    assert picked(rows, "product", "firmware", "programme", "present", "past", "never") == [
        ("7800", "12.6(1)", "apple", 0, 0, 1),
        ("7800", "12.6(1)", "mozilla", 0, 1, 0),
        ("7800", "12.6(1)", "openjdk", 0, 0, 1),
        ("8800", "12.10(1)", "apple", 1, 1, 3),
        ("8800", "12.10(1)", "mozilla", 1, 0, 4),
        ("8800", "12.10(1)", "openjdk", 2, 0, 3),
    ]


def test_trusted_since(loaded: Engine) -> None:
    rows = ask(loaded, "trusted-since", name="A ab")
    assert picked(rows, *HISTORY, "in_latest", "subject") == [
        ("7800", "12.6(1)", "12.6(1)", "yes", "C=SE, O=A AB, CN=ended"),
        ("8800", "12.6(1)", "12.7(1)", "no", "C=SE, O=A AB, CN=ended"),
    ]
    rows = ask(loaded, "trusted-since", name="someone")  # as printed
    assert picked(rows, "subject") == [("C=SE, O=A AB, CN=misprinted",)]
    assert len(ask(loaded, "trusted-since", name=SUBJECT.lower())) == 2
    for nowhere in ("' OR 1=1 --", "%", "C=__", "!", "\\"):  # no pattern: all as it stands
        assert ask(loaded, "trusted-since", name=nowhere) == []


def test_gone_since(loaded: Engine) -> None:
    rows = ask(loaded, "gone-since")
    assert sorted(picked(rows, "product", "last_firmware", "gone_since", "subject")) == [
        ("8800", "12.7(1)", "12.10(1)", "C=SE, O=A AB, CN=ended"),
        ("8800", "12.7(1)", "12.10(1)", "C=SE, O=A AB, CN=misprinted"),
    ]
    assert ask(loaded, "gone-since", product="7800") == []
    assert len(ask(loaded, "gone-since", product="8800")) == 2


def test_differing_subjects(loaded: Engine, roots: dict[str, Root]) -> None:
    assert ask(loaded, "differing-subjects") == [
        {
            "product": "8800",
            "first_firmware": "12.7(1)",
            "last_firmware": "12.7(1)",
            "fingerprint": roots["misprinted"].fingerprint,
            "subject_printed": "C=SE, O=Someone, CN=else",
            "subject": "C=SE, O=A AB, CN=misprinted",
        }
    ]


def test_unproven_rows(loaded: Engine) -> None:
    columns = ("product", "firmware", "position", "page", "evidence", "reason", "subject_printed")
    assert picked(ask(loaded, "unproven-rows"), *columns) == [
        ("8800", "12.10(1)", 5, 1, "disputed", "no certificate", "C=DE, CN=unknown")
    ]
    assert picked(ask(loaded, "unproven-rows", firmware="12.7(1)"), *columns) == [
        ("8800", "12.7(1)", 4, 1, "agreed", "another name", "C=SE, O=Someone, CN=else")
    ]


def test_sizes_by_release(loaded: Engine) -> None:
    columns = ("product", "firmware", "revision", "roots", "more", "document")
    expected = [
        ("7800", "12.6(1)", 1, 1, None, "other.pdf"),
        ("8800", "12.6(1)", 1, 2, None, "12.6(1).pdf"),
        ("8800", "12.7(1)", 2, 4, 2, "12.7(1).pdf"),
        ("8800", "12.10(1)", 1, 5, 1, "12.10(1).pdf"),
    ]
    assert picked(ask(loaded, "sizes-by-release"), *columns) == expected
    assert picked(ask(loaded, "sizes-by-release", product="7800"), *columns) == expected[:1]


def test_reissued_names(loaded: Engine) -> None:
    rows = picked(ask(loaded, "reissued-names"), "not_after", "keys", *HISTORY, "subject")
    assert sorted(rows) == [
        ("2030-01-01 00:00:00", 2, "8800", "12.6(1)", "12.10(1)", SUBJECT),
        ("2035-01-01 00:00:00", 2, "8800", "12.10(1)", "12.10(1)", SUBJECT),
    ]


def test_expiries_by_year(loaded: Engine) -> None:
    rows = ask(loaded, "expiries-by-year")
    assert picked(rows, "product", "firmware", "ends_in", "roots") == [
        ("7800", "12.6(1)", "2020", 1),
        ("8800", "12.10(1)", "2021", 1),
        ("8800", "12.10(1)", "2030", 2),
        ("8800", "12.10(1)", "2035", 1),
    ]


def test_roots_by_country(loaded: Engine) -> None:
    rows = ask(loaded, "roots-by-country")
    assert picked(rows, "product", "firmware", "country", "roots") == [
        ("7800", "12.6(1)", "SE", 1),
        ("8800", "12.10(1)", "US", 2),
        ("8800", "12.10(1)", None, 2),  # CN=C=NL names none
        ("8800", "12.10(1)", "DE", 1),
    ]


def test_roots_by_owner(loaded: Engine) -> None:
    rows = ask(loaded, "roots-by-owner")
    assert picked(rows, "product", "firmware", "owner", "roots", "expired") == [
        ("7800", "12.6(1)", "A AB", 1, 1),
        ("8800", "12.10(1)", "Entrust, Inc.", 3, 0),
        ("8800", "12.10(1)", None, 2, 0),
    ]
    rows = ask(loaded, "roots-by-owner", as_of="2022-01-01")
    assert picked(rows[1:2], "owner", "expired") == [("Entrust, Inc.", 1)]


# --- comments and values ---------------------------------------------------------------------


def test_there_is_a_test_for_each() -> None:
    tests = {name.removeprefix("test_").replace("_", "-") for name in globals()}
    assert {query.name for query in canned.queries()} <= tests
    assert len(canned.queries()) >= 10


@pytest.mark.parametrize("query", canned.queries(), ids=lambda query: query.name)
def test_each_says_what_it_is(query: canned.Query) -> None:
    assert 10 < len(query.title) < 60
    assert not query.title.endswith(".")
    assert query.description.endswith(".")
    assert all(each.meaning for each in query.parameters)
    assert query.sql.startswith(("SELECT", "WITH"))


TEXT = """-- A title
-- What it tells,
-- and more.
-- :as_of (date, today) A day.
-- :bits (number, 2048) A size.
-- :name (text) A name (in part).
SELECT :as_of, :bits, :name -- that's all
"""


def test_a_header_is_read() -> None:
    query = canned.parse("some-query", TEXT)
    assert (query.title, query.description) == ("A title", "What it tells, and more.")
    assert query.parameters == [
        canned.Parameter("as_of", "date", "today", "A day."),
        canned.Parameter("bits", "number", "2048", "A size."),
        canned.Parameter("name", "text", None, "A name (in part)."),
    ]
    assert query.sql == "SELECT :as_of, :bits, :name -- that's all\n"


@pytest.mark.parametrize(
    "line", ["-- :as_of (date, today)", "-- :as_of A day.", "-- :as_of (time) A day."]
)
def test_a_parameter_that_is_half_said_is_found(line: str) -> None:
    with pytest.raises(ValueError, match="is no parameter such as"):
        canned.parse("x", TEXT.replace("-- :as_of (date, today) A day.", line))


def test_a_parameter_without_a_comment_is_found() -> None:
    with pytest.raises(ValueError, match="aren't those of its SQL"):
        canned.parse("x", "-- A title\nSELECT :a\n")
    with pytest.raises(ValueError, match="aren't those of its SQL"):
        canned.parse("x", "-- A title\n-- :a (text) A.\nSELECT 1\n")


def test_values_are_given_or_by_default() -> None:
    query = canned.parse("x", TEXT)
    assert canned.values(query, {"name": ""}, date(2020, 2, 29)) == {
        "as_of": "2020-02-29",
        "bits": 2048,
        "name": "",
    }
    given = {"as_of": "today+365", "bits": "-7", "name": "today"}
    assert canned.values(query, given, date(2020, 2, 29)) == {
        "as_of": "2021-02-28",
        "bits": -7,
        "name": "today",
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "x needs a value for name; add --param name=VALUE."),
        ({"name": "", "day": "1"}, "x has no parameter day; it has as_of, bits, name."),
        ({"name": "", "as_of": "1 June"}, "--param as_of: '1 June' is no day such as 2020-06-01."),
        (
            {"name": "", "as_of": f"today+{'9' * 30}"},
            f"--param as_of: 'today+{'9' * 30}' is no day such as 2020-06-01.",
        ),
        ({"name": "", "bits": "2k"}, "--param bits: '2k' is no whole number."),
        ({"name": "", "bits": "9" * 30}, f"--param bits: '{'9' * 30}' is no whole number."),
    ],
)
def test_values_that_do_not_fit_are_told(given: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        canned.values(canned.parse("x", TEXT), given)
    assert str(caught.value) == message


def test_a_name_that_is_nearly_right_is_helped() -> None:
    with pytest.raises(UsageError) as caught:
        canned.query("expired-root")
    assert str(caught.value) == (
        "There is no query expired-root; do you mean expired-roots? "
        "`trustlist query --list` shows them."
    )
    with pytest.raises(UsageError, match="There is no query x; `trustlist query --list`"):
        canned.query("x")
