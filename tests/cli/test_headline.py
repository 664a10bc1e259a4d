"""The answer at a glance: what it says, what it is about, and how far days are."""

from __future__ import annotations

import hashlib
import html
import re
import shlex
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from pipeline.report.html import render
from pipeline.report.model import Headline, Paragraph, Report
from pipeline.report.subject import SAMPLES as KNOWN_SAMPLES
from pipeline.report.words import dated, relative
from tests.commandline import SAMPLES, Run, certificate_of, fingerprints_of

DAY = date(2020, 6, 1)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2020, 6, 1), "today"),
        (date(2020, 6, 2), "in 1 day"),
        (date(2020, 9, 6), "in 97 days"),
        (date(2020, 5, 30), "2 days ago"),
        (date(2030, 6, 1), "in 10 years"),
        (date(2014, 1, 1), "6 years ago"),
    ],
)
def test_how_far_a_day_is(day: date, words: str) -> None:
    assert relative(day, DAY) == words
    assert dated(day, DAY) == f"{day} ({words})"


def test_the_samples_are_known_for_what_they_are() -> None:
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in SAMPLES} == KNOWN_SAMPLES


def test_a_page_of_samples_says_so_and_names_the_document(ask: Run) -> None:
    page = ask("show", "12.7", "--format", "html").out
    assert "(sample lists, not Cisco&#39;s)" in page
    assert hashlib.sha256(SAMPLES[1].read_bytes()).hexdigest() in page


def test_the_number_that_matters_is_counted_from_the_certificates(ask: Run) -> None:
    page = ask("show", "12.7", "--as-of", "2020-06-01", "--format", "html").out
    now = datetime(2020, 6, 1, tzinfo=UTC)
    ends = [certificate_of(each).not_valid_after_utc for each in fingerprints_of(SAMPLES[1])]
    expired = Counter(end < now for end in ends)[True]
    assert f"<b>{expired}</b>" in page
    soonest = min(end for end in ends if end >= now).date()
    assert f"{soonest} (in {(soonest - now.date()).days} day" in page


def test_what_the_headline_says_is_not_said_again_and_backticks_become_code() -> None:
    headline = Headline(
        "All is well.", "accepted", "1", "chain", "Run `trustlist x <y>` now.", "Phones."
    )
    lead = Paragraph("All is well. There is more.", is_lead=True)
    page = render(Report(None, (), (), [lead], headline=headline))
    assert page.count("All is well.") == 2  # in the title, too
    assert "<code>trustlist x &lt;y&gt;</code>" in page
    assert "`" not in page.partition("<body>")[2].partition("<script>")[0]
    assert "There is more." in page


def test_what_is_to_be_typed_is_a_command(run: Run, samples_url: str) -> None:
    """Also in a shell, where brackets mean something, and for products and revisions."""
    for command in (("snapshots",), ("diff", "12.6", "12.7", "12.8"), ("show", "12.7")):
        page = run("--database", samples_url, *command, "--format", "html").out
        (todo,) = re.findall(r'<p class="todo">(.*?)</p>', page)
        typed = html.unescape(re.findall(r"<code>(.*?)</code>", todo)[0])
        name, *words = shlex.split(typed)
        assert name == "trustlist"
        if words[0] != "check":  # that is of a chain of one's own
            assert run("--database", samples_url, *words).code == 0
        else:
            assert words[-1] == "12.7(1)"
