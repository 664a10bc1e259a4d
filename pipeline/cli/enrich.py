"""``trustlist enrich``."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.messages import QUIET, complain, tell
from pipeline.cli.options import (
    CertsOption,
    CrtshDsnOption,
    CrtshUrlOption,
    FormatOption,
    OnlineOption,
    OutputOption,
    PasswordFileOption,
    ProductOption,
    service,
)
from pipeline.errors import DocumentError, SourceError


def command(
    context: typer.Context,
    release: Annotated[
        str | None,
        typer.Argument(metavar="RELEASE", help="Such as 12.7; all releases if left out."),
    ] = None,
    certs: CertsOption = None,
    password_file: PasswordFileOption = None,
    online: OnlineOption = False,
    crtsh_url: CrtshUrlOption = None,
    crtsh_dsn: CrtshDsnOption = None,
    product: ProductOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Look again for certificates that loaded rows are without."""
    from pipeline.cli.progress import lookups
    from pipeline.database.engine import open_for_reading, open_for_writing
    from pipeline.ingest.enrich_again import resolve
    from pipeline.ingest.read_document import describe
    from pipeline.report.answers.enrich import report

    mirror = service(crtsh_url, crtsh_dsn) if online else None
    open_for_reading(context.obj)  # there is nothing to do in a database that has to be made
    with lookups(is_shown=not context.meta[QUIET]) as asking:
        answer = resolve(
            open_for_writing(context.obj),
            release,
            product=product,
            certs=certs or (),
            online=online,
            service=mirror,
            asking=asking,
        )
    tell(context, report(answer, is_online=online), format_, output)
    for remark in (*answer.warnings, *map(describe, answer.problems)):
        complain(remark)
    if answer.problems:
        raise typer.Exit(DocumentError.exit_code)
    if answer.warnings:
        raise typer.Exit(SourceError.exit_code)
