"""Reading a long ruled list: our readers against `extract_tables` and other tools.

All in turn on the same rows, each run a process of its own; CPU seconds and peak memory are the
kernel's. Then a sample of seven pages, where starting counts for more than reading. Run it with
`make bench`; it takes some minutes, most of them on 1,700 pages. README.md has what it gave.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from reportlab.pdfbase.pdfmetrics import stringWidth

RUNS = 3
LOOKS = 5
STARTS = 7
ROWS = 5_120
ROWS_ON_A_PAGE = 30
WIDTH = 280
ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "CA-Trust-List-12.7.truth.csv"
SEVEN_PAGES = ROOT / "samples" / "CA-Trust-List-12.7.pdf"
GOALS = {
    "--reader pdfium": "at least 25 times",
    "default (both)": "at least 2.5 times",
    "--workers 2": "at least 4.5 times",
}
"""In wall-clock time, against `extract_tables`."""
WITH_BYTECODE = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
"""What is installed is compiled already, and so it is here from the second run on."""

OURS = """
import sys
from pathlib import Path
from pipeline.extract import Limits, extract
found = extract(Path(sys.argv[1]), *eval(sys.argv[2]), limits=Limits(seconds=3_600))
assert not found.problems, found.problems[:3]
rows = ((row.fingerprint, row.subject.replace("\\u200b", "")) for row in found.rows)
"""
BLIND = """
from pipeline.extract.formats.pdf.seen import Onlooker
Onlooker.problems = lambda *_: []
"""
"""Pages aren't looked at: what remains is reading their text."""
# Each script leaves (fingerprint, subject) in `rows`; what it took to have them is measured
# before they are looked at.
SCRIPTS = {
    "extract_tables": """
import sys, pdfplumber
rows = []
with pdfplumber.open(sys.argv[1]) as pdf:
    for page in pdf.pages:
        for table in page.extract_tables():
            rows += [(f, " ".join(s.split())) for f, s in table]
        page.close()
rows = [row for row in rows if len(row[0]) == 40]
""",
    "camelot": """
import sys, camelot
rows = []
for table in camelot.read_pdf(sys.argv[1], pages="all", flavor="lattice"):
    rows += [(f, " ".join(s.split())) for f, s in table.df.itertuples(index=False)]
rows = [row for row in rows if len(row[0]) == 40]
""",
    "pdftotext -layout": """
import re, subprocess, sys
command = ["pdftotext", "-layout", sys.argv[1], "-"]
text = subprocess.run(command, check=True, capture_output=True).stdout.decode()
rows = re.findall(r"^ *([0-9a-f]{40})  +(.*)$", text, re.MULTILINE)
""",
}
CHECK = """
import hashlib, resource
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
wall = time.perf_counter() - started
rows = [tuple(row) for row in rows]
digest = hashlib.sha256(repr(rows).encode()).hexdigest()
print(len(rows), digest, sum(u.ru_utime + u.ru_stime for u in used), wall,
      max(u.ru_maxrss for u in used) / 1024)
"""

Row = tuple[str, str]


class Run(NamedTuple):
    """What one process took, and whether it gave all rows."""

    cpu: float
    wall: float
    megabytes: float
    is_right: bool


# --- the document ----------------------------------------------------------------------------


