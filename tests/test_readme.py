"""Every command in the README does what the README shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.xdist_group("readme")  # the commands are run once

README = TOP / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_BEHIND = shutil.ignore_patterns(".?*", "build", "*.egg-info", "__pycache__", "*.db")
ELISION = "…"


@dataclass
class Example:
    """A command as typed, and the lines shown below it."""

    command: str
    shown: list[str] = field(default_factory=list)


def examples() -> list[Example]:
    found: list[Example] = []
    for kind, body in BLOCK.findall(README.read_text("utf-8")):
        for line in body.splitlines() if kind == "console" else ():
            if line.startswith("$ "):
                found.append(Example(line[2:]))
            elif line.startswith("> "):
                found[-1].command += f"\n{line[2:]}"
            else:
                found[-1].shown.append(line)
    return found


def pattern(shown: list[str]) -> str:
    """Make a line of ``…`` match any lines, ``…`` in a line anything in that line."""
    parts = (
        "(?:.*\n)*" if line == ELISION else re.escape(line).replace(ELISION, ".*") + "\n"
        for line in shown
    )
    return "".join(parts)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project to run the commands in; it shares our `.venv` if that is ready."""
    copy = tmp_path_factory.mktemp("readme") / "trustlist"
    shutil.copytree(TOP, copy, ignore=LEFT_BEHIND)
    pinned = shutil.copy2(TOP / ".requirements.lock", copy)
    ready = Path(sys.prefix, ".ready")
    made_from = (copy / "pyproject.toml", Path(pinned))
    if ready.exists() and ready.stat().st_mtime > max(each.stat().st_mtime for each in made_from):
        (copy / ".venv").symlink_to(sys.prefix)
    return copy


def person_s_variables() -> dict[str, str]:
    """The environment, less what `make test` adds to it."""
    ours = ("TRUSTLIST_DATABASE", "MAKEFLAGS", "MAKELEVEL", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in ours}


@pytest.fixture(scope="module")
def transcript(checkout: Path) -> list[tuple[int, str]]:
    """Run all commands in one shell; the exit code and output of each."""
    mark = "-- end of command"
    script = "".join(f"{each.command}\necho '{mark}' $?\n" for each in examples())
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=checkout,
        env=person_s_variables(),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
    )
    parts = re.split(rf"^{mark} (\d+)\n", done.stdout, flags=re.MULTILINE)
    return [(int(code), output) for output, code in zip(parts[::2], parts[1::2], strict=False)]


@pytest.mark.parametrize(
    ("number", "example"),
    [*enumerate(examples())],
    ids=lambda value: value.command.split("\n")[0] if isinstance(value, Example) else "",
)
def test_the_command_shows_what_the_readme_says(
    transcript: list[tuple[int, str]], number: int, example: Example
) -> None:
    code, output = transcript[number]
    assert code == 0
    assert re.fullmatch(pattern(example.shown), output), output


def test_the_targets_that_the_readme_names_exist(checkout: Path) -> None:
    named = set(re.findall(r"`make (\w+)", README.read_text("utf-8")))
    assert {"ingest", "test", "bench", "help"} <= named
    for target in named:
        subprocess.run(["make", "--dry-run", target], cwd=checkout, check=True, capture_output=True)


def test_a_reader_of_make_that_has_seen_enough_is_no_error(
    checkout: Path, transcript: list[tuple[int, str]]
) -> None:
    assert transcript
    with subprocess.Popen(
        ["make", "ingest"],
        cwd=checkout,
        env=person_s_variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_it_is_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 250


def test_its_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8"))
    assert links
    assert [link for link in links if not (TOP / link).exists()] == []
