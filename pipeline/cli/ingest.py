"""``trustlist ingest``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.messages import QUIET, VERBOSE, complain, tell
from pipeline.cli.options import (
    AllowHttpOption,
    CertsOption,
    CrtshDsnOption,
    CrtshUrlOption,
    FormatOption,
    MemoryOption,
    OnlineOption,
    OutputOption,
    PagesOption,
    PasswordFileOption,
    ReaderOption,
    SecondsOption,
    SizeOption,
    WorkersOption,
    extractor,
    limits_of,
    service,
)
from pipeline.errors import DocumentError, SourceError, TrustlistError, UsageError

if TYPE_CHECKING:
    from pipeline.ingest.steps import Ingested


def command(
    context: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="PDF, text, CSV, HTML, certificates; a directory of PDFs; an address of the web; "
            "- for standard input.",
        ),
    ],
    firmware: Annotated[
        str | None,
        typer.Option(metavar="V", help="The release, if the document names none: 12.7(1)."),
    ] = None,
    product: Annotated[
        str | None,
        typer.Option(metavar="P", help="The phones it is for.  [default: IP Phone 7800/8800]"),
    ] = None,
    certs: CertsOption = None,
    password_file: PasswordFileOption = None,
    online: OnlineOption = False,
    crtsh_url: CrtshUrlOption = None,
    crtsh_dsn: CrtshDsnOption = None,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Load what is good of a document.")
    ] = False,
    allow_http: AllowHttpOption = False,
    reader: ReaderOption = "both",
    workers: WorkersOption = 1,
    seconds: SecondsOption = None,
    memory: MemoryOption = None,
    pages: PagesOption = None,
    size: SizeOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Load documents into the database.

    A document is loaded whole or not at all; if one can't be, the others are.
    """
    from pipeline.cli.progress import progress
    from pipeline.database.engine import open_for_reading
    from pipeline.ingest.from_web import ingest_from_web
    from pipeline.ingest.read_document import describe
    from pipeline.ingest.steps import PRODUCT, ingest, prepare
    from pipeline.ingest.web_documents import Memory, shown
    from pipeline.questions.snapshots import nearby
    from pipeline.report.answers.ingest import report

    limits = limits_of(seconds, memory, pages, size)
    load = partial(
        ingest,
        database_url=context.obj,
        firmware=firmware,
        product=product or PRODUCT,
        certs=certs or (),
        online=online,
        allow_partial=allow_partial,
        extractor=extractor(reader, workers, seconds, memory, pages, size, prepare),
        service=service(crtsh_url, crtsh_dsn) if online else None,
        limits=limits,
    )
    sources, code = _sources(names)
    done: list[Ingested] = []
    with progress(sources, is_shown=not context.meta[QUIET]) as bar:
        for source in sources:
            load_it = partial(
                load, progress=partial(bar.begin, source), asking=partial(bar.asking, source)
            )
            try:
                if isinstance(source, Path):
                    answer = load_it(source)
                else:
                    memory_ = Memory()
                    answer, seen = ingest_from_web(
                        source,
                        context.obj,
                        load_it,
                        memory_,
                        firmware=firmware,
                        product=product or PRODUCT,
                        reads_again=bool(certs or online),
                        limits=limits,
                        allow_http=allow_http,
                    )
                    with suppress(UsageError):  # what isn't remembered is downloaded again
                        memory_.keep(seen)
            except TrustlistError as error:
                complain(*error.lines)
                code = code or error.exit_code
                if isinstance(error, DocumentError | SourceError):
                    continue  # the next one may be good
                break
            done.append(answer)
            more = answer.rearranged if context.meta[VERBOSE] else ()
            problems = map(describe, answer.problems)
            remarks = () if context.meta[QUIET] else answer.remarks
            for remark in (*answer.warnings, *remarks, *problems, *more):
                complain(f"{shown(str(source))}: {remark}")
            if answer.warnings:
                code = code or SourceError.exit_code
    if done:
        releases = {snapshot.firmware for each in done for snapshot in each.snapshots}
        last = done[-1].snapshots[-1].product
        loaded = nearby(open_for_reading(context.obj), last, releases)
        tell(context, report(done, loaded), format_, output)
    raise typer.Exit(code)


def _sources(names: Sequence[str]) -> tuple[list[Path | str], int]:
    """Give the files, those of directories among them, and the addresses; and an exit code."""
    from pipeline.ingest.read_document import documents
    from pipeline.ingest.web_documents import is_url

    found: list[Path | str] = []
    code = 0
    for name in names:
        try:
            found += [name] if is_url(name) else documents(Path(name))
        except DocumentError as error:
            complain(*error.lines)
            code = error.exit_code
    return found, code
