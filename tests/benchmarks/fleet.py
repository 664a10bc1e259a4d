"""`trustlist fleet` of 1,000,000 phones and 4 chains, from a file and from a pipe.

A tenth of the phones stand there twice. Run it with `make bench`; the goal is for two idle cores.
"""

from __future__ import annotations

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP), str(TOP / "tests")]

from tests.make_inventory import TITLES, devices  # noqa: E402

PHONES = 1_000_000
GOAL_SECONDS, GOAL_MEMORY = 15, 400
CHAINS = TOP / "tests" / "check" / "chains"


def run(command: list[str], inventory: Path) -> tuple[float, float, float]:
    """Run a command on an inventory; give its time, its CPU time, and its peak memory in MB."""
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with inventory.open("rb") as file, tempfile.TemporaryFile() as out:
        subprocess.run(command, stdin=file, stdout=out, check=False)
    took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, cpu, after.ru_maxrss / 1024


def main() -> None:
    """Measure a table and CSV."""
    trustlist = str(Path(sys.executable).with_name("trustlist"))
    chains = sorted(CHAINS.glob("*.pem"))[:4]
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        inventory = directory / "phones.csv"
        with inventory.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(TITLES)
            writer.writerows(each.cells for each in devices(PHONES))
        database = ["--database", f"sqlite:///{directory / 'trustlist.db'}"]
        samples = map(str, sorted((TOP / "samples").glob("*.pdf")))
        subprocess.run([trustlist, *database, "ingest", *samples], check=True, capture_output=True)
        asked = [f"--chain={each}" for each in chains]
        print(f"{PHONES:,} phones, {len(chains)} chains, {os.cpu_count()} cores, whole processes:")
        for format_, source in (("table", str(inventory)), ("table", "-"), ("csv", "-")):
            command = [trustlist, *database, "fleet", source, *asked, "--format", format_]
            took, cpu, memory = run([*command, "--on", "2021-09-01"], inventory)
            where = "a pipe" if source == "-" else "a file"
            print(
                f"  fleet --format {format_:5} from {where}{took:7.1f} s, {cpu:.1f} s of CPU, "
                f"{memory:.0f} MB   (goal: under {GOAL_SECONDS} s, {GOAL_MEMORY} MB)"
            )


if __name__ == "__main__":
    main()
