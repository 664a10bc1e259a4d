"""What people expect of any command: quiet, completion, defaults in a file, a path as database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline import SAMPLES, Run
from tests.terminal import in_terminal

TRUSTLIST = Path(sys.executable).with_name("trustlist")


# --- the database ----------------------------------------------------------------------------


def test_a_database_may_be_named_by_its_path(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a list" / "own.db"
    path.parent.mkdir()
    assert run("--database", path, "ingest", SAMPLES[0]).code == 0
    assert run("--database", "a list/own.db", "show", "latest").code == 0
    assert run("--database", f"sqlite:///{path}", "show", "latest").code == 0


def test_an_output_never_replaces_a_database_named_by_its_path(run: Run, tmp_path: Path) -> None:
    run("--database", "own.db", "ingest", SAMPLES[0])
    before = (tmp_path / "own.db").read_bytes()
    assert run("--database", "own.db", "snapshots", "--output", "own.db").code == 2
    assert (tmp_path / "own.db").read_bytes() == before


@pytest.mark.parametrize("url", ["postgresql:/host/name", "http://host/x.db", "mysql://host/x"])
def test_what_begins_as_a_url_is_none_of_a_file(run: Run, tmp_path: Path, url: str) -> None:
    result = run("--database", url, "ingest", SAMPLES[0])
    assert result.code == 4
    assert not list(tmp_path.iterdir())


# --- quiet -----------------------------------------------------------------------------------


def test_quiet_says_nothing_of_what_went_well(run: Run) -> None:
    for command in (
        ("ingest", SAMPLES[0]),
        ("ingest", SAMPLES[0]),  # once more
        ("enrich",),
        ("database", "verify"),
        ("database", "upgrade"),
        ("database", "backup", "copy.db"),
    ):
        result = run("--quiet", *command)
        assert (result.code, result.out, result.err) == (0, "", ""), command


def test_quiet_says_what_went_wrong_and_answers_questions(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")
    result = run("-q", "ingest", "empty.pdf")
    assert result.code == 3
    assert result.err.startswith("empty.pdf: ")
    run("-q", "ingest", SAMPLES[0])
    assert "roots" in run("-q", "show", "latest").out


def test_quiet_writes_the_file_that_is_asked_for(run: Run, tmp_path: Path) -> None:
    assert run("-q", "ingest", SAMPLES[0], "-o", "done.json").out == ""
    assert (tmp_path / "done.json").stat().st_size > 0


# --- colours ---------------------------------------------------------------------------------

COLOURED = "\x1b["


@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_a_terminal_has_colours_unless_no_color_says_otherwise(
    samples_url: str, variables: dict[str, str], is_coloured: bool
) -> None:
    arguments = ("--database", samples_url, "show", "12.7", "--status", "expired")
    shown = in_terminal(*arguments, environment=variables)
    assert "AddTrust" in shown
    colours = re.findall(r"\x1b\[[0-9;]*3[0-7]m", shown)
    assert bool(colours) == is_coloured


@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": ""}, False)],
)
def test_a_pipe_has_colours_if_force_color_says_so(
    ask: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variables: dict[str, str],
    is_coloured: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    expired = ("show", "12.7", "--status", "expired")
    assert (COLOURED in ask(*expired).out) == is_coloured
    assert COLOURED not in ask(*expired, "--format", "csv").out
    ask(*expired, "--output", "expired.txt")
    assert COLOURED not in (tmp_path / "expired.txt").read_text("utf-8")


# --- a directory of documents ----------------------------------------------------------------


def test_a_directory_stands_for_its_pdfs(run: Run) -> None:
    result = run("ingest", SAMPLES[0].parent)
    assert result.code == 0
    assert [line.split()[0] for line in run("snapshots").out.splitlines()[3:]] == [
        "12.6(1)",
        "12.7(1)",
        "12.8(1)",
    ]


def test_a_directory_without_a_pdf_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "notes.txt").write_text("none")
    result = run("ingest", "lists")
    assert (result.code, result.out) == (3, "")
    assert result.err == "lists: there is no PDF in this directory; name a file.\n"


# --- defaults in a file ----------------------------------------------------------------------


@pytest.fixture
def loaded(run: Run) -> Run:
    assert run("--database", "own.db", "ingest", SAMPLES[0]).code == 0
    return run


@pytest.mark.parametrize(
    ("name", "head"), [("trustlist.toml", ""), ("pyproject.toml", "tool.trustlist.")]
)
def test_a_flag_then_the_environment_then_the_file(
    loaded: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, head: str
) -> None:
    text = f'{head}database = "own.db"\n{head}show.format = "csv"\n{head}check.firmware = "12.6"\n'
    (tmp_path / name).write_text(text)
    assert loaded("show", "latest").out.startswith("product,firmware,")
    assert loaded("show", "latest", "--format", "json").out.startswith("{")
    assert loaded("--database", "other.db", "snapshots").err.startswith("other.db: ")
    monkeypatch.setenv("TRUSTLIST_DATABASE", "third.db")
    assert loaded("snapshots").err.startswith("third.db: ")


def test_the_project_s_own_file_comes_before_the_shared_one(loaded: Run, tmp_path: Path) -> None:
    (tmp_path / "trustlist.toml").write_text('database = "own.db"')
    (tmp_path / "pyproject.toml").write_text('[tool.trustlist]\ndatabase = "other.db"')
    assert loaded("snapshots").code == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('databse = "own.db"', "databse: there is no such option; database is meant?"),
        ("nothing-like-it = 1", "nothing-like-it: there is no such option."),
        ('[show]\nfromat = "csv"', "[show] fromat: there is no such option; format is meant?"),
        ("[shwo]\nformat = 1", "shwo: there is no such option; show is meant?"),
        ("verbose = {a = 1}", "verbose: give a text, a number, true or false."),
        ("database = ", "this is no TOML: "),
    ],
)
def test_a_file_with_a_wrong_key_says_so(
    loaded: Run, tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "trustlist.toml").write_text(text)
    result = loaded("snapshots")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"trustlist.toml: {words}")
    assert len(result.err.splitlines()) == 1


def test_a_shared_file_that_says_nothing_of_this_is_none_of_ours(
    loaded: Run, tmp_path: Path
) -> None:
    for text in ("[project]\nname = 'x'", "this is no TOML"):
        (tmp_path / "pyproject.toml").write_text(text)
        assert loaded("--database", "own.db", "snapshots").code == 0


# --- completion ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [("trustlist sn", {"snapshots"}), ("trustlist show --stat", {"--status"})],
    ids=["a command", "an option"],
)
def test_a_shell_completes(tmp_path: Path, words: str, expected: set[str]) -> None:
    result = subprocess.run(
        [TRUSTLIST],
        env={
            **os.environ,
            "_TRUSTLIST_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(words.count(" ")),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert set(result.stdout.split()) == expected


def test_the_script_for_a_shell_is_shown(tmp_path: Path) -> None:
    result = subprocess.run(
        [TRUSTLIST, "--show-completion", "bash"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "_TRUSTLIST_COMPLETE" in result.stdout
