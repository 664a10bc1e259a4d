"""Entries known by a SHA-256 only, or by a label: loaded, told apart, enriched later."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from sqlalchemy import text

from pipeline.database.engine import open_for_reading, open_for_writing, transaction
from pipeline.database.verify import verify
from pipeline.errors import DocumentError
from pipeline.extract import extract
from pipeline.ingest.enrich_again import resolve
from pipeline.ingest.steps import ingest
from pipeline.questions.diff import diff
from pipeline.questions.find import find
from tests.certificates import Issued, issue

ROOTS = [issue(f"Invented Root G{number}") for number in (1, 2, 3)]
"""Nobody knows them."""


def sha256(root: Issued) -> str:
    return root.certificate.fingerprint(hashes.SHA256()).hex()


def listed(path: Path, roots: Sequence[Issued], release: str = "12.7(1)") -> Path:
    """A list that prints SHA-256 and subject."""
    rows = [f"{sha256(each)}  CN={name_of(each)}" for each in roots]
    path.write_text("\n".join([f"Trust list of firmware {release}", "", *rows]))
    return path


def name_of(root: Issued) -> str:
    return root.certificate.subject.rfc4514_string().removeprefix("CN=")


def table(path: Path, rows: Sequence[tuple[str, str]], titles: str) -> Path:
    path.write_text("\n".join([titles, *(f"{one},{other}" for one, other in rows)]))
    return path


def certs(directory: Path, roots: Sequence[Issued] = tuple(ROOTS)) -> Path:
    path = directory / "known.pem"
    path.write_bytes(b"".join(each.pem for each in roots))
    return path


def rows_of(url: str, columns: str) -> list[Any]:
    statement = text(f"SELECT {columns} FROM trust_list ORDER BY firmware, position")
    with transaction(open_for_reading(url)) as connection:
        return [tuple(row) for row in connection.execute(statement)]


def test_an_unknown_sha256_is_loaded_and_enriched_later(tmp_path: Path, database_url: str) -> None:
    for release, roots in (("12.7(1)", ROOTS[:2]), ("12.8(1)", ROOTS[1:])):
        ingest(listed(tmp_path / f"{release}.txt", roots, release), database_url)
    columns = "fingerprint, fingerprint_sha256, subject, evidence"
    by_hand = [
        ("", sha256(each), f"CN={name_of(each)}", "disputed") for each in (*ROOTS[:2], *ROOTS[1:])
    ]
    assert rows_of(database_url, columns) == by_hand
    engine = open_for_writing(database_url)
    changes = diff(engine, "12.7", "12.8")
    told = [[each.fingerprint for each in items] for items in (changes.removed, changes.added)]
    assert (told, changes.unchanged) == ([[sha256(ROOTS[0])], [sha256(ROOTS[2])]], 1)
    with transaction(engine) as connection:
        seen = connection.execute(text("SELECT change, subject FROM changes ORDER BY change"))
        assert [tuple(row) for row in seen] == [
            ("added", f"CN={name_of(ROOTS[2])}"),
            ("removed", f"CN={name_of(ROOTS[0])}"),
        ]
        assert connection.scalar(text("SELECT count(*) FROM root_history")) == len(ROOTS)
    (found,) = find(engine, sha256(ROOTS[1])[:12]).roots
    assert [each.first_firmware for each in found.releases] == ["12.7(1)"]
    assert verify(engine).faults == []

    resolution = resolve(engine, certs=[certs(tmp_path)])
    assert {each.fingerprint for each in resolution.resolved} == {r.fingerprint for r in ROOTS}
    assert resolution.unresolved == []
    assert rows_of(database_url, "fingerprint, evidence") == [
        (each.fingerprint, "proven") for each in (*ROOTS[:2], *ROOTS[1:])
    ]
    assert verify(engine).faults == []
    assert diff(engine, "12.7", "12.8").unchanged == 1


@pytest.mark.parametrize("titles", ["Common Name,SHA-1 Thumbprint", "Alias,SHA256"])
def test_a_label_is_enough_where_the_certificate_is_known(
    titles: str, tmp_path: Path, database_url: str
) -> None:
    digest = sha256 if "256" in titles else lambda each: each.fingerprint
    rows = [(name_of(each), digest(each)) for each in ROOTS]
    path = table(tmp_path / "list.csv", rows, titles)
    with pytest.raises(DocumentError, match="no row can be used") as caught:
        ingest(path, database_url, firmware="12.7(1)")
    assert "--certs" in str(caught.value)
    done = ingest(path, database_url, firmware="12.7(1)", certs=[certs(tmp_path)])
    assert (done.snapshots[0].proven, done.snapshots[0].unresolved) == (3, 0)
    assert rows_of(database_url, "fingerprint, subject, subject_printed, evidence") == [
        (each.fingerprint, f"CN={name_of(each)}", name_of(each), "identified") for each in ROOTS
    ]
    assert verify(open_for_reading(database_url)).faults == []


@pytest.mark.parametrize(
    ("label", "is_others"),
    [
        (name_of(ROOTS[1]), True),  # of a certificate of the same list
        ("Invented Root G7", True),  # another generation, which nobody knows
        ("Actalis Authentication Root CA", True),  # of one in the catalogue
        ("invented root g1", False),
        ("our proxy (office)", False),
        ("", False),
    ],
)
def test_a_label_that_is_another_certificates_name(
    label: str, is_others: bool, tmp_path: Path, database_url: str
) -> None:
    rows = [(label, ROOTS[0].fingerprint), (name_of(ROOTS[1]), ROOTS[1].fingerprint)]
    path = table(tmp_path / "list.csv", rows, "Common Name,SHA-1 Fingerprint")
    options = {"firmware": "12.7(1)", "certs": [certs(tmp_path)], "allow_partial": True}
    done = ingest(path, database_url, **options)  # type: ignore[arg-type]
    kinds = [each.kind for each in done.problems]
    assert kinds == (["subject-mismatch"] if is_others else [])
    assert done.snapshots[0].rows == 2 - is_others


def test_a_root_that_is_listed_by_either_digest_is_a_duplicate(
    tmp_path: Path, database_url: str
) -> None:
    root = ROOTS[0]
    path = tmp_path / "list.txt"
    lines = [f"{digest}  CN={name_of(root)}" for digest in (root.fingerprint, sha256(root))]
    path.write_text("\n".join(["Trust list of firmware 12.7(1)", "", *lines]))
    done = ingest(path, database_url, certs=[certs(tmp_path)], allow_partial=True)
    assert [each.kind for each in done.problems] == ["duplicate"]
    assert done.snapshots[0].rows == 1


def test_labels_beside_names_are_rows_without_a_subject(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(
        f"{ROOTS[0].fingerprint}  CN={name_of(ROOTS[0])}\n\n\n{ROOTS[1].fingerprint}  my alias\n"
    )
    read = extract(path, limits=None)
    assert [row.fingerprint for row in read.rows] == [ROOTS[0].fingerprint]
    assert ROOTS[1].fingerprint in " ".join(problem.text for problem in read.problems)


KEYTOOL = """Keystore type: PKCS12
Keystore provider: SUN

Your keystore contains 3 entries

debian:invented_1.pem, Mar 3, 2024, trustedCertEntry,\x20
Certificate fingerprint (SHA-256): {0}
invented2, Mar 3, 2024, trustedCertEntry,\x20
Certificate fingerprint (SHA-256): {1}
mykey, Mar 3, 2024, PrivateKeyEntry,\x20
Certificate fingerprint (SHA-256): {2}
"""


def test_the_plain_listing_of_keytool(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    dressed = (sha256(each).upper() for each in ROOTS)
    path.write_text(KEYTOOL.format(*(":".join(_pairs(each)) for each in dressed)))
    read = extract(path, limits=None)
    assert [(row.fingerprint_sha256, row.subject) for row in read.rows] == [
        (sha256(ROOTS[0]), "debian:invented_1.pem"),
        (sha256(ROOTS[1]), "invented2"),
    ]
    (problem,) = read.problems
    assert sha256(ROOTS[2]) in problem.text
    assert "PrivateKeyEntry" in problem.hint


def _pairs(digits: str) -> list[str]:
    return [digits[at : at + 2] for at in range(0, len(digits), 2)]
