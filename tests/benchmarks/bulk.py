"""`trustlist ingest DIR` of many documents of 7 pages, side by side against one at a time.

Whole processes, in turn, each with a fresh database. By the clock, since that is what is gained:
run it on a machine that does nothing else; ``python tests/benchmarks/bulk.py 1000`` for so many.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pikepdf

DOCUMENTS = 20
WORKERS = 2
GOAL = 1.8
SAMPLES = sorted(Path(__file__).resolve().parents[2].joinpath("samples").glob("*.pdf"))


def make(directory: Path, number: int) -> None:
    """Make documents that differ: each is a revision of one of the samples' releases."""
    directory.mkdir()
    for each in range(number):
        with pikepdf.open(SAMPLES[each % len(SAMPLES)]) as pdf:
            pdf.docinfo["/Keywords"] = str(each)
            pdf.save(directory / f"{each:05}.pdf")


def seconds(documents: Path, workers: int) -> float:
    """Load all of them into a new database; give the time by the clock."""
    trustlist = str(Path(sys.executable).with_name("trustlist"))
    database = documents.with_name(f"{workers}.db")
    start = time.monotonic()
    subprocess.run(
        [trustlist, "-q", "--database", database, "ingest", documents, "--workers", str(workers)],
        check=True,
    )
    return time.monotonic() - start


def main() -> None:
    """Measure both and print the ratio."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    with tempfile.TemporaryDirectory() as directory:
        documents = Path(directory, "lists")
        make(documents, number)
        alone, together = seconds(documents, 1), seconds(documents, WORKERS)
    print(f"{number} documents of 7 pages, {os.cpu_count()} cores, by the clock:")
    print(f"  one at a time  {alone:8.1f} s")
    print(f"  {WORKERS} at once      {together:8.1f} s")
    print(f"  ratio          {alone / together:8.2f}   (goal: at least {GOAL})")


if __name__ == "__main__":
    main()
