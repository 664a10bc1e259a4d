"""`trustlist export`: what other programs make of a release's trust store."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.x509.bundle import certificates_in
from samples import truth
from schemas import tables
from tests.commandline import PATIENCE, SAMPLES, Run, certificate_of, fingerprints_of
from tests.terminal import in_terminal

SAMPLE = SAMPLES[1]  # 12.7
FINGERPRINTS = fingerprints_of(SAMPLE)
ADDTRUST = (
    "02faf3e291435468607857694df5e45b68851868  C=SE, O=AddTrust AB, "
    "OU=AddTrust External TTP Network, CN=AddTrust External CA Root"
)
UNKNOWN = "00112233445566778899aabbccddeeff00112233"


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(program), reason=f"needs {program}")


def tool(*arguments: object) -> str:
    """Run another program; give what it printed."""
    return subprocess.run(
        [str(each) for each in arguments], capture_output=True, text=True, check=True, timeout=60
    ).stdout


def sha1s(text: str) -> list[str]:
    """Give the fingerprints that OpenSSL or Java printed."""
    found = re.findall(r"(?:SHA1[:=] ?|Fingerprint=)((?:[0-9A-F]{2}:){19}[0-9A-F]{2})", text)
    return [each.replace(":", "").lower() for each in found]


class Site(NamedTuple):
    """A server's chain, made here."""

    root: Path
    fingerprint: str
    leaf: Path
    key: Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    directory = tmp_path_factory.mktemp("site")
    start, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Root of our own")])
    key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    builder = x509.CertificateBuilder(name).not_valid_before(start).not_valid_after(end)
    root = (
        builder.subject_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    host = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    leaf = (
        builder.subject_name(x509.Name([]))
        .public_key(leaf_key.public_key())
        .serial_number(2)
        .add_extension(host, critical=True)
        .sign(key, hashes.SHA256())
    )
    for name_, certificate in (("root", root), ("leaf", leaf)):
        (directory / f"{name_}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (directory / "key.pem").write_bytes(
        leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    fingerprint = root.fingerprint(hashes.SHA1()).hex()
    return Site(directory / "root.pem", fingerprint, directory / "leaf.pem", directory / "key.pem")


@pytest.fixture
def store(run: Run, site: Site, tmp_path: Path) -> Path:
    """The store of 12.7, which has the site's root, as PEM."""
    document = tmp_path / "list.txt"
    document.write_text(f"Firmware 12.7(1)\n{ADDTRUST}\n{site.fingerprint}  CN=Root of our own\n")
    assert run("ingest", document, "--certs", site.root).code == 0
    assert run("export", "12.7", "--output", "12.7.pem").code == 0
    return tmp_path / "12.7.pem"


# --- PEM -------------------------------------------------------------------------------------


def test_pem_has_the_certificates_in_the_document_s_order(ask: Run, tmp_path: Path) -> None:
    result = ask("export", "12.7")
    assert (result.code, result.err) == (0, "")
    assert "\r" not in result.out
    (tmp_path / "12.7.pem").write_text(result.out)
    assert list(truth.roots(tmp_path / "12.7.pem")) == FINGERPRINTS


def test_each_certificate_stands_below_a_line_that_names_it(ask: Run) -> None:
    lines = ask("export", "12.7").out.splitlines()
    begins = [at for at, line in enumerate(lines) if line == "-----BEGIN CERTIFICATE-----"]
    assert len(begins) == len(FINGERPRINTS)
    for at, fingerprint in zip(begins, FINGERPRINTS, strict=True):
        certificate = certificate_of(fingerprint)
        start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        sha256 = certificate.fingerprint(hashes.SHA256()).hex()
        time = "%Y-%m-%dT%H:%M:%SZ"
        assert lines[at - 1] == (
            f"# {truth.subject(fingerprint)}; SHA-256 {sha256}; "
            f"valid from {start:{time}} to {end:{time}}"
        )


@needs("openssl")
def test_openssl_verifies_with_it(store: Path, site: Site, tmp_path: Path) -> None:
    assert tool("openssl", "verify", "-CAfile", store, site.leaf) == f"{site.leaf}: OK\n"
    other = tmp_path / "other.pem"
    other.write_text(store.read_text().rpartition("\n\n")[0])  # without that root
    with pytest.raises(subprocess.CalledProcessError):
        tool("openssl", "verify", "-CAfile", other, site.leaf)


@pytest.fixture
def server(site: Site) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(site.leaf, site.key)
    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.server_port}/"
        listening.shutdown()
        thread.join(PATIENCE)


@needs("curl")
def test_curl_takes_it(store: Path, server: str, ask: Run, tmp_path: Path) -> None:
    curl = ("curl", "--silent", "--noproxy", "*", "--max-time", 20, "--cacert")
    tool(*curl, store, server)
    assert ask("export", "12.7", "--output", "sample.pem").code == 0
    with pytest.raises(subprocess.CalledProcessError) as refused:
        tool(*curl, tmp_path / "sample.pem", server)
    assert refused.value.returncode == 60  # curl's number for a certificate it doesn't trust


@needs("keytool")
def test_java_reads_all_of_it(ask: Run, tmp_path: Path) -> None:
    for form in ("pem", "p7b"):
        path = tmp_path / f"12.7.{form}"
        assert ask("export", "12.7", "--output", path).code == 0
        assert sorted(sha1s(tool("keytool", "-printcert", "-file", path))) == FINGERPRINTS


@needs("keytool")
def test_java_s_key_store_takes_a_root_of_it(store: Path, site: Site, tmp_path: Path) -> None:
    keys = ("-keystore", tmp_path / "trust.p12", "-storepass", "changeit")
    tool("keytool", "-importcert", "-noprompt", "-file", store, "-alias", "phones", *keys)
    assert sha1s(tool("keytool", "-list", "-v", *keys)) == [ADDTRUST[:40]]


# --- PKCS #7 ---------------------------------------------------------------------------------


@needs("openssl")
def test_openssl_reads_the_pkcs_7_message(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "12.7.p7b"
    assert ask("export", "12.7", "--output", path).code == 0
    (tmp_path / "again.pem").write_text(
        tool("openssl", "pkcs7", "-inform", "DER", "-in", path, "-print_certs")
    )
    assert sorted(truth.roots(tmp_path / "again.pem")) == FINGERPRINTS
    assert len(certificates_in(path.read_bytes())) == len(FINGERPRINTS)


@pytest.mark.parametrize("form", ["pem", "p7b"])
def test_what_is_exported_can_be_ingested(ask: Run, run: Run, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"store.{form}"
    assert ask("export", "12.7", "--output", path).code == 0
    assert run("ingest", path, "--firmware", "12.7(1)").out.startswith(
        f"Loaded 1 snapshot: {len(FINGERPRINTS)} rows, all proven."
    )
    rows = run("show", "12.7", "--format", "json").json["rows"]
    again = [row["fingerprint"] for row in rows]
    assert (again if form == "pem" else sorted(again)) == FINGERPRINTS


# --- tables ----------------------------------------------------------------------------------


def test_json_and_csv_have_the_columns_of_the_view_and_the_certificate(ask: Run) -> None:
    columns = [*tables.trust_list.c.keys(), "certificate"]
    roots = ask("export", "12.7", "--format", "json").json
    assert all(list(root) == columns for root in roots)
    rows = list(csv.DictReader(io.StringIO(ask("export", "12.7", "--format", "csv").out)))
    assert [row["fingerprint"] for row in rows] == FINGERPRINTS
    for root, row in zip(roots, rows, strict=True):
        assert row == {name: "" if value is None else str(value) for name, value in root.items()}
        der = base64.b64decode(row["certificate"], validate=True)
        assert hashlib.sha1(der).hexdigest() == row["fingerprint"]


def frictionless(package: Path) -> tuple[bool, list[dict[str, Any]]]:
    """Ask frictionless whether a data package is valid, and what it found wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", package.name, "--json"],
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    report = json.loads(done.stdout)
    errors = [*report["errors"], *(e for task in report["tasks"] for e in task["errors"])]
    return report["valid"], errors


def test_csv_comes_with_a_description_that_is_true(ask: Run, tmp_path: Path) -> None:
    for release in ("12.7", "12.8", "12.7"):
        assert ask("export", release, "--output", f"{release}.csv").code == 0
    package = tmp_path / "datapackage.json"
    resources = json.loads(package.read_text())["resources"]
    assert sorted(each["path"] for each in resources) == ["12.7.csv", "12.8.csv"]
    assert frictionless(package) == (True, [])
    types = {field["name"]: field["type"] for field in resources[0]["schema"]["fields"]}
    assert types["not_after"] == "datetime"
    assert types["key_bits"] == "integer"
    assert all(field["description"] for field in resources[0]["schema"]["fields"])


def test_the_description_fits_no_other_file(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "12.7.csv"
    assert ask("export", "12.7", "--output", path).code == 0
    path.write_text(path.read_text().replace("2020-05-30T10:48:38Z", "30 May 2020"))
    is_valid, errors = frictionless(tmp_path / "datapackage.json")
    assert not is_valid
    assert {"not_after", "hash-count"} & {e.get("fieldName") or e["type"] for e in errors}


def test_another_s_description_is_kept(ask: Run, tmp_path: Path) -> None:
    package = tmp_path / "datapackage.json"
    mine = {"name": "phones", "title": "Mine", "resources": [{"name": "a", "path": "a.csv"}]}
    package.write_text(json.dumps(mine))
    assert ask("export", "12.7", "--output", "12.7.csv").code == 0
    after = json.loads(package.read_text())
    assert {**after, "resources": after["resources"][:1]} == mine
    assert after["resources"][1]["path"] == "12.7.csv"


@pytest.mark.parametrize("content", ["{}", "[]", '{"resources": 1}', "hello", '"x"', "\x00"])
def test_what_is_no_description_is_not_overwritten(ask: Run, tmp_path: Path, content: str) -> None:
    package = tmp_path / "datapackage.json"
    package.write_text(content)
    result = ask("export", "12.7", "--output", "12.7.csv")
    assert result.code == 2
    (line,) = result.err.splitlines()
    assert str(package) in line
    assert package.read_text() == content
    assert not (tmp_path / "12.7.csv").exists()


def test_parquet_has_real_types_and_the_same_values(ask: Run, tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    path = tmp_path / "12.7.parquet"
    assert ask("export", "12.7", "--output", path).code == 0
    table = parquet.read_table(path)
    for name in ("revision", "position", "page", "key_bits"):
        assert table.schema.field(name).type == pyarrow.int64()
    for name in ("not_before", "not_after", "ingested_at"):
        assert table.schema.field(name).type == pyarrow.timestamp("us", tz="UTC")
    assert table["fingerprint"].to_pylist() == FINGERPRINTS
    for row in table.select(["fingerprint", "not_after", "certificate"]).to_pylist():
        certificate = certificate_of(row["fingerprint"])
        assert row["not_after"] == certificate.not_valid_after_utc
        assert row["certificate"] == certificate.public_bytes(Encoding.DER)
    text = table.drop_columns(["not_before", "not_after", "ingested_at", "certificate"]).to_pylist()
    roots = ask("export", "12.7", "--format", "json").json
    assert text == [{name: root[name] for name in text[0]} for root in roots]


def test_parquet_without_pyarrow(ask: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = ask("export", "12.7", "--output", "12.7.parquet")
    assert result.code == 2
    (line,) = result.err.splitlines()
    assert "pip install 'trustlist[parquet]'" in line
    assert not (tmp_path / "12.7.parquet").exists()


# --- what can't be written -------------------------------------------------------------------


@pytest.fixture
def partly(run: Run, tmp_path: Path) -> Run:
    """A release that has a root whose certificate is not known."""
    document = tmp_path / "list.txt"
    document.write_text(f"Firmware 12.7(1)\n{ADDTRUST}\n{UNKNOWN}  O=Nobody, CN=Unknown\n")
    assert run("ingest", document).code == 0
    return run


@pytest.mark.parametrize("form", ["pem", "p7b"])
def test_roots_without_a_certificate_are_named(partly: Run, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"store.{form}"
    result = partly("export", "12.7", "--output", path)
    assert (result.code, result.out) == (1, "")
    head, row = result.err.splitlines()
    assert head.startswith("12.7(1): the certificates of 1 of 2 roots are not known")
    assert row == f"{UNKNOWN}  O=Nobody, CN=Unknown"
    assert len(certificates_in(path.read_bytes())) == 1
    assert (UNKNOWN.encode() in path.read_bytes()) == (form == "pem")


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_table_has_them_with_no_certificate(partly: Run, form: str, tmp_path: Path) -> None:
    result = partly("export", "12.7", "--output", f"store.{form}")
    assert (result.code, result.err) == (0, "")
    if form == "json":
        roots = json.loads((tmp_path / "store.json").read_text())
        assert [root["certificate"] is None for root in roots] == [False, True]
    if form == "csv":
        assert frictionless(tmp_path / "datapackage.json") == (True, [])


def test_nothing_is_written_if_no_certificate_is_known(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"Firmware 12.7(1)\n{UNKNOWN}  O=Nobody, CN=Unknown\n")
    assert run("ingest", "list.txt").code == 0
    result = run("export", "12.7", "--output", "12.7.pem")
    assert result.code == 3
    assert result.err.splitlines()[-1] == "Nothing was written."
    assert not (tmp_path / "12.7.pem").exists()


@pytest.mark.parametrize("form", ["p7b", "parquet"])
def test_a_terminal_gets_no_bytes(samples_url: str, form: str) -> None:
    shown = in_terminal("--database", samples_url, "export", "12.7", "--format", form, columns=200)
    assert shown == f"--format {form}: this is not for a terminal; add --output FILE.\n"


def test_a_pipe_gets_the_bytes(samples_url: str, tmp_path: Path, ask: Run) -> None:
    script = "from pipeline.cli import main; main()"
    arguments = ["--database", samples_url, "export", "12.7", "--format", "p7b"]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, check=True, timeout=60
    )
    assert ask("export", "12.7", "--output", "12.7.p7b").code == 0
    assert done.stdout == (tmp_path / "12.7.p7b").read_bytes()


def test_a_format_that_is_none(ask: Run) -> None:
    result = ask("export", "12.7", "--format", "jks")
    assert result.code == 2
    assert "pem" in result.err
