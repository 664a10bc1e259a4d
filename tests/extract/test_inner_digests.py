"""Digests within other words: each is a row's, or beside one, or labelled, or reported."""

import base64
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import extract

ROWS = {
    "1f" * 19 + "a0": "C=DE, O=Nordwind Trust GmbH, CN=Nordwind Root CA G1",
    "2e" * 19 + "b1": "C=JP, O=Sakura Denshi, CN=Sakura Root CA G2",
    "3d" * 19 + "c2": "C=EE, O=Baltic Post AS, CN=Baltic Class 3 Root",
}
OTHER = "4c" * 19 + "d3"
OTHER_SHA256 = "5b" * 31 + "e4"
BYTES = bytes.fromhex(OTHER)
LIST = "".join(f"{digits}  {name}\n" for digits, name in ROWS.items())


def read(content: str, path: Path) -> tuple[list[str], str]:
    """The fingerprints of the rows, and the texts of the problems without case."""
    path.write_text(content, encoding="utf-8")
    found = extract(path, known={}, limits=None)
    return [row.identity for row in found.rows], "\n".join(p.text for p in found.problems).lower()


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        (f"https://crt.sh/?q={OTHER.upper()}", OTHER),
        (f"https://crt.sh/?sha256={OTHER_SHA256}", OTHER_SHA256),
        (f"[this one](https://crt.sh/?d={OTHER_SHA256})", OTHER_SHA256),
        (f"certs/{OTHER}.pem", OTHER),
        (rf"[HKLM\SOFTWARE\ROOT\Certificates\{OTHER.upper()}]", OTHER),
        (f"sha1_{OTHER}", OTHER),
        (f"<{OTHER}>", OTHER),
        (f"https://example.test/look?for=%3D{OTHER}", OTHER),
        ("{ " + ", ".join(f"0x{each:02X}" for each in BYTES) + " }", "0x4c, 0x4c"),
        (", ".join(f"(byte)0x{each:02x}" for each in BYTES), "(byte)0x4c"),
        ("".join(rf"\x{each:02x}" for each in BYTES), r"\x4c\x4c"),
        (f"sha256-{base64.b64encode(bytes.fromhex(OTHER_SHA256)).decode()}", "sha256-"),
        (f"SHA256:{base64.b64encode(bytes.fromhex(OTHER_SHA256)).decode()[:-1]}", "sha256:"),
        (f"SHA-1 in base64: {base64.b64encode(BYTES).decode()}", "tExMTExM".lower()[1:]),
    ],
)
def test_a_digest_within_a_word_is_told(printed: str, told: str, tmp_path: Path) -> None:
    rows, problems = read(f"{LIST}\nThere is {printed} besides.\n", tmp_path / "list.txt")
    assert rows == [*ROWS]
    assert told in problems


@pytest.mark.parametrize(
    "printed",
    [
        f"https://crt.sh/?q={[*ROWS][1].upper()}",
        f"https://crt.sh/?ski={OTHER}",
        f"https://github.com/example/roots/commit/{OTHER}",
        f"https://raw.githubusercontent.com/example/roots/{OTHER}/list.txt",
        f"uses: example/action@{OTHER}",
        "pkcs11:id=" + "".join(f"%{each:02X}" for each in BYTES) + ";type=cert",
        'pin-sha256="' + base64.b64encode(bytes.fromhex(OTHER_SHA256)).decode() + '"',
        ", ".join(f"0x{each:02X}" for each in BYTES * 3),
    ],
)
def test_what_a_row_has_or_is_no_digest_of_a_certificate_is_none(
    printed: str, tmp_path: Path
) -> None:
    assert read(f"{LIST}\nThere is {printed} besides.\n", tmp_path / "list.txt") == ([*ROWS], "")


def linked(rows: dict[str, str], *, without: str = "") -> str:
    """A table whose last column are addresses with another digest of each certificate."""
    lines = [
        f"| {'' if digits == without else digits} | {name} "
        f"| [look it up](https://crt.sh/?sha256={number}{OTHER_SHA256[1:]}) |"
        for number, (digits, name) in enumerate(rows.items())
    ]
    return "\n".join(["| SHA-1 | Subject | Address |", "|---|---|---|", *lines]) + "\n"


def test_an_address_beside_the_digits_of_each_row_is_of_the_row(tmp_path: Path) -> None:
    assert read(linked(ROWS), tmp_path / "list.md") == ([*ROWS], "")


def test_where_a_row_has_no_digits_but_those_of_its_address_they_are_told(tmp_path: Path) -> None:
    for number, digits in enumerate(ROWS):
        rows, problems = read(linked(ROWS, without=digits), tmp_path / "list.md")
        assert {*rows} < {*ROWS}
        assert f"{number}{OTHER_SHA256[1:]}" in problems


def test_what_p11_kit_lists_are_identifiers_of_keys(tmp_path: Path) -> None:
    path = tmp_path / "trust.txt"
    path.write_text(
        "".join(
            "pkcs11:id="
            + "".join(f"%{each:02X}" for each in bytes.fromhex(digits))
            + ";type=cert\n"
            f"    type: certificate\n    label: {name}\n    trust: anchor\n\n"
            for digits, name in ROWS.items()
        )
    )
    try:
        found = extract(path, known={}, limits=None)
    except DocumentError:
        return
    assert found.rows == []
