"""What programs print of certificates: their records, and what must never be taken for one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import Extraction, extract
from tests.extract.test_corpus import DOCUMENTS, Entry, truth_of

PROGRAMS = (
    "certtool",
    "certutil",
    "gpgsm",
    "ios-",
    "junos",
    "keytool-p",
    "keytool-list-v",
    "openssl",
)
DUMPS = [
    document
    for document in DOCUMENTS
    if document.suffix == ".txt" and any(each in document.name for each in PROGRAMS)
]
ONE, TWO = "3e684b3d5d91d9a50a6ce362e52bb6d81a7219e0", "31fc4a9bd0d4c6a4b8f2a3fd0f4b1a4a0dcd92e1"
"""Fingerprints of no certificate."""
FIRST, SECOND = "CN=Harbour Root, O=Harbour Ltd, C=GB", "CN=Lumen Root, O=Lumen SA, C=FR"


def read(directory: Path, text: str) -> Extraction:
    path = directory / "list.txt"
    path.write_text(text, encoding="utf-8")
    return extract(path, limits=None, known={})


def record(fingerprint: str, subject: str) -> str:
    return (
        f"Alias name: root\nOwner: {subject}\nIssuer: {subject}\nSerial number: 4a8f\n"
        f"Certificate fingerprints:\n\t SHA1: {fingerprint}\nVersion: 3\n\n"
    )


def pairs(reading: Extraction) -> set[tuple[str, str]]:
    return {(row.fingerprint, row.subject) for row in reading.rows}


@pytest.mark.parametrize("document", DUMPS, ids=lambda path: path.name)
def test_the_rows_of_a_dump_are_its_records_whether_or_not_roots_are_known(document: Path) -> None:
    truth = truth_of(document)
    for known in ({}, None):
        reading = extract(document, limits=None, known=known)
        found = {row.identity for row in reading.rows}
        assert found == {_identity(entry) for entry in truth.entries}


def _identity(entry: Entry) -> str:
    return entry.fingerprint or entry.fingerprint_sha256 or ""


def test_labels_of_keytool_in_other_languages_are_known(tmp_path: Path) -> None:
    texts = [
        "Propriétaire : {s}\nEmetteur : {s}\nNuméro de série : 1\nEmpreintes du certificat :\n"
        "\t SHA1 : {f}\n",
        "Propietario: {s}\nEmisor: {s}\nNúmero de serie: 1\nHuellas digitales del Certificado:\n"
        "\t SHA1: {f}\n",
        "Ägare: {s}\nUtfärdare: {s}\nSerienummer: 1\nCertifikatfingeravtryck:\n\t SHA1: {f}\n",
        "소유자: {s}\n발행자: {s}\n일련 번호: 1\n인증서 지문(fingerprint):\n\t SHA1: {f}\n",
        "Aussteller: {s}\nAntragsteller: {s}\nSeriennummer: 1\nZertifikathash(sha1): {f}\n",
    ]
    for text in texts:
        both = text.format(s=FIRST, f=ONE) + "\n" + text.format(s=SECOND, f=TWO)
        reading = read(tmp_path, both)
        assert pairs(reading) == {(ONE, FIRST), (TWO, SECOND)}
        assert not reading.problems


def test_a_heading_above_the_records_names_their_release(tmp_path: Path) -> None:
    reading = read(tmp_path, "Firmware Release 14.2(1)\n\n" + record(ONE, FIRST))
    assert [row.release for row in reading.rows] == ["14.2(1)"]


def test_each_heading_names_the_release_of_the_records_below_it(tmp_path: Path) -> None:
    text = (
        f"Firmware Release 12.7(1)\n\n{record(ONE, FIRST)}"
        f"Firmware Release 12.8(1)\n\n{record(TWO, SECOND)}{record(ONE, FIRST)}"
    )
    reading = read(tmp_path, text)
    assert [(row.release, row.fingerprint) for row in reading.rows] == [
        ("12.7(1)", ONE),
        ("12.8(1)", TWO),
        ("12.8(1)", ONE),
    ]
    assert not reading.problems


def test_a_title_may_say_that_all_below_it_is_removed_or_tell_of_the_past(tmp_path: Path) -> None:
    records = record(ONE, FIRST) + record(TWO, SECOND)
    reading = read(tmp_path, f"Removed certificates\n\n{records}")
    assert not reading.rows
    assert all(any(each in p.text for p in reading.problems) for each in (ONE, TWO))
    title = "Trust list 12.9(1), expired certificates removed"
    reading = read(tmp_path, f"{title}\n\n{records}")
    assert [(row.release, row.fingerprint) for row in reading.rows] == [
        ("12.9(1)", ONE),
        ("12.9(1)", TWO),
    ]


@pytest.mark.parametrize("between", ["Revoked certificates:\n", "Removed in 12.8\n"])
def test_a_heading_of_what_is_removed_counts_for_what_is_below(
    tmp_path: Path, between: str
) -> None:
    reading = read(tmp_path, record(ONE, FIRST) + between + record(TWO, SECOND))
    assert TWO not in {row.fingerprint for row in reading.rows}
    assert any(TWO in problem.text for problem in reading.problems)


def test_a_digest_that_is_said_to_be_revoked_is_no_row(tmp_path: Path) -> None:
    reading = read(tmp_path, record(ONE, FIRST) + record(f"{TWO} (revoked)", SECOND))
    assert TWO not in {row.fingerprint for row in reading.rows}
    assert any(TWO in problem.text for problem in reading.problems)


def test_where_two_records_lack_something_no_row_is_of_both(tmp_path: Path) -> None:
    lacks_name = record(ONE, FIRST).replace(f"Owner: {FIRST}\n", "")
    lacks_digest = record(TWO, SECOND).replace(f"\t SHA1: {TWO}\n", "")
    reading = read(tmp_path, lacks_name + lacks_digest)
    assert (ONE, SECOND) not in pairs(reading)
    assert any(ONE in problem.text for problem in reading.problems)


@pytest.mark.parametrize("end", ["Root, C=FR, O=Lumen SA", "SA"])
def test_a_name_broken_at_the_left_edge_is_whole_or_told(end: str, tmp_path: Path) -> None:
    subject = "CN=Lumen Root, C=FR, O=Lumen SA"
    broken = record(TWO, subject).replace(f" {end}\n", f"\n{end}\n", 1)
    reading = read(tmp_path, record(ONE, FIRST) + broken)
    assert pairs(reading) <= {(ONE, FIRST), (TWO, subject)}
    assert (TWO, subject) in pairs(reading) or any(TWO in p.text for p in reading.problems)


@pytest.mark.parametrize("indent", ["", "  "])
def test_a_name_broken_before_what_looks_like_a_label_is_whole_or_told(
    indent: str, tmp_path: Path
) -> None:
    text = "".join(
        f"Certificate:\n\tSubject: {subject}\n\tSHA1 Fingerprint: {fingerprint}\n\n"
        for fingerprint, subject in ((ONE, FIRST), (TWO, "CN=Lumen Terms: one, O=Lumen SA, C=FR"))
    )
    reading = read(tmp_path, text.replace("Lumen Terms", f"Lumen\n{indent}Terms"))
    assert pairs(reading) <= {(ONE, FIRST)}
    assert any(TWO in problem.text for problem in reading.problems)


def test_names_that_are_those_of_other_records_are_told(tmp_path: Path) -> None:
    lines = (record(ONE, FIRST) + record(TWO, SECOND)).replace("Alias name: root\n", "")
    moved = lines.replace(f"Owner: {FIRST}\n", "") + f"Owner: {FIRST}\n"
    reading = read(tmp_path, moved)
    assert not pairs(reading)
    assert all(any(each in p.text for p in reading.problems) for each in (ONE, TWO))


def test_an_indented_line_of_a_name_that_looks_like_a_label_is_of_the_name(tmp_path: Path) -> None:
    subject = "CN=Lumen Root, OU=Terms of use: see below, O=Lumen SA, C=FR"
    broken = record(TWO, subject).replace("Terms of use: ", "Terms of\n        use: ")
    reading = read(tmp_path, record(ONE, FIRST) + broken)
    assert pairs(reading) == {(ONE, FIRST), (TWO, subject)}


def test_the_identifier_of_a_key_is_no_fingerprint(tmp_path: Path) -> None:
    text = "".join(
        f"X.509 Certificate Information:\n\tSubject: {subject}\nOther Information:\n"
        f"\tFingerprint:\n\t\tsha1:{fingerprint}\n\tPublic Key ID:\n\t\tsha1:{fingerprint[::-1]}\n"
        for fingerprint, subject in ((ONE, FIRST), (TWO, SECOND))
    )
    assert pairs(read(tmp_path, text)) == {(ONE, FIRST), (TWO, SECOND)}


def test_a_comment_behind_a_name_is_none_of_it(tmp_path: Path) -> None:
    text = "".join(
        f"# @(#)$Id$\nalias = root{at}\nsha1fp.0 = {fingerprint}\nsubjectdn = {subject}\n\n"
        for at, (fingerprint, subject) in enumerate([(ONE, FIRST), (TWO, SECOND)])
    )
    assert pairs(read(tmp_path, text)) == {(ONE, FIRST), (TWO, SECOND)}


def test_numbers_and_dashes_are_of_what_a_certificate_is_called(tmp_path: Path) -> None:
    called = ["Lumen Root CA 2", "Harbour Root - Class 3 CA - G4", "Stone Class 2 Root"]
    found = (f"{n:x}" * 40 for n in range(1, 4))
    text = "".join(
        f"    '{digits}': '{name}',\n" for digits, name in zip(found, called, strict=True)
    )
    reading = read(tmp_path, text)
    assert [row.subject for row in reading.rows] == called
    assert all(row.is_label for row in reading.rows)


def test_a_dump_with_lines_lost_doubled_or_broken_is_never_silently_another(
    tmp_path: Path,
) -> None:
    """Each row that is read is one of the truth, and what is lost has a problem."""
    chance = random.Random(20)
    rows = [(f"{n:x}" * 40, f"CN=Root {n}, O=Harbour {n} Ltd, C=GB") for n in range(10, 14)]
    lines = "".join(record(*row) for row in rows).splitlines()
    for _ in range(120):
        damaged = [*lines]
        at = chance.choice([i for i, line in enumerate(damaged) if line.strip()])
        match chance.choice(("lose", "double", "break", "swap")):
            case "lose":
                del damaged[at]
            case "double":
                damaged.insert(at, damaged[at])
            case "break":
                middle = chance.randrange(len(damaged[at]) + 1)
                damaged[at : at + 1] = [damaged[at][:middle], damaged[at][middle:]]
            case "swap":
                damaged[at - 1], damaged[at] = damaged[at], damaged[at - 1]
        try:
            reading = read(tmp_path, "\n".join(damaged))
        except DocumentError:
            continue
        assert reading.problems or pairs(reading) == set(rows), "\n".join(damaged)


def pairs_of(digits: str) -> str:
    """Digits by twos: ``3E 68 4B``."""
    return " ".join(digits.upper()[at : at + 2] for at in range(0, len(digits), 2))


@pytest.mark.parametrize("status", ["Enabled", "Disabled"])
def test_records_of_ibm_tools(status: str, tmp_path: Path) -> None:
    """Bytes stand below heads that have no colon, and digests below labels that have two."""
    dump = "    A5 09 B7 1C A5 09 B7 1C A5 09 B7 1C A5 09 B7 1C\n" * 16
    text = "".join(
        f"Label : root{at}\nKey Size : 2048\nSerial : 00a5f7ac503bb6d22f\nIssuer : {subject}\n"
        f"Subject : {subject}\nNot Before : 26 July 2021 16:29:37 GMT+01:00\n\nPublic Key\n{dump}"
        f"Public Key Type : RSA (1.2.840.113549.1.1.1)\n"
        f"Fingerprint : SHA1 : \n    {pairs_of(digits)}\n"
        f"Fingerprint : MD5 : \n    {pairs_of(digits[:32])}\n"
        f"Fingerprint : SHA256 : \n    {pairs_of(digits[:32])}\n    {pairs_of(digits[8:])}\n"
        "Fingerprint : HPKP : \n    R9zR4u5Q7Cz3we94Vzo5m/bwf3/zS7+Dmbm4NtYu99s=\n"
        f"Signature Algorithm : SHA1WithRSASignature (1.2.840.113549.1.1.5)\nValue\n{dump}"
        f"Trust Status : {status if at else 'Enabled'}\n\n"
        for at, (digits, subject) in enumerate([(ONE, FIRST), (TWO, SECOND)])
    )
    reading = read(tmp_path, text)
    if status == "Enabled":
        assert pairs(reading) == {(ONE, FIRST), (TWO, SECOND)}
        assert not reading.problems
    else:
        assert pairs(reading) == {(ONE, FIRST)}
        assert any(TWO in problem.text for problem in reading.problems)


def test_a_fingerprint_of_32_digits_beside_a_sha1_is_an_md5(tmp_path: Path) -> None:
    """As FortiOS prints it."""
    text = "".join(
        f"== [ root{at} ]\nName:    root{at}\nSubject:     {subject}\nIssuer:      {subject}\n"
        f"Valid from:  2021-05-01 00:00:00  GMT\n"
        f"Fingerprint: {pairs_of(digits[:32]).replace(' ', ':')}\n"
        f"SHA1 Fingerprint: {pairs_of(digits).replace(' ', ':')}\nSerial Num:  4a8f\n"
        for at, (digits, subject) in enumerate([(ONE, FIRST), (TWO, SECOND)])
    )
    reading = read(tmp_path, text)
    assert pairs(reading) == {(ONE, FIRST), (TWO, SECOND)}
    assert not reading.problems


@pytest.mark.parametrize(
    "rule", ["*************************** {}. row ***************************", "=[ {} ]========="]
)
def test_rules_that_count_records_are_none_of_a_name(rule: str, tmp_path: Path) -> None:
    """As MySQL's client draws them above what it prints as records."""
    text = "".join(
        f"{rule.format(at)}\n   name: root{at}\n   sha1: {digits}\nsubject: {subject}\n"
        for at, (digits, subject) in enumerate([(ONE, FIRST), (TWO, SECOND)], 1)
    )
    reading = read(tmp_path, text)
    assert pairs(reading) == {(ONE, FIRST), (TWO, SECOND)}
    assert not reading.problems


