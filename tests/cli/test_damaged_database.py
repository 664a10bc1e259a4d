"""A database that is damaged, rather than dead: every command says so in a line, with exit code 4.

What is changed here no command can change; it is what failing disks and other programs leave.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import insert

from pipeline.database.engine import open_for_writing, transaction
from pipeline.extract.document import Problem
from schemas import tables
from tests.certificates import issue
from tests.commandline import Result, Run
from tests.snapshot_loader import Printed, SnapshotLoader, new_root

A, B, C = new_root("Alpha"), new_root("Beta"), new_root("Gamma", datetime(2020, 1, 1, tzinfo=UTC))
ROOT: Final = issue("Root")
COMMANDS: Final = [
    ("snapshots",),
    ("show", "12.7", "--as-of", "2020-06-01"),
    ("diff", "12.7", "12.8"),
    ("diff", "all"),
    ("diff", "12.7", "--against", "mozilla"),
    ("find", A.fingerprint),
    ("find", "Beta"),
    ("expiring", "--within", "30y"),
    ("check", "chain.pem", "--on", "2021-09-01"),
    ("export", "12.7", "--format", "json"),
    ("report", "12.7", "12.8", "--as-of", "2020-06-01"),
    ("query", "--name", "roots-by-owner"),
    ("catalogue", "info"),
]
FLIPS: Final = int(os.environ.get("TRUSTLIST_FLIPS", "25"))
"""How many bits are flipped, one at a time; 2,000 take half an hour (``--timeout 0``)."""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A small database that has something in every table; a chain lies beside it."""
    path = tmp_path / "own.db"
    loader = SnapshotLoader(open_for_writing(f"sqlite:///{path}"))
    unknown = Printed(new_root("Unknown"), is_known=False)
    seen = [(A.fingerprint, "mozilla", date(2015, 1, 1), date(2020, 1, 1), "a")]
    problems = [Problem("duplicate", 1, "twice", "hint")]
    loader.load({"12.7(1)": [A, B, C, unknown]}, problems=problems, sightings=seen)
    loader.load({"12.8(1)": [A, ROOT.root, Printed(B, subject="CN=Another")]})
    with transaction(loader.engine) as connection:
        asked = {"fingerprint": "0" * 40, "source": "crt.sh", "asked_at": datetime.now(UTC)}
        connection.execute(insert(tables.lookups), [asked])
    (tmp_path / "chain.pem").write_bytes(issue("server", ROOT, is_ca=False).pem)
    return path


