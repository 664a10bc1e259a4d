"""Cisco's document 215573: what real OpenSSL 1.0.2q, 1.1.1d and 3.0 said of two real chains.

With AddTrust External CA Root among the anchors, as in Mozilla's bundle of November 2019 and in
firmware 12.7, and without it.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.outcome import BuilderName, verify
from pipeline.x509.bundle import certificates_in
from pipeline.x509.certificate import Certificate, read

CHAINS = Path(__file__).parent / "chains"
WITH_CROSS = "sectigo-2021-with-addtrust-cross.pem"
WITHOUT_CROSS = "sectigo-2021-without-cross.pem"
ADDTRUST = "02faf3e291435468607857694df5e45b68851868"
USERTRUST = "2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e"
DAY = datetime(2021, 9, 1, tzinfo=UTC)
ADDTRUST_ENDS = datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC)


@cache
def anchors(*fingerprints: str) -> Anchors:
    return Anchors(catalogue.find(fingerprints).values())


def chain(name: str) -> list[Certificate]:
    return [read(der) for der in certificates_in((CHAINS / name).read_bytes())]


def test_a_phone_that_follows_what_was_sent_ends_at_the_expired_root() -> None:
    sent = chain(WITH_CROSS)
    outcome = verify(sent[0], sent, anchors(ADDTRUST, USERTRUST), DAY, "untrusted-first")
    assert (outcome.ok, outcome.error, outcome.depth) == (False, "certificate has expired", 3)
    assert outcome.code == 10
    assert [each.fingerprint for each in outcome.path][-1] == ADDTRUST


@pytest.mark.parametrize(
    ("name", "roots", "builder"),
    [
        (WITH_CROSS, (USERTRUST,), "untrusted-first"),
        (WITHOUT_CROSS, (ADDTRUST, USERTRUST), "untrusted-first"),
        (WITHOUT_CROSS, (USERTRUST,), "untrusted-first"),
        (WITH_CROSS, (ADDTRUST, USERTRUST), "trusted-first"),
        (WITH_CROSS, (USERTRUST,), "trusted-first"),
        (WITHOUT_CROSS, (ADDTRUST, USERTRUST), "trusted-first"),
        (WITHOUT_CROSS, (USERTRUST,), "trusted-first"),
    ],
)
def test_all_others_end_at_the_root_that_is_valid(
    name: str, roots: tuple[str, ...], builder: BuilderName
) -> None:
    sent = chain(name)
    outcome = verify(sent[0], sent, anchors(*roots), DAY, builder)
    assert (outcome.ok, outcome.error, outcome.code, outcome.depth) == (True, "", 0, None)
    assert [each.fingerprint for each in outcome.path][-1] == USERTRUST


def test_from_the_ca_up_it_ended_with_the_root_to_the_second() -> None:
    sent = chain(WITH_CROSS)[1:]
    roots = anchors(ADDTRUST, USERTRUST)
    before = ADDTRUST_ENDS - timedelta(microseconds=1)
    assert verify(sent[0], sent, roots, before, "untrusted-first").ok
    # the last second of notAfter is the first that OpenSSL takes as expired
    assert verify(sent[0], sent, roots, ADDTRUST_ENDS, "untrusted-first").code == 10
    assert verify(sent[0], sent, roots, ADDTRUST_ENDS, "trusted-first").ok
