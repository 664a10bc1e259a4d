"""The manual page has all that the help has, and roff takes it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from pipeline.cli import manual
from pipeline.cli.app import app

PAGE = manual.text()
PLAIN = PAGE.replace("\\-", "-").replace("\\e", "\\")


def commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, group
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{path} {name}")


@pytest.mark.parametrize(("path", "command"), [*commands(typer.main.get_command(app), "trustlist")])
def test_every_command_is_in_it_with_every_option(path: str, command: Any) -> None:
    begin = ".SH SYNOPSIS\n.B" if path == "trustlist" else ".SS"
    begun = PLAIN.partition(f"{begin} {path} ")[2]
    assert begun
    own = begun.partition(".SH COMMANDS" if path == "trustlist" else "\n.S")[0]
    first = " ".join(command.help.split("\n\n")[0].split())
    assert first in (PLAIN if path == "trustlist" else own)
    for parameter in command.params:
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            assert option in own


def test_it_is_the_same_each_time() -> None:
    assert manual.text() == PAGE


def test_no_text_is_taken_for_a_request() -> None:
    known = {".TH", ".SH", ".SS", ".TP", ".PP", ".B"}
    requests = {line.split()[0] for line in PAGE.splitlines() if line.startswith((".", "'"))}
    assert requests == known
    assert manual._escaped(".so /etc/passwd \\X") == "\\&.so /etc/passwd \\eX"
    assert manual._escaped("'br") == "\\&'br"


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_groff_has_nothing_to_complain_of() -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-Kutf8"],
        input=PAGE,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    shown = re.sub("\x1b\\[[0-9;]*m|.\b", "", done.stdout)  # bold, in one way or the other
    assert "\nEXIT STATUS\n" in shown


@pytest.mark.skipif(not shutil.which("mandoc"), reason="needs mandoc")
def test_mandoc_finds_no_error(tmp_path: Path) -> None:
    (tmp_path / "trustlist.1").write_text(PAGE, encoding="utf-8")
    subprocess.run(["mandoc", "-T", "lint", "-W", "error", tmp_path / "trustlist.1"], check=True)


def test_the_module_writes_it() -> None:
    line = [sys.executable, "-m", "pipeline.cli.manual"]
    assert subprocess.run(line, capture_output=True, text=True, check=True).stdout == PAGE
