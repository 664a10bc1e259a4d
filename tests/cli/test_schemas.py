"""What every command writes: JSON as its published schema says, and whole in every other form."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
import typer
from jsonschema import Draft202012Validator, FormatChecker
from rich.cells import cell_len

from pipeline.cli.app import app
from schemas.build import make_schemas
from schemas.build.make_schemas import ANSWERS
from tests.commandline import SAMPLES, Result, Run
from tests.github import github
from tests.terminal import ESCAPE

TOP: Final = Path(__file__).resolve().parents[2]
ODD_ROOTS: Final = TOP / "tests" / "corpus" / "odd-roots.pem"
CHAINS: Final = TOP / "tests" / "check" / "chains"
PHONES: Final = TOP / "tests" / "questions" / "fleet" / "phones.csv"
CLOCK: Final = re.compile(r"\b\d\d:\d\d\s+UTC")
FINGERPRINT: Final = re.compile(r"\b[0-9a-f]{40}\b")
FORMATS: Final = FormatChecker(formats=["date"])

CALLS: Final[dict[str, list[tuple[object, ...]]]] = {
    "catalogue add": [("catalogue", "add", ODD_ROOTS)],
    "catalogue info": [("catalogue", "info")],
    "check": [("check", CHAINS / "leaf.pem"), ("check", CHAINS)],
    "database backup": [("database", "backup", "a.db"), ("database", "backup", "a.db", "--force")],
    "database upgrade": [("database", "upgrade")],
    "database verify": [("database", "verify")],
    "diff": [
        ("diff", "12.7", "12.8"),
        ("diff", "12.7", "12.7"),
        ("diff", "12.6", "12.7", "12.8"),
        ("diff", "all"),
        ("diff", "12.7", "--against", "certifi"),
        ("diff", "12.7", "--against", ODD_ROOTS),
    ],
    "enrich": [("enrich",)],
    "expiring": [("expiring", "--within", "10y"), ("expiring", "12.7", "--as-of", "1990-01-01")],
    "export": [("export", "12.7")],
    "extract": [("extract", each) for each in (*SAMPLES, ODD_ROOTS)],
    "find": [("find", "isrg"), ("find", "no such root"), ("find", "addtrust")],
    "fleet": [
        ("fleet", PHONES),
        ("fleet", PHONES, "--fail-on", "100%", "--chain", CHAINS / "leaf.pem"),
    ],
    "ingest": [("ingest", *SAMPLES)],
    "query": [
        ("query", "SELECT *, NULL, 1.5 FROM certificates"),
        ("query", "SELECT * FROM trust_list", "--limit", 3),
        ("query", "--name", "expired-roots"),
        ("query", "--list"),
    ],
    "report": [("report", "12.7", "12.8")],
    "show": [("show", "12.7"), ("show", "12.7", "--status", "unknown")],
    "snapshots": [("snapshots",)],
}
"""Ways to call each command, on a database that has the samples."""


@pytest.fixture
def ask_copy(run: Run, samples_url: str, tmp_path: Path) -> Run:
    """Run `trustlist` on a new copy of the database with the samples, each time."""

    def ask_copy(*arguments: object) -> Result:
        for left in tmp_path.iterdir():
            left.unlink()
        shutil.copy(samples_url.removeprefix("sqlite:///"), tmp_path / "copy.db")
        return run("--database", "sqlite:///copy.db", *arguments)

    return ask_copy


@FORMATS.checks("date-time", raises=ValueError)
def is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z"))


def commands(group: Any, name: str = "") -> Iterator[str]:
    for own, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{name} {own}".strip())
    if not hasattr(group, "commands"):
        yield name


COMMANDS: Final = sorted(commands(typer.main.get_command(app)))


def has_json(result: Result) -> bool:
    return re.search(r"--format\s+<[^>]*\bjson\b", result.out) is not None


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_writes_json_has_a_schema(run: Run, command: str) -> None:
    assert has_json(run(*command.split(), "--help")) == (command in ANSWERS)


def test_every_schema_is_a_command_s() -> None:
    assert set(ANSWERS) <= set(COMMANDS)
    assert {make_schemas.path(each) for each in ANSWERS} == set(make_schemas.DIRECTORY.iterdir())
    assert set(CALLS) == set(ANSWERS) - {"watch"}  # test_watch.py has the server that it needs


@pytest.mark.parametrize("command", ANSWERS)
def test_a_schema_is_up_to_date_and_valid(command: str) -> None:
    published = make_schemas.path(command).read_text("utf-8")
    assert published == make_schemas.text(command), "run `make schemas`"
    Draft202012Validator.check_schema(json.loads(published))


@pytest.mark.parametrize(
    ("command", "arguments"), [(each, call) for each, calls in CALLS.items() for call in calls]
)
def test_what_a_command_writes_is_as_its_schema_says(
    ask_copy: Run, command: str, arguments: tuple[object, ...]
) -> None:
    schema = json.loads(make_schemas.path(command).read_text("utf-8"))
    written = json.loads(ask_copy(*arguments, "--format", "json").out)
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    assert [error.message for error in validator.iter_errors(written)] == []


EVERY_CALL: Final = pytest.mark.parametrize(
    "arguments",
    [call for command, calls in CALLS.items() if command != "export" for call in calls],
    ids=lambda call: " ".join(str(each).rpartition("/")[2] for each in call),
)


@EVERY_CALL
@pytest.mark.parametrize("width", [80, 120])
def test_what_a_command_shows_fits_the_terminal_and_is_whole(
    ask_copy: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[object, ...], width: int
) -> None:
    plain = ask_copy(*arguments, "--format", "table").out
    monkeypatch.setattr("pipeline.report._terminal_width", lambda: width)
    shown = ESCAPE.sub("", ask_copy(*arguments, "--format", "table").out)
    assert max(map(cell_len, shown.splitlines())) <= width
    for fingerprint in FINGERPRINT.findall(plain):
        if fingerprint not in shown:
            plain = plain.replace(fingerprint, f"{fingerprint[:12]}…", 1)
    # `check` says the time of day, and another minute may have begun
    once, again = ("".join(CLOCK.sub("", text).split()) for text in (plain, shown))
    lost = Counter(once) - Counter(again)
    assert not lost


@EVERY_CALL
def test_what_a_command_writes_as_markdown_is_taken_for_what_it_is(
    ask_copy: Run, arguments: tuple[object, ...]
) -> None:
    plain = ask_copy(*arguments, "--format", "table").out
    page = github(ask_copy(*arguments, "--format", "markdown").out)
    assert "a" not in page.elements
    assert Counter("".join(plain.split())) == Counter("".join(page.text.split()))


def test_a_schema_refuses_what_is_missing_unknown_or_not_utc(ask: Run) -> None:
    schema = json.loads(make_schemas.path("diff").read_text("utf-8"))
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    diff = ask("diff", "12.7", "12.8", "--format", "json").json
    assert validator.is_valid(diff)
    (item, *_), missing = diff["removed"], dict(diff)
    del missing["unchanged"]
    for wrong in (
        missing,
        diff | {"surprise": 1},
        diff | {"removed": [item | {"fingerprint": item["fingerprint"].upper()}]},
        diff | {"removed": [item | {"not_after": "2020-05-30T10:48:38"}]},
        diff | {"removed": [item | {"not_after": "2020-05-30T12:48:38+02:00"}]},
        diff | {"removed": [item | {"not_after": "2020-13-30T12:48:38Z"}]},
    ):
        assert not validator.is_valid(wrong)
