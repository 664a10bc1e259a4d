"""The site's questions: a chain, an inventory, SQL; from a form, a program, or another's page."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from lxml import html
from playwright.sync_api import Browser as Program
from playwright.sync_api import Page, expect

from pipeline.site.server import Server
from tests.browser import AXE, visit
from tests.cli.test_serve import Answer, Browser, served
from tests.commandline import Result, Run

CHAIN = Path(__file__).parents[1] / "check" / "chains" / "sectigo-2021-with-addtrust-cross.pem"
BOUNDARY = "----a"


@pytest.fixture(scope="module")
def server(samples_url: str) -> Iterator[Server]:
    with served(samples_url) as server:
        yield server


@pytest.fixture
def told(run: Run, samples_url: str) -> Run:
    """Run `trustlist` on the database that is served."""

    def told(*arguments: object) -> Result:
        return run("--database", samples_url, *arguments)

    return told


def send(
    server: Server, path: str, fields: dict[str, bytes | list[bytes]], **headers: str
) -> Answer:
    """Send a form; a field with a list is one of several files."""
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + value
        + b"\r\n"
        for name, given in fields.items()
        for value in (given if isinstance(given, list) else [given])
    )
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return post(server, path, body + f"--{BOUNDARY}--\r\n".encode(), **(kind | headers))


def post(server: Server, path: str, body: bytes, **headers: str) -> Answer:
    with closing(HTTPConnection("127.0.0.1", server.server_port, timeout=60)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("POST", path, body, named)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read().decode())


# --- the same as the commands ----------------------------------------------------------------


def test_the_api_gives_what_the_commands_give(server: Server, told: Run) -> None:
    for path, command in (
        ("/api/snapshots", ["snapshots"]),
        ("/api/show?release=12.7", ["show", "12.7"]),
        ("/api/diff?old=12.7&new=12.8", ["diff", "12.7", "12.8"]),
        ("/api/find?text=isrg", ["find", "isrg"]),
        ("/api/sql?name=weak-keys", ["query", "--name", "weak-keys"]),
    ):
        answer = Browser(server).get(path)
        assert answer.headers["Content-Type"].startswith("application/json")
        own = told(*command, "--format", "json").out
        one, other = (_without_moment(json.loads(text)) for text in (answer.page, own))
        assert one == other
        mark = "&" if "?" in path else "?"
        form = Browser(server).get(f"{path}{mark}format=csv")
        assert form.page == told(*command, "--format", "csv").out
    chain = CHAIN.read_bytes()
    sent = send(server, "/api/check", {"chain": chain, "on": b"2021-09-01"})
    own = told("check", CHAIN, "--on", "2021-09-01", "--format", "json").out
    assert json.loads(sent.page)["results"] == json.loads(own)["results"]


def _without_moment(answer: Any) -> Any:
    """Leave out when it was asked."""
    if isinstance(answer, dict):
        answer.pop("as_of", None)
    return answer


@pytest.mark.parametrize("path", ["/api/nosuch", "/api/show", "/api/show?release=12.7&format=x"])
def test_a_program_is_told_what_is_wrong_in_json(server: Server, path: str) -> None:
    answer = Browser(server).get(path)
    assert answer.status in (400, 404)
    assert json.loads(answer.page)["error"]


def test_a_page_that_has_not_changed_is_not_sent_again(server: Server) -> None:
    path = "/show?release=12.7"
    first = Browser(server).get(path)
    again = Browser(server).get(path, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.page) == (304, "")
    other = Browser(server).get(path, **{"If-None-Match": '"other"'})
    assert (other.status, other.page) == (200, first.page)
    assert Browser(server).get("/healthz").page == "ok\n"


# --- what is sent ----------------------------------------------------------------------------


def test_a_chain_is_judged_and_nothing_of_it_is_kept(server: Server, samples_url: str) -> None:
    database = Path(samples_url.removeprefix("sqlite:///"))
    before = database.read_bytes()
    answer = send(server, "/check", {"chain": CHAIN.read_bytes(), "on": b"2021-09-01"})
    assert answer.status == 200
    assert answer.headline.startswith("2 of 3 releases refuse *.apache.org on 2021-09-01")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert database.read_bytes() == before


def test_several_chains_are_judged_at_once(server: Server, told: Run) -> None:
    chains = [CHAIN, CHAIN.with_name("sectigo-2021-without-cross.pem")]
    files: dict[str, bytes | list[bytes]] = {"file": [each.read_bytes() for each in chains]}
    answer = send(server, "/check", files | {"on": b"2021-09-01"})
    assert answer.headline.startswith("Of 2 chains, 1 is accepted by all 3 releases asked")
    sent = json.loads(send(server, "/api/check", files | {"on": b"2021-09-01"}).page)
    own = json.loads(told("check", *chains, "--on", "2021-09-01", "--format", "json").out)
    assert [each["results"] for each in sent["checks"]] == [
        each["results"] for each in own["checks"]
    ]
    one_is_bad = send(server, "/check", {"file": [CHAIN.read_bytes(), b"\x00" * 99]})
    assert (one_is_bad.status, "chain 2: there is no certificate" in one_is_bad.page) == (400, True)
    many = send(server, "/check", {"file": [b"x"] * 31})
    assert (many.status, "too many fields" in many.page) == (400, True)


def test_other_certificates_that_a_server_might_send_are_tried(server: Server) -> None:
    leaf, issuer, *_ = re.findall(b"-----BEGIN.*?-----END[^\n]*\n", CHAIN.read_bytes(), re.DOTALL)
    on = {"on": b"2021-09-01", "firmware": b"12.8"}
    alone = json.loads(send(server, "/api/check", {"chain": leaf} | on).page)
    assert not alone["results"][0]["remedies"][0]["is_tested"]
    helped = json.loads(send(server, "/api/check", {"chain": leaf, "certs": issuer} | on).page)
    first = helped["results"][0]["remedies"][0]
    assert (first["kind"], first["is_tested"]) == ("send", True)
    refused = send(server, "/check", {"chain": leaf, "certs": ATTACK})
    assert (refused.status, refused.page.count("<script>")) == (400, 1)


ATTACK = b"<script>alert(1)</script>\x1b[2J\xe2\x80\xae"


@pytest.mark.parametrize(
    "chain",
    [
        b"",
        ATTACK,
        b"-----BEGIN CERTIFICATE-----\n" + ATTACK + b"\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n" * 5000,
        b"\x00" * 1000,
        b"\x30\x84\xff\xff\xff\xff" + b"\x30\x80" * 20_000,
    ],
    ids=["nothing", "script", "script in PEM", "cut off", "only begins", "zeros", "deep"],
)
def test_a_hostile_chain_is_one_line(server: Server, chain: bytes) -> None:
    answer = send(server, "/check", {"chain": chain})
    assert answer.status == 400
    assert "<script>alert" not in answer.page
    assert answer.page.count("<script>") == 1
    assert "\x1b" not in answer.page
    assert "Traceback" not in answer.page


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:PORT", "Sec_Fetch_Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "https://127.0.0.1:PORT"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 421),
    ],
)
def test_another_site_cannot_send_a_form(
    server: Server, headers: dict[str, str], status: int
) -> None:
    own = {name: value.replace("PORT", str(server.server_port)) for name, value in headers.items()}
    assert send(server, "/check", {"chain": CHAIN.read_bytes()}, **own).status == status


def test_what_is_too_large_or_has_no_end_is_not_read(server: Server) -> None:
    assert send(server, "/check", {"chain": b"x" * (2 << 20)}).status == 413
    for head, status in (
        ("Content-Length: 99999999999", b"413"),
        ("Content-Length: -1", b"411"),
        ("Content-Length: 1e3", b"411"),
        ("Transfer-Encoding: chunked", b"411"),
    ):
        with socket.create_connection(("127.0.0.1", server.server_port), 30) as connection:
            text = f"POST /check HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n"
            connection.sendall(text.encode())
            assert connection.recv(1000).split(b" ")[1] == status


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"chain=x"),
        ("application/x-www-form-urlencoded", b"chain=x"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--"),
        ("multipart/form-data; boundary=b", b"x"),
        ("", b"--b\r\n\r\n"),
    ],
)
def test_what_is_no_form_is_refused(server: Server, kind: str, body: bytes) -> None:
    answer = post(server, "/check", body, Content_Type=kind)
    assert answer.status == 400


def test_an_inventory_is_judged(server: Server) -> None:
    rows = ["Name,Active Load ID"]
    rows += [f"SEP{at:012X},sip88xx.12-{6 + at % 3}-1-0001-1" for at in range(30)]
    fields: dict[str, bytes | list[bytes]]
    fields = {"file": "\n".join(rows).encode(), "chain": CHAIN.read_bytes(), "on": b"2021-09-01"}
    answer = send(server, "/fleet", fields)
    assert answer.headline.startswith("20 of 30 phones refuse *.apache.org on 2021-09-01")
    without = send(server, "/fleet", {"file": fields["file"]})
    assert "of the roots that 30 phones trust" in without.headline
    assert send(server, "/fleet", {"file": ATTACK}).status == 400


# --- SQL -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE entries",
        "DELETE FROM entries",
        "UPDATE entries SET position = 1",
        "INSERT INTO entries DEFAULT VALUES",
        "CREATE TABLE x (y)",
        "ATTACH 'x' AS y",
        "PRAGMA writable_schema = 1",
        "VACUUM INTO 'x'",
        "SELECT 1; DROP TABLE entries",
        "SELECT load_extension('x')",
        "nonsense",
        "SELECT :value",
        "SELECT '<script>alert(1)</script>' FROM nothing",
    ],
)
def test_sql_that_query_refuses_is_refused_and_can_be_mended(
    server: Server, sql: str, told: Run
) -> None:
    assert told("query", sql).code == 2
    with_form = Browser(server).get(f"/sql?{_query(sql)}")
    assert with_form.status == 400
    assert "<textarea" in with_form.page
    assert with_form.page.count("<script>") == 1
    assert Browser(server).get(f"/api/sql?{_query(sql)}").status == 400


def test_sql_of_several_lines_stays_so_and_runs(server: Server) -> None:
    """A browser sends what stands in the field, its lines ended as RFC 7578 has it."""
    example = _sql_in(Browser(server).get("/sql").page)
    assert len(example.splitlines()) > 1
    assert "\\x" not in example
    sent = "\r\n".join(example.splitlines())
    ran = Browser(server).get(f"/sql?{_query(sent)}")
    assert ran.status == 200
    assert "12.7(1)" in ran.page
    assert _sql_in(ran.page) == example


def test_what_nobody_sees_in_sql_is_spelled_out(server: Server) -> None:
    refused = Browser(server).get("/sql?" + _query("SELECT \u202e 1"))
    assert "\u202e" not in refused.page


def _sql_in(page: str) -> str:
    field = html.fromstring(page).find(".//textarea[@name='sql']")
    return str(field.text).removeprefix("\n")  # right behind the tag it is no part of the text


def test_a_link_from_another_site_does_not_run_sql(server: Server) -> None:
    address = f"/sql?{_query('SELECT 6 * 7 AS answer')}"
    assert ">42<" in Browser(server).get(address).page
    led = Browser(server).get(address, **{"Sec-Fetch-Site": "cross-site"}).page
    assert ">42<" not in led
    assert "SELECT 6 * 7" in led


def _query(sql: str) -> str:
    return urlencode({"sql": sql})


# --- in a browser ----------------------------------------------------------------------------


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=str)
def test_the_first_screen_of_each_page_has_what_one_came_for(
    server: Server, chromium: Program, tmp_path: Path, size: tuple[int, int]
) -> None:
    """The verdict with its sign, what it is about, the first thing to do; or where to ask."""
    blank = tmp_path / "blank.html"
    blank.write_text("<!DOCTYPE html><title>blank</title>")
    verdict = (".verdict .badge", ".verdict .answer b", ".verdict h1", ".verdict .todo")
    pages = {
        "": (*verdict, ".about summary", ".cards li"),
        "show?release=12.7": (*verdict, ".about summary"),
        "diff?old=12.7&new=12.8": (*verdict, ".about summary"),
        "expiring?within=5y": (*verdict, ".about summary"),
        "find?text=isrg+root+x1": (*verdict, ".about summary"),
        "check": ("h1", "textarea"),
        "fleet": ("h1", "input[type=file]"),
        "sql": ("h1", "textarea", ".ask button"),
        "sql?sql=DROP+TABLE+entries": (".verdict .badge", "h1", "textarea"),
        "sql?name=weak-keys": ("h1", ".ask button"),
        "show?release=99": (".verdict .badge", "h1"),
    }
    width, height = size
    with visit(chromium, blank, viewport={"width": width, "height": height}) as seen:
        page = seen.page
        for path, parts in pages.items():
            page.goto(f"{server.url}{path}")
            assert_seen(page, parts, height, path)
        page.goto(f"{server.url}check")
        page.get_by_label("What the server sends").fill(CHAIN.read_text())
        page.get_by_label("On", exact=True).fill("2021-09-01")
        page.get_by_role("button", name="Check").click()
        expect(page.locator(".verdict h1")).to_contain_text("2 of 3 releases refuse")
        assert_seen(page, (*verdict, ".about summary"), height, "a chain")
        expect(page.locator(".verdict .todo")).to_contain_text("Stop sending")


@pytest.mark.xdist_group("browser")
def test_the_form_in_a_browser_takes_no_harm_from_what_is_sent(
    server: Server, chromium: Program, tmp_path: Path
) -> None:
    """Hostile text, more than is taken, and another's page that sends the form."""
    too_much = tmp_path / "much.pem"
    too_much.write_bytes(b"x" * (2 << 20))
    other = tmp_path / "other.html"
    other.write_text(
        f"<form method=post enctype=multipart/form-data action='{server.url}check'>"
        "<textarea name=chain>x</textarea><button>Check</button></form>"
    )
    with visit(chromium, other) as seen:
        page = seen.page
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Another site's page sent")
        page.goto(f"{server.url}check")
        page.get_by_label("What the server sends").fill(ATTACK.decode())
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("no certificate in it")
        page.goto(f"{server.url}check")
        page.get_by_label("Or files").set_input_files(too_much)
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("This is too large: 1 MiB")
        assert not [each for each in seen.complaints if "Failed to load resource" not in each]


