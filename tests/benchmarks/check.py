"""`trustlist check` of 1,000 chains against 50 releases, and `openssl verify` in a loop.

The chains are made on the spot, each with its own server, under CAs of ten roots: some in order,
some with a cross-certificate to a root that has expired, some without their intermediate. Each
release has ten roots more or less, among 130 of the catalogue. `openssl verify` is asked about a
sample of the pairs, once each, where `trustlist` builds each path twice and looks for remedies.
Run it with `make bench`.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from ssl import DER_cert_to_PEM_cert

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP), str(TOP / "tests")]

from pipeline import catalogue  # noqa: E402
from pipeline.database.engine import open_for_writing  # noqa: E402
from tests.certificates import Issued, issue, pem, server, trusted  # noqa: E402
from tests.snapshot_loader import Root, SnapshotLoader  # noqa: E402

CHAINS = 1000
RELEASES = 50
SAMPLE = 100
GOALS = {"json": 10.0, "csv": 10.0, "table": 5.0}  # seconds on two idle cores
ENDED = datetime(2022, 1, 1, tzinfo=UTC)


def chains(roots: Sequence[Issued], old: Issued) -> Iterator[tuple[Issued, ...]]:
    """Make chains of every kind."""
    cas = [(issue(f"CA {n}", root), root) for n, root in enumerate(roots)]
    crosses = {root: issue(_name(root), old, key=root.key, end=ENDED) for root in roots}
    for number in range(CHAINS):
        ca, root = cas[number % len(cas)]
        leaf = server(ca, f"expe{number}.example.com")
        match number % 5:
            case 0:
                yield leaf, ca, crosses[root]
            case 1:
                yield (leaf,)
            case 2:
                yield leaf, ca, root
            case _:
                yield leaf, ca


def _name(root: Issued) -> str:
    return str(root.certificate.subject.rfc4514_string()).removeprefix("CN=")


def releases(own: Sequence[Issued], old: Issued) -> dict[str, list[Root]]:
    """Choose the roots of each release."""
    choose = random.Random(7)
    known = sorted(catalogue.fingerprints())
    public = [
        trusted(der, own[0].key) for der in catalogue.find(choose.sample(known, 150)).values()
    ]
    return {
        f"12.{number}(1)": [
            *choose.sample(public, 130),
            *(root.root for root in choose.sample(own, 8)),
            *([old.root] if number < RELEASES // 2 else []),
        ]
        for number in range(RELEASES)
    }


def seconds(command: Sequence[str]) -> tuple[float, float]:
    """Run a command; give the time it took, and its CPU time."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=False, capture_output=True)
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - begun
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def openssl(directory: Path, made: Sequence[tuple[Issued, ...]], store: Path) -> float:
    """Ask openssl about a sample of the chains; give its CPU time for one."""
    total = 0.0
    for chain in random.Random(7).sample(made, SAMPLE):
        leaf, others = directory / "leaf.pem", directory / "others.pem"
        leaf.write_bytes(chain[0].pem)
        others.write_bytes(pem(*chain))
        command = ["openssl", "verify", "-purpose", "sslserver", "-CAfile", str(store)]
        total += seconds([*command, "-untrusted", str(others), str(leaf)])[1]
    return total / SAMPLE


def main() -> None:
    """Measure both and print the ratio."""
    own, old = [issue(f"Own {n} Root") for n in range(10)], issue("Old Root", end=ENDED)
    made = list(chains(own, old))
    rows = releases(own, old)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        database, files = directory / "trustlist.db", directory / "chains"
        SnapshotLoader(open_for_writing(f"sqlite:///{database}")).load(rows)
        files.mkdir()
        for number, chain in enumerate(made):
            (files / f"{number:04}.pem").write_bytes(pem(*chain))
        trustlist = str(Path(sys.executable).with_name("trustlist"))
        ask = [trustlist, "--database", f"sqlite:///{database}", "check", str(files)]
        print(f"{CHAINS:,} chains, {RELEASES} releases, {os.cpu_count()} cores, whole processes:")
        for format_ in ("json", "csv", "table"):
            took, cpu = seconds([*ask, "--format", format_])
            print(f"  check --format {format_:6}{took:7.1f} s, {cpu:.1f} s of CPU", end="")
            print(f"   (goal: under {GOALS[format_]:g} s)")
        if shutil.which("openssl"):
            store = directory / "store.pem"
            roots = next(iter(rows.values()))
            store.write_text("".join(DER_cert_to_PEM_cert(each.record["der"]) for each in roots))
            each = openssl(directory, made, store)
            everything = each * CHAINS * RELEASES
            print(
                f"  openssl verify in a loop{each * 1000:6.1f} ms a pair, {everything:.0f} s in all"
            )
            print(f"  ratio{cpu / everything:27.4f}")


if __name__ == "__main__":
    main()
