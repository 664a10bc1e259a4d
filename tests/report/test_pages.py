"""The pages of all commands, in a real browser: everyone can use them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from pipeline.cli.app import run
from pipeline.ingest.steps import ingest
from tests.browser import AXE, visit
from tests.commandline import SAMPLES

pytestmark = pytest.mark.xdist_group("browser")

CHAIN: Final = (
    Path(__file__).parents[1] / "check" / "chains" / "sectigo-2021-with-addtrust-cross.pem"
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The samples, and as many small lists as make a grid that is scrolled."""
    directory = tmp_path_factory.mktemp("pages")
    url = f"sqlite:///{directory / 'trustlist.db'}"
    for sample in SAMPLES:
        ingest(sample, url)
    roots = (SAMPLES[0].with_suffix(".truth.csv").read_text("utf-8")).splitlines()
    for number in range(9):
        path = directory / f"{number}.csv"
        rows = (row.split(",", 3)[3] for row in roots[1 + number : 12])
        path.write_text("fingerprint,subject\n" + "\n".join(rows), "utf-8")
        ingest(path, url, firmware=f"11.{number}(1)", product="Small")
    return url


@pytest.mark.parametrize(
    ("arguments", "has"),
    [
        (
            ["show", "12.7", "--as-of", "2020-06-01"],
            ["li[data-key]", "td button", ".bars", ".counts"],
        ),
        (["show", "12.7", "--status", "unknown"], []),
        (["find", "addtrust external"], ["dl"]),
        (["find", "root"], ["form"]),
        (["expiring", "12.7", "--within", "5y", "--as-of", "2020-06-01"], ["form"]),
        (["diff", "12.6", "12.7", "12.8"], ["table"]),
        (["diff", "all", "--product", "Small"], [".wide"]),
        (["diff", "12.8", "--against", "mozilla"], ["form", ".counts"]),
        (["check", CHAIN, "--on", "2021-09-01", "--timeline"], [".frame .bar", "p.lead"]),
        (["snapshots"], ["form"]),
        (["catalogue", "info"], ["table"]),
    ],
    ids=lambda value: " ".join(str(each) for each in value[:3] if each is not CHAIN),
)
def test_every_answer_has_a_page_that_all_can_use(
    browser: Browser, url: str, tmp_path: Path, arguments: list[str], has: list[str]
) -> None:
    path = tmp_path / "page.html"
    command = [*map(str, arguments), "--format", "html", "--output", str(path)]
    assert run(["--database", url, *command]) in (0, 1)
    with visit(browser, path, viewport={"width": 400, "height": 800}, color_scheme="dark") as page:
        if arguments[0] != "catalogue":
            for size in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
                page.page.set_viewport_size(size)
                first_screen(page.page, size["height"])
            page.page.set_viewport_size({"width": 400, "height": 800})
        for selector in has:
            assert page.page.locator(selector).count(), selector
        assert page.page.evaluate("document.documentElement.scrollWidth") == 400
        assert page.requests == [page.url]
        assert page.complaints == []
        searches = page.page.get_by_label("Search").locator("visible=true")
        if searches.count():
            searches.first.fill("addtrust")  # fewer for axe to look at
        if AXE.exists():
            assert page.faults() == []


def first_screen(page: Page, height: int) -> None:
    """See the verdict, the first thing to do and what the page is about without scrolling."""
    signs = page.locator(".verdict .badge")
    assert signs.get_attribute("data-mark")
    for part in (".verdict h1", ".verdict .answer b", ".verdict .todo", ".about summary"):
        if part == ".verdict .todo" and "roots found" in page.locator(".verdict").inner_text():
            continue  # several to choose from: the list is what comes next
        box = page.locator(part).bounding_box()
        assert box
        assert 0 <= box["y"] < box["y"] + box["height"] <= height, part
    assert "sample lists, not Cisco's" in page.locator(".about summary").inner_text() or (
        "some are samples" in page.locator(".about summary").inner_text()
        or page.locator(".about summary", has_text="Small").count()
    )
