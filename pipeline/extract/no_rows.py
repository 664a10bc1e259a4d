"""Why nothing of a document can be used as a row: one sentence."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipeline.extract import ocr
from pipeline.extract.document import (
    PAGE_WITHOUT_TEXT,
    Digest,
    DigestKind,
    Digests,
    Problem,
    ProblemKind,
)
from pipeline.extract.fingerprints import SHA1, SHA256
from pipeline.extract.vocabulary import NOT_FINGERPRINTS, Role

_PLURALS: Final[dict[DigestKind, str]] = {
    "MD5": "MD5 digests",
    "serial": "serial numbers",
    "key": "key identifiers",
    "other": "digits that are no fingerprints",
}
_REASONS: Final[dict[ProblemKind, str]] = {
    "missing-subject": "no subject stands beside them",
    "subject-mismatch": "no subject beside them is whole and its certificate's",
    "malformed-fingerprint": "they are misprinted",
    "not-visible": "nobody sees them on the page",
    "unread-ink": "what stands beside them is drawn and no text",
    "readers-disagree": "two readers read them differently",
    "damaged": "the file is damaged there",
}


def digest_kind(digits: str, is_sound: bool, role: Role | None) -> DigestKind:
    """What a run of digits is, by its label or the title of its column, and by its length."""
    if role in NOT_FINGERPRINTS:
        named: dict[Role | None, DigestKind] = {"md5": "MD5", "serial": "serial", "key": "key"}
        return named.get(role, "other")
    if not is_sound:
        return "misprint"
    kinds: dict[int, DigestKind] = {SHA1: "SHA-1", SHA256: "SHA-256", 32: "MD5"}
    return kinds.get(len(digits), "misprint")


def why(digests: Digests, problems: Sequence[Problem]) -> str:
    """Say how many digests there are of which kind, and what is missing for a row."""
    counts: Counter[DigestKind] = Counter()
    for digest, count in digests.items():
        counts[digest.kind] += count
    if not counts and problems and all(each.text == PAGE_WITHOUT_TEXT for each in problems):
        missing = "" if ocr.is_installed() else f" {ocr.NOT_INSTALLED}"
        return f"no row could be read: all that is here are pictures of text.{missing}"
    if not counts:
        return "no row could be read: there is no whole fingerprint and no whole certificate here."
    sha1, sha256 = counts["SHA-1"], counts["SHA-256"]
    if not (sha1 or sha256 or counts["misprint"]):
        return f"no fingerprint here: {'; '.join(dict.fromkeys(map(_held, digests)))}."
    others = counts.total() - sha1 - sha256
    return (
        f"no row can be used: there are {sha1:,} SHA-1, {sha256:,} SHA-256 and {others:,} other "
        f"digests, but {_reason(is_sha256_only=not sha1 and sha256 > 0, problems=problems)}."
    )


def _held(digest: Digest) -> str:
    what = _PLURALS[digest.kind]
    return f'the column "{digest.title}" holds {what}' if digest.title else f"there are only {what}"


def _reason(*, is_sha256_only: bool, problems: Sequence[Problem]) -> str:
    kinds = Counter(problem.kind for problem in problems if problem.kind in _REASONS)
    if not kinds:
        return "none of them could be told to be a row's"
    kind = kinds.most_common(1)[0][0]
    if is_sha256_only and kind == "malformed-fingerprint":
        return "their certificates aren't known; give them with --certs"
    if kind == "missing-subject" and any("=" in each.text for each in problems):
        return "no subject beside them can be believed"
    return _REASONS[kind]
