"""Lists of other products, whose releases are named otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certificates import issue
from tests.commandline import Run

ROOTS = [issue(f"Invented Root {word}") for word in ("One", "Two", "Three")]


def loaded(run: Run, directory: Path, release: str, count: int, *options: str) -> str:
    path = directory / f"{count}.pem"
    path.write_bytes(b"".join(root.pem for root in ROOTS[:count]))
    result = run("ingest", path, "--firmware", release, *options)
    assert result.code == 0, result.err
    return result.out


@pytest.mark.parametrize(
    "releases",
    [
        ("X8.11.4", "X14.0.3"),
        ("CE9.8.2", "CE9.10.1"),
        ("RoomOS 11.5.2.4", "RoomOS 11.14.2.3"),
        ("2021-02", "2021-12"),
    ],
)
def test_releases_of_a_neighbour_are_printed_as_given_and_in_order(
    releases: tuple[str, str], run: Run, tmp_path: Path
) -> None:
    older, newer = releases
    for count, release in ((3, newer), (1, older)):
        assert loaded(run, tmp_path, release, count, "--product", "Neighbour")
    names = [each["firmware"] for each in run("snapshots", "--format", "json").json]
    assert names == [older, newer]
    changes = run("diff", older, newer, "--format", "json").json
    assert (changes["old"]["firmware"], len(changes["added"])) == (older, 2)
    found = run("find", "Invented Root Two", "--format", "json").json
    assert found["roots"][0]["releases"][0]["first_firmware"] == newer
    assert run("database", "verify").code == 0


def test_releases_without_an_order_need_products_of_their_own(run: Run, tmp_path: Path) -> None:
    loaded(run, tmp_path, "12.7(1)", 1)
    result = run("ingest", tmp_path / "1.pem", "--firmware", "X12.7.1")
    assert result.code == 2
    (line,) = result.err.splitlines()
    assert "X12.7.1 and 12.7(1) can't be put in order" in line
    assert "--product" in line
    loaded(run, tmp_path, "X12.7.1", 2, "--product", "Expressway")
    assert run("show", "12.7.1", "--format", "json").json["snapshot"]["firmware"] == "12.7(1)"
    assert run("show", "X12.7", "--format", "json").json["snapshot"]["firmware"] == "X12.7.1"
