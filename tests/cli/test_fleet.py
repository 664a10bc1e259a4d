"""`trustlist fleet` as people and machines ask it; JUnit and Prometheus of all commands."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.commandline import Run
from tests.make_inventory import TITLES, devices

CHAINS: Final = Path(__file__).resolve().parents[1] / "check" / "chains"
WITH_CROSS: Final = CHAINS / "sectigo-2021-with-addtrust-cross.pem"
DAY: Final = ("--on", "2021-09-01")
PHONES: Final = list(devices(300))
RELEASES: Final = {each.cells[0]: each.release for each in PHONES if each.release}
REFUSING: Final = sum("12.8" not in release for release in RELEASES.values())


@pytest.fixture
def ask(run: Run, samples_url: str) -> Run:
    """Run a command on a database with the samples."""

    def ask(*arguments: object) -> object:
        return run("--database", samples_url, *arguments)

    return ask


@pytest.fixture
def phones(tmp_path: Path) -> Path:
    path = tmp_path / "phones.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([TITLES, *(each.cells for each in PHONES)])
    return path


def test_the_first_line_is_the_answer_and_the_second_what_to_do(ask: Run, phones: Path) -> None:
    result = ask("fleet", phones, "--chain", WITH_CROSS, *DAY)
    lead, _, todo, *_ = result.out.splitlines()
    accepting = 300 - REFUSING
    assert lead == (
        f"{REFUSING} of 300 phones refuse *.apache.org on 2021-09-01; {accepting} accept it, "
        "the first of them until 2022-07-16."
    )
    assert todo.startswith("Best fix: stop sending USERTrust's cross-certificate: brings back ")
    assert result.code == 1
    assert result.err == ""


@pytest.mark.parametrize(
    ("chains", "options", "lead"),
    [
        (
            ("with-addtrust-cross", "without-cross"),
            (),
            f"{REFUSING} of 300 phones refuse one or more",
        ),
        (("with-addtrust-cross", "without-cross"), ("--any",), "All 300 phones accept one or more"),
        (("without-cross", "without-cross"), (), "All 300 phones accept both chains"),
        (
            ("with-addtrust-cross", "with-addtrust-cross"),
            ("--any",),
            f"{REFUSING} of 300 phones refuse both chains",
        ),
    ],
)
def test_what_is_said_of_several_chains(
    ask: Run, phones: Path, chains: tuple[str, ...], options: tuple[str, ...], lead: str
) -> None:
    files = [f"--chain={CHAINS / f'sectigo-2021-{each}.pem'}" for each in chains]
    assert ask("fleet", phones, *files, *options, *DAY).out.startswith(lead)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("0", 1),
        (str(REFUSING - 1), 1),
        (str(REFUSING), 0),
        ("0%", 1),
        (f"{100 * REFUSING / 300 - 0.01:.2f}%", 1),
        (f"{100 * REFUSING / 300 + 0.01:.2f} %", 0),
        ("100%", 0),
        ("101%", 2),
        ("-1", 2),
        ("many", 2),
    ],
)
def test_how_many_may_refuse_can_be_said(ask: Run, phones: Path, limit: str, code: int) -> None:
    options = ("--chain", WITH_CROSS, *DAY, f"--fail-on={limit}")
    assert ask("fleet", phones, *options).code == code


def test_a_line_a_phone(ask: Run, phones: Path) -> None:
    result = ask("fleet", phones, "--chain", WITH_CROSS, *DAY, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert {row["name"]: row["firmware"] for row in rows} == RELEASES
    for row in rows:
        is_good = "12.8" in row["firmware"]
        assert row["verdict"] == ("accepted" if is_good else "refused")
        assert row["until"] == ("2022-07-16T23:59:59Z" if is_good else "")
        assert ("cross-certificate" in row["fix"]) is not is_good


def test_the_same_from_a_pipe(
    ask: Run, phones: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = ("--chain", WITH_CROSS, *DAY, "--format", "csv")
    expected = ask("fleet", phones, *options).out
    with phones.open("rb") as file:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read())))
    assert ask("fleet", "-", *options).out == expected
    halves = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for half, part in zip(halves, (PHONES[:150], PHONES[150:]), strict=True):
        with half.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([TITLES, *(each.cells for each in part)])
    assert ask("fleet", *halves, *options).out == expected


@pytest.mark.parametrize(
    "form", ["csv", "html", "json", "table", "markdown", "junit", "prometheus"]
)
def test_an_anonymous_report_names_no_phone(ask: Run, phones: Path, form: str) -> None:
    options = ("--chain", WITH_CROSS, *DAY, "--format", form)
    told = ask("fleet", phones, *options, "--anonymous").out
    for each in PHONES:
        assert each.cells[0] not in told
        assert f">{each.cells[1]}<" not in told
    assert "10.0.0." not in told
    if form in ("csv", "html"):
        assert PHONES[0].cells[0] in ask("fleet", phones, *options).out


def test_rows_that_cannot_be_used_are_told_beside_csv(ask: Run, phones: Path) -> None:
    with phones.open("a", encoding="utf-8") as file:
        file.write("broken\n" * 12)
    result = ask("fleet", phones, "--chain", WITH_CROSS, *DAY, "--format", "csv")
    first, *_, last = result.err.splitlines()
    line = len(PHONES) + 2
    assert first == f"{phones}: line {line}: it ends after 1 of 10 cells."
    assert last == "2 more rows can't be used."
    assert len(result.out.splitlines()) == 301


def test_without_a_chain_it_tells_what_ends(ask: Run, phones: Path) -> None:
    result = ask("fleet", phones, "--on", "2020-01-01", "--format", "csv")
    ends = {row["fingerprint"]: row for row in csv.DictReader(io.StringIO(result.out))}
    addtrust = ends["02faf3e291435468607857694df5e45b68851868"]
    assert int(addtrust["phones"]) == REFUSING
    assert addtrust["not_after"] == "2020-05-30T10:48:38Z"
    assert result.code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--column", "lode=x"), "--column lode=x: give FIELD=TITLE"),
        (("--column", "load=nowhere"), "has no such column"),
        (("--mra-from", "nowhere"), "this is no address or network"),
        (("--product-map", "88xx"), "give FAMILY=PRODUCT"),
        (("--until", "2020-01-01", *DAY), "before the day asked for"),
        (("--connect", "nowhere"), "is no address"),
    ],
)
def test_a_wrong_option_is_one_plain_line(
    ask: Run, phones: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = ask("fleet", phones, *arguments)
    assert result.code == 2
    assert message in result.err
    assert len(result.err.splitlines()) == 1


# --- for machines ----------------------------------------------------------------------------

WATCHED: Final = {
    "check": ("check", WITH_CROSS, *DAY),
    "expiring": ("expiring", "12.7", "--within", "90d", "--as-of", "2020-03-15"),
    "no expiring": ("expiring", "12.7", "--within", "1d", "--as-of", "1999-01-01"),
    "diff": ("diff", "12.7", "12.8"),
    "no diff": ("diff", "12.7", "12.7"),
    "diff all": ("diff", "all"),
    "diff against": ("diff", "12.8", "--against", "mozilla"),
}


@pytest.mark.parametrize("arguments", WATCHED.values(), ids=list(WATCHED))
def test_junit_fails_where_json_finds_something(ask: Run, arguments: tuple[object, ...]) -> None:
    result = ask(*arguments, "--format", "junit")
    suites = ElementTree.fromstring(result.out)
    (suite,) = suites.findall("testsuite")
    cases = suite.findall("testcase")
    failures = [each for each in cases if each.find("failure") is not None]
    assert int(suite.attrib["tests"]) == len(cases) > 0
    assert int(suite.attrib["failures"]) == len(failures)
    is_found = bool(list(csv.DictReader(io.StringIO(ask(*arguments, "--format", "csv").out))))
    assert bool(failures) == is_found


@pytest.mark.parametrize("arguments", WATCHED.values(), ids=list(WATCHED))
def test_prometheus_can_read_the_metrics(ask: Run, arguments: tuple[object, ...]) -> None:
    told = ask(*arguments, "--format", "prometheus").out
    families = list(text_string_to_metric_families(told))
    assert families
    assert all(each.name.startswith("trustlist_") for each in families)
    assert all(each.documentation for each in families)


def test_a_fleet_for_machines(ask: Run, phones: Path) -> None:
    options = ("--chain", WITH_CROSS, *DAY)
    suites = ElementTree.fromstring(ask("fleet", phones, *options, "--format", "junit").out)
    cases = {each.attrib["name"]: each.find("failure") for each in suites.iter("testcase")}
    assert sum(each is not None for each in cases.values()) == 3
    assert len(cases) == 5
    told = ask("fleet", phones, *options, "--format", "prometheus").out
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }
    assert samples["trustlist_fleet_phones", "refused"] == REFUSING
    assert samples["trustlist_fleet_phones", "accepted"] == 300 - REFUSING
    assert samples["trustlist_fleet_accepted_until_timestamp_seconds",] == 1658015999


# --- releases by other names -----------------------------------------------------------------


def test_latest_and_loads_name_releases(ask: Run) -> None:
    latest = ask("show", "latest", "--format", "json").json["snapshot"]
    assert (latest["firmware"], latest["revision"]) == ("12.8(1)", 1)
    by_load = ask("show", "sip88xx.12-7-1-0001-403", "--format", "json").json["snapshot"]
    assert by_load["firmware"] == "12.7(1)"
    assert ask("diff", "12.7", "LATEST", "--format", "json").json["new"]["firmware"] == "12.8(1)"
    assert ask("show", "latest", "--product", "Nobody").code == 2


@pytest.mark.parametrize("name", ["12.7(1)SR1", "sip78xx.12-7-1-0101-10"])
def test_a_service_release_falls_back_with_a_remark(ask: Run, name: str) -> None:
    remark = "12.7(1)SR1 is not loaded; its list is assumed to be that of 12.7(1)"
    shown = ask("show", name, "--format", "json")
    assert shown.json["snapshot"]["firmware"] == "12.7(1)"
    assert remark in shown.err
    checked = ask("check", WITH_CROSS, "--firmware", name, *DAY)
    assert "12.7(1): REFUSED" in checked.out
    assert remark in checked.err
    assert ask("show", "12.7").err == ""
    other = ask("show", "12.9(1)SR1")
    assert other.code == 2
    assert "12.9(1)SR1 is not loaded; these are: 12.8(1), 12.7(1), 12.6(1)" in other.err
