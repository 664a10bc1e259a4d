"""``trustlist ingest``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.messages import QUIET, VERBOSE, complain, tell
from pipeline.cli.options import (
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
from pipeline.errors import DocumentError, SourceError, TrustlistError

if TYPE_CHECKING:
    from pipeline.ingest.steps import Ingested


def command(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="PDF, text, CSV, HTML, certificates; or a directory of PDFs."
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
    from pipeline.ingest.read_document import describe, documents
    from pipeline.ingest.steps import PRODUCT, ingest, prepare
    from pipeline.questions.snapshots import nearby
    from pipeline.report.answers.ingest import report

    paths = [document for path in paths for document in documents(path)]
    done: list[Ingested] = []
    code = 0
    mirror = service(crtsh_url, crtsh_dsn) if online else None
    with progress(paths, is_shown=not context.meta[QUIET]) as bar:
        for path in paths:
            try:
                answer = ingest(
                    path,
                    context.obj,
                    firmware=firmware,
                    product=product or PRODUCT,
                    certs=certs or (),
                    online=online,
                    allow_partial=allow_partial,
                    extractor=extractor(reader, workers, seconds, memory, pages, size, prepare),
                    progress=partial(bar.begin, path),
                    service=mirror,
                    asking=partial(bar.asking, path),
                    limits=limits_of(seconds, memory, pages, size),
                )
            except TrustlistError as error:
                complain(*error.lines)
                code = code or error.exit_code
                if isinstance(error, DocumentError):
                    continue  # the next one may be good
                break
            done.append(answer)
            more = answer.rearranged if context.meta[VERBOSE] else ()
            problems = map(describe, answer.problems)
            remarks = () if context.meta[QUIET] else answer.remarks
            for remark in (*answer.warnings, *remarks, *problems, *more):
                complain(f"{path}: {remark}")
            if answer.warnings:
                code = code or SourceError.exit_code
    if done:
        releases = {snapshot.firmware for each in done for snapshot in each.snapshots}
        last = done[-1].snapshots[-1].product
        loaded = nearby(open_for_reading(context.obj), last, releases)
        tell(context, report(done, loaded), format_, output)
    raise typer.Exit(code)
