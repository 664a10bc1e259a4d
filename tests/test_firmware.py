"""Cisco firmware names, against Cisco's release notes and hand-written truth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.database.engine import firmware_order
from pipeline.firmware import Firmware, InvalidFirmware, find_releases, neighbour_in


class TestParse:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("12.7", Firmware(12, 7)),
            ("12.7(1)", Firmware(12, 7, 1)),
            ("12.7(1)SR1", Firmware(12, 7, 1, 1)),
            ("12.7 (1) SR 1", Firmware(12, 7, 1, 1)),
            (" 12.7(1)sr1\n", Firmware(12, 7, 1, 1)),
            ("12.8.1", Firmware(12, 8, 1)),
            ("12.0.1 SR4", Firmware(12, 0, 1, 4)),
            ("12-8-1", Firmware(12, 8, 1)),
            ("12-8-1SR2", Firmware(12, 8, 1, 2)),
            ("110.21(31)SR41", Firmware(110, 21, 31, 41)),
            ("12.7(1)SR0", Firmware(12, 7, 1)),
        ],
    )
    def test_release_names(self, text: str, expected: Firmware) -> None:
        assert Firmware.parse(text) == expected

    @pytest.mark.parametrize(
        "releases",
        [
            ["CE9.8.2", "CE9.10.1", "CE10.3.0"],
            ["RoomOS 11.5.2.4", "RoomOS 11.14.2.3", "RoomOS 11.14.2.10"],
            ["X8.11.4", "X14.0.3", "X14.0.10", "X15.2"],
            ["17.6.1a", "17.6.1b", "17.6.3a", "17.12.1a"],
            ["11-3-7MPP0001-5", "11-3-7MPP0101-47", "12-0-1MPP0001-120"],
            ["2019-03", "2021-02", "2021-12", "2021-12-05"],
        ],
    )
    def test_releases_of_neighbours_have_an_order_and_are_printed_as_given(
        self, releases: list[str]
    ) -> None:
        parsed = [Firmware.parse(text) for text in releases]
        assert parsed == sorted(parsed)
        assert [firmware_order(each) for each in parsed] == sorted(map(firmware_order, parsed))
        assert len({*parsed, *map(firmware_order, parsed)}) == 2 * len(releases)
        assert [str(each) for each in parsed] == releases
        assert all(each.family.covers(each) for each in parsed)

    def test_a_release_of_a_neighbour_is_not_that_of_a_phone(self) -> None:
        assert Firmware.parse("CE12.7.1") != Firmware.parse("12.7.1")
        assert not Firmware.parse("12.7").covers(Firmware.parse("X12.7.1"))

    @pytest.mark.parametrize(
        ("text", "release", "build"),
        [
            ("11.0(0.7)", "11.0(0)", 7),
            ("12-8-1SR2-3", "12.8(1)SR2", 3),
            ("12-8-1-0001-455", "12.8(1)", 455),
            ("sip78xx.12-8-1-0001-455", "12.8(1)", 455),
            ("sip8845_65.12-6-1-0001-7", "12.6(1)", 7),
            ("sip88xx.10-3-1-20.loads", "10.3(1)", 20),
            ("SIP75.9-3-1-1S", "9.3(1)", 1),
            ("sip88xx.12-8-1-0101.loads", "12.8(1)SR1", None),
            ("cmterm-78xx.12-8-1-0001-455.k3.cop.sgn", "12.8(1)", 455),
            ("cmterm-88xx-sip.12-7-1-0001-393.k4.cop.sha512", "12.7(1)", 393),
            # release and file name as Cisco's release notes give them together
            ("cmterm-88xx-sip.12-8-1-0101-482.k3.cop.sgn", "12.8(1)SR1", 482),
            ("cmterm-78xx.14-0-1-0201-169.k3.cop.sha512", "14.0(1)SR2", 169),
            ("cmterm-8832-sip.14-0-1-0201-171.k3.cop.sha512", "14.0(1)SR2", 171),
            ("cmterm-8821-sip.11-0-3SR4-3.k3.cop.sgn", "11.0(3)SR4", 3),
            ("cmterm-ATA191.12-0-1-0405-005.k4.cop.sha512", "12.0(1)SR4", 5),
        ],
    )
    def test_names_with_a_build(self, text: str, release: str, build: int | None) -> None:
        firmware = Firmware.parse(text)
        assert str(firmware) == release
        assert firmware.build == build
        assert firmware == Firmware.parse(release)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "12",
            "12.",
            "12.7(1",
            "12.7()",
            "12.7(1)SR",
            "12.7SR1",
            "12.7(1)SU2",
            "12.7(1)x",
            "x12.7(1)",
            "-12.7",
            "12.7\n12.8",
            "2019.11.28",
            "10.0.0.1",
            "12-7",
            "12-8-1SR2-0101-3",
            "٣.٤",
            "cmterm-78xx.12-8-1-0001-455.exe",
            "1" * 4 + ".7",
            "sip" + "x" * 100 + ".12-8-1",
        ],
    )
    def test_other_text_is_refused_in_one_sentence(self, text: str) -> None:
        with pytest.raises(InvalidFirmware, match=r"^'.*' is no firmware release such as .*\.$"):
            Firmware.parse(text)

    def test_numbers_that_can_not_be(self) -> None:
        with pytest.raises(InvalidFirmware, match="negative"):
            Firmware(12, -7)
        with pytest.raises(InvalidFirmware, match="family"):
            Firmware(12, 7, None, 1)


class TestOrder:
    def test_is_that_of_the_numbers(self) -> None:
        ascending = [
            *("9.3(1)", "10.3(1)", "12.1(1)SR1", "12.5(1)", "12.5(1)SR2", "12.5(1)SR10"),
            *("12.7", "12.7(1)", "12.7(1)SR1", "12.7(2)", "12.8(1)", "12.10(1)", "14.0(1)"),
        ]
        shuffled = sorted(ascending)  # as text, another order
        assert [str(f) for f in sorted(map(Firmware.parse, shuffled))] == ascending

    def test_builds_of_a_release_are_one_release(self) -> None:
        a = Firmware.parse("cmterm-78xx.14-0-1-0201-169.k3.cop.sha512")
        b = Firmware.parse("cmterm-8832-sip.14-0-1-0201-171.k3.cop.sha512")
        assert a == b
        assert len({a, b}) == 1
        assert not a < b

    def test_is_not_defined_for_other_things(self) -> None:
        with pytest.raises(TypeError):
            Firmware(12, 7) < "12.8"  # noqa: B015


class TestFamily:
    @pytest.mark.parametrize(
        ("family", "release", "covered"),
        [
            ("12.7", "12.7(1)", True),
            ("12.7", "12.7(1)SR1", True),
            ("12.7", "12.7", True),
            ("12.7", "12.8(1)", False),
            ("12.7", "14.7(1)", False),
            ("12.7(1)", "12.7(1)", True),
            ("12.7(1)", "12-7-1-0001-393", True),
            ("12.7(1)", "12.7(1)SR1", False),
            ("12.7(1)", "12.7", False),
        ],
    )
    def test_covers_its_releases(self, family: str, release: str, covered: bool) -> None:
        assert Firmware.parse(family).covers(Firmware.parse(release)) is covered

    def test_of_a_release(self) -> None:
        assert Firmware.parse("12-7-1SR2-3").family == Firmware(12, 7)


class TestFindReleases:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Firmware Release 12.7(1)", ["12.7(1)"]),
            ("Release 12.7 (1)", ["12.7(1)"]),
            ("Release\n12.7\n(1)\nSR2", ["12.7(1)SR2"]),
            ("CA Trust List 12.8(1)SR1.", ["12.8(1)SR1"]),
            ("new in 14.0(1), not in 12.8(1), see 14.0(1)", ["14.0(1)", "12.8(1)"]),
            ("12.7(1)-12.8(1)", ["12.7(1)", "12.8(1)"]),
            ("(12.7(1))", ["12.7(1)"]),
            ("Release 12.7.", ["12.7"]),
            ("firmware version: 12.8, and up", ["12.8"]),
            ("SIP 14.1", ["14.1"]),
            ("firmware releases 12.7", ["12.7"]),
            ("cmterm-88xx-sip.12-8-1-0101-482.k3.cop.sgn.", ["12.8(1)SR1"]),
            ("load sip78xx.12-8-1-0001-455, or newer", ["12.8(1)"]),
            ("Unified Communications Manager firmware release 12.7(1)", ["12.7(1)"]),
        ],
    )
    def test_in_running_text(self, text: str, expected: list[str]) -> None:
        assert [str(release) for release in find_releases(text)] == expected

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Updated 2019.11.28",
            "release 2019.11.28",
            "2019-11-28",
            "release of 28.11.2019",
            "version 12.11.2019",
            "10.0.0.1 and 192.168.10.11",
            "2.5.4.97=VATES-Q2826004J",
            "Section 1.2, page 3 (4)",
            "12.7 percent",
            "12.7 (1)",
            "version 1.2.3",
            "TLS version 1.2",
            "PDF version 1.7",
            "Page 12 of 14",
            "released 12.5",
            "release 12.755",
            "Unified CM 12.5(1)",
            "Cisco Unified Communications Manager Release 12.5(1)",
            "CUCM version 12.5",
            "12.5(1)SU2",
            "Release 12.5 (1)SU2",
            "IOS 15.2(4)M3",
            "ABC12.7(1)",
            "1.2.3(4)",
            "123.7(1)",
            "sip78xx.12-8-1x",
            "sip78xx.12-8-1-0001-455-9",
        ],
    )
    def test_other_numbers_are_none(self, text: str) -> None:
        assert find_releases(text) == []

    @pytest.mark.parametrize(
        "unit", ["1", "12.7", "12.7(", "release ", "sip", "sip-", "cmterm-", "1-", " ", "(", "12."]
    )
    def test_long_hostile_text_is_searched_in_linear_time(self, unit: str) -> None:
        """A quadratic search would take hours over this."""
        assert find_releases(unit * 200_000 + "!") == []


class TestNeighbourInATitle:
    @pytest.mark.parametrize(
        ("title", "release"),
        [
            ("RoomOS 11.14.2.3", "RoomOS 11.14.2.3"),
            ("Cisco RoomOS Release 11.14 trusted CAs", "RoomOS 11.14"),
            ("Expressway X14.0.3", "X14.0.3"),
            ("Trust list of CE9.8.2", "CE9.8.2"),
            ("Cisco IOS XE 17.6.1a: trusted root certificates", "17.6.1a"),
            ("Firmware 11-3-7MPP0101-47", "11-3-7MPP0101-47"),
            ("Trusted Root Bundle 2021-12", "2021-12"),
            ("version: 2021-12", "2021-12"),
        ],
    )
    def test_is_found(self, title: str, release: str) -> None:
        assert str(neighbour_in(title)) == release

    @pytest.mark.parametrize(
        "title",
        [
            *("", "2021-12", "2021-12-05", "as of 2021-12", "Release 2021-12-05", "valid 2021-12"),
            *("Section 17.6.1a", "§ 17.6.1a", "Table X14.0", "Appendix X14.0.3", "2.1.3a"),
            *("OS X10.11.6", "X.509", "iPhone X14.0.3", "CE marking 10.2", "RoomOS 11"),
            *("X14.0.3 and X14.2", "Phones behind Expressway X14.0.3", "12.7(1) with X14.0.3"),
            "Registered through Expressway X14.0.3 these phones trust",
            "X14.0.3 " * 100,
        ],
    )
    def test_of_other_words_and_numbers_is_none(self, title: str) -> None:
        assert neighbour_in(title) is None


numbers = st.integers(0, 999)
releases = st.builds(Firmware, numbers, numbers, numbers, numbers)
families = st.builds(Firmware, numbers, numbers)
firmwares = st.one_of(releases, families)
small = st.integers(0, 2)
close = st.one_of(
    st.builds(Firmware, small, small, small, small), st.builds(Firmware, small, small)
)


@given(firmwares)
def test_str_is_read_back(firmware: Firmware) -> None:
    assert Firmware.parse(str(firmware)) == firmware


@given(st.builds(Firmware, numbers, numbers, numbers, st.integers(0, 99), numbers))
def test_load_names_are_read_back(firmware: Firmware) -> None:
    numbers = f"{firmware.major}-{firmware.minor}-{firmware.maintenance}"
    load = f"sip88xx.{numbers}-{firmware.service_release:02}01-{firmware.build}"
    read = Firmware.parse(load)
    assert (read, read.build) == (firmware, firmware.build)
    assert find_releases(f"({load}.loads)") == [firmware]


@given(close, close, close)
def test_order_is_total(a: Firmware, b: Firmware, c: Firmware) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert (a <= b) == (a < b or a == b)
    if a < b < c:
        assert a < c


@given(close, close)
def test_a_family_stands_before_its_releases_and_after_the_family_before(
    a: Firmware, b: Firmware
) -> None:
    assert a.family <= a
    if a.family < b.family:
        assert a < b


@given(st.one_of(st.text(), st.text("0123456789.-()SRsr x", max_size=20)))
def test_any_text_is_a_firmware_or_refused(text: str) -> None:
    try:
        firmware = Firmware.parse(text)
    except InvalidFirmware:
        return
    assert Firmware.parse(str(firmware)) == firmware


@given(st.one_of(st.text(), st.text("0123456789.-()SRsr release:")))
def test_any_text_can_be_searched(text: str) -> None:
    assert all(isinstance(release, Firmware) for release in find_releases(text))
