"""A report as JUnit's XML, which continuous integration shows as tests that passed or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.report.model import Report, TestedCase
from pipeline.report.safe import visible

if TYPE_CHECKING:
    from junitparser import TestCase


def render(report: Report, width: int | None = None) -> str:
    """Give a suite with a case for each thing that was asked about."""
    from junitparser import JUnitXml, TestSuite

    suite = TestSuite("trustlist")
    suite.add_testcases(list(map(_case, report.cases)))
    document = JUnitXml("trustlist")
    document.add_testsuite(suite)
    xml: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return f"{xml.decode().rstrip()}\n"


def _case(case: TestedCase) -> TestCase:
    from junitparser import Failure, Skipped, TestCase

    made = TestCase(visible(case.name), "trustlist")
    kinds = {"failed": Failure, "skipped": Skipped}
    if kind := kinds.get(case.outcome):
        result = kind(visible(case.message))
        result.text = visible(case.text)
        made.result = [result]
    return made
