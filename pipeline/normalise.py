"""Rows as printed -> clean entries: canonical fingerprints and names, each root once a release.

As plain data they are what a document says; as a frame of `schemas.frames.ENTRIES`, what is loaded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline import catalogue
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.x509 import names

if TYPE_CHECKING:
    import pandas as pd

_NOT_HEX: Final = re.compile("[^0-9a-f]")
# Producers break a line at a space if they can. Where there is none they break behind a mark, or
# anywhere in a word that is longer than the line; as far as is known, that is a web address.
_BREAKS_BEHIND: Final = re.compile(r"(?:[^ ][-/\\\u2010\u2011]|\(|[^ ]=)$")
_BREAKS_BEFORE: Final = re.compile(r"^(?:[,;:.)=@]|[-/](?! ))")
_BEGINS_WORD: Final = re.compile(r"^[(\[&]|^[A-Z][a-z]")
_LONG_WORD: Final = re.compile(r"[^\s,;=]{30,}$")
_WEB_ADDRESS: Final = re.compile(r"(?:https?:|www\.)[^\s=]*$", re.IGNORECASE)


class Entry(NamedTuple):
    """A row of `schemas.frames.ENTRIES`.

    ``subject_printed`` is no name where the document prints none (`is_label`); ``subject`` is then
    empty.
    """

    position: int
    page: int
    release: str
    fingerprint: str
    fingerprint_sha256: str
    subject: str
    subject_printed: str
    agreed: bool

    @property
    def identity(self) -> str:
        """The digest that identifies its certificate: the SHA-1 or, if there is none, SHA-256."""
        return self.fingerprint or self.fingerprint_sha256

    @property
    def is_label(self) -> bool:
        """Whether no distinguished name is printed, but a common name, an alias, or nothing."""
        return "=" not in self.subject_printed


def normalise(rows: Sequence[Row]) -> tuple[pd.DataFrame, list[Problem]]:
    """Give what `cleaned` gives, as a frame of `schemas.frames.ENTRIES`."""
    from schemas import frames

    entries, problems = cleaned(rows)
    return frames.make(entries, frames.ENTRIES), problems


def cleaned(rows: Sequence[Row]) -> tuple[list[Entry], list[Problem]]:
    """Make the rows of one document entries, in the same order.

    `position` counts the rows of each release from 1 as they were printed. Rows that are a problem
    are left out and leave a gap: ``missing-subject``, and ``duplicate`` if the fingerprint was
    there before in the same release; ``subject-mismatch`` if rows name one fingerprint differently
    and the catalogue doesn't know which is right, or if nothing tells which spaces a name has.
    """
    positions: Counter[str] = Counter()
    canonical: dict[str, str | None] = {}
    definite = _definite(rows)
    first: dict[tuple[str, str], Entry] = {}
    entries: list[Entry] = []
    missing: list[Problem] = []
    repeated: list[Problem] = []
    undecided: list[Problem] = []
    for row in rows:
        positions[row.release] += 1
        fingerprint, sha256 = map(_digits, (row.fingerprint, row.fingerprint_sha256))
        joined = _joined(row.subject, definite.get(row.identity))
        if joined not in canonical:
            canonical[joined] = _canonical(joined)
        entry = Entry(
            positions[row.release],
            row.page,
            row.release,
            fingerprint,
            sha256,
            canonical[joined] or "",
            " ".join(joined.replace(UNCERTAIN_JOIN, "").split()),
            row.agreed,
        )
        before = first.setdefault((row.release, entry.identity), entry)
        if before is not entry:
            repeated.append(duplicate(entry, before))
        elif canonical[joined] is None and not (row.is_label and entry.is_label):
            missing.append(_missing_subject(entry))
        elif row.is_undecided and entry.identity not in {*definite, *catalogue.subjects()}:
            undecided.append(_undecided(entry))
        else:
            entries.append(entry)
    sound, differing = _told_apart(entries)
    problems = [*missing, *repeated, *undecided, *differing]
    return sound, sorted(problems, key=lambda problem: problem.page)


def _told_apart(entries: Sequence[Entry]) -> tuple[list[Entry], list[Problem]]:
    """The entries, without those that name one certificate differently, and their problems."""
    named: dict[str, dict[str, Entry]] = {}
    for entry in entries:
        if entry.subject and entry.identity not in catalogue.subjects():
            named.setdefault(entry.identity, {}).setdefault(entry.subject, entry)
    differing = {identity: found for identity, found in named.items() if len(found) > 1}
    if not differing:
        return list(entries), []
    return (
        [entry for entry in entries if entry.identity not in differing],
        [
            _differing(entry, differing[entry.identity])
            for entry in entries
            if entry.identity in differing
        ],
    )


def _digits(text: str) -> str:
    return _NOT_HEX.sub("", text.lower())


def _canonical(text: str) -> str | None:
    name = _parsed(text)
    return None if name is None else str(name)


def _parsed(text: str) -> names.Name | None:
    try:
        return names.parse(text)
    except names.InvalidName:
        return None


# --- joins -----------------------------------------------------------------------------------


def _definite(rows: Sequence[Row]) -> dict[str, str]:
    """The subjects that the catalogue or other rows tell of fingerprints with uncertain joins."""
    doubtful = {row.identity for row in rows if UNCERTAIN_JOIN in row.subject}
    if not doubtful:
        return {}
    sure = {row.identity: row.subject for row in rows if UNCERTAIN_JOIN not in row.subject}
    return {
        each: found
        for each in doubtful
        if (found := catalogue.subjects().get(_digits(each)) or sure.get(each))
    }


def _joined(text: str, subject: str | None) -> str:
    """Put a space at each uncertain join that has one; the other joins stay marked.

    The ``subject`` of the certificate decides, if the text can be it. If not, what is likelier.
    """
    if UNCERTAIN_JOIN not in text:
        return text
    actual = _parsed(subject) if subject else None
    if actual and not names.matches(text, actual):
        actual = None
    before, *parts = text.split(UNCERTAIN_JOIN)
    for index, part in enumerate(parts):
        after = UNCERTAIN_JOIN.join(parts[index:])
        if actual:
            is_space = not names.matches(before + after, actual)
        else:
            is_space = _is_likelier_space(before, part)
        before += (" " if is_space else UNCERTAIN_JOIN) + part
    return before


def _is_likelier_space(before: str, after: str) -> bool:
    breaks = (_BREAKS_BEHIND, _WEB_ADDRESS, _LONG_WORD)
    if before[-1:].isalnum() and _BEGINS_WORD.search(after):
        return True
    return not (any(each.search(before) for each in breaks) or _BREAKS_BEFORE.search(after))


# --- problems --------------------------------------------------------------------------------


def _missing_subject(entry: Entry) -> Problem:
    text = f"{entry.identity} {entry.subject_printed}".strip()
    hint = _missing_hint(entry.fingerprint, entry.subject_printed)
    return Problem("missing-subject", entry.page, text, hint)


def _missing_hint(fingerprint: str, printed: str) -> str:
    hint = "No subject stands beside this fingerprint."
    if printed:
        hint = "What stands beside this fingerprint is no distinguished name (C=…, O=…, CN=…)."
    if subject := catalogue.subjects().get(fingerprint):
        hint += f" It is that of {subject}."
    return hint


def _undecided(entry: Entry) -> Problem:
    text = f"{entry.identity} {entry.subject_printed}"
    hint = "Lines are broken within words: nothing tells which spaces are part of this subject."
    return Problem("subject-mismatch", entry.page, text, hint)


def _differing(entry: Entry, found: Mapping[str, Entry]) -> Problem:
    """The problem of an entry beside whose fingerprint another name stands elsewhere."""
    other = next(each for each in found.values() if each.subject != entry.subject)
    text = f"{entry.identity} {entry.subject_printed}"
    hint = f"On page {other.page} this fingerprint stands beside {other.subject_printed}."
    return Problem("subject-mismatch", entry.page, text, hint)


def duplicate(entry: Entry, first: Entry) -> Problem:
    """The problem of an entry whose certificate another one of the same release has."""
    text = (
        f"{entry.identity} at position {entry.position} on page {entry.page} repeats "
        f"position {first.position} on page {first.page}"
    )
    hint = "The later row is left out."
    if entry.subject != first.subject:
        hint += (
            f" It names another subject, {entry.subject_printed or 'none'}; the first has "
            f"{first.subject_printed or 'none'}: one of the two is misprinted."
        )
    return Problem("duplicate", entry.page, text, hint)