def test_no_row_is_of_two_records_that_a_rule_parts(tmp_path: Path) -> None:
    """A line that was moved from the end to the beginning shifts all others."""
    rule = "*" * 27
    lines = [
        line
        for at, (digits, subject) in enumerate([(ONE, FIRST), (TWO, SECOND)], 1)
        for line in (f"{rule} {at}. row {rule}", f"   sha1: {digits}", f"subject: {subject}")
    ]
    reading = read(tmp_path, "\n".join([lines[-1], *lines[:-1]]))
    assert pairs(reading) <= {(ONE, FIRST), (TWO, SECOND)}
    assert reading.problems


def test_digits_by_which_a_certificate_is_called_are_no_fingerprint(tmp_path: Path) -> None:
    """As vCenter lists roots: by the identifiers of their keys."""
    text = "".join(
        f"Alias :\t{digits}\nEntry type :\tTrusted Cert\nCertificate:\n    Data:\n"
        f"        Issuer: {subject}\n        Subject: {subject}\n        X509v3 extensions:\n"
        f"            X509v3 Subject Key Identifier:\n                {digits}\n"
        for digits, subject in [(ONE, FIRST), (TWO, SECOND)]
    )
    with pytest.raises(DocumentError, match="no fingerprint"):
        read(tmp_path, text)


