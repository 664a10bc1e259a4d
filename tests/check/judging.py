"""OpenSSL's verdicts and ours, side by side."""

from __future__ import annotations

import ctypes.util
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, NamedTuple

import pytest

from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.codes import Code
from pipeline.check.openssl.link import link, seconds
from pipeline.check.openssl.path import verified
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509.certificate import UnreadableCertificateError
from tests.check import fetch_openssl
from tests.check.libcrypto import Judge, Question, Verdict
from tests.check.pki import Pki, Recipe

Series = Literal["1.0.2", "3", "3.5"]

_NUMBERS_OF_1_0_2: Final = {24: Code.INVALID_CA, 67: Code.PROXY_SUBJECT_NAME_VIOLATION}


@dataclass(frozen=True)
class Library:
    """A libcrypto to ask, and the series of OpenSSL whose rules it should follow."""

    name: str
    series: Series
    path: str | Path | None
    hint: str
    """Why it may be missing."""

    def path_or_skip(self) -> str | Path:
        if self.path is None:
            pytest.skip(f"no libcrypto: {self.hint}")
        return self.path


def _bundled() -> Path | None:
    """Find the libcrypto that psycopg's wheel carries; it is newer than Debian's."""
    spec = find_spec("psycopg_binary")
    if spec is None or spec.origin is None:
        return None
    libraries = Path(spec.origin).parents[1] / "psycopg_binary.libs"
    return next(libraries.glob("libcrypto-*.so.3"), None)


def _system() -> str | None:
    found = ctypes.util.find_library("crypto")
    return found if found and found.endswith(".so.3") else None


LIBRARIES: Final = (
    Library("system", "3", _system(), "Debian's package libssl3 isn't installed"),
    Library("bundled", "3.5", _bundled(), "psycopg's wheel carries none"),
    *(
        Library(version, "1.0.2", fetch_openssl.library(version), "run fetch_openssl.py")
        for version in ("1.0.2q",)
    ),
)


class Explained(NamedTuple):
    """A difference that is known, and why it may stay."""

    reason: str
    series: frozenset[Series]
    applies: Callable[[Recipe], bool]
    """Whether it may come of this certificate."""


_ODD_URIS: Final = frozenset(
    {
        "URI:http://",
        "URI:https://a/b:80",
        "URI:https://www.site.example\0.other.example/",
    }
)
EXPLAINED: Final = (
    Explained(
        "The newest releases of OpenSSL 3 read a URI by RFC 3986: one without a host has an empty "
        "host there, and a NUL ends it; 3.0 reads it as we do. It matters only where a CA has "
        "constraints on URIs and a certificate such a URI.",
        frozenset({"3.5"}),
        lambda recipe: any(name in _ODD_URIS for name in recipe.names or ()),
    ),
    Explained(
        "OpenSSL 3 checks that IP addresses and AS numbers (RFC 3779) are the CA's to give; that "
        "is of the routing of the Internet, and isn't modelled.",
        frozenset({"3", "3.5"}),
        lambda recipe: not {"ip-blocks", "as-numbers"}.isdisjoint(recipe.more),
    ),
)


class Difference(NamedTuple):
    """A PKI that we judge otherwise."""

    pki: Pki
    theirs: Verdict
    ours: Verdict

    def explanation(self, series: Series) -> str | None:
        used = {self.pki.recipes[i] for i in (0, *self.pki.sent, *self.pki.store)}
        return next(
            (
                each.reason
                for each in EXPLAINED
                if series in each.series and any(map(each.applies, used))
            ),
            None,
        )

    def __str__(self) -> str:
        recipes = "".join(f"    {i} {spelt(each)}\n" for i, each in enumerate(self.pki.recipes))
        return (
            f"OpenSSL says {_short(self.theirs)}, we {_short(self.ours)}\n{recipes}"
            f"    sent {self.pki.sent}, store {self.pki.store}, at {self.pki.at}"
        )


