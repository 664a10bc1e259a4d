"""What is said of servers is what check says of their chains, over made-up histories."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from random import Random

from pipeline.check import check_all
from pipeline.check.chain import chain_of
from pipeline.questions.diff import diff
from tests.certificates import Issued, issue
from tests.snapshot_loader import SnapshotLoader

HISTORIES = 200
DAY = datetime(2025, 1, 1, tzinfo=UTC)
ENDED = datetime(2022, 1, 1, tzinfo=UTC)
LATER = datetime(2035, 1, 1, tzinfo=UTC)


def pki() -> list[Issued]:
    """Roots, re-issues of some, and cross-certificates among them; some have ended."""
    roots = [issue(f"Root {n}", end=ENDED if n % 3 == 0 else LATER) for n in range(6)]
    again = [issue(f"Root {n}", key=roots[n].key, end=LATER) for n in (0, 1, 3)]
    crosses = [
        issue(f"Root {n}", roots[m], key=roots[n].key, end=ENDED if n == 5 else LATER)
        for n, m in ((0, 1), (1, 0), (2, 3), (4, 0), (5, 1), (4, 2))
    ]
    return [*roots, *again, *crosses]


def test_diff_and_check_never_contradict_each_other(loader: SnapshotLoader) -> None:
    known = pki()
    random = Random(13)
    names = [f"{10 + n // 100}.{n % 100}(1)" for n in range(HISTORIES + 1)]
    lists = {name: random.sample([each.root for each in known], 8) for name in names}
    loader.load(lists)
    by_fingerprint = {each.fingerprint: each for each in known}
    chains = [chain_of(each.fingerprint, [each.der]) for each in known]
    verdicts = {
        (check.source, result.firmware): result.verdict
        for check in check_all(loader.engine, chains, on=DAY).checks
        for result in check.results
    }
    seen = set()
    for old, new in pairwise(names):
        for each in diff(loader.engine, old, new, as_of=DAY).servers:
            assert each.certificate in by_fingerprint
            assert each.old == verdicts[each.certificate, old]
            assert each.new == verdicts[each.certificate, new]
            seen.add((each.is_cross, each.old, each.new))
    assert len(seen) == 8  # each verdict, of both kinds of chains
