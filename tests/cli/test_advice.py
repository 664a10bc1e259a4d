"""What the commands say of cross-certificates, of servers, and of which CA to buy from."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from ssl import DER_cert_to_PEM_cert
from typing import Any

import pytest
from certificates import issue, pem, server
from commandline import Result, Run

from pipeline import catalogue

CHAINS = Path(__file__).resolve().parents[1] / "check" / "chains"
USERTRUST = "2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e"
R46 = "ad98f9f3e47d753b65d482b3a45217bb6ef5e438"
RELEASES = ("12.6(1)", "12.7(1)", "12.8(1)")
DAYS = ("2019-01-01", "2020-06-01", "2026-11-26")


def data(result: Result) -> Any:
    return json.loads(result.out)


def test_find_shows_twins_and_cross_certificates(ask: Run) -> None:
    (firma,) = ask("find", "0bbec2272249cb39aadb355c53e38cae78ffb6fe", "-f", "json").json["roots"]
    assert firma["releases"] == []
    assert [twin["fingerprint"][:8] for twin in firma["twins"]] == ["aec5fb3f"]
    assert firma["twins"][0]["releases"][0]["in_latest"]
    lead = ask("find", "0bbec2272249cb39aadb355c53e38cae78ffb6fe").out.splitlines()[0]
    assert "Its twin aec5fb3f" in lead
    (r46,) = ask("find", R46, "-f", "json").json["roots"]
    assert {each["issuer"][:8] for each in r46["cross_certificates"]} == {"2b8f1b57", "d1eb23a4"}


def test_roots_that_are_made_up_for_are_counted(ask: Run) -> None:
    answer = ask("diff", "12.7", "--against", "mozilla", "--as-of", "2026-11-26", "-f", "json").json
    again = [root for root, cover in answer["covers"].items() if not cover["certificate"]]
    assert len(again) == 5
    trusted = {each["fingerprint"] for each in ask("show", "12.7", "-f", "json").json["rows"]}
    for lacking, cover in answer["covers"].items():
        assert lacking not in trusted
        assert cover["root"] in trusted
    assert answer["covers"][R46]["root"] == USERTRUST


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("sectigo", 0, "Sectigo: yes, all 3 releases loaded trust USERTrust RSA"),
        ("let's encrypt", 1, "Let's Encrypt: not for all, 2 of 3 releases trust ISRG Root X1"),
        ("entrust", 1, "Entrust: no."),
        ("nosuch", 1, "No CA that is known here has nosuch in its name."),
    ],
)
def test_whether_to_buy_from_a_ca(ask: Run, name: str, code: int, words: str) -> None:
    for format_ in ("table", "markdown", "html", "json"):
        assert ask("find", "--ca", name, "--as-of", "2026-11-26", "-f", format_).code == code
    answer = ask("find", "--ca", name, "--as-of", "2026-11-26")
    assert words in answer.out
    assert "IdenTrust" not in answer.out


def test_find_takes_a_text_or_a_ca(ask: Run) -> None:
    for arguments in ((), ("sectigo", "--ca", "sectigo")):
        answer = ask("find", *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert "--ca NAME" in answer.err


# --- diff and check --------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_diff_says_of_servers_what_check_says_of_their_chains(
    ask: Run, tmp_path: Path, day: str
) -> None:
    """Of each root that any sample drops, and of the cross-certificate that is at hand."""
    told: dict[str, dict[str, str]] = {}
    for old, new in itertools.permutations(RELEASES, 2):
        for each in ask("diff", old, new, "--as-of", day, "-f", "json").json["servers"]:
            verdicts = told.setdefault(each["certificate"], {})
            for release, verdict in ((old, each["old"]), (new, each["new"])):
                assert verdicts.setdefault(release, verdict) == verdict
    cross = "eab040689a0d805b5d6fd654fc168cff00b78be3"
    assert cross in told
    chains = tmp_path / "chains"
    chains.mkdir()
    (chains / f"{cross}.pem").write_bytes((CHAINS / "usertrust-cross.pem").read_bytes())
    for root, der in catalogue.find(told).items():
        (chains / f"{root}.pem").write_text(DER_cert_to_PEM_cert(der))
    checks = data(ask("check", chains, "--on", day, "-f", "json"))["checks"]
    assert len(checks) > 10
    compared = 0
    for check in checks:
        if not check["is_for_ca"]:  # a root of version 1, which doesn't say what it is
            continue
        verdicts = told[Path(check["source"]).stem]
        for result in check["results"]:
            if result["firmware"] in verdicts:
                assert result["verdict"] == verdicts[result["firmware"]]
                compared += 1
    assert compared > 20


def test_the_chain_that_diff_speaks_of_is_the_one_that_12_8_accepts(ask: Run) -> None:
    lead = ask("diff", "12.7", "12.8", "--as-of", "2021-09-01").out.splitlines()[0]
    assert "12.7(1) refuses servers that send USERTrust RSA Certification Authority" in lead
    assert "must change" not in lead
    chain = CHAINS / "sectigo-2021-with-addtrust-cross.pem"
    results = data(ask("check", chain, "--on", "2021-09-01", "-f", "json"))["results"]
    assert [each["verdict"] for each in results] == ["refused", "refused", "accepted"]


# --- check -----------------------------------------------------------------------------------


def test_the_json_of_several_chains_names_the_roots_once(ask: Run, tmp_path: Path) -> None:
    root = issue("Own Root")
    for number in range(3):
        (tmp_path / f"{number}.pem").write_bytes(pem(server(root)))
    answer = data(ask("check", *sorted(tmp_path.glob("*.pem")), "-f", "json"))
    assert len(answer["common_roots"]) > 10
    assert all(check["common_roots"] == [] for check in answer["checks"])
    remedies = [r for c in answer["checks"] for result in c["results"] for r in result["remedies"]]
    other = [each for each in remedies if each["kind"] == "other-ca"]
    assert other
    assert all(each["certificates"] == [] for each in other)


def test_who_issues_nothing_any_more_is_not_offered(ask: Run) -> None:
    answer = data(ask("check", CHAINS / "leaf.pem", "--on", "2021-09-01", "-f", "json"))
    names = [each["name"] for each in answer["authorities"]]
    assert "Let's Encrypt" in names  # of 2 of the 3 releases, so not among the first
    assert names.index("DigiCert") < names.index("Let's Encrypt")
    subjects = " ".join(each["subject"] for each in answer["common_roots"])
    for gone in ("CN=QuoVadis Root CA 2,", "TrustCor", "VeriSign", "Entrust Root"):
        assert gone not in subjects
    assert answer["left_out"]["distrusted"] > 5


@pytest.mark.parametrize("format_", ["table", "markdown", "html", "json"])
def test_a_root_of_a_private_ca_is_not_to_be_sent(ask: Run, tmp_path: Path, format_: str) -> None:
    root = issue("Acme Root", organisation="Acme Corp")
    lower = issue("Acme CA", root, organisation="Acme Corp")
    path = tmp_path / "chain.pem"
    path.write_bytes(pem(server(lower), lower, root))
    answer = ask("check", path, "-f", format_)
    assert answer.code == 1
    assert "213872" in answer.out
    assert "is a private CA" in answer.out
    if format_ == "json":
        kinds = {r["kind"] for each in json.loads(answer.out)["results"] for r in each["remedies"]}
        assert kinds == {"other-ca"}


def test_remarks_are_said_and_count_only_if_strict(ask: Run) -> None:
    chain = CHAINS / "sectigo-2021-without-cross.pem"
    plain = ask("check", chain, "--on", "2021-09-01", "-f", "json")
    assert (plain.code, plain.json["remarks"]) == (0, [])
    assert ask("check", chain, "--on", "2021-09-01", "--strict").code == 0


def test_the_first_line_says_that_the_verdict_is_on_what_a_ca_issues(ask: Run) -> None:
    line = ask("check", CHAINS / "sectigo-dv.pem", "--on", "2021-09-01").out.splitlines()[0]
    assert "(what Sectigo RSA Domain Validation Secure Server CA issues)" in line
