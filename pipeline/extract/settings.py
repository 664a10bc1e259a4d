"""The thresholds of the engine: distances, counts and costs by which a page is taken apart.

Distances are parts of the font size unless they say otherwise. None of them decides a row by
itself: they say which readings are proposed, and evidence says which is believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Settings:
    """What parts texts, lines, columns and rows, and what a reading costs."""

    # --- within a line ---
    usual_space: float = 0.28
    """About how wide a space is."""
    thinnest_space: float = 0.15
    """No space within a text is thinner."""
    same_space: float = 1.1
    """White is as wide as other spaces if it is at most so many times as wide."""
    space_within: float = 0.7
    """White less wide than this is a space within a text."""
    group_gap: float = 1.8
    """White between groups of digits is at most so many times that between the first two."""
    first_group_gap: float = 1.2
    """White between the first two groups of digits is less wide than this, if they are alike."""
    wider_gap: float = 1.2
    """White so many times the thinnest between groups of digits may part columns of them."""
    digits_space: float = 0.6
    """White less wide than this parts digits from a text right beside them."""
    justified_space: float = 0.5
    """Where all spaces of a line are wider than this, it is a line of justified text."""
    stretched_space: float = 4.0
    """No space of a line of justified text is wider than this: there are columns."""
    text_gap: float = 0.9
    """White at least this wide parts two texts on a line."""
    few_gaps: int = 3
    """Fewer words on a line don't tell how wide its spaces are."""
    like_spaces: float = 1.6
    """No usual space is so many times as wide as the thinnest of its line."""
    usual_gap: float = 2.2
    """So does white this many times the usual space of the line."""
    spare_room: float = 0.6
    """A line with so much more room than the next word needs wasn't broken there."""
    full_line: float = 0.8
    """A line that ends with less room than this is full."""

    splits: int = 2
    """Fewer full lines with a small letter behind them may be such by chance."""
    split_words: float = 0.15
    """Where lines may break anywhere, they do within words if more of them than this part have a
    small letter behind them."""
    split_words_alone: float = 0.45
    """The same where nothing else says that they break anywhere."""

    # --- from line to line ---
    same_level: float = 0.35
    """Words on one line have baselines that differ by no more."""
    amid_step: float = 0.8
    """No two lines of one text are closer: a line that is stands amid those of other cells."""
    text_step: float = 1.25
    """A step this many times that from line to line within a text ends it."""
    label_step: float = 1.9
    """A label stands at most so far above its value."""
    header_step: float = 1.7
    """Lines of one header of a table are at most so far apart."""
    digits_step: float = 2.2
    """Lines of one fingerprint are at most so far apart."""
    straight_edge: float = 0.2
    """Edges of digits no further apart than this are one."""
    whiter: float = 1.1
    """A step from line to line so many times another has white that the other has not."""
    even_lines: float = 0.8
    """A line amid a fingerprint has at least this part of the digits of its longest one."""
    section_step: float = 2.2
    """Lines further apart than this belong to parts of a page of their own."""
    row_step: float = 2.6
    """From a row to further lines of it, it is at most so far."""
    page_number_step: float = 1.6
    """A number further away than this is that of the page."""
    torn_step: float = 1.4
    """A step this many times that from line to line within a cell tears a cell apart."""
    seam: float = 1.2
    """From the last line of a page to the first of the next: as within a text."""
    same_size: float = 0.2
    """Font sizes of lines of one row differ by no more than this part: digits may be smaller."""
    heading_size: float = 1.05
    """A heading that ends a section is more than so many times as large as the usual text."""
    heading_alike: float = 0.97
    """It is at least so many times as large as that of the section."""
    larger_size: float = 1.1
    """A line that is this many times as large as the text above it is a heading."""
    indent: float = 0.5
    """A line that begins so much further to the right is deeper."""

    value_indent: float = 3.0
    """A value below its label begins less far to the right of it."""
    first_indent: float = 5.0
    """The first line of a paragraph begins no further to the right of the others."""

    # --- columns and cells ---
    underline: float = 0.35
    """A rule so close below words, and as wide as they are, underlines them."""
    lowest_strike: float = 0.12
    """A rule strikes words out if it runs this high above their baseline, or higher,"""
    highest_strike: float = 0.5
    """and no higher than this: rules between rows run below words or above them."""
    page_edge: float = 1.0
    """A line that ends so close to the edge of its page may go on beyond it."""
    gutter: float = 0.5
    """A column of white at least this wide may part two columns of text."""
    wide_gutter: float = 1.1
    """One as wide as this parts them whatever they hold: no space within a text is that wide."""
    heading_gap: float = 3.2
    """A heading that has so much white beside it heads all columns of a page."""
    same_edge: float = 1.5
    """Words that begin no further apart than this, in points, begin below each other."""
    ragged_edges: float = 0.7
    """In running text, so many of the names within lines begin where no other does."""
    same_place: float = 28.0
    """Fingerprints that begin no further apart than this, in points (a centimetre), are in one
    place."""
    same_rule: float = 2.5
    """Rules no further apart than this, in points, are edges of one gap between cells."""
    rule_reach: float = 2.0
    """A rule may end so many points short of what it parts."""
    filled_rows: float = 0.3
    """A column without a title has words in at least this part of the rows, or is none."""
    common_edge: float = 0.1
    """Two lists side by side are parted where at least this part of the lines begins."""
    crossing_lines: float = 0.04
    """At most this part of the lines crosses what parts two lists side by side."""

    # --- counts ---
    lone_labels: int = 3
    """A line that is a label and nothing else, so often at the same place, is one."""
    label_words: int = 4
    """Such a line has at most so many words."""
    label_head: int = 3
    """Of a label that a line break parts, at most so many words stand before it."""
    label_length: int = 60
    """A label has at most so many characters."""
    mark_length: int = 40
    """So has a status that says that something is removed."""
    band_length: int = 90
    """So has a line that parts an alphabetic list, or says that a table goes on."""
    below_header: int = 3
    """On so many lines below a header there are rows."""
    short_head: int = 2
    """A word that ends a name and looks like digits has no more of them: ``CA``, ``C3``."""
    digit_edges: int = 2
    """On fewer lines digits may begin at a place by chance."""
    row_digits: int = 16
    """A text with so many digits in one run is of a row."""
    right_digits: float = 0.85
    """At least this part of what is printed as a digest are hex digits, whatever is damaged."""
    likely_digits: float = 0.75
    """Digits are taken for those of a SHA-1 if they are at least this part of one."""
    likely_beside: float = 0.4
    """Fewer do, down to this part of one, in a column in which others are whole."""
    value_words: int = 4
    """What stands beside a label without a colon, whatever it is, has at most so many."""
    digest_pairs: int = 3
    """Fewer pairs of digests may be such by chance."""
    misprint: int = 2
    """A digest that has no more digits too few or too many is one with a misprint."""
    number_lengths: float = 0.3
    """In a column of numbers at least this part of them is of other lengths than digests."""
    title_length: int = 48
    """A title of a column has at most so many characters."""
    heading_words: int = 14
    """A heading has at most so many words."""
    heading_columns: int = 3
    """A line in as many columns is a row, not a heading."""
    numbered_rows: int = 5
    """Fewer numbers may count anything."""
    bands: int = 3
    """Fewer letters may be in order by chance."""
    widest_columns: int = 2
    """Of the ways to part a page at its widest columns of white, so many are tried."""
    most_columns: int = 3
    """More columns that might be those of the fingerprints, or of the subjects, aren't tried."""
    most_slices: int = 24
    """Of the slices that hold names, no more are looked at: a page with hundreds is no table."""
    aligned_rows: int = 12
    """So many rows show how a document aligns its cells; with fewer it is less certain."""
    mark_words: int = 3
    """A mark such as ``removed`` that stands under no title has at most so many words."""
    status_length: int = 80
    """A status has at most so many characters."""

    # --- what a reading costs, and what speaks for it ---
    fault_cost: float = 6.0
    """A row without a complete subject, or with a malformed fingerprint."""
    digits_cost: float = 4.0
    """A run of digits that may be a fingerprint and is no row's."""
    name_cost: float = 3.0
    """A name that no row has and no label explains."""
    word_cost: float = 0.2
    """Another word that is neither in a row nor in a field beside it."""
    equal_cost: float = 0.01
    """Costs that differ by less are equal."""
    cost_margin: float = 3.0
    """A reading that leaves names is not believed against one that costs no more than this more."""
    equal_fit: float = 0.5
    """Proposals whose geometry differs by less than this are alike."""
    parted_cost: float = 0.6
    """What it takes off a score to take a row for one that a page break parts."""
    records_fit: float = 4.0
    """What the labels of records say of where they begin is better than what geometry tells."""
    stated_fit: float = 2.0
    """So is what a document states of its cells."""

    # --- two readers that see the same ---
    witness_across: float = 0.02
    """Words begin and end at the same place if it differs by no more: a tenth of a space. Where
    readers know widths with less care than that, rows that hang on a place are made of both: what
    differs then is told."""
    witness_level: float = 0.01
    """Baselines and font sizes are the same if they differ by no more, in points."""
    witness_rule: float = 1.01
    """So are rules, in points: one may be where a line is drawn, the other its edge."""


SETTINGS: Final = Settings()
