"""Documents made with pdfTeX, XeTeX and LuaTeX (Debian: texlive)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.corpus import spelling, words
from tests.corpus.model import Producer, Row, program, rows, take

for _engine in ("pdflatex", "xelatex", "lualatex"):
    program(_engine)

PRODUCER = Producer("TeX Live 2022 (pdfTeX, XeTeX, LuaTeX)")
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "_": r"\_", "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    '"': r"\textquotedbl{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip

PDFTEX = r"""
\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{mathptmx}\usepackage[scaled=0.9]{helvet}\usepackage{courier}
\input{glyphtounicode}\pdfgentounicode=1
\pdfinfoomitdate=1\pdftrailerid{}\pdfsuppressptexinfo=-1
"""
GYRE = "Path=/usr/share/texmf/fonts/opentype/public/tex-gyre/,Extension=.otf"
FACES = "UprightFont=*-regular,BoldFont=*-bold,ItalicFont=*-italic"
XETEX = (
    r"\usepackage{fontspec}\setmainfont[Path=/usr/share/fonts/opentype/ebgaramond/,"
    r"Extension=.otf,UprightFont=*-Regular,BoldFont=*-Bold,Numbers=OldStyle]{EBGaramond12}"
)
LUATEX = (
    r"\pdfvariable suppressoptionalinfo 512\relax"  # no /ID, which differs each time
    rf"\usepackage{{fontspec}}\setmainfont[{GYRE},{FACES}]{{texgyreheros}}"
    rf"\setmonofont[{GYRE},{FACES}]{{texgyrecursor}}"
)
LAYOUT = rf"""
\usepackage{{fancyhdr,longtable,lastpage}}
\pagestyle{{fancy}}\fancyhf{{}}
\lhead{{\footnotesize {words.TITLE}}}\rhead{{\footnotesize {words.DOCUMENT_ID}}}
\lfoot{{\footnotesize {words.LEGAL}}}\rfoot{{\footnotesize Page \thepage\ of \pageref{{LastPage}}}}
\setlength\parindent{{0pt}}\setlength\parskip{{4pt}}\hyphenpenalty=10000\sloppy
\newwrite\places\immediate\openout\places=places.txt
\newcommand\fp[2]{{\write\places{{#1 \thepage}}#2}}
"""


def tex(text: str) -> str:
    """Return text with TeX's special characters escaped."""
    return "".join(SPECIAL.get(c, c) for c in text)


def digits(row: Row) -> str:
    """Return the fingerprint of a row, which TeX writes to a file with its page."""
    return rf"\fp{{{row.fingerprint}}}{{{tex(row.shown)}}}"


def front(release: str) -> str:
    """Return a title and an introduction."""
    paragraphs = "\n\n".join(words.INTRO)
    return (
        rf"{{\LARGE\bfseries {words.TITLE}}}\par{{\large {words.PRODUCT}, "
        rf"{words.heading(release)}}}\par {paragraphs}\par "
    )


def back() -> str:
    """Return the notes that follow a table."""
    items = "".join(rf"\item {tex(note)}" + "\n" for note in words.NOTES)
    return rf"\subsection*{{Notes}}\begin{{enumerate}}{items}\end{{enumerate}}"


def build(
    path: Path, found: list[Row], engine: str, fonts: str, body: str, options: str = "a4paper,10pt"
) -> list[Row]:
    """Run TeX twice, and read from its file on which page each row is."""
    source = (
        rf"\documentclass[{options}]{{article}}{fonts}"
        rf"\usepackage[margin=20mm,headheight=14pt]{{geometry}}{LAYOUT}"
        rf"\begin{{document}}{body}\end{{document}}"
    )
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1575417600", "FORCE_SOURCE_DATE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "list.tex").write_text(source, encoding="utf-8")
        for _ in range(2):
            command = [engine, "-interaction=nonstopmode", "-halt-on-error", "list.tex"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment)
        shutil.copy(Path(folder) / "list.pdf", path)
        places = (Path(folder) / "places.txt").read_text().splitlines()
    pages = dict(line.split() for line in places)
    for row in found:
        row.page = int(pages[row.fingerprint])
    return found


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "pdftex-longtable.pdf",
    "ruled table with `Continued on next page` and `(continued)`",
    "accents built by pdfTeX's T1 fonts, ligatures, Type 1 fonts",
    "number column",
)
def longtable(path: Path) -> list[Row]:
    found = rows(take(34, 3, "latin-1"))
    lines = "".join(
        rf"{n} & \ttfamily\scriptsize {digits(row)} & \small {tex(row.printed)} \\ \hline" + "\n"
        for n, row in enumerate(found, 1)
    )
    head = r"\hline \textbf{No.} & \textbf{Fingerprint} & \textbf{Subject} \\ \hline "
    table = (
        r"\begin{longtable}{|r|l|p{78mm}|}"
        rf"{head}\endfirsthead "
        rf"\multicolumn{{3}}{{l}}{{Root certificates (continued)}} \\ {head}\endhead "
        r"\multicolumn{3}{r}{\emph{Continued on next page}} \\ \endfoot \endlastfoot "
        rf"{lines}\end{{longtable}}"
    )
    return build(path, found, "pdflatex", PDFTEX, front("12.7(1)") + table + back())


@PRODUCER.document(
    "pdftex-openssl.pdf",
    "what OpenSSL prints, pasted: `SHA1 Fingerprint=02:FA:…` and `subject=C = SE, …`",
    "TeX's typewriter type",
)
def pasted(path: Path) -> list[Row]:
    found = rows(take(22, 44), "12.8(1)", digits=spelling.colons, name=spelling.oneline)
    lines = "".join(
        rf"\noindent\hangindent=3em SHA1 Fingerprint={digits(row)}\par\noindent\hangindent=3em "
        rf"subject={tex(row.printed)}\par\vspace{{5pt}}" + "\n"
        for row in found
    )
    body = front("12.8(1)") + rf"{{\ttfamily\small\raggedright {lines}}}" + back()
    return build(path, found, "pdflatex", PDFTEX, body)


@PRODUCER.document(
    "xetex-ligatures.pdf",
    "ligatures and old-style digits of an OpenType font, in fingerprints too",
    "no rules",
    "subject before the fingerprint",
)
def garamond(path: Path) -> list[Row]:
    found = rows(take(30, 71, "utf-8"), "12.6(1)")
    lines = "".join(rf"{tex(row.printed)} & {digits(row)} \\" + "\n" for row in found)
    table = (
        r"\begin{longtable}{p{86mm}l}\textbf{Issued to} & \textbf{SHA-1 thumbprint} \\[3pt] "
        rf"\endhead {lines}\end{{longtable}}"
    )
    return build(path, found, "xelatex", XETEX, front("12.6(1)") + table, "letterpaper,10pt")


@PRODUCER.document(
    "luatex-two-columns.pdf",
    "two columns on a page, justified text, numbered rows",
    "fingerprint behind a label in a running paragraph",
    "landscape",
)
def two_columns(path: Path) -> list[Row]:
    found = rows(take(38, 100, "utf-8"), digits=spelling.fours)
    lines = "".join(rf"\item {tex(row.printed)} SHA-1: {digits(row)}" + "\n" for row in found)
    body = rf"{front('12.7(1)')}\begin{{enumerate}}\small {lines}\end{{enumerate}}"
    options = "a4paper,landscape,twocolumn,10pt"
    return build(path, found, "lualatex", LUATEX, body, options)
