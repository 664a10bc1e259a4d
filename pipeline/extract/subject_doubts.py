"""What may be wrong with a row by itself, and how it is told: most of it with its subject.

Of a root that nobody knows no certificate tells where its name begins and ends. What can be told is
whether a subject is one run of text: it begins where a text begins, each line goes on right below
the one before, nothing stands amid it, and nothing goes on behind it or below it.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pipeline.extract.layouts import Draft
from pipeline.extract.shifted_digits import may_be_shifted
from pipeline.extract.subject_end import (
    ends_open,
    has_attributes_below,
    has_number_below,
    has_words_behind,
    has_words_below,
    reaches_edge,
)
from pipeline.extract.subject_middle import (
    has_words_of_columns,
    holds_label,
    holds_others,
    is_broken_early,
    is_hyphenated,
    is_joined,
    is_parted_by_dashes,
    is_parted_by_digits,
    is_torn,
)
from pipeline.extract.subject_start import begins_within, has_other_title
from pipeline.extract.surroundings import Surroundings

_COLUMNS = "Words of several columns stand in this subject; look at the page."
_DASHES = "Dashes part the fields of this row, and one stands in its subject; look at the row."
_TITLE = "This subject stands below a title that is none of subjects; look at the page."
_WORDS = "Words beside this row belong to no row; look at the page."
_BEHIND = "Other words stand right behind this subject; look at the page."
_ROOM = "Within this subject a line ends that had room for the next word; look at the page."
_LABEL = "A label stands in this subject; look at the page."
_WITHIN = "This subject begins within a name; look at the page."
_AMID = "Words amid this subject are none of it; look at the page."
_APART = "The lines of this subject don't stand right below each other; look at the page."
_HYPHEN = "Nothing tells whether the hyphen is part of the name where a line of it is broken."
_JOINED = "Nothing tells whether a space belongs where a line of this subject is broken."
_EDGE = "A line of this subject reaches the edge of the page, which may cut it off; look at it."
_OPEN = "Nothing tells where this subject ends; look at the page."

_SHIFTED = "Nothing tells where these digits begin and end: more stand right beside them."

DOUBTS: Final[Sequence[tuple[Callable[[Surroundings, Draft], bool], str]]] = (
    (has_words_of_columns, _COLUMNS),
    (is_parted_by_digits, _COLUMNS),
    (is_parted_by_dashes, _DASHES),
    (has_other_title, _TITLE),
    (has_words_behind, _BEHIND),
    (is_broken_early, _ROOM),
    (is_joined, _JOINED),
    (is_hyphenated, _HYPHEN),
    (holds_label, _LABEL),
    (begins_within, _WITHIN),
    (ends_open, _OPEN),
    (reaches_edge, _EDGE),
    (has_number_below, _OPEN),
    (holds_others, _AMID),
    (is_torn, _APART),
    (has_words_below, _WORDS),
    (has_attributes_below, _WORDS),
    (may_be_shifted, _SHIFTED),
)
"""The first of these that is true of a row is what is told of it."""
OF_LABELS: Final = frozenset({has_words_of_columns, has_words_below})
"""Those that count where a row has a label for a name, too: other words may follow an alias."""
