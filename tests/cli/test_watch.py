"""`watch` against a real server on loopback: what it prints, sends, remembers and loads."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from schemas.build import make_schemas
from tests.commandline import SAMPLES, Result, Run

OLD, MIDDLE, NEW = (path.read_bytes() for path in SAMPLES)
LOGIN = b"<!DOCTYPE html><html><body><form>Log in</form></body></html>"


@dataclass
class Site:
    """A server whose one document the tests change, and what it was asked for."""

    url: str = ""
    status: int = 200
    body: bytes = OLD
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"1"'})
    moved_to: str = ""
    """Where this host sends everybody, if it is another host."""
    length: int | None = None
    """What is said of the body's length."""
    seconds: float = 0
    """From one part of the body to the next."""
    asked: list[dict[str, str]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    takes: int = 200


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(dict(self.headers))
            asked_for = self.headers.get("If-None-Match")
            is_same = asked_for is not None and site.headers.get("ETag") == asked_for
            status = 304 if is_same and site.status == 200 else site.status
            if site.moved_to and self.headers["Host"] not in site.moved_to:
                status = 302
            body = b"" if status in (302, 304) else site.body
            self.send_response(status)
            if status == 302 and site.moved_to:
                self.send_header("Location", site.moved_to)
            for name, value in site.headers.items():
                self.send_header(name, value)
            self.send_header(
                "Content-Length", str(len(body) if site.length is None else site.length)
            )
            self.end_headers()
            for start in range(0, len(body), 1 << 14):
                self.wfile.write(body[start : start + (1 << 14)])
                time.sleep(site.seconds)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if site.takes == 200:
                site.taken.append(body)
            self.send_response(site.takes)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the client has seen enough
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}/CA-Trust-List.pdf"
        yield site
        server.shutdown()
        thread.join(10)


@pytest.fixture
def watch(run: Run, site: Site) -> Run:
    """Watch the site's one address."""

    def watch(*options: object) -> Result:
        return run("watch", site.url, "--allow-http", *options)

    return watch


# --- news ------------------------------------------------------------------------------------


def test_a_first_list_is_news(watch: Run, run: Run, site: Site) -> None:
    first = watch()
    assert (first.code, first.err) == (1, "")
    words = "New trust list: 12.6(1) (IP Phone 7800/8800): 142 roots, the first list loaded."
    assert " ".join(first.out.split()) == f"{words} {site.url}"
    assert "12.6(1)" in run("snapshots").out


def test_what_has_not_changed_costs_one_request_and_is_silent(watch: Run, site: Site) -> None:
    site.headers = {"ETag": '"1"', "Last-Modified": "Sat, 30 May 2020 10:48:38 GMT"}
    watch()
    again = watch()
    assert (again.code, again.out, again.err) == (0, "", "")
    assert len(site.asked) == 2
    assert site.asked[1]["If-None-Match"] == '"1"'
    assert site.asked[1]["If-Modified-Since"] == "Sat, 30 May 2020 10:48:38 GMT"


def test_a_server_without_validators_is_silent_too(watch: Run, site: Site) -> None:
    site.headers = {}
    watch()
    again = watch()
    assert (again.code, again.out, again.err) == (0, "", "")


def test_another_database_gets_the_document_too(watch: Run, run: Run, site: Site) -> None:
    watch()
    assert run("--database", "other.db", "watch", site.url, "--allow-http").code == 1
    assert "If-None-Match" not in site.asked[1]


def test_a_new_release_is_compared_with_the_one_before(watch: Run, site: Site) -> None:
    for body in (OLD, MIDDLE):
        site.body, site.headers = body, {}
        watch()
    site.body = NEW
    result = watch("--format", "json")
    assert (result.code, result.err) == (1, "")
    written = json.loads(result.out)
    schema = json.loads(make_schemas.path("watch").read_text("utf-8"))
    assert not list(Draft202012Validator(schema).iter_errors(written))
    (news,) = written
    (change,) = news["changes"]
    assert [change[each]["firmware"] for each in ("old", "new")] == ["12.7(1)", "12.8(1)"]
    numbers = f"{len(change['added'])} roots added, {len(change['removed'])} removed"
    assert f"12.8(1) (IP Phone 7800/8800): {numbers} since 12.7(1)@1" in news["text"]
    names = {each["subject"].rpartition("CN=")[2] for each in change["removed"]}
    assert "AddTrust External CA Root" in names


