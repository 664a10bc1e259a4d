"""What the module of an engine offers: ``session(engine)``, a connection that can only read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from pipeline.database.sql.statement import Statement

Value = str | int | float | bytes | None


class Session(Protocol):
    """A connection that can only read, for one statement.

    Both methods raise TimeoutError after ``seconds``, UsageError if the engine doesn't take the
    SQL, and DatabaseError if the database can't be used.
    """

    def execute(
        self, statement: Statement, values: Mapping[str, str | int], seconds: float
    ) -> list[str]:
        """Begin to answer; give the names of the columns."""

    def fetch(self, size: int, seconds: float) -> list[list[Value]]:
        """Give the next rows, none at the end. The values are as `QueryResult` says."""


COLONS: Final = "Write parameters as :name in the SQL, and give them with --param name=VALUE."
TOO_MUCH: Final = "The answer takes too much memory; ask for less."
ONLY_READING: Final = "Only reading is allowed (SELECT, WITH … SELECT, VALUES)."
