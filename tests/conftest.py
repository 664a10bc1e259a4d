"""What several test modules need: an empty database, and a desk to load it from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from made_to_order import Desk
    from sqlalchemy import Engine

# Imports are in the fixtures: most tests need no database.


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'trustlist.db'}"


@pytest.fixture
def engine(database_url: str) -> Engine:
    from pipeline.database import open_for_writing

    return open_for_writing(database_url)


@pytest.fixture
def desk(engine: Engine) -> Desk:
    from made_to_order import Desk

    return Desk(engine)
