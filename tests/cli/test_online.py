"""Certificates from crt.sh and from the user: what is stored, asked for, said, and how it ends."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from pipeline.cli.options import service
from pipeline.enrich.crtsh import Service
from tests.cli.test_streams import in_terminal
from tests.commandline import Result, Run
from tests.enrich.crtsh_servers import (
    Answer,
    WebServer,
    body,
    page,
    pem,
    running_web_server,
    status,
)
from tests.snapshot_loader import Root, new_root

ADDTRUST = (
    "02faf3e291435468607857694df5e45b68851868  C=SE, O=AddTrust AB, "
    "OU=AddTrust External TTP Network, CN=AddTrust External CA Root"
)
FIRST, SECOND, WRONG = (new_root(name) for name in ("First Root", "Second Root", "Wrong Root"))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A crt.sh that has the first root, and whose users needn't wait."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with running_web_server() as server:
        server.certificates = [FIRST.record["der"]]
        monkeypatch.setenv("TRUSTLIST_CRTSH_URL", server.url)
        yield server


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A list of a root that the catalogue has, and of two that it hasn't."""
    path = tmp_path / "list.txt"
    rows = [f"{root.fingerprint}  {root.record['subject']}" for root in (FIRST, SECOND)]
    path.write_text("\n".join(["Firmware release 12.7(1)", ADDTRUST, *rows]) + "\n", "utf-8")
    return path


def pem_file(path: Path, *roots: Root) -> Path:
    certificates = (load_der_x509_certificate(root.record["der"]) for root in roots)
    path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in certificates))
    return path


def stored(tmp_path: Path) -> dict[str, str]:
    """What is in the database, by its SHA-1 computed anew: where it is from."""
    connection = sqlite3.connect(tmp_path / "trustlist.db")
    rows = connection.execute("SELECT fingerprint, der, source FROM certificates").fetchall()
    connection.close()
    for fingerprint, der, _ in rows:
        assert hashlib.sha1(der).hexdigest() == fingerprint
    return {fingerprint: source for fingerprint, _, source in rows}


def asked(web: WebServer) -> list[str]:
    return [request["q"] for request in web.requests if "q" in request]


def evidence(run: Run) -> list[str]:
    return [row["evidence"] for row in run("show", "12.7", "--format", "json").json["rows"]]


# --- ingest --online -------------------------------------------------------------------------


def test_offline_nobody_is_asked(run: Run, web: WebServer, document: Path) -> None:
    assert run("ingest", document).code == 0
    assert run("enrich").code == 0
    assert web.requests == []


def test_200_and_404_what_is_there_is_stored_and_nothing_is_asked_for_twice(
    run: Run, web: WebServer, document: Path, tmp_path: Path
) -> None:
    result = run("ingest", document, "--online")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Loaded 1 snapshot: 1 of 3 rows unresolved.")
    assert stored(tmp_path) == {ADDTRUST[:40]: "catalogue", FIRST.fingerprint: "crt.sh"}
    assert asked(web) == [FIRST.fingerprint, SECOND.fingerprint]
    web.requests.clear()
    assert run("ingest", document, "--online").code == 0
    again = run("enrich", "--online")
    assert again.code == 0
    assert "Found 0 of 1 certificate; 1 still unknown." in again.out
    assert "crt.sh didn't have it on 20" in again.out
    assert web.requests == []


TROUBLES = {
    "429": (status(429, Retry_After="1"), "it answers 429"),
    "429, come back tomorrow": (status(429, Retry_After="86400"), "asks to wait 86400 seconds"),
    "502": (status(502), "it answers 502"),
    "garbage": (body(b"\x00\xff garbage"), "its answer can't be read"),
}


