"""Known cross-certificates, what stands in for them, and what is said of servers with them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.catalogue import authorities, cross_certificates
from pipeline.check.intermediates import stand_in
from pipeline.check.openssl import verify
from pipeline.check.releases import Release, TrustedEntry
from pipeline.check.verdict import Judge, Sent
from pipeline.x509.bundle import certificates_in
from pipeline.x509.certificate import Certificate, read
from tests.certificates import issue

CHAINS = Path(__file__).parent / "chains"
USERTRUST = "2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e"
ADDTRUST = "02faf3e291435468607857694df5e45b68851868"
R46 = "ad98f9f3e47d753b65d482b3a45217bb6ef5e438"
CROSSES = [each for own in cross_certificates.of_roots().values() for each in own]


def root(fingerprint: str) -> Certificate:
    (der,) = catalogue.find([fingerprint]).values()
    return read(der)


def release(*roots: str) -> Release:
    entries = [TrustedEntry(each, str(root(each).subject), root(each)) for each in roots]
    return Release("8800", "12.7(1)", 1, 1, entries)


def test_each_is_of_a_root_and_by_roots_of_one_name_and_key() -> None:
    assert len(CROSSES) == len({each.fingerprint_sha256 for each in CROSSES}) > 200
    for each in CROSSES:
        issuers = [root(issuer) for issuer in each.issuers]
        assert len({(str(e.subject), e.spki_sha256) for e in issuers}) == 1
        assert each.not_before < each.not_after
        assert root(each.root).spki_sha256 != issuers[0].spki_sha256
        assert each.fingerprint not in catalogue.fingerprints()


def test_what_stands_in_says_the_same_as_the_real_one_and_proves_nothing() -> None:
    (real,) = (read(der) for der in certificates_in((CHAINS / "usertrust-cross.pem").read_bytes()))
    (cross,) = [each for each in CROSSES if each.fingerprint == real.fingerprint]
    made = stand_in(cross)
    for field in ("fingerprint", "fingerprint_sha256", "spki_sha256", "serial"):
        assert getattr(made, field) == getattr(real, field)
    for field in ("subject", "issuer", "not_before", "not_after", "key_type"):
        assert getattr(made, field) == getattr(real, field)
    below = (
        certificates_in((CHAINS / name).read_bytes()) for name in ("leaf.pem", "sectigo-dv.pem")
    )
    sent = [*(der for ders in below for der in ders), made.der]
    for version in ("1.0.2", "3"):
        at = datetime(2021, 9, 1, tzinfo=UTC)
        assert not verify(sent, [root(ADDTRUST).der], at, version).ok  # type: ignore[arg-type]


@pytest.mark.parametrize("year", [2019, 2021])
@pytest.mark.parametrize("roots", [(ADDTRUST,), (USERTRUST,), (ADDTRUST, USERTRUST), (R46,)])
def test_verdicts_with_it_are_those_with_the_real_one(year: int, roots: tuple[str, ...]) -> None:
    (real,) = (read(der) for der in certificates_in((CHAINS / "usertrust-cross.pem").read_bytes()))
    (cross,) = [each for each in CROSSES if each.fingerprint == real.fingerprint]
    (lower,) = (read(der) for der in certificates_in((CHAINS / "sectigo-dv.pem").read_bytes()))
    judge, asked = Judge(datetime(year, 9, 1, tzinfo=UTC)), release(*roots)
    with_real, with_made = (
        judge.judge(Sent(lower, (each,)), asked) for each in (real, stand_in(cross))
    )
    assert with_made.verdict == with_real.verdict
    for builder, outcome in with_real.outcomes.items():
        assert with_made.outcomes[builder].error == outcome.error


def test_what_stands_in_is_refused_where_its_issuer_has_another_key() -> None:
    (cross,) = [each for each in CROSSES if each.root == R46 and USERTRUST in each.issuers]
    judge = Judge(datetime(2026, 1, 1, tzinfo=UTC))
    sent = Sent(stand_in(cross), ())
    assert judge.accepts(sent, release(USERTRUST))
    name = str(root(USERTRUST).subject)
    other = read(issue("USERTrust RSA Certification Authority").der)
    fake = Release("8800", "12.8(1)", 2, 1, [TrustedEntry(other.fingerprint, name, other)])
    assert not judge.accepts(sent, fake)


# --- the catalogue's other facts -------------------------------------------------------------


def test_entrust_is_distrusted_by_mozilla_from_the_end_of_november_2024() -> None:
    g2 = "8cf427fd790c3ad166068de81e57efbb932272d4"
    days = {each.programme: str(each.after) for each in authorities.distrusts()[g2]}
    assert days["mozilla"] == "2024-11-30"


def test_who_runs_a_root_is_found_by_organisation_or_fingerprint() -> None:
    assert authorities.roots()[USERTRUST].name == "Sectigo"
    assert authorities.roots()["ca3afbcf1240364b44b216208880483919937cf7"].issues_to == "nobody"
    path = Path(authorities.__file__).with_name("authorities.csv")
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    assert all(row["source"] for row in rows)
    assert len({row["match"] for row in rows}) == len(rows)