def test_each_document_is_kept_by_its_digest(watch: Run, site: Site, tmp_path: Path) -> None:
    for body in (OLD, NEW):
        site.body, site.headers = body, {}
        watch("--keep", tmp_path / "kept")
    kept = list((tmp_path / "kept").glob("*.pdf"))
    assert {path.read_bytes() for path in kept} == {OLD, NEW}
    assert all(len(path.stem) == 64 for path in kept)


def test_two_at_once_load_it_once(watch: Run, run: Run, site: Site, tmp_path: Path) -> None:
    site.headers = {}
    line = [
        Path(sys.executable).with_name("trustlist"),
        "watch",
        site.url,
        "--allow-http",
    ]
    both = [subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.PIPE) for _ in range(2)]
    outputs = [each.communicate(timeout=120)[0] for each in both]
    assert sorted(each.returncode for each in both) == [0, 1]
    assert sorted(bool(each) for each in outputs) == [False, True]
    assert run("snapshots").out.startswith("1 snapshot loaded.")


def test_two_at_once_send_what_is_left_over_once(watch: Run, site: Site, tmp_path: Path) -> None:
    told = tmp_path / "told"
    refusing = f"sh -c 'test -e {told} && sleep 1 && echo >> {told}'"
    assert watch("--exec", refusing).code == 5
    told.touch()
    program = Path(sys.executable).with_name("trustlist")
    line = [program, "watch", site.url, "--allow-http", "--exec", refusing]
    both = [subprocess.Popen(line, cwd=tmp_path) for _ in range(2)]
    assert [each.wait(timeout=120) for each in both] == [0, 0]
    assert told.read_text() == "\n"


# --- ingest ----------------------------------------------------------------------------------


def test_ingest_takes_an_address(run: Run, site: Site) -> None:
    first = run("ingest", site.url, "--allow-http")
    assert (first.code, first.err) == (0, "")
    assert "Loaded 1 snapshot: 142 rows, all proven." in first.out
    again = run("ingest", site.url, "--allow-http")
    assert again.out.startswith("Nothing is new: all of this was loaded before.")
    assert site.asked[1]["If-None-Match"] == '"1"'
    assert run("ingest", SAMPLES[0]).out.startswith("Nothing is new")


def test_ingest_goes_on_after_an_address_that_fails(run: Run, site: Site) -> None:
    site.status = 404
    result = run("ingest", site.url, SAMPLES[0], "--allow-http")
    assert result.code == 5
    assert result.err.startswith(f"{site.url}: the server answers 404 Not Found")
    assert "Loaded 1 snapshot" in result.out


def test_ingest_never_shows_a_password(run: Run, site: Site) -> None:
    site.status = 403
    url = site.url.replace("//", "//me:secret@")
    result = run("ingest", url, "--allow-http")
    assert result.code == 5
    assert "secret" not in result.err
    assert site.asked[0]["Authorization"].startswith("Basic ")


# --- trouble ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "the server answers 404 Not Found: the document isn't there any more; look for"),
        (403, "the server answers 403 Forbidden: it doesn't give this to programs; download"),
        (500, "the server answers 500 Internal Server Error: try again later."),
    ],
)
def test_an_error_is_said_once(watch: Run, site: Site, status: int, words: str) -> None:
    site.status = status
    first, second = watch(), watch()
    assert (first.code, first.out) == (5, "")
    assert first.err.startswith(f"{site.url}: {words}")
    assert len(first.err.splitlines()) == 1
    assert (second.code, second.out, second.err) == (0, "", "")
    site.status = 200
    assert watch().code == 1
    site.status, site.headers = status, {}
    assert watch().code == 5


def test_a_page_in_place_of_the_list(watch: Run, site: Site, tmp_path: Path) -> None:
    site.body = LOGIN
    result = watch()
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"{site.url}: this is a web page and no PDF; it may want you to")
    assert not (tmp_path / "trustlist.db").exists()


def test_a_document_that_cannot_be_read(watch: Run, site: Site, tmp_path: Path) -> None:
    site.body = OLD[: len(OLD) // 2]
    result = watch()
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"{site.url}: ")
    assert str(tmp_path) not in result.err
    assert "/tmp" not in result.err.replace(str(tmp_path), "")


