"""What GitHub makes of Markdown, by its own renderer."""

from __future__ import annotations

from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES


class Page(HTMLParser):
    """What a browser would make of it: the names of its elements, and runs of text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.runs: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.runs.append("\n" if tag == "br" else "")

    def handle_endtag(self, tag: str) -> None:
        self.runs.append("")

    def handle_data(self, data: str) -> None:
        self.runs[-1] += data

    @property
    def text(self) -> str:
        return folded("".join(self.runs))


def github(markdown: str) -> Page:
    """Render a text."""
    page = Page()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, options=OPTIONS))
    page.close()
    return page


def folded(text: str) -> str:
    return " ".join(text.split())
