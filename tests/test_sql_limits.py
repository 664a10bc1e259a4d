"""SQL of one's own that asks for more than there is room for: refused in a line."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from pipeline.database import sql
from pipeline.database.sql import ask, run
from pipeline.database.sql.postgresql import _plain
from pipeline.errors import UsageError
from pipeline.extract.guard import memory_limited

ROWS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {}) "
    "SELECT {} FROM n",
    "postgresql": "SELECT {1} FROM generate_series(1, {0}) AS n(i)",
}
LONG = {"sqlite": "hex(zeroblob(50000))", "postgresql": "repeat('x', 100000)"}
JOINED = {
    "sqlite": "group_concat(hex(zeroblob(500)), '')",
    "postgresql": "string_agg(repeat('x', 1000), '')",
}


def refusal(engine: Engine, text: str) -> str:
    with pytest.raises(UsageError) as raised, memory_limited(256):
        run(engine, text, timeout=60)
    (line,) = raised.value.lines
    assert len(line) < 300
    return line


def rows(engine: Engine, number: int, what: str) -> str:
    return ROWS[engine.dialect.name].format(number, what)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a limit on memory")
def test_one_value_larger_than_the_memory(engine: Engine) -> None:
    refusal(engine, rows(engine, 300_000, JOINED[engine.dialect.name]))


def test_rows_larger_than_the_memory(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "MOST_KEPT", 20 << 20)
    text = rows(engine, 1_000, LONG[engine.dialect.name])
    assert "more than 20 MiB" in refusal(engine, text)
    with ask(engine, text) as answer:  # one after another there is room for all
        assert sum(1 for _ in answer.rows) == 1_000
    assert len(run(engine, text, limit=50).rows) == 50


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_of_many_values(engine: Engine) -> None:
    columns = ", ".join(["zeroblob(200000)"] * 1_900)
    assert "too many columns" in refusal(engine, f"SELECT {columns}")
    columns = ", ".join(["hex(zeroblob(120000))"] * 400)
    refusal(engine, rows(engine, 10_000, f"i, {columns}") + " ORDER BY i DESC")


def test_numbers_of_any_length(engine: Engine) -> None:
    longest = {"sqlite": 9223372036854775807, "postgresql": 10**200 + 7}[engine.dialect.name]
    assert run(engine, f"SELECT {longest}").rows == [[longest]]
    if engine.dialect.name == "postgresql":
        (text,) = run(engine, "SELECT 10::numeric ^ 6000").rows[0]
        assert str(text) == "1" + "0" * 6000
        assert run(engine, "SELECT 'NaN'::numeric::text, 0.5").rows == [["NaN", 0.5]]


def test_a_number_is_what_it_is() -> None:
    for text, expected in {"12": 12, "0.25": 0.25, "1E+2": 100, "1E-400": 0.0}.items():
        assert _plain(Decimal(text)) == expected
    assert _plain(Decimal("1E+5000")) == "1" + "0" * 5000
