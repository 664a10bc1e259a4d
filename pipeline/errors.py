"""The errors a person can cause or meet, each with the exit code of its kind.

A message is a plain line or a few: what, where (file, page, row) and what to do. A line break
within one of them (in the name of a file, for instance) is none.
"""

from typing import ClassVar


class TrustlistError(Exception):
    """Base of every error that is shown to a person instead of a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, *lines: str):
        super().__init__(*lines)
        self.lines = lines

    def __str__(self) -> str:
        return "\n".join(self.lines)


class UsageError(TrustlistError):
    """The command was given something it can't take."""

    exit_code = 2


class DocumentError(TrustlistError):
    """The document can't be used or holds problems."""

    exit_code = 3


class DatabaseError(TrustlistError):
    """The database can't be used."""

    exit_code = 4


class MissingDatabaseError(DatabaseError):
    """There is no database yet; nothing is wrong with it."""


class SourceError(TrustlistError):
    """An online source failed."""

    exit_code = 5