CERTUTIL = {
    "de": (
        "Seriennummer: {serial}\nAussteller: {subject}\n Nicht vor: 03.05.2010 08:15\n"
        " Nicht nach: 03.05.2030 08:15\nAntragsteller: {subject}\n"
        "Signatur stimmt mit dem öffentlichen Schlüssel überein\n"
        "Stammzertifikat: Antragsteller stimmt mit Aussteller überein\n"
        "Zertifikathash(sha1): {sha1}\n  Keine Schlüsselanbieterinformationen\n"
    ),
    "fr": (
        "Numéro de série : {serial}\nÉmetteur: {subject}\n NotBefore : 03/05/2010 08:15\n"
        " NotAfter : 03/05/2030 08:15\nObjet: {subject}\n"
        "La signature correspond à la clé publique\n"
        "Hach. cert. (sha1) : {sha1}\n  Aucune information sur le fournisseur de clé\n"
    ),
    "it": (
        "Numero di serie: {serial}\nAutorità emittente: {subject}\n NotBefore: 03/05/2010 08:15\n"
        " NotAfter: 03/05/2030 08:15\nSoggetto: {subject}\n"
        "La firma corrisponde alla chiave pubblica\n"
        "Hash certificato (sha1): {sha1}\n  Nessuna informazione sul provider di chiavi\n"
    ),
}


