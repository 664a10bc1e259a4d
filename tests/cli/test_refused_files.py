"""Files of every kind that can't be used: one plain line that names the file, and exit code 3."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from tests.certificates import issue
from tests.commandline import Run
from tests.extract.test_tabular import xlsx

ENDINGS = ("pdf", "txt", "csv", "html", "json", "yaml", "xlsx", "ods", "pem", "der", "p7b", "p12")
ROOT = issue("Invented Root")


def refused(run: Run, name: str, data: bytes) -> str:
    Path(name).write_bytes(data)
    result = run("extract", name)
    assert (result.code, result.out) == (3, "")
    (line,) = result.err.splitlines()
    assert name in line
    assert line.isprintable()
    return line


@pytest.mark.parametrize("ending", [*ENDINGS, "jks", "zip", "tar.gz"])
def test_garbage(ending: str, run: Run) -> None:
    refused(run, f"list.{ending}", random.Random(ending).randbytes(5000))


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing(ending: str, run: Run) -> None:
    assert "is empty" in refused(run, f"list.{ending}", b"") or ending == "pdf"


def pkcs12_store() -> bytes:
    certificate = pkcs12.PKCS12Certificate(ROOT.certificate, b"root")
    encryption = BestAvailableEncryption(b"a password of its own")
    return pkcs12.serialize_key_and_certificates(None, None, None, [certificate], encryption)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("store.p12", pkcs12_store(), "needs a password"),
        ("store.p12", pkcs12_store()[:-40], "or is damaged"),
        ("store.jks", bytes.fromhex("feedfeed0000000200000001") + bytes(40), "needs a password"),
        ("store.jceks", bytes.fromhex("cececece"), "or is damaged"),
        ("list.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted"),
        ("list.xlsx", xlsx({"Phones": [["Name", "Phone"], ["Ann", "12"]]}), "no row found"),
        ("page.html", b"<!DOCTYPE html><title>News</title><p>It rains.</p>", "no row found"),
        ("list.json", b'{"colour": "red"}', "no list of objects"),
        ("roots.pem", ROOT.pem[:200], "damaged"),
        ("root.der", ROOT.der[:200], "damaged"),
    ],
)
def test_what_is_damaged_closed_or_of_another_kind(
    name: str, data: bytes, said: str, run: Run
) -> None:
    assert said in refused(run, name, data)


def zip_of(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return data.getvalue()


def tar_of_a_link() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        link = tarfile.TarInfo("link.pem")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        archive.addfile(tarfile.TarInfo("\x1b[2Jroots.pem"))
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zip_of("../../etc/passwd", "/abs.pem"), "2 files: ../../etc/passwd, /abs.pem. Unpack it"),
        (zip_of("a\x1b[31m.pem", "b\u202e.pem"), r"a\x1b[31m.pem, b\u202e.pem"),
        (zip_of("inner.zip"), "1 file: inner.zip"),
        (tar_of_a_link(), r"1 file: \x1b[2Jroots.pem"),
        (gzip.compress(bytes(1 << 24)), "is compressed (gzip)"),
    ],
    ids=["paths", "codes", "nested", "link", "bomb"],  # archives hold the time
)
def test_archives_are_not_unpacked(data: bytes, said: str, run: Run, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    assert said in refused(run, "roots.bin", data)
    assert {each.name for each in set(tmp_path.iterdir()) - before} <= {"roots.bin"}
