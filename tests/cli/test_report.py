"""`trustlist report`: a page by default, the diff in every other form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commandline import Run

BOTH = ("12.7", "12.8", "--as-of", "2020-06-01")


def test_a_page_is_the_default_and_diff_makes_the_same(ask: Run) -> None:
    page = ask("report", *BOTH).out
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    assert ask("diff", *BOTH, "--format", "html").out == page


def test_a_file_gets_it(ask: Run, tmp_path: Path) -> None:
    result = ask("report", *BOTH, "--output", tmp_path / "report.html")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert (tmp_path / "report.html").read_text("utf-8") == ask("report", *BOTH).out


@pytest.mark.parametrize("format_", ["table", "markdown", "json", "csv"])
def test_other_forms_are_those_of_the_diff(ask: Run, format_: str) -> None:
    form = ("--format", format_)
    assert ask("report", *BOTH, *form).out == ask("diff", *BOTH, *form).out != ""


def test_the_day_counts(ask: Run) -> None:
    before = ask("report", "12.7", "12.8", "--as-of", "2020-05-01").out
    assert "still valid" in before
    assert "All 9 had expired" not in before


def test_the_exit_code_of_a_diff_is_the_same_for_a_page(ask: Run) -> None:
    assert ask("diff", *BOTH, "--format", "html", "--exit-code").code == 1
    assert ask("diff", "12.7", "12.7", "--format", "html", "--exit-code").code == 0


def test_a_release_that_is_not_loaded_is_one_line(ask: Run) -> None:
    result = ask("report", "12.7", "12.9")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("12.9 is not loaded")


def test_a_terminal_is_not_filled_with_html(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    result = ask("report", *BOTH)
    assert (result.code, result.out) == (2, "")
    assert "--output report.html" in result.err
