"""What the commands say of cross-certificates, of servers, and of which CA to buy from."""

from __future__ import annotations

import html
import itertools
import json
from pathlib import Path
from ssl import DER_cert_to_PEM_cert, PEM_cert_to_DER_cert
from typing import Any

import pytest

from pipeline import catalogue
from pipeline.database.engine import open_for_writing
from pipeline.errors import SourceError
from tests.certificates import issue, pem, server, trusted
from tests.check.test_remarks import CA, REMARKABLE, RSA_ROOT
from tests.commandline import Result, Run
from tests.enrich.crtsh_servers import Answer, running_web_server, status
from tests.snapshot_loader import SnapshotLoader

CHAINS = Path(__file__).resolve().parents[1] / "check" / "chains"
USERTRUST = "2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e"
CROSS = "eab040689a0d805b5d6fd654fc168cff00b78be3"
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
        ("sectigo", 0, "Sectigo: yes, all 3 releases trust USERTrust RSA"),
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


def test_digicert_s_first_roots_are_none_to_buy_under_any_more(ask: Run) -> None:
    """Mozilla removed them on 2026-04-15; DigiCert's article ALERT86 says to move to G2 and G3."""
    answer = ask("find", "--ca", "digicert", "--as-of", "2026-11-26", "-f", "json")
    (digicert,) = [each for each in data(answer)["cas"] if each["name"] == "DigiCert"]
    flaws = {root["subject"].rpartition("CN=")[2]: root["flaw"] for root in digicert["roots"]}
    for gone in ("Assured ID Root CA", "Global Root CA", "High Assurance EV Root CA"):
        assert flaws[f"DigiCert {gone}"] == "not in all browsers now"
    for kept in ("Assured ID Root G2", "Global Root G2", "Global Root G3"):
        assert flaws[f"DigiCert {kept}"] == ""
    assert digicert["advice"] == "yes"


def test_a_ca_is_asked_about_for_some_releases(ask: Run) -> None:
    question = ("find", "--ca", "let's encrypt", "--as-of", "2026-11-26")
    asked = ("--firmware", "12.7", "--firmware", "12.8")
    assert "yes, both releases trust ISRG Root X1" in ask(*question, *asked).out
    answer = ask(*question, *asked, "-f", "json").json
    assert answer["releases"] == ["12.7(1)", "12.8(1)"]
    assert "yes, 12.8(1) trusts ISRG Root X1" in ask(*question, "--firmware", "latest").out
    assert ask(*question, "--firmware", "all").code == 1
    unknown = ask(*question, "--firmware", "12.7", "--product", "nosuch")
    assert (unknown.code, unknown.out) == (2, "")


def test_releases_of_two_products_are_told_apart(run: Run, tmp_path: Path) -> None:
    """One trusts the CA and the other doesn't, though both are called the same."""
    database = f"sqlite:///{tmp_path / 'trustlist.db'}"
    (der,) = catalogue.find([USERTRUST]).values()
    loader = SnapshotLoader(open_for_writing(database))
    loader.load({"12.7(1)": [trusted(der, CA.key)]}, product="8800")
    loader.load({"12.7(1)": [CA.root]}, "other", product="7800")
    ask = ("--database", database, "find", "--ca", "sectigo", "--as-of", "2026-11-26")
    answer = run(*ask, "-f", "json")
    assert answer.code == 1
    (ca,) = data(answer)["cas"]
    assert (ca["advice"], ca["trusting"]) == ("some", 1)
    assert data(answer)["releases"] == ["12.7(1) (7800)", "12.7(1) (8800)"]
    assert run(*ask, "--product", "8800", "-f", "json").json["releases"] == ["12.7(1)"]


