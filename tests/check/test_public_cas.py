"""What helps chains of the large public CAs of 2025 and 2026, as their own documents have it.

The roots and cross-certificates are real; the CAs below roots, whose keys nobody here has, are
stood in for. `DOCUMENTS` says where each CA tells what its customers have to send.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final

import pytest

from pipeline import catalogue
from pipeline.check.advice import Adviser
from pipeline.check.answer import Remedy
from pipeline.check.intermediates import Pool
from pipeline.check.openssl.outcome import StandIn
from pipeline.check.releases import Release, TrustedEntry
from pipeline.check.remedies import Case
from pipeline.check.verdict import Judge, Sent
from pipeline.x509.certificate import Certificate, read
from pipeline.x509.unsigned import cross_certificate
from tests.certificates import issue
from tests.snapshot_loader import SnapshotLoader

DOCUMENTS: Final = {
    "Let's Encrypt": "https://letsencrypt.org/certificates/ (Chains of Trust)",
    "Sectigo": "https://www.sectigo.com/knowledge-base/detail/Sectigo-Public-Root-CAs-Migration",
    "DigiCert": "https://knowledge.digicert.com/alerts/"
    "digicert-tls-root-strategy-aligning-with-industry-standards",
    "Amazon": "https://aws.amazon.com/blogs/security/"
    "acm-will-no-longer-cross-sign-certificates-with-starfield-class-2-starting-august-2024",
    "Google": "https://pki.goog/repository/",
}
ROOTS: Final = {
    "AAA": "d1eb23a46d17d68fd92564c2f1f1601764d8e349",
    "Amazon 1": "8da7f965ec5efc37910f1c6e59fdc1cc6a6ede16",
    "DST X3": "dac9024f54d8f6df94935fb1732638ca6ad77c13",
    "DigiCert G1": "a8985d3a65e5e5c4b2d7d66d40c6dd2fb19c5436",
    "DigiCert G2": "df3c24f9bfd666761b268073fe06d1cc8d4f82a4",
    "E46": "ec8a396c40f02ebc4275d49fab1c1a5b67bed29a",
    "GTS R1": "e58c1cc4913b38634be9106ee3ad8e6b9dd9814a",
    "GTS R4": "77d30367b5e00c15f60c3861df7ce13b92464d47",
    "GlobalSign": "b1bc968bd4f49d622aa89a81f2150152a41d829c",
    "R46": "ad98f9f3e47d753b65d482b3a45217bb6ef5e438",
    "Starfield 2": "ad7e1c28b064ef8f6003402014c3d0e3370eb58a",
    "Starfield G2": "925a8f8d2c6d04e0665f596aff22d863e8256f3f",
    "USERTrust": "2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e",
    "USERTrust ECC": "d1cbca5db2d52a7f693b674de5f05a1d0c957df0",
    "X1": "cabd2a79a1076a31f21d253635cb039d4329a5e8",
    "X2": "bdb1b93cd5978d45c6261455f8db95c75ad153af",
}


AMAZON_1, STARFIELD_G2 = "06b25927 or bee49a10", "0ed4389d or 9e99a48a"
"""Issued twice each, for the same years."""


@dataclass(frozen=True)
class Situation:
    """A CA below a root, what a release trusts, and the cross-certificates (SHA-1) to send."""

    ca: str
    document: str
    root: str
    trusted: tuple[str, ...]
    on: str
    send: tuple[str, ...] | None = ()
    """Nothing if it is accepted as it is; None if nothing helps but another CA."""


SITUATIONS: Final = [
    # R and E of Let's Encrypt: under X1 by default, under X2 by choice, with X2 as issued by X1
    Situation("R12", "Let's Encrypt", "X1", ("X1",), "2026-03-01"),
    Situation(
        "R12", "Let's Encrypt", "X1", ("DST X3",), "2026-03-01", None
    ),  # that cross is retired
    Situation("E8", "Let's Encrypt", "X2", ("X2",), "2026-03-01"),
    Situation("E8", "Let's Encrypt", "X2", ("X1",), "2025-06-01", ("151682f5",)),
    Situation("E8", "Let's Encrypt", "X2", ("X1",), "2026-03-01", ("b8fb0566",)),
    # Sectigo's bundles have R46 and E46 as issued by USERTrust; that by AAA ends in 2028
    Situation("DV R36", "Sectigo", "R46", ("R46",), "2026-03-01"),
    Situation("DV R36", "Sectigo", "R46", ("USERTrust",), "2026-03-01", ("2b18947a",)),
    Situation("DV R36", "Sectigo", "R46", ("AAA", "USERTrust"), "2026-03-01", ("2b18947a",)),
    Situation("DV R36", "Sectigo", "R46", ("AAA",), "2026-03-01", ("b8473348",)),
    Situation("DV R36", "Sectigo", "R46", ("AAA",), "2029-01-01", None),
    Situation("DV E36", "Sectigo", "E46", ("USERTrust ECC",), "2026-03-01", ("3f969989",)),
    # DigiCert issues under G2; to clients that have G1 only, G2 is sent as issued by G1
    Situation("Global G2 TLS RSA", "DigiCert", "DigiCert G2", ("DigiCert G2",), "2026-03-01"),
    Situation(
        "Global G2 TLS RSA",
        "DigiCert",
        "DigiCert G2",
        ("DigiCert G1",),
        "2026-03-01",
        ("8bf7f178",),
    ),
    Situation("TLS RSA SHA256 2020", "DigiCert", "DigiCert G1", ("DigiCert G1",), "2026-03-01"),
    Situation(
        "TLS RSA SHA256 2020", "DigiCert", "DigiCert G1", ("DigiCert G2",), "2026-03-01", None
    ),
    # the last certificate of ACM's chains is one of Amazon's roots as issued by Starfield G2
    Situation("RSA 2048 M01", "Amazon", "Amazon 1", ("Amazon 1",), "2026-03-01"),
    Situation("RSA 2048 M01", "Amazon", "Amazon 1", ("Starfield G2",), "2026-03-01", (AMAZON_1,)),
    Situation(
        "RSA 2048 M01",
        "Amazon",
        "Amazon 1",
        ("Starfield 2",),
        "2026-03-01",
        (AMAZON_1, STARFIELD_G2),
    ),
    # Google's own servers send R1 and R4 as issued by GlobalSign, until 2028
    Situation("WR2", "Google", "GTS R1", ("GTS R1",), "2026-03-01"),
    Situation("WR2", "Google", "GTS R1", ("GlobalSign",), "2026-03-01", ("08745487",)),
    Situation("WE1", "Google", "GTS R4", ("GlobalSign",), "2026-03-01", ("932bed33",)),
    Situation("WE1", "Google", "GTS R4", ("GlobalSign",), "2028-02-01", None),
]


def root(name: str) -> Certificate:
    (der,) = catalogue.find([ROOTS[name]]).values()
    return read(der)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def below(name: str, issuer: Certificate, *, organisation: str = "") -> Certificate:
    """Make what stands in for a CA that an issuer has certified until 2036."""
    return certified(read(issue(name, organisation=organisation).der), issuer)


def certified(own: Certificate, issuer: Certificate) -> Certificate:
    made = read(
        cross_certificate(own.der, issuer.der, 7, day("2021-01-01"), day("2036-01-01"), None)
    )
    values = {each.name: getattr(made, each.name) for each in fields(made)}
    return StandIn(**values, signer=issuer.der)


def remedies(
    loader: SnapshotLoader, sent: Sequence[Certificate], trusted: Sequence[str], on: str
) -> list[Remedy]:
    """Give what helps a release that trusts some roots; nothing if it accepts."""
    entries = [
        TrustedEntry(each.fingerprint, str(each.subject), each) for each in map(root, trusted)
    ]
    release = Release("IP Phone 8800", "12.8(1)", 1, 1, entries)
    target, *others = sent
    case = Case(
        Sent(target, tuple(others)), Judge(day(on)), Pool(loader.engine, day(on)), [release]
    )
    if case.is_accepted(release):
        return []
    other = Remedy("other-ca", "use another CA", "")
    return Adviser(case, lambda _: "certificate", lambda _: [], lambda: other).remedies(release)


@pytest.mark.parametrize(
    "situation", SITUATIONS, ids=lambda e: f"{e.ca}-{'+'.join(e.trusted)}-{e.on}"
)
def test_what_to_send_is_what_the_ca_says(loader: SnapshotLoader, situation: Situation) -> None:
    assert situation.document in DOCUMENTS
    lower = below(situation.ca, root(situation.root), organisation=situation.document)
    found = remedies(loader, [lower], situation.trusted, situation.on)
    if situation.send == ():
        assert found == []
    elif situation.send is None:
        assert [each.kind for each in found] == ["other-ca"]
    else:
        first = found[0]
        assert first.kind == "send"
        digests = [each[:8] for each in first.certificates]
        assert len(digests) == len(situation.send)
        for expected in situation.send:
            assert any(each in expected for each in digests)
        assert first.untested.startswith("tested but for the signature")
        assert all(each.kind in ("send", "other-ca") for each in found)


def test_a_cross_certificate_that_is_sent_is_not_asked_for_again(loader: SnapshotLoader) -> None:
    r36 = below("DV R36", root("R46"), organisation="Sectigo Limited")
    pool = Pool(loader.engine, day("2026-03-01"))
    (cross,) = [e for e in pool.crosses_of(root("R46")) if e.fingerprint.startswith("2b18947a")]
    assert remedies(loader, [r36, cross], ["USERTrust"], "2026-03-01") == []


def test_the_new_roots_of_let_s_encrypt_are_sent_as_issued_by_the_old_ones(
    loader: SnapshotLoader,
) -> None:
    """The default chain of YR ends in Root YR as issued by X1, that of YE in Root YE by X2."""
    own = {name: issue(name, organisation="ISRG") for name in ("Root YR", "Root YE")}
    lower = {
        name: read(issue(f"{name[-2:]}1", each, organisation="Let's Encrypt").der)
        for name, each in own.items()
    }
    yr, ye = (
        certified(read(own[f"Root {name}"].der), root(by))
        for name, by in (("YR", "X1"), ("YE", "X2"))
    )
    assert remedies(loader, [lower["Root YR"], yr], ["X1"], "2026-06-01") == []
    first = remedies(loader, [lower["Root YE"], ye], ["X1"], "2026-06-01")[0]
    assert (first.kind, [e[:8] for e in first.certificates]) == ("send", ["3c34e356"])
    assert remedies(loader, [lower["Root YE"], ye], ["X2"], "2026-06-01") == []
