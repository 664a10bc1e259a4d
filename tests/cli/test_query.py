"""`trustlist query` as an analyst types it."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cli import query
from tests.commandline import SAMPLES, Run, certificate_of, fingerprints_of

SQLITE = pytest.mark.parametrize("ask", ["samples_url"], indirect=True)
COUNT = "SELECT firmware, count(*) AS roots FROM trust_list GROUP BY firmware ORDER BY firmware"
MANY = "SELECT position FROM trust_list ORDER BY firmware, position"


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "is_terminal", lambda: True)


def test_a_table_says_how_many_rows_there_are(ask: Run) -> None:
    assert ask("query", COUNT).out == (
        "3 rows.\n\nfirmware  roots\n12.6(1)     142\n12.7(1)     143\n12.8(1)     141\n"
    )
    assert ask("query", "SELECT 1 AS one").out == "1 row.\n\none\n  1\n"
    assert ask("query", "SELECT 1 WHERE 1 = 0").out == "No rows.\n"


def test_json_has_columns_and_rows(ask: Run) -> None:
    expected = {
        "columns": ["firmware", "roots"],
        "rows": [["12.6(1)", 142], ["12.7(1)", 143], ["12.8(1)", 141]],
        "truncated": False,
    }
    assert ask("query", COUNT, "--format", "json").json == expected
    assert ask("query", COUNT, "--format", "json", "--limit", 3).json == expected
    cut = ask("query", COUNT, "--format", "json", "--limit", 2).json
    assert cut == expected | {"rows": expected["rows"][:2], "truncated": True}
    assert ask("query", "SELECT 1 WHERE 1 = 0", "--format", "json").json["rows"] == []


@SQLITE
def test_json_is_sound_whatever_the_values(ask: Run) -> None:
    sql = "SELECT x'00ff', 9e999, 9007199254740993, NULL, char(27, 8238), '\"', 0.1, '2020-05-30'"
    for options in ([], ["--limit", 5]):
        (row,) = json.loads(
            ask("query", sql, "--format", "json", *options).out,
            parse_constant=lambda name: pytest.fail(name),
        )["rows"]
        assert row == ["00ff", "inf", 2**53 + 1, None, "\x1b\u202e", '"', 0.1, "2020-05-30"]


@SQLITE
def test_csv_is_for_spreadsheets(ask: Run) -> None:
    sql = """SELECT '=HYPERLINK("x")' AS a, x'00ff' AS "=b", -1 AS c, NULL AS d, 'e,"f' AS e"""
    for options in ([], ["--limit", 5]):
        result = ask("query", sql, "--format", "csv", *options)
        rows = list(csv.reader(io.StringIO(result.out, newline="")))
        assert rows == [
            ["a", "'=b", "c", "d", "e"],
            ['\'=HYPERLINK("x")', "00ff", "-1", "", 'e,"f'],
        ]


@pytest.mark.parametrize("format_", ["table", "csv", "json", "markdown", "html"])
def test_nothing_in_the_rows_or_their_names_commands_a_terminal(ask: Run, format_: str) -> None:
    sql = """SELECT char(27) || ']0;x' || char(7) AS "\x1b[2Jname", '<script>' AS "<b>" """
    out = ask("query", sql, "--format", format_).out
    assert all(line.isprintable() for line in out.split("\n"))
    assert "<script>'" not in out or format_ != "html"


def test_parameters_are_bound(ask: Run) -> None:
    sql = "SELECT DISTINCT key_bits FROM trust_list WHERE subject = :name OR key_bits < :bits"
    result = ask("query", sql, "--param", "name=x' OR 1=1 --", "--param", "bits=300", "-f", "json")
    assert result.json["rows"] == [[256]]  # elliptic curves


def test_a_value_may_hold_anything(ask: Run) -> None:
    result = ask("query", "SELECT :v AS v", "--param", "v=a=b, c", "--format", "json")
    assert result.json["rows"] == [["a=b, c"]]


def test_sql_can_come_from_a_pipe(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.BytesIO(f"-- how many\n{COUNT};\n".encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(piped))
    assert "12.7(1)     143" in ask("query", "-").out


@pytest.mark.usefixtures("on_a_terminal")
def test_a_terminal_gets_the_first_rows_and_is_told(ask: Run, tmp_path: Path) -> None:
    lead, _, header, *rows = ask("query", MANY).out.splitlines()
    assert lead == "The first 100 rows; there are more, see --limit."
    assert (header, len(rows)) == ("position", 100)
    assert ask("query", MANY, "--limit", 0).out.startswith("426 rows.")
    assert ask("query", MANY, "--limit", 7).out.startswith("The first 7 rows;")
    for format_ in ("csv", "json", "table"):
        file = tmp_path / f"rows.{format_}"
        ask("query", MANY, "--format", format_, "--output", file)
        assert len(file.read_text("utf-8").splitlines()) >= 426


@pytest.mark.usefixtures("on_a_terminal")
@pytest.mark.parametrize("format_", ["csv", "csv-bom", "json"])
def test_that_it_cuts_is_told_beside_what_is_for_programs(ask: Run, format_: str) -> None:
    result = ask("query", MANY, "--format", format_)
    assert result.err == "Only the first 100 rows are written; --limit 0 gives all.\n"
    assert ask("query", COUNT, "--format", format_).err == ""


def test_a_pipe_gets_all_rows(ask: Run) -> None:
    assert len(ask("query", MANY, "--format", "csv").out.splitlines()) == 427


# --- queries that are ready ------------------------------------------------------------------


def test_ready_queries_are_listed_with_their_parameters(ask: Run) -> None:
    lines = ask("query", "--list").out.splitlines()
    assert lines[0].startswith("15 queries are ready: trustlist query --name NAME")
    (line,) = (each for each in lines if each.startswith("expiring-roots "))
    assert line.split(maxsplit=1)[1] == "as_of=today; until=today+365  Roots that expire soon"
    listed = {each["name"]: each for each in ask("query", "--list", "--format", "json").json}
    assert listed["trusted-since"]["parameters"] == [
        {
            "name": "name",
            "type": "text",
            "default": None,
            "meaning": "Part of the subject, in upper or lower case.",
        }
    ]
    assert listed["trusted-since"]["sql"].startswith("WITH roots AS")


def test_a_list_needs_no_database(run: Run) -> None:
    assert "expired-roots" in run("query", "--list").out


def test_the_samples_expired_roots(ask: Run) -> None:
    options = ("--name", "expired-roots", "--param", "as_of=2020-06-01")
    rows = list(csv.DictReader(io.StringIO(ask("query", *options, "--format", "csv").out)))
    listed = {each for sample in SAMPLES for each in fingerprints_of(sample)}
    ends = {each: certificate_of(each).not_valid_after_utc for each in listed}
    day = datetime(2020, 6, 1, tzinfo=UTC)
    assert {row["fingerprint"] for row in rows} == {each for each in listed if ends[each] < day}
    lead = ask("query", *options).out.splitlines()[0]
    assert lead == f"Roots that have expired (as_of 2020-06-01): {len(rows)} rows."
    addtrust = {
        row["fingerprint"]: (row["last_firmware"], row["not_after"])
        for row in rows
        if "AddTrust" in row["subject"]
    }
    assert addtrust == {
        "02faf3e291435468607857694df5e45b68851868": ("12.7(1)", "2020-05-30 10:48:38"),
        "ccab0ea04c2301d6697bdd379fcd12eb24e3949d": ("12.7(1)", "2020-05-30 10:38:31"),
    }


def test_the_samples_isrg_root(ask: Run) -> None:
    result = ask("query", "--name", "trusted-since", "--param", "name=isrg root x1", "-f", "json")
    (row,) = result.json["rows"]
    assert row[1:5] == ["12.7(1)", "12.8(1)", "yes", "2035-06-04 11:04:38"]


def test_a_ready_query_takes_the_short_name_of_a_release(ask: Run) -> None:
    short, whole = (
        ask("query", "--name", "not-in-browsers", "--param", f"firmware={name}")
        for name in ("12.7", "12.7(1)")
    )
    assert short == whole
    assert short.out.startswith("Roots that no browser trusts (firmware 12.7(1)): ")
    assert (
        ask("query", "--name", "sizes-by-release", "--param", "product=IP Phone 7800/8800").code
        == 0
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--name", "trusted-since"],
            "trusted-since needs a value for name; add --param name=VALUE.",
        ),
        (
            ["--name", "weak-keys", "--param", "bit=1"],
            "weak-keys has no parameter bit; it has bits.",
        ),
        (
            ["--name", "expired"],
            "There is no query expired; do you mean expired-roots? "
            "`trustlist query --list` shows them.",
        ),
        (
            ["--name", "unproven-rows", "--param", "firmware=12.9"],
            "12.9 is not loaded; these are: 12.8(1), 12.7(1), 12.6(1).",
        ),
        (
            ["--name", "unproven-rows", "--param", "firmware=newest"],
            "'newest' is no firmware release such as 12.7(1).",
        ),
        (
            ["--name", "gone-since", "--param", "product=9800"],
            "Nothing of 9800 is loaded, only of: IP Phone 7800/8800.",
        ),
        (["SELECT 1", "--list"], "Give one of these: SQL, --name NAME, or --list."),
        (["SELECT 1", "--name", "x"], "Give one of these: SQL, --name NAME, or --list."),
    ],
)
def test_what_is_not_ready_is_told(ask: Run, arguments: list[str], message: str) -> None:
    result = ask("query", *arguments)
    assert (result.code, result.out, result.err) == (2, "", f"{message}\n")


# --- errors ----------------------------------------------------------------------------------


@SQLITE
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["DELETE FROM entries"], "Only reading is allowed (SELECT, WITH … SELECT, VALUES)."),
        (["SELECT 1; SELECT 2"], "Give one statement; there is more after the semicolon."),
        (["SELECT nosuch"], "SQLite doesn't take this: no such column: nosuch."),
        (["SELECT * FROM nosuch"], "SQLite doesn't take this: no such table: nosuch."),
        (["SELECT :a"], "The SQL needs a value for :a; add --param a=VALUE."),
        (["SELECT 1", "--param", "a=1"], "There is no parameter :a in the SQL."),
        (["SELECT 1", "--param", "a"], "--param a: give NAME=VALUE, such as as_of=2020-06-01."),
        (["SELECT 1", "--param", "=1"], "--param =1: give NAME=VALUE, such as as_of=2020-06-01."),
        (["SELECT :a", "--param", "a=1", "--param", "a=2"], "--param a is given twice."),
        ([""], "There is no SQL; give a SELECT."),
        ([], "Give one of these: SQL, --name NAME, or --list."),
    ],
)
def test_what_can_not_be_asked_is_told_in_one_line(
    ask: Run, arguments: list[str], message: str
) -> None:
    result = ask("query", *arguments)
    assert (result.code, result.out, result.err) == (2, "", f"{message}\n")


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM entries",
        "WITH a AS (SELECT 1) DELETE FROM entries",
        "SELECT 1; DROP TABLE entries",
        "ATTACH 'other.db' AS other",
        "PRAGMA writable_schema = 1",
        "VACUUM INTO 'other.db'",
        "CREATE TEMP TABLE x (a)",
        "COMMIT",
        "SELECT load_extension('./x.so')",
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c",
    ],
)
def test_what_is_refused_leaves_the_file_as_it_is(
    run: Run, samples_url: str, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "copy.db"
    shutil.copy(samples_url.removeprefix("sqlite:///"), path)
    before = path.read_bytes()
    result = run("--database", "sqlite:///copy.db", "query", text, "--timeout", 1)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_query_that_takes_too_long_leaves_no_file(ask: Run, tmp_path: Path) -> None:
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c"
    file = tmp_path / "rows.csv"
    result = ask("query", endless, "--timeout", 1, "--format", "csv", "--output", file)
    message = "Stopped after 1 second; ask for less, or give it longer with --timeout.\n"
    assert (result.code, result.out, result.err) == (2, "", message)
    assert not file.exists()


def test_without_a_database_it_says_so(run: Run, tmp_path: Path) -> None:
    result = run("query", "SELECT 1")
    assert result.code == 4
    assert "run `trustlist ingest` first" in result.err
    assert list(tmp_path.iterdir()) == []
