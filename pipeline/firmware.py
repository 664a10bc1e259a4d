"""Cisco phone firmware: release names, the file names that carry them, and lists of a release."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import total_ordering

_LONGEST = 100  # characters; the longest file names Cisco publishes have some 50

_NUMBER = r"[0-9]{1,3}"
_SERVICE = rf"(?:\ ?SR\ ?(?P<service>{_NUMBER}))?"
_NAME = re.compile(  # 12.7  12.7(1)  12.7(1)SR1  11.0(0.7)  12.0.1 SR4
    rf"""(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})
    (?:(?:\ ?\((?P<maintenance>{_NUMBER})(?:\.(?P<build>[0-9]{{1,6}}))?\)
        |\.(?P<dotted>{_NUMBER})){_SERVICE})?""",
    re.VERBOSE | re.IGNORECASE,
)
_LOAD_NUMBERS = rf"""(?P<major>{_NUMBER})-(?P<minor>{_NUMBER})-(?P<maintenance>{_NUMBER})
    (?:SR(?P<service>{_NUMBER})|-(?P<packed>[0-9]{{2}})[0-9]{{2}})?
    (?:-(?P<build>[0-9]{{1,6}}))?S?"""
_LOAD = re.compile(  # 12-8-1SR2-3  sip78xx.12-8-1-0001-455  cmterm-88xx-sip.….k3.cop.sgn
    rf"""(?:[a-z][a-z0-9_-]*\.)?{_LOAD_NUMBERS}
    (?:\.loads|\.zip|\.tar|(?:\.k[0-9])?\.cop(?:\.sgn|\.sha512)?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_NEIGHBOURS = {  # other products number their releases otherwise, and print them so
    "ce": re.compile(  # CE9.8.2
        rf"CE ?(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})(?:\.(?P<maintenance>{_NUMBER}))?",
        re.IGNORECASE,
    ),
    "roomos": re.compile(  # RoomOS 11.14.2.3
        rf"""RoomOS\ ?(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})
        (?:\.(?P<maintenance>{_NUMBER})(?:\.(?P<service>{_NUMBER}))?)?""",
        re.VERBOSE | re.IGNORECASE,
    ),
    "expressway": re.compile(  # X14.0.3
        rf"X(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})(?:\.(?P<maintenance>{_NUMBER}))?",
        re.IGNORECASE,
    ),
    "ios-xe": re.compile(  # 17.6.1a
        rf"(?P<major>{_NUMBER})\.(?P<minor>{_NUMBER})\.(?P<maintenance>{_NUMBER})(?P<letter>[a-z])",
        re.IGNORECASE,
    ),
    "mpp": re.compile(  # 11-3-7MPP0101-47, of multiplatform phones
        rf"""(?P<major>{_NUMBER})-(?P<minor>{_NUMBER})-(?P<maintenance>{_NUMBER})
        MPP(?P<service>[0-9]{{4}})-(?P<build>[0-9]{{1,6}})""",
        re.VERBOSE | re.IGNORECASE,
    ),
    "date": re.compile(  # 2021-12, of a bundle of roots
        r"(?P<major>20[0-9]{2})-(?P<minor>0[1-9]|1[0-2])(?:-(?P<maintenance>[0-3][0-9]))?"
    ),
}
_IN_TEXT = re.compile(
    rf"""(?P<words>\b(?:(?:firmware|releases?|versions?|sip)[\s:]{{1,4}}){{1,4}})?
    (?<![\w.])(?:
        (?P<load>(?:sip|sccp|cmterm-)[a-z0-9_-]{{0,40}}\.{_LOAD_NUMBERS.replace("(?P<", "(?P<l_")})
            (?![\w-])
        |(?P<name>[0-9]{{1,2}}\.[0-9]{{1,2}}(?P<gap>\s)?
            \([0-9]{{1,2}}(?:\.[0-9]{{1,3}})?\)(?:\s?SR\s?[0-9]{{1,2}})?)(?![\w(])
        |(?P<family>[0-9]{{2}}\.[0-9]{{1,2}})(?![\w-]|\.[0-9]|\s?\([0-9])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_NEIGHBOUR_IN_TEXT = {
    "roomos": r"RoomOS (?:(?:software|release|version) )*[0-9]{1,2}(?:\.[0-9]{1,3}){1,3}",
    "ce": r"CE ?[0-9]{1,2}(?:\.[0-9]{1,2}){1,2}",
    "expressway": r"X(?:[7-9]|[1-3][0-9])(?:\.[0-9]{1,2}){1,2}",
    "ios-xe": r"(?:1[6-9]|2[0-9])\.[0-9]{1,2}\.[0-9]{1,2}[a-z]",
    "mpp": r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{1,2}MPP[0-9]{4}-[0-9]{1,6}",
    # only right behind such a word: a month is a date
    "date": r"(?:bundle|release|version)[ :]{1,2}20[0-9]{2}-(?:0[1-9]|1[0-2])",
}
_ANY_NEIGHBOUR = "|".join(f"({each})" for each in _NEIGHBOUR_IN_TEXT.values())
_NEIGHBOUR = re.compile(rf"(?<![\w.§-])(?:{_ANY_NEIGHBOUR})(?![\w(-]|\.\w)", re.IGNORECASE)
_OF_TITLE = re.compile(
    r"""(?:cas?|certificates?|certification|authorit(?:y|ies)|roots?|trust|trusted|lists?|stores?
    |bundles?|core|union|intersect|ios_(?:core|union|intersect)|releases?|version|software|firmware
    |cisco|expressway|roomos|ios|xe|ce|collaboration|endpoints?|devices?|room|series|ip|phones?
    |multiplatform|mpp|sip|for|of|in|the)""",
    re.VERBOSE | re.IGNORECASE,
)
"""A title of another product's list has no other words."""
# Other Cisco products number their releases the same way.
_OTHER_PRODUCT = re.compile(
    r"\b(?:manager|cucm|cm|cme|presence|connection|expressway|jabber|ios|xe)\s*\Z", re.IGNORECASE
)


class InvalidFirmware(ValueError):  # noqa: N818
    """The text is no Cisco firmware name. The message is one plain sentence."""


@total_ordering
@dataclass(frozen=True)
class Firmware:
    """A firmware release, such as ``12.7(1)SR1``, or a family of them, ``12.7``.

    Releases are ordered as Cisco numbers them, a family before its releases. The build is not
    compared: one release has a different build for each model of phone.

    ``maintenance`` is the number in parentheses, None for a family; ``service_release`` is 0 if
    there is none. ``scheme`` is that of another product, such as ``expressway`` for ``X14.0.3``:
    releases of one scheme have an order, those of two have none that means anything. Raises
    `InvalidFirmware` if a number is negative or a family has a service release.
    """

    major: int
    minor: int
    maintenance: int | None = None
    service_release: int = 0
    build: int | None = field(default=None, compare=False)
    scheme: str = ""

    def __post_init__(self) -> None:
        numbers = (self.major, self.minor, self.maintenance, self.service_release, self.build)
        if any(number is not None and number < 0 for number in numbers):
            raise InvalidFirmware("A firmware release has no negative numbers.")
        if self.maintenance is None and self.service_release:
            raise InvalidFirmware("A firmware family has no service release.")

    @classmethod
    def parse(cls, text: str) -> Firmware:
        """Read a release name or the name of a load or COP file.

        ``12.7``, ``12.7(1)SR1``, ``12.8.1``, ``12-8-1SR2-3``, ``sip78xx.12-8-1-0001-455``,
        ``cmterm-88xx-sip.12-8-1-0101-482.k3.cop.sgn`` (12.8(1)SR1: since 12.7, file names give the
        service release as the first two digits of the group of four, as Cisco's release notes
        show). Raises `InvalidFirmware`.
        """
        stripped = text.strip()
        match = None
        if len(stripped) <= _LONGEST:
            match = _NAME.fullmatch(stripped) or _LOAD.fullmatch(stripped)
        if match is not None:
            return cls._from_groups(match.groupdict())
        for scheme, pattern in _NEIGHBOURS.items():
            if len(stripped) <= _LONGEST and (match := pattern.fullmatch(stripped)):
                return cls._from_groups(
                    {"build": None, "service": None, **match.groupdict()}, scheme
                )
        raise InvalidFirmware(f"{text[:60]!r} is no firmware release such as 12.7(1).")

    @classmethod
    def _from_groups(cls, groups: dict[str, str | None], scheme: str = "") -> Firmware:
        maintenance = groups["maintenance"] or groups.get("dotted")
        build = groups["build"]
        letter = groups.get("letter")
        service = str(ord(letter.lower()) - ord("a") + 1) if letter else groups["service"]
        return cls(
            major=int(groups["major"] or 0),
            minor=int(groups["minor"] or 0),
            maintenance=int(maintenance) if maintenance else None,
            service_release=int(service or groups.get("packed") or 0),
            build=int(build) if build else None,
            scheme=scheme,
        )

    @property
    def family(self) -> Firmware:
        """The family the release is of: ``12.7`` for ``12.7(1)SR1``."""
        return Firmware(self.major, self.minor, scheme=self.scheme)

    def covers(self, other: Firmware) -> bool:
        """Whether ``other`` is this release or, if this is a family, one of its releases."""
        return other == self or (self.maintenance is None and other.family == self)

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Firmware):
            return NotImplemented
        return self._key < other._key

    @property
    def _key(self) -> tuple[str, int, int, int, int]:
        maintenance = -1 if self.maintenance is None else self.maintenance
        return self.scheme, self.major, self.minor, maintenance, self.service_release

    def __str__(self) -> str:
        if self.scheme:
            return _spelled(self)
        name = f"{self.major}.{self.minor}"
        if self.maintenance is not None:
            name += f"({self.maintenance})"
        return f"{name}SR{self.service_release}" if self.service_release else name


def _spelled(release: Firmware) -> str:
    """Spell a release as its product does."""
    numbers = [release.major, release.minor]
    if release.maintenance is not None:
        numbers.append(release.maintenance)
    match release.scheme:
        case "date":
            return "-".join(f"{number:02}" for number in numbers)
        case "mpp" if release.maintenance is not None:
            name = "-".join(map(str, numbers))
            return f"{name}MPP{release.service_release:04}-{release.build or 0}"
        case "ios-xe" if release.service_release:
            return ".".join(map(str, numbers)) + chr(ord("a") + release.service_release - 1)
    if release.scheme == "roomos" and release.service_release:
        numbers.append(release.service_release)
    before = {"ce": "CE", "roomos": "RoomOS ", "expressway": "X"}.get(release.scheme, "")
    return before + ".".join(map(str, numbers))


def stand_in(wanted: Firmware, loaded: Iterable[Firmware]) -> Firmware | None:
    """Give the release whose list is the best guess at that of one that isn't loaded, if any is.

    That is the last before it which differs by its service release only: those mend faults, and
    trust lists come with releases.
    """
    before = (each for each in loaded if _is_earlier_service(each, wanted))
    return max(before, default=None)


def _is_earlier_service(each: Firmware, wanted: Firmware) -> bool:
    same = (each.scheme, each.major, each.minor, each.maintenance) == (
        wanted.scheme,
        wanted.major,
        wanted.minor,
        wanted.maintenance,
    )
    if wanted.scheme:
        return False  # only Cisco's phones have service releases
    return same and each.maintenance is not None and each.service_release < wanted.service_release


@dataclass(frozen=True, order=True)
class ReleaseId:
    """Which list is meant: the phones, their firmware, and its revision.

    ``firmware`` is as `Firmware` writes it; ``revision`` counts from 1 the lists that were loaded
    for that firmware of that product.
    """

    product: str
    firmware: str
    revision: int

    @property
    def name(self) -> str:
        """The firmware and revision as the command line takes them: ``12.7(1)@2``."""
        return f"{self.firmware}@{self.revision}"


def told_apart(releases: Sequence[ReleaseId], *, with_product: bool = False) -> list[str]:
    """Name each of some lists as it takes to tell them apart: ``12.7(1)``, ``12.7(1)@2 (8800)``.

    The revision is named where several of a release are among them, the product where several are
    or that is asked for (``with_product``).
    """
    names = with_revisions(releases)
    if not with_product and len({each.product for each in releases}) < 2:
        return names
    return [f"{name} ({each.product})" for name, each in zip(names, releases, strict=True)]


def with_revisions(releases: Sequence[ReleaseId]) -> list[str]:
    """Name the firmware of each of some lists: ``12.7(1)@2`` where several of it are among them."""
    revisions = Counter((each.product, each.firmware) for each in releases)
    return [
        each.name if revisions[each.product, each.firmware] > 1 else each.firmware
        for each in releases
    ]


def find_releases(text: str) -> list[Firmware]:
    """Find the firmware releases that running text names, each once, in order.

    ``12.7(1)`` counts anywhere, ``12.7 (1)`` and ``12.7`` only right after a word such as
    "release" or "firmware". Releases of Unified CM, Expressway and other software are left out.
    A bare ``X.Y`` needs two digits before the point, as all firmware of the 7800 and 8800 series
    has: "TLS version 1.2" names none.
    """
    found = (_release(match, text) for match in _IN_TEXT.finditer(text))
    return list(dict.fromkeys(release for release in found if release))


def neighbour_in(title: str) -> Firmware | None:
    """Find the release of another product that is all that a title names, such as ``X14.0.3``.

    ``Cisco Expressway X14.0.3 trusted CAs`` names one. A sentence doesn't, nor does a section's
    number or a date: of a bundle's month, ``2021-12``, a word before it has to say what it is.
    """
    text = " ".join(title[: _LONGEST + 1].split())
    found = list(_NEIGHBOUR.finditer(text))
    if len(text) > _LONGEST or len(found) != 1:
        return None
    match = found[0]
    rest = re.sub(r"[^\w§]+", " ", text[: match.start()] + " " + text[match.end() :])
    if not all(map(_OF_TITLE.fullmatch, rest.split())):
        return None
    number = match[0].rpartition(" ")[2]
    scheme = list(_NEIGHBOUR_IN_TEXT)[(match.lastindex or 1) - 1]
    written = {"roomos": f"RoomOS {number}", "date": number}  # less the words between
    return Firmware.parse(written.get(scheme, match[0]))


def _release(match: re.Match[str], text: str) -> Firmware | None:
    if match["load"]:
        return Firmware.parse(match["load"])
    words = match["words"] or ""
    if not words and (match["family"] or match["gap"]):
        return None
    speaks_of_phone = re.search("firmware|sip", words, re.IGNORECASE)
    before = text[max(0, match.start() - 20) : match.start()]
    if not speaks_of_phone and _OTHER_PRODUCT.search(before):
        return None
    return Firmware.parse(" ".join((match["family"] or match["name"]).split()))
