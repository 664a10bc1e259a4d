"""What a root is worth, from facts."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.catalogue import root_programmes
from pipeline.questions import show
from tests.snapshot_loader import SnapshotLoader, new_root

OLD, NEW = date(2020, 4, 5), date(2026, 10, 18)
ROOT, OTHER = "a" * 40, "b" * 40
STORES = root_programmes.stores_of(
    [
        (ROOT, "apple", OLD, OLD, "sslyze 1.0"),
        (ROOT, "mozilla", OLD, NEW, "certifi 2020.4.5 to certifi 2026.10.18"),
        (OTHER, "apple", OLD, NEW, "sslyze 1.0 to sslyze 6.3.0"),
        (OTHER, "mozilla", OLD, OLD, "certifi 2020.4.5"),
    ]
)


def test_a_root_is_in_store_if_it_is_in_the_programmes_newest_bundle() -> None:
    assert STORES.newest == {"apple": NEW, "mozilla": NEW}
    assert STORES.present(ROOT) == ["mozilla"]
    assert STORES.present(OTHER) == ["apple"]
    assert STORES.present("c" * 40) == STORES.stays("c" * 40) == []


def test_a_stay_names_the_bundle_it_ended_with() -> None:
    assert STORES.stays(OTHER) == [
        root_programmes.Stay("apple", OLD, NEW, "sslyze 6.3.0", True),
        root_programmes.Stay("mozilla", OLD, OLD, "certifi 2020.4.5", False),
    ]


@pytest.mark.parametrize(
    ("programmes", "expected"),
    [
        ([], False),
        (["openjdk", "oracle"], False),
        (["openjdk", "aosp"], True),
        *((([name]), True) for name in ("mozilla", "microsoft", "apple", "aosp")),
    ],
)
def test_java_is_no_browser(programmes: list[str], expected: bool) -> None:
    assert root_programmes.is_in_a_browser(programmes) is expected


@pytest.mark.parametrize(
    ("key_type", "bits", "expected"),
    [
        ("RSA", 1024, True),
        ("RSA", 2047, True),
        ("RSA", 2048, False),
        ("EC", 256, False),
        ("Ed25519", None, False),
        (None, None, False),
    ],
)
def test_rsa_under_2048_bits_is_weak(key_type: str, bits: int | None, expected: bool) -> None:
    assert root_programmes.has_weak_key(key_type, bits) is expected


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("md2WithRSAEncryption", "MD2"),
        ("md5WithRSAEncryption", "MD5"),
        ("sha1WithRSAEncryption", "SHA-1"),
        ("dsaWithSHA1", "SHA-1"),
        ("ecdsa-with-SHA1", "SHA-1"),
        ("sha256WithRSAEncryption", ""),
        ("ecdsa-with-SHA512", ""),
        ("ED25519", ""),
        ("", ""),
    ],
)
def test_broken_digests_are_named(algorithm: str, digest: str) -> None:
    assert root_programmes.broken_digest(algorithm) == digest


def test_show_selects_by_store_and_counts_all(loader: SnapshotLoader) -> None:
    roots = {name: new_root(name) for name in ("Mozilla's", "Java's", "Past", "Private")}
    sightings = [
        (roots["Mozilla's"].fingerprint, "mozilla", OLD, NEW, "certifi 1 to certifi 2"),
        (roots["Past"].fingerprint, "mozilla", OLD, OLD, "certifi 1"),
        (roots["Java's"].fingerprint, "openjdk", OLD, NEW, "openjdk 1 to openjdk 2"),
    ]
    loader.load({"12.7(1)": list(roots.values())}, sightings=sightings)

    def shown(store: show.StoreName, absent: bool = False) -> list[str]:
        answer = show.show(loader.engine, "12.7", store=store, absent=absent)
        assert answer.in_no_browser == 3
        return [row.subject.removeprefix("CN=") for row in answer.rows]

    assert shown("mozilla") == shown("browsers") == ["Mozilla's"]
    assert shown("mozilla", absent=True) == ["Java's", "Past", "Private"]
    assert shown("openjdk") == ["Java's"]


def test_without_sightings_nothing_is_said_of_stores(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [new_root("A")]})
    assert show.show(loader.engine, "12.7").in_no_browser is None
