"""The page of `trustlist report`, in a real browser, against the documents and certificates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from playwright.sync_api import Browser, expect

from pipeline.cli.app import run
from pipeline.ingest.steps import ingest
from tests.browser import AXE, Visit, needs_axe, visit
from tests.commandline import SAMPLES, certificate_of, fingerprints_of, truth_of

pytestmark = pytest.mark.xdist_group("browser")  # it is started once

Open = Callable[..., AbstractContextManager[Visit]]

OLD, NEW = (set(fingerprints_of(sample)) for sample in SAMPLES[1:])
ADDTRUST = "02faf3e291435468607857694df5e45b68851868"
ISRG = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
AS_OF = datetime(2020, 6, 1, tzinfo=UTC)
NARROW = {"width": 400, "height": 800}
WIDE = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page for the samples of 12.7 and 12.8."""
    directory = tmp_path_factory.mktemp("report")
    url = f"sqlite:///{directory / 'trustlist.db'}"
    for sample in SAMPLES[1:]:
        ingest(sample, url)
    command = ["--database", url, "report", "12.7", "12.8", "--as-of", f"{AS_OF:%Y-%m-%d}"]
    assert run([*command, "--output", str(directory / "report.html")]) == 0
    return directory / "report.html"


@pytest.fixture
def opened(browser: Browser, path: Path) -> Open:
    """Open the page with all that is folded opened, as a reader does who wants to see it."""
    return partial(_unfolded, browser, path)


@contextmanager
def _unfolded(browser: Browser, path: Path, **options: Any) -> Iterator[Visit]:
    with visit(browser, path, **options) as seen:
        if options.get("java_script_enabled", True):
            for fold in seen.page.locator("details.fold > summary").all():
                fold.click()
        yield seen


def test_on_a_telephone_what_is_folded_leaves_a_page_that_is_read(
    browser: Browser, path: Path
) -> None:
    with visit(browser, path, viewport={"width": 390, "height": 844}) as seen:
        page = seen.page
        assert page.evaluate("document.documentElement.scrollHeight") <= 6_000
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert seen.rows() == []
        items = page.locator(".items > li")
        assert items.count() == len(OLD ^ NEW)
        gone = items.filter(has=page.get_by_role("link", name="AddTrust External CA Root"))
        expect(gone.locator(".chips li").first).to_have_text("expired 2020-05-30")
        assert gone.locator(".dot").count() == 6
        dots = gone.locator(".dots").get_attribute("aria-label") or ""
        assert dots.count("in store now") + dots.count("left") + dots.count("never seen") == 6
        expect(gone.locator(".chips")).to_contain_text(f"in {dots.count('now')} of 6 stores")
        gone.get_by_role("link", name="AddTrust External CA Root").click()
        assert ADDTRUST in seen.rows()  # a link opens what it leads to
        assert len(seen.rows()) == len(OLD | NEW)
        if AXE.exists():
            page.get_by_label("Search").fill("addtrust")
            assert seen.faults() == []


def test_it_needs_nothing_but_itself(opened: Open, path: Path) -> None:
    assert path.stat().st_size < 1_500_000
    with opened() as visit:
        visit.page.get_by_label("Search").fill("isrg")
        visit.page.get_by_role("button", name="ISRG Root X1").click()
        assert visit.requests == [visit.url]
        assert visit.complaints == []


def test_the_answer_is_the_headline_and_what_to_do_is_on_the_first_screen(opened: Open) -> None:
    with opened(viewport=WIDE) as visit:
        headline = visit.page.get_by_role("heading", level=1)
        gone, new = len(OLD - NEW), len(NEW - OLD)
        expect(headline).to_contain_text(f"12.8(1) drops {gone} roots and adds {new}")
        counts = visit.page.locator(".counts").inner_text().split()
        assert [word for word in counts if word.isdigit()] == list(
            map(str, (gone, new, len(OLD & NEW)))
        )
        advice = visit.page.get_by_text("12.7(1) refuses servers that send").bounding_box()
        assert advice is not None
        assert advice["y"] < WIDE["height"] / 2


