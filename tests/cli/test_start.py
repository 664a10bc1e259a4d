"""What a command loads before it answers: nothing that it doesn't use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import commands
from tests.commandline import SAMPLES

HEAVY = (
    *("OpenSSL", "alembic", "asn1crypto", "cryptography", "httpx", "jinja2", "numpy", "pandas"),
    *("pdfminer", "pdfplumber", "prometheus_client", "rich", "sqlalchemy", "sqlalchemy.orm"),
)
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
    assert code in (0, 1)
    return set(HEAVY) & set(modules)


@pytest.mark.parametrize("arguments", [["--help"], ["extract", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded(*arguments) == set()


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_extract_leaves_reading_to_another_process_and_needs_no_database(format_: str) -> None:
    certificates = {"asn1crypto", "cryptography"}  # by which rows are judged
    assert loaded("extract", str(SAMPLES[0]), "--format", format_) == certificates


@pytest.mark.parametrize(
    "question", [["snapshots"], ["show", "12.7"], ["find", "ISRG Root X1"], ["expiring", "12.7"]]
)
@pytest.mark.parametrize("format_", ["table", "json", "csv"])
def test_a_question_loads_what_reads_the_database_and_no_more(
    samples_url: str, question: list[str], format_: str
) -> None:
    assert loaded("--database", samples_url, *question, "--format", format_) == {"sqlalchemy"}


def test_check_needs_no_frames(samples_url: str) -> None:
    chain = Path(__file__).resolve().parents[1] / "check" / "chains" / "leaf.pem"
    assert not loaded("--database", samples_url, "check", str(chain)) & {"numpy", "pandas"}


def test_a_command_loads_no_other_command(samples_url: str) -> None:
    command = [sys.executable, "-c", SCRIPT, "--database", samples_url, "snapshots"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    _, modules = json.loads(done.stderr.splitlines()[-1])
    others = {f"pipeline.cli.{name}" for name in commands.NAMES} & set(modules)
    assert others == {"pipeline.cli.snapshots"}
