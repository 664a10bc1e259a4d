"""What lists say of trust beside a certificate: CCADB, certdata.txt, columns of a status."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from pipeline.enrich import files
from pipeline.errors import DocumentError
from pipeline.extract import extract
from pipeline.extract.document import Extraction
from pipeline.extract.trust_words import says_untrusted
from tests.certificates import Issued, issue

ROOTS = [issue(f"Invented Root {word}") for word in ("One", "Two", "Three", "Four")]


def read(path: Path, content: str) -> Extraction:
    path.write_text(content, encoding="utf-8", newline="")
    return extract(path, limits=None)


def fingerprints(read: Extraction) -> list[str]:
    return [row.fingerprint for row in read.rows]


def ccadb(rows: Sequence[Sequence[str]], quote: str = "'") -> str:
    """Write the columns of Mozilla's IncludedCACertificateReportPEMCSV; PEM in quotes, as there."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    titles = ["Owner", "Common Name or Certificate Name", "SHA-256 Fingerprint", "Trust Bits"]
    writer.writerow([*titles, "Distrust for TLS After Date", "PEM Info"])
    for root, (digest, bits, day) in zip(ROOTS, rows, strict=False):
        pem = f"{quote}{root.pem.decode().strip()}{quote}"
        name = root.certificate.subject.rfc4514_string().removeprefix("CN=")
        writer.writerow(["Invented", name, digest, bits, day, pem])
    return text.getvalue()


def sha256(root: Issued) -> str:
    return root.certificate.fingerprint(hashes.SHA256()).hex().upper()


@pytest.mark.parametrize("quote", ["'", ""])
def test_a_row_of_ccadb_is_its_certificate_if_it_is_trusted_for_servers(
    quote: str, tmp_path: Path
) -> None:
    rows = [
        (sha256(ROOTS[0]), "Email;Websites", ""),
        (sha256(ROOTS[1]), "Email", ""),
        (sha256(ROOTS[2]), "Websites", "2024.11.30"),
        ("0" * 64, "Websites", ""),
    ]
    found = read(tmp_path / "list.csv", ccadb(rows, quote))
    assert fingerprints(found) == [ROOTS[0].fingerprint, ROOTS[2].fingerprint]
    told = [(each.kind, re.findall("One|Two|Three|Four", each.text)) for each in found.problems]
    assert told == [
        ("unaccounted-text", ["Two"]),
        ("unaccounted-text", ["Three"]),
        ("subject-mismatch", ["Four"]),
    ]
    assert "2024.11.30" in found.problems[1].text


def octal(data: bytes) -> str:
    digits = "".join(f"\\{byte:03o}" for byte in data)
    lines = [digits[at : at + 64] for at in range(0, len(digits), 64)]
    return "\n".join(["MULTILINE_OCTAL", *lines, "END"])


def certdata(servers: Sequence[str], after: Sequence[str]) -> str:
    """Write the objects of certdata.txt: `servers` is the trust in each root."""
    parts = ["# This Source Code Form ...", "BEGINDATA"]
    for root, trust, day in zip(ROOTS, servers, after, strict=True):
        ids = (
            f"CKA_ISSUER {octal(root.certificate.issuer.public_bytes())}\n"
            f"CKA_SERIAL_NUMBER {octal(root.certificate.serial_number.to_bytes(21))}"
        )
        label = f'CKA_LABEL UTF8 "{root.certificate.subject.rfc4514_string()}"'
        parts += [
            f"#\n# Certificate\n#\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\n{label}\n{ids}",
            f"CKA_VALUE {octal(root.der)}",
            f"CKA_NSS_SERVER_DISTRUST_AFTER {octal(day.encode()) if day else 'CK_BBOOL CK_FALSE'}",
            f"CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\n{label}\n{ids}",
            f"CKA_CERT_SHA1_HASH {octal(hashlib.sha1(root.der).digest())}",
            f"CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_{trust}",
        ]
    return "\n".join(parts)


def test_certdata_holds_what_is_trusted_for_servers(tmp_path: Path) -> None:
    trust = ["TRUSTED_DELEGATOR", "MUST_VERIFY_TRUST", "NOT_TRUSTED", "TRUSTED_DELEGATOR"]
    text = certdata(trust, ["", "", "", "241130235959Z"])
    found = read(tmp_path / "certdata.txt", text)
    assert fingerprints(found) == [ROOTS[0].fingerprint, ROOTS[3].fingerprint]
    *others, problem = found.problems
    assert "Invented Root Four, distrusted after 2024-11-30" in problem.text
    assert [re.findall("Two|Three", each.text) for each in others] == [["Two"], ["Three"]]
    assert all("not trusted for servers" in each.hint for each in others)


