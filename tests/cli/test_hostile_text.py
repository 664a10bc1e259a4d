"""A document that attacks whoever reads of it: harmless in every command and form.

What is shown is judged by an independent reader of each form, which has to find the same text and
nothing else.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final, get_args
from xml.etree import ElementTree

import cmarkgfm
import pytest
import typer
from cmarkgfm.cmark import Options
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from prometheus_client.parser import text_string_to_metric_families

from pipeline.cli.app import app
from pipeline.report import StoreFormat
from pipeline.report.safe import visible
from tests.commandline import Result, Run
from tests.snapshot_loader import Root, new_root
from tests.terminal import in_terminal
from tests.tiny_pdf import write_pdf_of_any_text

ATTACKS: Final = [
    "<script>alert(1)</script>",
    "<img/src=x/onerror=alert(1)>",  # after a blank, a word and "=" would end the name
    '"><svg/onload=alert(1)>',
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "a | b \\| c | `code` ``` ~~~",
    "[x](javascript:alert(1)) <http://evil.example> www.evil.example",
    "@someone #123 http://evil.example me@evil.example",
    "[red]x[/red] [link=http://evil.example]y[/link] :smile:",
    "\x1b[31mred\x1b[0m \x1b[2J \x9b31m",
    "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \x1b]0;owned\x07",
    "\u202eevil\u202c \u2066isolated\u2069 \u200fmark",
    "tab\tzero\u200bwidth\u00adsoft\ufeffmark\u2028line",
    "{{ 7*7 }} {% raw %} ${x} %s %(x)s {x!r}",
    "w" * 64,
]
SHOWN_AS_IT_IS: Final = [each for each in ATTACKS if each.isprintable()]
NAME: Final = "=1+1|<img src=x onerror=alert(2)>`[red]\x1b[2J\u202e@SUM(1)"
"""Of files and of a product."""


@dataclass(frozen=True)
class Scene:
    """Two documents, certificates for most of their rows, and a database that has them all."""

    old: Path
    new: Path
    certificates: Path
    chain: Path
    phones: Path
    database: Path


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    from pipeline.ingest.steps import ingest

    top = tmp_path_factory.mktemp("hostile")
    ends = [datetime(2020, 5, 30, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)]
    roots = [new_root(each, ends[at % 2]) for at, each in enumerate(ATTACKS)]
    unknown = [f"{at:040x}  C=XX, O={each}, CN=x" for at, each in enumerate(ATTACKS, 0xABC)]
    own = top / f"{NAME}.pem"
    own.write_text("".join(map(_pem, roots)))
    first = write_pdf_of_any_text(
        top / f"{NAME}.pdf",
        # what belongs to no row stands beside rows that certificates prove: others are doubted
        [f"{ATTACKS[0]} of firmware 12.7(1)", f"{'ab' * 19}  {NAME}", *map(_row, roots), *unknown],
    )
    second = write_pdf_of_any_text(
        top / f"{NAME}2.pdf",
        [f"{ATTACKS[8]} of firmware 12.8(1)", *map(_row, roots[1::2]), *unknown[::2]],
    )
    url = f"sqlite:///{top / 'trustlist.db'}"
    for path in (first, second):
        ingest(path, url, product=NAME, certs=[own], allow_partial=True)
    chain = top / f"{NAME}.chain"
    chain.write_bytes(_leaf(ATTACKS[0], roots[1]) + _leaf(ATTACKS[5], new_root(ATTACKS[3])))
    return Scene(first, second, own, chain, _phones(top), top / "trustlist.db")


def _phones(directory: Path) -> Path:
    """Write an inventory in which every column is hostile, and some rows can't be used."""
    titles = ("Device Name", "Description", "Device Type", "Active Load ID", "Status", "IP Address")
    path = directory / f"{NAME}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(titles)
        for number, attack in enumerate(ATTACKS):
            for load in ("sip88xx.12-7-1-0001-1", f"sip88xx.12-8-1-0001-{number}", attack):
                writer.writerow((f"{load}{attack}", attack, attack, load, attack, attack))
            writer.writerow((attack, attack, "Cisco 8851", f"{attack}.12-7-1-0001-1", attack, ""))
            writer.writerow((f"SEP{number:012X}", attack, "Cisco 8851", attack, attack, ""))
            writer.writerow((attack,))
    return path