@pytest.mark.parametrize("language", CERTUTIL)
def test_certutil_in_other_languages(language: str, tmp_path: Path) -> None:
    text = "".join(
        f"================ {number} ================\n"
        + CERTUTIL[language].format(serial="4a8f" * 10, subject=subject, sha1=sha1)
        + "\n"
        for number, (sha1, subject) in enumerate(((ONE, FIRST), (TWO, SECOND)))
    )
    reading = read(tmp_path, text)
    assert pairs(reading) == {(ONE, FIRST), (TWO, SECOND)}
    assert reading.problems == []


def test_labels_in_a_column_of_their_own_need_no_mark(tmp_path: Path) -> None:
    text = "".join(
        f"Root {number}\n  Distinguished Name         {subject}\n"
        f"  SHA-1 fingerprint          {sha1}\n  Certificate Serial Number  {serial}\n"
        f"  Applied policy             ETSI EN 319 411-1, EVCP\n\n"
        for number, sha1, subject, serial in ((1, ONE, FIRST, "4a8f" * 10), (2, TWO, SECOND, "07"))
    )
    assert pairs(read(tmp_path, text)) == {(ONE, FIRST), (TWO, SECOND)}


def test_the_hashes_of_keys_are_no_fingerprints(tmp_path: Path) -> None:
    text = "".join(
        f"CA Certificate\n  Status: Available\n  Subject Name:\n    cn={name}\n    o=Harbour\n"
        f"  Associated Trustpoints: TP1\n  Public Key Hashes:\n"
        f"    SHA1 PublicKey hash:      {one}\n    SHA1 PublicKeyInfo hash:  {two}\n\n"
        for name, one, two in (("Harbour Root", ONE, TWO), ("Lumen Root", TWO[::-1], ONE[::-1]))
    )
    assert read(tmp_path, text).rows == []


