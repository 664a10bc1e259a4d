"""`trustlist serve`: pages over HTTP, to a browser on this machine and to nobody else."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from markupsafe import Markup
from playwright.sync_api import Browser as Program
from playwright.sync_api import expect

from pipeline.report.safe import visible
from pipeline.site.server import Server
from tests.browser import visit
from tests.commandline import PATIENCE, SAMPLES, Run, fingerprints_of, take_interrupts
from tests.snapshot_loader import SnapshotLoader, new_root
from tests.terminal import COMMAND

LINK = re.compile(r'href="(/[^"]*)"')

MOST_THREADS = 40
"""More than the server's pool has; fewer than one for each connection of a test."""


class Answer(NamedTuple):
    """What a server said."""

    status: int
    headers: dict[str, str]
    page: str

    @property
    def headline(self) -> str:
        found = re.search(r"<h1>(.*)</h1>", self.page)
        assert found
        return Markup(found[1]).unescape()

    @property
    def links(self) -> list[str]:
        return list(dict.fromkeys(Markup(each).unescape() for each in LINK.findall(self.page)))


class Browser(NamedTuple):
    """Asks a server for pages."""

    server: Server

    def get(self, address: str, method: str = "GET", **headers: str) -> Answer:
        port = self.server.server_port
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request(method, address, headers=headers)
            response = connection.getresponse()
            found = dict(response.getheaders())
            return Answer(response.status, found, response.read().decode())


@contextmanager
def served(url: str, host: str = "127.0.0.1") -> Iterator[Server]:
    with Server(url, host, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(PATIENCE)


@pytest.fixture(scope="module")
def browser(samples_url: str) -> Iterator[Browser]:
    with served(samples_url) as server:
        yield Browser(server)


# --- pages -----------------------------------------------------------------------------------


def test_each_page_answers_as_its_command_does(browser: Browser, ask: Run) -> None:
    for address, command in (
        ("/", ["snapshots"]),
        ("/show?release=12.7", ["show", "12.7"]),
        ("/diff?old=12.7&new=12.8", ["diff", "12.7", "12.8"]),
        ("/find?text=isrg+root+x1", ["find", "isrg root x1"]),
        ("/find?text=no+such", ["find", "no such"]),
        ("/expiring?within=5y", ["expiring", "--within", "5y"]),
        ("/expiring?release=12.7&within=5y", ["expiring", "12.7", "--within", "5y"]),
    ):
        answer = browser.get(address)
        assert answer.status == 200
        lead = ask(*command).out.splitlines()[0]
        assert lead.startswith(answer.headline)


def test_a_list_has_each_root_and_leads_to_it(browser: Browser) -> None:
    links = browser.get("/show?release=12.7").links
    for fingerprint in fingerprints_of(SAMPLES[1]):
        assert f"/find?text={fingerprint}" in links
    root = browser.get(f"/find?text={fingerprints_of(SAMPLES[1])[0]}")
    assert root.headline.startswith("Hellenic Academic and Research Institutions RootCA 2015")
    assert f"https://crt.sh/?q={fingerprints_of(SAMPLES[1])[0]}" in root.page


def test_all_links_lead_somewhere(browser: Browser, samples_url: str) -> None:
    database = Path(samples_url.removeprefix("sqlite:///"))
    before = database.read_bytes()
    seen, ahead = {"/"}, ["/"]
    roots = 0
    while ahead:
        answer = browser.get(ahead.pop())
        assert answer.status == 200
        for link in answer.links:
            if link in seen or (link.startswith("/find?") and (roots := roots + 1) > 5):
                continue
            seen.add(link)
            ahead.append(link)
    releases = [urlencode({"release": f"12.{minor}(1)@1"}) for minor in (6, 7, 8)]
    assert all(any(release in link for link in seen) for release in releases)
    assert sum(link.startswith("/diff?") for link in seen) == 3
    assert database.read_bytes() == before


def test_revisions_and_products_are_told_apart(loader: SnapshotLoader, database_url: str) -> None:
    loader.load({"12.7(1)": [new_root("A")]}, document="first")
    loader.load({"12.7(1)": [new_root("B")]}, document="second")
    loader.load({"12.7(1)": [new_root("C")]}, document="third", product="a & b")
    with served(database_url) as server:
        home = Browser(server).get("/")
        pages = {Browser(server).get(link).page for link in home.links if link.startswith("/show?")}
    for name in ("12.7(1)@1 of 8800", "12.7(1)@2 of 8800", "12.7(1) of a &amp; b"):
        assert f">{name}</a>" in home.page
    assert len(pages) == 3


# --- what is no page -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nosuch", 404, "no page /nosuch"),
        ("/show/", 404, "no page"),
        ("/../etc/passwd", 404, "no page"),
        ("/show", 400, "lacks release="),
        ("/show?release=13.0", 400, "not loaded"),
        ("/show?release=x", 400, "no firmware release"),
        ("/show?release=12.7&status=expired", 400, "takes no status"),
        ("/diff?old=12.7", 400, "lacks new="),
        ("/find?text=", 400, "Nothing to find"),
        ("/expiring?within=soon", 400, "soon"),
        ("/?" + "&".join(f"a{n}=1" for n in range(11)), 400, "no address"),
        ("/?a=1", 400, "takes no a"),
    ],
)
def test_an_address_that_is_wrong(browser: Browser, address: str, status: int, words: str) -> None:
    answer = browser.get(address)
    assert answer.status == status
    assert words in answer.headline


