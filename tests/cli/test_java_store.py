"""Java's key stores, written by keytool, and cut off or tampered with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import extract
from pipeline.extract.formats.passwords import PASSWORD
from tests.certificates import Issued, issue
from tests.commandline import Run

KEYTOOL = shutil.which("keytool")
SECRET = "a secret of its own"


@pytest.fixture(autouse=True)
def _no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "")


def keytool(*arguments: str) -> None:
    subprocess.run([KEYTOOL or "", "-J-Xint", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def roots() -> list[Issued]:
    return [issue(f"Stored Root {number}") for number in range(2)]


@pytest.fixture(scope="module")
def stores(roots: list[Issued], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JKS with the usual password, which holds a key, too, and a JCEKS with another one."""
    if KEYTOOL is None:
        pytest.skip("keytool of Java is not installed")
    directory = tmp_path_factory.mktemp("stores")
    for kind, password in (("jks", "changeit"), ("jceks", SECRET)):
        common = ["-keystore", str(directory / f"store.{kind}"), "-storetype", kind]
        common += ["-storepass", password]
        for number, root in enumerate(roots):
            pem = directory / "root.pem"
            pem.write_bytes(root.pem)
            keytool("-importcert", "-noprompt", "-alias", f"r{number}", "-file", str(pem), *common)
        if kind == "jks":
            keytool("-genkeypair", "-alias", "me", "-dname", "CN=me", "-keyalg", "EC", *common)
    return directory


def test_the_trusted_certificates_of_a_store_are_its_entries(
    stores: Path, roots: list[Issued], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {root.fingerprint for root in roots}
    assert {row.fingerprint for row in extract(stores / "store.jks", limits=None).rows} == wanted
    monkeypatch.setenv(PASSWORD, SECRET)
    assert {row.fingerprint for row in extract(stores / "store.jceks", limits=None).rows} == wanted


def test_the_password_may_be_in_a_file(
    stores: Path, roots: list[Issued], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(f"{SECRET}\nnot this\n")
    given = ("--password-file", "password")
    read = run("extract", stores / "store.jceks", *given, "--format", "json").json
    assert {each["fingerprint"] for each in read["entries"]} == {r.fingerprint for r in roots}
    loaded = run("ingest", stores / "store.jceks", *given, "--firmware", "12.7(1)")
    assert loaded.out.startswith("Loaded 1 snapshot: 2 rows, all proven.")
    assert run("catalogue", "add", stores / "store.jceks", *given).code == 0
    assert run("diff", "12.7", "--against", stores / "store.jceks", *given).code == 0


def test_a_password_file_that_cannot_be_used_is_a_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for name in ("missing", "empty"):
        result = run("extract", "x.jks", "--password-file", name)
        assert (result.code, name in result.err) == (2, True)


@pytest.mark.parametrize("kept", [30, 400, -1])
def test_a_store_that_is_cut_off_is_refused_in_one_line(
    kept: int, stores: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.jks"
    path.write_bytes((stores / "store.jks").read_bytes()[:kept])
    with pytest.raises(DocumentError, match=r"cut\.jks: this JKS store .*or is damaged"):
        extract(path, limits=None)


def test_a_store_with_a_password_that_nobody_gave_is_refused_in_one_line(
    stores: Path, run: Run
) -> None:
    result = run("extract", stores / "store.jceks")
    (line,) = result.err.splitlines()
    assert result.code == 3
    assert "this JCEKS store needs a password" in line
    assert "--password-file" in line
    result = run("catalogue", "add", stores / "store.jceks")
    assert (result.code, len(result.err.splitlines())) == (2, 1)


def test_check_takes_a_store_with_a_key_for_what_its_server_sends(
    stores: Path, roots: list[Issued], run: Run
) -> None:
    root = roots[0]
    (Path.cwd() / "list.txt").write_text(
        f"Trust list of firmware 12.7(1)\n\n{root.fingerprint}  CN=Stored Root 0\n"
    )
    assert run("ingest", "list.txt").code == 0
    result = run("check", stores / "store.jks", "--format", "json")
    assert result.code == 1
    assert '"CN=me"' in result.out
