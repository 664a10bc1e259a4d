"""The rooms of pipeline/: each module and class has a name of its own."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

COMMAND_ROOMS = {
    f"pipeline/{room}" for room in ("cli", "questions", "ingest", "report", "report/answers")
}
"""Where a command has its word: what it asks, and how the answer is reported."""

FORMAT_ROOMS = {
    "pipeline/extract/formats",
    "pipeline/questions/fleet/inventory",
    "pipeline/report/formats",
    "pipeline/report/store",
}
"""Where a format has its name: how it is read, and how it is written."""

SCRIPTS = "build"


def modules() -> Iterator[Path]:
    for room in ("pipeline", "schemas"):
        for path in sorted((TOP / room).rglob("*.py")):
            if not path.name.startswith("__") and SCRIPTS not in path.parts:
                yield path.relative_to(TOP)


def test_a_module_has_a_name_of_its_own_or_the_word_of_a_command_or_format() -> None:
    rooms = defaultdict(set)
    for path in modules():
        if path.parts[0] == "pipeline":
            rooms[path.stem].add(path.parent.as_posix())
    shared = {name: where for name, where in rooms.items() if len(where) > 1}
    wrong = {
        name: sorted(where)
        for name, where in shared.items()
        if not (where <= COMMAND_ROOMS or where <= FORMAT_ROOMS)
    }
    assert not wrong


def test_a_class_name_has_one_meaning() -> None:
    homes = defaultdict(list)
    for path in modules():
        for node in ast.parse((TOP / path).read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(path))
    assert not {name: where for name, where in homes.items() if len(where) > 1}


def test_no_import_in_a_function_hides_where_a_call_goes() -> None:
    renamed = [
        f"{path}:{node.lineno}"
        for path in modules()
        for function in ast.walk(ast.parse((TOP / path).read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("pipeline")
        and any(each.asname for each in node.names)
    ]
    assert not renamed