ATTACK = '"><script>alert(1)</script>\u202e\x1b[2J{{7*7}}'


@pytest.mark.parametrize("address", ["/show?release=", "/find?text=", "/expiring?within=", "/x?"])
def test_an_address_cannot_put_anything_into_a_page(browser: Browser, address: str) -> None:
    answer = browser.get(address + urlencode({"": ATTACK})[1:])
    assert "<script>alert" not in answer.page
    assert answer.page.count("<script>") == 1
    if not address.startswith("/x"):
        assert visible(ATTACK) in Markup(answer.page).unescape()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_nothing_but_reading(browser: Browser, method: str) -> None:
    answer = browser.get("/", method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_head_is_get_without_the_page(browser: Browser) -> None:
    head, whole = browser.get("/", "HEAD"), browser.get("/")
    assert (head.status, head.page) == (200, "")
    assert head.headers["Content-Length"] == str(len(whole.page.encode()))


@pytest.mark.parametrize(
    ("address", "method", "host"),
    [
        ("/", "GET", ""),
        ("/show?release=12.7", "GET", ""),
        ("/nosuch", "GET", ""),
        ("/show", "GET", ""),
        ("/", "POST", ""),
        ("/", "GET", "evil.example"),
    ],
)
def test_every_answer_keeps_the_browser_safe(
    browser: Browser, address: str, method: str, host: str
) -> None:
    answer = browser.get(address, method, **({"Host": host} if host else {}))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    inside = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', answer.page)
    assert inside
    assert policy.startswith(Markup(inside[1]).unescape())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    is_kept = answer.status == 200
    assert answer.headers["Cache-Control"] == ("private, no-cache" if is_kept else "no-store")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Python" not in answer.headers["Server"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:80", 200),
        ("localhost:8080", 200),
        ("LOCALHOST", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("evil.example:8080", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421),
        ("evil.example@127.0.0.1.evil.example", 421),
        ("[::", 421),
        ("127.0.0.1 evil.example", 421),
        ("", 421),
    ],
)
def test_another_site_s_name_cannot_lead_here(browser: Browser, host: str, status: int) -> None:
    answer = browser.get("/show?release=12.7", Host=host)
    assert answer.status == status
    assert ("AddTrust" in answer.page) == (status == 200)


def test_who_says_no_host_is_refused(browser: Browser) -> None:
    with socket.create_connection(("127.0.0.1", browser.server.server_port), 30) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 421 ")


def test_who_says_nothing_holds_nobody_up(browser: Browser) -> None:
    address = ("127.0.0.1", browser.server.server_port)
    with socket.create_connection(address) as idle, socket.create_connection(address) as half:
        half.sendall(b"GET / HTTP/1.1\r\nHost: 127")
        assert browser.get("/").status == 200
        assert idle.fileno() >= 0


def test_many_that_say_nothing_hold_nobody_up(samples_url: str) -> None:
    with served(samples_url) as server, ExitStack() as stack:
        before = threading.active_count()
        for number in range(300):
            half = stack.enter_context(closing(socket.create_connection(server.server_address)))
            half.sendall(b"GET / HTTP/1.1\r\nHost: 127"[: number % 25])
        assert Browser(server).get("/").status == 200
        assert threading.active_count() - before <= MOST_THREADS


