"""The command line, inside the tests' own process."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import SAMPLES, Result, Run

from pipeline.cli import main


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `trustlist` with these arguments in an empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRUSTLIST_DATABASE", raising=False)
    monkeypatch.setattr("sys.argv", ["trustlist"])

    def run(*arguments: object) -> Result:
        with pytest.raises(SystemExit) as exited:
            main([str(each) for each in arguments])
        assert isinstance(exited.value.code, int)
        return Result(exited.value.code, *capfd.readouterr())

    return run


@pytest.fixture(scope="session")
def samples_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the samples, to read from."""
    from pipeline.ingest import ingest

    url = f"sqlite:///{tmp_path_factory.mktemp('samples') / 'trustlist.db'}"
    for path in SAMPLES:
        ingest(path, url)
    return url


@pytest.fixture
def ask(run: Run, samples_url: str) -> Run:
    """Run `trustlist` on the database with the samples."""

    def ask(*arguments: object) -> Result:
        return run("--database", samples_url, *arguments)

    return ask
