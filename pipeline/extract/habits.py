"""What the pages of a document so far tell of how those to come are to be read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.extract.blocks import Edge
from pipeline.extract.choose import Judged
from pipeline.extract.labels import labels_alone
from pipeline.extract.layouts import Way
from pipeline.extract.page import Line


@dataclass(slots=True)
class Habits:
    """How a document was read so far.

    ``ways`` counts rows that certificates vouch for by how they were read, ``columns`` rows on
    pages read as a whole and in columns, ``usual`` how cells were aligned, ``alone`` labels with a
    line to themselves; ``numbers`` are columns of numbers. Ways are ``settled`` that read a page
    without a fault, and better than all others.
    """

    ways: Counter[Way] = field(default_factory=Counter)
    settled: set[Way] = field(default_factory=set)
    columns: Counter[bool] = field(default_factory=Counter)
    usual: Counter[str] = field(default_factory=Counter)
    alone: Counter[tuple[str, int]] = field(default_factory=Counter)
    numbers: frozenset[Edge] = frozenset()
    has_md5: bool = False

    def learn(self, best: Judged, lines: Iterable[Line], rows: int) -> None:
        """Take what a page tells: so many ``rows`` are final, and some ``lines``."""
        self.alone.update(labels_alone(lines))
        self.numbers = best.block.numbers
        self.has_md5 = self.has_md5 or any(d.role == "md5" for d in best.block.tokens.digits)
        if not rows:
            return
        way = best.proposal.way
        self.ways[way] += best.evidence.vouched
        self.columns[bool(best.bounds)] += rows
        if best.perfect and best.rival is None:
            self.settled.add(way)
        self.usual.update(best.proposal.usual)

    def is_as_usual(self, judged: Judged) -> bool:
        """Whether a page is read as one before was, where all ways were tried."""
        return judged.is_clean and judged.proposal.way in self.settled
