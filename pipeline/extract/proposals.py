"""A strip of lines -> what each layout makes of it, as a whole and section by section."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import tee
from typing import Final, NamedTuple

from pipeline.extract.blocks import Block, Placed, block_of
from pipeline.extract.choose import Judged, Known, choose, judge
from pipeline.extract.habits import Habits
from pipeline.extract.layouts import Layout, Proposal, aligned, joined, labelled, running, stated
from pipeline.extract.layouts.cell import read_cell, take_dates_off
from pipeline.extract.page import Page
from pipeline.extract.side_by_side import Bounds

LAYOUTS: Final[Mapping[str, Layout]] = {
    "stated": stated.propose,
    "aligned": aligned.propose,
    "running": running.propose,
    "labelled": labelled.propose,
}
"""All layouts, by what their proposals are called."""


def readings_of(
    lines: list[Placed],
    pages: Mapping[int, Page],
    known: Known,
    habits: Habits,
    *,
    is_last: bool,
    bounds: Bounds = (),
) -> Iterator[Judged]:
    """Ways to read lines of some pages, that of the page before first.

    If a page was seen in columns, ``bounds`` part them. The last row may go on on another page,
    unless it ``is_last``.
    """
    block = block_of(
        lines, pages, has_md5=habits.has_md5, alone=habits.alone, numbers=habits.numbers
    )
    reader = _Reader(known, habits, is_last)
    for judged in reader.read(block, by_column=bool(bounds)):
        judged.bounds = bounds
        yield judged


class _Reader(NamedTuple):
    """What decides how blocks are read: what is known, and how pages were read before."""

    known: Known
    habits: Habits
    is_last: bool

    def read(self, block: Block, *, by_column: bool) -> Iterator[Judged]:
        """Ways to read a block: as one, by sections, and by sections and columns of text."""
        yield from self.propose(block)
        seen: list[list[range]] = []
        for at_columns in (False, True) if by_column else (False,):
            sections = [s for s in block.sections(by_column=at_columns) if block.within(s).digits]
            if len(sections) < 2 or sections in seen:
                continue
            seen.append(sections)
            held = self.choose_each(block, sections)
            ways = [[part.proposal for part in held]]
            if any(part.rival for part in held):
                ways.append([(part.rival or part).proposal for part in held])
            for proposals in ways:
                yield self.weigh(block, joined("sections", proposals))

    def choose_each(self, block: Block, sections: Sequence[range]) -> list[Judged]:
        """The best reading of each section.

        Sections in which certificates vouch for no row are read as those in which they do.
        """
        tried = [tee(self.propose(block.within(section))) for section in sections]
        held = [(best, again) for judged, again in tried if (best := choose(judged))]
        ways = self.habits.ways.copy()
        for best, _ in held:
            ways[best.proposal.way] += best.evidence.vouched
        if ways == self.habits.ways:
            return [best for best, _ in held]
        return [
            best if best.vouched else choose(each.after(ways) for each in again) or best
            for best, again in held
        ]

    def propose(self, block: Block) -> Iterator[Judged]:
        """What each layout makes of a block, that of the page before first."""
        usual = {way.layout.partition("/")[0] for way in self.habits.settled}
        for _, layout in sorted(LAYOUTS.items(), key=lambda each: each[0] not in usual):
            for proposal in layout(block, self.habits.usual):
                for draft in proposal.drafts:
                    if draft.is_label:
                        continue
                    cell = read_cell(block, draft.subject)
                    draft.subject = cell.subject
                    proposal.fields.extend(cell.fields)
                proposal.fields.extend(take_dates_off(block, proposal.drafts))
                yield self.weigh(block, proposal)

    def weigh(self, block: Block, proposal: Proposal) -> Judged:
        """A proposal with what speaks for it."""
        return judge(block, proposal, self.known, self.habits.ways, is_last=self.is_last)
