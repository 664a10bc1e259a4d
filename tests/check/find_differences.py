"""Look for PKIs that OpenSSL judges otherwise than we do, and shrink them.

`python tests/check/find_differences.py --first 100000 --count 20000 --size 9 --library bundled`

`python tests/check/find_differences.py FOLDER` asks about certificates that people have: each chain
in a file of PEM or DER there is sent as it is, with every self-signed certificate of the folder in
the store; on the days on which its certificates begin or end, and between.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from pipeline.x509.certificate import UnreadableCertificateError, read  # noqa: E402
from tests.check.judging import (  # noqa: E402
    LIBRARIES,
    Series,
    differences,
    in_our_numbers,
    prediction,
    question,
    shrunk,
)
from tests.check.libcrypto import Judge, Question  # noqa: E402
from tests.check.random_pki import make  # noqa: E402

_BATCH = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=100_000, help="the first seed")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=5, help="how many certificates, about")
    parser.add_argument("--library", choices=[library.name for library in LIBRARIES])
    parser.add_argument("--show", type=int, default=5, help="how many differences to shrink")
    parser.add_argument("folder", nargs="?", type=Path, help="of files of certificates")
    given = parser.parse_args()
    for library in LIBRARIES:
        if library.path and given.library in (None, library.name):
            for trusted_first in (True, False):
                with Judge(library.path) as judge:
                    if given.folder:
                        found(judge, library.series, trusted_first, given.folder)
                    else:
                        _search(judge, library.series, trusted_first, given)


def found(judge: Judge, series: Series, trusted_first: bool, folder: Path) -> int:
    """Ask about the chains in a folder; print the differences, and give how many there are."""
    chains = {
        path: certificates
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (certificates := _certificates(path.read_bytes()))
    }
    everything = dict.fromkeys(der for chain in chains.values() for der in chain)
    store = [der for der in everything if _is_root(der)]
    asked = [
        (path, Question(chain[0], chain, store, second, trusted_first))
        for path, chain in chains.items()
        for second in _seconds(chain)
    ]
    differences = 0
    for first in range(0, len(asked), _BATCH):
        batch = asked[first : first + _BATCH]
        verdicts = judge.ask(each for _, each in batch)
        for (path, each), verdict in zip(batch, verdicts, strict=True):
            theirs, at = in_our_numbers(verdict, series), datetime.fromtimestamp(each.at, UTC)
            ours = prediction(each, at, series)
            if theirs != ours:
                differences += 1
                print(f"{path} on {at}: OpenSSL {theirs[:2]}, we {ours[:2]}")
    print(f"{judge.version}: {differences} differences in {len(asked)} questions")
    return differences


def _certificates(data: bytes) -> list[bytes]:
    """Give the DER of the certificates in a file, also of those that nobody can read."""
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE", data, re.DOTALL)
    if blocks:
        return [base64.b64decode(block) for block in blocks]
    return [data] if data[:1] == b"0" else []


def _is_root(der: bytes) -> bool:
    try:
        return read(der).is_self_issued
    except UnreadableCertificateError:
        return False


def _seconds(chain: Sequence[bytes]) -> list[int]:
    """Give the first and the last second of each certificate, and one between each two of these."""
    edges: set[int] = set()
    for der in chain:
        with suppress(UnreadableCertificateError):
            certificate = read(der)
            edges |= {
                int(certificate.not_before.timestamp()),
                int(certificate.not_after.timestamp()),
            }
    ordered = sorted(edges) or [0]
    return sorted({*ordered, *((a + b) // 2 for a, b in pairwise(ordered))})


def _search(judge: Judge, series: str, trusted_first: bool, given: argparse.Namespace) -> None:
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