# --- the timeline ----------------------------------------------------------------------------


def test_the_timeline_has_a_bar_for_each_root_where_its_certificate_is_valid(opened: Open) -> None:
    with opened(viewport=WIDE) as visit:
        bars = visit.page.eval_on_selector_all(
            "li[data-key]",
            """all => all.map(li => {
                const box = li.querySelector(".track .bar").getBoundingClientRect();
                return [li.dataset.key, box.left, box.right];
            })""",
        )
        lines = visit.page.eval_on_selector_all(
            ".lines .mark", "all => all.map(line => line.getBoundingClientRect().left)"
        )
    assert {key for key, _, _ in bars} == OLD | NEW
    assert len(bars) == len(OLD | NEW)
    times = {key: _seconds(certificate_of(key)) for key in OLD | NEW}
    # two bars fix the scale, the others have to agree with it
    first = min(bars, key=lambda bar: times[bar[0]][0])
    last = max(bars, key=lambda bar: times[bar[0]][1])
    start, end = times[first[0]][0], times[last[0]][1]
    scale = (last[2] - first[1]) / (end - start)
    for key, left, right in bars:
        for shown, time in zip((left, right), times[key], strict=True):
            assert abs(shown - first[1] - (time - start) * scale) < 1.5
    today, as_of = lines
    now = datetime.now(UTC).timestamp()
    for shown, time in ((today, now), (as_of, AS_OF.timestamp())):
        assert abs(shown - first[1] - (time - start) * scale) < 1.5


def _seconds(certificate: x509.Certificate) -> tuple[float, float]:
    ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return ends[0].timestamp(), ends[1].timestamp()


def test_what_happened_to_a_root_is_told_in_words_by_a_sign_and_by_a_pattern(opened: Open) -> None:
    with opened() as visit:
        looks = {}
        for change, keys in (
            ("removed", OLD - NEW),
            ("added", NEW - OLD),
            ("unchanged", OLD & NEW),
        ):
            for key in keys:
                span = visit.page.locator(f"li[data-key='{key}']")
                expect(span).to_contain_text(f", {change}")
            sign = span.locator(".name [data-mark]").get_attribute("data-mark")
            looks[change] = sign, span.locator(".bar").evaluate("e => getComputedStyle(e).fill")
        signs, fills = zip(*looks.values(), strict=True)
        assert len(set(signs)) == len(set(fills)) == len(looks)
        assert "url(" in looks["removed"][1]


def test_on_a_telephone_no_year_and_no_number_covers_the_next(browser: Browser, path: Path) -> None:
    covered = """all => all.slice(1).filter((each, at) => {
        const [a, b] = [all[at].getBoundingClientRect(), each.getBoundingClientRect()];
        return b.left < a.right && b.top < a.bottom && a.top < b.bottom;
    }).map(each => each.textContent)"""
    with visit(browser, path, viewport={"width": 390, "height": 844}) as seen:
        for selector in (".bars text", ".bars .name"):
            assert seen.page.locator(selector).count() > 20
            assert seen.page.eval_on_selector_all(selector, covered) == [], selector


def test_the_years_add_up_to_all_roots(opened: Open) -> None:
    with opened() as visit:
        words = visit.page.locator(".bars .name").all_text_contents()
    # such as "2020: 4, 3 removed, 1 unchanged"
    found = [list(map(int, re.findall(r"\d+", each))) for each in words]
    assert all(total == sum(parts) for _, total, *parts in found)
    numbers = {year: total for year, total, *_ in found}
    ends = [certificate_of(key).not_valid_after_utc.year for key in OLD | NEW]
    assert {year: number for year, number in numbers.items() if number} == {
        year: ends.count(year) for year in ends
    }
    assert list(numbers) == list(range(min(ends), max(ends) + 1))


# --- the table -------------------------------------------------------------------------------


