"""A page about a hostile document, in a real browser: it is shown, and does nothing."""

from __future__ import annotations

import csv
import html
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from pipeline.cli.app import run
from pipeline.database.engine import open_for_writing
from pipeline.ingest.steps import ingest
from tests.browser import packed_rows, visit
from tests.snapshot_loader import Printed, SnapshotLoader, new_root
from tests.tiny_pdf import write_pdf_of_any_text

pytestmark = pytest.mark.xdist_group("browser")

SUBJECTS: Final = (
    "CN=<script>alert(1)</script>",
    "CN=<img/src=x/onerror=alert(2)>",
    "CN=</script><svg onload=alert(3)>",
    "CN=\"><b onmouseover='alert(4)' data-x=\"",
    "CN={{ 7*7 }}{% raw %}&lt;b&gt;&amp;",
    "javascript:alert(5)",
    "CN=right\u202eto\u2066left\u200b",
    "CN=\x1b[31mred\x1b]0;title\x07",
    "CN=</style><style>*{display:none}</style>",
    "CN=" + "W" * 5_000,
    "CN=e" + "\u0301" * 200,
    "",
)
SHOWN: Final = (
    "<script>alert(1)</script>",
    "<img/src=x/onerror=alert(2)>",
    "</script><svg onload=alert(3)>",
    "{{ 7*7 }}{% raw %}&lt;b&gt;&amp;",
    "javascript:alert(5)",
    r"right\u202eto\u2066left\u200b",
    r"\x1b[31mred\x1b]0;title\x07",
    "</style><style>*{display:none}</style>",
    "W" * 5_000,
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database in which every text is hostile."""
    url = f"sqlite:///{tmp_path_factory.mktemp('hostile') / 'trustlist.db'}"
    loader = SnapshotLoader(open_for_writing(url))
    roots = [Printed(new_root(str(n)), subject) for n, subject in enumerate(SUBJECTS)]
    unknown = Printed(new_root("unknown"), SUBJECTS[0], is_known=False)
    renamed = [Printed(each.root, f"{each.subject}!") for each in roots[:6]]
    product, document = "<script>alert(6)</script>", "<img src=y onerror=alert(7)>"
    loader.load({"12.7(1)": [*roots, unknown]}, document, product=product)
    loader.load({"12.8(1)": [*renamed, Printed(new_root("new"))]}, product=product)
    return url


@pytest.fixture(scope="module")
def url_of_pdfs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is left of such texts in a database after two PDFs with them were loaded."""
    directory = tmp_path_factory.mktemp("pdf")
    url = f"sqlite:///{directory / 'trustlist.db'}"
    rows = [f"{at:040x}  C=XX, O={each[3:]}, CN=x" for at, each in enumerate(SUBJECTS[:9], 0xABC)]
    for firmware, lines in (("12.7(1)", rows), ("12.8(1)", rows[::2])):
        name = f"<script>alert({firmware})<.pdf".replace("/", "")
        path = write_pdf_of_any_text(directory / name, [f"Firmware {firmware}", *lines])
        ingest(path, url, product="<script>alert(8)</script>", allow_partial=True)
    return url


@pytest.mark.parametrize(
    "command",
    [
        ("report", "12.7", "12.8"),
        ("show", "12.7"),
        ("find", "CN="),
        ("find", "onmouseover"),
        ("snapshots",),
        ("expiring", "--within", "50y"),
    ],
    ids=" ".join,
)
def test_nothing_in_a_document_runs_or_hides_in_a_page(
    browser: Browser, url: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    text = look_at(browser, url, tmp_path / "page.html", command)
    if command in (("report", "12.7", "12.8"), ("show", "12.7")):
        for shown in SHOWN:
            assert shown in text


@pytest.mark.parametrize("command", [("report", "12.7", "12.8"), ("show", "12.7")], ids=" ".join)
def test_nor_does_anything_in_a_pdf(
    browser: Browser, url_of_pdfs: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    text = look_at(browser, url_of_pdfs, tmp_path / "page.html", command)
    assert "<script>alert(1)</script>" in text
    assert "<img/src=x/onerror=alert(2)>" in text


def test_nor_does_anything_in_an_inventory(browser: Browser, url: str, tmp_path: Path) -> None:
    phones = tmp_path / "phones.csv"
    with phones.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("Name", "Description", "Active Load ID", "IP Address", "Device Type"))
        for at in range(600):  # more than are rows of a table from the start
            text = SUBJECTS[at % len(SUBJECTS)]
            load = f"sip88xx.12-7-1-0001-{at}" if at % 2 else text
            writer.writerow((f"SEP{at:012X}", text, load, text, text))
            writer.writerow((f"{at}{text}"[:200], text, load, text, "Cisco 8851"))
    chain = Path(__file__).resolve().parents[1] / "check" / "chains" / "leaf.pem"
    options = ("--chain", str(chain), "--product-map", "88xx=<script>alert(6)</script>")
    page = tmp_path / "page.html"
    look_at(browser, url, page, ("fleet", str(phones), *options))
    told = html.unescape(page.read_text("utf-8")) + packed_rows(page)
    assert [each for each in SHOWN if each not in told] == []
    with visit(browser, page, viewport={"width": 400, "height": 800}) as opened:
        opened.page.locator("details.fold > summary").last.click()
        further = opened.page.locator(".further")
        expect(further).to_be_visible()
        while further.is_visible():
            further.click()
        assert "<img/src=x/onerror=alert(2)>" in (opened.page.locator("table").last.inner_text())
        assert opened.page.evaluate("[document.scripts.length, document.images.length]") == [1, 0]
        assert opened.complaints == []


def look_at(browser: Browser, url: str, path: Path, command: tuple[str, ...]) -> str:
    """Open the page of a command, move about in it, and give its text."""
    run(["--database", url, *command, "--format", "html", "--output", str(path)])
    with visit(browser, path, viewport={"width": 400, "height": 800}) as page:
        for element in page.page.locator("tr, li, summary").all()[:60]:
            if element.is_visible():
                element.hover(force=True)
        assert page.complaints == []
        assert page.requests == [page.url]
        own = page.page.evaluate("[document.scripts.length, document.images.length]")
        assert own == [1, 0]
        assert page.page.evaluate("document.documentElement.scrollWidth") == 400
        links = page.page.eval_on_selector_all("a", "all => all.map(a => a.href)")
        assert all(each.startswith((f"{page.url}#", "https://crt.sh/?q=")) for each in links)
        text: str = page.page.evaluate("document.body.textContent")
        return text
