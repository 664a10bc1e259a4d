"""Entries + sources -> certificates, and how well each entry is proven by its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, product, repeat
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.catalogue.nearest import hint_in, nearest
from pipeline.enrich import printed_labels
from pipeline.enrich.printed_labels import NamedCertificates
from pipeline.enrich.source import IncompleteError, Source
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.normalise import Entry, duplicate
from pipeline.x509 import names
from pipeline.x509.certificate import Certificate, UnreadableCertificateError, facts, read

if TYPE_CHECKING:
    import pandas as pd


KNOWN: Final = ("proven", "identified")
"""The evidence of entries whose certificate is known."""


@dataclass(frozen=True)
class Enriched:
    """What enrichment yields.

    `entries` is a frame of `schemas.frames.EVIDENT_ENTRIES`, `certificates` one of
    `schemas.frames.CERTIFICATES`. `absent` lists by source name the fingerprints it was asked for
    and doesn't have. `warnings` are plain sentences about sources that failed, `rearranged` about
    entries whose name is printed with its attributes in another order than the certificate's.
    """

    entries: pd.DataFrame
    certificates: pd.DataFrame
    problems: list[Problem]
    warnings: list[str]
    absent: dict[str, frozenset[str]]
    rearranged: list[str]


class FoundCertificate(NamedTuple):
    """A certificate, and where it was found."""

    certificate: Certificate
    source: str


class EntryJudgement(NamedTuple):
    """What an entry's subject is, how well it is proven, and whether it is printed rearranged.

    ``fingerprint`` is the SHA-1 that is printed or, if its certificate is known, that of it.
    """

    subject: str
    evidence: str
    fingerprint: str
    is_rearranged: bool = False


@dataclass(frozen=True)
class JudgedEntries:
    """Of each entry what becomes of it, and of the sources what they have and what failed.

    See `Enriched`.
    """

    verdicts: list[EntryJudgement | Problem]
    found: Mapping[str, FoundCertificate]
    warnings: list[str]
    absent: dict[str, frozenset[str]]


def enrich(entries: pd.DataFrame, sources: Iterable[Source]) -> Enriched:
    """Find the certificate of each entry, in the first source that has it, and judge the entry.

    The evidence is ``proven`` if the printed subject is the certificate's (`names.matches`), or
    has just its attributes in another order (`names.is_rearranged`); ``identified`` if no full
    subject is printed. The entry's `subject` is then spelled as in the certificate, and its SHA-1
    filled in. Otherwise it is ``agreed`` or ``disputed``, as the readers of the document were. A
    certificate is given only if it has the digests that the document prints.

    Entries that are a problem are left out: ``subject-mismatch`` (the certificate has another
    subject, or SHA-256, or what is printed is another's name), ``malformed-fingerprint`` (nobody
    knows it, but it is almost that of a root in the catalogue), ``missing-subject`` (neither a
    subject is printed nor the certificate known), and ``duplicate`` (by its SHA-1 it is known to be
    another entry's certificate).
    """
    import pandas as pd

    from schemas import frames

    columns = (entries[name].tolist() for name in frames.ENTRIES)
    rows = [Entry(*values) for values in zip(*columns, strict=True)]
    judged = judge(rows, sources)
    rearranged = [
        row
        for row, verdict in zip(rows, judged.verdicts, strict=True)
        if isinstance(verdict, EntryJudgement) and verdict.is_rearranged
    ]
    judgements = [verdict for verdict in judged.verdicts if isinstance(verdict, EntryJudgement)]
    sound = entries.loc[[isinstance(verdict, EntryJudgement) for verdict in judged.verdicts], :]
    evident = sound.assign(
        fingerprint=pd.Series([each.fingerprint for each in judgements], sound.index, dtype="str"),
        subject=pd.Series([each.subject for each in judgements], sound.index, dtype="str"),
        evidence=pd.Series([each.evidence for each in judgements], sound.index, dtype="str"),
    )
    frames.check(evident, frames.EVIDENT_ENTRIES)
    return Enriched(
        evident,
        tabulated(judged.found[each] for each in _known(evident)),
        [verdict for verdict in judged.verdicts if isinstance(verdict, Problem)],
        judged.warnings,
        judged.absent,
        [_rearranged(each) for each in rearranged],
    )


def _rearranged(entry: Entry) -> str:
    return (
        f"page {entry.page}: {entry.identity}: the name has the attributes of the certificate's "
        f"subject in another order: {entry.subject_printed}"
    )


def _known(entries: pd.DataFrame) -> Iterable[str]:
    """The fingerprints of the entries whose certificate is known."""
    is_known = entries["evidence"].isin(KNOWN)
    return dict.fromkeys(entries.loc[is_known, "fingerprint"])


def judge(entries: Sequence[Entry], sources: Iterable[Source]) -> JudgedEntries:
    """Do what `enrich` does, with plain data."""
    search = Search(entries)
    for source in sources:
        search.ask(source)
    named = printed_labels.named(each.certificate for each in search.found.values())
    verdicts = [_judge(entry, search, named) for entry in entries]
    verdicts = _without_duplicates(entries, verdicts)
    return JudgedEntries(verdicts, search.found, search.warnings, search.absent)


def _without_duplicates(
    entries: Sequence[Entry], verdicts: Sequence[EntryJudgement | Problem]
) -> list[EntryJudgement | Problem]:
    """Report the entries whose certificate another one of the release has by its other digest."""
    first: dict[tuple[str, str], Entry] = {}
    told: list[EntryJudgement | Problem] = []
    for entry, verdict in zip(entries, verdicts, strict=True):
        before = entry
        if isinstance(verdict, EntryJudgement) and verdict.fingerprint:
            before = first.setdefault((entry.release, verdict.fingerprint), entry)
        told.append(verdict if before is entry else duplicate(entry, before))
    return told


# --- finding ---------------------------------------------------------------------------------


class Search:
    """The certificates found so far, and what went wrong."""

    def __init__(self, rows: Iterable[Entry | Row]):
        self.found: dict[str, FoundCertificate] = {}
        self.warnings: list[str] = []
        self.absent: dict[str, frozenset[str]] = {}
        self._wanted = dict.fromkeys(row.identity for row in rows)

    def ask(self, source: Source) -> None:
        """Ask a source for all that isn't found yet."""
        wanted = [each for each in self._wanted if each not in self.found]
        if not wanted:
            return
        try:
            answers = source.find(wanted)
            absent = set(wanted) - answers.keys()
        except IncompleteError as error:
            self.warnings.append(f"{error} Run `trustlist enrich` to try again.")
            answers, absent = error.found, set(error.absent)
        self.absent[source.name] = frozenset(absent)
        for fingerprint, der in answers.items():
            self._take(fingerprint, der, source.name)

    def _take(self, fingerprint: str, der: bytes, source: str) -> None:
        try:
            certificate = read(der)
        except UnreadableCertificateError as error:
            self.warnings.append(f"{source}: what it has as {fingerprint} is {error}. Ignored.")
            return
        own = (certificate.fingerprint, certificate.fingerprint_sha256)
        if fingerprint in own and fingerprint in self._wanted:
            found = FoundCertificate(certificate, source)
            self.found[fingerprint] = self.found[certificate.fingerprint] = found
        else:
            self.warnings.append(
                f"{source}: gave the certificate {certificate.fingerprint} instead of "
                f"{fingerprint}. Ignored."
            )


# --- judging ---------------------------------------------------------------------------------


def _judge(row: Entry, search: Search, named: NamedCertificates) -> EntryJudgement | Problem:
    found = search.found.get(row.identity)
    if found is None:
        return _unknown(row)
    if row.is_label:
        return _labelled(row, found.certificate, named)
    return _named(row, found.certificate)


def _unknown(row: Entry) -> EntryJudgement | Problem:
    """Judge an entry whose certificate is not known."""
    printed = f"{row.identity} {row.subject_printed}".strip()
    if row.fingerprint and (hint := nearest(row.fingerprint)):
        return Problem("malformed-fingerprint", row.page, printed, f"{hint}.")
    if row.is_label:
        hint = (
            "No full subject is printed, and its certificate is not known. Give it with --certs, "
            "or look for it with --online."
        )
        return Problem("missing-subject", row.page, printed, hint)
    return EntryJudgement(row.subject, "agreed" if row.agreed else "disputed", row.fingerprint)


def _labelled(
    row: Entry, certificate: Certificate, named: NamedCertificates
) -> EntryJudgement | Problem:
    """Judge an entry that prints no full subject."""
    printed = f"{row.identity} {row.subject_printed}"
    if printed_labels.whose(row.subject_printed, certificate, named):
        hint = (
            f"The certificate with this fingerprint is that of {certificate.subject}; what is "
            "printed beside it names another one."
        )
        return Problem("subject-mismatch", row.page, printed, hint)
    return _other_sha256(row, certificate) or EntryJudgement(
        str(certificate.subject), "identified", certificate.fingerprint
    )


def _named(row: Entry, certificate: Certificate) -> EntryJudgement | Problem:
    """Judge an entry that prints a subject."""
    printed = f"{row.identity} {row.subject_printed}"
    is_rearranged = not _is_subject_of(row, certificate)
    if is_rearranged and not _is_rearranged_subject_of(row, certificate):
        hint = f"The certificate with this fingerprint is that of {certificate.subject}."
        return Problem("subject-mismatch", row.page, printed, hint)
    return _other_sha256(row, certificate) or EntryJudgement(
        str(certificate.subject), "proven", certificate.fingerprint, is_rearranged
    )


def _other_sha256(row: Entry, certificate: Certificate) -> Problem | None:
    """The problem of an entry that prints a SHA-256 which isn't its certificate's."""
    if row.fingerprint_sha256 in ("", certificate.fingerprint_sha256):
        return None
    printed = f"{row.fingerprint} {row.fingerprint_sha256} {row.subject_printed}"
    hint = (
        f"The certificate with this SHA-1, {certificate.subject.label}, has the SHA-256 "
        f"{certificate.fingerprint_sha256}."
    )
    return Problem("subject-mismatch", row.page, printed, hint)


def _is_subject_of(row: Entry, certificate: Certificate) -> bool:
    """Whether what is printed is the certificate's subject.

    Where a printed line was broken inside a word, a space may have got into it, or a hyphen.
    """
    printed = row.subject_printed
    return (
        row.subject == str(certificate.subject)  # as most are, and this is quick
        or names.matches(printed, certificate.subject)
        or names.matches(printed.replace(" ", UNCERTAIN_JOIN), certificate.subject)
        or any(names.matches(each, certificate.subject) for each in _dehyphenated(printed))
    )


def _is_rearranged_subject_of(row: Entry, certificate: Certificate) -> bool:
    """Whether the attributes of the certificate's subject are printed in another order."""
    printed = row.subject_printed
    return names.is_rearranged(printed, certificate.subject) or names.is_rearranged(
        printed.replace(" ", UNCERTAIN_JOIN), certificate.subject
    )


_HYPHENS: Final = 6
"""No more words of a name than this are tried without their hyphens."""


def _dehyphenated(printed: str) -> Iterator[str]:
    """The name with one or more of the hyphens at ends of lines taken for the typesetter's."""
    first, *others = printed.split(f"-{UNCERTAIN_JOIN}")
    joins = product((f"-{UNCERTAIN_JOIN}", UNCERTAIN_JOIN), repeat=min(len(others), _HYPHENS))
    for chosen in islice(joins, 1, None):
        parts = zip(chain(chosen, repeat(f"-{UNCERTAIN_JOIN}")), others, strict=False)
        yield first + "".join(join + other for join, other in parts)


def tabulated(found: Iterable[tuple[Certificate, str]]) -> pd.DataFrame:
    """Make a frame of `schemas.frames.CERTIFICATES` of certificates and their sources."""
    from schemas import frames

    records = (facts(certificate) | {"source": source} for certificate, source in found)
    columns = list(frames.CERTIFICATES)
    rows = (tuple(record[name] for name in columns) for record in records)
    return frames.make(rows, frames.CERTIFICATES)


def hinted(problems: Iterable[Problem]) -> list[Problem]:
    """Add to each malformed fingerprint the root that it may be."""
    return [
        replace(problem, hint=f"{problem.hint} {hint}.".lstrip())
        if problem.kind == "malformed-fingerprint" and (hint := hint_in(problem.text))
        else problem
        for problem in problems
    ]
