"""Why a root is in one trust list and not in another: in words, and as facts for programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Final, Literal, NamedTuple, TypeVar, cast

from pipeline.catalogue.root_programmes import PROGRAMMES, Stay
from pipeline.questions.trust_list_root import Root
from pipeline.x509 import names
from pipeline.x509.names import Name

Kind = Literal[
    "expired",
    "valid",
    "unknown-certificate",
    "reissued",
    "same-key",
    "new-key",
    "successor",
    "same-organisation",
    "in-store",
    "left-store",
    "in-no-store",
    "never-in-store",
    "renamed",
]

_ORDER: Final = list(PROGRAMMES)
_MOST_NAMED: Final = 2


@dataclass(frozen=True)
class Fact:
    """What a reason rests on.

    - expired, valid: ``day`` is the last of its validity; unknown-certificate: it isn't known.
    - reissued (same name and key), same-key (under another name), new-key (same name), successor
      (the same organisation's next generation), same-organisation (later validity):
      ``fingerprint`` is the other root, in the other list, ``day`` its last. Of a root that is
      added, the other one is the earlier.
    - in-store: ``programme`` has it now, since ``day`` at least; left-store: it was last seen there
      on ``day``. in-no-store: no programme has it now; never-in-store: none ever had.
    - renamed: another subject is printed beside it.
    """

    kind: Kind
    day: date | None = None
    fingerprint: str | None = None
    programme: str | None = None


class DiffReason(NamedTuple):
    """A reason in words, and its facts."""

    words: str
    facts: Sequence[Fact]


def for_removing(root: Root, new: Others, when: datetime) -> Iterator[DiffReason]:
    """Say why a root may have left, and what the list has in its place."""
    yield _validity(root, when, "still valid until")
    related = list(_related(root, new, _AFTER)) or list(_successors(root, new, when))
    yield from related or _of_the_organisation(root, new, when)
    yield from _in_stores(root, "still in store")


def for_adding(root: Root, old: Others, when: datetime) -> Iterator[DiffReason]:
    """Say what a new root is, and in whose place it may be."""
    yield _validity(root, when, "expires")
    yield from list(_related(root, old, _BEFORE)) or _predecessors(root, old)
    yield from _in_stores(root, "in store", with_since=True)


def for_renaming(before: Root, after: Root) -> Iterator[DiffReason]:
    """Say which of two printed names is right."""
    yield DiffReason(f"printed as {before.subject or 'nothing'} before", [Fact("renamed")])
    if after.name is None:
        yield DiffReason("certificate unknown", [Fact("unknown-certificate")])
    elif after.name == after.subject:
        yield DiffReason("the new name is the certificate's", [])
    elif after.name == before.subject:
        yield DiffReason("the old name is the certificate's", [])
    else:
        yield DiffReason(f"the certificate's name is {after.name}", [])


def _validity(root: Root, when: datetime, verb: str) -> DiffReason:
    if root.not_after is None:
        return DiffReason("certificate unknown", [Fact("unknown-certificate")])
    day = root.not_after.date()
    if root.not_after < when:
        return DiffReason(f"expired {day}", [Fact("expired", day)])
    return DiffReason(f"{verb} {day}", [Fact("valid", day)])


# --- roots that have something in common -----------------------------------------------------


class Places(NamedTuple):
    """Words for where a root is: in both lists, only in the old one, only in the new one."""

    both: str
    old: str
    new: str


OVER_TIME: Final = Places("kept", "dropped", "added")
SIDE_BY_SIDE: Final = Places("in both", "only here", "only there")


class Others:
    """The roots of the other list, by what they may have in common with one of this list.

    ``kept`` are the fingerprints that both lists have.
    """

    def __init__(self, roots: Sequence[Root], kept: Iterable[str], places: Places):
        self.kept = frozenset(kept)
        self.places = places
        self._roots = [root for root in roots if root.name]

    def named(self, name: str) -> Sequence[Root]:
        """Give the roots whose certificates have this subject."""
        return self._by_name.get(name, ())

    def with_key(self, key: str) -> Sequence[Root]:
        """Give the roots whose certificates have this key."""
        return self._by_key.get(key, ())

    def of_organisation(self, name: str) -> Sequence[Root]:
        """Give the roots of the organisation that the name names, if it names one."""
        organisation = _organisation(name)
        return self._by_organisation.get(organisation, ()) if organisation else ()

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Root]]:
        return _grouped((root.name or "", root) for root in self._roots)

    @cached_property
    def _by_key(self) -> Mapping[str, Sequence[Root]]:
        return _grouped((root.key or "", root) for root in self._roots)

    @cached_property
    def _by_organisation(self) -> Mapping[tuple[str, ...], Sequence[Root]]:
        return _grouped((_organisation(root.name or ""), root) for root in self._roots)


_Key = TypeVar("_Key")


def _grouped(pairs: Iterable[tuple[_Key, Root]]) -> Mapping[_Key, Sequence[Root]]:
    groups: dict[_Key, list[Root]] = {}
    for key, root in pairs:
        groups.setdefault(key, []).append(root)
    return groups


class _Words(NamedTuple):
    """How to speak of another root with the same name and key, the same key, or the same name."""

    reissued: str
    same_key: str
    new_key: str


_AFTER: Final = _Words(
    "re-issued as {short} (same name and key, new certificate)",
    "same key under another name: {label} ({short})",
    "new key under the same name: {short}",
)
_BEFORE: Final = _Words(
    "re-issue of {short} (same name and key, new certificate)",
    "same key under another name: {label} ({short})",
    "new key under the name of {short}",
)


def _related(root: Root, others: Others, words: _Words) -> Iterator[DiffReason]:
    if not root.name or not root.key:
        return
    near = {each.fingerprint: each for each in others.named(root.name)}
    near |= {each.fingerprint: each for each in others.with_key(root.key)}
    for other in near.values():
        if other.key != root.key:
            template, kind = words.new_key, "new-key"
        elif other.name != root.name:
            template, kind = words.same_key, "same-key"
        else:
            template, kind = words.reissued, "reissued"
        spoken = template.format(short=_short(other), label=_label(other))
        yield DiffReason(spoken, [_fact(cast(Kind, kind), other)])


def _successors(root: Root, new: Others, when: datetime) -> Iterator[DiffReason]:
    for other in _later_ones(root, new, when):
        if _is_successor(other, root):
            place = new.places.both if other.fingerprint in new.kept else new.places.new
            words = f"successor: {_label(other)} ({_short(other)}, {place})"
            yield DiffReason(words, [_fact("successor", other)])


def _of_the_organisation(root: Root, new: Others, when: datetime) -> Iterator[DiffReason]:
    later = _later_ones(root, new, when)
    if later:
        labels = [_label(each) for each in later[:_MOST_NAMED]]
        more = [f"{len(later) - _MOST_NAMED} more"] if len(later) > _MOST_NAMED else []
        words = f"later roots of the same organisation: {', '.join([*labels, *more])}"
        yield DiffReason(words, [_fact("same-organisation", each) for each in later])


def _predecessors(root: Root, old: Others) -> Iterator[DiffReason]:
    for other in old.of_organisation(root.name or ""):
        if _is_later(root, other) and _is_successor(root, other):
            place = old.places.both if other.fingerprint in old.kept else old.places.old
            words = f"successor to {_label(other)} ({_short(other)}, {place})"
            yield DiffReason(words, [_fact("successor", other)])


def _later_ones(root: Root, others: Others, when: datetime) -> list[Root]:
    """Give the same organisation's roots that begin and end later and haven't ended, by begin."""
    later = [
        other
        for other in others.of_organisation(root.name or "")
        if _is_later(other, root) and other.not_after is not None and other.not_after >= when
    ]
    return sorted(later, key=lambda each: (each.not_before or when, each.fingerprint))


def _is_later(one: Root, other: Root) -> bool:
    return (
        one.not_before is not None
        and other.not_before is not None
        and one.not_after is not None
        and other.not_after is not None
        and one.not_before > other.not_before
        and one.not_after > other.not_after
    )


def _fact(kind: Kind, other: Root) -> Fact:
    return Fact(kind, other.not_after.date() if other.not_after else None, other.fingerprint)


def _label(root: Root) -> str:
    return _parsed(root.name or "").label


def _short(root: Root) -> str:
    return f"{root.fingerprint[:12]}…"


# --- organisations and generations -----------------------------------------------------------

_WORD: Final = re.compile(r"[^\W_]+")
_LEGAL_FORMS: Final = {
    *("ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc"),
    *("incorporated", "kft", "limited", "llc", "ltd", "nv", "oy", "plc", "sa", "sl", "spa", "srl"),
    "zrt",
}
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_COUNTED: Final = re.compile(
    r"(?P<base>[^\W\d_]{2,})?(?:(?<![^\W\d_])[grvx])?(?P<number>[0-9]{1,2}|(?:19|20)[0-9]{2})|"
    + "|".join(_ROMAN)
)
_A_YEAR: Final = timedelta(days=365)
_KINDS: Final = {"class", "klasse", "clase", "level", "tier"}
"""A number after one of these tells kinds of certificates apart, not generations."""


def _parsed(name: str) -> Name:
    """Read the subject of a certificate, which may be empty."""
    return names.parse(name) if name else Name(())


@lru_cache(maxsize=4096)
def _organisation(name: str) -> tuple[str, ...]:
    """Give the words of a subject's organisation without its legal form, and the country.

    It is () if the name has no O: others may use the same CN.
    """
    parsed = _parsed(name)
    owner = next((value for type_, value in parsed.attributes if type_ == "O" and value), "")
    words = _WORD.findall(owner.replace(".", "").casefold())
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return (parsed.country.upper(), *words) if words else ()


def _is_successor(later: Root, root: Root) -> bool:
    """Whether a later root of the same organisation is of the next generation.

    That is one made a year later at least (roots made at a time are siblings), with a key of the
    same type, whose CN and OUs are the same words with a higher number: G2 and G3, 2011 and 2015.
    """
    if later.key_type != root.key_type or not later.not_before or not root.not_before:
        return False
    words, numbers = _generation(root.name or "")
    later_words, later_numbers = _generation(later.name or "")
    return (
        words == later_words
        and later.not_before - root.not_before >= _A_YEAR
        and _is_higher(later_numbers, numbers)
    )


def _is_higher(numbers: Sequence[int], others: Sequence[int]) -> bool:
    if len(numbers) != len(others):
        return len(numbers) == len(others) + 1 and numbers[:-1] == others
    pairs = list(zip(numbers, others, strict=True))
    return numbers != others and all(number >= other for number, other in pairs)


@lru_cache(maxsize=4096)
def _generation(name: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Part the CN and OUs into words and the numbers that count generations: G2, R3, 2017, III.

    In "Class 3" the number is a word.
    """
    words: list[str] = []
    numbers: list[int] = []
    for type_, value in _parsed(name).attributes:
        if type_ not in ("CN", "OU"):
            continue
        words.append(type_)
        for word in _WORD.findall(value.casefold()):
            counted = _COUNTED.fullmatch(word)
            if words[-1] in _KINDS or not counted or counted["base"] in _KINDS:
                words.append(word)
                continue
            if counted["base"]:
                words.append(counted["base"])
            numbers.append(_ROMAN.get(word) or int(counted["number"]))
    return tuple(words), tuple(numbers)


# --- root programmes -------------------------------------------------------------------------


def _in_stores(root: Root, present: str, *, with_since: bool = False) -> Iterator[DiffReason]:
    """Say which programmes have the root now, and when it was last seen in the others' stores."""
    if root.stays is None:
        return
    stays = sorted(root.stays, key=lambda stay: _ORDER.index(stay.programme))
    now = [stay for stay in stays if stay.present_now]
    left = [stay for stay in stays if not stay.present_now]
    if now:
        facts = [Fact("in-store", stay.first_seen, programme=stay.programme) for stay in now]
        since = (f" since {stay.first_seen}" if with_since else "" for stay in now)
        yield DiffReason(f"{present}: {_listed(now, since)}", facts)
    elif left:
        yield DiffReason("in no store now", [Fact("in-no-store")])
    else:
        yield DiffReason("never seen in any store", [Fact("never-in-store")])
    if left:
        facts = [Fact("left-store", stay.last_seen, programme=stay.programme) for stay in left]
        yield DiffReason(
            f"last seen: {_listed(left, (f' {stay.last_seen}' for stay in left))}", facts
        )


def _listed(stays: Sequence[Stay], days: Iterable[str]) -> str:
    named = (PROGRAMMES[stay.programme] for stay in stays)
    return ", ".join(f"{name}{day}" for name, day in zip(named, days, strict=True))
