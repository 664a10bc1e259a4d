"""Look for PKIs that OpenSSL judges otherwise than we do, and shrink them.

`python tests/check/hunt.py --first 100000 --count 20000 --size 9 --library bundled`
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from check.judging import LIBRARIES, differences, question, shrunk  # noqa: E402
from check.libcrypto import Judge  # noqa: E402
from check.random_pki import make  # noqa: E402

_BATCH = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=100_000, help="the first seed")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=5, help="how many certificates, about")
    parser.add_argument("--library", choices=[library.name for library in LIBRARIES])
    parser.add_argument("--show", type=int, default=5, help="how many differences to shrink")
    given = parser.parse_args()
    for library in LIBRARIES:
        if library.path and given.library in (None, library.name):
            for trusted_first in (True, False):
                with Judge(library.path) as judge:
                    _hunt(judge, library.series, trusted_first, given)


def _hunt(judge: Judge, series: str, trusted_first: bool, given: argparse.Namespace) -> None:
    counts: Counter[int] = Counter()
    shown: set[tuple[int, int]] = set()
    found = 0
    for first in range(given.first, given.first + given.count, _BATCH):
        pkis = [make(Random(seed), given.size) for seed in range(first, first + _BATCH)]
        questions = [question(pki, trusted_first=trusted_first) for pki in pkis]
        verdicts = judge.ask(questions)
        counts.update(verdict.error for verdict in verdicts)
        for each in differences(pkis, questions, verdicts, series):
            if each.explanation(series):
                continue
            found += 1
            kind = (each.theirs.error, each.ours.error)
            if len(shown) >= given.show:
                continue
            if kind not in shown:
                shown.add(kind)
                print(shrunk(each, judge, series, trusted_first=trusted_first))
    order = "trusted first" if trusted_first else "untrusted first"
    print(f"{judge.version}, {order}: {found} differences in {counts.total()} PKIs")
    print("  ", ", ".join(f"{judge.words(e)} {n}" for e, n in counts.most_common()))


if __name__ == "__main__":
    main()
