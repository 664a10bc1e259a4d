"""Rows as printed -> one clean frame: canonical fingerprints and names, each root once a release.

See `schemas.frames.ENTRIES` for the frame.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Final

import pandas as pd

from pipeline import catalogue
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.x509 import names
from schemas import frames

_NOT_HEX: Final = "[^0-9a-f]"
# Producers break a line at a space if they can. Where there is none they break behind a mark, or
# anywhere in a word that is longer than the line; as far as can be told, that is a web address.
_BREAKS_BEHIND: Final = re.compile(r"(?:[-/\\(\u2010\u2011]|[^ ]=)$")
_BREAKS_BEFORE: Final = re.compile(r"^[-/,;:.)=@]")
_LONG_WORD: Final = re.compile(r"\S{30,}$")
_WEB_ADDRESS: Final = re.compile(r"(?:https?:|www\.)\S*$", re.IGNORECASE)


def normalise(rows: Sequence[Row]) -> tuple[pd.DataFrame, list[Problem]]:
    """Make the rows of one document a frame of `schemas.frames.ENTRIES`, in the same order.

    `position` counts the rows of each release from 1 as they were printed. Rows that are a problem
    are left out and leave a gap: ``missing-subject``, and ``duplicate`` if the fingerprint was
    there before in the same release.
    """
    frame = pd.DataFrame([astuple(row) for row in rows], columns=[f.name for f in fields(Row)])
    frame = frame.astype({"fingerprint": "str", "fingerprint_sha256": "str", "subject": "str"})
    for column in ("fingerprint", "fingerprint_sha256"):
        frame[column] = frame[column].str.lower().str.replace(_NOT_HEX, "", regex=True)
    frame["position"] = frame.groupby("release", sort=False).cumcount() + 1
    joined = [
        _joined(text, fingerprint)
        for text, fingerprint in zip(frame["subject"], frame["fingerprint"], strict=True)
    ]
    canonical = {text: _canonical(text) for text in set(joined)}
    frame["subject_printed"] = [
        " ".join(text.replace(UNCERTAIN_JOIN, "").split()) for text in joined
    ]
    frame["subject"] = [canonical[text] or "" for text in joined]
    is_named = pd.Series([canonical[text] is not None for text in joined], dtype=bool)
    is_repeated = frame.duplicated(["release", "fingerprint"])
    problems = [
        *_missing_subjects(frame[~is_named & ~is_repeated]),
        *_duplicates(frame, is_repeated),
    ]
    entries = frame.loc[is_named & ~is_repeated, list(frames.ENTRIES)]
    return (
        frames.make(entries.itertuples(index=False, name=None), frames.ENTRIES),
        sorted(problems, key=lambda problem: problem.page),
    )


def _canonical(text: str) -> str | None:
    try:
        return str(names.parse(text))
    except names.InvalidName:
        return None


# --- joins -----------------------------------------------------------------------------------


def _joined(text: str, fingerprint: str) -> str:
    """Put a space at each uncertain join that has one; the other joins stay marked.

    The certificate decides if the catalogue has it and the text can be its subject. If not, what
    is likelier.
    """
    if UNCERTAIN_JOIN not in text:
        return text
    subject = catalogue.subjects().get(fingerprint)
    actual = names.parse(subject) if subject else None
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
    return not (any(each.search(before) for each in breaks) or _BREAKS_BEFORE.search(after))


# --- problems --------------------------------------------------------------------------------


def _missing_subjects(entries: pd.DataFrame) -> list[Problem]:
    columns = (entries[name].tolist() for name in ("page", "fingerprint", "subject_printed"))
    return [
        Problem(
            "missing-subject",
            page,
            f"{fingerprint} {printed}".strip(),
            _missing_hint(fingerprint, printed),
        )
        for page, fingerprint, printed in zip(*columns, strict=True)
    ]


def _missing_hint(fingerprint: str, printed: str) -> str:
    hint = "No subject stands beside this fingerprint."
    if printed:
        hint = "What stands beside this fingerprint is no distinguished name (C=…, O=…, CN=…)."
    if subject := catalogue.subjects().get(fingerprint):
        hint += f" It is that of {subject}."
    return hint


def _duplicates(frame: pd.DataFrame, is_repeated: pd.Series[bool]) -> list[Problem]:
    first = frame[~is_repeated].set_index(["release", "fingerprint"])
    return [
        _duplicate(row, first.loc[(row.release, row.fingerprint)])
        for _, row in frame[is_repeated].iterrows()
    ]


def _duplicate(row: pd.Series, first: pd.Series) -> Problem:
    text = (
        f"{row['fingerprint']} at position {row['position']} on page {row['page']} repeats "
        f"position {first['position']} on page {first['page']}"
    )
    hint = "The later row is left out."
    if row["subject"] != first["subject"]:
        hint += (
            f" It names another subject, {row['subject_printed'] or 'none'}; the first has "
            f"{first['subject_printed'] or 'none'}: one of the two is misprinted."
        )
    return Problem("duplicate", int(row["page"]), text, hint)
