"""How the rows of a query are shown."""

from __future__ import annotations

import re

import pytest

from pipeline.database.sql import QueryResult
from pipeline.database.sql.session import Value
from pipeline.report import renderer
from pipeline.report.answers import query
from pipeline.report.model import Grid

SHA1 = "02faf3e291435468607857694df5e45b68851868"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("n", [1, 2.5, None], "number"),
        ("n", [1, "2"], "word"),
        ("n", [None], "word"),
        ("firmware", ["12.7(1)SR1", "14.0"], "word"),
        ("until", ["2020-05-30 10:48:38", None], "word"),
        ("subject", ["CN=A", "C=SE, O=AddTrust AB, CN=B"], "text"),
        ("fingerprint", [SHA1, None], "fingerprint"),
        ("fingerprint", [SHA1, "x" * 40], "text"),
    ],
)
def test_a_column_is_shown_by_what_is_in_it(name: str, values: list[Value], kind: str) -> None:
    report = query.report(QueryResult([name], [[value] for value in values], truncated=False))
    grid = report.blocks[1]
    assert isinstance(grid, Grid)
    assert grid.columns[0].kind == kind


def test_the_lead_counts_the_rows() -> None:
    def lead(number: int, truncated: bool = False, title: str = "") -> str:
        result = QueryResult(["n"], [[each] for each in range(number)], truncated)
        return renderer("table").render(query.report(result, title)).splitlines()[0]

    assert lead(0) == "No rows."
    assert lead(1) == "1 row."
    assert lead(2, truncated=True) == "The first 2 rows; there are more, see --limit."
    assert lead(0, title="Expired roots") == "Expired roots: no rows."
    assert lead(2, True, "Expired roots") == (
        "Expired roots: the first 2 rows; there are more, see --limit."
    )


def test_names_of_columns_command_no_terminal() -> None:
    result = QueryResult(["[red]a\x1b[2J", "\u202e"], [["[b]x", "\x9b"]], truncated=False)
    shown = ESCAPE.sub("", renderer("table").render(query.report(result), width=80))
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "[red]a\\x1b[2J" in shown
    assert "[b]x" in shown