@pytest.mark.parametrize(("answer", "reason"), TROUBLES.values(), ids=TROUBLES)
def test_a_server_in_trouble_leaves_a_whole_ingest_and_a_warning(
    run: Run, web: WebServer, document: Path, tmp_path: Path, answer: Answer, reason: str
) -> None:
    web.always = answer
    result = run("ingest", document, "--online")
    assert result.code == 5
    (warning,) = result.err.splitlines()
    assert warning.startswith(f"{document}: crt.sh: 2 of 2 certificates could not be looked up: ")
    assert reason in warning
    assert warning.endswith("Run `trustlist enrich` to try again.")
    assert result.out.startswith("Loaded 1 snapshot: 2 of 3 rows unresolved.")
    assert evidence(run) == ["proven", "disputed", "disputed"]
    assert stored(tmp_path) == {ADDTRUST[:40]: "catalogue"}


def test_after_trouble_enrich_finds_the_rest(
    run: Run, web: WebServer, document: Path, tmp_path: Path
) -> None:
    web.always = status(502)
    run("ingest", document, "--online")
    failed = run("enrich", "--online")
    assert failed.code == 5
    assert "it answers 502" in failed.err
    assert "crt.sh didn't answer" in failed.out
    web.always = None
    result = run("enrich", "12.7", "--online")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Found 1 of 2 certificates; 1 still unknown.")
    assert stored(tmp_path)[FIRST.fingerprint] == "crt.sh"
    assert evidence(run) == ["proven", "proven", "disputed"]


@pytest.mark.parametrize("command", ["ingest", "enrich"])
def test_a_server_that_sends_another_certificate_adds_nothing(
    run: Run, web: WebServer, document: Path, tmp_path: Path, command: str
) -> None:
    run("ingest", document)
    web.script = [body(page(1000)), body(pem(WRONG.record["der"]))] * 2
    result = run(command, *([document] if command == "ingest" else []), "--online")
    assert result.code == 5
    assert "it sent another certificate than the one asked for" in result.err
    assert stored(tmp_path) == {ADDTRUST[:40]: "catalogue"}
    assert evidence(run) == ["proven", "disputed", "disputed"]


def test_what_is_found_for_a_document_that_is_refused_is_kept(
    run: Run, web: WebServer, document: Path, tmp_path: Path
) -> None:
    misprint = ADDTRUST.replace("02faf3e291", "02faf3e29")
    document.write_text(document.read_text("utf-8").replace(ADDTRUST, misprint), "utf-8")
    assert run("ingest", document, "--online").code == 3
    assert stored(tmp_path) == {FIRST.fingerprint: "crt.sh"}
    web.requests.clear()
    assert run("ingest", document, "--online", "--allow-partial").code == 0
    assert web.requests == []


def test_a_url_that_is_none_is_refused_before_anything_is_done(
    run: Run, web: WebServer, document: Path, tmp_path: Path
) -> None:
    for command in (["ingest", document], ["enrich"]):
        result = run(*command, "--online", "--crtsh-url", "crt.sh")
        assert result.code == 2
        assert result.err.startswith("crt.sh: this is no URL")
    assert not (tmp_path / "trustlist.db").exists()


def test_who_names_only_a_mirrors_web_side_asks_no_other_server() -> None:
    assert service(None, None) == Service()
    assert service("http://mirror/", None) == Service(url="http://mirror/", dsn="")
    assert service("http://mirror/", "host=db") == Service(url="http://mirror/", dsn="host=db")
    assert service(None, "") == Service(dsn="")


def test_enrich_needs_something_loaded(run: Run, tmp_path: Path) -> None:
    result = run("enrich")
    assert result.code == 4
    assert "run `trustlist ingest` first" in result.err
    assert not (tmp_path / "trustlist.db").exists()


# --- the user's own --------------------------------------------------------------------------


def test_enrich_takes_the_users_own_certificates(run: Run, document: Path, tmp_path: Path) -> None:
    run("ingest", document)
    own = pem_file(tmp_path / "own.pem", FIRST, SECOND)
    result = run("enrich", "--certs", own)
    assert result.out.startswith("Found 2 certificates; every row")
    assert evidence(run) == ["proven"] * 3
    assert run("enrich").out == "Every row has its certificate.\n"
    sources = stored(tmp_path)
    assert sources[FIRST.fingerprint] == sources[SECOND.fingerprint] == "file:own.pem"


