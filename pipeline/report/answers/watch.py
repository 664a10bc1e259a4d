"""The report of what is new at addresses of the web."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pipeline.questions.watch import News
from pipeline.report.answers import diff
from pipeline.report.model import Block, Paragraph, Report

COLUMNS = ("url", "product", "old", "new", *diff.COLUMNS)


def report(news: Sequence[News]) -> Report:
    """Say of each document what is new, then what changed, release by release."""
    return Report(
        data=list(news),
        columns=COLUMNS,
        records=list(chain.from_iterable(map(_records, news))),
        blocks=list(chain.from_iterable(map(_blocks, news))),
    )


def _blocks(news: News) -> list[Block]:
    changes = chain.from_iterable(diff.report(each).blocks for each in news.changes)
    return [Paragraph(news.text, is_lead=True), *changes]


def _records(news: News) -> list[Sequence[object]]:
    return [
        (news.url, each.new.product, each.old.name, each.new.name, *record)
        for each in news.changes
        for record in diff.report(each).records
    ]
