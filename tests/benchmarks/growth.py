"""What 10,000 snapshots of 150 roots cost: loading one more, questions, queries, and bytes.

The database is made on the spot, by the tables. Times are CPU seconds of this process, the median
of several runs: all that is asked runs in it, and other programs don't count. Run it alone with
``python tests/benchmarks/growth.py``; with a number, for so many snapshots.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP), str(TOP / "tests")]

from sqlalchemy import Engine  # noqa: E402

from pipeline import catalogue  # noqa: E402
from pipeline.database import sql, verify  # noqa: E402
from pipeline.database.engine import open_for_reading, open_for_writing  # noqa: E402
from pipeline.database.sql import canned  # noqa: E402
from pipeline.questions import diff, expiring, find, show, snapshots  # noqa: E402
from tests.many_snapshots import ROOTS, fill, load_one, names  # noqa: E402

FEW, MANY = 10, 10_000
RUNS = 5
LOADS = 15
MOST_LOAD_RATIO = 1.3
MOST_MILLISECONDS = 50
MOST_BYTES = 32
SHOWN = {"name": "isrg root x1"}  # for the queries that need it


def milliseconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Give the CPU time of some work, the median of several runs after one to warm up."""
    work()
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


def loading(engine: Engine) -> float:
    """Load documents of one more release each."""
    numbers = count()
    roots = sorted(catalogue.subjects())[:ROOTS]

    def load() -> None:
        number = next(numbers)
        load_one(engine, "Bench", f"bench {number}", roots, f"1.0({number + 1})")

    return milliseconds(load, LOADS)


def report(name: str, took: float, goal: float | None = None) -> None:
    """Print a line."""
    told = "" if goal is None else f"   (goal: at most {goal:g})"
    print(f"  {name:44}{took:10.2f}{told}", flush=True)


def main() -> None:
    """Make the database, and measure."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory() as directory:
        small = open_for_writing(f"sqlite:///{directory}/small.db")
        fill(small, FEW)
        path = Path(directory, "large.db")
        large = open_for_writing(f"sqlite:///{path}")
        fill(large, many)
        size = path.stat().st_size
        print(f"SQLite, {many:,} snapshots of {ROOTS} roots, {size / 1e6:.0f} MB:")
        report("bytes an entry, of the whole file", size / (many * ROOTS), MOST_BYTES)
        before, after = loading(small), loading(large)
        print("CPU milliseconds:")
        report(f"load a document as the {FEW}th", before)
        report(f"load a document as the {many:,}th", after)
        report("ratio", after / before, MOST_LOAD_RATIO)
        engine = open_for_reading(f"sqlite:///{path}")
        questions(engine)
        report("database verify", milliseconds(lambda: verify.verify(engine), runs=1))


def questions(engine: Engine) -> None:
    """Ask each question and query."""
    product, releases = names(3)
    old, new = releases[100], releases[104]
    one = product, old
    for name, ask in {
        "diff of two releases": lambda: diff.diff(engine, old, new, product=product),
        "find by name": lambda: find.find(engine, "isrg root x1"),
        "find by fingerprint": lambda: find.find(engine, "02faf3e291"),
    }.items():
        report(name, milliseconds(ask), MOST_MILLISECONDS)
    for name, ask in {
        "show": lambda: show.show(engine, old, product=product),
        "expiring, one release": lambda: expiring.expiring(engine, old, product=product),
        "expiring, all releases": lambda: expiring.expiring(engine, within="1y"),
        "snapshots": lambda: snapshots.snapshots(engine),
    }.items():
        report(name, milliseconds(ask))
    for each in canned.queries():
        report(f"query --name {each.name}", milliseconds(lambda each=each: _run(engine, each)))
    for text in (
        "trust_list WHERE product = :a AND firmware = :b",
        "changes WHERE product = :a AND to_firmware = :b",
    ):
        values = dict(zip("ab", one, strict=True))
        report(
            text.replace(" = :a", "").replace(" = :b", ""),
            milliseconds(lambda text=text, values=values: _select(engine, text, values)),
        )
    fingerprint = {"a": "02faf3e291435468607857694df5e45b68851868"}
    for text in ("root_history WHERE fingerprint = :a", "trust_list WHERE fingerprint = :a"):
        report(
            text.replace(" = :a", ""),
            milliseconds(lambda text=text: _select(engine, text, fingerprint)),
        )


def _run(engine: Engine, ready: canned.Query) -> sql.Result:
    needed = {each.name for each in ready.parameters if each.default is None}
    return sql.run(
        engine, ready.sql, canned.values(ready, {name: SHOWN[name] for name in needed}), timeout=300
    )


def _select(engine: Engine, text: str, values: dict[str, str]) -> sql.Result:
    return sql.run(engine, f"SELECT * FROM {text}", values, timeout=300)


if __name__ == "__main__":
    main()
