"""Names in certificates, judged by RFC 6125 and 9525 as written down here by hand."""

from __future__ import annotations

from random import Random

import pytest

from pipeline.check.hostname import check_name, is_ip_address
from pipeline.errors import UsageError
from pipeline.x509.certificate import read
from tests.certificates import issue, server
from tests.check.judging import LIBRARIES, Library
from tests.check.libcrypto import Judge, NameQuestion
from tests.check.pki import Recipe, build

ROOT = issue("Root")
NAMES = (
    "expe.example.com",
    "*.phones.example",
    "xn--bcher-kva.example",
    "192.0.2.1",
    "2001:db8::1",
)
CERTIFICATE = read(server(ROOT, *NAMES).der)


@pytest.mark.parametrize(
    ("name", "ok"),
    [
        ("expe.example.com", True),
        ("EXPE.Example.COM", True),
        ("expe.example.com.", True),
        ("www.expe.example.com", False),
        ("example.com", False),
        ("a.phones.example", True),
        ("a.b.phones.example", False),
        ("phones.example", False),
        ("Bücher.example", True),
        ("192.0.2.1", True),
        ("192.0.2.2", False),
        ("2001:db8:0:0::1", True),
        ("2001:db8::2", False),
        ("server", False),  # the common name
    ],
)
def test_a_name_is_compared_with_the_alternative_names(name: str, ok: bool) -> None:
    answer = check_name(CERTIFICATE, name)
    assert (answer.name, answer.ok, answer.names) == (name, ok, list(NAMES))


def test_without_alternative_names_it_is_for_none() -> None:
    bare = read(issue("expe.example.com", ROOT, is_ca=False).der)
    answer = check_name(bare, "expe.example.com")
    assert (answer.ok, answer.names) == (False, [])


@pytest.mark.parametrize("name", [f"{'a' * 63}.example", ".".join(["a" * 49] * 5 + ["abc"])])
def test_the_longest_names_are_names(name: str) -> None:
    """RFC 1035 section 2.3.4: 63 octets a label; 255 a name, two of them no characters."""
    assert len(name) in (71, 253)
    assert not check_name(CERTIFICATE, name).ok


@pytest.mark.parametrize("name", [f"{'a' * 64}.example", ".".join(["a" * 49] * 5 + ["abcd"])])
def test_longer_ones_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no name of a host"):
        check_name(CERTIFICATE, name)


@pytest.mark.parametrize("name", ["", ".", "a b", "https://expe.example.com", "expe:8443", "[::1]"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no name of a host"):
        check_name(CERTIFICATE, name)


# --- against X509_check_host -----------------------------------------------------------------

_LABELS = ("a", "b-c", "xn--bcher-kva", "www", "site", "example", "com", "1", "-x", "x-", "x_y", "")
_FIRST = ("*", "w*", "*w", "w*w", "*-", "xn--*", "*.*", "**", "x-*", *_LABELS)
_ADDRESSES = ("10.0.0.1", "10.0.0.2", "2001:db8::1", "::ffff:10.0.0.1")


def _random_name(random: Random) -> str:
    labels = random.choices(_LABELS, k=random.choice((1, 2, 2, 3)))
    return ".".join([random.choice(_FIRST), *labels])


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library.name)
def test_random_names_are_compared_as_openssl_does(library: Library) -> None:
    """X509_check_host and X509_check_ip, over names with stars in all places and odd labels."""
    random = Random(7)
    asked, ours = [], []
    for _ in range(3000):
        names = [f"DNS:{_random_name(random)}" for _ in range(random.choice((1, 2, 3)))]
        names += random.choice(([], ["IP:0a000001"], ["IP:20010db8" + "0" * 22 + "01"], ["IP:0a"]))
        subject = "" if library.series != "1.0.2" else "O=Org"
        der = build(Recipe(subject=subject, issuer="CN=CA", ca=None, names=tuple(names)))
        pattern = random.choice(names).partition(":")[2].replace("*", random.choice(("q", "w", "")))
        name = random.choice((pattern, _random_name(random).replace("*", "w"), *_ADDRESSES))
        try:
            answer = check_name(read(der), name)
        except UsageError:  # nobody can ask about such a name
            continue
        asked.append(NameQuestion(der, name.removesuffix("."), is_ip_address(name)))
        ours.append(answer.ok)
    with Judge(library.path_or_skip()) as judge:
        theirs = judge.is_for(asked)
    assert [
        (each.name, our, their)
        for each, our, their in zip(asked, ours, theirs, strict=True)
        if our != their
    ] == []
    assert ours.count(True) > 300
    assert ours.count(False) > 300


@pytest.mark.parametrize(
    ("recipe", "ok", "problem"),
    [
        (Recipe(names=("DNS:a.example",), more=("broken extended",)), True, ""),
        (Recipe(names=("DNS:a.example",), more=("unknown", "twice unknown")), True, ""),
        (Recipe(names=("DNS:a.example",), version=1), True, ""),
        (Recipe(names=("other:x", "RID:1.2.3", "dir:O=Org", "DNS:a.example")), True, ""),
        (Recipe(names=("DNS:a.example",), more=("names", "twice names")), False, "2 times"),
        (Recipe(names=("DNS:a.example",), more=("names", "broken names")), False, "can't be read"),
        (Recipe(names=("IP:0a0000",)), False, ""),
    ],
    ids=[
        "another extension is malformed",
        "another extension stands twice",
        "version 1",
        "names of unusual kinds",
        "the names stand twice",
        "the names are malformed",
        "an address of three octets",
    ],
)
def test_what_is_odd_is_said_and_hides_nothing(recipe: Recipe, ok: bool, problem: str) -> None:
    answer = check_name(read(build(recipe)), "a.example")
    assert answer.ok == ok
    assert problem in answer.problem
    assert bool(problem) == bool(answer.problem)
