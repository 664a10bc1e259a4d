"""Files that commands write: whole or not at all, and never over what the command reads."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.commandline import SAMPLES, Run, take_interrupts
from tests.every_command import WITH_OUTPUT, arguments, files_of
from tests.terminal import COMMAND

FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"


@pytest.fixture
def database(samples_url: str, tmp_path: Path) -> Path:
    """A database of the test's own."""
    return Path(shutil.copy(samples_url.removeprefix("sqlite:///"), tmp_path / "own.db"))


# --- what is in use --------------------------------------------------------------------------


def itself(path: Path) -> Path:
    return path


def link(path: Path) -> Path:
    to = path.with_name("link")
    to.symlink_to(path.name)
    return to


def link_to_a_link(path: Path) -> Path:
    to = path.with_name("link to a link")
    to.symlink_to(link(path))
    return to


def hard_link(path: Path) -> Path:
    to = path.with_name("hard link")
    to.hardlink_to(path)
    return to


def spelled_otherwise(path: Path) -> Path:
    return path.parent / ".." / path.parent.name / path.name


def descriptor(path: Path) -> Path:
    if not Path("/dev/fd").exists():
        pytest.skip("no /dev/fd here")
    return Path(f"/dev/fd/{os.open(path, os.O_RDWR)}")


WAYS = [itself, link, link_to_a_link, hard_link, spelled_otherwise, descriptor]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("names", WITH_OUTPUT, ids=" ".join)
def test_no_command_writes_over_the_database(
    run: Run, database: Path, names: tuple[str, ...], way: Callable[[Path], Path]
) -> None:
    before = database.read_bytes()
    given = dict.fromkeys(files_of(names), SAMPLES[0])
    output = way(database)
    words = arguments(names, {**given, "output": output})
    result = run("--database", f"sqlite:///{database}", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"{output}: this file is in use by the command; give another --output.\n"
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("names", "parameter"), [(names, each) for names in WITH_OUTPUT for each in files_of(names)]
)
def test_no_command_writes_over_a_file_that_it_reads(
    run: Run, database: Path, tmp_path: Path, names: tuple[str, ...], parameter: str
) -> None:
    given = Path(shutil.copy(SAMPLES[0], tmp_path / "given"))
    before = given.read_bytes()
    words = arguments(names, {parameter: given, "output": hard_link(given)})
    result = run("--database", f"sqlite:///{database}", *words)
    assert (result.code, result.out) == (2, "")
    assert "this file is in use" in result.err
    assert given.read_bytes() == before


def test_a_database_that_is_to_be_made_is_in_use(run: Run, tmp_path: Path) -> None:
    result = run("ingest", SAMPLES[0], "--output", tmp_path / "trustlist.db")
    assert result.code == 2
    assert not list(tmp_path.iterdir())


def test_certificates_in_a_directory_that_is_read_are_in_use(
    run: Run, database: Path, tmp_path: Path
) -> None:
    roots = tmp_path / "roots"
    roots.mkdir()
    pem = roots / "a"
    shutil.copy(Path(__file__).parent.parent / "corpus" / "odd-roots.pem", pem)
    before = pem.read_bytes()
    ask = ("--database", f"sqlite:///{database}", "catalogue", "add", roots, "--output")
    assert run(*ask, pem).code == 2
    assert pem.read_bytes() == before
    for _ in range(2):  # a report beside them may be made anew
        assert run(*ask, roots / "report.json").code == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")
def test_what_comes_on_standard_input_and_goes_to_standard_output(
    database: Path, tmp_path: Path
) -> None:
    command = [*COMMAND, "--database", f"sqlite:///{database}"]
    sql = tmp_path / "query.sql"
    sql.write_text("SELECT 1")
    before = database.read_bytes()
    with sql.open("rb") as stdin:
        query = [*command, "query", "-", "--output", str(sql)]
        done = subprocess.run(query, stdin=stdin, capture_output=True, check=False)
    assert (done.returncode, sql.read_text()) == (2, "SELECT 1")
    with database.open("ab") as stdout:
        show = [*command, "show", "12.7"]
        done = subprocess.run(show, stdout=stdout, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, database.read_bytes()) == (2, before)
    assert done.stderr.startswith(b"standard output: this file is in use")