def test_a_body_that_is_cut_off(watch: Run, site: Site, tmp_path: Path) -> None:
    site.length = len(OLD) + 1
    result = watch()
    assert (result.code, result.out) == (5, "")
    assert not (tmp_path / "trustlist.db").exists()


def test_a_body_that_is_too_large(watch: Run, site: Site) -> None:
    site.body = b"%PDF-1.7" + bytes(1 << 21)
    result = watch("--max-size", 1)
    assert (result.code, result.out) == (5, "")
    assert "longer than" in result.err


def test_a_body_that_drips(watch: Run, site: Site) -> None:
    site.seconds = 0.5
    result = watch("--max-seconds", 1)
    assert (result.code, result.out) == (5, "")
    assert "it doesn't answer within 1 seconds" in result.err


def test_without_tls_only_if_that_is_allowed(run: Run, site: Site) -> None:
    result = run("watch", site.url)
    assert (result.code, site.asked) == (5, [])
    assert "--allow-http" in result.err


def test_a_redirect_is_followed_to_another_host(watch: Run, site: Site) -> None:
    site.moved_to = site.url.replace("127.0.0.1", "localhost")
    result = watch()
    assert (result.code, result.err) == (1, "")
    assert "142 roots, the first list loaded" in " ".join(result.out.split())
    assert [each["Host"].partition(":")[0] for each in site.asked] == ["127.0.0.1", "localhost"]
    again = watch()
    assert (again.code, again.out, again.err) == (0, "", "")


def test_no_redirect_is_followed_for_ever(watch: Run, site: Site) -> None:
    site.status, site.headers = 302, {"Location": site.url}
    result = watch()
    assert (result.code, result.out) == (5, "")
    assert "redirects" in result.err


