"""Reading in processes of their own leaves none behind, and says what went wrong in any of them."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import guard
from pipeline.extract.guard import Limits, Once

LIMITS = Limits(seconds=60)


def failing() -> int:
    return int("x")


def test_a_fault_in_a_process_of_a_process_is_one_plain_line_with_its_traceback() -> None:
    path = Path("list.pdf")
    inner = Once(lambda: guard.result(failing, path, LIMITS))
    with pytest.raises(DocumentError, match=r"failed \(ValueError: .*\)\. Please report") as caught:
        guard.result(lambda: list(inner()), path, LIMITS)
    assert "in failing" in "".join(caught.value.__notes__)
    assert multiprocessing.active_children() == []


def test_what_is_imported_first_is_no_memory_of_the_document() -> None:
    path, kept = Path("list.pdf"), []
    large = Limits(memory=64)

    def prepare() -> None:
        kept.append(bytearray(200 << 20))

    with guard.apart(Once(lambda: len(kept[0])), path, large, prepare) as results:
        assert next(results) == 200 << 20
