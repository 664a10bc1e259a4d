"""`trustlist diff` of two releases in each form, and a matrix of 50 releases.

CPU seconds inside the process, so beyond imports, the median of several runs; each release has 150
roots, five others than the one before. Run it with `make bench`.
"""

from __future__ import annotations

import hashlib
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import get_args

from sqlalchemy import Engine

from pipeline import catalogue
from pipeline.database.engine import open_for_reading, open_for_writing
from pipeline.enrich import tabulated
from pipeline.extract.document import Document
from pipeline.load import load
from pipeline.questions import against, diff, matrix, report
from pipeline.report import Format, renderer
from pipeline.report.answers import against as against_report
from pipeline.report.answers import diff as diff_report
from pipeline.report.answers import matrix as matrix_report
from pipeline.report.answers import report as report_of_two
from pipeline.report.model import Report
from pipeline.x509.certificate import Certificate, read
from schemas import frames

RUNS = 5
RELEASES = 50
ROOTS = 150
NEW = 5
GOALS = {"diff": 1.0, "report": 1.0, "against": 1.0, "matrix": 3.0}


def releases() -> list[list[Certificate]]:
    """Make up what the releases trust, of roots in the catalogue."""
    every = [read(der) for der in catalogue.find(catalogue.fingerprints()).values()]
    chance = random.Random(1)
    chance.shuffle(every)
    return [every[at * NEW : at * NEW + ROOTS] for at in range(RELEASES)]


def make(url: str) -> Engine:
    """Load the releases into a new database."""
    engine = open_for_writing(url)
    sightings = frames.make(
        ((s.fingerprint, s.programme, s.first_seen, s.last_seen, s.source)
         for s in catalogue.sightings()),
        frames.SIGHTINGS,
    )  # fmt: skip
    for number, roots in enumerate(releases()):
        firmware = f"12.{number}(1)"
        rows = (
            (position, 1, firmware, root.fingerprint, "", *[str(root.subject)] * 2, True, "proven")
            for position, root in enumerate(roots, 1)
        )
        load(
            engine,
            Document(firmware, hashlib.sha256(firmware.encode()).hexdigest(), 7, ""),
            frames.make(rows, frames.EVIDENT_ENTRIES),
            tabulated((root, "catalogue") for root in roots),
            [],
            product="IP Phone",
            sightings=sightings,
        )
    return open_for_reading(url)


def seconds(work: Callable[[], object]) -> float:
    """Do it several times, once before for the imports; give the median of the CPU time."""
    times = []
    for _ in range(RUNS + 1):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return statistics.median(times[1:])


def main() -> None:
    """Measure each question in each form."""
    with tempfile.TemporaryDirectory() as directory:
        engine = make(f"sqlite:///{directory}/trustlist.db")
        names = [f"12.{number}(1)" for number in range(RELEASES)]
        questions: dict[str, Callable[[], Report]] = {
            "diff": lambda: diff_report.report(diff.diff(engine, *names[:2])),
            "report": lambda: report_of_two.report(report.compare(engine, *names[:2])),
            "against": lambda: against_report.report(
                against.against(engine, names[0], "microsoft")
            ),
            "matrix": lambda: matrix_report.report(matrix.matrix(engine, names)),
        }
        print(f"{RELEASES} releases of {ROOTS} roots, median of {RUNS}, {os.cpu_count()} cores:")
        forms = get_args(Format)
        print(" " * 10 + "".join(f"{form:>10}" for form in forms) + "  seconds of CPU")
        for name, ask in questions.items():
            times = [seconds(lambda f=form, a=ask: renderer(f).render(a(), 80)) for form in forms]
            line = "".join(f"{each:10.3f}" for each in times)
            print(f"  {name:8}{line}   (goal: at most {GOALS[name]})")


if __name__ == "__main__":
    main()
