"""A disk that is full or can't be written: one plain line, and nothing is lost.

Each test has a small disk of its own, in memory, which only its commands see: that takes Linux and
the right to make a user namespace.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.commandline import SAMPLES

TRUSTLIST = f"{sys.executable} -c 'from pipeline.cli import main; main()'"
DISK = "mount -t tmpfs -o size=1m none disk && cd disk && export TRUSTLIST_DATABASE=sqlite:///a.db"


def on_a_disk(directory: Path, *commands: str) -> list[tuple[int, str, str]]:
    """Run commands of a shell on an empty disk of one MiB; give exit codes and what they print."""
    (directory / "disk").mkdir()
    told = " ".join(
        f"({command}) >../out-{number} 2>../err-{number}; echo $? >../code-{number};"
        for number, command in enumerate(commands)
    )
    shell = ["unshare", "--map-root-user", "--mount", "sh", "-c", f"{DISK}; {told}"]
    subprocess.run(shell, cwd=directory, check=True, timeout=200)

    def read(name: str, number: int) -> str:
        return (directory / f"{name}-{number}").read_text()

    return [
        (int(read("code", number)), read("out", number), read("err", number))
        for number in range(len(commands))
    ]


@cache
def is_possible() -> bool:
    try:
        shell = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
        return subprocess.run(shell, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture(autouse=True)
def _possible() -> None:
    if not is_possible():
        pytest.skip("a disk of one's own takes Linux and the right to make a user namespace")


OLD, NEW = (f"{TRUSTLIST} ingest {sample}" for sample in SAMPLES[:2])
VERIFY = f"{TRUSTLIST} database verify"
WHOLE = "Nothing is wrong: 142 certificates and 1 snapshot with 142 entries.\n"


def test_a_full_disk(tmp_path: Path) -> None:
    results = on_a_disk(
        tmp_path,
        OLD,
        "head -c 1000000 /dev/zero >rest",  # as much as there is room for
        NEW,
        VERIFY,
        f"{TRUSTLIST} database backup b.db",
        "ls -A",
        "rm rest",
        NEW,
        VERIFY,
    )
    loaded, _, full, verified, no_copy, listed, _, again, verified_again = results
    assert (loaded[0], again[0]) == (0, 0)
    assert full == (4, "", "a.db: the disk is full; make room and try again.\n")
    assert verified == (0, WHOLE, "")
    assert no_copy == (4, "", "b.db: the disk is full; make room and try again.\n")
    assert listed[1].split() == ["a.db", "rest"]
    assert verified_again[0] == 0
    assert "2 snapshots" in verified_again[1]


def test_a_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    full, listed = on_a_disk(tmp_path, f"head -c 2000000 /dev/zero >rest; {OLD}", "ls -A")
    assert full[:2] == (4, "")
    assert full[2].splitlines()[-1] == "a.db: the disk is full; make room and try again."
    assert set(listed[1].split()) <= {"a.db", "rest"}


def test_a_disk_that_is_read_only(tmp_path: Path) -> None:
    results = on_a_disk(
        tmp_path,
        OLD,
        "mount -o remount,ro none .",
        NEW,
        f"{TRUSTLIST} catalogue add {SAMPLES[0].parent.parent / 'tests/corpus/odd-roots.pem'}",
        VERIFY,
        f"{TRUSTLIST} show 12.6 --format csv",
        f"{TRUSTLIST} database backup b.db",
        f"{TRUSTLIST} --database sqlite:///new.db ingest {SAMPLES[0]}",
    )
    _, _, *refused, verified, shown, no_copy, not_made = results
    for code, out, error in refused:
        assert (code, out) == (4, "")
        assert error.startswith("a.db: it can't be written; ")
        assert len(error.splitlines()) == 1
    assert verified == (0, WHOLE, "")
    assert len(shown[1].splitlines()) == 143
    assert (no_copy[0], len(no_copy[2].splitlines())) == (2, 1)
    assert (not_made[0], len(not_made[2].splitlines())) == (4, 1)


def test_an_output_that_does_not_fit_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    results = on_a_disk(
        tmp_path,
        OLD,
        "echo before >out",
        "head -c 1000000 /dev/zero >rest",
        f"{TRUSTLIST} show 12.6 --output out",
        "cat out; ls -A",
        f"rm rest; {TRUSTLIST} show 12.6 --output out; wc -l <out",
    )
    _, _, _, full, left, again = results

    assert full == (2, "", "out: can't be written: No space left on device.\n")
    assert left[1].split() == ["before", "a.db", "out", "rest"]
    assert int(again[1]) > 142