def test_a_search_leaves_the_rows_and_bars_that_match(opened: Open) -> None:
    with opened() as visit:
        assert set(visit.rows()) == set(visit.spans()) == OLD | NEW
        expect(visit.page.get_by_role("status")).to_have_text(f"{len(OLD | NEW)} rows")
        search = visit.page.get_by_label("Search")
        for text in ("AddTrust EXTERNAL", "02:FA:F3", "02 fa f3", ADDTRUST.upper()):
            search.fill(text)
            assert visit.rows() == visit.spans() == [ADDTRUST]
            expect(visit.page.get_by_role("status")).to_have_text(f"1 of {len(OLD | NEW)} rows")
        search.fill("no such root")
        assert visit.rows() == visit.spans() == []
        search.fill("")
        assert set(visit.rows()) == OLD | NEW


def test_a_search_is_for_names_and_not_for_what_else_is_told_of_a_root(opened: Open) -> None:
    named = {
        row["fingerprint"]
        for sample in SAMPLES[1:]
        for row in truth_of(sample)
        if "microsoft" in row["subject"].lower()
    }
    with opened() as visit:
        visit.page.get_by_label("Search").fill("Microsoft")
        assert set(visit.rows()) == named != set()


def test_accents_need_not_be_typed(opened: Open) -> None:
    with opened() as visit:
        visit.page.get_by_label("Search").fill("fotanusitvany")
        named = {
            row["fingerprint"]
            for sample in SAMPLES[1:]
            for row in truth_of(sample)
            if "Főtanúsítvány" in row["subject"]
        }
        assert set(visit.rows()) == named != set()


def test_filters_choose_by_change_and_status(opened: Open) -> None:
    expired = {key for key in OLD | NEW if certificate_of(key).not_valid_after_utc < AS_OF}
    with opened() as visit:
        box = {
            name: visit.page.get_by_role("checkbox", name=re.compile(rf"\b{name}\b"))
            for name in ("removed", "added", "expired", "valid")
        }
        box["removed"].check()
        assert set(visit.rows()) == set(visit.spans()) == OLD - NEW
        box["added"].check()
        assert set(visit.rows()) == set(visit.spans()) == OLD ^ NEW
        box["expired"].check()
        assert set(visit.rows()) == (OLD ^ NEW) & expired != set()
        visit.page.get_by_role("button", name="Show all").click()
        assert set(visit.rows()) == set(visit.spans()) == OLD | NEW
        assert not box["removed"].is_checked()


def test_a_column_sorts_up_and_down_and_back(opened: Open) -> None:
    ends = {key: certificate_of(key).not_valid_after_utc.date() for key in OLD | NEW}
    with opened() as visit:
        page_order = visit.rows()
        head = visit.page.get_by_role("columnheader", name="until")
        expect(head).to_have_attribute("aria-sort", "none")
        for order, is_reversed in (("ascending", False), ("descending", True)):
            head.get_by_role("button").click()
            expect(head).to_have_attribute("aria-sort", order)
            shown = [ends[key] for key in visit.rows()]
            assert shown == sorted(shown, reverse=is_reversed)
        head.get_by_role("button").click()
        assert visit.rows() == page_order


def test_a_row_opens_to_all_that_is_known(opened: Open) -> None:
    certificate = certificate_of(ADDTRUST)
    (printed,) = (row for row in truth_of(SAMPLES[1]) if row["fingerprint"] == ADDTRUST)
    with opened() as visit:
        button = visit.page.get_by_role("button", name="AddTrust External CA Root")
        details = visit.page.locator(f"#{button.get_attribute('aria-controls')}")
        expect(details).to_be_hidden()
        button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
        for text in (
            printed["subject"],
            certificate.fingerprint(SHA256()).hex(),
            f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
            "proven",
            f"page {printed['page']}, row {printed['position']} of {SAMPLES[1].name}",
            "Mozilla",
        ):
            expect(details).to_contain_text(text)
        link = details.get_by_role("link", name=ADDTRUST)
        expect(link).to_have_attribute("href", f"https://crt.sh/?q={ADDTRUST}")
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        button.click()
        expect(details).to_be_hidden()