def assert_seen(page: Page, parts: Sequence[str], height: int, what: str) -> None:
    for part in parts:
        box = page.locator(part).first.bounding_box()
        assert box, (what, part)
        assert 0 <= box["y"] < box["y"] + min(box["height"], 40) <= height, (what, part)
    for sign in page.locator(".verdict .badge").all():
        assert sign.get_attribute("data-mark"), what


@pytest.mark.xdist_group("browser")
def test_a_real_browser_works_there(server: Server, chromium: Program, tmp_path: Path) -> None:
    blank = tmp_path / "blank.html"
    blank.write_text("<!DOCTYPE html><title>blank</title>")
    heading = {"level": 1}
    with visit(chromium, blank, viewport={"width": 390, "height": 844}) as seen:
        page = seen.page
        page.goto(server.url)
        expect(page.locator(".cards li")).to_have_count(5)
        expect(page.locator(".verdict .answer")).to_contain_text("141 roots in 12.8(1)")
        expect(page.get_by_role("heading", **heading)).to_have_text("3 snapshots loaded.")
        assert "lists loaded" not in page.locator("body").inner_text()  # it is said once
        page.get_by_role("searchbox", name="Root").press_sequentially("isrg ro")
        page.get_by_role("link", name="ISRG Root X1").click()
        expect(page.get_by_role("heading", **heading)).to_contain_text("ISRG Root X1 is trusted")
        page.goto(server.url)
        page.get_by_label("From").select_option("12.6(1)@1")
        page.get_by_role("button", name="Compare").click()
        expect(page.get_by_role("heading", **heading)).to_contain_text("in 12.6(1)")
        page.get_by_role("link", name="Check a chain").click()
        page.get_by_label("What the server sends").fill(CHAIN.read_text())
        page.get_by_label("On", exact=True).fill("2021-09-01")
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("heading", **heading)).to_contain_text("2 of 3 releases refuse")
        page.get_by_role("link", name="SQL").click()
        page.get_by_label("SQL").fill("SELECT count(*) AS roots FROM trust_list")
        page.get_by_role("button", name="Run").click()
        expect(page.locator("tbody")).to_contain_text("426")
        for path in ("", "check", "fleet", "sql", "sql?name=trusted-since"):
            for width in (320, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(f"{server.url}{path}")
                assert page.evaluate("document.documentElement.scrollWidth") == width, path
            if AXE.exists():
                assert seen.faults() == [], path
    assert seen.complaints == []
    assert all(each.startswith(("file:", server.url)) for each in seen.requests)
