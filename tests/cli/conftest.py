"""The command line, inside the tests' own process."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import typer.main

from tests.commandline import SAMPLES, Result, Run

made_once = cache(typer.main.get_command)
"""The commands, which take longer to make than most of them take to run."""


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `trustlist` with these arguments in an empty directory."""
    from pipeline.cli import main

    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "TRUSTLIST_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["trustlist"])
    monkeypatch.setattr("typer.main.get_command", made_once)

    def run(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as exited:
            main([str(each) for each in arguments])
        assert isinstance(exited.value.code, int)
        return Result(exited.value.code, *capfd.readouterr())

    return run


@pytest.fixture(scope="session")
def samples_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database with the samples, to read from."""
    return _with_samples(f"sqlite:///{tmp_path_factory.mktemp('samples') / 'trustlist.db'}")


@pytest.fixture(scope="session")
def samples_on_postgresql(new_schema: Callable[[], str]) -> str:
    """The same on PostgreSQL."""
    return _with_samples(new_schema())


def _with_samples(url: str) -> str:
    from pipeline.ingest.steps import ingest

    for path in SAMPLES:
        ingest(path, url)
    return url


@pytest.fixture(params=["samples_url", "samples_on_postgresql"], ids=["sqlite", "postgresql"])
def ask(run: Run, request: pytest.FixtureRequest) -> Run:
    """Run `trustlist` on a database with the samples: on SQLite, then on PostgreSQL."""
    url = request.getfixturevalue(request.param)

    def ask(*arguments: object) -> Result:
        return run("--database", url, *arguments)

    return ask
