"""Reading chains: what is taken for what, and what is said of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from ssl import DER_cert_to_PEM_cert

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from pipeline.check import Chain, read_chain, read_chains
from pipeline.check.chain import MOST_CERTIFICATES
from pipeline.errors import DocumentError
from tests import certificates
from tests.certificates import Issued, issue, pem, server

REAL = Path(__file__).parent / "chains"

ROOT = issue("Root")
OTHER = issue("Other Root")
UPPER = issue("Upper", ROOT)
LOWER = issue("Lower", UPPER)
LEAF = server(LOWER)


def read(path: Path, *chain: Issued) -> Chain:
    path.write_bytes(pem(*chain))
    return read_chain(path)


def labels(chain: Chain) -> list[str]:
    return [each.subject.label for each in chain.sent]


def kinds(chain: Chain) -> list[str]:
    return [each.kind for each in chain.findings]


def test_a_chain_as_it_should_be_has_nothing_odd(tmp_path: Path) -> None:
    chain = read(tmp_path / "chain.pem", LEAF, LOWER, UPPER)
    assert labels(chain) == ["server", "Lower", "Upper"]
    assert chain.target.der == LEAF.der
    assert chain.findings == ()
    assert chain.source == str(tmp_path / "chain.pem")


def test_the_real_chains_are_in_order() -> None:
    for name in ("sectigo-2021-with-addtrust-cross.pem", "sectigo-2021-without-cross.pem"):
        chain = read_chain(REAL / name)
        assert chain.target.subject.label == "*.apache.org"
        assert chain.findings == ()


@pytest.mark.parametrize(
    ("sent", "target", "kind", "words"),
    [
        ((LEAF, UPPER, LOWER), LEAF, "wrong-order", "certificate 2 (Upper) stands before"),
        ((LOWER, UPPER, LEAF), LEAF, "wrong-order", "certificate 3 (server) is the server's"),
        ((UPPER, LOWER), LOWER, "wrong-order", "certificate 2 (Lower)"),
        ((LEAF, LOWER, UPPER, ROOT), LEAF, "root-sent", "certificate 4 (Root)"),
        ((LEAF, LOWER, OTHER, UPPER), LEAF, "unneeded", "certificate 3 (Other Root)"),
        ((LEAF, LOWER, UPPER, LOWER), LEAF, "duplicate", "Certificate 4"),
        ((LOWER, UPPER), LOWER, "starts-with-ca", "certificate 1 (Lower) is a CA's"),
    ],
)
def test_what_is_odd_is_said(
    tmp_path: Path, sent: tuple[Issued, ...], target: Issued, kind: str, words: str
) -> None:
    chain = read(tmp_path / "chain.pem", *sent)
    assert chain.target.der == target.der
    assert {each.der for each in chain.others} == {each.der for each in sent} - {target.der}
    (text,) = [each.text for each in chain.findings if each.kind == kind]
    assert words in text


def test_a_cross_certificate_beside_the_root_is_in_order(tmp_path: Path) -> None:
    cross = issue("Root", OTHER, key=ROOT.key)
    chain = read(tmp_path / "chain.pem", LEAF, LOWER, UPPER, cross)
    assert chain.findings == ()
    assert kinds(read(tmp_path / "chain.pem", LEAF, LOWER, UPPER, ROOT, cross)) == ["root-sent"]


def test_a_root_in_the_middle_is_to_be_left_out_and_all_is_in_order(tmp_path: Path) -> None:
    assert kinds(read(tmp_path / "chain.pem", LEAF, LOWER, ROOT, UPPER)) == ["root-sent"]


def test_two_that_certify_each_other_have_no_order_but_others_have(tmp_path: Path) -> None:
    one = issue("One", UPPER)
    two = issue("Two", one)
    back = issue("One", two, key=one.key)
    below = issue("Below", two)
    path = tmp_path / "chain.pem"
    assert read(path, server(two), two, back).findings == ()
    assert read(path, server(one), back, two).findings == ()
    (finding,) = read(path, server(below), two, back, below).findings
    assert finding.kind == "wrong-order"
    assert "certificate 2 (Two) stands before certificate 4 (Below)" in finding.text


def test_a_self_signed_server_is_no_root_sent_along(tmp_path: Path) -> None:
    alone = issue("server", is_ca=False)
    assert read(tmp_path / "chain.pem", alone).findings == ()


def test_text_between_certificates_is_passed_over_and_a_key_is_said(tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    noise = b"subject=/CN=server\r\nissuer=\x1b[2J\n"
    path.write_bytes(noise + LEAF.pem + noise + LEAF.key_pem + LOWER.pem.replace(b"\n", b"\r\n"))
    chain = read_chain(path)
    assert labels(chain) == ["server", "Lower"]
    assert kinds(chain) == ["private-key"]


def test_a_directory_has_chains_in_der_too_and_none_that_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.der").write_bytes(LEAF.der)
    assert [labels(each) for each in read_chains([tmp_path])] == [["server"]]
    damaged(tmp_path / "b.pem")
    with pytest.raises(DocumentError, match=r"b\.pem: certificate 2 is damaged"):
        list(read_chains([tmp_path]))
    (tmp_path / "b.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(DocumentError, match=r"b\.pem: certificate 1 is damaged"):
        list(read_chains([tmp_path]))


def test_a_hundred_certificates_are_read(tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    path.write_bytes(LEAF.pem * 100)
    assert labels(read_chain(path)) == ["server"]
    path.write_bytes(LEAF.pem * 101)
    with pytest.raises(DocumentError, match="100 at most"):
        read_chain(path)


@pytest.mark.parametrize("name", ["chain.der", "chain.p7b", "pem.p7b"])
def test_der_and_pkcs7_are_chains_too(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    both = [LEAF.certificate, LOWER.certificate]
    path.write_bytes(
        {
            "chain.der": LEAF.der,
            "chain.p7b": pkcs7.serialize_certificates(both, Encoding.DER),
            "pem.p7b": pkcs7.serialize_certificates(both, Encoding.PEM),
        }[name]
    )
    assert read_chain(path).target.der == LEAF.der


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(pem(LEAF, LOWER))))
    chain = read_chain(Path("-"))
    assert (labels(chain), chain.source) == (["server", "Lower"], "standard input")


def test_a_directory_has_a_chain_a_file(tmp_path: Path) -> None:
    for name in ("b.pem", "a.CRT"):
        (tmp_path / name).write_bytes(pem(LEAF, LOWER))
    (tmp_path / "key.pem").write_bytes(LEAF.key_pem)
    (tmp_path / "README").write_bytes(b"-----BEGIN CERTIFICATE-----")
    (tmp_path / "sub.pem").mkdir()
    chains = list(read_chains([tmp_path]))
    assert [Path(each.source).name for each in chains] == ["a.CRT", "b.pem"]
    both = read_chains([tmp_path / "b.pem", tmp_path])
    assert [Path(each.source).name for each in both] == ["b.pem", "a.CRT", "b.pem"]


# --- what is no chain ------------------------------------------------------------------------


def no_certificate(path: Path) -> None:
    path.write_bytes(LEAF.key_pem)


def empty(path: Path) -> None:
    path.touch()


def missing(path: Path) -> None:
    assert not path.exists()


def damaged(path: Path) -> None:
    broken = LOWER.pem.replace(LOWER.pem[60:100], b"A" * 40)
    path.write_bytes(LEAF.pem + broken)


def odd_inside(path: Path) -> None:
    path.write_bytes(LEAF.pem + DER_cert_to_PEM_cert(certificates.damaged(LOWER)).encode())


def cut_off(path: Path) -> None:
    path.write_bytes(pem(LEAF, LOWER)[:-200])


def thousands(path: Path) -> None:
    path.write_bytes(LEAF.pem * 1000)


def huge(path: Path) -> None:
    path.write_bytes(LEAF.pem + b"\n" * (2 << 20))


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def unclosed(path: Path) -> None:
    path.write_bytes(b"-----BEGIN CERTIFICATE-----\n" * 30_000)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (missing, "no such file"),
        (empty, "no certificate"),
        (no_certificate, "no certificate"),
        (damaged, "certificate 2 is damaged"),
        (odd_inside, "certificate 2 can't be decoded by any OpenSSL"),
        (cut_off, "certificate 2 is damaged"),
        (unclosed, "certificate 1 is damaged"),
        (thousands, f"{MOST_CERTIFICATES} at most"),
        (huge, "1 MiB"),
        (endless, "1 MiB"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_chain_is_one_plain_line(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "chain.pem"
    make(path)
    with pytest.raises(DocumentError) as raised:
        read_chain(path)
    message = str(raised.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert len(message.splitlines()) == 1


def test_a_directory_without_chains(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no file of certificates"):
        list(read_chains([tmp_path]))