def properties(*parts: tuple[int, str, str]) -> str:
    return "".join(f"root.{number}.{key}={value}\n" for number, key, value in parts)


def test_properties_of_java(tmp_path: Path) -> None:
    text = properties(
        (1, "subject", r"C\=GB, O\=Harbour Ltd, CN\=H\u00e4rbour Root"),
        (1, "sha1", ONE),
        (1, "notAfter", "2030-05-03"),
        (2, "subject", SECOND),
        (2, "sha1", TWO),
        (2, "notAfter", "2031-05-03"),
    )
    assert pairs(read(tmp_path, text)) == {
        (ONE, "C=GB, O=Harbour Ltd, CN=Härbour Root"),
        (TWO, SECOND),
    }


def test_no_row_is_of_two_numbers_of_properties(tmp_path: Path) -> None:
    text = properties(
        (1, "subject", FIRST), (2, "sha1", TWO), (3, "subject", SECOND), (4, "sha1", ONE)
    )
    reading = read(tmp_path, text)
    told = " ".join(problem.text for problem in reading.problems)
    assert reading.rows == []
    assert ONE in told
    assert TWO in told


def test_a_number_amid_the_lines_of_a_name_is_of_the_name(tmp_path: Path) -> None:
    text = "".join(
        f"subject=\n    commonName                = {name}\n    serialNumber              = S28\n"
        f"    countryName               = ES\nsha1 Fingerprint={sha1}\n\n"
        for name, sha1 in (("Harbour Root", ONE), ("Lumen Root", TWO))
    )
    assert {(digits, subject.count("=")) for digits, subject in pairs(read(tmp_path, text))} == {
        (ONE, 3),
        (TWO, 3),
    }


RECORDS = {
    "=": "name={name}\nsubject={subject}\nfingerprint={sha1}\nvalid_to=2030-05-03\n\n",
    "=>": "subject => {subject}\nsha1 => {sha1}\n\n",
    "{": (  # F5's tmsh
        "sys file ssl-cert {name}.crt {{\n    checksum SHA1:1704:{other}\n"
        "    fingerprint SHA1/{sha1}\n"
        '    is-bundle false\n    serial-number 4a8f\n    subject "{subject}"\n}}\n'
    ),
}


@pytest.mark.parametrize("mark", RECORDS)
def test_labels_with_other_marks(mark: str, tmp_path: Path) -> None:
    text = "".join(
        RECORDS[mark].format(name=name, subject=subject, sha1=sha1, other="5a" * 20)
        for name, subject, sha1 in (("harbour", FIRST, ONE), ("lumen", SECOND, TWO))
    )
    reading = read(tmp_path, text)
    assert pairs(reading) == {(ONE, FIRST), (TWO, SECOND)}
    assert reading.problems == []


def test_the_trust_list_of_phones_as_cucm_shows_it(tmp_path: Path) -> None:
    text = "admin:show itl\nVersion:\t1.2\n\n" + "".join(
        f"        ITL Record #:{number}\n                  ----\n"
        "BYTEPOS TAG             LENGTH  VALUE\n------- ---             ------  -----\n"
        f"1       RECORDLENGTH    2       1138\n2       DNSNAME         2\n"
        f"3       SUBJECTNAME     76      {subject}\n4       FUNCTION        2       CAPF\n"
        f"5       ISSUERNAME      76      {subject}\n"
        "6       SERIALNUMBER    16      4A:8F:4A:8F:4A:8F:4A:8F\n7       PUBLICKEY       270\n"
        f"9       CERTIFICATE     781     {' '.join(_pairs(sha1)).upper()} (SHA1 Hash HEX)\n\n"
        for number, (sha1, subject) in enumerate(((ONE, FIRST), (TWO, SECOND)), 1)
    )
    assert pairs(read(tmp_path, text)) == {(ONE, FIRST), (TWO, SECOND)}


def _pairs(digits: str) -> list[str]:
    return [digits[at : at + 2] for at in range(0, len(digits), 2)]