def make_rows(count: int) -> list[Row]:
    """Real names, over and over, with made-up fingerprints."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        names = [row["subject"] for row in csv.DictReader(file)]
    names = [name for name in names if name.isascii()]
    return [
        (hashlib.sha1(str(number).encode()).hexdigest(), names[number % len(names)])
        for number in range(count)
    ]


def write_pdf(path: Path, rows: Sequence[Row]) -> int:
    """Write a ruled table of two columns in the standard fonts; return the number of pages.

    See ISO 32000-1, sections 7.5 (file structure) and 9.4 (text). Each line of text is an object
    of its own, and each rule a line, as in the tables of ReportLab.
    """
    parts = [rows[at : at + ROWS_ON_A_PAGE] for at in range(0, len(rows), ROWS_ON_A_PAGE)]
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(parts)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(parts)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, part in enumerate(parts):
        content = zlib.compress("\n".join(page_content(part, number == 0)).encode("cp1252"))
        bodies.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /M 3 0 R /H 4 0 R >> >> >>" % (6 + 2 * number)
        )
        bodies.append(
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
            % (len(content), content)
        )
    with path.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        offsets = []
        for number, body in enumerate(bodies, 1):
            offsets.append(file.tell())
            file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        table = file.tell()
        file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
        file.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
        file.write(b"trailer << /Size %d /Root 1 0 R >>\n" % (len(bodies) + 1))
        file.write(b"startxref\n%d\n%%%%EOF\n" % table)
    return len(parts)


def page_content(rows: Sequence[Row], is_first: bool) -> Iterator[str]:
    """The operators that draw one page: a heading, the header of the table, its rows, its rules."""
    left, middle, right = 48, 256, 548
    top = 800.0
    if is_first:
        yield text("H", 12, left, top, "Trusted roots, Firmware Release 12.7(1)")
    top -= 14
    heights = [14.0]
    cells = [[*wrapped(name)] for _, name in rows]
    heights += [4 + 10.0 * len(lines) for lines in cells]
    yield text("H", 8, left + 6, top - 10, "Fingerprint")
    yield text("H", 8, middle + 6, top - 10, "Subject")
    y = top
    for (fingerprint, _), lines, height in zip(rows, cells, heights[1:], strict=True):
        y -= heights[0] if y == top else 0
        yield text("M", 8, left + 6, y - height / 2 - 3, fingerprint)
        for number, line in enumerate(lines):
            yield text("H", 8, middle + 6, y - 10 - 10 * number, line)
        y -= height
    yield "0.5 w"
    level = top
    for height in [0.0, *heights]:
        level -= height
        yield f"n {left} {level:.2f} m {right} {level:.2f} l S"
    for x in (left, middle, right):
        yield f"n {x} {top:.2f} m {x} {y:.2f} l S"


def wrapped(name: str) -> Iterator[str]:
    """The lines of a cell that is 280 points wide, in Helvetica of 8 points, each filled."""
    line = ""
    for word in name.split():
        if line and stringWidth(f"{line} {word}", "Helvetica", 8) > WIDTH:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def text(font: str, size: int, x: float, y: float, shown: str) -> str:
    """The operators that draw one line of text."""
    escaped = re.sub(r"([\\()])", r"\\\1", shown)
    return f"BT 1 0 0 1 {x} {y:.2f} Tm /{font} {size} Tf ({escaped}) Tj T* ET"


# --- measuring -------------------------------------------------------------------------------


def run(script: str, path: Path, rows: Sequence[Row], argument: str = "") -> Run:
    """Run a script on a document in a process of its own."""
    code = f"import time\nstarted = time.perf_counter()\n{script}{CHECK}"
    command = [sys.executable, "-c", code, str(path), argument]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=ROOT, env=WITH_BYTECODE
    )
    count, digest, cpu, wall, megabytes = done.stdout.split()
    expected = hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
    return Run(float(cpu), float(wall), float(megabytes), digest == expected and count != "0")


def readers() -> dict[str, tuple[str, str]]:
    """Of each way to read that there is here: the script and its argument."""
    ways = {
        "--reader pdfium": (OURS, "('pdfium',)"),
        "extract_tables": (SCRIPTS["extract_tables"], ""),
        "default (both)": (OURS, "('both',)"),
        "--workers 2": (OURS.replace("*eval(sys.argv[2])", "workers=2"), ""),
    }
    if importlib.util.find_spec("camelot"):
        ways["camelot"] = (SCRIPTS["camelot"], "")
    if shutil.which("pdftotext"):
        ways["pdftotext -layout"] = (SCRIPTS["pdftotext -layout"], "")
    return ways


def compare_speed(path: Path, rows: Sequence[Row]) -> None:
    """Print what each way takes, as a part of what `extract_tables` takes."""
    ways = readers()
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for number in range(RUNS):
        for name, (script, argument) in ways.items():
            if name != "camelot" or number == 0:  # it takes minutes
                runs[name].append(run(script, path, rows, argument))
    medians = {
        name: (
            statistics.median(each.wall for each in measured),
            statistics.median(each.cpu for each in measured),
        )
        for name, measured in runs.items()
    }
    plain_wall, plain_cpu = medians["extract_tables"]
    for name, (wall, cpu) in medians.items():
        right = "all rows right" if all(each.is_right for each in runs[name]) else "ROWS WRONG"
        print(
            f"  {name:18}{wall:7.2f} s, {plain_wall / wall:6.2f} times as fast;"
            f"{cpu:7.2f} s of CPU, {plain_cpu / cpu:6.2f} times; {right}"
            f"{f' (goal: {GOALS[name]})' if name in GOALS else ''}"
        )


def compare_looks(path: Path, rows: Sequence[Row]) -> None:
    """Print what it costs to look at pages as a person sees them, in CPU time, run by run."""
    for reader in ("pdfium", "both"):
        argument = f"({reader!r},)"
        pairs = [
            (run(OURS, path, rows, argument).cpu, run(BLIND + OURS, path, rows, argument).cpu)
            for _ in range(LOOKS)
        ]
        seeing, blind = (statistics.median(each) for each in zip(*pairs, strict=True))
        print(f"  {reader:8}{seeing:6.2f} s, without {blind:6.2f} s: {seeing / blind - 1:+.1%}")


def compare_starts(directory: Path) -> None:
    """Print what whole processes take, most of which is their start."""
    trustlist = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    database = ["--database", f"sqlite:///{directory / 'bench.db'}"]
    bare = [sys.executable, "-c", SCRIPTS["extract_tables"], str(SEVEN_PAGES)]
    commands = {
        "extract_tables": bare,
        "extract": [*trustlist, "extract", str(SEVEN_PAGES)],
        "ingest": [*trustlist, *database, "ingest", str(SEVEN_PAGES)],
        "--help": [*trustlist, "--help"],
        "import typer": [sys.executable, "-c", "import typer.main"],
    }
    walls: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(STARTS):
        for name, command in commands.items():
            (directory / "bench.db").unlink(missing_ok=True)
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=WITH_BYTECODE)
            walls[name].append(time.perf_counter() - started)
    seconds = {name: statistics.median(measured) for name, measured in walls.items()}
    print(f"A sample of 7 pages, the whole process; median of {STARTS}:")
    for name, wall in seconds.items():
        base = "import typer" if name == "--help" else "extract_tables"
        print(f"  {name:18}{wall:7.2f} s, {wall / seconds[base]:6.2f} times {base}")
    print("  (goal: extract at most 1.2 times)")


def compare_memory(directory: Path) -> None:
    """Print by how much peak memory grows when a document has ten times the pages."""
    for reader in ("pdfium", "both"):
        peaks: list[float] = []
        pages: list[int] = []
        for rows in (make_rows(ROWS), make_rows(10 * ROWS)):
            path = directory / f"{len(rows)}.pdf"
            pages.append(write_pdf(path, rows))
            peaks.append(run(OURS, path, rows, f"({reader!r},)").megabytes)
        shown = [f"{n:4} pages {peak:4.0f} MB" for n, peak in zip(pages, peaks, strict=True)]
        print(f"  {reader:8}{', '.join(shown)}: {peaks[1] / peaks[0]:.2f} times")


def main() -> None:
    """Measure speed, then memory."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        rows = make_rows(ROWS)
        path = directory / "list.pdf"
        pages = write_pdf(path, rows)
        print(f"A ruled list of {ROWS} rows on {pages} pages; median of {RUNS}:")
        compare_speed(path, rows)
        print(f"Looking at plain pages, seconds of CPU; median of {LOOKS}:")
        compare_looks(path, rows)
        print("  (goal: at most 10 %)")
        compare_starts(directory)
        print("Peak memory:")
        compare_memory(directory)
        print("  (goal: less than 1.3 times)")


if __name__ == "__main__":
    main()
