"""A question's whole process against ``python -c "import sqlalchemy"``.

All in turn, each a process of its own; CPU seconds are the kernel's, the least of all runs. Run it
with `make bench`, or alone: ``python tests/benchmarks/start.py``.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 9
GOAL = 1.3
SAMPLES = sorted(Path(__file__).resolve().parents[2].joinpath("samples").glob("*.pdf"))
TRUSTLIST = str(Path(sys.executable).with_name("trustlist"))
QUESTIONS = (["find", "ISRG Root X1"], ["show", "12.7"], ["snapshots"], ["expiring", "12.7"])
IMPORTS = ("sqlalchemy", "typer, typer._adapters, sqlalchemy")
"""What is compared with, and what any program of typer and SQLAlchemy pays before it begins."""


def seconds(command: list[str]) -> float:
    """Give the CPU time of a process; its exit code may say that the answer is no."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure all, and print the ratios."""
    with tempfile.TemporaryDirectory() as directory:
        asked = [TRUSTLIST, "--database", str(Path(directory, "trustlist.db"))]
        subprocess.run([*asked, "-q", "ingest", *map(str, SAMPLES)], check=True)
        commands = {f"import {each}": [sys.executable, "-c", f"import {each}"] for each in IMPORTS}
        commands |= {f"trustlist {each[0]}": [*asked, *each] for each in QUESTIONS}
        least = dict.fromkeys(commands, float("inf"))
        for _ in range(RUNS):
            for name, command in commands.items():
                least[name] = min(least[name], seconds(command))
    usual = least[f"import {IMPORTS[0]}"]
    print(f"The whole process, seconds of CPU; the least of {RUNS}:")
    for name, time in least.items():
        print(f"  {name:40} {time:5.2f} s, {time / usual:4.2f} times")
    print(f"  (goal: a question at most {GOAL} times `import sqlalchemy`)")


if __name__ == "__main__":
    main()
