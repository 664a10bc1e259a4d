"""A report as SARIF 2.1.0 (OASIS), which code scanning shows beside the files it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from pipeline.report.model import Diagnostic, Report
from pipeline.report.safe import visible
from pipeline.version import VERSION

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(report: Report, width: int | None = None) -> str:
    """Give one run with a result for each diagnostic; what passed is a result, too."""
    rules = list(dict.fromkeys(each.rule for each in report.diagnostics))
    driver = {
        "name": "trustlist",
        "semanticVersion": VERSION,
        "rules": [
            {"id": each, "shortDescription": {"text": each.replace("-", " ").capitalize() + "."}}
            for each in rules
        ],
    }
    results = [_result(each, rules.index(each.rule)) for each in report.diagnostics]
    run = {"tool": {"driver": driver}, "results": results}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return f"{json.dumps(log, indent=2)}\n"


def _result(found: Diagnostic, rule: int) -> Mapping[str, Any]:
    return {
        "ruleId": found.rule,
        "ruleIndex": rule,
        "kind": "pass" if found.level == "none" else "fail",
        "level": found.level,
        "message": {"text": visible(found.text)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(found.source)}}}],
    }


def _uri(source: str) -> str:
    """Give a file's or a server's name as a URI reference (RFC 3986); a relative one stays so."""
    path = PurePath(source)
    return path.as_uri() if path.is_absolute() else quote(source.encode("utf-8", "surrogateescape"))
