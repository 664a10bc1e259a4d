"""`trustlist ingest`: what is loaded, and what it says of that."""

from __future__ import annotations

import csv
import io
import shlex
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from pipeline.ingest import steps
from tests.commandline import SAMPLES, Run, truth_of
from tests.snapshot_loader import new_root
from tests.tiny_pdf import write_pdf

ROWS = [
    "02faf3e291435468607857694df5e45b68851868  C=SE, O=AddTrust AB, "
    "OU=AddTrust External TTP Network, CN=AddTrust External CA Root",
    "ccab0ea04c2301d6697bdd379fcd12eb24e3949d  C=SE, O=AddTrust AB, "
    "OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root",
]


def test_the_samples_become_three_snapshots_and_the_next_command_works(run: Run) -> None:
    result = run("ingest", *SAMPLES)
    assert result.code == 0
    assert result.err == ""
    lead, _, *table, _, following = result.out.splitlines()
    total = sum(len(truth_of(sample)) for sample in SAMPLES)
    assert lead == f"Loaded 3 snapshots: {total} rows, all proven."
    assert [line.split()[:4] for line in table[1:]] == [
        [release, "1", str(len(truth_of(sample))), str(len(truth_of(sample)))]
        for release, sample in zip(("12.6(1)", "12.7(1)", "12.8(1)"), SAMPLES, strict=True)
    ]
    assert following == "Next: trustlist diff 12.7 12.8"
    assert run(*shlex.split(following)[2:]).code == 0


def test_what_is_loaded_already_is_not_read_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("ingest", SAMPLES[0], "--format", "json").json
    monkeypatch.delattr(steps, "assign_releases")  # what a document that is read meets
    again = run("ingest", SAMPLES[0])
    assert again.code == 0
    assert again.out.startswith("Nothing is new")
    second = run("ingest", SAMPLES[0], "--format", "json").json
    (snapshot,) = first[0]["snapshots"]
    assert snapshot["is_new"]
    assert second[0]["snapshots"] == [{**snapshot, "is_new": False}]
    assert len(run("snapshots", "--format", "json").json) == 1


def test_a_copy_under_another_name_is_the_same_document(run: Run, tmp_path: Path) -> None:
    run("ingest", SAMPLES[0])
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(SAMPLES[0].read_bytes())
    assert run("ingest", copy).out.startswith("Nothing is new")


def test_csv_has_a_line_for_each_snapshot(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("ingest", *SAMPLES[:2], "--format", "csv").out)))
    assert [(row["document"], row["firmware"], row["is_new"]) for row in rows] == [
        (SAMPLES[0].name, "12.6(1)", "true"),
        (SAMPLES[1].name, "12.7(1)", "true"),
    ]


def test_a_family_is_no_other_release_than_the_one_the_document_names(run: Run) -> None:
    assert run("ingest", SAMPLES[0], "--firmware", "12.6").code == 0
    assert [each["firmware"] for each in run("snapshots", "--format", "json").json] == ["12.6(1)"]


def test_another_document_for_a_release_is_its_next_revision(run: Run, tmp_path: Path) -> None:
    first = write_pdf(tmp_path / "first.pdf", ["Firmware release 12.7(1)", *ROWS])
    second = write_pdf(tmp_path / "second.pdf", ["Firmware release 12.7(1)", ROWS[0]])
    run("ingest", first)
    run("ingest", second)
    loaded = run("snapshots", "--format", "json").json
    assert [(each["revision"], each["entries"], each["document"]) for each in loaded] == [
        (1, 2, "first.pdf"),
        (2, 1, "second.pdf"),
    ]
    assert "C=SE" in run("diff", "12.7@1", "12.7@2").out


