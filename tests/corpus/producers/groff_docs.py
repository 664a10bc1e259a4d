"""Documents made with groff and its PDF driver (Debian: groff)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.corpus import spelling, words
from tests.corpus.model import Producer, Row, chunks, program, rows, take

program("gropdf")  # groff itself is there without it

_said = subprocess.run(["groff", "--version"], capture_output=True, text=True, check=True).stdout
PRODUCER = Producer(" ".join(_said.splitlines()[0].split()[i] for i in (1, 3)))


def roff(text: str) -> str:
    """Return text with what troff would take for a request or an escape made plain."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("^", "\\(ha")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def build(path: Path, body: str, hyphenate: bool = False) -> None:
    """Format a document with tbl and the ms macros."""
    source = (
        ".pl 11i\n.nr PO 1i\n.nr LL 6.6i\n.nr HM 1i\n.nr FM 1i\n.nr PS 9\n.nr VS 11\n"
        f".nr HY {int(hyphenate)}\n"
        f".ds LH {words.TITLE}\n.ds CH\n.ds RH {words.DOCUMENT_ID}\n"
        f".ds LF {words.LEGAL}\n.ds CF\n.ds RF Page %\n.P1\n{body}"
    )
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1575417600", "TZ": "UTC"}
    done = subprocess.run(
        ["groff", "-Tpdf", "-P-pletter", "-k", "-t", "-ms"],
        input=source.encode(), check=True, capture_output=True, env=environment,
    )  # fmt: skip
    path.write_bytes(done.stdout)


def front(release: str) -> str:
    """Return a title and an introduction."""
    paragraphs = "".join(f".LP\n{roff(p)}\n" for p in words.INTRO)
    return (
        f".LP\n.ps 16\n.B\n{words.TITLE}\n.R\n.br\n.ps 11\n{words.PRODUCT}, "
        f"{words.heading(release)}\n.ps\n{paragraphs}"
    )


def back() -> str:
    """Return the notes at the end."""
    notes = (f".IP {n}. 4\n{roff(note)}\n" for n, note in enumerate(words.NOTES, 1))
    return ".LP\n.B\nNotes\n.R\n" + "".join(notes)


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "groff-tbl.pdf",
    "tables of tbl, boxed, one a page, each with its header",
    "`continued` in the heading",
    "justified text in cells",
)
def boxed(path: Path) -> list[Row]:
    found = rows(take(34, 22), digits=spelling.upper)
    body = front("12.7(1)")
    for number, chunk in enumerate(chunks(found, 17)):
        if number:
            body += ".bp\n.LP\nRoot certificates, continued\n"
        body += ".TS\nallbox;\nlB lB\nl lw(3.1i).\nSHA\\-1 fingerprint\tSubject\n"
        for row in chunk:
            body += f"\\f[CR]\\s-2{row.shown}\\s+2\\fP\tT{{\n.nh\n{roff(row.printed)}\nT}}\n"
        body += ".TE\n"
    build(path, body + back())
    return found


@PRODUCER.document(
    "groff-paragraphs.pdf",
    "hanging paragraphs: numbered, fingerprint first, subject on the next line",
    "names as OpenSSL 0.9 prints them",
    "words hyphenated at the ends of lines",
)
def paragraphs(path: Path) -> list[Row]:
    found = rows(take(30, 91), "12.8(1)", digits=spelling.colons, name=spelling.slashes)
    body, number = front("12.8(1)"), 0
    for page, chunk in enumerate(chunks(found, 15)):
        body += ".bp\n" if page else ""
        for row in chunk:
            number += 1
            body += f".IP {number}. 5\n{row.shown}\n.br\n{roff(row.printed)}\n"
    build(path, body + back(), hyphenate=True)
    return found
