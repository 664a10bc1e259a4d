"""What can't be used: each has its exit code and one plain line, and nothing is loaded."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commandline import SAMPLES, Result, Run
from tests.tiny_pdf import write_pdf

SAMPLE = SAMPLES[0]
ROW = (
    "02faf3e291435468607857694df5e45b68851868  C=SE, O=AddTrust AB, "
    "OU=AddTrust External TTP Network, CN=AddTrust External CA Root"
)
OTHER_ROW = ROW.replace("02faf3", "02faf4")  # no root has this fingerprint


def assert_plain_line(result: Result, code: int, *words: str) -> None:
    assert result.code == code
    assert result.out == ""
    (line,) = result.err.splitlines()
    for word in words:
        assert word in line


def assert_nothing_loaded(run: Run) -> None:
    result = run("snapshots", "--format", "json")
    assert result.code == 4 or result.json == []


# --- documents -------------------------------------------------------------------------------


def missing(path: Path) -> None:
    assert not path.exists()


def directory(path: Path) -> None:
    path.mkdir()


def empty(path: Path) -> None:
    path.touch()


def no_pdf(path: Path) -> None:
    path.write_text("<html>Sign in to download</html>")


def truncated(path: Path) -> None:
    path.write_bytes(SAMPLE.read_bytes()[:30_000])


def no_row(path: Path) -> None:
    write_pdf(path, ["Release notes for firmware release 12.7(1)", "There is no list in here."])


def no_text(path: Path) -> None:
    write_pdf(path, [])


DOCUMENTS: list[tuple[Callable[[Path], None], str]] = [
    (missing, "no such file"),
    (directory, "directory"),
    (empty, "not a PDF"),
    (no_pdf, "not a PDF"),
    (truncated, "damaged"),
    (no_row, "no row"),
    (no_text, "OCR"),
]


@pytest.mark.parametrize("command", ["extract", "ingest"])
@pytest.mark.parametrize(("make", "words"), DOCUMENTS, ids=[make.__name__ for make, _ in DOCUMENTS])
def test_a_document_that_cannot_be_used(
    run: Run, tmp_path: Path, command: str, make: Callable[[Path], object], words: str
) -> None:
    document = tmp_path / "list.pdf"
    make(document)
    assert_plain_line(run(command, document), 3, f"{document}: ", words)
    assert_nothing_loaded(run)


def test_a_document_that_names_no_release_says_to_give_it(run: Run, tmp_path: Path) -> None:
    document = write_pdf(tmp_path / "list.pdf", ["Trusted roots", ROW])
    assert_plain_line(run("ingest", document), 3, str(document), "--firmware")
    assert_nothing_loaded(run)
    assert run("ingest", document, "--firmware", "12.7(1)").code == 0


def test_a_file_name_cannot_command_the_terminal(run: Run) -> None:
    result = run("ingest", "list\x1b[2J\u202e.pdf")
    assert_plain_line(result, 3, r"list\x1b[2J\u202e.pdf")


@pytest.mark.parametrize("command", ["ingest", "extract", "check"])
def test_a_file_name_cannot_pass_for_another_line(run: Run, samples_url: str, command: str) -> None:
    result = run("--database", samples_url, command, "a.pdf\nAll is well.\u2028b\x85.pdf")
    assert_plain_line(result, 3, r"a.pdf\x0aAll is well.\u2028b\x85.pdf")


def test_all_problems_are_listed_and_nothing_is_loaded(run: Run, tmp_path: Path) -> None:
    class_1 = (
        "ccab0ea04c2301d6697bdd379fcd12eb24e3949d  C=SE, O=AddTrust AB, OU=AddTrust TTP Network, "
        "CN=AddTrust Class 1 CA Root"
    )
    lines = ["Firmware release 12.7(1)", ROW, OTHER_ROW, class_1, class_1.replace("AB", "Inc.")]
    document = write_pdf(tmp_path / "list.pdf", lines)
    result = run("ingest", document)
    assert result.code == 3
    head, *problems = result.err.splitlines()
    assert f"{document}: " in head
    assert "--allow-partial" in head
    assert [problem.split(": ")[:2] for problem in problems] == [
        ["page 1", "duplicate"],
        ["page 1", "malformed-fingerprint"],
    ]
    assert problems[1].count("is one digit away from AddTrust External CA Root") == 1
    assert_nothing_loaded(run)


def test_a_good_document_is_loaded_beside_a_bad_one(run: Run, tmp_path: Path) -> None:
    empty(tmp_path / "bad.pdf")
    result = run("ingest", "bad.pdf", SAMPLE)
    assert result.code == 3
    assert "bad.pdf" in result.err
    assert [each["firmware"] for each in run("snapshots", "--format", "json").json] == ["12.6(1)"]


# --- options ---------------------------------------------------------------------------------


@pytest.mark.parametrize("firmware", ["12", "twelve", "12.7(", "", "12.7(1)x", "12.7.1.2.3"])
def test_a_malformed_firmware(run: Run, firmware: str) -> None:
    assert_plain_line(run("ingest", SAMPLE, "--firmware", firmware), 2, "--firmware", "12.7(1)")
    assert_nothing_loaded(run)


@pytest.mark.parametrize("firmware", ["12.7", "12.6(2)", "12.6(1)SR1"])
def test_a_firmware_that_the_document_does_not_name(run: Run, firmware: str) -> None:
    result = run("ingest", SAMPLE, "--firmware", firmware)
    assert_plain_line(result, 2, str(SAMPLE), "12.6(1)", firmware)
    assert_nothing_loaded(run)


def test_certificates_that_are_not_there(run: Run, tmp_path: Path) -> None:
    assert_plain_line(run("ingest", SAMPLE, "--certs", "nosuch.pem"), 2, "nosuch.pem")
    empty(tmp_path / "empty.pem")
    assert_plain_line(run("ingest", SAMPLE, "--certs", "empty.pem"), 2, "empty.pem")
    assert_nothing_loaded(run)


@pytest.mark.parametrize("command", [["show", "12.7"], ["diff", "12.7", "12.8"]])
def test_a_release_that_is_not_loaded(ask: Run, command: list[str]) -> None:
    assert ask(*command).code == 0
    name, _, *others = command
    assert_plain_line(ask(name, "13.0", *others), 2, "13.0", "12.6(1)", "12.7(1)", "12.8(1)")


def test_a_choice_that_is_none_is_told_in_plain_words(run: Run) -> None:
    result = run("show", "12.7", "--programme", "nosuch")
    assert result.code == 2
    assert result.err.splitlines()[0].startswith(
        "Invalid value for '--programme': 'nosuch' is not one of 'mozilla', "
    )


# --- databases -------------------------------------------------------------------------------


def other_file(path: Path) -> None:
    path.write_text("Dear diary, nothing happened today.\n" * 100)


def read_only(path: Path) -> None:
    path.touch()
    path.chmod(0o400)


# root may write everywhere
BARRED = [directory, other_file] if os.geteuid() == 0 else [directory, other_file, read_only]


@pytest.mark.parametrize("make", BARRED)
def test_a_database_that_cannot_be_written(
    run: Run, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "list.db"
    make(path)
    before = path.stat()
    assert_plain_line(run("--database", f"sqlite:///{path}", "ingest", SAMPLE), 4, str(path))
    assert path.stat().st_size == before.st_size


@pytest.mark.parametrize("parent", ["nosuch", "file"])
def test_a_database_in_a_directory_that_is_none(run: Run, tmp_path: Path, parent: str) -> None:
    empty(tmp_path / "file")
    url = f"sqlite:///{tmp_path / parent / 'list.db'}"
    assert_plain_line(run("--database", url, "ingest", SAMPLE), 4, "list.db")


@pytest.mark.parametrize("url", ["trustlist:db", "mysql://host/name", "sqlite://"])
def test_a_database_url_that_is_none(run: Run, url: str) -> None:
    assert_plain_line(run("--database", url, "snapshots"), 4, "sqlite:///trustlist.db")


@pytest.mark.parametrize("command", [["snapshots"], ["show", "12.7"], ["diff", "12.7", "12.8"]])
def test_a_question_to_no_database(run: Run, tmp_path: Path, command: list[str]) -> None:
    assert_plain_line(run(*command), 4, "trustlist.db", "trustlist ingest")
    assert not (tmp_path / "trustlist.db").exists()


def test_what_is_refused_leaves_no_database_behind(run: Run, tmp_path: Path) -> None:
    no_pdf(tmp_path / "list.pdf")
    (tmp_path / "rows.txt").write_text(f"{'0' * 39} CN=A\n")
    assert run("ingest", "list.pdf").code == 3
    assert run("ingest", "rows.txt", "--firmware", "12.7").code == 3
    assert run("ingest", SAMPLE, "--firmware", "13.0").code == 2
    assert run("ingest", SAMPLE, "--certs", "nosuch.pem").code == 2
    assert run("catalogue", "add", "nosuch.pem").code == 2
    assert run("database", "upgrade").code == 4
    assert sorted(each.name for each in tmp_path.iterdir()) == ["list.pdf", "rows.txt"]


def test_the_database_is_tried_before_the_document_is_read(run: Run, tmp_path: Path) -> None:
    no_pdf(tmp_path / "list.pdf")
    assert run("--database", "sqlite:////nosuch/list.db", "ingest", "list.pdf").code == 4


def test_an_output_that_cannot_be_written(ask: Run, tmp_path: Path) -> None:
    for output in (tmp_path, tmp_path / "nosuch" / "file"):
        assert_plain_line(ask("show", "12.7", "--output", output), 2, str(output))


@pytest.mark.parametrize("command", [("show", "latest"), ("enrich", "latest"), ("expiring",)])
def test_a_product_that_is_no_text_is_refused(ask: Run, command: tuple[str, ...]) -> None:
    result = ask(*command, "--product", os.fsdecode(b"88\xff"))
    assert result.code == 2
    assert result.err.splitlines() == ["--product: these bytes are no text in UTF-8."]