def _row(root: Root) -> str:
    return f"{root.fingerprint}  {root.record['subject']}"


def _pem(root: Root) -> str:
    body = base64.encodebytes(root.record["der"]).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def _leaf(name: str, issuer: Root) -> bytes:
    """Make a server's certificate in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    common_name = x509.NameOID.COMMON_NAME
    builder = x509.CertificateBuilder(
        x509.load_der_x509_certificate(issuer.record["der"]).subject,
        x509.Name([x509.NameAttribute(common_name, name)]),
        key.public_key(),
        0x10,
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(2039, 1, 1, tzinfo=UTC),
    )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM)


# --- the commands ----------------------------------------------------------------------------

BACKUP: Final = f"{{directory}}/{NAME}.db"
CALLS: Final[dict[str, list[tuple[str, ...]]]] = {
    "catalogue add": [("catalogue", "add", "{certificates}")],
    "catalogue info": [("catalogue", "info")],
    "check": [
        ("check", "{chain}"),
        ("check", "{chain}", "--timeline", "--hostname", "evil.example"),
    ],
    "database backup": [("database", "backup", BACKUP)],
    "database upgrade": [("database", "upgrade")],
    "database verify": [("database", "verify")],
    "diff": [
        ("diff", "12.7", "12.8"),
        ("diff", "all"),
        ("diff", "12.7", "--against", "{certificates}"),
    ],
    "enrich": [("enrich",)],
    "expiring": [("expiring", "--within", "99y", "--as-of", "2019-01-01")],
    "extract": [("extract", "{old}")],
    "find": [("find", "C=XX"), ("find", ATTACKS[0]), ("find", f"no such {NAME}")],
    "fleet": [
        ("fleet", "{phones}"),
        ("fleet", "{phones}", "--chain", "{chain}", "--fail-on", "100%"),
        ("fleet", "{phones}", "--chain", "{chain}", "--anonymous", "--fail-on", "100%"),
    ],
    "ingest": [("ingest", "{old}", "--product", f"{NAME}3", "--allow-partial")],
    "query": [("query", f'SELECT subject AS "{NAME}", subject_printed, product FROM trust_list')],
    "report": [("report", "12.7", "12.8")],
    "show": [("show", "12.7")],
    "snapshots": [("snapshots",)],
}
"""Ways to call each command that prints what documents say."""
PATHS: Final = {"{certificates}", "{chain}", "{old}", "{phones}", BACKUP}
MANY_NAMES: Final = {"diff", "enrich", "extract", "query", "report", "show"}
"""Commands that show all the subjects."""


def commands(group: Any, name: str = "") -> Iterator[str]:
    for own, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{name} {own}".strip())
    if not hasattr(group, "commands"):
        yield name


@pytest.fixture
def ask(run: Run, scene: Scene, tmp_path: Path) -> Run:
    """Run a command of `CALLS` on a copy of the database."""
    shutil.copy(scene.database, tmp_path / "copy.db")

    def ask(*arguments: str) -> Result:
        return run(*_complete(arguments, scene, tmp_path))

    return ask


def _complete(arguments: tuple[str, ...], scene: Scene, directory: Path) -> list[str]:
    known = {**vars(scene), "directory": directory}
    whole = [each.format(**known) if each in PATHS else each for each in arguments]
    return ["--database", f"sqlite:///{directory / 'copy.db'}", *whole]


def test_every_command_with_formats_is_called(run: Run) -> None:
    named = set(commands(typer.main.get_command(app)))
    called = {each for each in named if "--format" in run(*each.split(), "--help").out}
    assert set(CALLS) == called - {"export", "watch"}  # test_watch.py has the server for the second


ALL_CALLS: Final = [(name, call) for name, calls in CALLS.items() for call in calls]
each_call = pytest.mark.parametrize(
    ("name", "call"),
    ALL_CALLS,
    ids=[" ".join(visible(each) for each in call) for _, call in ALL_CALLS],
)


def printable(text: str) -> bool:
    """Whether a terminal only shows it: no controls, no bidirectional marks, nothing unseen."""
    return all(line.isprintable() for line in text.split("\n"))


def assert_is_told(name: str, text: str, attacks: list[str] = SHOWN_AS_IT_IS) -> None:
    if name in MANY_NAMES:
        assert [each for each in attacks if each not in text] == []


# --- for people ------------------------------------------------------------------------------


@each_call
def test_a_table_in_a_pipe(ask: Run, name: str, call: tuple[str, ...]) -> None:
    result = ask(*call, "--format", "table")
    assert printable(result.out)
    assert printable(result.err)
    assert_is_told(name, result.out)
    assert_is_told(name, result.out, list(map(visible, ATTACKS[9:12])))


@each_call
def test_a_table_in_a_terminal(
    scene: Scene, tmp_path: Path, name: str, call: tuple[str, ...]
) -> None:
    shutil.copy(scene.database, tmp_path / "copy.db")
    arguments = [*_complete(call, scene, tmp_path), "--format", "table"]
    shown = in_terminal(*arguments, columns=1000)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)  # colours, as rich makes them
    plain = re.sub(r"\r|\x1b\[[0-9]*[AK]|\x1b\[\?25[hl]", "", plain)  # a bar that goes away
    assert printable(plain)
    assert_is_told(name, plain)


class Page(HTMLParser):
    """What is in a page: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._text: list[str] = []
        self._is_code = False
        self.feed(html)
        self.close()
        self.text = " ".join("".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._is_code = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code:
            self._text.append(data)


MARKDOWN_TAGS: Final = frozenset(
    ("p", "table", "thead", "tbody", "tr", "th", "td", "h3", "ul", "li", "br", "code", "span")
)


@each_call
def test_markdown_on_github(ask: Run, name: str, call: tuple[str, ...]) -> None:
    result = ask(*call, "--format", "markdown")
    assert printable(result.out)
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    page = Page(cmarkgfm.github_flavored_markdown_to_html(result.out, options))
    assert {tag for tag, _ in page.tags} <= MARKDOWN_TAGS
    assert {key for _, attributes in page.tags for key in attributes} <= {"align"}
    assert_is_told(name, page.text)


HANDLED: Final = re.compile(
    "on|style$|src|action|srcdoc|formaction|xlink|background", re.IGNORECASE
)


@each_call
def test_html_in_a_browser(ask: Run, name: str, call: tuple[str, ...]) -> None:
    result = ask(*call, "--format", "html")
    assert printable(result.out.replace("\t", ""))
    page = Page(result.out)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") <= 1
    assert not {"img", "iframe", "object", "embed", "base", "link"} & set(tags)
    for tag, attributes in page.tags:
        for key, value in attributes.items():
            assert not HANDLED.match(key), (tag, key, value)
            if key == "href":
                assert re.fullmatch(r"#[\w-]*|https://crt\.sh/\?q=[0-9a-f]+", value or "")
    assert_is_told(name, page.text)


# --- for programs ----------------------------------------------------------------------------


@each_call
def test_csv_in_a_spreadsheet(ask: Run, name: str, call: tuple[str, ...]) -> None:
    text = ask(*call, "--format", "csv").out
    assert printable(text)
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert all(len(row) == len(header) for row in rows)
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    assert_is_told(name, "\n".join(cell for row in rows for cell in row))


def texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from texts(each)
        case dict():
            for each in value.values():
                yield from texts(each)


@each_call
def test_json_in_a_program(ask: Run, name: str, call: tuple[str, ...]) -> None:
    text = ask(*call, "--format", "json").out
    assert printable(text)
    found = "\n".join(texts(json.loads(text)))
    assert_is_told(name, found)
    assert_is_told(name, found, ATTACKS[9:12])  # not spelled out: the text itself


WATCHED: Final = [
    (name, call) for name, call in ALL_CALLS if name in ("check", "diff", "expiring", "fleet")
]


@pytest.mark.parametrize(
    ("name", "call"), WATCHED, ids=[" ".join(map(visible, call)) for _, call in WATCHED]
)
def test_what_machines_watch(ask: Run, name: str, call: tuple[str, ...]) -> None:
    junit = ask(*call, "--format", "junit").out
    assert printable(junit)
    suites = ElementTree.fromstring(junit)
    allowed = {"testsuites", "testsuite", "testcase", "failure", "skipped"}
    assert {element.tag for element in suites.iter()} <= allowed
    assert suites.findall("testsuite/testcase")
    metrics = ask(*call, "--format", "prometheus").out
    assert printable(metrics)
    families = list(text_string_to_metric_families(metrics))
    assert len(families) == metrics.count("# TYPE trustlist_")
    if name == "check":
        sarif = ask(*call, "--format", "sarif").out
        assert printable(sarif)
        assert json.loads(sarif)["runs"][0]["results"]


@pytest.mark.parametrize("form", get_args(StoreFormat))
def test_an_export(ask: Run, form: str, tmp_path: Path) -> None:
    result = ask("export", "12.7", "--format", form, "--output", str(tmp_path / "out"))
    assert printable(result.err)
    content = (tmp_path / "out").read_bytes()
    if form in ("pem", "csv", "json", "cyclonedx"):
        assert printable(content.decode())
    if form == "pem":
        assert content.count(b"-----BEGIN ") == len(ATTACKS)
    if form == "csv":
        assert printable((tmp_path / "datapackage.json").read_text())


# --- what is complained of -------------------------------------------------------------------


def test_a_refusal_lists_hostile_problems_a_line_each(run: Run, scene: Scene) -> None:
    result = run("ingest", scene.old)
    assert result.code == 3
    head, *problems = result.err.splitlines()
    assert "nothing was loaded" in head
    assert all(line.startswith("page 1: ") for line in problems)
    assert printable(result.err)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", f"{NAME}.pdf"],
        ["extract", f"{NAME}.pdf"],
        ["--database", f"sqlite:///{NAME}.db", "show", "12.7"],
        ["--database", NAME, "show", "12.7"],
        ["show", NAME],
        ["find", NAME],
        ["diff", NAME, "12.7"],
        ["export", "12.7", "--format", NAME],
        ["show", "12.7", "--product", f"{NAME}3"],
        ["show", "12.7", "--as-of", NAME],
        ["show", "12.7", "--output", f"nosuch/{NAME}"],
        ["expiring", "--within", NAME],
        ["ingest", "{old}", "--certs", NAME],
        ["ingest", "{old}", "--firmware", NAME],
        ["catalogue", "add", NAME],
        ["check", NAME],
        ["check", "--connect", NAME],
        ["check", "{chain}", "--hostname", NAME],
        ["check", "{chain}", "--firmware", NAME],
        ["check", "{chain}", "--on", NAME],
        ["query", NAME],
        ["query", f"SELECT '{NAME}' FROM nosuch"],
        ["query", "SELECT 1", "--param", NAME],
        [NAME],
        [f"--{NAME}"],
    ],
    ids=lambda arguments: visible(" ".join(arguments)),
)
def test_an_error_repeats_what_was_typed_harmlessly(ask: Run, arguments: list[str]) -> None:
    result = ask(*arguments)
    assert result.code in (1, 2, 3, 4)
    assert printable(result.out + result.err)