def _short(verdict: Verdict) -> str:
    return f"{verdict.error} at {verdict.depth}, {len(verdict.path)} certificates"


def spelt(recipe: Recipe) -> str:
    """Write a recipe without what is as usual."""
    changed = (
        f"{each.name}={getattr(recipe, each.name)!r}"
        for each in fields(Recipe)
        if getattr(recipe, each.name) != each.default
    )
    return f"Recipe({', '.join(changed)})"


def question(pki: Pki, *, trusted_first: bool) -> Question:
    at = int(pki.at.timestamp())
    return Question(pki.target_der, pki.sent_ders, pki.store_ders, at, trusted_first)


def prediction(asked: Question, at: datetime, series: Series) -> Verdict:
    """Say what we say to the question."""
    openssl = OpenSSL(series)
    try:
        target, *sent = [link(der, openssl) for der in (asked.target, *asked.sent)]
        for der in asked.store:
            link(der, openssl)
    except UnreadableCertificateError:
        return Verdict(-1, -1, ())
    anchors = Anchors(asked.store)
    found = verified(target, sent, anchors, seconds(at), is_trusted_first=asked.trusted_first)
    code, depth = found.fault or (0, -1)
    return Verdict(int(code), depth, tuple(each.encoding for each in found.path))


def differences(
    pkis: Sequence[Pki], questions: Sequence[Question], verdicts: Sequence[Verdict], series: Series
) -> Iterator[Difference]:
    for pki, asked, verdict in zip(pkis, questions, verdicts, strict=True):
        theirs = in_our_numbers(verdict, series)
        ours = prediction(asked, pki.at, series)
        if theirs != ours:
            yield Difference(pki, theirs, ours)


def number_of(code: Code, series: Series) -> int:
    """Give a code's number in a series."""
    numbers = {ours: theirs for theirs, ours in _NUMBERS_OF_1_0_2.items()}
    return numbers.get(code, int(code)) if series == "1.0.2" else int(code)


def in_our_numbers(verdict: Verdict, series: Series) -> Verdict:
    if series == "1.0.2":
        return verdict._replace(error=_NUMBERS_OF_1_0_2.get(verdict.error, verdict.error))
    return verdict


# --- the smallest PKI that still shows a difference ------------------------------------------


def shrunk(
    difference: Difference, judge: Judge, series: Series, *, trusted_first: bool
) -> Difference:
    """Leave out and put right whatever the difference doesn't need."""
    while True:
        for pki in _simpler(difference.pki):
            asked = [question(pki, trusted_first=trusted_first)]
            if found := next(differences([pki], asked, judge.ask(asked), series), None):
                difference = found
                break
        else:
            return difference._replace(pki=_without_unused(difference.pki))


def _without_unused(pki: Pki) -> Pki:
    used = sorted({0, *pki.sent, *pki.store})
    return replace(
        pki,
        recipes=tuple(pki.recipes[i] for i in used),
        sent=tuple(map(used.index, pki.sent)),
        store=tuple(map(used.index, pki.store)),
    )


def _simpler(pki: Pki) -> Iterable[Pki]:
    for certificates in ("sent", "store"):
        indices: tuple[int, ...] = getattr(pki, certificates)
        for i in range(len(indices)):
            yield replace(pki, **{certificates: indices[:i] + indices[i + 1 :]})
    for i in sorted({0, *pki.sent, *pki.store}):
        for simpler in _simpler_recipes(pki.recipes[i]):
            yield replace(pki, recipes=(*pki.recipes[:i], simpler, *pki.recipes[i + 1 :]))


def _simpler_recipes(recipe: Recipe) -> Iterable[Recipe]:
    for each in fields(Recipe):
        value = getattr(recipe, each.name)
        if value != each.default and each.name != "serial":
            yield replace(recipe, **{each.name: each.default})
        if isinstance(value, tuple) and len(value) > 1 and each.name != "critical":
            for i in range(len(value)):
                yield replace(recipe, **{each.name: value[:i] + value[i + 1 :]})
