"""`trustlist check` on the samples and two real chains: Cisco's document 215573."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from tests.certificates import issue, pem, server
from tests.commandline import Result, Run
from tests.tls_servers import listening, saying, silent, tls

CHAINS: Final = Path(__file__).resolve().parents[1] / "check" / "chains"
WITH_CROSS: Final = CHAINS / "sectigo-2021-with-addtrust-cross.pem"
WITHOUT_CROSS: Final = CHAINS / "sectigo-2021-without-cross.pem"
SECTIGO: Final = CHAINS / "sectigo-dv.pem"
CROSS: Final = CHAINS / "usertrust-cross.pem"
LEAF: Final = CHAINS / "leaf.pem"
ON: Final = ("--on", "2021-09-01")
ADDTRUST: Final = "02faf3e291435468607857694df5e45b68851868"
USERTRUST: Final = "2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e"
CROSS_SHA1: Final = "eab040689a0d805b5d6fd654fc168cff00b78be3"

EXPIRED: Final = {"ok": False, "error": "certificate has expired", "depth": 3}
ACCEPTED: Final = {"ok": True, "error": None, "depth": None}


def data(result: Result) -> Any:
    return json.loads(result.out)


def by_firmware(result: Result) -> dict[str, Any]:
    return {each["firmware"]: each for each in data(result)["results"]}


def builders(result: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: builder[key] for key in ("ok", "error", "depth")}
        for name, builder in result["builders"].items()
    }


# --- what real OpenSSL said ------------------------------------------------------------------


def test_with_the_cross_certificate_only_12_8_accepts(ask: Run) -> None:
    answer = ask("check", WITH_CROSS, *ON, "--format", "json")
    assert answer.code == 1
    results = by_firmware(answer)
    assert {name: each["verdict"] for name, each in results.items()} == {
        "12.6(1)": "refused",
        "12.7(1)": "refused",
        "12.8(1)": "accepted",
    }
    for old in ("12.6(1)", "12.7(1)"):
        assert builders(results[old]) == {"untrusted-first": EXPIRED, "trusted-first": ACCEPTED}
        assert results[old]["since"] == "2021-06-15T00:00:00Z"  # the leaf's beginning
    assert builders(results["12.8(1)"]) == {"untrusted-first": ACCEPTED, "trusted-first": ACCEPTED}


def test_without_it_all_accept(ask: Run) -> None:
    answer = ask("check", WITHOUT_CROSS, *ON, "--format", "json")
    assert answer.code == 0
    for result in by_firmware(answer).values():
        assert builders(result) == {"untrusted-first": ACCEPTED, "trusted-first": ACCEPTED}


def test_json_has_the_keys_of_the_contract(ask: Run) -> None:
    answer = data(ask("check", WITH_CROSS, *ON, "--format", "json"))
    assert {"on", "chain", "results"} <= set(answer)
    assert answer["on"] == "2021-09-01T00:00:00Z"
    assert [each["position"] for each in answer["chain"]] == [1, 2, 3]
    for result in answer["results"]:
        assert {"firmware", "revision", "verdict", "builders", "remedies"} <= set(result)
        assert list(result["builders"]) == ["untrusted-first", "trusted-first"]
    old, new = answer["results"][1]["builders"].values()
    assert [(step["fingerprint"], step["origin"]) for step in old["path"]][2:] == [
        (CROSS_SHA1, "server"),
        (ADDTRUST, "trust list"),
    ]
    assert new["path"][-1]["fingerprint"] == USERTRUST


def test_the_first_line_says_what_when_why_and_how(ask: Run) -> None:
    lines = ask("check", WITH_CROSS, *ON, "--firmware", "12.7").out.splitlines()
    assert lines[0] == (
        "12.7(1): REFUSED since 2021-06-15 00:00 UTC: AddTrust External CA Root has expired. "
        "Fix: stop sending USERTrust's cross-certificate."
    )


def test_each_release_has_its_line(ask: Run) -> None:
    lines = ask("check", WITH_CROSS, *ON).out.splitlines()
    assert [line.split()[1:3] for line in lines if line.startswith("12.") and ":" not in line] == [
        ["refused", "never"],
        ["refused", "never"],
        ["accepted", "2021-06-15"],
    ]


def test_the_exit_code_is_0_only_if_every_release_asked_for_accepts(ask: Run) -> None:
    assert ask("check", WITH_CROSS, *ON, "--firmware", "12.8").code == 0
    assert ask("check", WITH_CROSS, *ON, "--firmware", "12.8", "--firmware", "12.7").code == 1
    assert ask("check", WITH_CROSS, *ON, "--firmware", "all").code == 1


# --- time ------------------------------------------------------------------------------------


def accepted(result: Result) -> dict[str, list[tuple[str, str]]]:
    return {
        name: [(each["start"], each["end"]) for each in answer["accepted"]]
        for name, answer in by_firmware(result).items()
    }


def test_the_chain_with_the_leaf_was_never_accepted_by_12_7(ask: Run) -> None:
    answer = accepted(ask("check", WITH_CROSS, *ON, "--format", "json"))
    assert answer == {
        "12.6(1)": [],
        "12.7(1)": [],
        "12.8(1)": [("2021-06-15T00:00:00Z", "2022-07-16T23:59:59Z")],
    }


def test_from_the_ca_up_12_7_accepted_until_addtrust_ended(ask: Run, tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    path.write_bytes(SECTIGO.read_bytes() + CROSS.read_bytes())
    answer = ask("check", path, "--on", "2020-05-30T10:48:37Z", "--format", "json")
    assert [each["kind"] for each in data(answer)["findings"]] == ["starts-with-ca"]
    assert by_firmware(answer)["12.7(1)"]["verdict"] == "accepted"
    assert by_firmware(answer)["12.7(1)"]["until"] == "2020-05-30T10:48:38Z"
    assert accepted(answer)["12.7(1)"] == [("2018-11-02T00:00:00Z", "2020-05-30T10:48:38Z")]
    after = ask("check", path, "--on", "2020-05-30T10:48:39Z", "--format", "json")
    assert by_firmware(after)["12.7(1)"]["verdict"] == "refused"
    assert accepted(after) == accepted(answer)


def test_a_chain_without_a_server_s_certificate_is_said_at_the_top(ask: Run) -> None:
    verdict, _, note, *_ = ask("check", SECTIGO, *ON, "--firmware", "12.8").out.splitlines()
    assert verdict.startswith("12.8(1): ACCEPTED")
    assert note.startswith("No server's certificate stands at its start")


def test_the_timeline_is_shown_if_asked_for(ask: Run) -> None:
    shown = ask("check", WITH_CROSS, *ON, "--timeline").out
    assert "accepted        2021-06-15T00:00:00Z  2022-07-16T23:59:59Z  12.8(1)" in shown
    assert "never accepted" in shown
    assert "never accepted" not in ask("check", WITH_CROSS, *ON).out


@pytest.mark.parametrize(
    "on", ["2020-05-30T10:48", "2020-05-30 10:48:00", "2020-05-30T12:48+02:00"]
)
def test_a_time_is_utc_unless_it_says_otherwise(ask: Run, on: str) -> None:
    answer = data(ask("check", WITH_CROSS, "--on", on, "--format", "json"))
    assert answer["on"] == "2020-05-30T10:48:00Z"


# --- what helps ------------------------------------------------------------------------------


def remedies(result: Result, firmware: str = "12.7(1)") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = by_firmware(result)[firmware]["remedies"]
    return found


def test_the_first_remedy_is_to_stop_sending_the_cross_certificate(ask: Run) -> None:
    found = remedies(ask("check", WITH_CROSS, *ON, "--format", "json"))
    assert [each["kind"] for each in found] == ["stop-sending", "upgrade", "other-ca"]
    assert found[0]["certificates"] == [CROSS_SHA1]
    assert "certificate 3" in found[0]["text"]
    assert found[1]["firmware"] == "12.8(1)"
    assert "CSCvb29314" in found[1]["text"]


def test_the_document_is_named(ask: Run) -> None:
    results = by_firmware(ask("check", WITH_CROSS, *ON, "--format", "json"))
    assert [each["document"] for each in results["12.7(1)"]["notices"]] == ["215573"]
    assert results["12.8(1)"]["notices"] == []
    assert "Cisco's document 215573 (CSCvt26128)" in ask("check", WITH_CROSS, *ON).out


SENT = "sent by the server"


def test_a_page_has_the_timeline_and_all_the_roots_that_are_common(ask: Run) -> None:
    common = data(ask("check", WITH_CROSS, *ON, "--format", "json"))["common_roots"]
    page = ask("check", WITH_CROSS, *ON, "--format", "html").out
    assert "never accepted" in page
    assert len(common) > 40
    assert all(each["fingerprint"] in page for each in common)
    # the two paths are drawn, and the one that OpenSSL refuses says where, in its words
    drawn = re.findall(r'<div class="path (\w+)">(.*?)</div>', page, re.DOTALL)
    looks = ["bad", "good", "good", "good"]  # now by either builder, after the fix, and 12.8(1)
    assert [look for look, _ in drawn] == looks
    broken = re.findall(
        r'<li class="broken">\s*<b>([^<]*)</b>.*?([a-z ]+)</p>', drawn[0][1], re.DOTALL
    )
    assert broken == [("AddTrust External CA Root", "certificate has expired")]
    names = [re.findall(r"<b>([^<]*)</b> <small>([^<]*)</small>", each) for _, each in drawn]
    assert ("USERTrust RSA Certification Authority", f"{SENT}: to be left out") in names[0]
    assert names[2] == [
        ("*.apache.org", SENT),
        ("Sectigo RSA Domain Validation Secure Server CA", SENT),
        ("USERTrust RSA Certification Authority", "from the trust list"),
    ]
    assert common[-1]["fingerprint"] not in ask("check", WITH_CROSS, *ON).out


def test_short_is_a_line_for_each_verdict(ask: Run) -> None:
    result = ask("check", WITH_CROSS, *ON, "--short")
    assert result.code == 1
    lines = result.out.split("\n\n")
    assert [line.partition(":")[0] for line in lines] == ["12.6(1), 12.7(1)", "12.8(1)"]
    assert ask("check", WITH_CROSS, *ON).out.startswith(result.out.rstrip("\n"))
    assert len(ask("check", WITH_CROSS, WITH_CROSS, *ON, "--short").out.splitlines()) == 1


def test_a_missing_intermediate_is_said_and_where_it_should_be(ask: Run) -> None:
    answer = ask("check", LEAF, *ON, "--format", "json")
    assert [each["kind"] for each in data(answer)["findings"]] == ["missing-intermediate"]
    first = remedies(answer)[0]
    assert (first["kind"], first["is_tested"]) == ("send", False)
    assert "http://crt.sectigo.com/SectigoRSADomainValidationSecureServerCA.crt" in first["text"]


def test_one_that_is_at_hand_is_tried(ask: Run) -> None:
    first = remedies(ask("check", LEAF, *ON, "--certs", SECTIGO, "--format", "json"))[0]
    assert (first["kind"], first["is_tested"]) == ("send", True)
    assert "33e4e80807204c2b6182a3a14b591acd25b5f0db" in first["certificates"]


# --- names -----------------------------------------------------------------------------------


def test_a_name_that_the_certificate_is_not_for_is_refused(ask: Run) -> None:
    right = ask("check", WITHOUT_CROSS, *ON, "--hostname", "www.apache.org", "--format", "json")
    assert (right.code, data(right)["name"]["ok"]) == (0, True)
    wrong = ask("check", WITHOUT_CROSS, *ON, "--hostname", "expe.example.com", "--format", "json")
    assert (wrong.code, data(wrong)["name"]["ok"]) == (1, False)
    assert data(wrong)["name"]["names"] == ["*.apache.org", "apache.org"]
    for result in data(wrong)["results"]:
        assert result["verdict"] == "refused"
        assert result["reason"].endswith("not for expe.example.com")


# --- live servers ----------------------------------------------------------------------------


def test_a_live_server(ask: Run, tmp_path: Path) -> None:
    root = issue("Own Root")
    lower = issue("Own CA", root)
    with tls(tmp_path, server(lower), lower) as up:
        answer = ask("check", "--connect", f"127.0.0.1:{up.port}", "--format", "json")
    assert answer.code == 1
    assert data(answer)["source"] == f"127.0.0.1:{up.port}"
    assert [each["subject"] for each in data(answer)["chain"]] == ["CN=server", "CN=Own CA"]
    assert data(answer)["name"] is None
    for result in data(answer)["results"]:
        for builder in result["builders"].values():
            assert builder["error"] == "unable to get local issuer certificate"
            assert builder["depth"] == 1


def test_several_live_servers_with_the_one_that_is_down_said(ask: Run, tmp_path: Path) -> None:
    root = issue("Own Root")
    first, second = (issue(name, root) for name in ("First CA", "Second CA"))
    (tmp_path / "a").mkdir()
    with (
        tls(tmp_path, server(first), first) as one,
        tls(tmp_path / "a", server(second), second) as two,
    ):
        hosts = tmp_path / "hosts"
        hosts.write_text(f"# the edge\n\n127.0.0.1:{two.port}  # the second\n127.0.0.1:1\n")
        target = f"https://127.0.0.1:{one.port}/"
        both = ("check", "--connect", target, "--hosts", str(hosts), "--format", "json")
        answer = ask(*both)
    assert answer.code == 5
    assert answer.err == "127.0.0.1:1: no connection: connection refused.\n"
    assert [each["source"] for each in data(answer)["checks"]] == [
        f"127.0.0.1:{one.port}",
        f"127.0.0.1:{two.port}",
    ]


def test_a_file_of_hosts_that_names_none(ask: Run, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("# nothing yet\n")
    for path, words in ((hosts, "there is no address in it"), (tmp_path / "no", "no such file")):
        answer = ask("check", "--hosts", str(path))
        assert (answer.code, answer.out) == (2, "")
        assert words in answer.err


def test_the_name_a_server_is_asked_for_is_checked(ask: Run, tmp_path: Path) -> None:
    own = issue("Own CA")
    for name, ok in (("expe.example.com", True), ("other.example.com", False)):
        with tls(tmp_path, server(own, "expe.example.com")) as up:
            target = f"127.0.0.1:{up.port}"
            answer = ask("check", "--connect", target, "--server-name", name, "--format", "json")
        assert data(answer)["name"] == {
            "name": name,
            "ok": ok,
            "names": ["expe.example.com"],
            "problem": "",
        }


def test_a_server_that_gives_no_chain_is_exit_code_5(ask: Run) -> None:
    for serve in (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), silent):
        with listening(serve) as up:
            target = f"127.0.0.1:{up.port}"
            answer = ask("check", "--connect", target, "--timeout", "0.5")
        assert (answer.code, answer.out) == (5, "")
        assert answer.err.startswith(f"{target}: ")
        assert len(answer.err.splitlines()) == 1


# --- several chains --------------------------------------------------------------------------


@pytest.fixture
def several(tmp_path: Path) -> Path:
    directory = tmp_path / "chains"
    directory.mkdir()
    for path in (WITH_CROSS, WITHOUT_CROSS, LEAF, SECTIGO):
        shutil.copy(path, directory)
    return directory


def test_a_directory_has_an_answer_a_chain(ask: Run, several: Path) -> None:
    answer = ask("check", several, *ON, "--format", "json")
    assert answer.code == 1
    verdicts = {
        Path(each["source"]).name: [result["verdict"] for result in each["results"]]
        for each in data(answer)["checks"]
    }
    assert verdicts == {
        "leaf.pem": ["refused"] * 3,
        "sectigo-2021-with-addtrust-cross.pem": ["refused", "refused", "accepted"],
        "sectigo-2021-without-cross.pem": ["accepted"] * 3,
        "sectigo-dv.pem": ["accepted"] * 3,
    }


def test_what_one_chain_lacks_another_may_have(ask: Run, several: Path) -> None:
    (answer, *_) = data(ask("check", several, *ON, "--format", "json"))["checks"]
    assert answer["results"][0]["remedies"][0]["is_tested"]


def test_several_files_and_csv(ask: Run) -> None:
    answer = ask("check", WITH_CROSS, WITHOUT_CROSS, *ON, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert [(Path(row["source"]).name, row["firmware"], row["verdict"]) for row in rows] == [
        (path.name, firmware, "accepted" if path == WITHOUT_CROSS else verdict)
        for path in (WITH_CROSS, WITHOUT_CROSS)
        for firmware, verdict in (
            ("12.6(1)", "refused"),
            ("12.7(1)", "refused"),
            ("12.8(1)", "accepted"),
        )
    ]
    assert rows[0]["untrusted_first_depth"] == "3"
    assert (
        "2 chains, 1 is accepted by all 3 releases"
        in ask("check", WITH_CROSS, WITHOUT_CROSS, *ON).out
    )


# --- mistakes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "--connect HOST:PORT"),
        ((LEAF, "--connect", "127.0.0.1:1"), 2, "either"),
        ((LEAF, "--server-name", "expe.example.com"), 2, "--connect"),
        (("--connect", "expe.example.com"), 2, "8443"),
        (("nosuch.pem",), 3, "no such file"),
        ((LEAF, "--firmware", "13.0"), 2, "12.6(1)"),
        ((LEAF, "--product", "Room Kit"), 2, "Room Kit"),
        ((LEAF, "--on", "soon"), 2, "2020-06-01"),
        ((LEAF, "--hostname", "a b"), 2, "no name of a host"),
        ((LEAF, "--hostname", ""), 2, "no name of a host"),
        ((LEAF, "--certs", "nosuch.pem"), 2, "nosuch.pem"),
    ],
)
def test_a_mistake_is_a_plain_line(
    ask: Run, arguments: tuple[object, ...], code: int, words: str
) -> None:
    answer = ask("check", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert words in answer.err.splitlines()[0]


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown", "html"])
def test_names_in_certificates_are_harmless(ask: Run, tmp_path: Path, format_: str) -> None:
    hostile = "\x1b[2J<script>alert(1)</script>\u202e=cmd()|`"
    root = issue(f"Root {hostile}"[:64])
    path = tmp_path / "chain.pem"
    path.write_bytes(pem(issue(hostile, root, is_ca=False), root))
    out = ask("check", path, "--format", format_).out
    assert "\x1b" not in out
    assert "\u202e" not in out
    if format_ == "html":
        assert "<script>alert(1)" not in out
