"""Certificates within text, tables and objects: as a list, as `--certs`, and as a chain."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pytest

from pipeline.check import read_chain
from pipeline.enrich import files
from pipeline.errors import DocumentError, UsageError
from pipeline.extract import extract
from tests.certificates import Issued, issue, pem, server
from tests.extract.test_tabular import xlsx

ROOTS = [issue(f"Invented Root {word}", organisation="Invented") for word in ("One", "Two")]
UPPER = issue("Invented Upper", ROOTS[0])
CHAIN = [server(UPPER), UPPER]


def texts(certificates: Sequence[Issued]) -> list[str]:
    return [each.pem.decode() for each in certificates]


def titled_csv(certificates: Sequence[Issued]) -> bytes:
    """Titles below two lines of another kind, and a note at the end."""
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            ["Certificates of ours"],
            [],
            ["No.", "PEM"],
            *([f"{number}", each] for number, each in enumerate(texts(certificates), 1)),
            ["as of 2024"],
        ]
    )
    return text.getvalue().encode()


def bare_csv(certificates: Sequence[Issued]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(
        [f"r{number}", each] for number, each in enumerate(texts(certificates))
    )
    return text.getvalue().encode()


def yaml_list(certificates: Sequence[Issued]) -> bytes:
    lines = ["certificates:"]
    for each in texts(certificates):
        lines += ["- pem: |", *(f"    {line}" for line in each.splitlines())]
    return "\n".join(lines).encode()


FORMS = {
    "mark.pem": lambda each: b"\xef\xbb\xbf" + pem(*each),
    "utf-16.pem": lambda each: pem(*each).decode().encode("utf-16"),
    "quoted.txt": lambda each: b"Hello,\n> " + pem(*each).replace(b"\n", b"\n> "),
    "indented.txt": lambda each: b"Roots\n    " + pem(*each).replace(b"\n", b"\r\n    "),
    "page.html": lambda each: b"<!DOCTYPE html><h1>CAs</h1><pre>%b</pre>" % pem(*each),
    "breaks.html": lambda each: b"<html><p>%b</p>" % pem(*each).replace(b"\n", b"<br>\n"),
    "titled.csv": titled_csv,
    "bare.csv": bare_csv,
    "list.json": lambda each: json.dumps(texts(each)).encode(),
    "objects.json": lambda each: json.dumps([{"pem": pem} for pem in texts(each)]).encode(),
    "map.json": lambda each: json.dumps(dict(enumerate(texts(each)))).encode(),
    "list.yaml": yaml_list,
    "list.xlsx": lambda each: xlsx(
        {"CAs": [["CAs of ours", ""], ["No.", "PEM"], *(["1", pem] for pem in texts(each))]}
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_they_are_found_wherever_certificates_are_asked_for(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name](ROOTS))
    found = extract(path, limits=None, known={})
    wanted = [each.fingerprint for each in ROOTS]
    assert ([row.fingerprint for row in found.rows], found.problems) == (wanted, [])
    (source,) = files([path])
    assert list(source.certificates) == wanted
    path.write_bytes(FORMS[name](CHAIN))
    assert [each.der for each in read_chain(path).sent] == [each.der for each in CHAIN]


def test_one_object_with_a_certificate_is_a_list_of_one(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps({"name": "x", "pem": texts(ROOTS)[0]}))
    (row,) = extract(path, limits=None).rows
    assert row.fingerprint == ROOTS[0].fingerprint


def test_several_certificates_in_one_cell_are_a_chain_and_no_list(tmp_path: Path) -> None:
    path = tmp_path / "chain.json"
    path.write_text(json.dumps({"chain": pem(*CHAIN).decode()}))
    (problem,) = extract(path, limits=None).problems
    assert "several certificates" in problem.hint
    assert [each.der for each in read_chain(path).sent] == [each.der for each in CHAIN]


@pytest.mark.parametrize("name", ["list.json", "list.yaml", "list.html", "list.xlsx", "list.csv"])
def test_what_is_said_of_trust_beside_them_counts(name: str, tmp_path: Path) -> None:
    said = list(zip(texts(ROOTS), ("yes", "no"), strict=True))
    table = [["Certificate", "Websites"], *([pem, word] for pem, word in said)]
    lines = [
        f"- websites: {word}\n  pem: |\n    {pem.strip().replace(chr(10), chr(10) + '    ')}"
        for pem, word in said
    ]
    text = io.StringIO()
    csv.writer(text).writerows(table)
    rows = "".join(f"<tr><td>{escape(pem)}<td>{word}</tr>" for pem, word in table)
    contents = {
        "list.json": json.dumps([{"pem": pem, "websites": word == "yes"} for pem, word in said]),
        "list.yaml": "\n".join(lines),
        "list.html": f"<!DOCTYPE html><table>{rows}</table>",
        "list.csv": text.getvalue(),
    }
    path = tmp_path / name
    path.write_bytes(contents[name].encode() if name in contents else xlsx({"CAs": table}))
    found = extract(path, limits=None)
    assert [row.fingerprint for row in found.rows] == [ROOTS[0].fingerprint]
    (problem,) = found.problems
    assert "Invented Root Two" in problem.text
    assert "ebsites: no” says that this is not trusted for servers" in problem.hint


@pytest.mark.parametrize(
    ("line", "is_said"),
    [
        (f"SHA-1 fingerprint: {'ab12' * 10}", True),
        ("SHA1 Fingerprint={}", False),  # of the certificate below it
        (f"Key identifier: {'ab12' * 10}", False),
        ("# disabled", True),
        ("Status: removed", True),
        ("Entry type: PrivateKeyEntry", True),
        ("Entry type: trustedCertEntry", False),
    ],
)
def test_what_stands_between_them_is_not_lost(line: str, is_said: bool, tmp_path: Path) -> None:
    line = line.format(ROOTS[1].fingerprint.upper())
    path = tmp_path / "roots.pem"
    path.write_bytes(ROOTS[0].pem + line.encode() + b"\n" + ROOTS[1].pem)
    found = extract(path, limits=None)
    assert [row.fingerprint for row in found.rows] == [each.fingerprint for each in ROOTS]
    assert [each.text for each in found.problems] == ([line] if is_said else [])


@pytest.mark.parametrize(
    ("option", "is_taken"),
    [
        (["-addreject", "serverAuth"], False),
        (["-addtrust", "emailProtection"], False),
        (["-addtrust", "serverAuth"], True),
        (["-addtrust", "anyExtendedKeyUsage"], True),
        (["-setalias", "mine"], True),
    ],
)
def test_trust_settings_of_openssl_are_respected(
    option: Sequence[str], is_taken: bool, tmp_path: Path
) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    command = [openssl, "x509", "-trustout", *option]
    done = subprocess.run(command, input=ROOTS[0].pem, capture_output=True, check=True)
    path = tmp_path / "trusted.pem"
    path.write_bytes(done.stdout)
    found = extract(path, limits=None)
    assert (len(found.rows), len(found.problems)) == ((1, 0) if is_taken else (0, 1))


def test_spreadsheets_beside_certificates_in_a_directory_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_bytes(pem(*ROOTS))
    (tmp_path / "phones.xlsx").write_bytes(xlsx({"Phones": [["Name", "Phone"], ["Ann", "12"]]}))
    encrypted = tmp_path / "secret.xlsx"
    encrypted.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))
    (source,) = files([tmp_path])
    assert source.name == "file:roots.pem"
    with pytest.raises(UsageError, match=r"secret\.xlsx: this spreadsheet is .*encrypted"):
        files([encrypted])


def test_a_spreadsheet_without_its_extra_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = tmp_path / "list.xlsx"
    path.write_bytes(FORMS["list.xlsx"](ROOTS))
    for read, error in ((read_chain, DocumentError), (lambda p: files([p]), UsageError)):
        with pytest.raises(error, match=r"list\.xlsx: .*pip install 'trustlist\[xlsx\]'") as caught:
            read(path)  # type: ignore[operator]
        assert len(str(caught.value).splitlines()) == 1