def test_no_picture_is_drawn_over_the_document(run: Run, tmp_path: Path) -> None:
    document = Path(shutil.copy(SAMPLES[0], tmp_path / "list.pdf"))
    for page in range(1, 10):
        (tmp_path / f"list-{page}.png").symlink_to(document)
    assert run("extract", document, "--picture", tmp_path, "--output", tmp_path / "o").code == 2
    assert document.read_bytes() == SAMPLES[0].read_bytes()


# --- whole or not at all ---------------------------------------------------------------------


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A file with something in it, alone in its directory."""
    path = tmp_path / "alone" / "output"
    path.parent.mkdir()
    path.write_text("before")
    return path


def is_untouched(output: Path) -> bool:
    return output.read_text() == "before" and list(output.parent.iterdir()) == [output]


def test_a_time_limit_leaves_the_file_that_was_there(ask: Run, output: Path) -> None:

    assert ask("query", FOREVER, "--timeout", 1, "--format", "csv", "--output", output).code == 2
    assert is_untouched(output)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_the_file_that_was_there(
    database: Path, output: Path, number: signal.Signals
) -> None:
    command = [*COMMAND, "--database", f"sqlite:///{database}", "query", FOREVER]
    with subprocess.Popen(
        [*command, "--format", "csv", "--output", str(output)],
        preexec_fn=take_interrupts,
    ) as process:
        while process.poll() is None and len(list(output.parent.iterdir())) == 1:
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(20) == 128 + number
    assert is_untouched(output)


def test_being_killed_leaves_the_file_that_was_there(database: Path, output: Path) -> None:
    command = [*COMMAND, "--database", f"sqlite:///{database}", "query", FOREVER]
    with subprocess.Popen([*command, "--format", "csv", "--output", str(output)]) as process:
        while process.poll() is None and len(list(output.parent.iterdir())) == 1:
            time.sleep(0.01)
        process.kill()
    assert output.read_text() == "before"


def test_a_package_that_cannot_be_described_leaves_both_files(ask: Run, output: Path) -> None:
    package = output.with_name("datapackage.json")
    package.mkdir()
    assert ask("export", "12.7", "--format", "csv", "--output", output).code == 2
    assert output.read_text() == "before"
    assert sorted(output.parent.iterdir()) == [package, output]
    package.rmdir()
    result = ask("export", "12.7", "--format", "csv", "--output", package)
    assert (result.code, list(output.parent.iterdir())) == (2, [output])


def test_a_file_keeps_its_place_and_its_permissions(ask: Run, output: Path) -> None:
    output.chmod(0o604)
    to = link(output)
    assert ask("show", "12.7", "--output", to).code == 0
    assert to.is_symlink()
    assert len(output.read_text()) > 1000
    assert stat.S_IMODE(output.stat().st_mode) == 0o604
    old = os.umask(0o027)
    try:
        assert ask("show", "12.7", "--output", output.with_name("new")).code == 0
    finally:
        os.umask(old)
    assert stat.S_IMODE(output.with_name("new").stat().st_mode) == 0o640


def test_a_link_to_nothing_gets_its_file(ask: Run, output: Path) -> None:
    to = link(output)
    output.unlink()
    assert ask("show", "12.7", "--output", to).code == 0
    assert to.is_symlink()
    assert output.is_file()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_stays(ask: Run, output: Path) -> None:
    output.chmod(0o400)
    assert ask("show", "12.7", "--output", output).code == 2
    assert is_untouched(output)


def test_a_pipe_gets_what_a_file_gets(ask: Run, output: Path) -> None:
    pipe = output.with_name("pipe")
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text("utf-8")))
    reader.start()
    assert ask("show", "12.7", "--output", pipe).code == 0
    reader.join(20)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert got == [ask("show", "12.7").out]


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="needs /dev/stdout")
def test_a_descriptor_is_written_to_where_it_stands(database: Path, output: Path) -> None:
    command = [*COMMAND, "--database", f"sqlite:///{database}", "snapshots", "--output"]
    for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        output.write_text("before")
        with output.open("ab") as stdout:
            subprocess.run([*command, name], stdout=stdout, check=True)
        assert output.read_text().startswith("before")
        assert len(output.read_text()) > 100


def test_a_database_is_still_one_after_all_that(run: Run, database: Path) -> None:
    url = f"sqlite:///{database}"
    assert run("--database", url, "show", "12.7", "-o", database).code == 2
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
