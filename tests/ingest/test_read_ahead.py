"""Documents that are read side by side are loaded in order, as they are one at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import extract
from pipeline.extract.guard import Limits
from pipeline.ingest.read_ahead import ReadAhead
from tests.commandline import PATIENCE, SAMPLES

TRUSTLIST: Final = Path(sys.executable).with_name("trustlist")
LISTED: Final = "select product, firmware, revision, position, fingerprint, subject from trust_list"


def ingested(directory: Path, *options: str) -> tuple[int, str, str, str]:
    """Load all of a directory; the exit code, what is said, and what is loaded."""
    database = f"{len(options)}.db"
    line = [TRUSTLIST, "--database", database]
    kept = {"cwd": directory.parent, "capture_output": True, "text": True, "check": False}
    done = subprocess.run(
        [*line, "ingest", directory.name, directory.name, *options], timeout=PATIENCE * 5, **kept
    )
    listed = subprocess.run([*line, "query", LISTED, "--format", "csv"], timeout=PATIENCE, **kept)
    return done.returncode, done.stdout, done.stderr.replace(database, ""), listed.stdout


@pytest.mark.slow
def test_side_by_side_is_as_one_at_a_time(tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    for name, sample in zip("ace", SAMPLES, strict=True):
        shutil.copy(sample, lists / f"{name}.pdf")
    content = SAMPLES[0].read_bytes()
    (lists / "b.pdf").write_bytes(content[: len(content) // 2])
    (lists / "d.pdf").write_bytes(b"no PDF")
    (lists / "f.pdf").symlink_to("nowhere")
    one, several = ingested(lists), ingested(lists, "--workers=2")
    assert several == one
    code, out, err, listed = several
    assert code == 3
    assert "Loaded 3 snapshots: 426 rows" in out
    assert len(listed.splitlines()) == 1 + 426
    assert [line for line in err.splitlines() if line.startswith("lists/d.pdf")]


def test_what_changed_since_it_was_read_ahead_is_read_again(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.txt", "b.txt")]
    texts = [f"Firmware 12.7(1)\n{digit * 40} CN=Root\n" for digit in "ab"]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    limits = Limits()
    read = partial(extract, limits=limits)
    ahead = ReadAhead(paths, read, partial(extract, limits=None), limits, 2, lambda path: True)
    try:
        assert [row.fingerprint for row in ahead(paths[0]).rows] == ["a" * 40]
        paths[1].write_text(f"Firmware 12.7(1)\n{'c' * 40} CN=Root\n")
        assert [row.fingerprint for row in ahead(paths[1]).rows] == ["c" * 40]
    finally:
        ahead.close()


def test_the_ordinary_reader_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no PDF")
    shutil.copy(SAMPLES[0], tmp_path / "b.pdf")
    paths = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    for limits, words in ((Limits(), "this is not a PDF"), (Limits(pages=3), "more than 3 pages")):
        path = paths[limits.pages == 3]
        read = partial(extract, limits=limits)
        ahead = ReadAhead([path], read, partial(extract, limits=None), limits, 2, lambda path: True)
        try:
            with pytest.raises(DocumentError, match=words):
                ahead(path)
        finally:
            ahead.close()


def test_what_is_not_needed_is_not_begun(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.txt", "b.txt", "c.txt")]
    for path in paths:
        path.write_text(f"Firmware 12.7(1)\n{'a' * 40} CN=Root\n")
    asked: list[str] = []

    def needed(path: Path) -> bool:
        asked.append(path.name)
        return path.name != "a.txt"

    limits = Limits()
    read = partial(extract, limits=limits)
    ahead = ReadAhead(paths, read, partial(extract, limits=None), limits, 1, needed)
    try:
        assert ahead(paths[2]).document.name == "c.txt"  # b was begun, and nobody wants it
    finally:
        ahead.close()
    assert asked == ["a.txt", "b.txt"]