def spoil(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def asking(run: Run, database: Path) -> Callable[..., Result]:
    return lambda *words: run("--database", f"sqlite:///{database}", *words)


def is_plain(result: Result) -> bool:
    return "Traceback" not in result.err and result.code in range(6)


SPOILT: Final = {
    "a name of bytes": "UPDATE certificates SET subject = x'30'",
    "text that is no UTF-8": "UPDATE certificates SET subject = CAST(x'30ff' AS TEXT)",
    "a date that is none": "UPDATE certificates SET not_after = 'soon'",
    "a certificate that is none": "UPDATE certificates SET der = x'3003020100'",
    "no certificate at all": "UPDATE certificates SET der = 'none'",
    "a printed name of bytes": "UPDATE printed_rows SET subject_printed = x'00ff'",
    "a release that is none": "UPDATE snapshots SET firmware = 'new' WHERE id = 1",
    "a day that is none": "UPDATE sightings SET last_seen = 7",
    "rows that are gone": "DELETE FROM printed_rows",
    "entries that are gone": "DELETE FROM entries WHERE position = 3",
    "documents that are gone": "DELETE FROM documents",
    "a loading time that is none": "UPDATE snapshots SET ingested_at = 'x'",
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_damaged_is_said(run: Run, database: Path, name: str) -> None:
    spoil(database, SPOILT[name])
    ask = asking(run, database)
    results = {words: ask(*words) for words in COMMANDS}
    assert [words for words, result in results.items() if not is_plain(result)] == []
    damaged = {words: result for words, result in results.items() if result.code == 4}
    assert damaged or "DELETE" in SPOILT[name] or "ingested_at" in SPOILT[name]
    for words, result in damaged.items():
        line = result.err.splitlines()[-1]
        assert line.startswith(f"{database}: the database is damaged: "), words
        assert line.endswith("; `trustlist database verify` says more."), words
    verified = ask("database", "verify")
    assert (verified.code, verified.err) == (4, "")


WHOLE_RELEASES: Final = [("diff", "all"), ("check", "chain.pem", "--on", "2021-09-01")]
NAMING_DOCUMENTS: Final = [("snapshots",), ("find", "Beta"), ("expiring", "--within", "30y")]


@pytest.mark.parametrize(
    ("change", "commands", "what"),
    [
        (
            "DELETE FROM entries WHERE snapshot_id = 2 AND position = 1",
            WHOLE_RELEASES,
            "snapshots 8800 12.8(1)@1 has 2 of its 3 entries",
        ),
        (
            "DELETE FROM printed_rows WHERE id = 2",
            WHOLE_RELEASES,
            "snapshots 8800 12.7(1)@1 has 3 of its 4 entries",
        ),
        (
            "DELETE FROM documents WHERE id = 2",
            [*WHOLE_RELEASES, *NAMING_DOCUMENTS],
            "snapshots 8800 12.8(1)@1 is of a document that isn't there",
        ),
    ],
)
def test_rows_that_are_gone_change_no_answer_about_all_releases(
    run: Run, database: Path, change: str, commands: list[tuple[str, ...]], what: str
) -> None:
    spoil(database, change)
    for words in commands:
        result = asking(run, database)(*words)
        assert (result.code, result.out) == (4, "")
        assert what in result.err


@pytest.mark.parametrize(
    ("sound", "damaged", "what"),
    [
        (b"CHECK (length(", b"CHECK (hength(", "unknown function: hength()"),
        (b"CHECK (length(", b"CHECK (\xecength(", r"unknown function: \xecength()"),
        (b"c.fingerprint", b"c.fingerpr\xe9nt", r"no such column: c.fingerpr\xe9nt"),
        (b"ON certificates", b"ON certifica\xf4es", r"no such table: main.certifica\xf4es"),
    ],
)
def test_a_statement_of_a_table_that_is_no_sql_any_more_is_told(
    run: Run, database: Path, sound: bytes, damaged: bytes, what: str
) -> None:
    whole = database.read_bytes()
    assert sound in whole
    database.write_bytes(whole.replace(sound, damaged))
    ask = asking(run, database)
    assert [words for words in COMMANDS if not is_plain(ask(*words))] == []
    verified = ask("database", "verify")
    assert verified.code == 4
    assert what in verified.out + verified.err


# --- flipped bits ----------------------------------------------------------------------------


def flips(size: int) -> Iterator[tuple[int, int]]:
    """Places (byte and bit) from a fixed seed, spread over all pages."""
    chance = random.Random(15)
    pages = size // 4096
    for number in range(FLIPS):
        page = number * pages // FLIPS
        yield page * 4096 + chance.randrange(4096), chance.randrange(8)


def test_a_flipped_bit_changes_no_answer_unseen(run: Run, database: Path) -> None:
    """No command breaks, and what any says otherwise than before, `verify` explains."""
    ask = asking(run, database)
    whole = database.read_bytes()
    right = {words: ask(*words) for words in COMMANDS}
    faults = []
    for place, bit in flips(len(whole)):
        data = bytearray(whole)
        data[place] ^= 1 << bit
        database.write_bytes(data)
        try:
            asked = {words: ask(*words) for words in COMMANDS}
            verified = ask("database", "verify")
        except Exception as error:  # whatever it is, the next flips are judged, too
            faults.append((place, bit, repr(error)))
            continue
        broken = [words for words, result in asked.items() if not is_plain(result)]
        changed = [words for words, result in asked.items() if result != right[words]]
        if broken or not is_plain(verified):
            faults.append((place, bit, f"broken: {broken} {verified.err}"))
        elif changed and verified.code != 4:
            faults.append((place, bit, f"changed unseen: {changed}"))
    assert faults == []
