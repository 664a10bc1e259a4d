"""The steps strung together: which release a row is of, and what the Python functions give."""

from __future__ import annotations

from pathlib import Path

import pytest
from commandline import SAMPLES, fingerprints_of

import pipeline
from pipeline.errors import DocumentError, UsageError
from pipeline.extract.document import Problem, Row
from pipeline.firmware import Firmware
from pipeline.ingest.steps import assign_releases, describe, refusal

PATH = Path("list.pdf")


def row(release: str, page: int = 1) -> Row:
    return Row(page, release, "0" * 40, "", "CN=x")


def assigned(stated: list[str], wanted: str | None) -> list[str]:
    rows = assign_releases(
        PATH, [row(release) for release in stated], Firmware.parse(wanted) if wanted else None
    )
    return [each.release for each in rows]


@pytest.mark.parametrize(
    ("stated", "wanted", "expected"),
    [
        (["12.7(1)", "12.8(1)"], None, ["12.7(1)", "12.8(1)"]),
        (["", ""], "12.7(1)", ["12.7(1)", "12.7(1)"]),
        (["12.7(1)"], "12.7(1)", ["12.7(1)"]),
        (["12.7(1)"], "12.7", ["12.7(1)"]),  # the document is more exact
        (["", "12.7(1)"], "12.7", ["12.7(1)", "12.7(1)"]),
        (["", "12.8(1)"], "12.7(1)", ["12.7(1)", "12.8(1)"]),
        (["", "12.7(1)", "12.7(2)"], "12.7", ["12.7", "12.7(1)", "12.7(2)"]),
    ],
)
def test_rows_without_a_release_get_the_one_that_is_given(
    stated: list[str], wanted: str | None, expected: list[str]
) -> None:
    assert assigned(stated, wanted) == expected


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        (["12.7(1)"], "12.8"),
        (["12.7(1)"], "12.7(1)SR1"),
        (["12.7"], "12.7(1)"),
        (["12.7(1)", "12.8(1)"], "12.7"),
    ],
)
def test_a_release_that_the_document_does_not_name_is_refused(
    stated: list[str], wanted: str
) -> None:
    with pytest.raises(UsageError) as refused:
        assigned(stated, wanted)
    for release in (*stated, wanted):
        assert release in str(refused.value)
    assert "Leave --firmware out" in str(refused.value)


def test_rows_of_no_release_are_told_with_their_page() -> None:
    with pytest.raises(DocumentError, match=r"list\.pdf, page 2: .*12\.7\(1\).*--firmware"):
        assign_releases(PATH, [row("12.7(1)"), row("", page=2)], None)


def test_each_problem_is_on_one_line_whatever_is_in_it() -> None:
    problem = Problem("unaccounted-text", 3, "two\nlines\u2028of  text", "Look\nat it.")
    assert describe(problem) == "page 3: unaccounted-text: two lines of text (Look at it.)"
    assert len(refusal(PATH, [problem, problem])) == 3


# --- the functions for a notebook ------------------------------------------------------------


def test_the_package_offers_each_step(tmp_path: Path) -> None:
    for name in pipeline.__all__:
        assert getattr(pipeline, name)
    with pytest.raises(AttributeError, match="nosuch"):
        _ = pipeline.nosuch  # type: ignore[attr-defined]
    url = f"sqlite:///{tmp_path / 'trustlist.db'}"
    for sample in SAMPLES[1:]:
        pipeline.ingest_document(sample, url)
    engine = pipeline.open_database(url)
    assert [each.firmware for each in pipeline.list_snapshots(engine)] == ["12.7(1)", "12.8(1)"]
    assert pipeline.run_query(engine, "SELECT count(*) FROM snapshots").rows == [[2]]
    shown = [row.fingerprint for row in pipeline.show_release(engine, "12.7").rows]
    assert shown == fingerprints_of(SAMPLES[1])
    diff = pipeline.compare_releases(engine, "12.7", "12.8")
    old, new = (set(fingerprints_of(sample)) for sample in SAMPLES[1:])
    assert {item.fingerprint for item in diff.removed} == old - new


def test_the_steps_one_by_one_give_what_ingest_gives() -> None:
    extraction = pipeline.extract_document(SAMPLES[1])
    entries, problems = pipeline.normalise_rows(extraction.rows)
    from pipeline.enrich import Catalogue

    enriched = pipeline.enrich_entries(entries, [Catalogue()])
    assert problems == enriched.problems == []
    assert enriched.entries["fingerprint"].tolist() == fingerprints_of(SAMPLES[1])
    reading = pipeline.read_document(SAMPLES[1])
    assert [each.subject for each in reading.entries] == enriched.entries["subject"].tolist()
