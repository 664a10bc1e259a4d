"""The page of `trustlist report`, and that of a matrix of 50 releases: CPU time and size.

Whole processes, less what imports cost, the median of several runs. Run it with `make bench`.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

RUNS = 7
RELEASES = 50
SAMPLES = sorted(Path(__file__).resolve().parents[2].joinpath("samples").glob("*.pdf"))
IMPORTS = """
import jinja2, sqlalchemy, pipeline.cli.app
import pipeline.questions.report, pipeline.questions.matrix
import pipeline.report.answers.report, pipeline.report.answers.matrix, pipeline.report.html
"""


def seconds(command: Sequence[str]) -> float:
    """Run a command; give the CPU time it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def make_releases(directory: Path, url: str) -> None:
    """Load releases that each lack a tenth of the samples' roots, drawn by lot."""
    from pipeline.ingest.steps import ingest

    subjects: dict[str, str] = {}
    for sample in SAMPLES:
        with sample.with_suffix(".truth.csv").open(encoding="utf-8", newline="") as file:
            subjects |= {row["fingerprint"]: row["subject"] for row in csv.DictReader(file)}
    lot = random.Random(50)
    for number in range(RELEASES):
        path = directory / f"{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("fingerprint", "subject"))
            writer.writerows(row for row in subjects.items() if lot.random() > 0.1)
        ingest(path, url, firmware=f"{10 + number // 10}.{number % 10}(1)")


def main() -> None:
    """Measure both pages."""
    from pipeline.ingest.steps import ingest

    trustlist = str(Path(sys.executable).with_name("trustlist"))
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        two, many = (f"sqlite:///{directory / each}.db" for each in ("two", "many"))
        for sample in SAMPLES:
            ingest(sample, two)
        make_releases(directory, many)
        pages = {
            "report 12.7 12.8": (two, 1.0),
            "diff all": (many, 3.0),
        }
        imports = statistics.median(seconds([sys.executable, "-c", IMPORTS]) for _ in range(RUNS))
        print(f"Pages, CPU beyond imports, median of {RUNS}, {os.cpu_count()} cores:")
        for command, (url, goal) in pages.items():
            page = directory / "page.html"
            whole = [trustlist, "--database", url, *command.split(), "-f", "html", "-o", str(page)]
            taken = statistics.median(seconds(whole) for _ in range(RUNS)) - imports
            size = page.stat().st_size / 1e6
            print(f"  {command:17}{taken:6.2f} s of CPU (goal: under {goal} s), {size:.2f} MB")


if __name__ == "__main__":
    main()