def test_many_requests_leave_nothing_behind(samples_url: str) -> None:
    with served(samples_url) as server:
        browser = Browser(server)
        for _ in range(50):
            browser.get("/")
        files, threads = len(list(Path("/dev/fd").iterdir())), threading.active_count()
        for _ in range(int(os.environ.get("TRUSTLIST_REQUESTS", "100"))):
            assert browser.get("/nosuch").status == 404
        # a thread of the pool that is slow still holds its connection, and another takes its place
        assert len(list(Path("/dev/fd").iterdir())) - files <= MOST_THREADS
        assert threading.active_count() - threads <= MOST_THREADS


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /\r\n\r\n", b"421"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"421"),
        (b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"200"),
        (b"GET http://[/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"421"),
        (b"POST http://[/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"421"),
    ],
)
def test_whatever_is_asked_is_answered_with_a_status(
    browser: Browser, request_: bytes, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", browser.server.server_port), 30) as connection:
        connection.sendall(request_)
        answer = connection.recv(1000)
    assert re.match(rb"HTTP/1\.[01] (\d+) ", answer)[1] == status  # type: ignore[index]


@pytest.mark.parametrize("address", [b"/\xc3\xbcber", b"/%C3%BCber"])
def test_an_address_in_utf_8_is_shown_as_it_is(browser: Browser, address: bytes) -> None:
    with socket.create_connection(("127.0.0.1", browser.server.server_port), 30) as connection:
        connection.sendall(b"GET " + address + b" HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert "There is no page /über." in answer.read().decode()


def test_a_browser_that_goes_away_is_no_error(
    browser: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", browser.server.server_port)) as connection:
            linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)  # reset, not closed
            connection.sendall(b"GET /diff?old=12.7&new=12.8 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert browser.get("/").status == 200
    assert capfd.readouterr() == ("", "")


def test_a_database_that_is_gone(samples_url: str, tmp_path: Path) -> None:
    path = tmp_path / "list.db"
    shutil.copy(samples_url.removeprefix("sqlite:///"), path)
    with served(f"sqlite:///{path}") as server:
        assert Browser(server).get("/").status == 200
        path.unlink()
        answer = Browser(server).get("/")
        assert answer.status == 503
        assert "list.db" in answer.headline
        shutil.copy(samples_url.removeprefix("sqlite:///"), path)
        assert Browser(server).get("/").status == 200


# --- the command -----------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGINT])
def test_it_says_where_and_ends_with_ctrl_c(samples_url: str, how: signal.Signals) -> None:
    command = [*COMMAND, "--database", samples_url, "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=take_interrupts
    ) as process:
        assert process.stdout
        assert process.stderr
        line = process.stdout.readline().decode()
        found = re.fullmatch(
            r"http://127\.0\.0\.1:(\d+)/ shows what is loaded; Ctrl-C ends it\.\n", line
        )
        assert found
        with closing(HTTPConnection("127.0.0.1", int(found[1]), timeout=30)) as connection:
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
        process.send_signal(how)
        try:
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
        assert process.stderr.read() == b""


def test_a_port_that_is_taken(ask: Run, browser: Browser) -> None:
    port = browser.server.server_port
    result = ask("serve", "--port", port)
    assert (result.code, result.out) == (2, "")
    (line,) = result.err.splitlines()
    assert line.startswith(f"127.0.0.1:{port}: can't be listened on: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--host", "nosuch.invalid"),
        ("--host", "192.0.2.1"),
        ("--host", "x\x1b[2J"),
        ("--host", "x..y"),
        ("--host", "x" * 300),
        ("--port", "99999"),
        ("--port", "-1"),
        ("--port", "http"),
    ],
)
def test_where_nobody_can_listen(ask: Run, arguments: tuple[str, str]) -> None:
    result = ask("serve", *arguments)
    assert (result.code, result.out) == (2, "")
    line, *_ = result.err.splitlines()
    assert visible(arguments[1]) in line or arguments[0] in line


def test_there_has_to_be_a_database(run: Run) -> None:
    assert run("serve").code == 4


def test_only_this_machine_is_served_unless_asked_for(samples_url: str) -> None:
    for host, is_local in (("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)):
        with Server(samples_url, host, 0) as server:
            assert server.is_local is is_local


def test_pages_lead_to_the_lists_that_may_lack_what_is_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(
        "Firmware release 12.7(1)\n"
        "02faf3e291435468607857694df5e45b68851868 C=SE, O=AddTrust AB, "
        "OU=AddTrust External TTP Network, CN=AddTrust External CA Root\n"
        "ccab0ea04c2301d6697bdd379fcd12eb24e3949d\n"
    )
    assert run("ingest", "list.txt", "--allow-partial").code == 0
    assert run("ingest", SAMPLES[2]).code == 0
    with served(f"sqlite:///{tmp_path / 'trustlist.db'}") as server:
        browser = Browser(server)
        for address in ("/find?text=isrg", "/expiring", "/expiring?release=12.7"):
            page = browser.get(address)
            assert "12.7(1)@1 (1 problem)" in page.page
            assert any(link.startswith("/show?release=12.7%281%29%401&") for link in page.links)
        assert "May lack roots" not in browser.get("/expiring?release=12.8").page


# --- in a browser ----------------------------------------------------------------------------


@pytest.mark.xdist_group("browser")
def test_a_real_browser_finds_its_way(browser: Browser, chromium: Program, tmp_path: Path) -> None:
    blank = tmp_path / "blank.html"
    blank.write_text("<!DOCTYPE html><title>blank</title>")
    with visit(chromium, blank) as seen:
        page = seen.page
        page.goto(browser.server.url)
        page.get_by_role("link", name="12.7(1)").click()
        page.get_by_role("link", name="until 12.8(1)").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("12.8(1) drops 9 roots")
        page.get_by_role("searchbox", name="Root").fill("02:fa:f3")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("AddTrust External CA Root")
        page.get_by_role("link", name="What expires soon").click()
        page.get_by_role("link", name="5 years").click()
        page.locator("a.fingerprint").first.click()
        expect(page).to_have_url(re.compile(r"/find\?text=[0-9a-f]{40}$"))
    assert seen.complaints == []
    assert all(each.startswith(("file:", browser.server.url)) for each in seen.requests)
