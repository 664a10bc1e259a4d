"""The rooms of pipeline/: each module and class has a name of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

COMMAND_ROOMS = {
    f"pipeline/{room}" for room in ("cli", "questions", "ingest", "report", "report/answers")
}
"""Where a command has its word: what it asks, and how the answer is reported."""

FORMAT_ROOMS = {"pipeline/extract/formats", "pipeline/report/formats", "pipeline/report/store"}
"""Where a format has its name: how it is read, and how it is written."""

SCRIPTS = "build"


def modules() -> Iterator[Path]:
    for room in ("pipeline", "schemas"):
        for path in sorted((TOP / room).rglob("*.py")):
            if not path.name.startswith("__") and SCRIPTS not in path.parts:
                yield path.relative_to(TOP)


def test_no_import_in_a_function_hides_where_a_call_goes() -> None:
    renamed = [
        f"{path}:{node.lineno}"
        for path in modules()
        for function in ast.walk(ast.parse((TOP / path).read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(each.asname for each in node.names)
        and getattr(node, "module", None) not in (None, "numpy", "pandas")
    ]
    assert not renamed