def test_roots_added_to_the_catalogue_prove_what_is_loaded_and_what_will_be(
    run: Run, document: Path, tmp_path: Path
) -> None:
    run("ingest", document)
    first = run("catalogue", "add", pem_file(tmp_path / "first.pem", FIRST))
    assert first.out.startswith("Added 1 root. 1 row of loaded lists got a certificate.")
    assert evidence(run) == ["proven", "proven", "disputed"]
    both = run("catalogue", "add", pem_file(tmp_path / "both.pem", FIRST, SECOND))
    assert both.out.startswith("Added 1 root; 1 known before. 1 row")
    later = tmp_path / "later.txt"
    later.write_text(document.read_text("utf-8").replace("12.7(1)", "12.8(1)"), "utf-8")
    assert run("ingest", later).out.startswith("Loaded 1 snapshot: 3 rows, all proven.")
    rows = run("show", "12.8", "--format", "json").json["rows"]
    assert [row["certificate_source"] for row in rows] == [
        "catalogue",
        "file:first.pem",
        "file:both.pem",
    ]
    assert run("catalogue", "info", "--format", "json").json["certificates_added"] == 2


def test_add_works_before_anything_is_loaded(run: Run, tmp_path: Path) -> None:
    added = run("catalogue", "add", pem_file(tmp_path / "own.pem", FIRST), "--format", "json").json
    (root,) = added["roots"]
    assert (root["fingerprint"], root["subject"]) == (FIRST.fingerprint, "CN=First Root")
    assert "First Root is in no loaded release." in run("find", FIRST.fingerprint[:8]).out


def test_add_refuses_what_holds_no_certificate(run: Run, document: Path) -> None:
    result = run("catalogue", "add", document)
    assert result.code == 2
    assert "holds no certificate" in result.err


# --- the catalogue itself --------------------------------------------------------------------


def test_info_counts_what_is_in_the_shipped_files(run: Run) -> None:
    folder = Path(__file__).resolve().parents[2] / "pipeline" / "catalogue"
    roots = folder.joinpath("roots.pem").read_text("utf-8").count("BEGIN CERTIFICATE")
    lines = folder.joinpath("sightings.csv").read_text("utf-8").splitlines()[1:]
    days = [line.split(",")[3] for line in lines if line.split(",")[1] == "mozilla"]
    info = run("catalogue", "info", "--format", "json").json
    assert (info["certificates"], info["sightings"]) == (roots, len(lines))
    assert info["certificates_added"] is None
    (mozilla,) = [each for each in info["programmes"] if each["programme"] == "mozilla"]
    assert mozilla["newest_bundle"] == max(days)
    assert (mozilla["roots_ever"], mozilla["roots_now"]) == (len(days), days.count(max(days)))


def test_info_warns_after_a_year(run: Run) -> None:
    newest = run("catalogue", "info", "--format", "json").json["newest_bundle"]
    year, rest = int(newest[:4]), newest[4:]
    assert run("catalogue", "info", "--as-of", newest).err == ""
    late: Result = run("catalogue", "info", "--as-of", f"{year + 2}{rest}")
    assert late.code == 0
    assert "out of date" in late.err


# --- the bar ---------------------------------------------------------------------------------


def test_a_bar_counts_the_look_ups_in_a_terminal() -> None:
    script = """
import time
from pathlib import Path
from pipeline.cli import progress
progress.PATIENCE = 0
with progress.progress([Path("list.pdf")]) as bar:
    bar.asking(Path("list.pdf"), 3, 20)
    time.sleep(0.5)
with progress.lookups() as asking:
    asking(0, 0)
    asking(7, 9)
    time.sleep(0.5)
"""
    command = [sys.executable, "-c", script]
    shown = in_terminal(command=command)
    assert "list.pdf: asking crt.sh, 3 of 20" in shown
    assert "asking crt.sh, 7 of 9" in shown
    assert subprocess.run(command, capture_output=True, check=True).stderr == b""
