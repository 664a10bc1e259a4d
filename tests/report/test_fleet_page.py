"""The page of a fleet of 20,000 phones, in a real browser: it answers, is searched, and prints."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from pipeline.cli.app import run
from pipeline.ingest.steps import ingest
from tests.browser import Visit, needs_axe, packed_rows, visit
from tests.commandline import SAMPLES
from tests.make_inventory import TITLES, devices

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CHAINS: Final = Path(__file__).resolve().parents[1] / "check" / "chains"
NUMBER: Final = 20_000
PHONES: Final = [each for each in devices(NUMBER) if each.release]
REFUSING: Final = sum("12.8" not in each.release for each in PHONES)
SHOWN: Final = 300


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("fleet")
    url = f"sqlite:///{directory / 'trustlist.db'}"
    for sample in SAMPLES:
        ingest(sample, url)
    inventory, made = directory / "phones.csv", directory / "fleet.html"
    with inventory.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([TITLES, *(each.cells for each in PHONES)])
    chain = CHAINS / "sectigo-2021-with-addtrust-cross.pem"
    options = ["--chain", str(chain), "--on", "2021-09-01", "--mra-from", "192.0.2.0/24"]
    run(["--database", url, "fleet", str(inventory), *options, "--output", str(made)])
    return made


def unfold(opened: Visit) -> None:
    opened.page.get_by_text("All 20,000 phones, those first that refuse").click()


@pytest.mark.parametrize("width", [1280, 400])
def test_the_answer_comes_first_and_the_list_is_searched(
    chromium: Browser, page: Path, width: int
) -> None:
    with visit(chromium, page, viewport={"width": width, "height": 900}) as opened:
        browser = opened.page
        expect(browser.get_by_role("heading", level=1)).to_contain_text(
            f"{REFUSING:,} of 20,000 phones refuse *.apache.org on 2021-09-01"
        )
        assert browser.locator(".cards li").count() == 3
        assert browser.locator(".steps rect").count() == 2
        rows = "table[data-most] tbody tr:visible"
        assert browser.locator(rows).count() == 0
        if width == 400:
            assert browser.evaluate("document.documentElement.scrollHeight") <= 6_000
        unfold(opened)
        assert browser.locator(rows).count() == SHOWN
        status = browser.get_by_role("status").last
        expect(status).to_have_text(f"{NUMBER} rows, the first {SHOWN} shown")
        name = PHONES[-1].cells[0]
        browser.get_by_label("Search").last.fill(name.lower())
        expect(status).to_have_text(f"1 of {NUMBER} rows")
        assert name in browser.locator(rows).inner_text()
        browser.get_by_role("button", name="Show all").last.click()
        browser.get_by_role("button", name=f"Show {SHOWN} more").click()
        assert browser.locator(rows).count() == 2 * SHOWN
        assert browser.evaluate("document.documentElement.scrollWidth") == width
        assert opened.complaints == []
        assert opened.requests == [opened.url]


def test_sorting_looks_at_all_rows_not_only_those_shown(chromium: Browser, page: Path) -> None:
    with visit(chromium, page, viewport={"width": 1280, "height": 900}) as opened:
        unfold(opened)
        heading = opened.page.get_by_role("columnheader", name="verdict", exact=True).last
        button = heading.get_by_role("button")
        button.focus()
        opened.page.keyboard.press("Enter")
        first = opened.page.locator("table[data-most] tbody tr:visible").first
        accepting = next(each.cells[0] for each in PHONES if "12.8" in each.release)
        assert first.inner_text().split()[:2] == ["accepted", accepting]


def test_the_page_is_small_and_has_all_phones(chromium: Browser, page: Path) -> None:
    assert page.stat().st_size < 600_000
    with visit(chromium, page, viewport={"width": 1280, "height": 900}) as opened:
        unfold(opened)
        expect(opened.page.get_by_role("status").last).to_contain_text(f"{NUMBER} rows")
        # that is what takes time to open
        assert opened.page.evaluate("document.querySelectorAll('*').length") < 5_000
        shown = opened.page.locator("table[data-most]").inner_text()
    names = set(re.findall(r"SEP[0-9A-F]{12}", f"{shown} {packed_rows(page)}"))
    assert names == {each.cells[0] for each in PHONES}


def test_without_scripts_the_first_are_there_and_how_to_have_all(
    chromium: Browser, page: Path
) -> None:
    with visit(chromium, page, java_script_enabled=False) as opened:
        expect(opened.page.locator("table[data-most] tbody tr")).to_have_count(SHOWN)
        expect(opened.page.locator(".cut")).to_have_text(
            f"The first {SHOWN} of {NUMBER:,} rows are shown; the others take the page's script, "
            "or --format csv."
        )
        expect(opened.page.locator(".rest")).to_be_hidden()


@needs_axe
def test_axe_finds_nothing(chromium: Browser, page: Path) -> None:
    with visit(chromium, page, viewport={"width": 1280, "height": 900}) as opened:
        unfold(opened)
        assert opened.faults() == []
