"""The options that several commands have."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar

import typer

from pipeline.cli.messages import complain
from pipeline.moment import parse_moment
from pipeline.report import CheckFormat, Format, WatchFormat

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.enrich.crtsh import Service
    from pipeline.extract.guard import Limits
    from pipeline.ingest.read_document import Extractor


AnyFormat = TypeVar("AnyFormat", Format, WatchFormat, CheckFormat)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day such as 2020-06-01.") from None


def moment(text: str) -> date:
    """Read a day, or a time, which is UTC if it has no zone of its own."""
    try:
        return parse_moment(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None


def _format(context: typer.Context, format_: AnyFormat) -> AnyFormat:
    """Let the name of the output file tell the format, if nothing else does."""
    source = context.get_parameter_source("format_")
    output: Path | None = context.params.get("output")
    if output and source and source.name == "DEFAULT":
        return _ENDINGS.get(output.suffix.lower(), format_)
    return format_


def _check_format(context: typer.Context, format_: CheckFormat) -> CheckFormat:
    output: Path | None = context.params.get("output")
    if output and output.suffix.lower() == ".sarif":
        source = context.get_parameter_source("format_")
        return "sarif" if source and source.name == "DEFAULT" else format_
    return _format(context, format_)


_ENDINGS: Final[dict[str, Format]] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
}

ReaderOption = Annotated[
    Literal["both", "pdfplumber", "pdfium", "ocr"],
    typer.Option(
        help="Who reads a PDF; both have to agree, pdfium alone is fast, ocr reads pictures."
    ),
]
WorkersOption = Annotated[int, typer.Option(min=1, metavar="N", help="Processes for a PDF.")]
DocumentsAtOnceOption = Annotated[
    int,
    typer.Option(
        "--workers",
        min=1,
        metavar="N",
        help="Documents that are read at once; of a single PDF, processes that share its pages.",
    ),
]
SecondsOption = Annotated[
    int | None,
    typer.Option("--max-seconds", min=1, metavar="N", help="Stop after N seconds. [300]"),
]
MemoryOption = Annotated[
    int | None,
    typer.Option(
        "--max-memory", min=1, metavar="MIB", help="Stop when more memory is used. [1536]"
    ),
]
PagesOption = Annotated[
    int | None,
    typer.Option("--max-pages", min=1, metavar="N", help="Refuse a PDF of more pages. [5000]"),
]
SizeOption = Annotated[
    int | None, typer.Option("--max-size", min=1, metavar="MIB", help="Refuse a larger file. [200]")
]
FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        "-f",
        callback=_format,
        help="How to write it, if not as FILE ends (.json, .jsonl, .csv, .md, .html); csv-bom is "
        "CSV that Excel takes for UTF-8.",
    ),
]
WatchFormatOption = Annotated[
    WatchFormat,
    typer.Option(
        "--format",
        "-f",
        callback=_format,
        help="How to write it, if not as FILE ends (.json, .jsonl, .csv, .md, .html); csv-bom is "
        "CSV that Excel takes for UTF-8, junit is for continuous integration, prometheus for a "
        "monitor.",
    ),
]
CheckFormatOption = Annotated[
    CheckFormat,
    typer.Option(
        "--format",
        "-f",
        callback=_check_format,
        help="How to write it, if not as FILE ends (.json, .jsonl, .csv, .md, .html, .sarif); "
        "csv-bom is CSV that Excel takes for UTF-8, junit is for continuous integration, "
        "prometheus for a monitor, sarif for code scanning.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to a file.",
        show_default=False,
        is_eager=True,  # the format goes by it
    ),
]
AsOfOption = Annotated[
    date | None,
    typer.Option(parser=_date, metavar="DATE", help="Judge as on this day, not today."),
]
FirmwareOfDocumentOption = Annotated[
    str | None,
    typer.Option("--firmware", metavar="V", help="The release, if a document names none: 12.7(1)."),
]
ProductOfDocumentOption = Annotated[
    str | None,
    typer.Option(
        "--product", metavar="P", help="The phones it is for.  [default: IP Phone 7800/8800]"
    ),
]
PartialOption = Annotated[
    bool, typer.Option("--allow-partial", help="Load what is good of a document.")
]
OnOption = Annotated[
    date | None,
    typer.Option(parser=moment, metavar="DATE", help="A day or a time (UTC).  [now]"),
]
FirmwareOption = Annotated[
    list[str] | None,
    typer.Option(metavar="V|all", help="A release, such as 12.7; can be repeated.  [all]"),
]
ServersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--connect",
        metavar="HOST:PORT",
        help="Take the chain from this live server; can be repeated.",
    ),
]
ServerTimeoutOption = Annotated[
    float,
    typer.Option("--timeout", min=0.1, metavar="SECONDS", help="How long a server may take."),
]
SendableOption = Annotated[
    list[Path] | None,
    typer.Option("--certs", metavar="PATH", help="What a server could send, too; can be repeated."),
]
FetchOption = Annotated[
    bool, typer.Option("--online", help="Fetch a missing issuer from where the certificate says.")
]
AllowPrivateOption = Annotated[
    bool,
    typer.Option("--allow-private", help="Let --online go to addresses that aren't public, too."),
]
ProductOption = Annotated[
    str | None,
    typer.Option(metavar="P", help="The phones meant, if several have this release."),
]
CertsOption = Annotated[
    list[Path] | None,
    typer.Option(metavar="PATH", help="Look here for certificates, too; can be repeated."),
]
PasswordFileOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Holds the password of key stores, in its first line.",
        show_default=False,
    ),
]
OnlineOption = Annotated[
    bool, typer.Option("--online", help="Ask crt.sh for certificates that aren't found.")
]
AllowHttpOption = Annotated[
    bool, typer.Option("--allow-http", help="Take documents without TLS, too.")
]
CrtshUrlOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar="TRUSTLIST_CRTSH_URL",
        help="Ask this mirror, and crt.sh's database only if --crtsh-dsn names it.",
    ),
]
CrtshDsnOption = Annotated[
    str | None,
    typer.Option(
        metavar="DSN",
        envvar="TRUSTLIST_CRTSH_DSN",
        help="Connection string (libpq) of the database for many certificates; empty: none.",
    ),
]


def service(url: str | None, dsn: str | None) -> Service:
    """Say where crt.sh is. Who names a mirror may have no way to any other server.

    Raises UsageError if ``url`` is none of a web server.
    """
    from pipeline.enrich.crtsh import Service

    if url is None:
        return Service() if dsn is None else Service(dsn=dsn)
    return Service(url=url, dsn=dsn or "")


def named_releases(engine: Engine, firmware: Collection[str], product: str | None) -> list[str]:
    """Give the names of the releases meant; none for ``all`` of them, or if none is named.

    For one that isn't loaded another may stand in, which is said on standard error. Raises
    UsageError as `pipeline.questions.release_names.release` does.
    """
    from pipeline.questions.release_names import release_or_stand_in

    named = []
    for text in () if "all" in firmware else firmware:
        snapshot, remark = release_or_stand_in(engine, text, product)
        named.append(snapshot.id.name)
        if remark:
            complain(remark)
    return named


def extractor(
    reader: Literal["both", "pdfplumber", "pdfium", "ocr"],
    workers: int,
    seconds: int | None,
    memory: int | None,
    pages: int | None,
    size: int | None,
    meanwhile: Callable[[], None],
) -> Extractor:
    """What reads documents as the options say, and does something else ``meanwhile``."""
    from pipeline.extract import extract

    limits = limits_of(seconds, memory, pages, size)
    return partial(extract, reader=reader, limits=limits, workers=workers, meanwhile=meanwhile)


def limits_of(
    seconds: int | None, memory: int | None, pages: int | None, size: int | None
) -> Limits:
    """The limits that the options state, or the usual ones."""
    from pipeline.extract.guard import LIMITS, Limits

    return Limits(
        seconds or LIMITS.seconds,
        memory or LIMITS.memory,
        pages or LIMITS.pages,
        size or LIMITS.size,
    )