TROUBLES: dict[str, tuple[int, dict[str, object], tuple[object, ...]]] = {
    "broken": (5, {"status": 500}, ()),
    "a login page": (3, {"body": LOGIN}, ()),
    "no whole PDF": (3, {"body": NEW[: len(NEW) // 2]}, ()),
    "a body cut off": (5, {"body": NEW, "length": len(NEW) + 1}, ()),
    "a body too large": (5, {"body": b"%PDF-1.7" + bytes(1 << 21)}, ("--max-size", 1)),
    "a slow drip": (5, {"body": NEW, "seconds": 0.5}, ("--max-seconds", 1)),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_said_once_sent_to_nobody_and_leaves_what_is_loaded(
    watch: Run, run: Run, site: Site, samples_url: str, tmp_path: Path, trouble: str
) -> None:
    hook = site.url.replace("CA-Trust-List.pdf", "hook")
    code, changes, options = TROUBLES[trouble]
    shutil.copy(samples_url.removeprefix("sqlite:///"), tmp_path / "trustlist.db")
    before = run("snapshots", "--format", "json").json
    for name, value in {"headers": {}, **changes}.items():
        setattr(site, name, value)
    first, second = watch("--webhook", hook, *options), watch("--webhook", hook, *options)
    assert (first.code, first.out) == (code, "")
    assert first.err.startswith(f"{site.url}: ")
    assert (second.code, second.out, second.err) == (0, "", "")
    assert site.taken == []
    assert run("snapshots", "--format", "json").json == before


def test_a_database_that_cannot_be_used_is_exit_code_4(
    watch: Run, run: Run, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "trustlist.db").write_bytes(b"no database at all, but some text of a length" * 99)
    assert watch().code == 4


def test_what_is_no_address_is_wrong_usage(run: Run) -> None:
    for url in ("list.pdf", "ftp://example.com/list.pdf"):
        result = run("watch", url)
        assert (result.code, result.out) == (2, "")


# --- telling others --------------------------------------------------------------------------


def test_a_web_hook_gets_the_news(watch: Run, site: Site) -> None:
    hook = site.url.replace("CA-Trust-List.pdf", "hook/secret")
    assert watch("--webhook", hook).code == 1
    (message,) = map(json.loads, site.taken)
    assert message["text"].startswith("New trust list: 12.6(1)")
    assert message["document"]["document"] == "CA-Trust-List.pdf"
    assert watch("--webhook", hook).code == 0
    assert len(site.taken) == 1


def test_news_is_sent_also_if_another_address_fails(run: Run, site: Site) -> None:
    hook = site.url.replace("CA-Trust-List.pdf", "hook")
    result = run("watch", "http://127.0.0.1:1/x.pdf", site.url, "--allow-http", "--webhook", hook)
    assert result.code == 5
    assert len(site.taken) == 1


def test_what_a_web_hook_did_not_take_is_sent_the_next_time(watch: Run, site: Site) -> None:
    hook = site.url.replace("CA-Trust-List.pdf", "hook/secret")
    site.takes = 503
    failed = watch("--webhook", hook)
    assert failed.code == 5
    assert "12.6(1)" in failed.out
    assert "the server answers 503" in failed.err
    assert "secret" not in failed.err
    site.takes = 200
    assert watch("--webhook", hook).code == 0
    assert [json.loads(each)["text"][:23] for each in site.taken] == ["New trust list: 12.6(1)"]


def test_a_command_gets_the_news(watch: Run, tmp_path: Path) -> None:
    copy = f'{sys.executable} -c \'import sys; open("got.json", "w").write(sys.stdin.read())\''
    assert watch("--exec", copy).code == 1
    assert json.loads((tmp_path / "got.json").read_text())["text"].startswith("New trust list")


@pytest.mark.parametrize("line", ["false", "no-such-command-anywhere"])
def test_a_command_that_fails_is_said(watch: Run, line: str) -> None:
    result = watch("--exec", line)
    assert result.code == 5
    assert result.err.startswith(f"--exec {line}: ")


@pytest.mark.parametrize("line", ["", "'"])
def test_a_line_that_is_no_command_is_wrong_usage(watch: Run, line: str, site: Site) -> None:
    assert watch("--exec", line).code == 2
    assert not site.asked


def copying(path: Path) -> str:
    """A command that adds a line with what it gets to a file."""
    script = "import sys; open(sys.argv[1], 'a').write(' '.join(sys.stdin.read().split()) + '\\n')"
    return shlex.join([sys.executable, "-c", script, str(path)])


def texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]


def test_who_took_the_news_does_not_get_it_again(watch: Run, site: Site, tmp_path: Path) -> None:
    hook = site.url.replace("CA-Trust-List.pdf", "hook/secret")
    both = ("--exec", copying(tmp_path / "got.jsonl"), "--webhook", hook)
    site.takes = 503
    assert watch(*both).code == 5
    site.takes = 200
    assert watch(*both).code == 0
    assert watch(*both).code == 0
    (told,) = texts(tmp_path / "got.jsonl")
    assert [json.loads(each)["text"] for each in site.taken] == [told]


def test_who_fails_does_not_keep_the_news_from_others(watch: Run, site: Site) -> None:
    hook = site.url.replace("CA-Trust-List.pdf", "hook")
    result = watch("--exec", "false", "--webhook", hook)
    assert result.code == 5
    assert result.err.splitlines() == ["--exec false: it ended with exit code 1."]
    assert len(site.taken) == 1


def test_a_hook_that_stays_down_is_said_once_and_gets_all_in_order(watch: Run, site: Site) -> None:
    hook = site.url.replace("CA-Trust-List.pdf", "hook")
    site.takes = 503
    assert watch("--webhook", hook).code == 5
    silent = watch("--webhook", hook)
    assert (silent.code, silent.out, silent.err) == (0, "", "")
    site.takes = 500  # another reason
    assert "answers 500" in watch("--webhook", hook).err
    site.body, site.headers = NEW, {}
    news = watch("--webhook", hook)
    assert news.code == 5
    assert "answers 500" in news.err
    site.takes = 200
    assert watch("--webhook", hook).code == 0
    told = [json.loads(each)["text"] for each in site.taken]
    assert [text[:23] for text in told] == ["New trust list: 12.6(1)", "New trust list: 12.8(1)"]


def test_no_secret_of_a_hook_is_kept(watch: Run, site: Site, tmp_path: Path) -> None:
    site.takes = 503
    watch("--webhook", site.url.replace("CA-Trust-List.pdf", "hook/secret"))
    kept = [path.read_text("utf-8") for path in (tmp_path / "state").rglob("*.json")]
    assert kept
    assert not any("secret" in text for text in kept)


@pytest.mark.parametrize("command", ["watch", "ingest"])
def test_an_address_that_is_none_is_told_without_its_password(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))  # trouble is told once
    result = run(command, "https://somebody:secret@[/list.pdf")
    assert result.code == 5
    (line,) = result.err.splitlines()
    assert line.startswith("https://[/list.pdf: ")
