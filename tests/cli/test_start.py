"""What a command loads before it answers: nothing that it doesn't use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.commandline import SAMPLES

HEAVY = ("alembic", "httpx", "jinja2", "numpy", "pandas", "pdfminer", "pdfplumber", "sqlalchemy")
SCRIPT = """
import json, sys
from pipeline.cli.app import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    """Which of the heavy packages the process of a command loads."""
    command = [sys.executable, "-c", SCRIPT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    return set(HEAVY) & {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("arguments", [["--help"], ["extract", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(*arguments) == set()


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_extract_leaves_reading_to_another_process_and_needs_no_database(format_: str) -> None:
    assert loaded("extract", str(SAMPLES[0]), "--format", format_) == set()
