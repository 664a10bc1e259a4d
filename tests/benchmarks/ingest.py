"""`trustlist ingest` of a sample against a plain script that pours its tables into a database.

Both as whole processes, in turn, each with a fresh database; CPU seconds, the median of several
runs. Run it with `make bench`.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

RUNS = 7
GOAL = 1.5
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "CA-Trust-List-12.7.pdf"

PLAIN = """
import sys, pandas, pdfplumber, sqlalchemy
rows = []
with pdfplumber.open(sys.argv[1]) as pdf:
    for page in pdf.pages:
        for table in page.extract_tables():
            rows += table
head, *rows = rows
frame = pandas.DataFrame([row for row in rows if row != head], columns=head)
frame.to_sql("entries", sqlalchemy.create_engine(sys.argv[2]), index=False)
"""


def seconds(command: Sequence[str]) -> float:
    """Run a command; give the CPU time it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure both and print the ratio."""
    trustlist = str(Path(sys.executable).with_name("trustlist"))
    times: dict[str, list[float]] = {"plain script": [], "trustlist ingest": []}
    with tempfile.TemporaryDirectory() as directory:
        for run in range(RUNS + 1):
            urls = [f"sqlite:///{directory}/{name}-{run}.db" for name in ("plain", "ours")]
            plain = seconds([sys.executable, "-c", PLAIN, str(SAMPLE), urls[0]])
            ours = seconds([trustlist, "--database", urls[1], "ingest", str(SAMPLE)])
            if run:  # the first one warms the caches
                times["plain script"].append(plain)
                times["trustlist ingest"].append(ours)
    medians = {name: statistics.median(each) for name, each in times.items()}
    print(f"{SAMPLE.name}, whole processes, median of {RUNS}, {os.cpu_count()} cores:")
    for name, median in medians.items():
        print(f"  {name:17}{median:6.2f} s of CPU")
    ratio = medians["trustlist ingest"] / medians["plain script"]
    print(f"  ratio{ratio:18.2f}   (goal: at most {GOAL})")


if __name__ == "__main__":
    main()