def test_a_link_to_a_root_opens_its_row_even_if_it_is_filtered_out(opened: Open) -> None:
    with opened() as visit:
        visit.page.get_by_label("Search").fill("isrg")
        visit.page.evaluate(f"location.hash = '{ADDTRUST}'")
        button = visit.page.get_by_role("button", name="AddTrust External CA Root")
        expect(button).to_have_attribute("aria-expanded", "true")
        expect(button).to_be_focused()


# --- for everyone ----------------------------------------------------------------------------


def test_the_keyboard_alone_reaches_everything(opened: Open) -> None:
    focused = """() => {
        const on = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(on);
        on.dataset.reached = "yes";
        return [on.outerHTML.slice(0, 60), outlineStyle !== "none" && outlineWidth !== "0px"];
    }"""
    with opened() as visit:
        page = visit.page
        page.get_by_label("Search").focus()
        page.keyboard.type("addtrust")
        assert len(visit.rows()) == 2
        for _ in range(200):
            page.keyboard.press("Tab")
            where, is_outlined = page.evaluate(focused)
            if where.startswith('<input type="search"'):  # once round
                break
            assert is_outlined or where.startswith("<body"), where
        missed = page.eval_on_selector_all(
            "a[href], button, input, [tabindex='0']",
            "all => all.filter(e => e.checkVisibility() && !e.dataset.reached)"
            ".map(e => e.outerHTML)",
        )
        assert missed == []
        button = page.get_by_role("button", name="AddTrust External CA Root")
        for key, is_open in (("Enter", "true"), ("Space", "false")):
            button.focus()
            page.keyboard.press(key)
            expect(button).to_have_attribute("aria-expanded", is_open)
        head = page.get_by_role("columnheader", name="until")
        head.get_by_role("button").focus()
        page.keyboard.press("Enter")
        expect(head).to_have_attribute("aria-sort", "ascending")
        box = page.get_by_role("checkbox", name=re.compile("expired"))
        box.focus()
        page.keyboard.press("Space")
        assert box.is_checked()


@needs_axe
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(opened: Open, viewport: dict[str, int], scheme: str) -> None:
    with opened(color_scheme=scheme, viewport=viewport) as visit:
        # what is alike need not be looked at a hundred times
        for change in ("removed", "added"):
            visit.page.get_by_role("checkbox", name=re.compile(change)).check()
        visit.page.locator("td button").first.click()
        assert visit.faults() == []


def test_it_follows_the_dark(opened: Open) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        with opened(color_scheme=scheme) as visit:
            colour = visit.page.evaluate(
                "getComputedStyle(document.documentElement).backgroundColor"
            )
            shades[scheme] = sum(map(int, re.findall(r"\d+", colour)[:3]))
    assert shades["light"] > 600
    assert shades["dark"] < 150


def test_a_telephone_needs_no_scrolling_sideways(opened: Open) -> None:
    with opened(viewport=NARROW) as visit:
        visit.page.locator("td button").first.click()
        assert visit.page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
        cells = visit.page.locator("tbody tr:not([hidden]) td")
        widths = cells.evaluate_all("all => all.map(each => each.clientWidth)")
        assert min(widths) > NARROW["width"] * 0.8


def test_paper_has_the_whole_timeline_and_no_tools(opened: Open) -> None:
    with opened(viewport=WIDE) as visit:
        visit.page.emulate_media(media="print")
        expect(visit.page.get_by_label("Search")).to_be_hidden()
        frame = visit.page.locator(".frame")
        assert frame.evaluate("e => e.clientHeight >= e.scrollHeight")
        assert set(visit.spans()) == OLD | NEW


def test_without_script_everything_is_there_to_be_read(opened: Open) -> None:
    with opened(java_script_enabled=False) as visit:
        expect(visit.page.locator(f"tr[data-key='{ADDTRUST}']")).to_be_visible()
        expect(visit.page.get_by_text("687fa451382278fff0c8b11f8d43d576671c6eb2")).to_be_visible()
        expect(visit.page.get_by_label("Search")).to_be_hidden()
