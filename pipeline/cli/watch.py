"""``trustlist watch``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.messages import complain
from pipeline.cli.messengers import Receiver, deliver, web_hook
from pipeline.cli.messengers import command as receiving_command
from pipeline.cli.options import (
    AllowHttpOption,
    CertsOption,
    FirmwareOfDocumentOption,
    FormatOption,
    MemoryOption,
    OutputOption,
    PagesOption,
    PartialOption,
    ProductOfDocumentOption,
    SecondsOption,
    SizeOption,
    extractor,
    limits_of,
)
from pipeline.errors import TrustlistError, UsageError
from pipeline.report import renderer, write

if TYPE_CHECKING:
    from pipeline.questions.watch import News


def command(
    context: typer.Context,
    urls: Annotated[list[str], typer.Argument(metavar="URL", help="Where lists are published.")],
    exec_: Annotated[
        str | None,
        typer.Option("--exec", metavar="COMMAND", help="Run this, with what is new as JSON."),
    ] = None,
    webhook: Annotated[
        str | None, typer.Option(metavar="URL", help="Send that JSON there; it has a text.")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep each document there, named by its SHA-256."),
    ] = None,
    firmware: FirmwareOfDocumentOption = None,
    product: ProductOfDocumentOption = None,
    certs: CertsOption = None,
    allow_http: AllowHttpOption = False,
    allow_partial: PartialOption = False,
    seconds: SecondsOption = None,
    memory: MemoryOption = None,
    pages: PagesOption = None,
    size: SizeOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Load what is new on the web, and tell; for cron.

    If nothing is new, it is silent. Exits with 1 if something is new; with 3 to 5 if something is
    wrong, once.
    """
    from pipeline.ingest.steps import PRODUCT, ingest, prepare
    from pipeline.ingest.web_documents import Memory, is_url
    from pipeline.questions.watch import look
    from pipeline.report.answers.watch import report

    for url in urls:
        if not is_url(url):
            raise UsageError(f"{url}: give an address such as https://example.com/list.pdf.")
    receivers: list[Receiver] = [
        *([receiving_command(exec_)] if exec_ is not None else []),
        *([web_hook(webhook)] if webhook is not None else []),
    ]
    limits = limits_of(seconds, memory, pages, size)
    load = partial(
        ingest,
        database_url=context.obj,
        firmware=firmware,
        product=product or PRODUCT,
        certs=certs or (),
        allow_partial=allow_partial,
        extractor=extractor("both", 1, seconds, memory, pages, size, prepare),
        limits=limits,
    )
    remembered = Memory(keep)
    found: list[News] = []
    code = 0
    with remembered.held():
        for url in dict.fromkeys(urls):
            try:
                news = look(
                    url,
                    context.obj,
                    load,
                    remembered,
                    firmware=firmware,
                    product=product or PRODUCT,
                    keeps_documents=keep is not None,
                    limits=limits,
                    allow_http=allow_http,
                )
            except TrustlistError as error:
                complain(*error.lines)
                code = code or error.exit_code
                news = None
            if news:
                found.append(news)
            message = renderer("json").render(replace(report([news]), data=news)) if news else None
            for failure in deliver(url, message, receivers, remembered):
                complain(*failure.lines)
                code = code or failure.exit_code
    if found:
        write(report(found), format_, output)
    raise typer.Exit(code or int(bool(found)))
