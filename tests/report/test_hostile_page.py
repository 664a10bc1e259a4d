"""A page about a hostile document, in a real browser: it is shown, and does nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from browser import visit
from made_to_order import Desk, Printed, new_root
from playwright.sync_api import Browser

from pipeline.cli.app import run
from pipeline.database import open_for_writing

pytestmark = pytest.mark.xdist_group("browser")

SUBJECTS: Final = (
    "CN=<script>alert(1)</script>",
    "CN=<img src=x onerror=alert(2)>",
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
    "<img src=x onerror=alert(2)>",
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
    desk = Desk(open_for_writing(url))
    roots = [Printed(new_root(str(n)), subject) for n, subject in enumerate(SUBJECTS)]
    unknown = Printed(new_root("unknown"), SUBJECTS[0], is_known=False)
    renamed = [Printed(each.root, f"{each.subject}!") for each in roots[:6]]
    product, document = "<script>alert(6)</script>", "<img src=y onerror=alert(7)>"
    desk.load({"12.7(1)": [*roots, unknown]}, document, product=product)
    desk.load({"12.8(1)": [*renamed, Printed(new_root("new"))]}, product=product)
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
    path = tmp_path / "page.html"
    run(["--database", url, *command, "--format", "html", "--output", str(path)])
    with visit(browser, path, viewport={"width": 400, "height": 800}) as page:
        for element in page.page.locator("tr, li, summary").all()[:60]:
            element.hover(force=True, timeout=1_000) if element.is_visible() else None
        assert page.complaints == []
        assert page.requests == [page.url]
        own = page.page.evaluate("[document.scripts.length, document.images.length]")
        assert own == [1, 0]
        assert page.page.evaluate("document.documentElement.scrollWidth") == 400
        text = page.page.evaluate("document.body.textContent")
        if command in (("report", "12.7", "12.8"), ("show", "12.7")):
            for shown in SHOWN:
                assert shown in text
        links = page.page.eval_on_selector_all("a", "all => all.map(a => a.href)")
        assert all(each.startswith((f"{page.url}#", "https://crt.sh/?q=")) for each in links)
