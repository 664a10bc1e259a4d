"""A real browser, for the tests that look at pages: Debian's Chromium, steered by Playwright."""

from __future__ import annotations

import base64
import gzip
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

TOP: Final = Path(__file__).resolve().parents[1]
AXE: Final = TOP / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
"""Where `.ci/run` puts it."""
_FLAGS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

needs_axe: Final = pytest.mark.skipif(
    not AXE.exists(), reason="needs axe-core: npm install --prefix build/axe axe-core"
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, or skip the test."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield browser
        browser.close()


def packed_rows(page: Path) -> str:
    """Unpack the rows of long tables that a page's script makes."""
    found = re.findall(r'<pre class="rest" hidden>([^<]*)</pre>', page.read_text("utf-8"))
    return "\n".join(gzip.decompress(base64.b64decode(each)).decode() for each in found)


class Visit:
    """A page opened from disk, and what it did that a report must not do."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.url = path.resolve().as_uri()
        self.page.goto(self.url)

    def _dismiss(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def rows(self) -> list[str]:
        """Name the rows of the table that are shown, in their order, by their fingerprints."""
        return self._keys("tbody tr[data-key]")

    def spans(self) -> list[str]:
        """Name the bars of the timeline that are shown."""
        return self._keys("li[data-key]")

    def _keys(self, selector: str) -> list[str]:
        script = "all => all.filter(e => e.checkVisibility()).map(e => e.dataset.key)"
        keys: list[str] = self.page.eval_on_selector_all(selector, script)
        return keys

    def faults(self) -> list[str]:
        """Give what axe finds that is serious or critical."""
        # through the debugger, which no policy of the page holds back
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{fault['id']}: {node['html'][:120]}: {node['failureSummary']}"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]


@contextmanager
def visit(browser: Browser, path: Path, **options: Any) -> Iterator[Visit]:
    """Open a page from disk in a window of its own."""
    visit = Visit(browser, path, **options)
    try:
        yield visit
    finally:
        visit.context.close()
