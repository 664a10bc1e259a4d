"""Names in certificates, judged by RFC 6125 and 9525 as written down here by hand."""

from __future__ import annotations

import pytest
from certificates import issue, server

from pipeline.check.hostname import check_name
from pipeline.errors import UsageError
from pipeline.x509.certificate import read

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
