"""Every kind of file that the README says can be read: its example is made, and read."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from ssl import DER_cert_to_PEM_cert

import pytest

from pipeline import catalogue
from pipeline.extract import extract

TOP = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| (.+?) \| `(.+)` \|$", re.MULTILINE)
ISRG_X1 = "cabd2a79a1076a31f21d253635cb039d4329a5e8"


def examples() -> list[tuple[str, str]]:
    _, _, table = (TOP / "README.md").read_text("utf-8").partition("| what can be read |")
    return ROW.findall(table.partition("\n\n")[0])


def test_there_are_examples() -> None:
    assert len(examples()) > 8


@pytest.mark.parametrize(("kind", "command"), examples())
def test_an_example_of_each_kind_is_read(kind: str, command: str, tmp_path: Path) -> None:
    program = shlex.split(command)[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    (der,) = catalogue.find([ISRG_X1]).values()
    (tmp_path / "root.pem").write_text(DER_cert_to_PEM_cert(der))
    (tmp_path / "samples").symlink_to(TOP / "samples")
    (tmp_path / "list.csv").write_text(f"SHA-1,Name\n{ISRG_X1},ISRG Root X1\n")
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True, capture_output=True)
    read = extract(tmp_path / command.split()[-1], limits=None)
    assert (kind, read.problems) == (kind, [])
    assert ISRG_X1 in [row.fingerprint for row in read.rows] or kind == "PDF"
