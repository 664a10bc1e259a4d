"""`trustlist database datasette`: what Datasette itself makes of the file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from lxml import html

from pipeline.database.sql import canned
from schemas import tables
from tests.commandline import PATIENCE, Run

Pages = Mapping[str, tuple[int, str]]

NEEDED: Final = {"trusted-since": {"name": "isrg"}}
"""Values for what a ready query can't do without."""
OTHERS: Final = {
    "weak-keys": {"bits": "4096"},
    "expired-roots": {"as_of": "2021-01-01"},
    "roots-by-owner": {"firmware": "12.6(1)"},
    "gone-since": {"product": "no such product"},
}
"""Values in place of defaults."""
# Datasette warns of itself on some Pythons: it has a process of its own
ASK: Final = """
import asyncio, json, sys
from datasette.app import Datasette

async def ask(file, metadata, paths):
    served = Datasette([file], metadata=json.load(open(metadata, encoding="utf-8")))
    await served.invoke_startup()
    answers = {each: await served.client.get(each, follow_redirects=True) for each in paths}
    print(json.dumps({path: (each.status_code, each.text) for path, each in answers.items()}))

asyncio.run(ask(*sys.argv[1:3], json.load(sys.stdin)))
"""


@pytest.fixture
def served(run: Run, samples_url: str, tmp_path: Path) -> Pages:
    """Give the pages of Datasette, each with its status."""
    pytest.importorskip("datasette", reason="needs Datasette: pip install datasette")
    on = ("--database", samples_url)
    result = run(*on, "database", "datasette", "-o", tmp_path / "metadata.json")
    assert (result.code, result.out, result.err) == (0, "", "")
    database = samples_url.removeprefix("sqlite:///")
    name = Path(database).stem
    paths = [f"/{name}", *(f"/{name}/{each}" for each in (*tables.VIEWS, *canned_names()))]
    paths += [f"/{name}/{path(each, values)}" for each, values in calls()]
    done = subprocess.run(
        [sys.executable, "-c", ASK, database, tmp_path / "metadata.json"],
        input=json.dumps(paths),
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE,
        check=True,
    )
    found = json.loads(done.stdout)
    return {each.removeprefix(f"/{name}"): (code, page) for each, (code, page) in found.items()}


def canned_names() -> list[str]:
    return [each.name for each in canned.queries()]


def calls() -> list[tuple[str, Mapping[str, str]]]:
    return [*((each, NEEDED.get(each, {})) for each in canned_names()), *OTHERS.items()]


def path(name: str, values: Mapping[str, str]) -> str:
    return f"{name}.json?{urlencode({**values, '_shape': 'array', '_size': 'max'})}"


def test_datasette_explains_every_view_and_gives_what_query_gives(
    served: Pages, run: Run, samples_url: str
) -> None:
    on = ("--database", samples_url)
    assert {status for status, _ in served.values()} == {200}
    front = text(served[""][1])
    for each in canned.queries():
        assert each.title in front
    shown = html.fromstring(served[""][1])
    listed = [a.text for a in shown.xpath("//*[contains(@class, 'db-table')]//h3/a | //li/a")]
    assert set(tables.VIEWS) <= set(listed)
    for name in tables.VIEWS:
        page = text(served[f"/{name}"][1])
        view = tables.views.tables[name]
        assert folded(view.comment) in page
        for column in view.columns:
            assert folded(column.comment) in page, (name, column.name)
    for query in canned.queries():
        page = text(served[f"/{query.name}"][1])
        assert folded(query.description) in page
        fields = html.fromstring(served[f"/{query.name}"][1]).xpath("//form//input[@type='text']")
        assert {each.get("name") for each in fields} == {each.name for each in query.parameters}
    for name, values in calls():
        given = [word for pair in values.items() for word in ("--param", "=".join(pair))]
        if name == "gone-since" and values:  # which `query` refuses: nothing is loaded of it
            assert json.loads(served[f"/{path(name, values)}"][1]) == []
            continue
        asked = run(*on, "query", "--name", name, *given, "--format", "json").json
        assert json.loads(served[f"/{path(name, values)}"][1]) == rows(asked), name


def rows(answer: Any) -> list[dict[str, Any]]:
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]


def text(page: str) -> str:
    return folded(html.fromstring(page).text_content())


def folded(words: str | None) -> str:
    return " ".join((words or "").split())


def test_a_database_of_postgresql_is_refused(run: Run, samples_on_postgresql: str) -> None:
    result = run("--database", samples_on_postgresql, "database", "datasette")
    assert result.code == 2
    assert "Datasette reads SQLite files only" in result.err


def test_without_a_file_it_is_on_standard_output(run: Run, samples_url: str) -> None:
    (found,) = run("--database", samples_url, "database", "datasette").json["databases"].values()
    assert {name for name, each in found["tables"].items() if not each.get("hidden")} == set(
        tables.VIEWS
    )