def test_certdata_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    text = certdata(["TRUSTED_DELEGATOR"] * 4, [""] * 4)
    with pytest.raises(DocumentError, match=r"certdata\.txt: this certdata\.txt is cut off"):
        read(tmp_path / "certdata.txt", text[: len(text) // 3])


@pytest.mark.parametrize(
    ("title", "text", "is_untrusted"),
    [
        ("Status", "removed", True),
        ("Status", "Trusted", False),
        ("Mozilla Status", "Not Yet Included", False),
        ("Revocation Status", "Not Revoked", False),
        ("Revocation Status", "Revoked", True),
        ("Trusted", "no", True),
        ("Trusted", "yes", False),
        ("Distrusted", "yes", True),
        ("Disabled", "false", False),
        ("Removed on", "2021-09-30", True),
        ("Removed on", "", False),
        ("Trust Bits", "Email", True),
        ("Trust Bits", "Email;Websites", False),
        ("Microsoft EKUs", "Code Signing;Time Stamping", True),
        ("Microsoft EKUs", "Server Authentication;Code Signing", False),
        ("Distrust for TLS After Date", "2024.11.30", False),
        ("Number", "0", False),
        ("", "REMOVED", True),
    ],
)
def test_what_a_cell_says(title: str, text: str, is_untrusted: bool) -> None:
    assert says_untrusted(title, text) is is_untrusted


@pytest.mark.parametrize(
    ("title", "yes", "no"), [("Trusted", "yes", "no"), ("Trust Bits", "Websites", "Email")]
)
def test_a_column_of_trust_is_respected(title: str, yes: str, no: str, tmp_path: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["SHA-1", "Subject", title])
    for root, said in zip(ROOTS, (yes, no, yes, yes), strict=True):
        writer.writerow([root.fingerprint, root.certificate.subject.rfc4514_string(), said])
    found = read(tmp_path / "list.csv", text.getvalue())
    assert fingerprints(found) == [ROOTS[at].fingerprint for at in (0, 2, 3)]
    (problem,) = found.problems
    assert ROOTS[1].fingerprint in problem.text
    assert no in problem.hint


def test_what_is_trusted_there_can_be_given_as_certificates(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(ccadb([(sha256(ROOTS[0]), "Websites", ""), (sha256(ROOTS[1]), "Email", "")]))
    (source,) = files([path])
    assert list(source.certificates) == [ROOTS[0].fingerprint]


@pytest.mark.parametrize(
    ("title", "text", "is_untrusted"),
    [
        ("Websites", "No", True),
        ("Websites", "Yes", False),
        ("server auth", "false", True),
        ("Trusted for TLS", "no", True),
        ("Trusted for TLS", "yes", False),
        ("Email", "No", False),
        ("Trusted for", "email only", True),
        ("Trust", "Email only", True),
        ("Trust Bits", "Email only; Websites", False),
        ("Status", "inactive", True),
        ("State", "Not included", True),
        ("Status", "active", False),
    ],
)
def test_a_column_of_one_use_and_words_beside_a_use(
    title: str, text: str, is_untrusted: bool
) -> None:
    assert says_untrusted(title, text) is is_untrusted


TITLES = ["SHA-1", "Subject", "Websites", "Email"]
SAID = [("Yes", "Yes"), ("No", "Yes"), ("Yes", "No"), ("yes", "")]
"""The second is trusted for mail only."""
TRUSTED = [ROOTS[at].fingerprint for at in (0, 2, 3)]
TABLE = [
    [root.fingerprint, root.certificate.subject.rfc4514_string(), *said]
    for root, said in zip(ROOTS, SAID, strict=True)
]


def as_csv(titles: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([titles, *table])
    return text.getvalue()


def as_markdown(titles: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (titles, ["---"] * len(titles), *table)]
    return "\n".join(lines)


def as_html(titles: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    rows = (f"<tr><td>{'<td>'.join(row)}</tr>" for row in (titles, *table))
    return f"<!DOCTYPE html><table>{''.join(rows)}</table>"


def as_text(titles: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(titles, *table, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in (titles, *table)
    )


def as_records(titles: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    return "\n\n".join(
        "\n".join(f"{title}: {cell}" for title, cell in zip(titles, row, strict=True) if cell)
        for row in table
    )


def as_yaml(titles: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    lines = ["roots:"]
    for row in table:
        fields = [f"{title}: {cell}" for title, cell in zip(titles, row, strict=True) if cell]
        lines += [f"- {fields[0]}", *(f"  {each}" for each in fields[1:])]
    return "\n".join(lines)


def as_json(titles: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    return json.dumps([dict(zip(titles, row, strict=True)) for row in table])


def as_definitions(titles: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    lists = (
        "".join(f"<dt>{title}<dd>{cell}" for title, cell in zip(titles, row, strict=True) if cell)
        for row in table
    )
    return f"<!DOCTYPE html><dl>{'</dl><dl>'.join(lists)}</dl>"


FORMS = {
    "list.csv": as_csv,
    "list.md": as_markdown,
    "list.html": as_html,
    "list.txt": as_text,
    "records.txt": as_records,
    "list.yaml": as_yaml,
    "list.json": as_json,
    "definitions.html": as_definitions,
}


@pytest.mark.parametrize("name", FORMS)
def test_a_root_that_is_for_mail_only_is_a_problem_in_every_form(name: str, tmp_path: Path) -> None:
    found = read(tmp_path / name, FORMS[name](TITLES, TABLE))
    assert fingerprints(found) == TRUSTED
    (problem,) = found.problems
    assert ROOTS[1].fingerprint in problem.text
    assert "“Websites: No” says that this is not trusted for servers" in problem.hint


def test_a_title_among_titles_that_nobody_knows_tells_what_is_below_it(tmp_path: Path) -> None:
    titles = ["SHA-1", "Subject", "Foo", "Bar", "Baz", "TLS"]
    table = [[*row[:2], "a", "b", "c", row[2]] for row in TABLE]
    assert fingerprints(read(tmp_path / "list.csv", as_csv(titles, table))) == TRUSTED


def test_an_empty_cell_says_no_where_others_are_ticked(tmp_path: Path) -> None:
    table = [[*row[:2], "x" if row[2].lower() == "yes" else "", "x"] for row in TABLE]
    for name in ("list.csv", "list.txt"):
        found = read(tmp_path / name, FORMS[name](TITLES, table))
        assert fingerprints(found) == TRUSTED
        assert ["nothing below" in each.hint for each in found.problems] == [True]
    found = read(tmp_path / "one.csv", as_csv(TITLES, table[1:2]))
    assert ("“Email: x” says" in found.problems[0].hint, found.rows) == (True, [])


STATES = [("",), ("disabled",), ("",), ("",)]


@pytest.mark.parametrize(
    "order", [["SHA-1", "Subject", "Status"], ["Status", "Subject", "SHA-1"]], ids=" ".join
)
@pytest.mark.parametrize("states", ["enabled", ""])
def test_a_record_that_is_disabled_does_not_take_its_neighbour_along(
    order: Sequence[str], states: str, tmp_path: Path
) -> None:
    cells = [
        dict(zip(["SHA-1", "Subject", "Status"], [*row[:2], said or states], strict=True))
        for row, (said,) in zip(TABLE, STATES, strict=True)
    ]
    text = as_records(order, [[each[title] for title in order] for each in cells])
    found = read(tmp_path / "list.txt", text)
    assert fingerprints(found) == TRUSTED
    assert [ROOTS[1].fingerprint in each.text for each in found.problems] == [True]


@pytest.mark.parametrize("mark", ["REMOVED", "(removed)", "# disabled", "Email only"])
def test_words_behind_a_name_that_deny_trust_are_none_of_it(mark: str, tmp_path: Path) -> None:
    lines = [
        f"SHA-1: {row[0]}\nSubject: O=Invented, {row[1]}{f' {mark}' if at == 1 else ''}\n"
        for at, row in enumerate(TABLE)
    ]
    for text in ("\n".join(lines), "\n".join(lines).replace(f" {mark}", f"\n{mark}")):
        found = read(tmp_path / "list.txt", text)
        assert fingerprints(found) == TRUSTED
        assert [ROOTS[1].fingerprint in each.text for each in found.problems] == [True]


def test_a_status_in_a_table_of_text_is_that_of_its_row(tmp_path: Path) -> None:
    table = [[*row[:2], "removed" if at == 1 else "active"] for at, row in enumerate(TABLE)]
    for titles in (["SHA-1", "Subject", "Status"], ["Thumbprint", "Distinguished name", "State"]):
        found = read(tmp_path / "list.txt", as_text(titles, table))
        assert fingerprints(found) == TRUSTED
        assert [ROOTS[1].fingerprint in each.text for each in found.problems] == [True]


@pytest.mark.parametrize(
    ("title", "text", "is_untrusted"),
    [
        ("Trusted for email", "no", False),
        ("SSL/TLS", "No", True),
        ("S/MIME", "No", False),
        ("Email only", "yes", True),
        ("Comment", "email only", True),
        ("Trust Flags", "C,,", False),
        ("Trust Flags", ",C,", True),
        ("Trusted", "✗", True),
        ("Trusted", "✓", False),
        ("Web-Server", "nein", True),
        ("Status", "removed from the store in December of 2021, on request of the CA", True),
    ],
)
def test_what_other_cells_say(title: str, text: str, is_untrusted: bool) -> None:
    assert says_untrusted(title, text) is is_untrusted


def test_tables_of_other_columns_are_read_by_their_own_titles(tmp_path: Path) -> None:
    first = [{"No.": "1", "SHA-1": TABLE[0][0], "Subject": TABLE[0][1]}]
    second = [
        {"Status": word, "No.": f"{number}", "SHA-1": row[0], "Subject": row[1]}
        for number, (row, word) in enumerate(zip(TABLE[1:], ("removed", "", ""), strict=True), 2)
    ]
    text = json.dumps({"a": first, "b": second})
    assert fingerprints(read(tmp_path / "list.json", text)) == TRUSTED