def test_find_takes_a_text_or_a_ca(ask: Run) -> None:
    for arguments in ((), ("sectigo", "--ca", "sectigo")):
        answer = ask("find", *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert "--ca NAME" in answer.err
    answer = ask("find", "sectigo", "--product", "8800")
    assert (answer.code, answer.out) == (2, "")
    assert "go with --ca NAME" in answer.err


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
    assert CROSS in told
    chains = tmp_path / "chains"
    chains.mkdir()
    (chains / f"{CROSS}.pem").write_bytes((CHAINS / "usertrust-cross.pem").read_bytes())
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
    lead = ask("diff", "12.7", "12.8", "--as-of", "2021-09-01").out.partition("Removed")[0]
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


@pytest.mark.parametrize("kind", REMARKABLE)
def test_remarks_are_in_every_form_and_count_if_strict(run: Run, tmp_path: Path, kind: str) -> None:
    database = f"sqlite:///{tmp_path / 'trustlist.db'}"
    ca = issue("CA", key=CA.key)
    loader = SnapshotLoader(open_for_writing(database))
    loader.load({"12.7(1)": [ca.root, trusted(RSA_ROOT, ca.key)]})
    chain = tmp_path / "chain.pem"
    chain.write_text(DER_cert_to_PEM_cert(REMARKABLE[kind]))
    ask = ("--database", database, "check", chain, "--on", "2025-01-01", "-f")
    (remark,) = run(*ask, "json").json["remarks"]
    assert remark["kind"] == kind
    for format_ in ("table", "markdown", "html"):
        plain, strict = run(*ask, format_), run(*ask, format_, "--strict")
        assert (plain.code, strict.code) == (0, 1)
        text, counted = (" ".join(html.unescape(e.out).split()) for e in (plain, strict))
        assert text.index("ACCEPTED") < text.index(remark["text"])
        assert f"({remark['document']})" in text or not remark["document"]
        assert "With --strict, that counts." in counted
    strict = run(*ask, "json", "--strict")
    assert (strict.code, data(strict)["is_strict"]) == (1, True)


def test_of_several_chains_each_remark_is_listed_with_its_chains(ask: Run, tmp_path: Path) -> None:
    for name, kind in (("one", "long-names"), ("two", "weak-key"), ("three", "weak-key")):
        (tmp_path / f"{name}.pem").write_text(DER_cert_to_PEM_cert(REMARKABLE[kind]))
    lines = ask("check", *sorted(tmp_path.glob("*.pem"))).out.splitlines()
    found = [each.split(maxsplit=1) for each in lines if each.startswith(("long-", "weak-"))]
    assert found == [["long-names", "one.pem"], ["weak-key", "three.pem, two.pem"]]


def test_a_usual_chain_has_no_remarks(ask: Run) -> None:
    chain = CHAINS / "sectigo-2021-without-cross.pem"
    assert ask("check", chain, "--on", "2021-09-01", "-f", "json").json["remarks"] == []
    assert ask("check", chain, "--on", "2021-09-01", "--strict").code == 0


def test_the_first_line_says_that_the_verdict_is_on_what_a_ca_issues(ask: Run) -> None:
    line = ask("check", CHAINS / "sectigo-dv.pem", "--on", "2021-09-01").out.splitlines()[0]
    assert "(what Sectigo RSA Domain Validation Secure Server CA issues)" in line


# --- crt.sh ----------------------------------------------------------------------------------


@pytest.fixture
def ask_addtrust(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Ask a release that has AddTrust's root only, with no way to where certificates point."""

    def fetch(url: str, **_: object) -> list[bytes]:
        raise SourceError(f"{url}: there is no network here.")

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("pipeline.check.intermediates.fetch", fetch)
    database = f"sqlite:///{tmp_path / 'trustlist.db'}"
    (addtrust,) = catalogue.find(["02faf3e291435468607857694df5e45b68851868"]).values()
    SnapshotLoader(open_for_writing(database)).load({"12.7(1)": [trusted(addtrust, CA.key)]})
    chain = CHAINS / "sectigo-dv.pem"
    return lambda *options: run(
        *("--database", database, "check", chain, "--on", "2019-09-01", "-f", "json", *options)
    )


def test_a_cross_certificate_is_fetched_from_a_mirror_and_then_tested(ask_addtrust: Run) -> None:
    real = (CHAINS / "usertrust-cross.pem").read_text()
    with running_web_server() as mirror:
        mirror.certificates = [PEM_cert_to_DER_cert(real)]
        offline = data(ask_addtrust())["results"][0]["remedies"][0]
        assert mirror.requests == []
        online = data(ask_addtrust("--online", "--crtsh-url", mirror.url))
        remedy = online["results"][0]["remedies"][0]
        assert mirror.requests[0] == {"q": CROSS}
    for each, is_tested in ((offline, False), (remedy, True)):
        assert (each["kind"], each["certificates"]) == ("send", [CROSS])
        assert each["is_tested"] == is_tested
    assert offline["untested"].startswith("tested but for the signature")
    assert "crt.sh" not in " ".join(each["text"] for each in online["findings"])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(403), "crt.sh: 1 of 1 certificates could not be looked up: it answers 403"),
        (None, f"crt.sh: there is no certificate with SHA-1 {CROSS}."),
    ],
)
def test_what_a_mirror_does_not_give_is_said_and_not_called_tested(
    ask_addtrust: Run, monkeypatch: pytest.MonkeyPatch, answer: Answer | None, words: str
) -> None:
    with running_web_server() as mirror:
        mirror.always = answer
        monkeypatch.setenv("TRUSTLIST_CRTSH_URL", mirror.url)
        found = data(ask_addtrust("--online"))
    texts = [e["text"] for e in found["findings"] if e["kind"] == "not-fetched"]
    assert any(each.startswith(words) for each in texts)
    assert not any("trustlist enrich" in each for each in texts)
    assert not found["results"][0]["remedies"][0]["is_tested"]