def test_one_document_may_be_the_list_of_several_releases(run: Run, tmp_path: Path) -> None:
    document = write_pdf(tmp_path / "list.pdf", ROWS)
    run("ingest", document, "--firmware", "12.7(1)")
    assert run("ingest", document, "--firmware", "12.7").out.startswith("Nothing is new")
    assert run("ingest", document, "--firmware", "12.7(1)SR1").out.startswith("Loaded 1 snapshot")
    loaded = run("snapshots", "--format", "json").json
    assert [each["firmware"] for each in loaded] == ["12.7(1)", "12.7(1)SR1"]


def test_the_same_release_of_two_products_is_two_lists(run: Run) -> None:
    run("ingest", SAMPLES[0])
    result = run("ingest", SAMPLES[0], "--product", "Room Kit")
    following = shlex.split(result.out.splitlines()[-1])[2:]
    assert following == ["show", "12.6", "--product", "Room Kit"]
    assert run(*following).code == 0
    assert run("show", "12.6").code == 2  # of which of the two?


def test_allow_partial_loads_the_good_rows_and_tells_the_rest(run: Run, tmp_path: Path) -> None:
    misprint = ROWS[1].replace("ccab0ea04c", "ccab0ea04")
    document = write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", ROWS[0], misprint])
    assert run("ingest", document).code == 3
    result = run("ingest", document, "--allow-partial")
    assert result.code == 0
    assert "malformed-fingerprint" in result.err
    rows = run("show", "12.7", "--format", "json").json["rows"]
    assert [row["fingerprint"] for row in rows] == [ROWS[0][:40]]


def test_a_root_that_is_not_in_the_catalogue_is_proven_by_the_user_s_own_file(
    run: Run, tmp_path: Path
) -> None:
    root = new_root("Example Root")
    row = f"{root.fingerprint}  CN=Example Root"
    document = write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", ROWS[0], row])
    unknown = run("ingest", document)
    assert unknown.code == 0
    assert "1 of 2 rows unresolved" in unknown.out
    following = shlex.split(unknown.out.splitlines()[-1])[2:]
    assert following == ["show", "12.7", "--status", "unknown"]
    assert root.fingerprint in run(*following).out

    certificate = load_der_x509_certificate(root.record["der"])
    own = tmp_path / "own.pem"
    own.write_bytes(certificate.public_bytes(Encoding.PEM))
    known = run("ingest", document, "--certs", own, "--format", "json").json
    (snapshot,) = known[0]["snapshots"]
    assert (snapshot["proven"], snapshot["unresolved"], snapshot["is_new"]) == (2, 0, False)
    shown = run("show", "12.7", "--format", "json").json["rows"]
    assert [each["certificate_source"] for each in shown] == ["catalogue", "file:own.pem"]


def test_a_bundle_of_certificates_proves_itself(run: Run, tmp_path: Path) -> None:
    certificate = load_der_x509_certificate(new_root("Example Root").record["der"])
    bundle = tmp_path / "roots.pem"
    bundle.write_bytes(certificate.public_bytes(Encoding.PEM))
    result = run("ingest", bundle, "--firmware", "12.7(1)")
    assert result.out.startswith("Loaded 1 snapshot: 1 row, all proven.")


def test_names_in_another_order_are_proven_and_told_if_asked(run: Run, tmp_path: Path) -> None:
    digits = ROWS[1][:40]
    name = "O=AddTrust AB, CN=AddTrust Class 1 CA Root, C=SE, OU=AddTrust TTP Network"
    lines = ["Firmware release 12.7(1)", ROWS[0], f"{digits}  {name}"]
    document = write_pdf(tmp_path / "list.pdf", lines)
    result = run("ingest", document)
    assert result.out.splitlines()[0] == "Loaded 1 snapshot: 2 rows, all proven."
    assert (result.code, result.err) == (0, "")
    result = run("--database", "sqlite:///other.db", "--verbose", "ingest", document)
    assert result.code == 0
    (line,) = result.err.splitlines()
    assert line == (
        f"{document}: page 1: {digits}: the name has the attributes of the certificate's subject "
        f"in another order: {name}"
    )
