"""What is told without work, and at no cost."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.commandline import Run

HEAVY = {
    *("cryptography", "httpx", "numpy", "pandas", "pdfplumber", "pypdfium2", "rich", "sqlalchemy"),
}
AND_MODULES = """
import sys
from pipeline.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["ingest", "--help"], ["enrich", "-h"], ["nosuch"]]
)
def test_what_needs_no_work_imports_nothing_heavy(arguments: list[str]) -> None:
    command = [sys.executable, "-c", AND_MODULES, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    modules = set(done.stderr.split())
    assert "typer" in modules
    assert not modules & HEAVY


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(run: Run, option: str) -> None:
    result = run(option)
    assert result.code == 0
    for command in (
        *("catalogue", "diff", "enrich", "expiring", "extract", "find", "ingest"),
        *("query", "show", "snapshots"),
    ):
        assert f"\n  {command} " in result.out


@pytest.mark.parametrize("group", [[], ["catalogue"], ["database"]])
def test_without_a_command_there_is_help_too(run: Run, group: list[str]) -> None:
    result = run(*group)
    assert result.code == 2
    assert result.out == ""
    assert "Commands:" in result.err.splitlines()


def test_an_option_of_all_commands_is_told_its_place(run: Run) -> None:
    result = run("show", "12.7", "--database", "sqlite:///x.db")
    assert result.code == 2
    assert result.err == (
        "--database stands before the command: trustlist --database URL COMMAND.\n"
    )


@pytest.mark.parametrize("group", [[], ["catalogue"], ["database"]])
def test_no_line_about_a_command_is_cut(run: Run, group: list[str]) -> None:
    commands = run(*group, "--help").out.partition("Commands:")[2]
    assert commands
    assert "..." not in commands


@pytest.mark.parametrize("command", [["ingest"], ["catalogue", "add"], ["expiring"], ["enrich"]])
def test_an_argument_is_marked_once_as_left_out_or_repeated(run: Run, command: list[str]) -> None:
    usage = run(*command, "--help").out.splitlines()[0]
    assert "[[" not in usage
    assert "....." not in usage.replace("}", "")


def test_version_is_that_of_the_distribution(run: Run) -> None:
    assert run("--version").out == f"trustlist {version('trustlist')}\n"


@pytest.mark.parametrize(
    ("arguments", "wrong", "command"),
    [
        (["nosuch"], "nosuch", "trustlist"),
        (["show"], "RELEASE", "trustlist show"),
        (["diff", "12.7"], "NEW", "trustlist diff"),
        (["diff", "12.7", "12.8", "--as-of", "1 June"], "'1 June'", "trustlist diff"),
        (["show", "12.7", "--format", "xml"], "xml", "trustlist show"),
        (["show", "12.7", "--status", "good"], "good", "trustlist show"),
        (["extract", "x.pdf", "--reader", "me"], "me", "trustlist extract"),
        (["snapshots", "--nosuch"], "--nosuch", "trustlist snapshots"),
    ],
)
def test_wrong_usage_is_told_with_the_way_to_help(
    run: Run, arguments: list[str], wrong: str, command: str
) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert result.out == ""
    told, way = result.err.splitlines()
    assert wrong in told
    assert way == f"Try `{command} --help`."
