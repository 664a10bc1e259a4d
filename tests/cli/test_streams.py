"""Where output goes: files, pipes, terminals; and what interrupts it."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline import PATIENCE, Run, take_interrupts
from tests.terminal import COMMAND, ESCAPE, in_terminal

FULL = Path("/dev/full")
ENCODED_AS_ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def words(text: str) -> str:
    return "".join(ESCAPE.sub("", text).split())


# --- files and pipes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "format_", ["table", "json", "jsonl", "csv", "csv-bom", "markdown", "html"]
)
def test_a_file_gets_what_a_pipe_gets(ask: Run, tmp_path: Path, format_: str) -> None:
    output = tmp_path / "output"
    question = ("diff", "12.7", "12.8", "--as-of", "2020-06-01", "--format", format_)
    result = ask(*question, "--output", output)
    assert (result.code, result.out, result.err) == (0, "", "")
    piped = ask(*question).out
    assert output.read_bytes() == piped.encode()
    assert piped.endswith("\n")


@pytest.mark.parametrize(
    ("file", "format_"),
    [("a.json", "json"), ("a.csv", "csv"), ("a.MD", "markdown"), ("a.htm", "html"), ("a", "table")],
)
def test_the_name_of_a_file_tells_the_format(
    ask: Run, tmp_path: Path, file: str, format_: str
) -> None:
    output = tmp_path / file
    question = ("diff", "12.7", "12.8", "--as-of", "2020-06-01")
    assert ask("--output", output, *question).code == 2  # an option of the command, not before it
    for arguments in (("-o", output), ("--output", output, "--format", format_)):
        assert ask(*question, *arguments).code == 0
        assert output.read_text("utf-8") == ask(*question, "--format", format_).out
    assert ask(*question, "-o", output, "--format", "csv").code == 0
    assert output.read_text("utf-8").startswith("change,fingerprint")


def test_a_pipe_gets_utf_8_whatever_the_locale(samples_url: str) -> None:
    done = subprocess.run(
        [*COMMAND, "--database", samples_url, "show", "12.7", "--format", "csv"],
        capture_output=True,
        env={**os.environ, **ENCODED_AS_ASCII},
        check=True,
    )
    assert "CN=NetLock Arany (Class Gold) Főtanúsítvány" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown", "html"])
def test_a_reader_that_has_seen_enough_is_no_error(samples_url: str, format_: str) -> None:
    arguments = ["--database", samples_url, "show", "12.7", "--format", format_]
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not FULL.exists(), reason="needs Linux")
@pytest.mark.parametrize(
    "words", ["show 12.7", "serve --port 0", "--version", "--help", "report --help"]
)
def test_a_full_disk_is_told_in_a_line(samples_url: str, words: str) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [*COMMAND, "--database", samples_url, *words.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [f"standard output: can't be written: {os.strerror(28)}."]


@pytest.mark.skipif(not FULL.exists(), reason="needs Linux")
def test_an_error_that_nobody_can_be_told_keeps_its_code(tmp_path: Path) -> None:
    with FULL.open("w") as full:
        done = subprocess.run([*COMMAND, "show", "12.7"], cwd=tmp_path, stderr=full, check=False)
    assert done.returncode == 4


def test_a_closed_standard_output_is_no_error(samples_url: str) -> None:
    script = '"$@" >&-'
    arguments = [*COMMAND, "--database", samples_url, "show", "12.7"]
    done = subprocess.run(
        ["sh", "-c", script, "sh", *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_ends_it_quietly(tmp_path: Path) -> None:
    fifo = tmp_path / "list.pdf"
    os.mkfifo(fifo)
    with subprocess.Popen(
        [*COMMAND, "extract", str(fifo)], stderr=subprocess.PIPE, preexec_fn=take_interrupts
    ) as process:
        with fifo.open("wb"):  # goes on when the command has begun to read
            process.send_signal(signal.SIGINT)
            try:
                assert process.wait(PATIENCE) == 130
            finally:
                process.kill()
        assert process.stderr
        assert process.stderr.read() == b""


# --- terminals -------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize(
    "arguments", [("show", "12.7"), ("diff", "12.7", "12.8"), ("snapshots",)], ids=lambda a: a[0]
)
def test_a_terminal_gets_lines_that_fit_and_nothing_is_lost(
    ask: Run, samples_url: str, columns: int, arguments: tuple[str, ...]
) -> None:
    shown = in_terminal("--database", samples_url, *arguments, columns=columns)
    lines = ESCAPE.sub("", shown).splitlines()
    assert max(map(len, lines)) <= columns
    if arguments[0] == "show":
        assert ("…" in shown) == (columns < 120)
    for row in csv.DictReader(io.StringIO(ask(*arguments, "--format", "csv").out)):
        if fingerprint := row.get("fingerprint"):
            assert fingerprint in shown or f"{fingerprint[:12]}…" in shown
            if arguments[0] == "show" and columns < 120:  # what names a root comes first
                parts = re.split(r"(?<!\\), ", row["subject"])
                assert all(words(part) in words(shown) for part in parts)
            else:
                assert words(row["subject"]) in words(shown)
        else:
            assert row["firmware"] in shown


def test_no_color_is_respected(samples_url: str) -> None:
    arguments = ("--database", samples_url, "show", "12.7", "--as-of", "2020-06-01")
    assert "\x1b[31m" in in_terminal(*arguments)  # expired, in red
    without = in_terminal(*arguments, environment={"NO_COLOR": "1"})
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", without)


def test_a_terminal_without_the_characters_gets_them_spelled_out(samples_url: str) -> None:
    arguments = ("--database", samples_url, "diff", "12.7", "12.8")
    shown = in_terminal(*arguments, columns=200, environment=ENCODED_AS_ASCII)
    assert r"T\xdcB\u0130TAK" in shown


def test_a_bar_is_shown_only_in_a_terminal_and_goes_away() -> None:
    script = """
import time
from pathlib import Path
from pipeline.cli import progress
progress.PATIENCE = 0
with progress.progress([Path("list.pdf")]) as bar:
    bar.begin(Path("list.pdf"), "reading")
    time.sleep(0.5)
print("done")
"""
    command = [sys.executable, "-c", script]
    piped = subprocess.run(command, capture_output=True, check=True)
    assert (piped.stdout, piped.stderr) == (b"done\n", b"")
    _, after = in_terminal(command=command).rsplit("list.pdf: reading", 1)
    assert "\x1b[2K" in after  # the line is erased
    assert after.endswith("done\n")
